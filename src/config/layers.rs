//! Laying the sources of the configuration over one another, and saying which of them is at fault.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;
use crate::problem::Problem;

/// The file that is read when none is named and it is there.
const FILE: &str = "motorpool.toml";
/// What the names of environment variables begin with.
const PREFIX: &str = "MOTORPOOL__";

/// Where the configuration comes from.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// The file named by `--config`.
    pub(crate) file: Option<PathBuf>,
    /// `(name, value)` of the environment.
    pub(crate) environment: Vec<(String, String)>,
    /// `--data`.
    pub(crate) data_dir: Option<PathBuf>,
}

impl Source {
    /// The process's own environment with the flags that every command shares.
    pub(crate) fn of_process(file: Option<PathBuf>, data_dir: Option<PathBuf>) -> Self {
        // Names and values that are not UTF-8 cannot be ours.
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { file, environment: environment.collect(), data_dir }
    }
}

/// Reads everything and gives the effective configuration.
pub(crate) fn load(source: &Source) -> Result<Config, Problem> {
    let mut table = match &source.file {
        Some(file) => read_file(file)?.ok_or_else(|| missing(file))?,
        None => read_file(Path::new(FILE))?.unwrap_or_default(),
    };
    let kinds = Table::try_from(Config::default()).unwrap_or_default();
    let mut variables: Vec<_> = source.environment.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    variables.sort();
    for (name, value) in variables {
        apply_variable(&mut table, &kinds, name, value)?;
    }
    let mut config: Config = table.try_into().map_err(|error| invalid("the configuration", &error))?;
    if let Some(data_dir) = &source.data_dir {
        config.database.data_dir.clone_from(data_dir);
    }
    if config.audit.keep_days < fleet_db::audit::keeping::KEPT_DAYS_LEAST {
        let least = fleet_db::audit::keeping::KEPT_DAYS_LEAST;
        let reason =
            format!("audit.keep_days is {}, and the audit log is kept for {least} days at least", config.audit.keep_days);
        return Err(Problem::new("audit.keep_days", reason, format!("set audit.keep_days to {least} or more")));
    }
    web::check_map(&config.web.map).map_err(|error| bad_map(&error))?;
    web::check_oidc(&config.web.oidc).map_err(|reason| {
        Problem::new(
            "oidc.configuration",
            reason,
            "see [web.oidc] in motorpool.example.toml; without an issuer there is no such sign-in",
        )
    })?;
    Ok(config)
}

fn read_file(file: &Path) -> Result<Option<Table>, Problem> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let reason = format!("cannot read {}: {error}", file.display());
            return Err(Problem::new("config.unreadable", reason, "make the file readable for this user"));
        }
    };
    // Parsed as a whole first, so that the message has the line.
    toml::from_str::<Config>(&text).map_err(|error| invalid(&file.display().to_string(), &error))?;
    toml::from_str(&text).map(Some).map_err(|error| invalid(&file.display().to_string(), &error))
}

fn apply_variable(table: &mut Table, kinds: &Table, name: &str, value: &str) -> Result<(), Problem> {
    let path: Vec<String> = name.trim_start_matches(PREFIX).split("__").map(str::to_lowercase).collect();
    let Some((key, sections)) = path.split_last() else { return Ok(()) };
    let mut place = &mut *table;
    let mut kind = Some(kinds);
    for section in sections {
        kind = kind.and_then(|table| table.get(section)).and_then(Value::as_table);
        place = match place.entry(section.clone()).or_insert_with(|| Value::Table(Table::new())) {
            Value::Table(inner) => inner,
            _ => return Err(bad_variable(name, &format!("{section} is not a section"))),
        };
    }
    place.insert(key.clone(), typed(value, kind.and_then(|table| table.get(key))));
    table.clone().try_into::<Config>().map(|_| ()).map_err(|error| bad_variable(name, error.message()))
}

/// A value of the environment in the type that the key has by default; what has no default is text.
fn typed(text: &str, default: Option<&Value>) -> Value {
    let parsed = match default {
        Some(Value::Integer(_)) => text.parse().ok().map(Value::Integer),
        Some(Value::Float(_)) => text.parse().ok().map(Value::Float),
        Some(Value::Boolean(_)) => text.parse().ok().map(Value::Boolean),
        Some(Value::Array(_) | Value::Table(_) | Value::Datetime(_)) => {
            format!("v = {text}").parse::<Table>().ok().and_then(|mut table| table.remove("v"))
        }
        Some(Value::String(_)) | None => None,
    };
    parsed.unwrap_or_else(|| Value::String(text.to_owned()))
}

fn missing(file: &Path) -> Problem {
    let reason = format!("there is no file {}", file.display());
    Problem::new(
        "config.missing",
        reason,
        "name another with --config, or write one: motorpool config --example > motorpool.toml",
    )
}

fn invalid(what: &str, error: &toml::de::Error) -> Problem {
    let reason = format!("{what}: {}", error.to_string().trim_end());
    Problem::new("config.invalid", reason, "correct it; `motorpool config --example` lists every key")
}

fn bad_map(error: &web::MapError) -> Problem {
    Problem::new(
        web::MapError::CODE,
        error.to_string(),
        "correct the section web.map; docs/operations.md has an example of each kind",
    )
}

fn bad_variable(name: &str, message: &str) -> Problem {
    let reason = format!("{name}: {}", message.trim_end());
    Problem::new("config.environment", reason, "correct the variable; `motorpool config --example` lists every key")
}
