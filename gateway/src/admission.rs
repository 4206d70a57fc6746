//! How many connections there may be, all in all and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::telemetry;

/// Counts the connections that are there.
#[derive(Debug)]
pub(crate) struct Admission {
    connections: u32,
    connections_per_ip: u32,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: u32,
    by_ip: HashMap<IpAddr, u32>,
}

/// One connection's place; dropped with it.
#[derive(Debug)]
pub(crate) struct Seat {
    admission: Arc<Admission>,
    ip: IpAddr,
}

impl Admission {
    pub(crate) fn new(connections: u32, connections_per_ip: u32) -> Arc<Self> {
        Arc::new(Self { connections, connections_per_ip, taken: Mutex::default() })
    }

    /// A seat, or the code of the limit that stands against it.
    pub(crate) fn admit(self: &Arc<Self>, ip: IpAddr) -> Result<Seat, &'static str> {
        let mut taken = self.lock();
        if taken.all >= self.connections {
            return Err("connections.all");
        }
        let from_ip = taken.by_ip.entry(ip).or_default();
        if *from_ip >= self.connections_per_ip {
            return Err("connections.per_ip");
        }
        *from_ip += 1;
        taken.all += 1;
        metrics::gauge!(telemetry::CONNECTIONS).set(taken.all);
        Ok(Seat { admission: Arc::clone(self), ip })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.admission.lock();
        taken.all -= 1;
        if let Some(from_ip) = taken.by_ip.get_mut(&self.ip) {
            *from_ip -= 1;
            if *from_ip == 0 {
                taken.by_ip.remove(&self.ip);
            }
        }
        metrics::gauge!(telemetry::CONNECTIONS).set(taken.all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_its_connection_is_gone() {
        let admission = Admission::new(3, 2);
        let (one, two) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]));
        let first = admission.admit(one).unwrap();
        let _second = admission.admit(one).unwrap();
        assert_eq!(admission.admit(one).unwrap_err(), "connections.per_ip");
        let _third = admission.admit(two).unwrap();
        assert_eq!(admission.admit(two).unwrap_err(), "connections.all");
        drop(first);
        assert!(admission.admit(one).is_ok());
    }
}
