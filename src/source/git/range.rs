//! The lines that the commits of a range add against every parent, and their messages.
//!
//! Which commits: [`revision`] reads names, [`walk`] the commits between them, [`push`] what a push brings. What they
//! add: [`diff`] compares trees, [`changes`] hands over. Reads what the range needs and no more.

mod changes;
mod diff;
mod push;
mod revision;
mod scan;
mod since;
mod walk;

#[cfg(test)]
mod tests;

pub use since::since;

use super::history::Options;
use super::history::lookup::Head;
use super::objects::Objects;
use super::open::Repository;
use super::provenance;
use super::refs::References;
use crate::Result;
use crate::blob::Provenance;
use crate::source::{Sink, Source};
use bstr::BString;
use gix_hash::ObjectId;
use scan::Scan;
use walk::Commits;

/// Commits, and what they add against every parent.
#[derive(Debug)]
pub struct Range {
    repository: Repository,
    asked: Vec<String>,
    wanted: Wanted,
    options: Options,
    head: Head,
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
        Self::of(repository, asked, Wanted::Selected(selection), options)
    }

    /// What `tips` lead to and `known` don't; annotated tags among the tips count with their messages.
    pub fn commits(
        repository: Repository,
        asked: Vec<String>,
        (tips, known): (Vec<ObjectId>, Vec<ObjectId>),
        options: Options,
    ) -> Self {
        Self::of(repository, asked, Wanted::Commits { tips, known }, options)
    }

    /// What a push to `remote` (a remote's name or its address) brings there.
    pub fn pushed(
        repository: Repository,
        asked: Vec<String>,
        (updates, remote): (Vec<Update>, String),
        options: Options,
    ) -> Self {
        Self::of(repository, asked, Wanted::Pushed { updates, remote }, options)
    }
}

impl Range {
    fn of(repository: Repository, asked: Vec<String>, wanted: Wanted, options: Options) -> Self {
        Range { repository, asked, wanted, options, head: Head::default() }
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

    fn holds_path(&self, repo_path: &[u8]) -> bool {
        self.head.holds(&self.repository, repo_path)
    }

    fn provenance(&self) -> Option<Provenance> {
        provenance::of(&self.repository)
    }

    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let objects = Objects::open(&self.repository);
        let references = References::read(&self.repository);
        let commits = Commits::new(&objects, &self.repository);
        let scan = Scan { range: self, sink, objects: &objects, references: &references, commits: &commits };
        scan.run()
    }
}
