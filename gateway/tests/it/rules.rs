//! Rules of the register at work: a value counts for the cars of its unit, as soon as it is there, without a restart.

use std::time::Duration;

use chrono::TimeDelta;
use fleet_db::testing::fleet::execute;
use telematics::record::Record;
use tokio::time::{interval, timeout};

use crate::bench::{Bench, DEADLINE, driving, morning};

/// Seconds of driving, then of standing with the ignition on: two minutes are too long by the county's rule, not by that of all.
const ROUND: i64 = 300;

/// One round of a device: a minute of driving, three of standing.
async fn round(bench: &Bench, terminal: &str, number: i64) {
    let doorway = bench.gateway().doorway();
    let device = doorway.device(terminal).unwrap();
    let seen = (0..30).map(|n| {
        let secs = number * ROUND + n * 10;
        let standing = Record { spd: Some(0.0), lon: driving(secs, number * ROUND + 60).lon, ..driving(secs, secs) };
        let record = if n < 6 { driving(secs, secs) } else { standing };
        (record.to_observation(morning() + TimeDelta::seconds(secs)).unwrap(), Vec::new())
    });
    let pending = doorway.hand_in(&device, seen, []).await.unwrap();
    timeout(DEADLINE, pending.durable()).await.unwrap().unwrap();
}

const COUNTY: &str = "
    insert into unit (id, parent_id, name, level, region_code, created_at)
    select '00000000-0000-0000-0000-00000000000b', id, '测试县', 4, '330100', to_timestamp(0) from unit";
const MOVED: &str = "update vehicle set unit_id = '00000000-0000-0000-0000-00000000000b' where plate = '浙AMP-2'";
const PEOPLE: &str = "
    insert into account (id, login, display_name, role, unit_id, password_hash, password_changed_at, created_at)
    select ('00000000-0000-0000-0000-0000000000' || n)::uuid, 'person.' || n, '测试员', 'authority', unit.id, '', to_timestamp(0), to_timestamp(0)
    from unit, generate_series(21, 22) as n
    where parent_id is null";
const APPROVED: &str = "
    insert into rule_change (id, rule_key, unit_id, from_on, value, source, reason, state, proposed_by, proposed_on, proposed_at, decided_by, decided_at)
    values ('00000000-0000-0000-0000-00000000000c', 'idle_too_long', '00000000-0000-0000-0000-00000000000b', '2026-06-01', '2', '测试', '测试',
            'approved', '00000000-0000-0000-0000-000000000021', '2026-06-01', now(), '00000000-0000-0000-0000-000000000022', now())";
const IN_FORCE: &str = "
    insert into rule_version (id, rule_key, unit_id, from_on, value, source, change_id, proposed_by, approved_by, recorded_at)
    select gen_random_uuid(), rule_key, unit_id, from_on, value, source, id, proposed_by, decided_by, timestamptz '2026-06-01 00:00Z'
    from rule_change";

const IDLED: &str = "select count(*) from vehicle_event where kind = 'idled_too_long'";
const IDLED_ELSEWHERE: &str = "select count(*) from vehicle_event e join vehicle v on v.no = e.vehicle_no
                               where e.kind = 'idled_too_long' and v.plate <> '浙AMP-2'";

#[tokio::test]
async fn an_idling_limit_of_a_unit_counts_for_its_cars_without_a_restart() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.car("MP-2").await;
    for statement in [COUNTY, MOVED, PEOPLE] {
        execute(&bench.db.pool, statement).await.unwrap();
    }
    bench.start().await;
    round(&bench, "MP-1", 0).await;
    round(&bench, "MP-2", 0).await;
    assert_eq!(bench.number(IDLED).await, 0, "three minutes are not ten");
    for statement in [APPROVED, IN_FORCE] {
        execute(&bench.db.pool, statement).await.unwrap();
    }
    let noticed = async {
        let mut ticks = interval(Duration::from_millis(50));
        for number in 1.. {
            ticks.tick().await;
            bench.turn_clock(TimeDelta::seconds(ROUND));
            round(&bench, "MP-1", number).await;
            round(&bench, "MP-2", number).await;
            if bench.number(IDLED).await > 0 {
                return;
            }
        }
    };
    timeout(DEADLINE, noticed).await.expect("the rule takes effect");
    assert_eq!(bench.number(IDLED_ELSEWHERE).await, 0, "and for no other car");
}
