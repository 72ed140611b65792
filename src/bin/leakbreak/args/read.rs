//! Reads the command line, and says what is wrong with it.

use super::Args;
use crate::faults::{complain, remark, without_secrets};
use crate::status::Status;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use leakbreak::report::printable;

/// Reads the command line. Help and version go to standard output and end the run; a mistake is said on standard
/// error with the nearest known name, and standard output stays empty.
pub(crate) fn parse() -> Result<Args, Status> {
    Args::try_parse().map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A closed standard output is the reader's choice; a full disk is not.
            match error.print() {
                Err(io) if io.kind() != std::io::ErrorKind::BrokenPipe => {
                    complain(&leakbreak::Error::Output(io).to_string());
                    Status::Failed
                }
                _ => Status::Clean,
            }
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = error.print();
            Status::Failed
        }
        _ => {
            let text = error.render().to_string();
            complain_in_lines(text.strip_prefix("error: ").unwrap_or(&text));
            if let Some(tip) = nearest_option(&error) {
                remark(&format!("\n  tip: the nearest known option is '{}'", printable(&tip)));
            }
            Status::Failed
        }
    })
}

/// A usage message has lines of its own; each is cleaned apart.
fn complain_in_lines(text: &str) {
    let mut lines = text.trim_end().lines();
    complain(lines.next().unwrap_or_default());
    for line in lines {
        remark(&printable(&without_secrets(line)));
    }
}

/// clap is silent where nothing is like enough; a user is better served with the nearest name there is.
fn nearest_option(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument || error.get(ContextKind::SuggestedArg).is_some() {
        return None;
    }
    let ContextValue::String(unknown) = error.get(ContextKind::InvalidArg)? else { return None };
    let unknown = unknown.strip_prefix("--")?;
    let mut at = command();
    for word in std::env::args_os().skip(1) {
        match at.find_subcommand(word) {
            Some(inner) => at = inner.clone(),
            None => break,
        }
    }
    let known: Vec<_> = at.get_arguments().filter_map(|arg| arg.get_long()).collect();
    leakbreak::config::nearest(unknown, known).map(|near| format!("--{near}"))
}

/// The command line as data, for completions and manual pages.
pub(crate) fn command() -> clap::Command {
    Args::command()
}
