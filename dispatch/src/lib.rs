//! Paperwork rules: units, vehicles as assets, accounts and scope; pure, no I/O and no clock.
