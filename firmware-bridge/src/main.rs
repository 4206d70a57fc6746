//! `motorpool-bridge`: the program in the vehicle.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
