//! `motorpool doctor`: looks at everything that a start needs, and says what to do about what is missing.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use fleet_db::embedded;

use crate::config::{self, Config, Source};
use crate::problem;
use crate::serve;

/// Checks what a start needs: configuration, database, data folder, ports; says what to do about what is missing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  motorpool doctor --data /var/lib/motorpool")]
pub(crate) struct Args {
    /// The configuration file; without it ./motorpool.toml, when it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of everything the service keeps itself.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    found: anyhow::Result<String>,
}

/// Prints a line for each thing looked at; status 1 when one of them would stop a start.
pub(crate) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let findings = match config::load(&Source::of_process(args.config, args.data)) {
        Ok(config) => examine(&config).await,
        Err(error) => vec![Finding { what: "configuration", found: Err(error.into()) }],
    };
    let mut text = String::new();
    for Finding { what, found } in &findings {
        // Writing into a string cannot fail.
        let _ = match found {
            Ok(fine) => writeln!(text, "ok    {what}: {fine}"),
            Err(error) => writeln!(text, "MEND  {what}: {}", problem::text(error).replace('\n', "\n    ")),
        };
    }
    io::stdout().write_all(text.as_bytes()).context("cannot write to standard output")?;
    Ok(if findings.iter().all(|finding| finding.found.is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine(config: &Config) -> Vec<Finding> {
    let mut findings = vec![Finding { what: "configuration", found: Ok(String::from("it can be read")) }];
    findings.push(Finding { what: "database", found: database(config).await });
    for (what, address) in [
        ("web.listen", config.web.listen.to_string()),
        ("gateway.mqtt_listen", config.gateway.mqtt_listen.to_string()),
        ("gateway.jt808_listen", config.gateway.jt808_listen.to_string()),
        ("gateway.gb32960_listen", config.gateway.gb32960_listen.to_string()),
        ("ops.listen", config.ops.listen.clone()),
    ] {
        if !address.is_empty() {
            let free = serve::listen::bind(what, &address).await;
            findings.push(Finding { what, found: free.map(|_socket| format!("{address} is free")).map_err(anyhow::Error::from) });
        }
    }
    findings
}

async fn database(config: &Config) -> anyhow::Result<String> {
    let Some(url) = &config.database.url else {
        let programs = embedded::examine(&config.database.data_dir, config.database.bin_dir.as_deref())?;
        let (major, bin_dir) = (&programs.major, programs.bin_dir.display());
        return Ok(format!("a private PostgreSQL {major} with PostGIS can run ({bin_dir})"));
    };
    let pool = fleet_db::connect(url.reveal(), 1).await?;
    let progress = fleet_db::migrate::progress(&pool).await;
    pool.close().await;
    let (known, applied) = progress?;
    Ok(format!("it answers, {applied} of {known} migrations are applied"))
}
