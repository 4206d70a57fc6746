//! The whole line from outside: the built binaries, a real database, a real serial line, a real browser.

mod api;
mod process;
mod replay;
