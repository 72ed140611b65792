//! A survey that remembers: packs and loose objects that an earlier run has surveyed under the same rules are not read
//! again, and everything that is told of them is told as if they had been.
//!
//! Kept are kinds, sizes, links, and which objects are worth a further look ([`chunk`]), and where these stand
//! ([`places`]); never a content, and no path of which any name is worth a look. A pack is known by all of its bytes ([`print`]), and by the state of its files, so that it need not be read
//! to be known. What was damaged, or can't be said in a chunk, is not kept, and so is read each time.

mod chunk;
mod loose;
mod packs;
mod places;
mod print;
mod recorder;

use super::parse::Entries;
use super::survey::{Place, SHORTEST_NAME, Survey, Surveyor, key};
use crate::blob::{Skip, SkipReason};
use crate::cache::{Cache, Key};
use crate::clock::Stage;
use crate::source::git::objects::{Listing, Objects};
use crate::source::{Sink, Unit};
use bstr::BString;
use chunk::{Chunk, Fact};
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use packs::{PackIds, Print, share};
pub(super) use places::{Record, Stand};
use rayon::prelude::*;
use recorder::{Recorder, written};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A cache, and what decides which contents are worth a further look.
#[derive(Clone, Debug)]
pub struct Memory {
    cache: Arc<Cache>,
    about: Vec<u8>,
}

impl Memory {
    /// `about`: all that a sink's `worth` depends on.
    pub fn new(cache: Arc<Cache>, about: impl Into<Vec<u8>>) -> Memory {
        Memory { cache, about: about.into() }
    }

    fn with_limit(&self, limit: u64) -> Memory {
        let about = [&self.about[..], b"\nmax-size ", limit.to_string().as_bytes()].concat();
        Memory { cache: Arc::clone(&self.cache), about }
    }

    fn key(&self, what: &str, of: &[u8]) -> Key {
        Key::of(&[what.as_bytes(), &self.about, of])
    }
}

/// What was learned of a pack, or of loose objects.
#[derive(Default)]
struct Part {
    survey: Survey,
    is_known: bool,
    /// What a known part has to tell.
    counts: Counts,
    pointers: Vec<ObjectId>,
}

/// What the sink would have counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    commits: u64,
    entries: u64,
    blobs: u64,
    bytes: u64,
    binary: u64,
}

impl Part {
    /// A part that was read now: all is told already.
    fn read(survey: Survey) -> Part {
        Part { survey, ..Part::default() }
    }

    /// A known part; `twice` says which of its objects another part tells of.
    fn known(chunk: Chunk, twice: impl Fn(usize) -> bool) -> Part {
        let mut counts = Counts::default();
        for (at, fact) in chunk.facts.iter().enumerate() {
            if !fact.has(Fact::MINE) || fact.has(Fact::LARGE) || twice(at) {
                continue;
            }
            counts.bytes += fact.size();
            counts.binary += u64::from(fact.has(Fact::BINARY));
            match fact.kind() {
                ObjectKind::Commit => counts.commits += 1,
                ObjectKind::Blob => counts.blobs += 1,
                ObjectKind::Tag | ObjectKind::Tree => {}
            }
            counts.entries += u64::from(matches!(fact.kind(), ObjectKind::Commit | ObjectKind::Tag));
        }
        Part { survey: chunk.survey, is_known: true, counts, pointers: chunk.pointers }
    }
}

/// All parts as one survey.
fn joined(parts: &[Part]) -> Survey {
    Survey::joined(parts.iter().map(|part| part.survey.clone()))
}

/// Surveys all objects of a repository, of packs and loose objects that are known by memory.
pub(super) fn survey<'s>(
    memory: &Memory,
    objects: &Objects,
    (limit, hash): (u64, Kind),
    sink: &dyn Sink,
    surveyor: impl Fn() -> Surveyor<'s> + Sync,
) -> Survey {
    let (memory, clock) = (&memory.with_limit(limit), sink.clock());
    let listing = &clock.stage(Stage::Open, || objects.listing());
    let (prints, mut known) = clock.stage(Stage::Recall, || recall(memory, listing, hash));
    let shares = loop {
        let unknown: Vec<usize> = (0..listing.packs()).filter(|at| known[*at].is_none()).collect();
        if !unknown.is_empty() {
            clock.stage(Stage::Index, || listing.prepare(&unknown));
        }
        match share(listing, &known) {
            Ok(shares) => break shares,
            // An unknown chunk can't be in the way, so this ends.
            Err(useless) => known[useless] = None,
        }
    };
    let read = |at: usize| {
        let recorder = Recorder::new(surveyor());
        listing.read_pack(at, shares.own[at].as_deref(), limit, &recorder);
        let (survey, facts) = recorder.finish();
        if let Some(print) = prints[at].as_ref().filter(|_| listing.is_sound(at))
            && let Some(chunk) = written(&PackIds(listing, at), &survey, facts.as_deref())
        {
            memory.keep(listing, at, print, &chunk);
        }
        Part::read(survey)
    };
    let part = |(at, chunk): (usize, Option<Chunk>)| match chunk {
        Some(chunk) => Part::known(chunk, |position| shares.twice.contains(&(at, position as u32))),
        None => read(at),
    };
    let mut parts: Vec<Part> = clock.stage(Stage::Survey, || {
        let mut parts: Vec<Part> = known.into_par_iter().enumerate().map(part).collect();
        if !sink.cancelled() {
            parts.extend(loose::Loose { memory, listing, objects, hash, limit }.survey(&surveyor));
        }
        parts
    });
    parts.push(Part::read(Survey { unread: listing.trouble().to_vec(), ..Survey::default() }));
    tell(&parts, sink);
    for part in parts.iter_mut().filter(|part| part.is_known) {
        part.survey.names = names(&part.survey.named, objects, hash, sink);
    }
    // One part alone tells nothing apart.
    let several = parts.iter().filter(|part| !part.survey.trees.is_empty()).count() > 1;
    let places = if several && parts.iter().any(|part| part.is_known) { places(&parts) } else { Vec::new() };
    Survey { places, ..Survey::joined(parts.into_iter().map(|part| part.survey)) }
}

/// The names in these trees that are worth a further look. They are not kept: a name can be a secret.
fn names(trees: &[ObjectId], objects: &Objects, hash: Kind, sink: &dyn Sink) -> Vec<BString> {
    let look = |data: &mut Vec<u8>, tree: &ObjectId| {
        if objects.get(tree, 0, data).is_err() {
            return Vec::new();
        }
        let names = Entries::of(data, hash).map(|entry| entry.name).filter(|name| name.len() >= SHORTEST_NAME);
        names.filter(|name| sink.worth(name)).map(BString::from).collect()
    };
    trees.par_iter().map_with(Vec::new(), look).flatten_iter().collect()
}

/// For each part its trees, and what its objects point at.
fn places(parts: &[Part]) -> Vec<Place> {
    let place = |part: &Part| {
        let trees = part.survey.trees.iter().map(key).collect();
        Place { trees, wanted: part.survey.wanted.clone() }
    };
    parts.iter().map(place).collect()
}

/// Each pack's print, and what is known of it.
fn recall(memory: &Memory, listing: &Listing<'_>, hash: Kind) -> (Vec<Option<Print>>, Vec<Option<Chunk>>) {
    let both = |at: usize| {
        let print = memory.print(listing, at);
        let chunk = print.as_ref().and_then(|print| memory.recall(listing, hash, at, print));
        (print, chunk)
    };
    (0..listing.packs()).into_par_iter().map(both).unzip()
}

/// Tells of known parts what their reading would have told.
fn tell(parts: &[Part], sink: &dyn Sink) {
    let mut pointers: BTreeSet<ObjectId> = BTreeSet::new();
    for Part { counts, pointers: own, .. } in parts {
        sink.count(Unit::Commit, counts.commits);
        sink.count(Unit::Entry, counts.entries);
        sink.count(Unit::Blob, counts.blobs);
        sink.count(Unit::Byte, counts.bytes);
        sink.binary(counts.binary);
        pointers.extend(own);
    }
    for id in pointers {
        sink.skip(Skip::new(SkipReason::LfsPointer, id.to_string(), "the content is elsewhere"));
    }
}
