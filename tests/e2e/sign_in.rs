//! Sign-in in a real browser, on a fresh installation and with an identity provider of another site.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use crate::api::Api;
use crate::process::{Running, binary};

/// An account whose password is good as it is; its login and password.
pub(crate) fn add(config: &Path, login: &str, role: &str) -> String {
    let mut added = Running::start(
        Command::new(binary("motorpool"))
            .args(["account", "add", "--login", login, "--name", login, "--role", role, "--program", "--config"])
            .arg(config),
    );
    let password =
        added.wait_for(Duration::from_mins(2), |line| line.strip_prefix("password").map(|text| text.trim().to_owned()));
    assert!(added.wait(Duration::from_mins(1)).success(), "{}", added.said());
    password
}

/// A port that nobody had a moment ago: the provider has to know it before the service has it.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_password_is_changed_a_second_factor_set_up_and_sessions_end_in_the_browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let node = || Command::new(std::env::var("MOTORPOOL_NODE").unwrap_or_else(|_| "node".to_owned()));
    let folder = TempDir::new().unwrap();
    let base = format!("http://127.0.0.1:{}", free_port());
    let back = format!("{base}/api/v1/session/oidc/return");
    let secret = "the secret of this test: 32 bytes";
    let script = ["e2e/provider.mjs", "motorpool", secret, &back];
    let mut provider = Running::start(node().args(script).current_dir(root.join("web/console")));
    let issuer = provider.wait_for(Duration::from_mins(1), |line| line.strip_prefix("ready ").map(str::to_owned));

    let config = folder.path().join("motorpool.toml");
    let text = format!(
        "[database]\ndata_dir = {:?}\n[web]\nlisten = {:?}\n[web.second_factor]\nroles = [\"system_admin\"]\n\
         [web.oidc]\nissuer = {issuer:?}\nclient_id = \"motorpool\"\nclient_secret = {secret:?}\nredirect_url = {back:?}\n\
         [gateway]\nmqtt_listen = \"127.0.0.1:0\"\njt808_listen = \"127.0.0.1:0\"\ngb32960_listen = \"127.0.0.1:0\"\n\
         [ops]\nlisten = \"\"\n",
        folder.path().join("data"),
        base.trim_start_matches("http://"),
    );
    std::fs::write(&config, text).unwrap();
    let first = {
        // The first account is made by the first start, with a temporary password.
        let mut service = Running::start(Command::new(binary("motorpool")).args(["serve", "--config"]).arg(&config));
        let ready = Duration::from_mins(2);
        let words = "first start: sign in as admin with the password ";
        let password = service.wait_for(ready, |line| line.strip_prefix(words).map(str::to_owned));
        service.wait_for(ready, |line| (line == "ready").then_some(()));
        assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
        password
    };
    let security = add(&config, "security", "security_admin");
    let officer = add(&config, "officer", "dispatcher");

    let mut service = Running::start(Command::new(binary("motorpool")).args(["serve", "--config"]).arg(&config));
    service.wait_for(Duration::from_mins(2), |line| (line == "ready").then_some(()));
    let account = Api::sign_in(&base, "officer", &officer).get("/session")["account"]["id"].clone();
    let path = format!("/accounts/{}/sign-in/identity", account.as_str().unwrap());
    let (status, answer) =
        Api::sign_in(&base, "security", &security).call(Method::PUT, &path, Some(&json!({ "subject": "zhang-san" })));
    assert_eq!(status, 204, "{answer}");

    let shots = root.join("build/screenshots");
    std::fs::create_dir_all(&shots).unwrap();
    let mut walk = Running::start(
        node()
            .arg("e2e/sign-in.mjs")
            .current_dir(root.join("web/console"))
            .env("BASE_URL", &base)
            .env("PASSWORD", first)
            .env("PERSON", "zhang-san")
            .env("STRANGER", "li-si")
            .env("SHOTS_DIR", &shots),
    );
    let status = walk.wait(Duration::from_mins(4));
    assert!(status.success(), "{}", walk.said());
    assert!(service.stop(Duration::from_secs(30)).success(), "{}", service.said());
}
