//! Where a blob comes from.

use bstr::BString;
use std::sync::Arc;

/// The kind of place; its name is the `origin` field of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A file of a working tree or any folder.
    Worktree,
    /// A file of the index.
    Staged,
    /// A version of a file in the history.
    History,
    /// A commit object (message, author, mergetag).
    Message,
    /// An annotated tag object.
    Tag,
    /// A note.
    Note,
    /// A reference's name, or a line of its log.
    Ref,
    /// A configuration file of the repository.
    Config,
    /// Standard input.
    Stdin,
}

impl Kind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Worktree => "worktree",
            Kind::Staged => "staged",
            Kind::History => "history",
            Kind::Message => "message",
            Kind::Tag => "tag",
            Kind::Note => "note",
            Kind::Ref => "ref",
            Kind::Config => "config",
            Kind::Stdin => "stdin",
        }
    }
}

/// Whether a reference leads to the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// A root leads to it, or nothing shows that none does.
    #[default]
    Reachable,
    /// No root leads to it.
    Unreachable,
}

/// A commit, as far as a report needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Full hexadecimal id.
    pub id: String,
    /// Author's name; broken UTF-8 as U+FFFD.
    pub author: String,
    /// Author's address.
    pub email: String,
    /// Committer date, RFC 3339 with the commit's own offset.
    pub date: String,
    /// First line of the message.
    pub summary: String,
    /// Place in topological order, parents first, ties by date: the smallest rank is the first commit.
    pub rank: u64,
}

/// Where a blob comes from. Paths are raw bytes with `/` between their parts.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The kind of place.
    pub kind: Kind,
    /// The path to show: relative to the repository's root for staged and history, otherwise the argument joined
    /// with the rest. None for messages, tags, notes, references, configuration.
    pub path: Option<BString>,
    /// The path that fingerprints, globs and baselines use: relative to the repository's root; outside a
    /// repository the path below the argument. None where `path` is None.
    pub repo_path: Option<BString>,
    /// The tag, branch or notes reference it belongs to.
    pub reference: Option<BString>,
    /// The commit it belongs to; for a file's version the earliest one that holds it at this path.
    pub commit: Option<Arc<Commit>>,
    /// What held it first lies beyond a shallow boundary: no commit that is known was the first.
    pub is_cut_off: bool,
    /// The object's id, which tells one content of a history from another; empty elsewhere.
    pub object: BString,
    /// For [`Kind::History`]: this content is at this path in HEAD's tree. False otherwise.
    pub in_head: bool,
    /// Whether a reference leads to it.
    pub reach: Reach,
}

impl Origin {
    /// A file with the same path for display and for fingerprints.
    pub fn file(kind: Kind, path: impl Into<BString>) -> Self {
        let path = path.into();
        Origin { path: Some(path.clone()), repo_path: Some(path), ..Origin::nowhere(kind) }
    }

    /// Content without a path.
    pub fn nowhere(kind: Kind) -> Self {
        Origin {
            kind,
            path: None,
            repo_path: None,
            reference: None,
            commit: None,
            is_cut_off: false,
            object: BString::default(),
            in_head: false,
            reach: Reach::Reachable,
        }
    }
}

/// Where the scanned content is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The remote's address without credentials.
    pub uri: String,
    /// HEAD's commit.
    pub revision: Option<String>,
    /// HEAD's branch.
    pub branch: Option<String>,
}
