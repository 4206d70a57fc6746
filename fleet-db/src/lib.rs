//! Every SQL statement of Motorpool, and the private PostgreSQL it runs when none is configured.
