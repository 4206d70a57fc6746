//! What people ask of terminals: said in the terminal's edition, answered, kept; once a link, and again after a reconnect.

use fleet_db::testing::fleet;
use gateway::probe::jt808::{Heard, Terminal};
use serde_json::json;
use telematics::jt808::Edition;
use telematics::jt808::down::Down;
use telematics::jt808::parameter::Setting;

use super::{NUMBER, asked, driving, hear, silence};
use crate::bench::{Bench, within};

/// The next command, with its number.
async fn command(terminal: &mut Terminal) -> (u16, Down) {
    match hear(terminal).await {
        Heard::Said(serial, down) => (serial, down),
        Heard::Closed => panic!("closed"),
    }
}

/// The general answer of the terminal.
async fn reply(terminal: &mut Terminal, serial: u16, id: u16, result: u8) {
    let mut body = serial.to_be_bytes().to_vec();
    body.extend_from_slice(&id.to_be_bytes());
    body.push(result);
    terminal.send(0x0001, &body).await.unwrap();
}

#[tokio::test]
async fn each_command_is_said_and_ends_with_its_answer() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2019).await;

    let text = bench.ask(NUMBER, "text", json!({ "text": "请回场", "is_urgent": true, "by_voice": true })).await;
    let (serial, said) = command(&mut terminal).await;
    assert_eq!(said, Down::Text { flags: 0b1010, kind: Some(1), text: "请回场".to_owned() });
    reply(&mut terminal, serial, 0x8300, 0).await;
    bench.until_ended(text, "answered", "ok").await;

    let locate = bench.ask(NUMBER, "locate", json!({})).await;
    let (serial, said) = command(&mut terminal).await;
    assert_eq!(said, Down::QueryPosition);
    reply(&mut terminal, serial, 0x8201, 0).await;
    let mut body = serial.to_be_bytes().to_vec();
    body.extend(driving(60));
    terminal.send(0x0201, &body).await.unwrap();
    bench.until_ended(locate, "answered", "ok").await;
    let position = bench.command(locate).await.2;
    assert_eq!(position["position"]["lat"], json!(30.25));
    bench.until("select count(*) from vehicle_position", 1).await;

    let query = bench.ask(NUMBER, "query_parameters", json!({ "ids": ["0x0029"] })).await;
    let (serial, said) = command(&mut terminal).await;
    assert_eq!(said, Down::QuerySomeParameters(vec![0x29]));
    let mut body = serial.to_be_bytes().to_vec();
    body.extend_from_slice(&[1, 0, 0, 0, 0x29, 4, 0, 0, 0, 30]);
    terminal.send(0x0104, &body).await.unwrap();
    bench.until_ended(query, "answered", "ok").await;
    assert_eq!(bench.command(query).await.2, json!({ "parameters": { "0x0029": 30 } }));

    let restart = bench.ask(NUMBER, "restart", json!({})).await;
    let (serial, said) = command(&mut terminal).await;
    assert_eq!(said, Down::Control { command: 4, arguments: String::new() });
    reply(&mut terminal, serial, 0x8105, 3).await;
    bench.until_ended(restart, "failed", "unsupported").await;

    let wrong = bench.ask(NUMBER, "set_parameters", json!({ "values": { "0x0029": "soon" } })).await;
    bench.until_ended(wrong, "failed", "not_encodable").await;
    let who = "select count(*) from terminal_command where asked_by is not null and reason = '测试' and sent_at is not null";
    assert_eq!(bench.number(who).await, 5, "who asked, when and why");
}

#[tokio::test]
async fn an_interval_set_from_the_platform_is_seen_in_the_next_frames() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let id = bench.ask(NUMBER, "report_interval", json!({ "seconds": 15 })).await;
    let (serial, said) = command(&mut terminal).await;
    let wanted = Setting { id: 0x29, value: vec![0, 0, 0, 15] };
    let Down::SetParameters(settings) = said else { panic!("{said:?}") };
    assert_eq!(settings, [wanted]);
    // A terminal obeys: it answers, and reports at the interval it was given.
    reply(&mut terminal, serial, 0x8103, 0).await;
    bench.until_ended(id, "answered", "ok").await;
    let interval = i64::from(u32::from_be_bytes(settings[0].value.clone().try_into().unwrap()));
    for n in 0..4 {
        assert_eq!(asked(&mut terminal, 0x0200, &driving(n * interval)).await, 0);
    }
    let gaps = "select count(*) from (select fixed_at - lag(fixed_at) over (order by fixed_at) as gap from vehicle_position) as g
                where gap = interval '15 seconds'";
    assert_eq!(bench.number(gaps).await, 3);
}

#[tokio::test]
async fn a_command_waits_for_the_terminal_and_is_said_again_after_a_reconnect_but_a_restart_is_not() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let id = bench.ask(NUMBER, "text", json!({ "text": "a" })).await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    assert!(matches!(command(&mut terminal).await.1, Down::Text { .. }));
    silence(&mut terminal).await;
    terminal.vanish();
    bench.until("select count(*) from terminal_command where state = 'queued'", 1).await;

    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    assert!(matches!(command(&mut terminal).await.1, Down::Text { .. }), "again on the new link");
    let restart = bench.ask(NUMBER, "restart", json!({})).await;
    assert!(matches!(command(&mut terminal).await.1, Down::Control { .. }));
    // The service itself ends and begins anew.
    bench.stop().await;
    assert_eq!(hear(&mut terminal).await, Heard::Closed);
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let (serial, said) = command(&mut terminal).await;
    assert!(matches!(said, Down::Text { .. }));
    silence(&mut terminal).await;
    assert_eq!(bench.command(restart).await.0, "sent");
    reply(&mut terminal, serial, 0x8300, 0).await;
    bench.until_ended(id, "answered", "ok").await;
}

#[tokio::test]
async fn a_command_that_nobody_took_in_time_expires() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let id = bench.ask(NUMBER, "text", json!({ "text": "a" })).await;
    bench.turn_clock(chrono::TimeDelta::hours(2));
    bench.until_ended(id, "expired", "not_sent").await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    silence(&mut terminal).await;
}

#[tokio::test]
async fn a_long_message_goes_in_packages_which_the_terminal_may_ask_for_again() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let values: serde_json::Map<_, _> = (0..8).map(|n| (format!("{:#06x}", 0xf000 + n), json!("7e".repeat(200)))).collect();
    let id = bench.ask(NUMBER, "set_parameters", json!({ "values": values })).await;
    let frames = within(terminal.raw_frames(2)).await.unwrap();
    let (first, second) = (frames[0].0, frames[1].0);
    assert_eq!((first.package.unwrap().total, second.package.unwrap().index), (2, 2));
    let mut body = first.serial.to_be_bytes().to_vec();
    body.extend_from_slice(&[0, 1, 0, 2]);
    terminal.send(0x0005, &body).await.unwrap();
    assert_eq!(within(terminal.raw_frames(1)).await.unwrap()[0], frames[1]);
    reply(&mut terminal, second.serial, 0x8103, 0).await;
    bench.until_ended(id, "answered", "ok").await;
    assert_eq!(fleet::command(&bench.db.pool, id).await.unwrap().2, None);
}
