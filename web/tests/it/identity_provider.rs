//! Sign-in by an identity provider: a certified one (npm `oidc-provider`) runs as a process of its own, and a client walks its forms.

use std::path::Path;
use std::process::Stdio;

use axum::http::Method;
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use chrono::{DateTime, Duration, Utc};
use dispatch::account::AccountId;
use fleet_db::PgPool;
use fleet_db::identity::Mark;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use web::{BindBy, Config};

use crate::harness::{Answer, Client, PASSWORD, World, browser};

const RETURN: &str = "http://127.0.0.1:1/api/v1/session/oidc/return";
const SECRET: &str = "the secret of the tests: 32 bytes";

/// A provider of its own for each test.
struct Provider {
    issuer: String,
    _process: Child,
    /// It dies when nobody hears what it says.
    _says: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    async fn start() -> Self {
        let console = Path::new(env!("CARGO_MANIFEST_DIR")).join("console");
        let mut process = Command::new("node")
            .args(["e2e/provider.mjs", "motorpool", SECRET, RETURN])
            .current_dir(console)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("node is on the path: . scripts/env.sh");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap();
        let first = first.expect("the provider says where it is; its packages come with scripts/packages.sh");
        let issuer = first.strip_prefix("ready ").unwrap().to_owned();
        Self { issuer, _process: process, _says: lines }
    }

    fn config(&self, change: &Value) -> Config {
        let mut oidc =
            json!({ "issuer": self.issuer, "client_id": "motorpool", "client_secret": SECRET, "redirect_url": RETURN });
        for (name, value) in change.as_object().unwrap() {
            oidc[name] = value.clone();
        }
        Config { oidc: serde_json::from_value(oidc).unwrap(), ..Config::default() }
    }

    /// The provider's own clock: its tokens are of today, whatever day it is in the tests.
    async fn now(&self) -> DateTime<Utc> {
        let answer =
            browser().build().unwrap().get(format!("{}/.well-known/openid-configuration", self.issuer)).send().await.unwrap();
        DateTime::parse_from_rfc2822(answer.headers()["date"].to_str().unwrap()).unwrap().to_utc()
    }

    /// Signs `person` in at the provider, as a browser does; the address to which it sends the browser back.
    async fn walk(&self, question: &str, person: &str) -> String {
        let browser = browser().cookie_store(true).redirect(Policy::none()).build().unwrap();
        let mut answer = browser.get(question).send().await.unwrap();
        for _ in 0..20 {
            if let Some(location) = answer.headers().get(LOCATION) {
                let next = answer.url().join(location.to_str().unwrap()).unwrap();
                if next.as_str().starts_with(RETURN) {
                    return next.into();
                }
                answer = browser.get(next).send().await.unwrap();
                continue;
            }
            let here = answer.url().clone();
            let page = answer.text().await.unwrap();
            let between = |before: &str| page.split_once(before).and_then(|(_, rest)| rest.split_once('"')).map(|(text, _)| text);
            let action = here.join(between("action=\"").unwrap_or_else(|| panic!("a form: {page}"))).unwrap();
            answer = match (person, page.contains("name=\"login\"")) {
                ("nobody", _) => browser.get(format!("{here}/abort")).send().await.unwrap(),
                (_, is_login) => {
                    let form =
                        if is_login { format!("prompt=login&login={person}&password=x") } else { "prompt=consent".to_owned() };
                    let request = browser.post(action).header("content-type", "application/x-www-form-urlencoded");
                    request.body(form).send().await.unwrap()
                }
            };
        }
        panic!("the provider goes in circles")
    }
}

/// A browser that has been sent to the provider: where to, and with which ticket.
async fn leave(client: &Client, path: &str) -> (String, String) {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    for part in ["motorpool_oidc=", "HttpOnly", "SameSite=Lax", "Path=/api/v1/session/oidc"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    (location(&answer), cookie.split(';').next().unwrap().to_owned())
}

/// Comes back with what the provider said, and with the ticket.
async fn come_back(world: &World, returned: &str, ticket: &str) -> Answer {
    let path = returned.strip_prefix("http://127.0.0.1:1/api/v1").unwrap();
    world.stranger().ask(Method::GET, path, None, &[(COOKIE.as_str(), ticket)]).await
}

fn location(answer: &Answer) -> String {
    answer.headers[LOCATION].to_str().unwrap().to_owned()
}

/// The session that an answer brought, if it brought one.
fn session(answer: &Answer) -> Option<String> {
    let cookies = answer.headers.get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.filter_map(|cookie| cookie.split(';').next()).find(|cookie| cookie.starts_with("motorpool_session="));
    session.map(str::to_owned)
}

async fn bind(pool: &PgPool, issuer: &str, login: &str, mark: Mark<'_>) -> AccountId {
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let known = fleet_db::account::credentials(&mut tx, &login.parse().unwrap()).await.unwrap().unwrap();
    fleet_db::identity::bind(&mut tx, known.account.id, issuer, mark, crate::harness::noon()).await.unwrap();
    tx.commit().await.unwrap();
    known.account.id
}

/// A world whose clock is the provider's, with the manager bound to the subject `zhang-san`.
async fn world(provider: &Provider, change: &Value) -> World {
    let issuer = provider.issuer.clone();
    let furnish = async |pool: &PgPool| bind(pool, &issuer, "manager", Mark::Subject("zhang-san")).await;
    let (world, _) = World::with(provider.config(change), furnish).await;
    world.pass(provider.now().await - world.now());
    world
}

#[tokio::test]
async fn whoever_the_provider_vouches_for_is_signed_in_to_the_account_that_is_bound() {
    let provider = Provider::start().await;
    let world = world(&provider, &json!({})).await;
    let (question, ticket) = leave(&world.stranger(), "/session/oidc?next=/admin/terminals").await;
    for part in ["code_challenge_method=S256", "response_type=code", "scope=openid+profile", "nonce=", "state="] {
        assert!(question.contains(part), "{question}");
    }
    let returned = provider.walk(&question, "zhang-san").await;
    let answer = come_back(&world, &returned, &ticket).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(location(&answer), "/login?signed_in=1&next=%2Fadmin%2Fterminals");
    let mut client = world.stranger();
    client.cookie = session(&answer);
    let seen = client.get("/session").await.json();
    assert_eq!((seen["account"]["login"].as_str(), &seen["pending"]), (Some("manager"), &Value::Null));
    assert_eq!(client.get("/units").await.status, 200);
    client.csrf = seen["csrf_token"].as_str().map(str::to_owned);
    let security = client.get("/session/security").await.json();
    assert_eq!((&security["password"]["is_set"], &security["identity"]["subject"]), (&json!(false), &json!("zhang-san")));
    let change = json!({ "old_password": PASSWORD, "new_password": "Another-Car-1" });
    assert_eq!(client.post("/session/password", &change).await.problem(), (409, "password.bound".to_owned()));
    assert_eq!(client.delete("/session").await.status, 204);

    // The password that the account had is good no more.
    let old = world.stranger().post("/session", &json!({ "login": "manager", "password": PASSWORD })).await;
    assert_eq!(old.problem(), (401, "auth.invalid".to_owned()));
    // Neither is the code: the provider gives a token for it once.
    let again = come_back(&world, &returned, &ticket).await;
    assert_eq!((location(&again).as_str(), session(&again)), ("/login?error=oidc.failed", None));
}

#[tokio::test]
async fn whoever_has_no_account_here_is_told_by_which_name_to_ask_for_one() {
    let provider = Provider::start().await;
    let world = world(&provider, &json!({})).await;
    let (question, ticket) = leave(&world.stranger(), "/session/oidc").await;
    let answer = come_back(&world, &provider.walk(&question, "li-si").await, &ticket).await;
    assert_eq!((location(&answer).as_str(), session(&answer)), ("/login?error=oidc.unknown&who=li-si", None));
}

#[tokio::test]
async fn a_staff_number_binds_at_the_first_sign_in() {
    let provider = Provider::start().await;
    let world = world(&provider, &json!({ "bind_by": "preferred_username" })).await;
    let account = bind(&world.db.pool, &provider.issuer, "dispatcher", Mark::Expected("staff-of-li-si")).await;
    for _ in 0..2 {
        let (question, ticket) = leave(&world.stranger(), "/session/oidc").await;
        let answer = come_back(&world, &provider.walk(&question, "li-si").await, &ticket).await;
        assert!(session(&answer).is_some(), "{}", location(&answer));
    }
    let mut conn = fleet_db::acquire(&world.db.pool).await.unwrap();
    let identity = fleet_db::identity::of_account(&mut conn, account).await.unwrap().unwrap();
    assert_eq!(identity.subject.as_deref(), Some("li-si"));
}

#[tokio::test]
async fn an_answer_to_another_question_signs_nobody_in() {
    let provider = Provider::start().await;
    let world = world(&provider, &json!({})).await;
    let (question, ticket) = leave(&world.stranger(), "/session/oidc").await;
    let (_, other_ticket) = leave(&world.stranger(), "/session/oidc").await;
    let returned = provider.walk(&question, "zhang-san").await;
    let stated = returned.replace("state=", "state=0");
    let issuer = url_escaped(&provider.issuer);
    let elsewhere = returned.replace(&format!("iss={issuer}"), "iss=https%3A%2F%2Fevil.example");
    assert_ne!(elsewhere, returned, "the provider names itself (RFC 9207): {returned}");
    for (returned, ticket) in [
        (&returned, other_ticket.as_str()),
        (&returned, ""),
        (&returned, "motorpool_oidc=forged"),
        (&stated, &ticket),
        (&elsewhere, &ticket),
    ] {
        let answer = come_back(&world, returned, ticket).await;
        assert_eq!((location(&answer).as_str(), session(&answer)), ("/login?error=oidc.state", None));
    }
    let (_, late) = leave(&world.stranger(), "/session/oidc").await;
    world.pass(Duration::minutes(10));
    assert_eq!(location(&come_back(&world, &returned, &late).await), "/login?error=oidc.state", "a ticket is good for a while");
}

fn url_escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_caught_code_is_worth_nothing_without_its_verifier() {
    let provider = Provider::start().await;
    let world = world(&provider, &json!({})).await;
    let (victim, _) = leave(&world.stranger(), "/session/oidc").await;
    let (own, own_ticket) = leave(&world.stranger(), "/session/oidc").await;
    let caught = provider.walk(&victim, "zhang-san").await;
    let code = caught.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let own_return = provider.walk(&own, "li-si").await;
    let own_code = own_return.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let answer = come_back(&world, &own_return.replace(own_code, code), &own_ticket).await;
    assert_eq!((location(&answer).as_str(), session(&answer)), ("/login?error=oidc.failed", None));
}

#[tokio::test]
async fn a_refusal_of_the_provider_and_a_wrong_secret_are_told_apart() {
    let provider = Provider::start().await;
    let refusing = world(&provider, &json!({})).await;
    let (question, ticket) = leave(&refusing.stranger(), "/session/oidc").await;
    let answer = come_back(&refusing, &provider.walk(&question, "nobody").await, &ticket).await;
    assert_eq!(location(&answer), "/login?error=oidc.refused");
    let wrong = world(&provider, &json!({ "client_secret": "another secret of thirty-two bytes" })).await;
    let (question, ticket) = leave(&wrong.stranger(), "/session/oidc").await;
    let answer = come_back(&wrong, &provider.walk(&question, "zhang-san").await, &ticket).await;
    assert_eq!(location(&answer), "/login?error=oidc.failed");
}

#[tokio::test]
async fn a_provider_that_is_away_or_none_at_all_stands_in_nobodys_way() {
    let config = |issuer: Option<&str>| {
        let oidc = json!({ "issuer": issuer, "client_id": "x", "client_secret": "y", "redirect_url": RETURN });
        Config { oidc: serde_json::from_value(oidc).unwrap(), ..Config::default() }
    };
    let (away, ()) = World::with(config(Some("http://127.0.0.1:9")), async |_| ()).await;
    assert_eq!(location(&away.stranger().get("/session/oidc").await), "/login?error=oidc.failed");
    assert_eq!(away.stranger().get("/config").await.json()["provider"]["title_zh"], "统一身份认证登录");
    assert_eq!(away.sign_in("manager").await.get("/units").await.status, 200);
    let (none, ()) = World::with(config(None), async |_| ()).await;
    for path in ["/session/oidc", "/session/oidc/return"] {
        assert_eq!(none.stranger().get(path).await.problem(), (404, "oidc.off".to_owned()), "{path}");
    }
    assert_eq!(none.stranger().get("/config").await.json()["provider"], Value::Null);
}

#[tokio::test]
async fn a_security_administrator_binds_and_unbinds() {
    let oidc = json!({ "issuer": "http://127.0.0.1:9", "client_id": "x", "client_secret": "y", "redirect_url": RETURN });
    let mut config = Config { oidc: serde_json::from_value(oidc).unwrap(), ..Config::default() };
    let (world, ()) = World::with(config.clone(), async |_| ()).await;
    let security = world.sign_in("security").await;
    let driver = world.sign_in("driver").await;
    let other = world.sign_in("dispatcher").await;
    let path = async |client: &Client| {
        let account = client.get("/session").await.json();
        format!("/accounts/{}/sign-in/identity", account["account"]["id"].as_str().unwrap())
    };
    let (driver_path, other_path) = (path(&driver).await, path(&other).await);
    let put = async |client: &Client, path: &str, body: Value| client.ask(Method::PUT, path, Some(body.to_string()), &[]).await;
    for (body, field, code) in [
        (json!({}), "subject", "identity.mark"),
        (json!({ "subject": " " }), "subject", "identity.mark"),
        (json!({ "subject": "a", "expected": "b" }), "subject", "identity.mark"),
        (json!({ "subject": "x".repeat(256) }), "subject", "identity.mark"),
        (json!({ "expected": "HZ007" }), "expected", "identity.by_subject"),
    ] {
        let answer = put(&security, &driver_path, body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.json()["fields"][field].as_str()), (422, Some(code)), "{body}");
    }
    assert_eq!(put(&driver, &driver_path, json!({ "subject": "d" })).await.problem(), (403, "auth.forbidden".to_owned()));
    let aside = world.sign_in("east.security").await;
    assert_eq!(put(&aside, &driver_path, json!({ "subject": "d" })).await.problem(), (403, "auth.outside".to_owned()));

    assert_eq!(put(&security, &driver_path, json!({ "subject": "d" })).await.status, 204);
    assert_eq!(driver.get("/session").await.status, 401);
    assert_eq!(put(&security, &other_path, json!({ "subject": "d" })).await.problem(), (409, "identity.taken".to_owned()));
    let given = security.post(&driver_path.replace("sign-in/identity", "password"), &json!({ "reason": "遗忘" })).await;
    assert_eq!(given.problem(), (409, "password.bound".to_owned()), "who is bound has no password here");
    assert_eq!(security.delete(&driver_path).await.status, 204);
    assert_eq!(security.delete(&driver_path).await.problem(), (404, "store.not_found".to_owned()));
    let given = security.post(&driver_path.replace("sign-in/identity", "password"), &json!({ "reason": "遗忘" })).await.json();
    let driver = world.sign_in_with("driver", given["password"].as_str().unwrap()).await;
    assert_eq!(driver.get("/session").await.json()["pending"], "password");

    config.oidc.bind_by = BindBy::PreferredUsername;
    let (world, ()) = World::with(config, async |_| ()).await;
    let security = world.sign_in("security").await;
    let driver_path = path(&world.sign_in("driver").await).await;
    assert_eq!(put(&security, &driver_path, json!({ "expected": "HZ007" })).await.status, 204);
    let seen = security.get(driver_path.strip_suffix("/identity").unwrap()).await.json();
    assert_eq!((&seen["identity"]["expected"], &seen["identity"]["subject"]), (&json!("HZ007"), &Value::Null));
}
