//! The command line of leakbreak: the only room that prints, exits and reads the environment and the clock.

#![allow(clippy::print_stdout, clippy::print_stderr, clippy::exit)]

mod args;
mod assemble;
mod baseline;
mod cache;
mod completions;
mod env;
mod explain;
mod faults;
mod ground;
mod hook;
mod interrupt;
mod output;
mod progress;
mod rules;
mod scan;
mod sources;
mod status;
mod timings;
mod verify;

use args::{Args, Command};
use leakbreak::Result;
use status::Status;
use std::process::ExitCode;

fn main() -> ExitCode {
    faults::hide_payloads();
    let status = match args::parse() {
        Ok(args) => faults::contain(|| run(args)),
        Err(status) => status,
    };
    status.into()
}

fn run(args: Args) -> Result<Status> {
    interrupt::start();
    match args.command {
        Command::Scan(args) => scan::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Rules(command) => rules::run(command),
        Command::Baseline(command) => baseline::run(command),
        Command::Hook(command) => hook::run(command),
        Command::Cache(command) => cache::run(command),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => completions::man(args),
    }
}
