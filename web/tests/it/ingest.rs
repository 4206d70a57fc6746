//! What phones send by HTTP: handed on as it came, answered in the phone's own words, refused with a reason.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};

use axum::http::Method;
use telematics::osmand::ReportError;
use web::{Ingest, IngestAccepted, IngestDialect, IngestRefusal, IngestRequest};

use crate::harness::{Answer, World};

/// A way in that remembers what came, and answers as it is told.
fn listening(answer: Result<IngestAccepted, IngestRefusal>) -> (Ingest, Arc<Mutex<Vec<IngestRequest>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ear = Arc::clone(&heard);
    let ingest = Ingest::new(move |request| {
        ear.lock().unwrap().push(request);
        let answer = answer.clone();
        async move { answer }
    });
    (ingest, heard)
}

async fn post(world: &World, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    world.stranger().ask_anywhere(Method::POST, path, Some(body.to_owned()), headers).await
}

#[tokio::test]
async fn a_phone_needs_no_session_and_is_heard_word_for_word() {
    let (ingest, heard) = listening(Ok(IngestAccepted { body: "" }));
    let world = World::reporting_to(ingest).await;
    let phone = world.stranger();
    let answer = phone.ask_anywhere(Method::GET, "/ingest/osmand?id=hz-7&lat=30&lon=120&key=k", None, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, ""));
    assert_eq!(answer.headers["cache-control"], "no-store");
    let form = [("content-type", "application/x-www-form-urlencoded"), ("authorization", "Basic aHotNzpr")];
    assert_eq!(post(&world, "/ingest/osmand?a=b", "id=hz-7&lat=30&lon=120", &form).await.status, 200);
    let expected = IngestRequest {
        dialect: IngestDialect::Osmand,
        address: IpAddr::from(Ipv4Addr::UNSPECIFIED),
        user: None,
        key: None,
        query: "id=hz-7&lat=30&lon=120&key=k".to_owned(),
        body: "".into(),
    };
    let second = IngestRequest {
        user: Some("hz-7".to_owned()),
        key: Some("k".to_owned()),
        query: "a=b".to_owned(),
        body: "id=hz-7&lat=30&lon=120".into(),
        ..expected.clone()
    };
    assert_eq!(*heard.lock().unwrap(), [expected, second]);
}

#[tokio::test]
async fn owntracks_is_answered_with_a_list() {
    let (ingest, heard) = listening(Ok(IngestAccepted { body: "[]" }));
    let world = World::reporting_to(ingest).await;
    let answer = post(&world, "/ingest/owntracks", r#"{"_type":"lwt"}"#, &[("authorization", "Bearer k")]).await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "[]"));
    assert_eq!(answer.headers["content-type"], "application/json");
    let heard = heard.lock().unwrap();
    assert_eq!((heard[0].dialect, heard[0].key.as_deref()), (IngestDialect::Owntracks, Some("k")));
}

#[tokio::test]
async fn every_refusal_says_why_and_what_to_do() {
    let not_now = IngestRefusal::NotNow { after_secs: 5 };
    for (refusal, status, code, again) in [
        (IngestRefusal::Report(ReportError::Malformed), 400, "report.malformed", None),
        (IngestRefusal::Report(ReportError::Place), 400, "report.place", None),
        (IngestRefusal::Report(ReportError::Time { text: "x".to_owned() }), 400, "report.time", None),
        (IngestRefusal::Report(ReportError::Number { key: "batt".to_owned() }), 400, "report.number", None),
        (IngestRefusal::Report(ReportError::TooMany), 400, "report.too_many", None),
        (IngestRefusal::NoDevice, 400, "ingest.no_device", None),
        (IngestRefusal::BadKey, 401, "ingest.bad_key", None),
        (IngestRefusal::TooMany { after_secs: 7 }, 429, "ingest.too_many", Some("7")),
        (not_now, 503, "ingest.not_now", Some("5")),
    ] {
        let (ingest, _) = listening(Err(refusal));
        let world = World::reporting_to(ingest).await;
        let phone = world.stranger();
        let answer = phone.ask_anywhere(Method::GET, "/ingest/osmand?id=1", None, &[("accept-language", "en")]).await;
        assert_eq!(answer.problem(), (status, code.to_owned()));
        assert_ne!(answer.json()["title"], code, "there are words for it");
        assert_eq!(answer.headers.get("retry-after").map(|value| value.to_str().unwrap()), again, "{code}");
        assert_eq!(answer.headers.contains_key("www-authenticate"), status == 401);
    }
}

#[tokio::test]
async fn a_body_of_any_size_and_a_service_without_gateway_are_refused() {
    let (ingest, heard) = listening(Ok(IngestAccepted { body: "" }));
    let world = World::reporting_to(ingest).await;
    let answer = post(&world, "/ingest/osmand", &"x".repeat(300_000), &[]).await;
    assert_eq!(answer.problem(), (413, "request.too_large".to_owned()));
    let answer = world.stranger().ask_anywhere(Method::DELETE, "/ingest/osmand", None, &[]).await;
    assert_eq!(answer.problem(), (405, "route.method".to_owned()));
    assert!(heard.lock().unwrap().is_empty());

    let alone = World::new().await;
    let answer = alone.stranger().ask_anywhere(Method::GET, "/ingest/osmand?id=1", None, &[]).await;
    assert_eq!(answer.problem(), (503, "ingest.closed".to_owned()), "an answer of 200 would make the phone forget its report");
}
