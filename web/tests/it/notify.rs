//! Messages that leave the house, over real sockets: signed as each service wants it, tried again after a failure, once.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::http::Uri;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Duration, Utc};
use fleet_db::testing::fleet;
use ring::hmac;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use web::notify::Config;

use crate::harness::{WEST, World, add_car};
use crate::live::until;
use crate::messages::alarm;
use crate::receivers::{MailServer, Receiver};

/// A world with a service that sends; several may run on one store.
struct House {
    world: World,
    now: Arc<Mutex<DateTime<Utc>>>,
    shutdown: CancellationToken,
    jobs: Vec<JoinHandle<()>>,
}

impl House {
    async fn new() -> Self {
        let world = World::new().await;
        let now = Arc::new(Mutex::new(world.now()));
        Self { world, now, shutdown: CancellationToken::new(), jobs: Vec::new() }
    }

    /// Starts a service with this section of the configuration.
    fn serve(&mut self, section: &Value) {
        let config: Config = serde_json::from_value(section.clone()).unwrap();
        let config = Config { every_ms: 10, ..config };
        let now = Arc::clone(&self.now);
        let job =
            web::notify::run(self.world.db.pool.clone(), Arc::new(move || *now.lock().unwrap()), config, self.shutdown.clone());
        self.jobs.push(tokio::spawn(async move { job.await.unwrap() }));
    }

    fn pass(&self, span: Duration) {
        *self.now.lock().unwrap() += span;
    }

    /// How the dispatcher of the west side wants to be told.
    async fn wish(&self, wish: Value) {
        let saved = self.world.sign_in("dispatcher").await.post("/messages/preferences", &wish).await;
        assert_eq!(saved.status, 200, "{}", saved.text());
    }

    /// Waits until so many ways stand in a state.
    async fn settled(&self, statement: &'static str, wanted: i64) {
        until(async || (fleet::number(&self.world.db.pool, statement).await.unwrap() == wanted).then_some(())).await;
    }

    async fn stop(mut self) -> World {
        self.shutdown.cancel();
        for job in self.jobs.drain(..) {
            job.await.unwrap();
        }
        self.world
    }
}

const SENT: &str = "select count(*) from message_outbox where state = 'sent'";
const FAILED: &str = "select count(*) from message_outbox where state = 'failed'";
const TRIED: &str = "select count(*) from message_outbox where state = 'due' and last_error is not null";

fn mac(key: &str, text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), text.as_bytes()).as_ref().to_vec()
}

/// A parameter of an address; Base64 has `+`, `/` and `=`, which must have been encoded.
fn parameter(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query().unwrap_or_default();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    assert!(!value.contains(['+', '/', '=']), "{value} is not encoded");
    Some(value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "="))
}

#[tokio::test]
async fn each_group_is_told_once_in_the_form_and_with_the_signature_of_its_service() {
    let mut wecom = Receiver::start(r#"{"errcode":0,"errmsg":"ok"}"#).await;
    let mut dingtalk = Receiver::start(r#"{"errcode":0,"errmsg":"ok"}"#).await;
    let mut feishu = Receiver::start(r#"{"code":0,"msg":"success","data":{}}"#).await;
    let robots = json!({ "console_url": "https://fleet.example/", "robots": [
        { "name": "企业微信群", "kind": "wecom", "url": format!("http://{}/cgi-bin/webhook/send?key=k1", wecom.address) },
        { "name": "钉钉群", "kind": "dingtalk", "secret": "SECding", "unit_id": WEST.0,
          "url": format!("http://{}/robot/send?access_token=t1", dingtalk.address) },
        { "name": "飞书群", "kind": "feishu", "secret": "fei", "language": "en",
          "url": format!("http://{}/open-apis/bot/v2/hook/h1", feishu.address) } ] });
    let mut house = House::new().await;
    // Two services on one store: what one has claimed the other leaves alone.
    house.serve(&robots);
    house.serve(&robots);
    alarm(&house.world, "alarm:1").await;
    let now = house.world.now();

    let posted = wecom.next().await;
    assert_eq!(posted.uri.to_string(), "/cgi-bin/webhook/send?key=k1");
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    let text = "碰撞预警：浙A00001\n浙A00001 于 2026-03-02 12:00 发生红色报警：碰撞预警。\nhttps://fleet.example/messages";
    assert_eq!(body, json!({ "msgtype": "text", "text": { "content": text } }));

    let posted = dingtalk.next().await;
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    assert_eq!(body, json!({ "msgtype": "text", "text": { "content": text } }));
    assert_eq!(parameter(&posted.uri, "access_token").as_deref(), Some("t1"));
    let millis = parameter(&posted.uri, "timestamp").unwrap();
    assert_eq!(millis, now.timestamp_millis().to_string());
    let sign = BASE64_STANDARD.encode(mac("SECding", &format!("{millis}\nSECding")));
    assert_eq!(parameter(&posted.uri, "sign"), Some(sign));

    let posted = feishu.next().await;
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    assert_eq!(body["msg_type"], "text");
    assert!(body["content"]["text"].as_str().unwrap().starts_with("Red alarm: 浙A00001\n"), "{body}");
    let seconds = body["timestamp"].as_str().unwrap();
    assert_eq!(seconds, now.timestamp().to_string());
    assert_eq!(body["sign"], BASE64_STANDARD.encode(mac(&format!("{seconds}\nfei"), "")));

    house.settled(SENT, 3).await;
    house.pass(Duration::days(2));
    alarm(&house.world, "alarm:2").await;
    for receiver in [&mut wecom, &mut dingtalk, &mut feishu] {
        receiver.next().await;
    }
    house.settled(SENT, 6).await;
    house.stop().await;
    assert!([wecom, dingtalk, feishu].iter().all(Receiver::is_empty), "a message was sent twice");
}

#[tokio::test]
async fn what_failed_is_tried_again_and_what_was_taken_never() {
    let mut receiver = Receiver::start(r#"{"errcode":0}"#).await;
    receiver.answer_next(&[(200, r#"{"errcode":310000,"errmsg":"sign not match"}"#), (502, "")]);
    let mut house = House::new().await;
    house.serve(&json!({ "robots": [{ "name": "g", "kind": "dingtalk", "url": format!("http://{}/", receiver.address) }] }));
    alarm(&house.world, "alarm:1").await;
    receiver.next().await;
    house.settled(TRIED, 1).await;
    assert_eq!(fleet::number(&house.world.db.pool, SENT).await.unwrap(), 0);
    house.pass(Duration::seconds(60));
    receiver.next().await;
    until(async || {
        let statement = "select count(*) from message_outbox where attempts = 2 and last_error = 'notify.busy'";
        (fleet::number(&house.world.db.pool, statement).await.unwrap() == 1).then_some(())
    })
    .await;
    house.pass(Duration::seconds(119));
    alarm(&house.world, "alarm:2").await;
    receiver.next().await;
    house.settled(SENT, 1).await;
    assert!(receiver.is_empty(), "two minutes after the second try, not before");
    house.pass(Duration::seconds(1));
    receiver.next().await;
    house.settled(SENT, 2).await;
    house.pass(Duration::days(1));
    alarm(&house.world, "alarm:3").await;
    receiver.next().await;
    house.settled(SENT, 3).await;
    house.stop().await;
    assert!(receiver.is_empty(), "what was taken was sent again");
}

#[tokio::test]
async fn what_cannot_get_out_for_a_day_is_given_up_and_said() {
    let receiver = Receiver::start(r#"{"errcode":45009}"#).await;
    let mut house = House::new().await;
    house.serve(&json!({ "robots": [{ "name": "g", "kind": "wecom", "url": format!("http://{}/", receiver.address) }] }));
    alarm(&house.world, "alarm:1").await;
    house.settled(TRIED, 1).await;
    house.pass(Duration::hours(24));
    house.settled(FAILED, 1).await;
    let world = house.stop().await;
    let told = world.sign_in("admin").await.get("/messages").await.json();
    assert_eq!(told["items"][0]["title"], "消息外发失败：企业微信", "{told}");
    assert_eq!(told["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_short_message_is_signed_waits_for_the_morning_and_an_emergency_does_not() {
    let mut receiver = Receiver::start("{}").await;
    let mut house = House::new().await;
    let car = add_car(&house.world.db.pool, WEST, "浙A00001", None).await;
    let wish =
        json!({ "language": "zh-CN", "phone": "13800000000", "quiet": "11:00-13:30", "choices": { "alarm_raised": ["sms"] } });
    house.wish(wish).await;
    house.serve(&json!({ "sms": { "url": format!("http://{}/send", receiver.address), "secret": "key" } }));
    // It is noon.
    alarm(&house.world, "alarm:1").await;
    house.settled("select count(*) from message_outbox where state = 'due'", 1).await;
    fleet::red_alarm(&house.world.db.pool, car.no, "sos", house.world.now()).await.unwrap();
    let posted = receiver.next().await;
    let body: Value = serde_json::from_str(&posted.body).unwrap();
    assert_eq!(
        (&body["phone"], &body["kind"], &body["severity"]),
        (&json!("13800000000"), &json!("sos_pressed"), &json!("emergency"))
    );
    assert!(body["text"].as_str().unwrap().starts_with("【紧急】浙A00001"), "{body}");
    assert_eq!(posted.headers["idempotency-key"], body["id"].as_str().unwrap());
    let seconds = posted.headers["x-motorpool-timestamp"].to_str().unwrap();
    let signature = hex::encode(mac("key", &format!("{seconds}.{}", posted.body)));
    assert_eq!(posted.headers["x-motorpool-signature"], format!("sha256={signature}"));
    house.settled(SENT, 1).await;
    house.pass(Duration::minutes(89));
    assert!(receiver.is_empty());
    house.pass(Duration::minutes(1));
    let posted: Value = serde_json::from_str(&receiver.next().await.body).unwrap();
    assert_eq!(posted["kind"], "alarm_raised");
    house.settled(SENT, 2).await;
    house.stop().await;
}

fn smtp(server: &MailServer, more: &Value) -> Value {
    let mut section = json!({ "host": "localhost", "port": server.address.port(), "from": "公车平台 <fleet@hz.gov.cn>" });
    section.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    section
}

fn decoded(mail: &str) -> String {
    let body = mail.split_once("\r\n\r\n").unwrap().1.trim_end_matches("\r\n.\r\n").replace("\r\n", "");
    String::from_utf8(BASE64_STANDARD.decode(body).unwrap()).unwrap()
}

#[tokio::test]
async fn mail_is_sent_once_and_again_after_a_refusal_that_passes() {
    let mut server = MailServer::start(None).await;
    server.refuse_next(&["450 mailbox busy"]);
    let mut house = House::new().await;
    house.wish(json!({ "language": "zh-CN", "email": "li@hz.gov.cn", "choices": {} })).await;
    house.serve(&json!({ "smtp": smtp(&server, &json!({ "security": "none", "user": "fleet", "password": "s3cret" })) }));
    alarm(&house.world, "alarm:1").await;
    assert!(server.next().await.mail.is_none());
    house.settled(TRIED, 1).await;
    house.pass(Duration::seconds(60));
    let heard = server.next().await;
    let login = BASE64_STANDARD.encode("\0fleet\0s3cret");
    assert!(heard.commands.contains(&format!("AUTH PLAIN {login}")), "{:?}", heard.commands);
    assert!(heard.commands.iter().any(|line| line.starts_with("RCPT TO:<li@hz.gov.cn>")), "{:?}", heard.commands);
    let mail = heard.mail.unwrap();
    assert!(mail.contains("From: ") && mail.contains("<fleet@hz.gov.cn>") && mail.contains("To: li@hz.gov.cn"), "{mail}");
    assert!(mail.contains("@hz.gov.cn>\r\n") && mail.contains("Message-ID: <"), "{mail}");
    assert_eq!(decoded(&mail), "浙A00001 于 2026-03-02 12:00 发生红色报警：碰撞预警。");
    house.settled(SENT, 1).await;

    server.refuse_next(&["550 no such mailbox"]);
    alarm(&house.world, "alarm:2").await;
    assert!(server.next().await.mail.is_none());
    house.settled(FAILED, 1).await;
    house.stop().await;
}

/// A certificate for `localhost` with its key.
async fn certificate(folder: &tempfile::TempDir) -> (PathBuf, PathBuf) {
    let (certificate, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .args([key.as_os_str(), "-out".as_ref(), certificate.as_os_str()])
        .output()
        .await
        .expect("tests need openssl");
    assert!(made.status.success(), "{made:?}");
    (certificate, key)
}

#[tokio::test]
async fn mail_goes_by_starttls_to_a_server_that_is_trusted_and_nothing_is_said_to_one_without() {
    let folder = tempfile::tempdir().unwrap();
    let (authority, key) = certificate(&folder).await;
    let mut secure = MailServer::start(Some((&authority, &key))).await;
    let mut house = House::new().await;
    house.wish(json!({ "language": "en", "email": "li@hz.gov.cn", "choices": {} })).await;
    let login = json!({ "security": "starttls", "user": "fleet", "password": "s3cret" });
    house.serve(&json!({ "ca_file": authority, "smtp": smtp(&secure, &login) }));
    alarm(&house.world, "alarm:1").await;
    let heard = secure.next().await;
    let after = heard.commands.iter().skip_while(|line| *line != "STARTTLS");
    assert!(after.into_iter().any(|line| line.starts_with("AUTH PLAIN")), "{:?}", heard.commands);
    assert!(heard.mail.is_some());
    house.settled(SENT, 1).await;
    house.stop().await;

    // The same server for those who do not know its authority, and one that has no TLS at all.
    let mut plain = MailServer::start(None).await;
    for server in [&mut secure, &mut plain] {
        let mut house = House::new().await;
        house.wish(json!({ "language": "en", "email": "li@hz.gov.cn", "choices": {} })).await;
        house.serve(&json!({ "smtp": smtp(server, &login) }));
        alarm(&house.world, "alarm:1").await;
        let heard = server.next().await;
        assert!(!heard.commands.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{:?}", heard.commands);
        house.settled(TRIED, 1).await;
        house.stop().await;
    }
}

#[tokio::test]
async fn a_section_that_cannot_work_is_said_at_the_start_without_its_secrets() {
    let robot = |name: &str, kind: &str, url: &str| json!({ "name": name, "kind": kind, "url": url });
    let db = fleet_db::testing::database().await;
    for (section, said) in [
        (json!({ "robots": [robot("g", "wecom", "ftp://x/s3cret")] }), "address of g"),
        (json!({ "robots": [robot("g", "sms", "http://x/s3cret")] }), "g must be of the kind"),
        (json!({ "robots": [robot("g", "wecom", "http://x/s3cret"), robot("g", "feishu", "http://y/s3cret")] }), "two called g"),
        (json!({ "sms": { "url": "s3cret" } }), "address of sms.url"),
        (json!({ "smtp": { "host": "x", "from": "nobody" } }), "smtp.from"),
        (json!({ "ca_file": "/nowhere/ca.pem" }), "ca_file"),
    ] {
        let config: Config = serde_json::from_value(section.clone()).unwrap();
        assert!(!format!("{config:?}").contains("s3cret"), "{config:?}");
        let clock: fleet_db::Clock = Arc::new(|| DateTime::UNIX_EPOCH);
        let refused = web::notify::run(db.pool.clone(), clock, config, CancellationToken::new()).await.unwrap_err().to_string();
        assert!(refused.contains(said) && !refused.contains("s3cret"), "{section}: {refused}");
    }
}
