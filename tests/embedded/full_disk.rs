//! A full disk: said plainly, and over as soon as there is room again.

use std::fs;

use nix::unistd::geteuid;

use crate::service::{Place, eventually};
use crate::small_disk::{SmallDisk, fill};

#[test]
fn a_first_start_without_room_says_how_much_it_needs() {
    if !geteuid().is_root() {
        // Nobody else can make a small disk; the same check is under test wherever the tests run as root.
        return;
    }
    let place = Place::ours();
    let _disk = SmallDisk::at(place.data(), 20);
    let (status, said) = place.refused();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("code: data.disk_full") && said.contains("MB needed"), "{said}");
    assert!(!place.data().join("pg").exists() && !place.data().join("pg.new").exists(), "nothing half made is left");
}

#[test]
fn a_disk_that_fills_up_refuses_writes_and_takes_them_again_when_there_is_room() {
    if !geteuid().is_root() {
        return;
    }
    let place = Place::ours();
    let _disk = SmallDisk::at(place.data(), 400);
    let service = place.start();
    place.ask("create table kept (n int, filler text); insert into kept values (1, '')").unwrap();

    let ballast = place.data().join("ballast");
    fill(&ballast);
    let insert = "insert into kept select n, repeat('x', 4000) from generate_series(2, 20000) as n";
    let refusal = place.ask(insert).unwrap_err();
    assert!(refusal.contains("No space left") || refusal.contains("connection"), "{refusal}");
    fs::remove_file(&ballast).unwrap();

    eventually("writes are taken again, without a restart of the service", || {
        place.ask("insert into kept values (2, '')").is_ok()
    });
    assert_eq!(place.ask("select min(n) from kept").unwrap(), "1");
    assert!(service.stop().0.success());
}

#[test]
fn a_start_on_a_full_disk_says_so_and_works_when_there_is_room() {
    if !geteuid().is_root() {
        return;
    }
    let place = Place::ours();
    let _disk = SmallDisk::at(place.data(), 400);
    assert!(place.start().stop().0.success());
    let ballast = place.data().join("ballast");
    fill(&ballast);
    let (status, said) = place.refused();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("code: data.disk_full"), "{said}");
    fs::remove_file(&ballast).unwrap();
    assert!(place.start().stop().0.success());
}
