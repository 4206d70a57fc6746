//! Units on a real store: decided about with their history kept, found by what people type, in lines beside the tree.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use dispatch::account::{AccountId, Role};
use dispatch::audit::By;
use dispatch::line::{Line, LineId};
use dispatch::scope::Scope;
use dispatch::unit::act::{UnitAct, UnitDecision};
use dispatch::unit::{Level, Unit, UnitId, UnitKind, UnitStatus};
use dispatch::vehicle::{ModelName, Powertrain, Seats, VehicleAsset, VehicleCategory, VehicleStatus};
use fleet_db::account::NewAccount;
use fleet_db::testing::{TestDatabase, database};
use fleet_db::unit::act::{Asked, Effects, HANDED_OVER, STAYS, carry_out, effects};
use fleet_db::unit::history::Chapter;
use fleet_db::vehicle::Filter;
use fleet_db::{Constraint, DbError, PgConnection};
use telematics::id::VehicleId;
use uuid::Uuid;

const CITY: UnitId = UnitId(Uuid::from_u128(1));
const WEST: UnitId = UnitId(Uuid::from_u128(2));
const EAST: UnitId = UnitId(Uuid::from_u128(3));
const BUREAU: UnitId = UnitId(Uuid::from_u128(4));
const FLEET: UnitId = UnitId(Uuid::from_u128(5));

fn now() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

struct Town {
    db: TestDatabase,
    by: By,
}

/// A city with two districts; a bureau of the western one has a fleet with a car and people of its own.
async fn town() -> Town {
    let db = database().await;
    let mut conn = db.pool.acquire().await.unwrap();
    let mut fleet = Unit::new(FLEET, Some(BUREAU), "车队", Level::County, "330106".parse().unwrap());
    fleet.kind = UnitKind::Fleet;
    for unit in [
        Unit::new(CITY, None, "杭州市机关事务管理局", Level::City, "330100".parse().unwrap()),
        Unit::new(WEST, Some(CITY), "西湖区机关事务管理中心", Level::County, "330106".parse().unwrap()),
        Unit::new(EAST, Some(CITY), "上城区机关事务管理中心", Level::County, "330102".parse().unwrap()),
        Unit::new(BUREAU, Some(WEST), "西湖区综合行政执法局", Level::County, "330106".parse().unwrap()),
        fleet,
    ] {
        fleet_db::unit::insert(&mut conn, &unit, now()).await.unwrap();
    }
    for (login, unit) in [("city", CITY), ("west", WEST), ("east", EAST), ("bureau", BUREAU)] {
        let account = NewAccount {
            id: AccountId(Uuid::now_v7()),
            login: login.parse().unwrap(),
            display_name: login.to_owned(),
            password_hash: "x".to_owned(),
            role: Role::Authority,
            unit,
        };
        fleet_db::account::insert(&mut conn, &account, now()).await.unwrap();
    }
    let asset = VehicleAsset {
        plate: "浙A12345".parse().unwrap(),
        vin: None,
        unit: FLEET,
        category: VehicleCategory::LawEnforcement,
        powertrain: Powertrain::Electric,
        model: ModelName::new("红旗 E-QM5").unwrap(),
        seats: Seats::new(5).unwrap(),
        status: VehicleStatus::InService,
        alias: None,
    };
    fleet_db::vehicle::insert(&mut conn, &Scope::of(CITY), VehicleId(Uuid::now_v7()), &asset, now()).await.unwrap();
    let account = fleet_db::account::find(&mut conn, &"city".parse().unwrap()).await.unwrap().unwrap();
    drop(conn);
    let by = By {
        account: Some(account),
        login: "city".to_owned(),
        role: Some(Role::Authority),
        peer: "127.0.0.1".to_owned(),
        reason: String::new(),
    };
    Town { db, by }
}

async fn asked(conn: &mut PgConnection, act: UnitAct, unit: UnitId, target: Option<UnitId>, on: &str) -> Asked {
    let decision =
        UnitDecision { act, on: day(on), document: "杭编〔2026〕7号".to_owned(), reason: "机构改革".to_owned() };
    Asked { decision, unit: fleet_db::unit::load(conn, &Scope::of(CITY), unit).await.unwrap(), target }
}

impl Town {
    /// Does it, or gives the codes of what stands against it.
    async fn decide(&self, conn: &mut PgConnection, asked: &Asked) -> Result<UnitStatus, Vec<&'static str>> {
        let outcome = carry_out(conn, &Scope::of(CITY), asked, &self.by, now()).await.unwrap();
        match outcome {
            Ok(_told) => Ok(fleet_db::unit::load(conn, &Scope::of(CITY), asked.unit.id).await.unwrap().status),
            Err(refusals) => Err(refusals.iter().map(dispatch::unit::act::ActRefusal::code).collect()),
        }
    }
}

async fn plates(conn: &mut PgConnection, scope: UnitId) -> Vec<String> {
    let listed = fleet_db::vehicle::list(conn, &Scope::of(scope), &Filter::default(), "", 10).await.unwrap();
    listed.into_iter().map(|listed| listed.vehicle.asset.plate.to_string()).collect()
}

async fn history(conn: &mut PgConnection, unit: UnitId) -> Vec<Chapter> {
    fleet_db::unit::history::list(conn, &Scope::of(CITY), unit).await.unwrap()
}

#[tokio::test]
async fn moving_a_unit_keeps_its_history_and_scopes_follow_at_once() {
    let town = town().await;
    let mut conn = town.db.pool.acquire().await.unwrap();
    assert_eq!((plates(&mut conn, WEST).await.len(), plates(&mut conn, CITY).await.len()), (1, 1));
    // Only a unit of the city's own region may go below the city; the eastern district is another region.
    let east = asked(&mut conn, UnitAct::Move, BUREAU, Some(EAST), "2026-02-01").await;
    assert_eq!(town.decide(&mut conn, &east).await, Err(vec!["unit.region_outside"]));
    let up = asked(&mut conn, UnitAct::Move, BUREAU, Some(CITY), "2026-02-01").await;
    assert_eq!(
        effects(&mut conn, &up).await.unwrap(),
        Effects { units: 2, vehicles: 1, devices: 0, accounts: 1, losing: 1, gaining: 0 },
        "the western district's own account loses sight of it"
    );
    assert_eq!(town.decide(&mut conn, &up).await, Ok(UnitStatus::Active));
    assert!(plates(&mut conn, WEST).await.is_empty(), "the district does not see what is not its own any more");
    assert_eq!(plates(&mut conn, BUREAU).await.len(), 1);

    let chapters = history(&mut conn, BUREAU).await;
    let told: Vec<_> =
        chapters.iter().map(|one| (one.act.as_str(), one.parent_name.as_deref(), one.other_name.as_deref())).collect();
    assert_eq!(
        told,
        [("move", Some("杭州市机关事务管理局"), Some("西湖区机关事务管理中心")), ("enter", Some("西湖区机关事务管理中心"), None)]
    );
    assert_eq!((chapters[0].from, chapters[0].to, chapters[1].to), (day("2026-02-01"), None, Some(day("2026-02-01"))));
    assert_eq!((chapters[0].document.as_str(), chapters[0].by_login.as_str()), ("杭编〔2026〕7号", "city"));
    let told: Vec<String> = sqlx::query_scalar("select body from audit_entry").fetch_all(&mut *conn).await.unwrap();
    assert!(told.len() == 1 && told[0].contains("\"moved\"") && told[0].contains("杭编〔2026〕7号 机构改革"), "{told:?}");
    let back = asked(&mut conn, UnitAct::Move, BUREAU, Some(WEST), "2026-01-31").await;
    assert_eq!(town.decide(&mut conn, &back).await, Err(vec!["unit.day_early"]));
}

#[tokio::test]
async fn a_change_of_name_leaves_the_old_one_to_the_history_and_to_what_stood_below_it() {
    let town = town().await;
    let mut conn = town.db.pool.acquire().await.unwrap();
    let mut change = asked(&mut conn, UnitAct::Change, WEST, None, "2026-02-01").await;
    change.unit.name = "西湖区公务用车中心".to_owned();
    assert_eq!(town.decide(&mut conn, &change).await, Ok(UnitStatus::Active));
    for (text, finds) in [("公务用车", true), ("xhqgwyc", true), ("西湖区机关事务", false)] {
        let hits = fleet_db::unit::search::search(&mut conn, &Scope::of(CITY), text, 5).await.unwrap();
        assert_eq!(hits.iter().any(|hit| hit.unit.id == WEST), finds, "{text}");
    }
    assert_eq!(history(&mut conn, WEST).await[1].name, "西湖区机关事务管理中心");
    assert_eq!(
        history(&mut conn, BUREAU).await[0].parent_name.as_deref(),
        Some("西湖区机关事务管理中心"),
        "as it was called then"
    );
    change.unit.level = Level::Province;
    assert_eq!(town.decide(&mut conn, &change).await, Err(vec!["unit.level_order"]), "no higher than the city above");
}

#[tokio::test]
async fn a_merged_unit_leaves_everything_to_its_successor_and_stays_in_the_history() {
    let town = town().await;
    let mut conn = town.db.pool.acquire().await.unwrap();
    let line = Line::new(LineId(Uuid::now_v7()), "law", "综合执法").unwrap();
    let _ = fleet_db::line::insert(&mut conn, &line, &town.by, now()).await.unwrap();
    let _ = fleet_db::line::put(&mut conn, &Scope::of(CITY), line.id, (CITY, None), &town.by, now()).await.unwrap().unwrap();
    let _ =
        fleet_db::line::put(&mut conn, &Scope::of(CITY), line.id, (BUREAU, Some(CITY)), &town.by, now()).await.unwrap().unwrap();
    let _ =
        fleet_db::line::put(&mut conn, &Scope::of(CITY), line.id, (FLEET, Some(BUREAU)), &town.by, now()).await.unwrap().unwrap();

    let close = asked(&mut conn, UnitAct::Close, BUREAU, None, "2026-03-01").await;
    assert_eq!(town.decide(&mut conn, &close).await, Err(vec!["unit.has_children", "unit.has_accounts"]));
    let merge = asked(&mut conn, UnitAct::Merge, BUREAU, Some(WEST), "2026-03-01").await;
    assert_eq!(town.decide(&mut conn, &merge).await, Ok(UnitStatus::Merged));

    let (gone, fleet) = (
        fleet_db::unit::load(&mut conn, &Scope::of(CITY), BUREAU).await.unwrap(),
        fleet_db::unit::load(&mut conn, &Scope::of(CITY), FLEET).await.unwrap(),
    );
    assert_eq!((gone.status, fleet.parent), (UnitStatus::Merged, Some(WEST)));
    let (left, taken) = (
        fleet_db::unit::act::counts(&mut conn, BUREAU).await.unwrap(),
        fleet_db::unit::act::counts(&mut conn, WEST).await.unwrap(),
    );
    assert_eq!((left.accounts, left.children, taken.accounts, taken.vehicles_below), (0, 0, 2, 1));
    let members = fleet_db::line::members(&mut conn, &Scope::of(CITY), line.id).await.unwrap();
    let places: BTreeSet<_> = members.iter().map(|member| (member.unit, member.above)).collect();
    assert_eq!(places, [(CITY, None), (WEST, Some(CITY)), (FLEET, Some(WEST))].into());
    let acts = async |conn: &mut PgConnection, unit| -> Vec<String> {
        history(conn, unit).await.into_iter().map(|one| one.act).collect()
    };
    assert_eq!(acts(&mut conn, BUREAU).await, ["merge", "enter"]);
    assert_eq!(acts(&mut conn, WEST).await, ["take_over", "enter"]);
    assert_eq!(acts(&mut conn, FLEET).await, ["move", "enter"]);
    let again = asked(&mut conn, UnitAct::Move, BUREAU, Some(CITY), "2026-03-02").await;
    assert_eq!(town.decide(&mut conn, &again).await, Err(vec!["unit.act_status"]));
}

#[tokio::test]
async fn a_closed_unit_keeps_its_code_gives_its_name_free_and_can_be_restored() {
    let town = town().await;
    let mut conn = town.db.pool.acquire().await.unwrap();
    let mut office =
        Unit::new(UnitId(Uuid::now_v7()), Some(CITY), "杭州市公务用车服务中心", Level::City, "330100".parse().unwrap());
    office.credit_code = Some("91330100799655058B".parse().unwrap());
    let mut found = asked(&mut conn, UnitAct::Found, CITY, None, "2026-01-01").await;
    found.unit = office.clone();
    assert_eq!(town.decide(&mut conn, &found).await, Ok(UnitStatus::Active));
    let mut twin = found.clone();
    (twin.unit.id, twin.unit.credit_code) = (UnitId(Uuid::now_v7()), None);
    let taken = carry_out(&mut conn, &Scope::of(CITY), &twin, &town.by, now()).await;
    assert!(matches!(taken, Err(DbError::Conflict(Constraint::UnitSibling))), "{taken:?}");

    let close = asked(&mut conn, UnitAct::Close, office.id, None, "2026-02-01").await;
    assert_eq!(town.decide(&mut conn, &close).await, Ok(UnitStatus::Closed));
    assert_eq!(town.decide(&mut conn, &twin).await, Ok(UnitStatus::Active), "its name is free");
    twin.unit.id = UnitId(Uuid::now_v7());
    (twin.unit.name, twin.unit.credit_code) = ("别的中心".to_owned(), office.credit_code.clone());
    let taken = carry_out(&mut conn, &Scope::of(CITY), &twin, &town.by, now()).await;
    assert!(matches!(taken, Err(DbError::Conflict(Constraint::UnitCreditCode))), "{taken:?}");
}

#[tokio::test]
async fn a_search_is_ranked_and_takes_nothing_for_a_command() {
    let town = town().await;
    let mut conn = town.db.pool.acquire().await.unwrap();
    let names = async |conn: &mut PgConnection, scope, text| -> Vec<String> {
        let hits = fleet_db::unit::search::search(conn, &Scope::of(scope), text, 10).await.unwrap();
        hits.into_iter().map(|hit| hit.unit.name).collect()
    };
    assert_eq!(names(&mut conn, CITY, "车队").await, ["车队"]);
    assert_eq!(names(&mut conn, CITY, "cd").await, ["车队"]);
    assert_eq!(names(&mut conn, CITY, "Xi hu").await, ["西湖区综合行政执法局", "西湖区机关事务管理中心"]);
    assert_eq!(names(&mut conn, CITY, "机关 西湖").await, ["西湖区机关事务管理中心"], "both words");
    assert_eq!(names(&mut conn, CITY, "330106").await.len(), 3);
    assert_eq!(names(&mut conn, EAST, "西湖").await, [""; 0], "nothing beyond the scope");
    for text in ["", " ", "'", "a' | 'b", ":*", "\\", "&!<->", "%"] {
        assert!(names(&mut conn, CITY, text).await.is_empty(), "{text:?}");
    }
    let hits = fleet_db::unit::search::search(&mut conn, &Scope::of(CITY), "车队", 1).await.unwrap();
    assert_eq!(hits[0].above, ["西湖区综合行政执法局", "西湖区机关事务管理中心", "杭州市机关事务管理局"]);
}

#[tokio::test]
async fn whatever_names_a_unit_is_handed_over_with_a_merger_or_stays_on_purpose() {
    let db = database().await;
    let rows: Vec<(String, String)> = sqlx::query_as(
        "select child.relname::text, attribute.attname::text
         from pg_constraint
         join pg_class child on child.oid = conrelid
         join pg_attribute attribute on attribute.attrelid = conrelid and attribute.attnum = any(conkey)
         where contype = 'f' and confrelid = 'unit'::regclass and child.relname <> 'unit_closure'",
    )
    .fetch_all(&db.pool)
    .await
    .unwrap();
    let known: BTreeSet<_> =
        HANDED_OVER.iter().chain(STAYS).map(|(table, column)| ((*table).to_owned(), (*column).to_owned())).collect();
    let named: BTreeSet<_> = rows.into_iter().collect();
    assert_eq!(named, known, "say in fleet_db::unit::act what becomes of it when a unit is merged into another");
}
