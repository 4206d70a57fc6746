//! The order of the sources, the example, and what a mistake is told.

use std::fs;

use super::*;

fn with_environment(pairs: &[(&str, &str)]) -> Source {
    let environment = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Source { environment, ..Source::default() }
}

fn with_file(text: &str) -> (tempfile::TempDir, Source) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("motorpool.toml");
    fs::write(&file, text).unwrap();
    (folder, Source { file: Some(file), ..Source::default() })
}

#[test]
fn the_example_parses_to_the_defaults() {
    assert_eq!(toml::from_str::<Config>(EXAMPLE).unwrap(), Config::default());
}

#[test]
fn the_example_names_every_key() {
    let defaults = toml::Table::try_from(Config::default()).unwrap();
    let mut missing = Vec::new();
    compare(&defaults, &EXAMPLE.parse().unwrap(), "", &mut missing);
    assert!(missing.is_empty(), "not in motorpool.example.toml: {missing:?}");
}

fn compare(defaults: &toml::Table, example: &toml::Table, above: &str, missing: &mut Vec<String>) {
    for (key, value) in defaults {
        let name = format!("{above}{key}");
        match (value.as_table(), example.get(key)) {
            (_, None) => missing.push(name),
            (Some(table), Some(toml::Value::Table(inner))) => compare(table, inner, &format!("{name}."), missing),
            (_, Some(_)) => {}
        }
    }
}

#[test]
fn keys_without_a_default_are_in_the_example_as_comments_that_parse() {
    let mut text = String::new();
    for line in EXAMPLE.lines() {
        let commented = line.strip_prefix("# ").filter(|rest| rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')));
        text.push_str(commented.unwrap_or(line));
        text.push('\n');
    }
    let config: Config = toml::from_str(&text).unwrap();
    assert!(config.database.url.is_some() && config.database.bin_dir.is_some());
    assert!(config.web.map.url.is_some() && config.web.map.key.is_some());
}

#[test]
fn a_file_beats_the_defaults_the_environment_the_file_and_a_flag_the_environment() {
    let (_folder, mut source) = with_file("[database]\nmax_connections = 5\ndata_dir = \"file\"\nshared_buffers_bytes = 1\n");
    source.environment = with_environment(&[
        ("MOTORPOOL__DATABASE__MAX_CONNECTIONS", "7"),
        ("MOTORPOOL__DATABASE__DATA_DIR", "environment"),
        ("HOME", "/nowhere"),
    ])
    .environment;
    source.data_dir = Some("flag".into());
    let config = load(&source).unwrap();
    assert_eq!(config.database.shared_buffers_bytes, 1);
    assert_eq!(config.database.max_connections, 7);
    assert_eq!(config.database.data_dir, PathBuf::from("flag"));
    assert_eq!(config.log, Log::default());
}

#[test]
fn the_audit_log_is_kept_for_a_year_at_least() {
    let problem = load(&with_environment(&[("MOTORPOOL__AUDIT__KEEP_DAYS", "364")])).unwrap_err();
    assert_eq!(problem.code(), "audit.keep_days");
    assert_eq!(load(&with_environment(&[("MOTORPOOL__AUDIT__KEEP_DAYS", "365")])).unwrap().audit.keep_days, 365);
}

#[test]
fn a_number_in_the_environment_that_should_be_text_stays_text() {
    let config = load(&with_environment(&[("MOTORPOOL__DATABASE__URL", "12345")])).unwrap();
    assert_eq!(config.database.url.unwrap().reveal(), "12345");
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line() {
    let (_folder, source) = with_file("[database]\nmax_conections = 5\n");
    let problem = load(&source).unwrap_err();
    assert_eq!(problem.code(), "config.invalid");
    let text = problem.to_string();
    assert!(text.contains("line 2") && text.contains("max_conections"), "{text}");
}

#[test]
fn a_mistake_in_the_environment_names_the_variable() {
    for (name, value) in
        [("MOTORPOOL__DATABASE__MAX_CONNECTIONS", "many"), ("MOTORPOOL__DATABSE__URL", "x"), ("MOTORPOOL__LOG", "x")]
    {
        let problem = load(&with_environment(&[(name, value)])).unwrap_err();
        assert_eq!(problem.code(), "config.environment");
        assert!(problem.to_string().starts_with(name), "{problem}");
    }
}

#[test]
fn a_named_file_must_be_there() {
    let source = Source { file: Some("/nowhere/motorpool.toml".into()), ..Source::default() };
    assert_eq!(load(&source).unwrap_err().code(), "config.missing");
}

#[test]
fn a_secret_is_never_shown() {
    let config = load(&with_environment(&[("MOTORPOOL__DATABASE__URL", "postgres://fleet:hunter2@db/fleet")])).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(!toml::to_string(&config).unwrap().contains("hunter2"));
    let config = load(&with_environment(&[("MOTORPOOL__WEB__MAP__KEY", "hunter3")])).unwrap();
    assert_eq!(config.web.map.key.as_ref().map(Secret::reveal), Some("hunter3"));
    assert!(!format!("{config:?}{}", toml::to_string(&config).unwrap()).contains("hunter3"));
}

#[test]
fn a_map_that_lacks_something_is_told_before_anything_starts() {
    let (kind, url) = (("MOTORPOOL__WEB__MAP__KIND", "proxy"), "MOTORPOOL__WEB__MAP__URL");
    let problem = load(&with_environment(&[kind])).unwrap_err();
    assert_eq!(problem.code(), "map.configuration");
    assert!(problem.to_string().contains("web.map.url"), "{problem}");
    let problem = load(&with_environment(&[kind, (url, "http://maps.example/{z}/{x}/{y}?tk={key}")])).unwrap_err();
    assert!(problem.to_string().contains("web.map.key"), "{problem}");
    assert!(load(&with_environment(&[kind, (url, "http://maps.example/{z}/{x}/{y}")])).is_ok());
}

#[test]
fn an_identity_provider_that_lacks_something_is_told_before_anything_starts() {
    let issuer = ("MOTORPOOL__WEB__OIDC__ISSUER", "https://id.example.gov.cn");
    let client = ("MOTORPOOL__WEB__OIDC__CLIENT_ID", "motorpool");
    let back = ("MOTORPOOL__WEB__OIDC__REDIRECT_URL", "https://fleet.example.gov.cn/api/v1/session/oidc/return");
    let secret = ("MOTORPOOL__WEB__OIDC__CLIENT_SECRET", "hunter2");
    for (settings, lacking) in [
        (&[issuer][..], "web.oidc.client_id"),
        (&[issuer, client], "web.oidc.client_secret"),
        (&[issuer, client, secret], "web.oidc.redirect_url"),
        (&[("MOTORPOOL__WEB__OIDC__ISSUER", "http://id.example.gov.cn"), client, secret, back], "http://id.example.gov.cn"),
    ] {
        let problem = load(&with_environment(settings)).unwrap_err();
        assert_eq!(problem.code(), "oidc.configuration");
        assert!(problem.to_string().contains(lacking), "{problem}");
    }
    let config = load(&with_environment(&[issuer, client, secret, back])).unwrap();
    assert!(!format!("{config:?}{}", toml::to_string(&config).unwrap()).contains("hunter2"));
}
