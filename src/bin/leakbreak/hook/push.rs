//! What is pushed: as git tells a pre-push hook on its standard input, or the pre-commit framework in the environment.

use crate::env;
use leakbreak::source::git::push::updates;
use leakbreak::source::git::range::Update;
use leakbreak::{Error, Result};
use std::ffi::OsString;
use std::io::{self, Read};

/// What a hook knows of a push.
#[derive(Clone, Debug)]
pub(crate) enum Pushed {
    /// References, and the remote's name or address.
    Updates(Vec<Update>, String),
    /// A branch, of which the remote has nothing by that name yet, and the remote.
    Branch(String, String),
    /// A range, where only names are known.
    Range(String),
}

/// What git says: arguments and standard input.
///
/// # Errors
/// Standard input can't be read, or is not what git writes.
pub(super) fn told(given: &[OsString]) -> Result<Pushed> {
    let mut text = Vec::new();
    io::stdin().lock().read_to_end(&mut text).map_err(|e| Error::path("standard input", e))?;
    let remote = given.first().map(|remote| remote.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Pushed::Updates(updates(&text)?, remote))
}

/// What the framework says; None: this is no push.
pub(super) fn told_by_framework() -> Option<Pushed> {
    let env::Framework { from, to, remote, branch } = env::framework();
    match (from, to) {
        (Some(from), Some(to)) => {
            let line = format!("HEAD {to} {} {from}\n", branch.as_deref().unwrap_or("HEAD"));
            Some(match (updates(line.as_bytes()), remote) {
                (Ok(updates), Some(remote)) => Pushed::Updates(updates, remote),
                // Names, as with `pre-commit run --from-ref main --to-ref HEAD`.
                _ => Pushed::Range(format!("{from}..{to}")),
            })
        }
        // It says nothing of commits where a first one of all is pushed: then the branch is, without what the remote has.
        _ => branch.zip(remote).map(|(branch, remote)| Pushed::Branch(branch, remote)),
    }
}
