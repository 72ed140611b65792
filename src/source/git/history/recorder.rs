//! A sink for tests: remembers what it is given. What holds `SECRET` is worth it.

use crate::blob::{Blob, Kind, Origin, Reach, Scope, Skip};
use crate::source::{Sink, Source, Unit};
use bstr::ByteSlice;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Something that was handed over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source::git) struct Record {
    pub(in crate::source::git) kind: Kind,
    pub(in crate::source::git) path: Option<String>,
    pub(in crate::source::git) reference: Option<String>,
    /// Its commit's id.
    pub(in crate::source::git) commit: Option<String>,
    pub(in crate::source::git) rank: Option<u64>,
    pub(in crate::source::git) in_head: bool,
    pub(in crate::source::git) reach: Reach,
    /// The content; None: a name alone.
    pub(in crate::source::git) text: Option<String>,
    /// The lines that count; None: all.
    pub(in crate::source::git) lines: Option<Vec<(u64, u64)>>,
}

impl Record {
    fn of(origin: &Origin, text: Option<&[u8]>, scope: &Scope) -> Record {
        let show = |b: &[u8]| b.to_str_lossy().into_owned();
        assert_eq!(origin.path, origin.repo_path);
        Record {
            kind: origin.kind,
            path: origin.path.as_ref().map(|p| show(p)),
            reference: origin.reference.as_ref().map(|p| show(p)),
            commit: origin.commit.as_ref().map(|c| c.id.clone()),
            rank: origin.commit.as_ref().map(|c| c.rank),
            in_head: origin.in_head,
            reach: origin.reach,
            text: text.map(show),
            lines: match scope {
                Scope::Whole => None,
                Scope::Lines(set) => Some(set.ranges().to_vec()),
            },
        }
    }
}

/// What was handed over, in a fixed order.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Recorder {
    records: Mutex<Vec<Record>>,
    skips: Mutex<Vec<Skip>>,
    notes: Mutex<Vec<String>>,
    counts: [AtomicU64; 5],
}

impl Recorder {
    /// Runs a source to its end.
    pub(in crate::source::git) fn run(source: &dyn Source) -> Recorder {
        let recorder = Recorder::default();
        source.scan(&recorder).unwrap();
        recorder
    }

    /// Everything that holds a secret, configuration only where it does too.
    pub(in crate::source::git) fn records(&self) -> Vec<Record> {
        let mut all = self.records.lock().unwrap().clone();
        all.retain(|r| r.kind != Kind::Config || r.text.as_ref().is_some_and(|t| t.contains("SECRET")));
        all.sort();
        all
    }

    /// The records of one kind.
    pub(in crate::source::git) fn of(&self, kind: Kind) -> Vec<Record> {
        self.records().into_iter().filter(|r| r.kind == kind).collect()
    }

    /// The one record with this content.
    pub(in crate::source::git) fn one(&self, text: &str) -> Record {
        let mut found: Vec<_> =
            self.records().into_iter().filter(|r| r.text.as_ref().is_some_and(|t| t.contains(text))).collect();
        assert_eq!(found.len(), 1, "{text}: {found:#?} of {:#?}", self.records());
        found.remove(0)
    }

    /// The skips, as `reason place`.
    pub(in crate::source::git) fn skips(&self) -> Vec<String> {
        let mut all: Vec<_> =
            self.skips.lock().unwrap().iter().map(|s| format!("{} {}", s.reason.name(), s.place)).collect();
        all.sort();
        all.dedup();
        all
    }

    /// How many skips make the run incomplete.
    pub(in crate::source::git) fn failures(&self) -> usize {
        self.skips.lock().unwrap().iter().filter(|s| s.reason.is_failure()).count()
    }

    pub(in crate::source::git) fn details(&self) -> Vec<String> {
        self.skips.lock().unwrap().iter().map(|s| s.detail.clone()).collect()
    }

    pub(in crate::source::git) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap().clone()
    }

    pub(in crate::source::git) fn count(&self, unit: Unit) -> u64 {
        self.counts[unit as usize].load(Ordering::Relaxed)
    }
}

impl Sink for Recorder {
    fn blob(&self, blob: Blob<'_>) {
        self.records.lock().unwrap().push(Record::of(&blob.origin, Some(&blob.bytes), &blob.scope));
    }

    fn name(&self, origin: Origin) {
        self.records.lock().unwrap().push(Record::of(&origin, None, &Scope::Whole));
    }

    fn skip(&self, skip: Skip) {
        self.skips.lock().unwrap().push(skip);
    }

    fn count(&self, unit: Unit, n: u64) {
        self.counts[unit as usize].fetch_add(n, Ordering::Relaxed);
    }

    fn note(&self, note: String) {
        self.notes.lock().unwrap().push(note);
    }

    fn worth(&self, raw: &[u8]) -> bool {
        raw.contains_str("SECRET")
    }

    fn cancelled(&self) -> bool {
        false
    }
}
