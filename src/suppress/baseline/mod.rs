//! The baseline: known findings by fingerprint, one sorted line each; no secret, no line number, no time stamp.
//!
//! [`Baseline::mark`] marks what is known in a scan's findings. [`Baseline::create`], [`Baseline::with`] and
//! [`Baseline::prune`] make new baselines of old ones; nothing here changes a file but [`Baseline::write`].

mod edit;
mod entry;
mod file;
mod moved;
mod quote;

pub use entry::{Entry, Terms};
pub(super) use quote::word;

use crate::Result;
use crate::finding::{Finding, Fingerprint, Stale, SuppressedBy, Suppression};
use bstr::ByteSlice;
use moved::Moves;
use std::path::Path;

/// A baseline, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted, one for each fingerprint.
    entries: Vec<Entry>,
    /// The day that expiry dates are held against; empty: before any.
    today: String,
}

/// What a scan says of the entries.
struct Review {
    /// Whether a finding has the entry's fingerprint, in the order of the entries.
    matched: Vec<bool>,
    moves: Moves,
}

impl Baseline {
    /// Reads a baseline file. `today`: YYYY-MM-DD; entries that expired before it do not count.
    ///
    /// # Errors
    /// [`crate::Error::File`] with the line, never its text.
    pub fn read(path: &Path, today: &str) -> Result<Baseline> {
        Ok(file::read(path)?.on(today))
    }

    /// Reads the text of a baseline file; `path` is where it stands. No entry has expired, see [`Baseline::on`].
    ///
    /// # Errors
    /// As [`Baseline::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Baseline> {
        file::parse(text, path)
    }

    /// The same on that day, YYYY-MM-DD.
    #[must_use]
    pub fn on(mut self, today: &str) -> Baseline {
        self.today = today.to_owned();
        self
    }

    /// Its entries, sorted, one for each fingerprint.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Marks the findings that are in it. `still_there` answers whether a repository-relative path is still in the
    /// tree (in history: in HEAD): an entry whose file is gone covers the same secret at one other path, which
    /// the returned notes name, as they name entries that match nothing and expired ones. `whole`: the scan saw
    /// everything, so that an entry without a match is stale.
    pub fn mark(&self, findings: &mut [Finding], still_there: &dyn Fn(&[u8]) -> bool, whole: bool) -> Vec<Stale> {
        let review = self.review(findings, still_there);
        for finding in findings.iter_mut().filter(|finding| finding.suppressed.is_none()) {
            let direct = self.find(&finding.fingerprint).filter(|i| self.counts(*i));
            if let Some(i) = direct.or_else(|| review.moves.entry(finding)) {
                let reason = self.entries[i].terms.reason.clone();
                finding.suppressed = Some(Suppression { by: SuppressedBy::Baseline, reason });
            }
        }
        self.notes(&review, whole)
    }

    fn review(&self, findings: &[Finding], still_there: &dyn Fn(&[u8]) -> bool) -> Review {
        let mut matched = vec![false; self.entries.len()];
        for i in findings.iter().filter_map(|finding| self.find(&finding.fingerprint)) {
            matched[i] = true;
        }
        Review { matched, moves: self.moves(findings, still_there) }
    }

    /// What there is to say of the entries, in order.
    fn notes(&self, review: &Review, whole: bool) -> Vec<Stale> {
        let mut notes: Vec<Stale> = (0..self.entries.len()).filter_map(|i| self.note(i, review, whole)).collect();
        if review.moves.are_cut_off {
            notes.push(Stale {
                what: "baseline".into(),
                why: "has too many entries of files that are gone to look for all of them elsewhere; `leakbreak baseline \
                      prune` leaves those out that match nothing"
                    .into(),
            });
        }
        notes.sort();
        notes
    }

    fn note(&self, i: usize, review: &Review, whole: bool) -> Option<Stale> {
        let entry = &self.entries[i];
        let why = match (&entry.terms.expires, review.moves.of(i)) {
            (Some(day), _) if !self.counts(i) => format!("expired on {day}"),
            (_, Some((path, _))) => format!("moved to {}", quote::word(path)),
            _ if whole && !review.matched[i] => "matches nothing any more".into(),
            _ => return None,
        };
        Some(Stale { what: entry.name(), why })
    }

    /// The entry with this fingerprint.
    fn find(&self, fingerprint: &Fingerprint) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.fingerprint.cmp(fingerprint)).ok()
    }

    /// Whether the entry has not expired.
    fn counts(&self, i: usize) -> bool {
        !self.entries[i].terms.are_over(&self.today)
    }
}

/// The last part of a path.
fn file_name(path: &[u8]) -> &[u8] {
    path.rfind_byte(b'/').map_or(path, |at| &path[at + 1..])
}

#[cfg(test)]
mod tests;
