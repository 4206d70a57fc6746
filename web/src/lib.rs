//! Where people come in: the HTTP API, live updates and the console.
