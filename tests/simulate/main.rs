//! The simulated terminals and the demonstration, by their programs: nothing is lost in an outage, and a fleet moves.

#[cfg(test)]
mod program;

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Write as _;
    use std::time::Duration;

    use fleet_db::testing::{self, TestDatabase, fleet};
    use telematics::device::Protocol;
    use tempfile::NamedTempFile;
    use tokio::time::{interval, timeout};

    use crate::program::{Program, address, run};

    /// Longest that anything here may take.
    const DEADLINE: Duration = Duration::from_mins(1);
    const CARS: u32 = 20;

    const MOVING: &str =
        "select count(*) from vehicle_live where state ->> 'motion' = 'moving' and (state ->> 'online')::boolean";
    const REGISTER: &str = "select (select count(*) from unit) * 1000000 + (select count(*) from vehicle) * 10000
                                + (select count(*) from device) * 100 + (select count(*) from account) * 10
                                + (select count(*) from device_binding)";
    const PAST: &str = "select count(*) from trip where started_at < now() - interval '6 hours'";
    const JUMPS: &str = "select count(*) from (select lon_e7 - lag(lon_e7) over w as east, lat_e7 - lag(lat_e7) over w as north,
                                 extract(epoch from fixed_at - lag(fixed_at) over w) as seconds
                             from vehicle_position window w as (partition by vehicle_no order by fixed_at, sequence)) as step
                             where sqrt(power(east * 0.0096, 2) + power(north * 0.0111, 2)) > 120 + 32 * seconds";

    /// A service on `db`, and where it takes devices in by MQTT.
    fn service(db: &TestDatabase) -> (Program, String) {
        let (service, said) = listening(db);
        let mqtt = address(&said, "mqtt://");
        (service, mqtt)
    }

    /// A service on `db`, and what it says when it is ready.
    fn listening(db: &TestDatabase) -> (Program, String) {
        let url = db.url();
        let vars = [
            ("DATABASE__URL", url.as_str()),
            ("GATEWAY__MQTT_LISTEN", "127.0.0.1:0"),
            ("OPS__LISTEN", ""),
            ("GATEWAY__JT808_LISTEN", "127.0.0.1:0"),
            ("GATEWAY__GB32960_LISTEN", "127.0.0.1:0"),
        ];
        let mut service = Program::start(&["serve", "--only", "gateway", "--log", "warn"], &vars);
        let lines = service.lines_until("ready", DEADLINE);
        (service, lines)
    }

    /// Registers cars, and lists what their terminals sign in with.
    async fn devices(db: &TestDatabase) -> NamedTempFile {
        let mut file = NamedTempFile::new().unwrap();
        writeln!(file, "terminal_id,secret").unwrap();
        for index in 0..CARS {
            let terminal = format!("SIM{index:02}");
            fleet::car(&db.pool, &terminal, &format!("secret of {index}")).await.unwrap();
            writeln!(file, "{terminal},secret of {index}").unwrap();
        }
        file
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_outage_loses_nothing_and_the_report_is_what_is_stored() {
        let db = testing::database().await;
        let devices = devices(&db).await;
        let (mut service, mqtt) = service(&db);
        let report = NamedTempFile::new().unwrap();
        let vehicles = CARS.to_string();
        let ran = run(&[
            "simulate",
            "--vehicles",
            &vehicles,
            "--protocol",
            "mqtt",
            "--interval",
            "0.25",
            "--duration",
            "12",
            "--to",
            &mqtt,
            "--outage",
            "2,4.5",
            "--devices",
            devices.path().to_str().unwrap(),
            "--report",
            report.path().to_str().unwrap(),
        ]);
        assert!(ran.status.success(), "{}", ran.stderr);
        let summary: serde_json::Value = serde_json::from_str(ran.stdout.trim()).expect("one JSON line");
        assert_eq!(summary["sent"], summary["acknowledged"], "{summary}");
        assert_eq!(summary["lost"], 0);
        assert!(summary["sent"].as_u64().unwrap() >= u64::from(CARS) * 20, "{summary}");
        assert!(summary["connects"].as_u64().unwrap() >= 2 * u64::from(CARS), "everybody came back: {summary}");
        assert!(summary["acknowledge_ms"]["p99"].as_f64().unwrap() > 0.0);
        service.stop();

        let mut told: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for line in std::fs::read_to_string(report.path()).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            told.entry(line["terminal"].as_str().unwrap().to_owned()).or_default().push(line["sequence"].as_i64().unwrap());
        }
        let stored = fleet::number(&db.pool, "select count(*) from vehicle_position").await.unwrap();
        let lines: usize = told.values().map(Vec::len).sum();
        assert_eq!((told.len(), i64::try_from(lines).unwrap()), (usize::try_from(CARS).unwrap(), stored));
        for (terminal, sequences) in &mut told {
            sequences.sort_unstable();
            assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{terminal}: {sequences:?}");
        }
        let aside = fleet::number(&db.pool, "select count(*) from quarantined_record").await.unwrap();
        assert_eq!(aside, 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn an_interrupt_ends_it_early_and_it_still_tells() {
        let db = testing::database().await;
        let devices = devices(&db).await;
        let (mut service, mqtt) = service(&db);
        let list = devices.path().to_str().unwrap().to_owned();
        let long = [
            "simulate",
            "--vehicles",
            "3",
            "--protocol",
            "mqtt",
            "--interval",
            "0.2",
            "--duration",
            "3600",
            "--to",
            &mqtt,
            "--devices",
            &list,
        ];
        let mut simulation = Program::start(&long, &[]);
        wait_for(&db, "select count(*) from vehicle_position", 6).await;
        simulation.interrupt();
        let line = simulation.lines_until("acknowledged", DEADLINE);
        assert!(line.contains("\"sent\""), "{line}");
        assert!(simulation.wait(DEADLINE).success());
        service.stop();
    }

    #[test]
    fn whole_seconds_cannot_tell_two_reports_of_one_second() {
        for protocol in ["jt808", "gb32960"] {
            let half = ["--interval", "0.5", "--duration", "1", "--to", "127.0.0.1:9"];
            let ran = run(&[["simulate", "--vehicles", "1", "--protocol", protocol].as_slice(), &half].concat());
            assert_eq!(ran.status.code(), Some(2), "{}", ran.stderr);
            assert!(ran.stderr.contains("simulate.interval"), "{}", ran.stderr);
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_standards_terminals_lose_nothing_late_doubled_or_in_an_outage() {
        for protocol in [Protocol::Jt808, Protocol::Gb32960] {
            let db = testing::database().await;
            let mut list = NamedTempFile::new().unwrap();
            for index in 0..CARS {
                let name = if protocol == Protocol::Jt808 { format!("138{index:08}") } else { format!("LFPH3ACC4L1A{index:05}") };
                fleet::terminal(&db.pool, protocol, &name, "secret").await.unwrap();
                writeln!(list, "{name},secret").unwrap();
            }
            let (mut service, said) = listening(&db);
            let to = address(&said, &format!("{}://", protocol.as_str()));
            let (report, vehicles) = (NamedTempFile::new().unwrap(), CARS.to_string());
            let files = ["--devices", list.path().to_str().unwrap(), "--report", report.path().to_str().unwrap(), "--to", &to];
            let disorder = ["--outage", "2,5", "--late", "20", "--late-by", "3", "--duplicates", "20", "--future", "5"];
            let course =
                ["simulate", "--protocol", protocol.as_str(), "--vehicles", &vehicles, "--interval", "1", "--duration", "8"];
            let ran = run(&[course.as_slice(), &files, &disorder].concat());
            assert!(ran.status.success(), "{}", ran.stderr);
            service.stop();

            let report = std::fs::read_to_string(report.path()).unwrap();
            let lines: Vec<serde_json::Value> = report.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let ahead = lines.iter().filter(|line| line["ahead"] == true).count();
            let count = |statement| fleet::number(&db.pool, statement);
            let stored = count("select count(*) from vehicle_position").await.unwrap();
            assert_eq!(i64::try_from(lines.len() - ahead).unwrap(), stored, "{}", ran.stdout);
            assert!(stored >= i64::from(CARS) * 6, "{stored}");
            // The flag of what was told later.
            assert!(count("select count(*) from vehicle_position where flags & 16 <> 0").await.unwrap() > 0);
        }
    }

    #[test]
    fn a_service_that_is_not_there_is_a_failure_with_its_reason() {
        let ran = run(&[
            "simulate",
            "--vehicles",
            "1",
            "--protocol",
            "mqtt",
            "--interval",
            "0.2",
            "--duration",
            "0.5",
            "--to",
            "127.0.0.1:9",
            "--drain",
            "0.5",
        ]);
        assert_eq!(ran.status.code(), Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("simulate.not_acknowledged"), "{}", ran.stderr);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_demonstration_moves_has_a_past_and_begins_again_where_it_was() {
        let db = testing::database().await;
        let url = db.url();
        let vars = [("DATABASE__URL", url.as_str())];
        let begin = ["demo", "--vehicles", "30", "--port", "0", "--seed", "5"];
        let mut demo = Program::start(&begin, &vars);
        let said = demo.lines_until("ready", DEADLINE);
        for words in ["http://127.0.0.1:", "mqtt://127.0.0.1:", "Motorpool-demo-1", "dispatcher", "inspector"] {
            assert!(said.contains(words), "{said}");
        }
        wait_for(&db, "select count(*) from vehicle_live", 30).await;
        wait_for(&db, MOVING, 18).await;
        demo.interrupt();
        assert!(demo.wait(DEADLINE).success());

        let count = async |statement| fleet::number(&db.pool, statement).await.unwrap();
        assert!(count("select count(distinct vehicle_no) from trip where ended_at is not null").await >= 28);
        assert_eq!(count("select count(*) from quarantined_record").await, 0);
        let before = (count(REGISTER).await, count(PAST).await);
        let mut demo = Program::start(&begin, &vars);
        demo.lines_until("ready", DEADLINE);
        wait_for(
            &db,
            "select count(*) from vehicle_live where updated_at > (select max(updated_at) - interval '1 s' from vehicle_live)",
            1,
        )
        .await;
        demo.interrupt();
        assert!(demo.wait(DEADLINE).success());
        assert_eq!((count(REGISTER).await, count(PAST).await), before);
        // Nobody jumped: the track of every car is one line.
        assert_eq!(count(JUMPS).await, 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn another_seed_on_the_same_store_is_refused() {
        let db = testing::database().await;
        let url = db.url();
        let vars = [("DATABASE__URL", url.as_str())];
        let mut demo = Program::start(&["demo", "--vehicles", "2", "--port", "0"], &vars);
        demo.lines_until("ready", DEADLINE);
        demo.interrupt();
        assert!(demo.wait(DEADLINE).success());
        let mut other = Program::start(&["demo", "--vehicles", "2", "--port", "0", "--seed", "2"], &vars);
        assert_eq!(other.wait(DEADLINE).code(), Some(1));
    }

    /// Waits until the number that `statement` gives is at least `least`.
    async fn wait_for(db: &TestDatabase, statement: &'static str, least: i64) {
        let reached = async {
            let mut ticks = interval(Duration::from_millis(100));
            while fleet::number(&db.pool, statement).await.unwrap() < least {
                ticks.tick().await;
            }
        };
        timeout(DEADLINE, reached).await.unwrap_or_else(|_elapsed| panic!("{least} of {statement}"));
    }
}
