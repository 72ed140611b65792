//! What git would not add: .gitignore files, the nearest first, then the patterns that hold for the whole tree.

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

/// Each pattern costs time and memory to compile, and a stranger's tree may bring any number of them. Nobody writes so
/// many; without some of them the others mean something else, so none of the file is used.
const MAX_PATTERNS: usize = 5_000;
const MAX_BYTES: usize = 256 << 10;

/// A file of patterns is too large to be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Rules {
    /// Adds the patterns of `file`, that stands in `folder` (relative to the work tree), to those above.
    pub(super) fn add(above: Option<Arc<Rules>>, folder: &[u8], file: &[u8]) -> Result<Option<Arc<Rules>>, TooMany> {
        if file.len() > MAX_BYTES || file.lines().count() > MAX_PATTERNS {
            return Err(TooMany);
        }
        let mut builder = GitignoreBuilder::new(folder.to_path_lossy());
        for line in file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file).lines() {
            // A pattern that does not compile fits nothing, as in git.
            let _ = builder.add_line(None, &as_glob(&line.to_str_lossy()));
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

/// A line as a glob that means to `ignore` what it means to git: braces are letters like others, and of the white
/// space at the end only plain spaces are left out.
fn as_glob(line: &str) -> String {
    let mut line = line;
    while let Some(shorter) = line.strip_suffix(' ').filter(|shorter| !shorter.ends_with('\\')) {
        line = shorter;
    }
    let (mut out, mut escaped, mut class) = (String::with_capacity(line.len()), false, false);
    for (at, c) in line.char_indices() {
        let last = at + c.len_utf8() == line.len();
        match c {
            c if last && c.is_whitespace() && !class => {
                if escaped {
                    out.pop();
                }
                out.extend(['[', c, ']']);
                break;
            }
            '{' | '}' if !escaped && !class => out.push('\\'),
            '[' if !escaped => class = true,
            ']' => class = false,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}
