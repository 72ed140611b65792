//! Reads what is to be scanned. A source drives: it pushes blobs and skips into a [`Sink`], from as many threads as
//! it likes, and stops early when the sink says so. It knows blobs, and nothing of rules.

mod beside;
pub mod git;
pub mod stdin;
mod stream;
#[cfg(test)]
pub(crate) mod testing;
pub mod worktree;

use crate::Result;
use crate::blob::{Blob, Copied, Neighbour, Origin, Provenance, Skip};
use crate::clock::{self, Clock};
use std::any::Any;
use std::sync::Arc;

/// Takes what a source reads. Called from many threads at once.
pub trait Sink: Sync {
    /// Takes a blob. The bytes are raw; the sink decodes them, and counts binary content as a skip itself.
    fn blob(&self, blob: Blob<'_>);

    /// As [`Sink::blob`]; whether anything came of it, or might have under other options than those that rules are.
    fn tells(&self, blob: Blob<'_>) -> bool {
        self.blob(blob);
        true
    }

    /// Takes a name alone: each file, once per distinct path, also where its content is not read. (The sink looks
    /// for secrets in it.) `origin.path` is set.
    fn name(&self, origin: Origin);

    /// Takes note of what was not read.
    fn skip(&self, skip: Skip);

    /// Counts what was read, for the receipt and for progress.
    fn count(&self, unit: Unit, n: u64);

    /// A word for the receipt.
    fn note(&self, note: String);

    /// Whether some path could make findings in this content (raw bytes): the question a history asks before it
    /// looks for commits and paths. Binary content: no.
    fn worth(&self, raw: &[u8]) -> bool;

    /// Takes the time, if anybody wants to know.
    fn clock(&self) -> &Clock {
        &clock::OFF
    }

    /// Counts binary contents that are known to be such without another look ([`Sink::worth`] counts the others).
    fn binary(&self, n: u64) {
        let _ = n;
    }

    /// As [`Sink::worth`], and what to remember of this content. Where it was made from another one, what was
    /// remembered of that may spare another look at what was copied; the answer is the same.
    fn worth_of(&self, raw: &[u8], made: Option<Lineage<'_>>) -> (bool, Option<Memo>) {
        let _ = made;
        (self.worth(raw), None)
    }

    /// Whether to stop at once: the user interrupted.
    fn cancelled(&self) -> bool;
}

/// What a sink remembers of a content for the sake of those that are made from it. Its meaning is the sink's affair.
#[derive(Clone, Debug)]
pub struct Memo(pub Arc<dyn Any + Send + Sync>);

/// How a content was made from another one.
#[derive(Clone, Copy, Debug)]
pub struct Lineage<'a> {
    /// What was remembered of the other.
    pub memo: &'a Memo,
    /// How many bytes the other has.
    pub size: usize,
    /// What was copied from it, by its place in the new one; stretches that belong together in both are one.
    pub copied: &'a [Copied],
}

/// What the receipt counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A file of a tree, the index or the standard input, read.
    File,
    /// A commit, read.
    Commit,
    /// A distinct blob of a history, read.
    Blob,
    /// A byte of content.
    Byte,
    /// An entry found, read or not: none at all where some were expected is an incomplete run.
    Entry,
}

impl Unit {
    /// How many units there are.
    pub const COUNT: usize = 5;
}

/// Something to scan.
pub trait Source: Sync {
    /// What the receipt calls it: "worktree", "staged", "history", "range", "stdin".
    fn name(&self) -> &'static str;

    /// What was asked for, as the user gave it.
    fn asked(&self) -> Vec<String>;

    /// Whether finding no entry at all makes the run incomplete.
    fn expects_entries(&self) -> bool;

    /// Whether everything is read that a baseline could speak of: only then is an entry without a match stale.
    fn is_whole(&self) -> bool {
        false
    }

    /// Whether a file stands at this repository-relative path now: in the tree, in the index, in history in HEAD. A
    /// baseline entry whose file is gone follows its secret to another path.
    fn holds_path(&self, repo_path: &[u8]) -> bool {
        let _ = repo_path;
        true
    }

    /// Programs and manifests of the project that a file of settings belongs to: a bounded number, read when they are
    /// asked for. They are evidence and not scanned, so what can't be read of them is left.
    fn beside(&self, settings: &Origin) -> Vec<Neighbour> {
        let _ = settings;
        Vec::new()
    }

    /// Which repository and revision this is, where that is known; the address without credentials.
    fn provenance(&self) -> Option<Provenance> {
        None
    }

    /// Reads everything into `sink`.
    ///
    /// # Errors
    /// Only what stops the run; everything else is a [`Skip`].
    fn scan(&self, sink: &dyn Sink) -> Result<()>;
}
