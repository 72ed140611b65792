//! What git would not add: .gitignore files, the nearest first, then the patterns that hold for the whole tree.

use super::pattern::as_glob;
use bstr::ByteSlice;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;
use std::sync::Arc;

/// The rules that hold in a folder: its own, and those above it.
#[derive(Debug)]
pub(super) struct Rules {
    own: Gitignore,
    above: Option<Arc<Rules>>,
}

/// Whether case tells names apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Case {
    /// It does.
    #[default]
    Kept,
    /// It does not (core.ignoreCase).
    Ignored,
}

/// Each pattern costs time and memory to compile, and a stranger's tree may bring any number of them. Nobody writes so
/// many; without some of them the others mean something else, so none of the file is used.
const MAX_PATTERNS: usize = 5_000;
const MAX_BYTES: usize = 256 << 10;

/// A file of patterns is too large to be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Rules {
    /// Adds the patterns of `file`, that stands in `folder` (relative to the work tree), to those above.
    pub(super) fn add(
        above: Option<Arc<Rules>>,
        folder: &[u8],
        file: &[u8],
        case: Case,
    ) -> Result<Option<Arc<Rules>>, TooMany> {
        if file.len() > MAX_BYTES || file.lines().count() > MAX_PATTERNS {
            return Err(TooMany);
        }
        let mut builder = GitignoreBuilder::new(folder.to_path_lossy());
        builder.case_insensitive(case == Case::Ignored).map_err(|_| TooMany)?;
        for line in file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file).lines() {
            // A pattern that does not compile fits nothing, as in git.
            let _ = as_glob(&line.to_str_lossy()).map(|glob| builder.add_line(None, &glob).is_ok());
        }
        let own = builder.build().map_err(|_| TooMany)?;
        Ok(if own.is_empty() { above } else { Some(Arc::new(Rules { own, above })) })
    }

    /// Whether the nearest rule that speaks of `path` (relative to the work tree) ignores it. Its folder is not.
    pub(super) fn ignore(&self, path: &Path, is_folder: bool) -> bool {
        let mut rules = self;
        loop {
            match (rules.own.matched(path, is_folder), &rules.above) {
                (Match::Ignore(_), _) => return true,
                (Match::Whitelist(_), _) | (Match::None, None) => return false,
                (Match::None, Some(above)) => rules = above,
            }
        }
    }
}
