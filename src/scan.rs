//! The belt: runs a source through detection, suppression and redaction into an [`Outcome`].

mod belt;

use crate::Result;
use crate::blob::Kind;
use crate::clock::{Clock, Stage};
use crate::detect::{Detector, Path, Place};
use crate::finding::{Finding, Fingerprint, Outcome, Receipt, Redactor, Secret, SuppressedBy, Suppression};
use crate::rule::{Confidence, Rule};
use crate::source::{Source, Unit};
use crate::suppress::{Allowlist, Baseline};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

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
    /// Whether a scan that finds no entry at all is complete (--allow-empty).
    pub empty: Empty,
    /// Whether policy skips count as failures (--strict).
    pub strict: bool,
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
        (self.select.is_empty() || self.select.iter().any(|n| names(n, rule)))
            && !self.ignore.iter().any(|n| names(n, rule))
    }
}

/// Whether `name` (an id, a tag or a provider, in any case) names the rule.
pub fn names(name: &str, rule: &Rule) -> bool {
    let same = |other: &str| other.to_lowercase() == name.to_lowercase();
    same(&rule.id) || same(&rule.provider) || rule.tags.iter().any(|tag| same(tag))
}

/// So many names and messages are looked at by the thread at hand.
const FEW: usize = 32;

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

/// What it means that no entry at all was found where some were expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// The run is incomplete.
    Incomplete,
    /// Nothing (--allow-empty).
    Allowed,
}

/// Watches a scan from other threads: what was read so far, and the wish to stop.
#[derive(Debug, Default)]
pub struct Watch {
    /// Set to stop at once.
    pub cancelled: AtomicBool,
    by_unit: [AtomicU64; Unit::COUNT],
    findings: AtomicU64,
    /// Takes the time of what goes on, if anybody wants to know.
    pub(crate) clock: Arc<Clock>,
}

impl Watch {
    /// A watch whose scan is timed.
    pub fn timed(clock: Arc<Clock>) -> Watch {
        Watch { clock, ..Watch::default() }
    }

    /// How many of `unit` were read so far.
    pub fn read(&self, unit: Unit) -> u64 {
        self.by_unit[unit as usize].load(Ordering::Relaxed)
    }

    /// How many matches there are so far.
    pub fn findings(&self) -> u64 {
        self.findings.load(Ordering::Relaxed)
    }

    /// Whether the user asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl Scan {
    /// Runs `source` to its end.
    ///
    /// # Errors
    /// What stops the source.
    pub fn run(&self, source: &dyn Source, watch: &Watch) -> Result<Outcome> {
        let belt = belt::Belt::new(self, watch, source);
        source.scan(&belt)?;
        watch.clock.stage(Stage::Settle, || Ok(self.settled(source, watch, belt)))
    }

    /// What the belt holds, as it is told.
    fn settled(&self, source: &dyn Source, watch: &Watch, belt: belt::Belt<'_>) -> Outcome {
        let belt::Collected { mut findings, skips, binary, notes, below } = belt.collect();

        let mut receipt = self.receipt(source, watch);
        receipt.notes = notes;
        receipt.below_confidence = below;
        receipt.add_skips(skips);
        receipt.add_binary_blobs(binary);
        if self.unreachable == Unreachable::Counted {
            let all = findings.len();
            findings.retain(|f| f.origin.reach == crate::blob::Reach::Reachable);
            receipt.unreachable_findings = (all - findings.len()) as u64;
        }
        crate::finding::without_echoes(&mut findings);
        self.suppress(&mut findings, source, &mut receipt);
        findings.sort_by(crate::finding::order);
        let mut outcome = Outcome { findings, receipt };
        Redactor::with(&outcome.findings, &self.told(&outcome)).redact(&mut outcome);
        outcome
    }

    /// All that [`crate::source::Sink::worth`] depends on but for the program itself: the same bytes, the same answers.
    pub fn worth_depends_on(&self) -> Vec<u8> {
        let own = self.detector.rules().rules.iter().filter(|rule| rule.spec.embedded.is_none());
        let rules: Vec<String> = own.map(|rule| format!("{rule:?}")).collect();
        format!("{}\n{rules:?}", self.min_confidence.name()).into_bytes()
    }

    /// Secrets in what is told beside the findings' own lines: a summary, a name. Whether their rules are selected or
    /// their own texts were read does not matter.
    fn told(&self, outcome: &Outcome) -> Vec<Secret> {
        let mut texts: BTreeSet<&[u8]> = BTreeSet::new();
        for finding in &outcome.findings {
            let origin = &finding.origin;
            texts.extend([&origin.path, &origin.reference].into_iter().flatten().map(|name| name.as_slice()));
            let people = origin.commit.iter().flat_map(|c| [&c.summary, &c.author, &c.email]);
            texts.extend(people.map(|text| text.as_bytes()));
        }
        for skip in outcome.receipt.skips.values().flat_map(|s| &s.first) {
            texts.extend([skip.place.as_slice(), skip.detail.as_bytes()]);
        }
        let receipt = &outcome.receipt;
        texts.extend(receipt.asked.iter().chain(&receipt.notes).map(|text| text.as_bytes()));
        texts.extend(receipt.stale.iter().flat_map(|s| [s.what.as_bytes(), s.why.as_bytes()]));
        let provenance = receipt.provenance.iter().flat_map(|p| [Some(&p.uri), p.branch.as_ref()]);
        texts.extend(provenance.flatten().map(|text| text.as_bytes()));
        let texts: Vec<&[u8]> = texts.into_iter().filter(|text| text.len() >= Redactor::LEAST).collect();
        let found = |text: &&[u8]| secrets_in(text, &self.detector);
        // To start the threads takes longer than to look at a few lines.
        if texts.len() <= FEW {
            return texts.iter().flat_map(found).collect();
        }
        texts.par_iter().flat_map_iter(found).collect()
    }

    /// Whether every finding that a baseline usually knows would be reported.
    fn reports_all(&self) -> bool {
        let all_rules = self.selection.select.is_empty() && self.selection.ignore.is_empty();
        all_rules && self.min_confidence <= Confidence::Medium
    }

    fn receipt(&self, source: &dyn Source, watch: &Watch) -> Receipt {
        Receipt {
            source: source.name().into(),
            asked: source.asked(),
            files: watch.read(Unit::File),
            commits: watch.read(Unit::Commit),
            blobs: watch.read(Unit::Blob),
            bytes: watch.read(Unit::Byte),
            empty: source.expects_entries() && watch.read(Unit::Entry) == 0 && self.empty == Empty::Incomplete,
            interrupted: watch.is_cancelled(),
            strict: self.strict,
            provenance: source.provenance(),
            ..Receipt::default()
        }
    }

    /// Fingerprints, then allowlist, then baseline; comments have spoken already, while the text was at hand.
    fn suppress(&self, findings: &mut [Finding], source: &dyn Source, receipt: &mut Receipt) {
        Fingerprint::all(findings);
        // The allowlist is asked even where a comment has spoken, so that an entry which fits does not look unused.
        for finding in findings.iter_mut() {
            let verdict = self.allow.verdict(finding);
            finding.suppressed = finding.suppressed.take().or(verdict);
        }
        let whole = source.is_whole() && self.reports_all();
        if whole {
            receipt.stale = self.allow.unused();
        }
        if let Some(baseline) = &self.baseline {
            let held = |path: &[u8]| source.holds_path(path);
            receipt.stale.extend(baseline.mark(findings, &held, whole));
        }
        receipt.stale.sort();
        receipt.suppressed = findings.iter().filter(|f| f.suppressed.is_some()).count() as u64;
    }
}

/// Secrets in a text that is told beside findings.
fn secrets_in(text: &[u8], detector: &Detector) -> Vec<Secret> {
    let found = detector.detect(text, Place { kind: Kind::Message, path: Path::None });
    found.iter().filter(|m| m.confidence >= Confidence::Medium).map(|m| Secret::clone(&m.secret)).collect()
}

/// A message about what a user typed or what a file is called, without the secrets in it.
pub fn without_secrets(message: &str, detector: &Detector) -> String {
    let mut message = message.to_owned();
    Redactor::with(&[], &secrets_in(message.as_bytes(), detector)).text(&mut message);
    message
}

/// A comment's suppression, for tests and for `explain`.
pub fn inline(reason: impl Into<String>) -> Suppression {
    Suppression { by: SuppressedBy::Inline, reason: reason.into() }
}
