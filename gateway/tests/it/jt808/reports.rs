//! What terminals report: cut and glued streams, backlogs, packages, clocks, and reports that are no positions.

use fleet_db::testing::fleet;
use gateway::probe::jt808::{Heard, batch};
use telematics::jt808::Edition;
use telematics::jt808::down::Down;

use super::{NUMBER, asked, down, driving, hear, silence, stored};
use crate::bench::{Bench, within};

#[tokio::test]
async fn any_cut_of_the_stream_gives_the_same_messages_and_a_broken_one_costs_itself() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let mut stream = Vec::new();
    let mut good = Vec::new();
    for second in 0..40 {
        // Bytes that must be escaped are among them: 0x7d and 0x7e in coordinates and odometer.
        let mut body = driving(second);
        body.extend_from_slice(&[0xe1, 4, 0x7d, 0x7e, 0x7d, 0x02]);
        let mut frame = terminal.frame(0x0200, &body);
        if second % 10 == 3 {
            let middle = frame.len() / 2;
            frame[middle] ^= 0x11;
        } else {
            good.push(second);
        }
        stream.extend(frame);
    }
    for (turn, piece) in (0..).zip(stream.chunks(7)) {
        terminal.send_raw(piece).await.unwrap();
        if turn % 5 == 0 {
            tokio::task::yield_now().await;
        }
    }
    for _ in &good {
        assert!(matches!(down(&mut terminal).await, Down::Answer { reply_id: 0x0200, result: 0, .. }));
    }
    assert_eq!(stored(&bench, car).await, good);
    assert_eq!(asked(&mut terminal, 0x0002, &[]).await, 0, "the session goes on");
}

#[tokio::test]
async fn a_thousand_buffered_points_come_once_in_order_and_marked_as_replayed() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2019).await;
    let live = 20_000;
    bench.turn_clock(chrono::TimeDelta::seconds(live));
    assert_eq!(asked(&mut terminal, 0x0200, &driving(live)).await, 0);
    let points: Vec<i64> = (0..1000).map(|n| n * 10).collect();
    for chunk in points.chunks(20) {
        // Newest first, as some terminals send them; and every batch twice, as an answer may be lost.
        let positions: Vec<Vec<u8>> = chunk.iter().rev().map(|second| driving(*second)).collect();
        for _ in 0..2 {
            assert_eq!(asked(&mut terminal, 0x0704, &batch(1, &positions)).await, 0);
        }
    }
    let expected: Vec<i64> = points.iter().copied().chain([live]).collect();
    assert_eq!(stored(&bench, car).await, expected);
    let replayed = "select count(*) from vehicle_position where flags & 16 <> 0";
    assert_eq!(bench.number(replayed).await, 1000, "补报");
    // The car is where it was live.
    let newest =
        "select extract(epoch from (state ->> 'fixed_at')::timestamptz - '2026-06-01T00:00:00Z')::bigint from vehicle_live";
    bench.until(newest, live).await;
}

#[tokio::test]
async fn packages_come_in_any_order_and_a_missing_one_is_asked_for() {
    let mut bench = Bench::with(|config| config.package_ask_secs = 0).await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let positions: Vec<Vec<u8>> = (0..60).map(driving).collect();
    let first_serial = terminal.serial();
    let frames = terminal.packages(0x0704, &batch(1, &positions), 500);
    assert!(frames.len() > 3);
    for frame in frames.iter().skip(1).rev() {
        terminal.send_raw(frame).await.unwrap();
    }
    let wanted = Down::Resend { first_serial, packages: vec![1] };
    assert_eq!(down(&mut terminal).await, wanted);
    assert!(stored(&bench, car).await.is_empty());
    terminal.send_raw(&frames[0]).await.unwrap();
    let answered = async {
        loop {
            match hear(&mut terminal).await {
                Heard::Said(_, Down::Resend { .. }) => {}
                Heard::Said(_, other) => return other,
                Heard::Closed => panic!("closed"),
            }
        }
    };
    let one = Down::Answer { reply_serial: first_serial, reply_id: 0x0704, result: 0 };
    assert_eq!(within(answered).await, one, "one answer, naming the first package");
    assert_eq!(stored(&bench, car).await, (0..60).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_comes_twice_late_or_from_the_future_is_told_apart() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    for second in [100, 100, 40, 9 * 60, 11 * 60, 40 * 365 * 86_400] {
        assert_eq!(asked(&mut terminal, 0x0200, &driving(second)).await, 0);
    }
    assert_eq!(stored(&bench, car).await, [40, 100, 540]);
    let mut no_time = driving(0);
    no_time[22..28].copy_from_slice(&[0xff; 6]);
    assert_eq!(asked(&mut terminal, 0x0200, &no_time).await, 0, "kept aside: sent again it would be no better");
    assert_eq!(bench.quarantined().await, ["record.future", "record.future", "jt808.bcd"]);
}

#[tokio::test]
async fn without_a_fix_the_car_stays_where_it_was() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    assert_eq!(asked(&mut terminal, 0x0200, &driving(0)).await, 0);
    let mut blind = driving(10);
    blind[4..8].copy_from_slice(&1_u32.to_be_bytes());
    blind[8..16].copy_from_slice(&[0; 8]);
    assert_eq!(asked(&mut terminal, 0x0200, &blind).await, 0);
    assert_eq!(stored(&bench, car).await, [0, 10]);
    bench.stop().await;
    let place = "select count(*) from vehicle_live where state::text like '%30.25%'";
    assert_eq!(bench.number(place).await, 1);
}

#[tokio::test]
async fn reports_that_are_no_positions_are_kept_and_what_is_not_known_is_refused() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let media = [0, 0, 0, 7, 0, 0, 1, 1];
    let can = [0, 1, 0x08, 0, 0, 0, 0, 0x18, 0xfe, 0xf1, 0, 1, 2, 3, 4, 5, 6, 7, 8];
    for (id, body) in [(0x0800, media.as_slice()), (0x0705, &can), (0x0900, &[0xf0, 1, 2])] {
        assert_eq!(asked(&mut terminal, id, body).await, 0, "{id:#06x}");
    }
    let kept = "select count(*) from terminal_report where message_id in (2048, 1797, 2304) and vehicle_no is not null";
    assert_eq!(bench.number(kept).await, 3, "durable before it is acknowledged");
    assert_eq!(asked(&mut terminal, 0x0f01, &[1, 2, 3]).await, 3, "not known");
    assert_eq!(asked(&mut terminal, 0x0200, &[1, 2, 3]).await, 2, "makes no sense");
    terminal.send(0x0004, &[]).await.unwrap();
    assert_eq!(down(&mut terminal).await, Down::ServerTime(crate::bench::morning()));
    terminal.send(0x8001, &[0, 0, 0, 0, 0]).await.unwrap();
    silence(&mut terminal).await;
    assert_eq!(bench.number("select count(*) from terminal_report").await, 3);
}

#[tokio::test]
async fn nothing_that_was_acknowledged_is_lost_while_the_store_is_away() {
    let mut bench = Bench::new().await;
    let car = bench.truck(NUMBER).await;
    let door = bench.db.door().await.unwrap();
    bench.pool = door.pool.clone();
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    assert_eq!(asked(&mut terminal, 0x0200, &driving(0)).await, 0);
    door.shut();
    for second in 1..=200 {
        terminal.send(0x0200, &driving(second)).await.unwrap();
    }
    silence(&mut terminal).await;
    door.open();
    for _ in 1..=200 {
        assert!(matches!(down(&mut terminal).await, Down::Answer { reply_id: 0x0200, result: 0, .. }));
    }
    assert_eq!(stored(&bench, car).await, (0..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn frames_of_a_watched_terminal_are_kept_with_those_before() {
    let mut bench = Bench::new().await;
    bench.truck(NUMBER).await;
    bench.truck("13800138002").await;
    bench.start().await;
    let mut terminal = bench.terminal(NUMBER, Edition::V2013).await;
    let mut other = bench.terminal("13800138002", Edition::V2013).await;
    assert_eq!(asked(&mut terminal, 0x0200, &driving(0)).await, 0);
    assert_eq!(asked(&mut other, 0x0200, &driving(0)).await, 0);
    let watch = "insert into frame_watch (device_id, until) select id, '2026-06-02T00:00:00Z' from device where terminal_id = '13800138001'";
    fleet::execute(&bench.db.pool, watch).await.unwrap();
    // The authentication, the report and their answers; then what comes next.
    bench.until("select count(*) from device_frame", 4).await;
    assert_eq!(asked(&mut terminal, 0x0002, &[]).await, 0);
    bench.until("select count(*) from device_frame where direction = 'up'", 3).await;
    bench.until("select count(*) from device_frame where direction = 'down'", 3).await;
    assert_eq!(bench.number("select count(distinct device_id) from device_frame").await, 1);
    let whole = "select count(*) from device_frame where substring(bytes from 1 for 1) = '\\x7e' and get_byte(bytes, length(bytes) - 1) = 126";
    assert_eq!(bench.number(whole).await, 6);
}
