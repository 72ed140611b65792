//! What a history's scan promises, against repositories that the real git made.

mod attribution;
mod content;
mod damage;
mod loose_ends;

use super::recorder::{Record, Recorder};
use super::sandbox::Sandbox;
use super::{History, Options, ShallowHistory};
use crate::blob::{Kind, Reach};
use crate::source::git::open::Repository;
use gix_hash::ObjectId;

fn scan(sandbox: &Sandbox) -> Recorder {
    scan_of(sandbox.open())
}

fn scan_of(repository: Repository) -> Recorder {
    scan_with(repository, Options { max_size: 1 << 20, ..Options::default() })
}

fn scan_with(repository: Repository, options: Options) -> Recorder {
    Recorder::run(&History::new(repository, vec![".".into()], options))
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
