//! The gateway over real sockets on a real PostgreSQL: one database per test.

#[cfg(test)]
mod alarms;
#[cfg(test)]
mod bench;
#[cfg(test)]
mod broker;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod duplicates;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod exempt;
#[cfg(test)]
mod gb32960;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod http;
#[cfg(test)]
mod jt808;
#[cfg(test)]
mod jt809;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod quarantine;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod secure;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod strangers;
