//! The lines that the commits of a range add.

use super::history::Options;
use super::open::Repository;
use crate::source::{Sink, Source};
use crate::{Error, Result};
use bstr::BString;
use gix_hash::ObjectId;

/// Commits, and what they add against every parent.
#[derive(Debug)]
pub struct Range {
    repository: Repository,
    asked: Vec<String>,
    wanted: Wanted,
    options: Options,
}

#[derive(Debug)]
enum Wanted {
    Selected(Selection),
    Commits { tips: Vec<ObjectId>, known: Vec<ObjectId> },
    Pushed { updates: Vec<Update>, remote: String },
}

/// Which commits: all that are given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// As `git log` takes it: `A..B`, `A...B`, `A..`, `^A B`, a single name.
    pub range: Option<String>,
    /// Committed at this time (seconds since the epoch) or later; without a range: of all that any reference leads to.
    pub since: Option<i64>,
}

/// A reference that is pushed: a line of what git tells a pre-push hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its name there.
    pub name: BString,
    /// What it becomes; None: it is deleted.
    pub local: Option<ObjectId>,
    /// What it is there now, whether or not that is known here; None: it is new.
    pub remote: Option<ObjectId>,
}

impl Range {
    /// The commits that are selected; `asked` is what the user called them.
    pub fn new(repository: Repository, asked: Vec<String>, selection: Selection, options: Options) -> Self {
        Range { repository, asked, wanted: Wanted::Selected(selection), options }
    }

    /// What `tips` lead to and `known` don't; annotated tags among the tips count with their messages.
    pub fn commits(
        repository: Repository,
        asked: Vec<String>,
        (tips, known): (Vec<ObjectId>, Vec<ObjectId>),
        options: Options,
    ) -> Self {
        Range { repository, asked, wanted: Wanted::Commits { tips, known }, options }
    }

    /// What a push to `remote` (a remote's name or its address) brings there.
    pub fn pushed(
        repository: Repository,
        asked: Vec<String>,
        (updates, remote): (Vec<Update>, String),
        options: Options,
    ) -> Self {
        Range { repository, asked, wanted: Wanted::Pushed { updates, remote }, options }
    }
}

impl Source for Range {
    fn name(&self) -> &'static str {
        "range"
    }

    fn asked(&self) -> Vec<String> {
        self.asked.clone()
    }

    fn expects_entries(&self) -> bool {
        false
    }

    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let _ = (sink, &self.repository, &self.wanted, &self.options);
        Err(Error::Usage("--range is not read yet".into()))
    }
}

/// When `--since` begins, in seconds since the epoch: a day (`2026-01-31`, its midnight in UTC), an RFC 3339 time, or a
/// time before `now`: `30 days`, `2 weeks ago`.
///
/// # Errors
/// [`Error::Usage`] with the forms that are taken.
pub fn since(text: &str, now: i64) -> Result<i64> {
    let _ = (text, now);
    Err(Error::Usage("--since is not read yet".into()))
}
