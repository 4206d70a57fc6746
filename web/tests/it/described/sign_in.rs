//! How people prove who they are, held against the description: one journey, because each step needs what the one before made.

use axum::http::Method;
use serde_json::{Value, json};
use web::Config;

use super::{Request, check};
use crate::harness::{Answer, Client, PASSWORD, World};
use crate::second_factor::shown;

const NEW_PASSWORD: &str = "Another-Car-1";

/// Asks and holds the answer against the description.
struct Asker<'a> {
    description: &'a Value,
    tried: Vec<(&'static str, &'static str)>,
}

impl Asker<'_> {
    async fn ask(&mut self, client: &Client, (method, path, target, body): Request) -> Answer {
        let verb: Method = method.parse().unwrap();
        let answer = client.ask(verb, &target, body.map(|body| body.to_string()), &[]).await;
        check(self.description, method, path, &answer);
        self.tried.push((method, path));
        answer
    }

    /// A step that has to succeed, on an address without parameters.
    async fn step(&mut self, client: &Client, method: &'static str, path: &'static str, body: Option<Value>) -> Answer {
        let answer = self.ask(client, (method, path, path.to_owned(), body)).await;
        assert!(answer.status.is_success(), "{method} {path}: {} {}", answer.status, answer.text());
        answer
    }
}

/// Walks through every operation of sign-in as the driver of the world; those that were asked.
pub(super) async fn walk(description: &Value) -> Vec<(&'static str, &'static str)> {
    let (world, ()) = World::with(Config::default(), async |_| ()).await;
    let mut asker = Asker { description, tried: Vec::new() };
    let mut driver = world.sign_in("driver").await;
    let secret = asker.step(&driver, "POST", "/session/second-factor", Some(json!({ "password": PASSWORD }))).await;
    let secret = secret.json()["secret"].as_str().unwrap().to_owned();
    let code = |at| json!({ "code": shown(&secret, at) });
    asker.step(&driver, "POST", "/session/second-factor/confirm", Some(code(world.now()))).await;
    world.pass(chrono::Duration::seconds(30));
    let mut half = world.sign_in("driver").await;
    let whole = asker.step(&half, "POST", "/session/code", Some(code(world.now()))).await;
    half.keep(&whole);
    asker.step(&half, "GET", "/session/security", None).await;
    asker.step(&half, "GET", "/sessions", None).await;
    world.pass(chrono::Duration::seconds(30));
    asker.step(&half, "POST", "/session/second-factor/recovery-codes", Some(code(world.now()))).await;
    world.pass(chrono::Duration::seconds(30));
    asker.step(&half, "POST", "/session/second-factor/remove", Some(code(world.now()))).await;
    let change = json!({ "old_password": PASSWORD, "new_password": NEW_PASSWORD });
    let changed = asker.step(&half, "POST", "/session/password", Some(change)).await;
    half.keep(&changed);
    driver = world.sign_in_with("driver", NEW_PASSWORD).await;
    let listed = driver.get("/sessions").await.json();
    let other = listed["items"].as_array().unwrap().iter().find(|session| session["is_this"] == false).unwrap()["id"].clone();
    let ended = format!("/sessions/{}", other.as_str().unwrap());
    let gone = asker.ask(&driver, ("DELETE", "/sessions/{id}", ended, None)).await;
    assert_eq!(gone.status, 204, "{}", gone.text());
    asker.step(&driver, "DELETE", "/sessions", None).await;
    by_administrator(&world, &mut asker, &driver).await;
    // No identity provider is configured here; with one, both are shown in `identity_provider`.
    for path in ["/session/oidc", "/session/oidc/return"] {
        let answer = asker.ask(&world.stranger(), ("GET", path, path.to_owned(), None)).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    asker.tried
}

/// What a security administrator may do about somebody's signing in.
async fn by_administrator(world: &World, asker: &mut Asker<'_>, of: &Client) {
    let security = world.sign_in("security").await;
    let account = of.get("/session").await.json()["account"]["id"].as_str().unwrap().to_owned();
    for (method, path, body) in [
        ("GET", "/accounts/{id}/sign-in", None),
        ("PUT", "/accounts/{id}/sign-in/identity", Some(json!({ "subject": "zhang-san" }))),
        ("DELETE", "/accounts/{id}/sign-in/identity", None),
        ("DELETE", "/accounts/{id}/sign-in/second-factor", None),
        ("DELETE", "/accounts/{id}/sign-in/sessions", None),
    ] {
        asker.ask(&security, (method, path, path.replace("{id}", &account), body)).await;
    }
}
