//! Starts and stops that go as they should.

use nix::sys::signal::{Signal, kill, killpg};
use std::os::unix::process::CommandExt as _;

use crate::service::{Place, Service, starters};

#[test]
fn a_first_and_a_second_start_as_root_and_as_an_ordinary_user() {
    for starter in starters() {
        let place = Place::of(*starter);
        let first = place.start();
        place.ask("create table kept (word text); insert into kept values ('kept')").unwrap();
        assert_eq!(place.ask("select extname from pg_extension where extname = 'postgis'").unwrap(), "postgis");
        let (status, said) = first.stop();
        assert!(status.success(), "{starter:?}: {said}");
        assert!(place.server_processes().is_empty(), "{starter:?}: a server is left");
        assert!(!place.data().join("pg/postmaster.pid").exists());

        let second = place.start();
        assert_eq!(place.ask("select word from kept").unwrap(), "kept");
        assert!(second.stop().0.success());
    }
}

#[test]
fn the_server_opens_no_port_and_its_socket_is_for_its_user_alone() {
    use std::os::unix::fs::MetadataExt as _;
    let place = Place::ours();
    let service = place.start();
    assert_eq!(place.ask("show listen_addresses").unwrap(), "");
    assert_eq!(place.ask("show fsync").unwrap(), "on");
    assert_eq!(place.ask("show synchronous_commit").unwrap(), "on");
    for closed in ["run", "pg"] {
        let mode = std::fs::metadata(place.data().join(closed)).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o700, "{closed} is {mode:o}");
    }
    assert!(service.stop().0.success());
}

#[test]
fn a_ctrl_c_at_the_terminal_stops_everything_in_order() {
    let place = Place::ours();
    // A terminal sends the signal to its whole group of processes.
    let mut service = Service::start(place.command(&["serve", "--only", "jobs"]).process_group(0));
    service.wait_for("ready");
    let postmaster = place.postmaster();
    killpg(service.pid(), Signal::SIGINT).unwrap();
    let (status, said) = service.ended();
    assert!(status.success(), "{said}");
    assert!(!said.contains("WARN") && !said.contains("ERROR"), "{said}");
    assert!(kill(postmaster, None).is_err(), "the server is left");
}

#[test]
fn a_signal_during_the_first_start_leaves_nothing_running() {
    let place = Place::ours();
    let service = Service::start(&mut place.command(&["serve", "--only", "jobs"]));
    crate::service::eventually("initdb has begun", || place.data().join("pg.new").exists());
    service.signal(Signal::SIGTERM);
    let (status, said) = service.ended();
    assert!(status.success(), "{said}");
    crate::service::eventually("no server is left", || place.server_processes().is_empty());
    assert!(place.start().stop().0.success(), "the next start makes a new one");
}
