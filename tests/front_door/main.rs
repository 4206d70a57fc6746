//! The command line from outside: exit statuses, the example, and answers on standard output alone.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod import;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod right_size;

#[cfg(test)]
mod usage {
    use std::fs;
    use std::path::Path;
    use std::process::{Command, Output};

    fn motorpool(arguments: &[&str], folder: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_motorpool")).args(arguments).current_dir(folder).output().unwrap()
    }

    fn text(bytes: &[u8]) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn bad_usage_ends_with_status_2_and_says_how_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        for arguments in [&["fly"][..], &["serve", "--only", "everything"], &["demo", "--vehicles", "none"], &[]] {
            let output = motorpool(arguments, folder.path());
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            assert!(output.stdout.is_empty() && text(&output.stderr).contains("--help"), "{arguments:?}");
        }
    }

    #[test]
    fn work_that_failed_ends_with_status_1_a_code_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("motorpool.toml"), "[web]\nlisten = 8080\n").unwrap();
        for command in ["serve", "config", "migrate"] {
            let output = motorpool(&[command], folder.path());
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(output.stdout.is_empty());
            assert!(said.contains("code: config.invalid") && said.contains("what to do:") && said.contains("line 2"), "{said}");
        }
    }

    #[test]
    fn a_server_that_is_not_there_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let url = "postgres://fleet:hunter2@127.0.0.1:1/fleet";
        let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
        let output = command.arg("migrate").env("MOTORPOOL__DATABASE__URL", url).current_dir(folder.path()).output().unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("code: database.unreachable") && !said.contains("hunter2"), "{said}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "no private database was made");
    }

    #[test]
    fn the_printed_example_is_the_file_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let example = motorpool(&["config", "--example"], folder.path());
        assert!(example.status.success());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("motorpool.example.toml");
        assert_eq!(text(&example.stdout), fs::read_to_string(file).unwrap());

        let without = motorpool(&["config"], folder.path());
        fs::write(folder.path().join("motorpool.toml"), &example.stdout).unwrap();
        assert_eq!(text(&motorpool(&["config"], folder.path()).stdout), text(&without.stdout));
    }

    #[test]
    fn every_command_helps_with_an_example() {
        let folder = tempfile::tempdir().unwrap();
        for command in ["serve", "demo", "simulate", "decode", "track", "plan", "import", "migrate", "config", "doctor"] {
            let output = motorpool(&[command, "--help"], folder.path());
            assert!(output.status.success());
            assert!(text(&output.stdout).contains(&format!("motorpool {command}")), "{command}");
        }
    }

    #[test]
    fn the_doctor_names_what_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
        command.arg("doctor").current_dir(folder.path()).env("MOTORPOOL__DATABASE__BIN_DIR", folder.path());
        for key in ["OPS__LISTEN", "WEB__LISTEN", "GATEWAY__MQTT_LISTEN"] {
            command.env(format!("MOTORPOOL__{key}"), "127.0.0.1:0");
        }
        let output = command.output().unwrap();
        let said = text(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("ok    configuration") && said.contains("MEND  database") && said.contains("apt-get install"),
            "{said}"
        );
    }
}
