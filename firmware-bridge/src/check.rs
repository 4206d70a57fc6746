//! `check`: the configuration as it is understood, and whether every port and the gateway answer.

use std::fmt::Write as _;
use std::time::Duration;

use telematics::nmea::{Decoded, Decoder};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::config::{Config, GnssConfig, split_server};
use crate::serial::Line;
use crate::spool::{Spool, SpoolError};

/// How long a port is listened to at each rate.
const LISTEN: Duration = Duration::from_millis(2500);

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// For people.
    pub text: String,
    /// Something does not work.
    pub failed: bool,
}

impl Report {
    fn line(&mut self, what: &str, found: Result<String, (String, String)>) {
        // Writing into a String cannot fail.
        let _ = match found {
            Ok(detail) => writeln!(self.text, "ok      {what}: {detail}"),
            Err((detail, remedy)) => {
                self.failed = true;
                writeln!(self.text, "failed  {what}: {detail}\n        what to do: {remedy}")
            }
        };
    }
}

/// Looks at everything; takes some seconds for each silent port.
pub async fn run(config: &Config) -> Report {
    let shown = toml::to_string_pretty(config).unwrap_or_else(|error| format!("# cannot be shown: {error}"));
    let mut report = Report { text: format!("{shown}\n"), failed: false };
    for problem in config.problems() {
        report.line("configuration", Err((format!("[{}] {problem}", problem.code()), problem.remedy().to_owned())));
    }
    if config.gnss.is_empty() && config.obd.is_none() {
        let remedy = "add a [[gnss]] section with the path of the receiver, or give --gnss DEVICE".to_owned();
        report.line("ports", Err(("neither a GNSS receiver nor an OBD adapter is configured".to_owned(), remedy)));
    }
    for gnss in &config.gnss {
        let found = receiver(gnss).await;
        report.line(&format!("GNSS {}", gnss.path.display()), found);
    }
    if let Some(obd) = &config.obd {
        report.line(&format!("OBD {}", obd.path.display()), adapter(obd).await);
    }
    report.line(&format!("spool {}", config.spool.path.display()), spool(config));
    report.line(&format!("gateway {}", config.uplink.server), gateway(config).await);
    report
}

async fn receiver(config: &GnssConfig) -> Result<String, (String, String)> {
    let mut heard = 0;
    for rate in &config.baud_rates {
        let mut line =
            Line::open(&config.path, *rate).map_err(|error| (told(error.code(), &error), error.remedy().to_owned()))?;
        let mut decoder = Decoder::default();
        let mut heard_items = Vec::new();
        let mut buffer = [0_u8; 1024];
        let until = Instant::now() + LISTEN;
        while let Ok(read) = timeout(until.saturating_duration_since(Instant::now()), line.read(&mut buffer)).await {
            let count = read.map_err(|error| (told(error.code(), &error), error.remedy().to_owned()))?;
            heard += count;
            decoder.push(buffer.get(..count).unwrap_or_default(), &mut heard_items);
        }
        heard_items.extend(decoder.finish().map(Decoded::Fix));
        let fix = heard_items.iter().any(|item| matches!(item, Decoded::Fix(_)));
        if decoder.counters().sentences > 0 {
            let state = if fix { "with a fix" } else { "no fix yet (give it a view of the sky)" };
            return Ok(format!("{} sentences at {rate} baud, {state}", decoder.counters().sentences));
        }
    }
    let remedy = "check the receiver's power, cable and rate; list its rate in baud_rates".to_owned();
    Err((format!("[bridge.gnss.silent] no sentence at any of {:?} baud ({heard} bytes heard)", config.baud_rates), remedy))
}

async fn adapter(config: &crate::config::ObdConfig) -> Result<String, (String, String)> {
    let asked = async {
        let mut line = Line::open(&config.path, config.baud_rate)?;
        line.write(b"ATI\r").await?;
        let mut text = Vec::new();
        let mut buffer = [0_u8; 256];
        while !text.contains(&b'>') {
            let count = line.read(&mut buffer).await?;
            text.extend(buffer.iter().take(count));
        }
        Ok::<_, crate::serial::SerialError>(String::from_utf8_lossy(&text).replace(['\r', '\n', '>'], " ").trim().to_owned())
    };
    match timeout(LISTEN, asked).await {
        Ok(Ok(name)) => Ok(format!("adapter says {name:?}")),
        Ok(Err(error)) => Err((told(error.code(), &error), error.remedy().to_owned())),
        Err(_late) => {
            let remedy = "check the adapter's plug and obd.baud_rate (ELM327 38400, STN 115200)".to_owned();
            Err(("[bridge.obd.silent] the adapter gives no answer".to_owned(), remedy))
        }
    }
}

fn spool(config: &Config) -> Result<String, (String, String)> {
    let looked = Spool::open(&config.spool.path, config.spool.limit_bytes).and_then(|spool| spool.state());
    match looked {
        Ok(state) => Ok(format!(
            "{} records wait, {} of {} bytes, {} thinned",
            state.length, state.bytes, config.spool.limit_bytes, state.thinned
        )),
        Err(SpoolError::InUse { .. }) => Ok("in use by the running bridge".to_owned()),
        Err(error) => Err((told(error.code(), &error), error.remedy().to_owned())),
    }
}

async fn gateway(config: &Config) -> Result<String, (String, String)> {
    let Some(address) = split_server(&config.uplink.server) else {
        return Err(("[bridge.config.value] no HOST:PORT".to_owned(), "write HOST:PORT".to_owned()));
    };
    let remedy = "check uplink.server, the SIM card and the network; records wait on disk meanwhile".to_owned();
    match timeout(Duration::from_secs(5), TcpStream::connect(address)).await {
        Ok(Ok(_stream)) => Ok("the port is open".to_owned()),
        Ok(Err(error)) => Err((format!("[bridge.uplink.connection] {error}"), remedy)),
        Err(_late) => Err(("[bridge.uplink.connection] no answer for 5 s".to_owned(), remedy)),
    }
}

fn told(code: &str, error: &dyn std::error::Error) -> String {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    format!("[{code}] {error}{cause}")
}
