//! A sink that writes down what it is given, for tests.

use super::{Sink, Unit};
use crate::blob::{Blob, Origin, Scope, Skip, SkipReason};
use bstr::ByteSlice;
use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Everything that was given, in the order it came.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    blobs: Mutex<Vec<Blob<'static>>>,
    names: Mutex<Vec<String>>,
    skips: Mutex<Vec<Skip>>,
    notes: Mutex<Vec<String>>,
    counts: [AtomicU64; Unit::COUNT],
    /// What [`Sink::cancelled`] says.
    pub(crate) stop: AtomicBool,
}

fn shown(path: Option<&bstr::BString>) -> String {
    path.map_or_else(|| "-".to_owned(), |p| p.to_str_lossy().into_owned())
}

impl Recorder {
    /// The blobs.
    pub(crate) fn blobs(&self) -> Vec<Blob<'static>> {
        self.blobs.lock().unwrap().clone()
    }

    /// Something of each blob, sorted.
    fn each<T: Ord>(&self, of: impl Fn(&Blob<'static>) -> T) -> Vec<T> {
        let mut all: Vec<_> = self.blobs.lock().unwrap().iter().map(of).collect();
        all.sort();
        all
    }

    /// The paths of the blobs, sorted.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.each(|b| shown(b.origin.path.as_ref()))
    }

    /// The repository-relative paths of the blobs, sorted.
    pub(crate) fn repo_paths(&self) -> Vec<String> {
        self.each(|b| shown(b.origin.repo_path.as_ref()))
    }

    /// Path and bytes of each blob, sorted by path.
    pub(crate) fn contents(&self) -> Vec<(String, String)> {
        self.each(|b| (shown(b.origin.path.as_ref()), b.bytes.to_str_lossy().into_owned()))
    }

    /// Path and lines that count of each blob, sorted: `f: 1-2 5-5`, or `f: all`.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.each(|b| {
            let lines = match &b.scope {
                Scope::Whole => " all".to_owned(),
                Scope::Lines(set) => set.ranges().iter().map(|(a, b)| format!(" {a}-{b}")).collect(),
            };
            format!("{}:{lines}", shown(b.origin.path.as_ref()))
        })
    }

    /// The names, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = self.names.lock().unwrap().clone();
        names.sort();
        names
    }

    /// Reason and place of each skip, sorted.
    pub(crate) fn skips(&self) -> Vec<(SkipReason, String)> {
        let mut skips: Vec<_> =
            self.skips.lock().unwrap().iter().map(|s| (s.reason, s.place.to_str_lossy().into_owned())).collect();
        skips.sort();
        skips
    }

    /// The details of all skips.
    pub(crate) fn details(&self) -> Vec<String> {
        self.skips.lock().unwrap().iter().map(|s| s.detail.clone()).collect()
    }

    /// The notes.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.notes.lock().unwrap().clone()
    }

    /// What was counted.
    pub(crate) fn counted(&self, unit: Unit) -> u64 {
        self.counts[unit as usize].load(Ordering::Relaxed)
    }
}

impl Sink for Recorder {
    fn blob(&self, blob: Blob<'_>) {
        let bytes = Cow::Owned(blob.bytes.into_owned());
        self.blobs.lock().unwrap().push(Blob { origin: blob.origin, bytes, scope: blob.scope, window: blob.window });
    }

    fn name(&self, origin: Origin) {
        self.names.lock().unwrap().push(shown(origin.path.as_ref()));
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

    fn worth(&self, _raw: &[u8]) -> bool {
        true
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
