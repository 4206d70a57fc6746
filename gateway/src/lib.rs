//! Where devices come in: sockets and MQTT, order kept per vehicle, commit, then acknowledge.
