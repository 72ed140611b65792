//! Other tools' lists of known findings, carried over into a baseline as far as they can be.
//!
//! Our fingerprints need the secret, and these lists have a place, a hash or the value. So each entry is looked for
//! among the findings of a scan: by its value where the list holds it (gitleaks' reports), by its hash
//! (detect-secrets), else by file and line. Rules have other names there and are not compared. What is not found
//! is told, with the reason: an entry guessed wrong would hide a secret that nobody has looked at.

mod detect_secrets;
mod gitleaks;

use super::baseline::{Baseline, Entry, Terms, word};
use crate::Result;
use crate::config::{file_error, read_text};
use crate::finding::{Finding, Secret, Stale};
use bstr::{BStr, BString, ByteSlice};
use serde_json::Value as Json;
use sha1::{Digest, Sha1};
use std::collections::HashMap;
use std::path::Path;

/// Far above any such list, and far below what memory holds.
const MAX_BYTES: u64 = 256 << 20;
/// Shorter values are not looked for within others: they stand in too many.
const PIECE_LENGTH: usize = 8;

/// Another tool's list, read.
#[derive(Debug, Default)]
pub struct Foreign {
    known: Vec<Known>,
    /// What could not be read.
    lost: Vec<Stale>,
}

/// What became of a list.
#[derive(Debug)]
pub struct Imported {
    /// The entries for what was found again.
    pub baseline: Baseline,
    /// How many of the list's entries were carried over; one can give several entries, and several one.
    pub carried: usize,
    /// What could not be carried over, and why; in the order of the list.
    pub lost: Vec<Stale>,
}

/// An entry of the list.
#[derive(Debug)]
struct Known {
    /// What it is called when it is lost.
    what: String,
    path: BString,
    line: u64,
    /// The commit that brought it, if the list says so.
    commit: Option<String>,
    secret: KnownSecret,
    reason: String,
}

/// What the list knows of the secret.
#[derive(Debug)]
enum KnownSecret {
    /// Nothing: its place must do.
    Place,
    /// Its value.
    Value(Secret),
    /// Its SHA-1.
    Hash([u8; 20]),
}

impl Foreign {
    /// Reads a .gitleaksignore, a report or baseline of gitleaks in JSON, or a .secrets.baseline of detect-secrets.
    ///
    /// # Errors
    /// [`crate::Error::File`] if it is none of these, never with its text; [`crate::Error::Path`].
    pub fn read(path: &Path) -> Result<Foreign> {
        Foreign::parse(&read_text(path, MAX_BYTES)?, path)
    }

    /// Reads the text of one; `path` is where it stands.
    ///
    /// # Errors
    /// As [`Foreign::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Foreign> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let name = path.file_name().map_or_else(|| "a file".into(), |name| name.to_string_lossy().into_owned());
        let foreign = match serde_json::from_str(text) {
            Ok(Json::Array(findings)) => Some(gitleaks::report(&findings, &name)),
            Ok(json @ Json::Object(_)) => detect_secrets::baseline(&json, &name),
            // A path can begin with a bracket too, as in `[id].ts:rule:1`.
            Err(e) if text.trim_start().starts_with(['{', '[']) => {
                let lines = gitleaks::ignore_file(text, &name).filter(|foreign| foreign.lost.is_empty());
                // The error's own words could quote the text.
                return lines.ok_or_else(|| file_error(path, Some(e.line()), "is not valid JSON"));
            }
            _ => gitleaks::ignore_file(text, &name),
        };
        foreign.ok_or_else(|| {
            file_error(
                path,
                None,
                "is no .gitleaksignore, no JSON report of gitleaks and no .secrets.baseline of detect-secrets",
            )
        })
    }

    /// Whether an entry is known only by a commit and a place in it, so that the findings of the history are needed.
    pub fn names_commits(&self) -> bool {
        self.known.iter().any(|known| known.commit.is_some() && matches!(known.secret, KnownSecret::Place))
    }

    /// Looks for the entries among the findings of a scan, of the tree or the history or both.
    pub fn carry_over(&self, findings: &[Finding]) -> Imported {
        let mut by_path: HashMap<&BStr, Vec<&Finding>> = HashMap::new();
        for finding in findings {
            let (own, shown) = (&finding.origin.repo_path, &finding.origin.path);
            for path in [own.as_ref(), shown.as_ref().filter(|path| Some(*path) != own.as_ref())].into_iter().flatten()
            {
                by_path.entry(path.as_bstr()).or_default().push(finding);
            }
        }
        let (mut entries, mut carried, mut lost) = (Vec::new(), 0, self.lost.clone());
        for known in &self.known {
            let there = known.paths().find_map(|path| by_path.get(path)).map_or(&[][..], Vec::as_slice);
            let same: Vec<_> = there.iter().filter(|finding| known.is(finding)).collect();
            match (same.is_empty(), Terms::new(&known.reason, None, None)) {
                (false, Ok(terms)) => {
                    carried += 1;
                    entries.extend(same.into_iter().map(|finding| Entry::of(finding, terms.clone())));
                }
                _ => lost.push(Stale { what: known.what.clone(), why: known.why_lost(there) }),
            }
        }
        Imported { baseline: Baseline::of(entries), carried, lost }
    }
}

impl Known {
    /// An entry of the list file `name`: its `number`th, or that on this line. `title`: what the other tool calls it.
    fn new(list: &str, number: usize, title: &str, path: &str, line: u64) -> Known {
        let path = path.replace('\\', "/");
        let path = path.trim_start_matches("./");
        let title: String = title.chars().take(100).collect();
        Known {
            what: format!("{list}: entry {number} ({} in {}:{line})", word(title.as_bytes()), word(path.as_bytes())),
            path: path.into(),
            line,
            commit: None,
            secret: KnownSecret::Place,
            reason: format!("imported from {list}"),
        }
    }

    /// The path as the list has it and, of an absolute one, every end of it: the list does not tell its root.
    fn paths(&self) -> impl Iterator<Item = &BStr> {
        let is_absolute = self.path.first() == Some(&b'/') || self.path.get(1..3) == Some(b":/");
        let ends = self.path.find_iter("/").filter(move |_| is_absolute).map(|at| self.path[at + 1..].as_bstr());
        std::iter::once(self.path.as_bstr()).chain(ends)
    }

    /// Whether it means this finding, which stands in its file.
    fn is(&self, finding: &Finding) -> bool {
        let value = finding.secret.reveal();
        let on_line = (finding.line..=finding.end_line).contains(&self.line);
        match &self.secret {
            KnownSecret::Hash(hash) => Sha1::digest(value)[..] == hash[..],
            // The other tool may take more around a value for a part of it, or less.
            KnownSecret::Value(known) => {
                let (long, short) =
                    if known.reveal().len() > value.len() { (known.reveal(), value) } else { (value, known.reveal()) };
                long == short || (on_line && short.len() >= PIECE_LENGTH && long.contains_str(short))
            }
            // A line number tells something only of the version that it was counted in.
            KnownSecret::Place => on_line && self.commit_fits(finding),
        }
    }

    fn commit_fits(&self, finding: &Finding) -> bool {
        match (&self.commit, &finding.origin.commit) {
            (None, commit) => commit.is_none(),
            (Some(id), Some(commit)) => commit.id.starts_with(id.as_str()),
            (Some(_), None) => false,
        }
    }

    fn why_lost(&self, there: &[&Finding]) -> String {
        let history = there.iter().any(|finding| finding.origin.commit.is_some());
        match (&self.secret, &self.commit) {
            _ if there.is_empty() => "nothing is found in this file any more",
            (KnownSecret::Place, Some(_)) if !history => {
                "it is known by a commit alone, and the history was not scanned"
            }
            (KnownSecret::Place, Some(_)) => "nothing is found that this commit first brought to this line",
            (KnownSecret::Place, None) => "nothing is found on this line",
            _ => "nothing with this value is found in this file",
        }
        .into()
    }
}

/// A text field of a JSON object.
fn text<'a>(json: &'a Json, key: &str) -> Option<&'a str> {
    json.get(key)?.as_str()
}

#[cfg(test)]
mod tests;
