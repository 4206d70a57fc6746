//! What cannot work is refused with a code and what to do.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use nix::unistd::geteuid;

use crate::service::{Place, Service};

fn assert_refused((status, said): (ExitStatus, String), code: &str, remedy: &str) {
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("code: {code}")), "no {code} in:\n{said}");
    assert!(said.contains(remedy), "no {remedy:?} in:\n{said}");
}

#[test]
fn a_folder_that_is_in_use_names_the_process_that_uses_it() {
    let place = Place::ours();
    let service = place.start();
    assert_refused(place.refused(), "data.in_use", &format!("process {}", service.pid()));
    assert!(service.stop().0.success());
}

/// The real programs' folder.
pub(crate) fn real_programs() -> PathBuf {
    let output = Command::new("sh").args(["-c", "ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1"]).output().unwrap();
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

fn refused_with_programs(place: &Place, programs: &Path) -> (ExitStatus, String) {
    let mut command = place.command(&["serve", "--only", "jobs"]);
    Service::start(command.env("MOTORPOOL__DATABASE__BIN_DIR", programs)).ended()
}

#[test]
fn a_missing_server_names_the_packages_to_install() {
    let place = Place::ours();
    let empty = place.data().join("no-programs");
    fs::create_dir(&empty).unwrap();
    assert_refused(refused_with_programs(&place, &empty), "postgres.missing", "apt-get install");
}

#[test]
fn a_missing_postgis_names_the_package_to_install() {
    let place = Place::ours();
    let programs = place.data().join("programs");
    fs::create_dir(&programs).unwrap();
    for name in ["postgres", "initdb"] {
        symlink(real_programs().join(name), programs.join(name)).unwrap();
    }
    // A server whose extensions lie in a folder without PostGIS.
    fs::write(programs.join("pg_config"), "#!/bin/sh\necho /nowhere/share\n").unwrap();
    fs::set_permissions(programs.join("pg_config"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_refused(refused_with_programs(&place, &programs), "postgis.missing", "-postgis-3");
}

#[test]
fn a_cluster_of_another_major_version_is_left_alone() {
    let place = Place::ours();
    assert!(place.start().stop().0.success());
    let version = place.data().join("pg/PG_VERSION");
    fs::write(&version, "9\n").unwrap();
    assert_refused(place.refused(), "data.wrong_version", "does not convert");
    assert_eq!(fs::read_to_string(&version).unwrap(), "9\n");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let place = Place::ours();
    let service = place.start();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'from the future', true, '', 0)";
    place.ask(newer).unwrap();
    assert!(service.stop().0.success());
    assert_refused(place.refused(), "store.newer", "a newer one");
    assert!(place.server_processes().is_empty());
}

#[test]
fn a_folder_that_the_servers_user_cannot_enter_is_named() {
    let outer = tempfile::TempDir::new_in("/tmp").unwrap();
    fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let place = Place::ours();
    let mut command = place.command(&["serve", "--only", "jobs"]);
    let data = outer.path().join("data");
    let mut service = Service::start(command.arg("--log").arg("info").env("MOTORPOOL__DATABASE__DATA_DIR", &data));
    if geteuid().is_root() {
        drop(service);
        let mut command = Command::new(env!("CARGO_BIN_EXE_motorpool"));
        command.args(["serve", "--only", "jobs", "--data"]).arg(&data).env("MOTORPOOL__OPS__LISTEN", "127.0.0.1:0");
        let refused = Service::start(&mut command).ended();
        assert_refused(refused, "data.not_reachable", "/var/lib/motorpool");
    } else {
        // An ordinary user runs the server itself, and enters its own folders.
        service.wait_for("ready");
    }
}

#[test]
fn a_port_in_use_names_the_setting_to_change() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let place = Place::ours();
    let mut command = place.command(&["serve", "--only", "jobs"]);
    command.env("MOTORPOOL__OPS__LISTEN", taken.local_addr().unwrap().to_string());
    assert_refused(Service::start(&mut command).ended(), "listen.in_use", "ops.listen");
    assert!(!place.data().join("pg").exists(), "known before anything is started");
}
