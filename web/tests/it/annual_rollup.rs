//! The sum up four levels: province, cities, counties, units; each figure of each is that of its parts, and those below speak for themselves.

use std::collections::HashMap;

use dispatch::account::Role;
use dispatch::unit::UnitId;
use fleet_db::PgPool;
use fleet_db::testing::fleet::{execute, number};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Client, World};
use crate::lifecycle::made;

const PROVINCE: UnitId = UnitId(Uuid::from_u128(0xF));

/// Beside the city of every world a province of three cities with four counties each, each with five units, two of them fleets; five cars in every
/// unit, of several kinds, bought, moved, driven and paid for in 2025 and around it.
async fn furnish(pool: &PgPool) {
    for statement in [
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         values ('00000000-0000-0000-0000-00000000000f', null, '某省', 2, '330000', 'organ', '2020-01-01T00:00:00Z')",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), '00000000-0000-0000-0000-00000000000f', '市' || n, 3, '330100', 'organ', '2020-01-01T00:00:00Z'
         from generate_series(1, 3) n",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), u.id, u.name || '县' || n, 4, '330106', 'organ', '2020-01-01T00:00:00Z'
         from unit u, generate_series(1, 4) n where u.name like '市%'",
        "insert into unit (id, parent_id, name, level, region_code, kind, created_at)
         select gen_random_uuid(), u.id, u.name || '局' || n, 4, '330106', case when n > 3 then 'fleet' else 'organ' end, '2020-01-01T00:00:00Z'
         from unit u, generate_series(1, 5) n where u.name like '市%县%'",
        // Since 2023, 2024 or 2025, of several categories and powertrains.
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
         select gen_random_uuid(), '浙B' || lpad((row_number() over (order by u.name, n))::text, 5, '0'), u.id,
                (array['other', 'law_enforcement', 'emergency_support'])[1 + n % 3], (array['petrol', 'electric', 'hybrid', 'diesel'])[1 + (n + length(u.name)) % 4],
                '车', 5, 'in_service', make_timestamptz(2023 + n % 3, 6, 1, 0, 0, 0)
         from unit u, generate_series(1, 5) n where u.name like '市%'",
        "insert into trip (id, vehicle_no, started_at, ended_at, origin, destination, distance_m, max_speed_dkmh, stops)
         select gen_random_uuid(), v.no, make_timestamptz(2025, m, 3, 1, 0, 0), make_timestamptz(2025, m, 3, 2, 0, 0), 'SRID=4326;POINT(120 30)',
                'SRID=4326;POINT(120 30)', 1000 * m + v.no, 600, 0
         from vehicle v, generate_series(1, 12) m",
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, source, energy, fuel_ml, carbon_g, factor, note, posted_at)
         select gen_random_uuid(), v.id, v.unit_id, 'fuel', 10000 + v.no, '2025-05-05', 'manual', 'petrol', 30000 + v.no, 60000 + v.no, 2.16, '', now()
         from vehicle v",
        "insert into vehicle_cost (id, vehicle_id, unit_id, head, amount_fen, occurred_on, source, note, posted_at)
         select gen_random_uuid(), v.id, v.unit_id, 'repair', 20000 + v.no, '2025-07-05', 'manual', '', now() from vehicle v where v.no % 2 = 0",
    ] {
        execute(pool, statement).await.unwrap();
    }
}

/// The totals and the own figures of a report, and who is below.
struct Told {
    own: HashMap<String, i64>,
    total: HashMap<String, i64>,
    below: Vec<String>,
}

async fn told(client: &Client, unit: &str) -> Told {
    let report = made(&client.get(&format!("/annual-reports/{unit}/2025")).await, 200);
    let column = |part: &str| {
        let sums = report["sums"].as_array().unwrap().iter();
        sums.map(|sum| (sum["item"].as_str().unwrap().to_owned(), sum[part].as_i64().unwrap())).collect()
    };
    let below = report["parts"].as_array().unwrap().iter().map(|part| part["unit_id"].as_str().unwrap().to_owned());
    Told { own: column("own"), total: column("total"), below: below.collect() }
}

async fn supervisor(world: &World) -> Client {
    world.open_account("province", Role::Authority, PROVINCE).await;
    world.sign_in("province").await
}

/// The unit to which these names lead down from the province.
async fn named(client: &Client, names: &[&str]) -> String {
    let mut unit = PROVINCE.0.to_string();
    for name in names {
        let list = made(&client.get(&format!("/annual-reports?unit_id={unit}&year=2025")).await, 200);
        let found = list["items"].as_array().unwrap().iter().find(|item| item["unit_name"] == *name).unwrap();
        found["unit_id"].as_str().unwrap().clone_into(&mut unit);
    }
    unit
}

#[tokio::test]
async fn on_all_four_levels_each_figure_is_the_sum_of_its_parts() {
    let world = World::new().await;
    furnish(&world.db.pool).await;
    let province = supervisor(&world).await;
    let mut level = vec![PROVINCE.0.to_string()];
    let (mut levels, mut reports) = (0, 0);
    let whole = told(&province, &level[0]).await;
    while !level.is_empty() {
        let mut next = Vec::new();
        for unit in &level {
            let report = told(&province, unit).await;
            let mut parts = Vec::new();
            for below in &report.below {
                parts.push(told(&province, below).await);
            }
            for (item, total) in &report.total {
                let sum: i64 = parts.iter().map(|part| part.total[item]).sum();
                assert_eq!(*total, report.own[item] + sum, "{item} of {unit}");
            }
            let balance = |of: &HashMap<String, i64>| of["opening"] + of["added"] + of["renewed"] - of["closing"];
            assert_eq!((balance(&report.own), balance(&report.total)), (0, 0), "{unit}");
            reports += 1;
            next.extend(report.below);
        }
        levels += 1;
        level = next;
    }
    // Three of the five units of a county have a report, the fleets are in the county's own.
    assert_eq!((levels, reports), (4, 1 + 3 + 12 + 36));
    // Counted past all of that: every car of the province and every kilometre of the year.
    let pool = &world.db.pool;
    for (item, sql) in [
        ("closing", "select count(*) from vehicle"),
        ("opening", "select count(*) from vehicle where created_at < '2025-01-01'"),
        ("added", "select count(*) from vehicle where created_at >= '2025-01-01'"),
        ("distance", "select sum(distance_m)::bigint from trip"),
        ("used_days", "select count(*) from trip"),
        ("fuel", "select sum(amount_fen)::bigint from vehicle_cost where head = 'fuel'"),
        ("repair", "select sum(amount_fen)::bigint from vehicle_cost where head = 'repair'"),
        ("carbon", "select sum(carbon_g)::bigint from vehicle_cost"),
    ] {
        assert_eq!(whole.total[item], number(pool, sql).await.unwrap(), "{item}");
    }
    assert!(whole.total["closing"] == 5 * (3 + 12 + 60) && whole.total["added"] > 0);
}

#[tokio::test]
async fn a_county_that_has_spoken_is_in_every_sum_above_as_it_spoke() {
    let world = World::new().await;
    let pool = &world.db.pool;
    furnish(pool).await;
    let province = supervisor(&world).await;
    let bureau = named(&province, &["市1", "市1县1", "市1县1局1"]).await;
    let before = told(&province, &PROVINCE.0.to_string()).await.total["closing"];
    let id = UnitId(bureau.parse().unwrap());
    world.open_account("bureau.keeper", Role::FleetManager, id).await;
    world.open_account("bureau.head", Role::UnitLeader, id).await;
    let (keeper, head) = (world.sign_in("bureau.keeper").await, world.sign_in("bureau.head").await);
    for (client, action) in [(&keeper, "check"), (&head, "sign"), (&keeper, "submit"), (&province, "accept")] {
        made(&client.post(&format!("/annual-reports/{bureau}/2025/steps"), &json!({ "action": action })).await, 200);
    }
    // One more car in every unit, which was there all the time; the bureau has said five.
    execute(
        pool,
        "insert into vehicle (id, plate, unit_id, category, powertrain, model, seats, status, created_at)
         select gen_random_uuid(), '浙C' || lpad((row_number() over (order by u.name))::text, 5, '0'), u.id, 'other', 'petrol', '车', 5, 'in_service',
                '2023-06-01' from unit u where u.name like '市%'",
    )
    .await
    .unwrap();
    assert_eq!(told(&province, &bureau).await.total["closing"], 5, "as it spoke");
    for (names, expected) in [(&["市1", "市1县1"][..], 5 * 6 + 5), (&["市1"], 5 * 25 + 24), (&["市2"], 5 * 25 + 25)] {
        let unit = named(&province, names).await;
        assert_eq!(told(&province, &unit).await.total["closing"], expected, "{names:?}");
    }
    assert_eq!(told(&province, &PROVINCE.0.to_string()).await.total["closing"], before + 74, "75 units, one of which has spoken");
    let county = named(&province, &["市1", "市1县1"]).await;
    let list: Value = made(&province.get(&format!("/annual-reports?unit_id={county}&year=2025")).await, 200);
    let accepted = list["items"].as_array().unwrap().iter().filter(|item| item["accepted"] == 1).count();
    assert_eq!((list["items"].as_array().unwrap().len(), accepted), (4, 1), "the county, and its three bureaus");
}
