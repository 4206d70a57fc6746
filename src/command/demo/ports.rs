//! Ports of the demonstration: the console's as asked for, the others wherever there is room.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use crate::config::{Config, Ops};
use crate::problem::Problem;

/// The console's port when none is asked for.
pub(crate) const CONSOLE: u16 = 8080;

/// Sets the addresses of `config`; a port of the console that is taken is an error, the others move aside.
pub(super) fn choose(config: &mut Config, port: u16) -> Result<(), Problem> {
    let console = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if let Err(ErrorKind::AddrInUse) = is_free(console) {
        let reason = format!("port {port} is in use by another program");
        let remedy =
            format!("stop that program, or choose another port: motorpool demo --port {}", port.wrapping_add(1).max(1024));
        return Err(Problem::new("demo.port_in_use", reason, remedy));
    }
    config.web.listen = console;
    // Where the environment says another address, that holds.
    let usual = gateway::Config::default();
    let own = &mut config.gateway;
    for (address, usual) in [
        (&mut own.mqtt_listen, usual.mqtt_listen),
        (&mut own.jt808_listen, usual.jt808_listen),
        (&mut own.gb32960_listen, usual.gb32960_listen),
    ] {
        if *address == usual {
            *address = or_any(usual, port);
        }
    }
    if let (true, Ok(ops)) = (config.ops == Ops::default(), config.ops.listen.parse()) {
        config.ops.listen = or_any(ops, port).to_string();
    }
    Ok(())
}

/// The wanted address when it is free and not everything is to be anywhere, otherwise any port.
fn or_any(wanted: SocketAddr, console: u16) -> SocketAddr {
    if console != 0 && is_free(wanted).is_ok() { wanted } else { SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }
}

fn is_free(address: SocketAddr) -> Result<(), ErrorKind> {
    TcpListener::bind(address).map(drop).map_err(|error| error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_console_port_is_told_and_a_taken_mqtt_port_moves_aside() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = taken.local_addr().unwrap();
        let problem = choose(&mut Config::default(), address.port()).unwrap_err();
        assert_eq!(problem.code(), "demo.port_in_use");
        assert_eq!(or_any(address, CONSOLE).port(), 0);
    }

    #[test]
    fn with_port_0_all_are_any() {
        let mut config = Config::default();
        choose(&mut config, 0).unwrap();
        assert_eq!((config.web.listen.port(), config.gateway.mqtt_listen.port()), (0, 0));
        assert_eq!(config.ops.listen, "127.0.0.1:0");
    }
}
