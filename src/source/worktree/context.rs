//! Whose a folder is: a repository with its index and its patterns, or nobody's.

use super::rules::{Case, Rules, TooMany};
use crate::source::Sink;
use crate::source::git::excludes::{self, UserGit};
use crate::source::git::index::{EntryKind, Index};
use crate::source::git::open::Repository;
use bstr::BString;
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// A repository's work tree, or no repository at all (the default).
#[derive(Debug, Default)]
pub(super) struct Context {
    repository: Option<Repository>,
    loaded: OnceLock<Loaded>,
}

/// What is read of a repository when a folder of it is walked.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// What it tracks; empty where that can't be told.
    pub(super) index: Index,
    /// Whether the index could be read. Without it nothing may be taken for untracked, and nothing is ignored.
    pub(super) knows_tracked: bool,
    /// The paths of the submodules in the index.
    submodules: HashSet<BString>,
    /// The patterns that hold for the whole tree.
    pub(super) rules: Option<Arc<Rules>>,
    /// Whether case tells names apart.
    pub(super) case: Case,
    /// Where it does not: the tracked paths in lower case.
    folded: BTreeSet<Vec<u8>>,
}

impl Context {
    /// A repository with a work tree.
    pub(super) fn of(repository: Repository) -> Self {
        Context { repository: Some(repository), loaded: OnceLock::new() }
    }

    /// The repository.
    pub(super) fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
    }

    /// The root of the work tree.
    pub(super) fn work_tree(&self) -> Option<&Path> {
        self.repository.as_ref().and_then(|r| r.work_tree.as_deref())
    }

    /// Index and patterns, read once. `index_name` is what a report calls the index, should it be unreadable.
    pub(super) fn load(&self, user: &UserGit, index_name: BString, sink: &dyn Sink) -> &Loaded {
        self.loaded.get_or_init(|| {
            let Some(repository) = &self.repository else { return Loaded::default() };
            let mut loaded = Loaded::default();
            match Index::read(repository) {
                Ok(index) => {
                    let submodules = index.entries().filter(|e| e.kind() == EntryKind::Submodule);
                    loaded.submodules = submodules.map(|e| e.path.into()).collect();
                    loaded.index = index;
                    loaded.knows_tracked = true;
                }
                Err(error) => sink.skip(error.skip(index_name)),
            }
            let excludes = excludes::of(repository, user);
            if excludes.ignore_case {
                loaded.case = Case::Ignored;
                loaded.folded = loaded.index.entries().map(|entry| entry.path.to_ascii_lowercase()).collect();
            }
            for file in excludes.files {
                let patterns = excludes::read(&file).unwrap_or_default();
                match Rules::add(loaded.rules.clone(), b"", &patterns, loaded.case) {
                    Ok(rules) => loaded.rules = rules,
                    Err(TooMany) => sink.note(not_used("the user's or the repository's list of ignored files")),
                }
            }
            loaded
        })
    }
}

/// What the receipt says of patterns that are too many.
pub(super) fn not_used(what: &str) -> String {
    format!("{what} is too long to be used: what it ignores is scanned")
}

impl Loaded {
    /// Whether the index names a submodule at this path.
    pub(super) fn is_submodule(&self, path: &[u8]) -> bool {
        !self.submodules.is_empty() && self.submodules.contains(bstr::BStr::new(path))
    }

    /// Whether something at or below this folder is tracked.
    pub(super) fn tracks_below(&self, path: &[u8]) -> bool {
        if self.is_tracked(path) || !self.index.range_below(path).is_empty() {
            return true;
        }
        let start = [&path.to_ascii_lowercase()[..], b"/"].concat();
        self.folded.range(start.clone()..).next().is_some_and(|next| next.starts_with(&start))
    }

    /// Whether this file is tracked.
    pub(super) fn is_tracked(&self, path: &[u8]) -> bool {
        self.index.is_tracked(path) || !self.folded.is_empty() && self.folded.contains(&path.to_ascii_lowercase())
    }
}
