//! What a range's scan promises, against repositories that the real git made.

mod lines;
mod pushes;
mod selection;

use super::{Range, Selection, Update};
use crate::blob::Kind;
use crate::source::git::history::Options;
use crate::source::git::history::recorder::Recorder;
use crate::source::git::history::sandbox::Sandbox;
use crate::source::git::open::Repository;
use gix_hash::ObjectId;

fn range(s: &Sandbox, range: &str) -> Recorder {
    range_of(s.open(), range)
}

fn range_of(repository: Repository, range: &str) -> Recorder {
    Recorder::run(&source(repository, range))
}

fn source(repository: Repository, range: &str) -> Range {
    let selection = Selection { range: Some(range.into()), since: None };
    Range::new(repository, vec![range.into()], selection, options())
}

fn options() -> Options {
    Options { max_size: 1 << 20, ..Options::default() }
}

/// The lines of a file that count; None: all.
type Lines = Option<Vec<(u64, u64)>>;

/// Path and lines that count of each file.
fn added(r: &Recorder) -> Vec<(String, Lines)> {
    r.of(Kind::History).into_iter().map(|r| (r.path.unwrap(), r.lines)).collect()
}
