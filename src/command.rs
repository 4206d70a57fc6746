//! One file a command: its arguments, and what it does with them.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod config;
pub(crate) mod decode;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod import;
pub(crate) mod migrate;
pub(crate) mod plan;
pub(crate) mod right_size;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod track;

/// Who is at the command line, for the audit log: whoever became root by `sudo` is still told apart.
pub(crate) fn user() -> String {
    let named =
        ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    named.unwrap_or_else(|| {
        let uid = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own));
        uid.map_or_else(|_| String::from("?"), |uid| format!("uid {uid}"))
    })
}
