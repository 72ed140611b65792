//! What goes wrong, said once and without contents: errors, and panics, which are bugs.

use crate::status::Status;
use leakbreak::detect::Detector;
use leakbreak::report::printable;
use leakbreak::rule::RuleSet;
use leakbreak::scan;
use leakbreak::{Error, Result};
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

static PANICKED: AtomicBool = AtomicBool::new(false);

/// Makes a panic say where, and never what: its payload could hold a secret.
pub(crate) fn hide_payloads() {
    std::panic::set_hook(Box::new(|info| {
        PANICKED.store(true, Ordering::Relaxed);
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        // Not by way of `complain`, which does more than a broken program should.
        say(&format!(
            "error: internal error{place}; this is a bug in leakbreak, please report it (details are withheld: they could \
             hold a secret)"
        ));
    }));
}

/// Runs a command; an error is printed, and a panic in any thread is a failed run, whoever caught it.
pub(crate) fn contain(command: impl FnOnce() -> Result<Status>) -> Status {
    let ended = catch_unwind(AssertUnwindSafe(command));
    status_of(ended, PANICKED.load(Ordering::Relaxed))
}

fn status_of(ended: std::thread::Result<Result<Status>>, panicked: bool) -> Status {
    match ended {
        Ok(Err(error)) if is_closed_pipe(&error) && !panicked => Status::Clean,
        Ok(Err(error)) => {
            complain(&error.to_string());
            Status::Failed
        }
        Ok(Ok(status)) if !panicked => status,
        Ok(Ok(_)) | Err(_) => Status::Failed,
    }
}

/// Whether the reader of the standard output went away, which is nobody's fault.
pub(crate) fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Output(io) if io.kind() == ErrorKind::BrokenPipe)
}

/// `leakbreak: error: …` on standard error.
pub(crate) fn complain(why: &str) {
    say(&format!("error: {}", without_secrets(why)));
}

/// What a user typed, or what a file is called, can be a secret; a message that repeats it ends in a log.
pub(crate) fn without_secrets(message: &str) -> String {
    match RuleSet::load(&[]) {
        Ok(rules) => scan::without_secrets(message, &Detector::new(Arc::new(rules))),
        Err(_) => message.to_owned(),
    }
}

/// `leakbreak: …` on standard error; nobody can be told if that fails.
pub(crate) fn say(text: &str) {
    remark(&format!("leakbreak: {}", printable(text)));
}

/// A line on standard error, as it is.
pub(crate) fn remark(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A path as messages show it.
pub(crate) fn shown(path: &std::path::Path) -> String {
    printable(&path.to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_is_no_failure_and_a_panic_is_one() {
        let closed = || Err(Error::Output(std::io::Error::from(ErrorKind::BrokenPipe)));
        assert_eq!(contain(closed), Status::Clean);
        assert_eq!(contain(|| Err(Error::Usage("x".into()))), Status::Failed);
        assert_eq!(contain(|| panic!("a bug")), Status::Failed);
    }

    #[test]
    fn a_panic_that_somebody_caught_is_a_failed_run_all_the_same() {
        assert_eq!(status_of(Ok(Ok(Status::Clean)), false), Status::Clean);
        assert_eq!(status_of(Ok(Ok(Status::Clean)), true), Status::Failed);
    }
}
