//! Everything a run knows when it ends, in a fixed order.

use super::{Finding, Redactor, order};
use crate::blob::{Provenance, Skip, SkipReason};
use std::collections::BTreeMap;

/// The result of a scan: findings in the order (path, line, column, rule), suppressed ones among them, and the receipt.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// All findings that were asked for, suppressed ones marked.
    pub findings: Vec<Finding>,
    /// What was read and what was not.
    pub receipt: Receipt,
}

/// The coverage receipt: what was asked for, what was read, what was not and why. It holds no times.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    /// What was asked for: "worktree", "staged", "history", "range", "stdin".
    pub source: String,
    /// The arguments: paths, the repository, the range, as the user gave them.
    pub asked: Vec<String>,
    /// Files read (tree, staged, stdin).
    pub files: u64,
    /// Commits read (history).
    pub commits: u64,
    /// Distinct blobs read (history).
    pub blobs: u64,
    /// Bytes of content read.
    pub bytes: u64,
    /// Skips, by reason.
    pub skips: BTreeMap<SkipReason, SkipCount>,
    /// Things worth saying that are no skip: "partial clone", "alternates read: ...", "nothing is staged".
    pub notes: Vec<String>,
    /// Findings that no reference leads to and that were not asked for.
    pub unreachable_findings: u64,
    /// Findings below --min-confidence.
    pub below_confidence: u64,
    /// Suppressed findings.
    pub suppressed: u64,
    /// Suppressions that matched nothing any more, expired ones, moved ones: for people.
    pub stale: Vec<Stale>,
    /// No entry at all was found where some were expected (an empty folder, a repository without commits).
    pub empty: bool,
    /// The scan was cut off by the user.
    pub interrupted: bool,
    /// Which repository and revision was scanned, where that is known.
    pub provenance: Option<Provenance>,
    /// --strict: policy skips count as failures.
    pub strict: bool,
}

/// How often something was skipped, and the first places (in order) as examples.
#[derive(Clone, Debug, Default)]
pub struct SkipCount {
    /// How many.
    pub count: u64,
    /// The first ones in order of place; for failures at most 1000, for policy skips at most 100.
    pub first: Vec<Skip>,
}

/// A suppression that needs care: the receipt names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// What it is, without any secret: "baseline entry 0123... (mistral-api-key in a.py)".
    pub what: String,
    /// "matches nothing any more", "expired on 2026-01-01", "moved to b.py".
    pub why: String,
}

/// How many skips of a reason are named.
fn named(reason: SkipReason) -> usize {
    if reason.is_failure() { 1000 } else { 100 }
}

impl Receipt {
    /// Takes another one's counts and words in. There is an entry if one of the two has one.
    fn join(&mut self, other: Receipt) {
        self.asked.extend(other.asked);
        self.files += other.files;
        self.commits += other.commits;
        self.blobs += other.blobs;
        self.bytes += other.bytes;
        self.unreachable_findings += other.unreachable_findings;
        self.below_confidence += other.below_confidence;
        self.suppressed += other.suppressed;
        for (reason, SkipCount { count, first }) in other.skips {
            let entry = self.skips.entry(reason).or_default();
            entry.count += count;
            entry.first.extend(first);
            entry.first.sort();
            entry.first.truncate(named(reason));
        }
        self.notes.extend(other.notes);
        self.notes.sort();
        self.notes.dedup();
        self.stale.extend(other.stale);
        self.stale.sort();
        self.empty &= other.empty;
        self.interrupted |= other.interrupted;
        self.provenance = self.provenance.take().filter(|own| other.provenance.as_ref() == Some(own));
        self.strict |= other.strict;
    }

    /// Adds skips: counted, and the first of each reason kept in order whatever the order they come in.
    pub fn add_skips(&mut self, mut skips: Vec<Skip>) {
        skips.sort();
        skips.dedup();
        for skip in skips {
            let keep = named(skip.reason);
            let entry = self.skips.entry(skip.reason).or_default();
            entry.count += 1;
            if entry.first.len() < keep {
                entry.first.push(skip);
            }
        }
    }

    /// Adds binary blobs of a history: they are counted, and have no path to name.
    pub fn add_binary_blobs(&mut self, count: u64) {
        if count > 0 {
            self.skips.entry(SkipReason::Binary).or_default().count += count;
        }
    }

    /// Whether something that was asked for was not read.
    pub fn is_incomplete(&self) -> bool {
        self.interrupted || self.empty || self.failures() > 0
    }

    /// How many skips are failures; with `strict` policy skips too.
    pub fn failures(&self) -> u64 {
        self.skips.iter().filter(|(r, _)| self.strict || r.is_failure()).map(|(_, c)| c.count).sum()
    }
}

impl Outcome {
    /// This one and others, of scans that had nothing in common but the run: one outcome in the same order, in which no
    /// value of one stands openly in a text of another.
    pub fn joined(mut self, others: impl IntoIterator<Item = Outcome>) -> Outcome {
        let mut others = others.into_iter().peekable();
        if others.peek().is_none() {
            return self;
        }
        for other in others {
            self.findings.extend(other.findings);
            self.receipt.join(other.receipt);
        }
        self.findings.sort_by(order);
        Redactor::of(&self.findings).redact(&mut self);
        self
    }

    /// The findings that count: not suppressed.
    pub fn active(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| f.suppressed.is_none())
    }
}
