//! The sockets that the service listens on, bound before anything else is started.

use std::io;

use tokio::net::TcpListener;

use crate::problem::Problem;

/// Binds `address`, which is the value of `key` in the configuration.
pub(crate) async fn bind(key: &str, address: &str) -> Result<TcpListener, Problem> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => Problem::new(
            "listen.in_use",
            format!("{address} is already in use by another program"),
            format!("stop that program, or set another address for {key}"),
        ),
        io::ErrorKind::PermissionDenied => Problem::new(
            "listen.not_allowed",
            format!("{address} may not be used by this user"),
            format!("choose a port above 1023 for {key}, or allow it to this user"),
        ),
        _ => Problem::new(
            "listen.impossible",
            format!("cannot listen on {address}: {error}"),
            format!("write {key} as address and port, for example 127.0.0.1:8080"),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_says_which_key_to_change() {
        let taken = bind("web.listen", "127.0.0.1:0").await.unwrap();
        let problem = bind("web.listen", &taken.local_addr().unwrap().to_string()).await.unwrap_err();
        assert_eq!(problem.code(), "listen.in_use");
        assert!(problem.to_string().contains("already in use"), "{problem}");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_told() {
        assert_eq!(bind("web.listen", "nowhere").await.unwrap_err().code(), "listen.impossible");
    }
}
