//! What a history's scan promises, against repositories that the real git made.

mod attribution;
mod content;
mod damage;
mod loose_ends;
mod remembered;

use super::recorder::{Record, Recorder};
use super::sandbox::Sandbox;
use super::{History, Memory, Options, ShallowHistory};
use crate::blob::{Kind, Reach};
use crate::cache::Cache;
use crate::source::Unit;
use crate::source::git::open::Repository;
use gix_hash::ObjectId;
use std::path::Path;
use std::sync::Arc;

fn scan(sandbox: &Sandbox) -> Recorder {
    scan_of(sandbox.open())
}

fn scan_of(repository: Repository) -> Recorder {
    scan_with(repository, Options { max_size: 1 << 20, ..Options::default() })
}

/// Scans: without a memory, with an empty one, and with one that the last scan has filled. All tell the same.
fn scan_with(repository: Repository, options: Options) -> Recorder {
    let plain = run(&repository, &options);
    let folder = tempfile::tempdir().unwrap();
    for time in ["first", "second"] {
        let memory = Some(memory(folder.path()));
        assert_same(&plain, &run(&repository, &Options { memory, ..options.clone() }), time);
    }
    plain
}

fn run(repository: &Repository, options: &Options) -> Recorder {
    Recorder::run(&History::new(repository.clone(), vec![".".into()], options.clone()))
}

fn memory(folder: &Path) -> Memory {
    Memory::new(Arc::new(Cache::open(&folder.join("cache"), &[]).unwrap()), "a test's rules")
}

fn assert_same(plain: &Recorder, remembered: &Recorder, when: &str) {
    let sorted = |mut all: Vec<String>| {
        all.sort();
        all
    };
    assert_eq!(plain.records(), remembered.records(), "{when}");
    assert_eq!((plain.skips(), sorted(plain.details())), (remembered.skips(), sorted(remembered.details())), "{when}");
    assert_eq!(sorted(plain.notes()), sorted(remembered.notes()), "{when}");
    let counts = |r: &Recorder| [Unit::Commit, Unit::Blob, Unit::Byte, Unit::Entry].map(|unit| r.count(unit));
    assert_eq!(counts(plain), counts(remembered), "{when}");
}

/// Kind, path and commit of each record.
fn places(records: &[Record]) -> Vec<(Kind, String, String)> {
    let show = |o: &Option<String>| o.clone().unwrap_or_else(|| "-".into());
    records.iter().map(|r| (r.kind, show(&r.path), show(&r.commit))).collect()
}

fn assert_file(record: &Record, path: &str, commit: &ObjectId) {
    assert_eq!((record.kind, record.path.as_deref()), (Kind::History, Some(path)), "{record:?}");
    assert_eq!(record.commit, Some(commit.to_string()), "{record:?}");
}
