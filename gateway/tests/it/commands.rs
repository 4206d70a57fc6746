//! Commands go down to a device that listens for its own, and to no other.

use bytes::Bytes;
use gateway::link::CommandError;
use gateway::probe::{Dialect, Heard, Probe};

use crate::bench::{Bench, SECRET, next};

#[tokio::test]
async fn a_command_reaches_the_device_that_listens_for_it() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    let command = Bytes::from_static(br#"{"id":1,"kind":"report_now"}"#);
    assert_eq!(bench.gateway().command("MP-1", command.clone()), Err(CommandError::NotListening));

    for dialect in [Dialect::V3, Dialect::V5] {
        let mut probe = Probe::sign_in(bench.address, dialect, "MP-1", SECRET).await.unwrap();
        probe.subscribe("v1/d/MP-1/cmd");
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Subscribed(vec![1]));
        bench.gateway().command("MP-1", command.clone()).unwrap();
        assert_eq!(next(&mut probe).await, Heard::Command(command.clone()));
    }
    assert_eq!(bench.gateway().command("MP-2", command), Err(CommandError::NotListening));
}

#[tokio::test]
async fn a_device_may_listen_for_nothing_but_its_own_commands() {
    let mut bench = Bench::new().await;
    bench.car("MP-1").await;
    bench.start().await;
    for filter in ["v1/d/MP-2/cmd", "v1/d/+/cmd", "#", "v1/d/MP-1/pos"] {
        let mut probe = bench.probe_v5("MP-1").await;
        probe.subscribe(filter);
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Subscribed(vec![135]), "{filter}");
        let mut probe = bench.probe("MP-1").await;
        probe.subscribe(filter);
        probe.flush().await.unwrap();
        assert_eq!(next(&mut probe).await, Heard::Subscribed(vec![0x80]), "{filter}");
    }
}
