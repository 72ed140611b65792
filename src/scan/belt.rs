//! Where the sources' threads put what they read: text, matches, findings without their fingerprints.

use super::{InlineComments, Scan, Watch};
use crate::blob::{Blob, Content, Kind, LineIndex, Origin, Positions, Scope, Skip, SkipReason, Text};
use crate::clock::{Clock, Stage};
use crate::detect::carry::{self, Carry, Made};
use crate::detect::{Examined, Match, Path, Place, settings};
use crate::finding::{Excerpt, Finding, Fingerprint, Secret, fold};
use crate::rule::Confidence;
use crate::source::{Lineage, Memo, Sink, Source, Unit};
use crate::suppress::inline::Inline;
use bstr::{BStr, BString};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The sink of a scan.
pub(super) struct Belt<'a> {
    scan: &'a Scan,
    watch: &'a Watch,
    source: &'a dyn Source,
    findings: Mutex<Vec<Finding>>,
    skips: Mutex<Vec<Skip>>,
    notes: Mutex<Vec<String>>,
    below: Mutex<HashSet<u64>>,
    binary: AtomicU64,
}

/// What a belt holds at the end.
pub(super) struct Collected {
    /// Folded: in history one a (rule, secret, path), occurrences counted.
    pub(super) findings: Vec<Finding>,
    pub(super) skips: Vec<Skip>,
    /// Binary blobs of a history, which have no path yet when they are passed over.
    pub(super) binary: u64,
    pub(super) notes: Vec<String>,
    /// Distinct (rule, secret, path) below the least confidence.
    pub(super) below: u64,
}

/// A text with what is read from it once.
struct Page<'a> {
    text: &'a [u8],
    lines: LineIndex,
    inline: Inline,
    /// Of all matches, sorted; what an excerpt hides.
    spans: Vec<Range<usize>>,
}

impl<'a> Belt<'a> {
    pub(super) fn new(scan: &'a Scan, watch: &'a Watch, source: &'a dyn Source) -> Self {
        Belt {
            scan,
            watch,
            source,
            findings: Mutex::default(),
            skips: Mutex::default(),
            notes: Mutex::default(),
            below: Mutex::default(),
            binary: AtomicU64::new(0),
        }
    }

    pub(super) fn collect(self) -> Collected {
        let findings = self.findings.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut notes = self.notes.into_inner().unwrap_or_else(PoisonError::into_inner);
        notes.sort();
        notes.dedup();
        Collected {
            findings: fold(findings),
            skips: self.skips.into_inner().unwrap_or_else(PoisonError::into_inner),
            binary: self.binary.into_inner(),
            notes,
            below: self.below.into_inner().unwrap_or_else(PoisonError::into_inner).len() as u64,
        }
    }

    /// Detects in a text and keeps what the scan asks for; whether there was anything at all.
    fn detect(&self, blob: &Blob<'_>, text: &[u8]) -> bool {
        let origin = &blob.origin;
        let path = origin.repo_path.as_ref().map_or(Path::None, |p| Path::Known(p.as_ref()));
        let place = Place { kind: origin.kind, path };
        let examine = || self.scan.detector.examine(text, place);
        let Examined { mut matches, truncated } = self.watch.clock.inner(Stage::Judge, examine);
        if truncated {
            let why = "more encoded text than is decoded; the rest was read as it stands";
            self.skip(Skip::new(SkipReason::DecodeLimit, place_of(origin), why));
        }
        if matches.is_empty() {
            return truncated;
        }
        self.follow(&mut matches, text, origin);
        let lines = LineIndex::new(text);
        let inline = match self.scan.inline {
            InlineComments::Honoured => {
                let secrets = matches.iter().map(|m| (m.span.clone(), &m.secret));
                Inline::read(text, &lines).with_reasons(secrets)
            }
            InlineComments::Ignored => Inline::default(),
        };
        let page = Page { text, lines, inline, spans: matches.iter().map(|m| m.span.clone()).collect() };
        let asked = |m: &Match| counts(m, blob, &page.lines) && self.asked_for(m, origin);
        let kept = matches.iter().enumerate().filter(|(_, m)| asked(m));
        let positions = Positions::new(&page.lines, text);
        self.keep(kept.map(|(i, m)| finding(m, i, blob, &page, &positions)).collect());
        true
    }

    /// Gives settings that bear nobody's name to those whom the project's programs hand them to.
    fn follow(&self, matches: &mut [Match], text: &[u8], origin: &Origin) {
        if !origin.repo_path.as_ref().is_some_and(|path| settings::is_settings(path)) {
            return;
        }
        let unowned = settings::unowned(text, matches);
        if unowned.is_empty() {
            return;
        }
        let beside = self.source.beside(origin);
        let detector = &self.scan.detector;
        for (n, name) in unowned {
            let found = &mut matches[n];
            if detector.follow(text, found, name, &beside) {
                continue;
            }
            let Some((rule, hint)) = detector.hinted(text, found, &beside) else { continue };
            found.evidence.push(hint);
            // A hint is less than the secret's own finding, but where that is not asked for, it is something.
            if !self.scan.selection.holds(&found.rule) {
                (found.rule, found.title, found.confidence) = (rule, None, Confidence::Low);
            }
        }
    }

    fn keep(&self, kept: Vec<Finding>) {
        if !kept.is_empty() {
            self.watch.findings.fetch_add(kept.len() as u64, Ordering::Relaxed);
            lock(&self.findings).extend(kept);
        }
    }

    /// Whether the match is selected and sure enough; weaker ones are counted.
    fn asked_for(&self, found: &Match, origin: &Origin) -> bool {
        if !self.scan.selection.holds(&found.rule) {
            return false;
        }
        if found.confidence >= self.scan.min_confidence {
            return true;
        }
        let mut hash = DefaultHasher::new();
        (&found.rule.id, &found.secret, &origin.path).hash(&mut hash);
        lock(&self.below).insert(hash.finish());
        false
    }
}

impl Sink for Belt<'_> {
    fn blob(&self, blob: Blob<'_>) {
        self.tells(blob);
    }

    fn tells(&self, blob: Blob<'_>) -> bool {
        match Text::decode(&blob.bytes) {
            Content::Text(text) => self.detect(&blob, &text.bytes),
            Content::Binary => {
                self.skip(Skip::new(SkipReason::Binary, place_of(&blob.origin), ""));
                true
            }
        }
    }

    fn name(&self, origin: Origin) {
        let Some(name) = origin.path.clone() else { return };
        let matches = self.scan.detector.detect(&name, Place { kind: origin.kind, path: Path::None });
        if matches.is_empty() {
            return;
        }
        let spans: Vec<_> = matches.iter().map(|m| m.span.clone()).collect();
        let kept = matches.iter().enumerate().filter(|(_, m)| self.asked_for(m, &origin));
        self.keep(kept.map(|(i, m)| name_finding(m, i, &spans, &name, &origin)).collect());
    }

    fn skip(&self, skip: Skip) {
        lock(&self.skips).push(skip);
    }

    fn count(&self, unit: Unit, n: u64) {
        self.watch.by_unit[unit as usize].fetch_add(n, Ordering::Relaxed);
    }

    fn note(&self, note: String) {
        lock(&self.notes).push(note);
    }

    fn worth(&self, raw: &[u8]) -> bool {
        let probe = |text: &[u8]| self.scan.detector.probe(text, self.scan.min_confidence);
        match Text::decode(raw) {
            Content::Text(text) => self.watch.clock.inner(Stage::Look, || probe(&text.bytes)),
            Content::Binary => {
                self.binary.fetch_add(1, Ordering::Relaxed);
                false
            }
        }
    }

    fn clock(&self) -> &Clock {
        &self.watch.clock
    }

    fn binary(&self, n: u64) {
        self.binary.fetch_add(n, Ordering::Relaxed);
    }

    fn worth_of(&self, raw: &[u8], made: Option<Lineage<'_>>) -> (bool, Option<Memo>) {
        let Content::Text(text) = Text::decode(raw) else { return (self.worth(raw), None) };
        // Places in what was transcoded are others than those in the content.
        if text.bytes.len() != raw.len() || raw.len() > carry::LARGEST {
            return (self.scan.detector.probe(&text.bytes, self.scan.min_confidence), None);
        }
        let (detector, floor) = (&self.scan.detector, self.scan.min_confidence);
        let base = made.as_ref().and_then(|made| made.memo.0.downcast_ref::<Carry>());
        let carry = self.watch.clock.inner(Stage::Look, || match (made, base) {
            (Some(Lineage { size, copied, .. }), Some(base)) => {
                detector.probe_made(raw, floor, Made { base, size, copied })
            }
            _ => detector.probe_whole(raw, floor),
        });
        (carry.worth, Some(Memo(Arc::new(carry))))
    }

    fn cancelled(&self) -> bool {
        self.watch.is_cancelled()
    }
}

/// Whether a match belongs to this blob: to its window, and to the lines that count.
fn counts(found: &Match, blob: &Blob<'_>, lines: &LineIndex) -> bool {
    if blob.window.as_ref().is_some_and(|w| !w.keep.contains(&found.span.start)) {
        return false;
    }
    let Scope::Lines(added) = &blob.scope else { return true };
    let touched = |span: &Range<usize>| {
        let last = span.end.saturating_sub(1).max(span.start);
        added.touches(lines.line(span.start), lines.line(last))
    };
    touched(&found.span) || found.evidence.iter().filter_map(|e| e.span.as_ref()).any(touched)
}

fn finding(found: &Match, i: usize, blob: &Blob<'_>, page: &Page<'_>, positions: &Positions<'_>) -> Finding {
    let (start, end) = (positions.of(found.span.start), positions.of(found.span.end));
    let suppressed = page.inline.verdict(&found.rule.id, start.line, end.line);
    let (lines, columns) = blob.window.as_ref().map_or((0, 0), |w| (w.first_line - 1, w.first_column - 1));
    let on_first = |line: u64| if line == 1 { columns } else { 0 };
    let draft = draft(found, blob.origin.clone(), Excerpt::new(page.text, &page.lines, &page.spans, i, &found.secret));
    if is_reference_name(&blob.origin, page.text) {
        return Finding { line: 0, column: 0, end_line: 0, end_column: 0, ..draft };
    }
    Finding {
        line: start.line + lines,
        column: start.column + on_first(start.line),
        end_line: end.line + lines,
        end_column: end.column + on_first(end.line),
        suppressed,
        ..draft
    }
}

/// Whether the text is a reference's own name, which has no lines.
fn is_reference_name(origin: &Origin, text: &[u8]) -> bool {
    origin.kind == Kind::Ref && origin.reference.as_ref().is_some_and(|name| name.as_slice() == text)
}

/// A secret in a name stands at line 1, columns 1 to 1.
fn name_finding(found: &Match, i: usize, spans: &[Range<usize>], name: &BString, origin: &Origin) -> Finding {
    draft(found, origin.clone(), Excerpt::new(name, &LineIndex::new(name), spans, i, &found.secret))
}

fn draft(found: &Match, origin: Origin, excerpt: Excerpt) -> Finding {
    Finding {
        rule: found.rule.clone(),
        title: found.title.clone().unwrap_or_else(|| found.rule.title.clone()),
        confidence: found.confidence,
        origin,
        line: 1,
        column: 1,
        end_line: 1,
        end_column: 1,
        secret: Secret::clone(&found.secret),
        fingerprint: Fingerprint::none(),
        excerpt: excerpt.text,
        excerpt_mark: excerpt.mark,
        evidence: found.evidence.iter().map(|e| e.reason.clone()).collect(),
        occurrences: 1,
        path_redacted: false,
        suppressed: None,
        verified: None,
    }
}

/// What a skip calls a blob.
fn place_of(origin: &Origin) -> BString {
    let commit = || origin.commit.as_ref().map(|c| BString::from(c.id.clone()));
    origin
        .path
        .clone()
        .or_else(|| origin.reference.clone())
        .or_else(commit)
        .unwrap_or_else(|| kind_name(origin.kind).into())
}

fn kind_name(kind: Kind) -> &'static BStr {
    BStr::new(kind.name())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
