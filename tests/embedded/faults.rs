//! Falls: of the service, of the server, of both, with and without what they leave behind.

use std::fs;

use nix::sys::signal::{Signal, kill};

use crate::service::{Place, eventually, starters};

#[test]
fn after_a_kill_of_everything_what_was_committed_is_there() {
    for starter in starters() {
        let place = Place::of(*starter);
        let service = place.start();
        place.ask("create table kept (n int); insert into kept select generate_series(1, 1000)").unwrap();
        let server = place.server_processes();
        assert!(server.len() > 2, "the postmaster and its helpers: {server:?}");
        service.signal(Signal::SIGKILL);
        for process in server {
            // Some are gone with their parent already.
            let _already_gone = kill(process, Signal::SIGKILL);
        }
        let (status, _) = service.ended();
        assert!(!status.success());
        assert!(place.data().join("pg/postmaster.pid").exists(), "it had no time to tidy up");

        let again = place.start();
        assert_eq!(place.ask("select count(*) from kept").unwrap(), "1000");
        assert!(again.stop().0.success());
    }
}

#[test]
fn the_server_follows_a_service_that_was_killed() {
    let place = Place::ours();
    let service = place.start();
    service.signal(Signal::SIGKILL);
    service.ended();
    eventually("the server has ended", || place.server_processes().is_empty());
}

#[test]
fn a_server_that_outlived_its_service_is_stopped_first() {
    let place = Place::ours();
    assert!(place.start().stop().0.success());
    let old = place.start_server_alone();
    let mut service = place.start();
    service.wait_for("left behind");
    assert!(!place.server_processes().contains(&old), "the old server is gone");
    assert_ne!(place.postmaster(), old);
    assert!(service.stop().0.success());
}

#[test]
fn the_number_of_a_dead_server_may_have_gone_to_another_process() {
    let place = Place::ours();
    assert!(place.start().stop().0.success());
    // As in a container that starts again: the old number is alive, and somebody else's.
    let ours = std::process::id();
    let pg = place.data().join("pg");
    fs::write(pg.join("postmaster.pid"), format!("{ours}\n{}\n1\n5432\n{}\n\n  1  1\nready   \n", pg.display(), pg.display()))
        .unwrap();
    fs::write(place.data().join("run/.s.PGSQL.5432.lock"), format!("{ours}\n{}\n1\n5432\n", pg.display())).unwrap();
    assert!(place.start().stop().0.success());
}

#[test]
fn a_server_that_falls_is_started_again_under_the_running_service() {
    let place = Place::ours();
    let mut service = place.start();
    let old = place.postmaster();
    kill(old, Signal::SIGKILL).unwrap();
    service.wait_for("started again");
    eventually("another server answers", || place.ask("select 1").is_ok());
    assert_ne!(place.postmaster(), old);
    assert!(service.stop().0.success());
    assert!(place.server_processes().is_empty());
}
