//! What goes wrong, said once and without contents: errors, and panics, which are bugs.

use crate::status::Status;
use leakbreak::report::printable;
use leakbreak::{Error, Result};
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

static PANICKED: AtomicBool = AtomicBool::new(false);

/// Makes a panic say where, and never what: its payload could hold a secret.
pub(crate) fn hide_payloads() {
    std::panic::set_hook(Box::new(|info| {
        PANICKED.store(true, Ordering::Relaxed);
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        complain(&format!(
            "internal error{place}; this is a bug in leakbreak, please report it (details are withheld: they could \
             hold a secret)"
        ));
    }));
}

/// Runs a command; an error is printed, and a panic in any thread is a failed run, whoever caught it.
pub(crate) fn contain(command: impl FnOnce() -> Result<Status>) -> Status {
    let status = match catch_unwind(AssertUnwindSafe(command)) {
        Ok(Ok(status)) => status,
        Ok(Err(error)) if is_closed_pipe(&error) => Status::Clean,
        Ok(Err(error)) => {
            complain(&error.to_string());
            Status::Failed
        }
        Err(_) => Status::Failed,
    };
    if PANICKED.load(Ordering::Relaxed) { Status::Failed } else { status }
}

/// Whether the reader of the standard output went away, which is nobody's fault.
pub(crate) fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Output(io) if io.kind() == ErrorKind::BrokenPipe)
}

/// `leakbreak: error: …` on standard error.
pub(crate) fn complain(why: &str) {
    say(&format!("error: {why}"));
}

/// `leakbreak: …` on standard error; nobody can be told if that fails.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "leakbreak: {}", printable(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure() {
        let closed = || Err(Error::Output(std::io::Error::from(ErrorKind::BrokenPipe)));
        assert_eq!(contain(closed), Status::Clean);
        assert_eq!(contain(|| Err(Error::Usage("x".into()))), Status::Failed);
    }
}
