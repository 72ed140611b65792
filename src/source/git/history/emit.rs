//! Hands over the contents that are worth it, each at each of its places.

use super::Options;
use super::attribute::{Holder, Places};
use super::graph::{Graph, Index};
use super::parse;
use super::paths::PathId;
use super::people::People;
use crate::blob::{Blob, Commit, Kind, Origin, Reach, Skip, SkipReason};
use crate::source::git::objects::{Object, Objects, Unread, Visitor};
use crate::source::{Memo, Sink};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// So many contents are read one by one; for more of them a pass over what leads to them is quicker.
const ONE_BY_ONE: usize = if cfg!(test) { 2 } else { 256 };

/// What is needed to say where something comes from.
pub(super) struct Teller<'a> {
    pub(super) sink: &'a dyn Sink,
    pub(super) objects: &'a Objects,
    pub(super) graph: &'a Graph,
    pub(super) options: &'a Options,
    pub(super) hash: gix_hash::Kind,
    /// Each commit's place in the order.
    pub(super) ranks: Vec<u64>,
    pub(super) people: People<'a>,
    pub(super) notes: Notes,
    /// Contents at paths of which is known that nothing comes of them.
    pub(super) quiet: Quiet,
    /// Whether such are to be found for the next scan.
    pub(super) is_remembered: bool,
    pub(super) found_quiet: Mutex<Quiet>,
}

/// Contents at paths.
pub(super) type Quiet = HashSet<(ObjectId, BString)>;

/// Notes references, by the root of their paths.
pub(super) type Notes = BTreeMap<PathId, BString>;

impl Teller<'_> {
    /// The commit as reports show it.
    pub(super) fn commit(&self, at: Index) -> Option<Arc<Commit>> {
        self.people.commit(self.graph.id(at), self.ranks[at as usize])
    }

    /// Where a blob at a path comes from.
    fn origin(&self, blob: &ObjectId, path: PathId, holder: Holder, places: &Places) -> Origin {
        if let Some(reference) = self.notes.get(&places.paths.root_of(path)) {
            let note = self.note(reference, &places.paths.full(path), holder);
            return Origin { object: blob.as_slice().into(), ..note };
        }
        let mut origin = Origin::file(Kind::History, places.paths.full(path));
        origin.reach = holder.reach;
        origin.in_head = places.head.blobs.contains(&(*blob, path));
        origin.object = blob.as_slice().into();
        origin.is_cut_off = places.boundary.blobs.contains(&(*blob, path));
        if !origin.is_cut_off {
            origin.commit = holder.commit.and_then(|at| self.commit(at));
        }
        origin
    }

    /// A note: its path is the id of what it is about.
    fn note(&self, reference: &BString, path: &[u8], holder: Holder) -> Origin {
        let id = parse::hex(&path.replace("/", ""), self.hash);
        let about = match id {
            Some(id) => self.graph.find(&id),
            None => holder.commit,
        };
        Origin {
            reference: Some(reference.clone()),
            commit: about.and_then(|at| self.commit(at)),
            reach: holder.reach,
            ..Origin::nowhere(Kind::Note)
        }
    }
}

/// Hands over names that are looked for, and says which submodules were left alone.
pub(super) fn names(teller: &Teller<'_>, places: &Places) {
    for &(path, holder) in &places.names {
        if teller.notes.contains_key(&places.paths.root_of(path)) {
            continue;
        }
        let mut origin = Origin::file(Kind::History, places.paths.full(path));
        origin.reach = holder.reach;
        origin.in_head = places.head.names.contains(&path);
        origin.is_cut_off = places.boundary.names.contains(&path);
        if !origin.is_cut_off {
            origin.commit = holder.commit.and_then(|at| teller.commit(at));
        }
        if teller.wants(&origin) {
            teller.sink.name(origin);
        }
    }
    for &path in &places.submodules {
        let why = "a submodule's content is in another repository";
        teller.sink.skip(Skip::new(SkipReason::Submodule, places.paths.full(path), why));
    }
}

impl Teller<'_> {
    /// Whether the path is asked for; says so where it isn't.
    fn wants(&self, origin: &Origin) -> bool {
        let Some(path) = &origin.repo_path else { return true };
        let wanted = self.options.paths.as_ref().is_none_or(|wanted| wanted(path.as_bstr()));
        if !wanted {
            self.sink.skip(Skip::new(SkipReason::Excluded, path.clone(), ""));
        }
        wanted
    }
}

/// All places of each blob.
pub(super) type ByBlob = HashMap<ObjectId, Vec<Origin>>;

/// The origins of every blob to hand over.
pub(super) fn origins(teller: &Teller<'_>, places: &Places) -> ByBlob {
    let mut out = ByBlob::new();
    for (blob, path, holder) in &places.blobs {
        let origin = teller.origin(blob, *path, *holder, places);
        let all = out.entry(*blob).or_default();
        if teller.wants(&origin) {
            all.push(origin);
        }
    }
    out
}

/// A blob that stands in no tree.
pub(super) fn without_path(blob: &ObjectId, reference: Option<BString>, reach: Reach) -> Origin {
    Origin { reference, reach, object: blob.as_slice().into(), ..Origin::nowhere(Kind::History) }
}

/// Reads the blobs and hands them over at all their places.
pub(super) fn blobs(teller: &Teller<'_>, places: &ByBlob, kept: &HashMap<ObjectId, Vec<u8>>) {
    let mut ids: Vec<&ObjectId> = places.iter().filter(|(_, origins)| teller.asks(origins)).map(|(id, _)| id).collect();
    ids.sort_unstable();
    let (here, away): (Vec<&ObjectId>, Vec<&ObjectId>) = ids.into_iter().partition(|id| kept.contains_key(*id));
    here.par_iter().for_each(|id| {
        if let (Some(data), Some(origins)) = (kept.get(*id), places.get(*id)) {
            hand_over(teller, data, origins);
        }
    });
    let mut left = away;
    if left.len() > ONE_BY_ONE {
        let ids: Vec<ObjectId> = left.iter().map(|id| **id).collect();
        let again = Again { teller, places, left: Mutex::new(left.into_iter().collect()) };
        teller.objects.for_some(&ids, teller.options.max_size, &again);
        // What a packing at the same time has hidden from the pass.
        left = again.left.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().collect();
    }
    left.par_iter().for_each_with(Vec::new(), |data, id| {
        if teller.sink.cancelled() {
            return;
        }
        match teller.objects.get(id, 0, data) {
            Ok(_) => hand_over(teller, data, places.get(*id).map_or(&[], Vec::as_slice)),
            Err(error) => teller.sink.skip(error.skip(id)),
        }
    });
}

fn hand_over(teller: &Teller<'_>, data: &[u8], origins: &[Origin]) {
    for origin in origins.iter().filter(|origin| !teller.is_quiet(origin)) {
        if teller.sink.cancelled() {
            return;
        }
        let tells = teller.sink.tells(Blob::whole(origin.clone(), data));
        if let Some(place) = place(origin).filter(|_| !tells && teller.is_remembered) {
            teller.found_quiet.lock().unwrap_or_else(PoisonError::into_inner).insert(place);
        }
    }
}

/// The content and the path of an origin that is a file.
fn place(origin: &Origin) -> Option<(ObjectId, BString)> {
    let path = origin.repo_path.clone().filter(|_| origin.kind == Kind::History)?;
    Some((ObjectId::try_from(origin.object.as_slice()).ok()?, path))
}

impl Teller<'_> {
    fn is_quiet(&self, origin: &Origin) -> bool {
        !self.quiet.is_empty() && place(origin).is_some_and(|place| self.quiet.contains(&place))
    }

    /// Whether something can come of a content at any of these places.
    fn asks(&self, origins: &[Origin]) -> bool {
        !origins.iter().all(|origin| self.is_quiet(origin)) || origins.is_empty()
    }

    /// What was found to be quiet now.
    pub(super) fn found_quiet(&self) -> Quiet {
        std::mem::take(&mut *self.found_quiet.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The second pass.
struct Again<'a> {
    teller: &'a Teller<'a>,
    places: &'a ByBlob,
    left: Mutex<BTreeSet<&'a ObjectId>>,
}

impl Visitor for Again<'_> {
    fn object(&self, object: Object<'_>) -> Option<Memo> {
        let origins = self.places.get(&object.id)?;
        if self.left.lock().unwrap_or_else(PoisonError::into_inner).remove(&object.id) {
            hand_over(self.teller, object.data, origins);
        }
        None
    }

    // Told by the first pass.
    fn unread(&self, _: Unread) {}

    fn cancelled(&self) -> bool {
        self.teller.sink.cancelled()
    }
}
