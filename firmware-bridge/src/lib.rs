//! The vehicle's side: serial GNSS and OBD in, spool on disk, MQTT out.
