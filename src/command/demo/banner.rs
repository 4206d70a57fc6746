//! What the demonstration says when it is ready, in both languages.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use super::Args;
use crate::seed::store::{PASSWORD, PEOPLE};
use crate::serve::Running;

/// Prints addresses and accounts on standard output; the last line says that it is ready.
pub(super) fn print(running: &Running, args: &Args, cars: usize) {
    let mut text = format!("\nMotorpool 公务用车管理平台 · 演示 demo: {cars} 辆车 cars\n\n");
    let addresses = [
        ("控制台 console", "http", running.http, ""),
        ("车载终端 devices", "mqtt", running.mqtt, ""),
        ("车载终端 JT/T 808", "jt808", running.jt808, ""),
        ("车载终端 GB/T 32960", "gb32960", running.gb32960, ""),
        ("运行指标 figures", "http", running.ops, "/metrics"),
    ];
    for (what, scheme, address, path) in addresses {
        if let Some(address) = address {
            line(&mut text, what, &format!("{scheme}://{address}{path}"));
        }
    }
    line(&mut text, "数据目录 data", &args.data.display().to_string());
    line(&mut text, "密码 password", PASSWORD);
    for person in PEOPLE {
        line(&mut text, "账号 account", &format!("{:<12}{} {}", person.login, person.role_zh, person.role_en));
    }
    text.push_str("\n按 Ctrl-C 停止。 Ctrl-C stops everything.\nready\n");
    // A closed standard output is no reason not to serve.
    let _ = io::stdout().write_all(text.as_bytes());
    let _ = io::stdout().flush();
}

/// Chinese characters are two columns wide.
fn line(text: &mut String, what: &str, value: &str) {
    let columns: usize = what.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    let blank = " ".repeat(20_usize.saturating_sub(columns));
    let _ = writeln!(text, "  {what}{blank}{value}");
}
