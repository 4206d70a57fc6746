//! `motorpool audit` from outside: what somebody does to the log who may do everything in the database is found, and a pack proves
//! itself where there is no database.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;

use chrono::{DateTime, Days, Utc};
use dispatch::audit::{Action, By, Entry, Subject, SubjectKind};
use fleet_db::PgPool;
use fleet_db::testing::TestDatabase;
use fleet_db::testing::fleet::execute;
use serde_json::json;

/// The store keeps to its own clock, so the test does too.
fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

/// Nobody listens there.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/none";
/// Entries of [`installation`]: two on each of three days.
const ENTRIES: u64 = 6;

fn command(arguments: &[&str], folder: &Path, url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
    command.args(arguments).current_dir(folder).env("MOTORPOOL__DATABASE__URL", url).env("USER", "root").env_remove("SUDO_USER");
    command
}

fn audit(arguments: &[&str], folder: &Path, url: &str) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = command(&[&["audit"], arguments].concat(), folder, url).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

async fn note(pool: &PgPool, n: u64, at: DateTime<Utc>) {
    let entry = Entry::new(Action::Created, Subject::named(SubjectKind::Vehicle, format!("浙A0000{n}"))).after(json!({ "n": n }));
    let mut tx = fleet_db::begin(pool).await.unwrap();
    let _told = fleet_db::audit::append(&mut tx, &By::system("测试"), &entry, at).await.unwrap();
    tx.commit().await.unwrap();
}

/// A store with two entries on each of the last three days, sealed by the program.
async fn installation(folder: &Path) -> TestDatabase {
    let database = fleet_db::testing::database().await;
    for n in 1..=ENTRIES {
        note(&database.pool, n, now() - Days::new(4 - n.div_ceil(2))).await;
    }
    let (status, said, wrong) = audit(&["seal"], folder, &database.url());
    assert_eq!((status, said.lines().count()), (Some(0), 3), "{said}{wrong}");
    assert_eq!(audit(&["seal"], folder, &database.url()).1, "", "a day is sealed once");
    database
}

/// What `verify` says after a superuser did that, past every trigger.
async fn after(deed: &'static str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let database = installation(folder.path()).await;
    assert_eq!(audit(&["verify"], folder.path(), &database.url()).0, Some(0));
    execute(&database.pool, deed).await.unwrap();
    let (status, said, wrong) = audit(&["verify"], folder.path(), &database.url());
    assert_eq!(status, Some(1), "{said}{wrong}");
    assert!(said.starts_with("异常："), "{said}");
    said.lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_chain_that_nobody_touched_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    let database = installation(folder.path()).await;
    note(&database.pool, 7, now()).await;
    let (status, said, _) = audit(&["verify"], folder.path(), &database.url());
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("完好：共 7 条记录，第 1 至 7 条，其中截至第 6 条的记录与"), "{said}");
    assert!(said.contains("proved: 7 entries, 1 to 7; up to entry 6 as sealed on"), "{said}");
    let (_, shown, _) = audit(&["key"], folder.path(), NOWHERE);
    let fingerprint = shown.lines().find_map(|line| line.strip_prefix("fingerprint  ")).unwrap();
    assert!(said.contains(fingerprint), "{said}");
    let (status, _, wrong) = audit(&["verify"], folder.path(), NOWHERE);
    assert!(status == Some(2) && wrong.contains("database.unreachable"), "{wrong}");
}

#[tokio::test]
async fn an_entry_that_was_changed_is_named() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            update audit_entry set body = replace(body, '浙A00003', '浙A99999') where seq = 3;
         end $$",
    );
    assert_eq!(said.await, "broken: entry 3 was changed\ncode: changed");
}

#[tokio::test]
async fn an_entry_that_was_taken_away_is_named() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            delete from audit_entry where seq = 4;
         end $$",
    );
    assert_eq!(said.await, "broken: entry 4 is missing\ncode: missing");
}

#[tokio::test]
async fn an_entry_that_was_slipped_in_is_named() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            update audit_entry set seq = seq + 1000 where seq >= 3;
            update audit_entry set seq = seq - 999 where seq > 1000;
            insert into audit_entry (seq, body, prev_hash, hash)
            select 3, body, hash, sha256(hash || int8send(3) || sha256(convert_to(body, 'UTF8'))) from audit_entry where seq = 2;
         end $$",
    );
    assert_eq!(said.await, "broken: entry 3 was inserted\ncode: inserted");
}

#[tokio::test]
async fn entries_that_changed_places_are_named() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            update audit_entry set seq = 1002 where seq = 2;
            update audit_entry set seq = 2 where seq = 5;
            update audit_entry set seq = 5 where seq = 1002;
         end $$",
    );
    assert_eq!(said.await, "broken: entries 2 and 5 changed places\ncode: reordered");
}

#[tokio::test]
async fn a_chain_that_was_written_anew_is_not_the_one_that_was_sealed() {
    let said = after(
        "do $$
         declare
            e record;
            before bytea := (select hash from audit_entry where seq = 2);
         begin
            perform set_config('session_replication_role', 'replica', true);
            update audit_entry set body = replace(body, '浙A00003', '浙A99999') where seq = 3;
            for e in select seq, body from audit_entry where seq >= 3 order by seq loop
                update audit_entry set prev_hash = before, hash = sha256(before || int8send(e.seq) || sha256(convert_to(e.body, 'UTF8')))
                where seq = e.seq
                returning hash into before;
            end loop;
            update audit_head set hash = before;
         end $$",
    );
    let said = said.await;
    assert!(said.starts_with("broken: the entries up to 4 are not those that were sealed on"), "{said}");
    assert!(said.ends_with("code: rewritten"), "{said}");
}

#[tokio::test]
async fn an_end_that_was_cut_off_and_a_beginning_that_is_called_pruned_are_missed() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            delete from audit_entry where seq > 3;
            update audit_head set seq = 3, hash = (select hash from audit_entry where seq = 3);
         end $$",
    );
    let said = said.await;
    assert!(said.contains('4') && said.ends_with("code: truncated"), "{said}");
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            insert into audit_pruned (through_seq, hash, day, entries, pruned_at)
            select last_seq, hash, day, last_seq, now() from audit_seal order by day limit 1;
            delete from audit_entry where seq <= 2;
         end $$",
    );
    assert_eq!(said.await, "broken: entries 1 to 2 are missing\ncode: missing", "it was not kept for a year");
}

#[tokio::test]
async fn a_seal_that_was_touched_is_named() {
    let said = after(
        "do $$ begin
            perform set_config('session_replication_role', 'replica', true);
            update audit_seal set last_seq = 3, hash = (select hash from audit_entry where seq = 3) where last_seq = 4;
         end $$",
    );
    let said = said.await;
    assert!(said.contains("is not signed with its key") && said.ends_with("code: unsigned"), "{said}");
}

#[tokio::test]
async fn a_pack_is_proved_where_there_is_no_database_and_not_when_a_byte_of_it_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let database = installation(folder.path()).await;
    let day = |ago: u64| fleet_db::clock::beijing_day(now() - Days::new(ago)).to_string();
    let (from, to) = (day(3), day(1));
    let export = ["export", "--from", &from, "--to", &to, "--reason", "年度审计", "-o", "a.pack"];
    let (status, said, wrong) = audit(&export, folder.path(), &database.url());
    assert_eq!((status, said.lines().next()), (Some(0), Some("6 entries")), "{wrong}");
    let (_, key, _) = audit(&["key", "-o", "public.pem"], folder.path(), NOWHERE);
    assert!(key.contains("BEGIN PUBLIC KEY"), "{key}");
    // Somewhere else: no data folder, no database, no key but the public one.
    let elsewhere = tempfile::tempdir().unwrap();
    for file in ["a.pack", "public.pem"] {
        fs::copy(folder.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    for arguments in [&["verify", "--pack", "a.pack"][..], &["verify", "--pack", "a.pack", "--key", "public.pem"]] {
        let (status, said, wrong) = audit(arguments, elsewhere.path(), NOWHERE);
        assert_eq!(status, Some(0), "{said}{wrong}");
        assert!(said.contains("proved: 6 entries, 1 to 6; up to entry 6 as sealed on"), "{said}");
    }
    let pack = fs::read(elsewhere.path().join("a.pack")).unwrap();
    for place in (0..pack.len()).step_by(pack.len() / 40) {
        let mut broken = pack.clone();
        broken[place] ^= 1;
        fs::write(elsewhere.path().join("broken.pack"), broken).unwrap();
        let (status, said, _) = audit(&["verify", "--pack", "broken.pack"], elsewhere.path(), NOWHERE);
        assert_ne!(status, Some(0), "byte {place}: {said}");
    }
    let text = String::from_utf8(pack).unwrap().replace("浙A00003", "浙A99999");
    fs::write(elsewhere.path().join("broken.pack"), text).unwrap();
    let (status, said, _) = audit(&["verify", "--pack", "broken.pack"], elsewhere.path(), NOWHERE);
    assert_eq!((status, said.as_str()), (Some(1), "异常：第 3 条记录的内容被改动\nbroken: entry 3 was changed\ncode: changed\n"));
    for file in ["public.pem", "no such file"] {
        assert_eq!(audit(&["verify", "--pack", file], elsewhere.path(), NOWHERE).0, Some(2), "{file}");
    }
    // That it was taken out stands in the log, and the log is whole with it.
    assert_eq!(fleet_db::testing::fleet::told(&database.pool, 6).await.unwrap(), "exported audit_log root");
    assert_eq!(audit(&["verify"], folder.path(), &database.url()).0, Some(0));
}

/// Runs the jobs of the service until they say `words`.
fn serve_until(words: &str, folder: &Path, url: &str) {
    let mut serve = command(&["serve", "--only", "jobs"], folder, url);
    serve.env("MOTORPOOL__OPS__LISTEN", "").env("MOTORPOOL__AUDIT__KEEP_DAYS", "365");
    let mut service = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(service.stderr.take().unwrap()).lines().map_while(Result::ok);
    let said = lines.take(50).find(|line| line.contains(words));
    service.kill().unwrap();
    service.wait().unwrap();
    assert!(said.is_some(), "{words}");
}

#[tokio::test]
async fn what_was_kept_for_a_year_goes_and_the_rest_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    let database = fleet_db::testing::database().await;
    for (n, ago) in [(1, 368), (2, 367), (3, 30)] {
        note(&database.pool, n, now() - Days::new(ago)).await;
    }
    serve_until("forgot 2 entries of the audit log", folder.path(), &database.url());
    assert_eq!(
        fleet_db::testing::fleet::told(&database.pool, 0).await.unwrap(),
        "created vehicle system\ncreated account system\npruned audit_log system",
        "the account is that of the first start"
    );
    let (status, said, _) = audit(&["verify"], folder.path(), &database.url());
    assert_eq!(status, Some(0), "{said}");
    assert!(said.contains("proved: 3 entries, 3 to 5; up to entry 3 as sealed on"), "{said}");
}

#[tokio::test]
async fn what_is_done_at_the_command_line_is_written_down_and_the_service_seals_days_that_were_missed() {
    let folder = tempfile::tempdir().unwrap();
    let database = fleet_db::testing::database().await;
    for n in 1..=2 {
        note(&database.pool, n, now() - Days::new(4 - n)).await;
    }
    let add = ["account", "add", "--login", "zhang", "--name", "张三", "--role", "inspector"];
    assert!(command(&add, folder.path(), &database.url()).output().unwrap().status.success());
    let password = ["account", "password", "--login", "zhang"];
    assert!(command(&password, folder.path(), &database.url()).output().unwrap().status.success());
    assert_eq!(
        fleet_db::testing::fleet::told(&database.pool, 2).await.unwrap(),
        "created account root\npassword_set account root"
    );
    serve_until("sealed the audit log up to", folder.path(), &database.url());
    let seals = fleet_db::testing::fleet::number(&database.pool, "select count(*) from audit_seal").await.unwrap();
    assert_eq!(seals, 3, "the days from the first entry to yesterday");
    assert_eq!(audit(&["verify"], folder.path(), &database.url()).0, Some(0));
}
