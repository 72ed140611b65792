//! What a repository has, pack by pack, before it is read: for who knows some of it already.

use super::each::Each;
use super::index::Proof;
use super::store::Packs;
use super::{Objects, Unread, Visitor, loose};
use gix_hash::{ObjectId, oid};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The packs and the loose objects, as listed at one time.
pub struct Listing<'a> {
    objects: &'a Objects,
    packs: Arc<Packs>,
    loose: Vec<ObjectId>,
    trouble: Vec<Unread>,
}

/// An object in a pack: the pack's number, and its position.
pub type Seat = (usize, u32);

impl std::fmt::Debug for Listing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("loose", &self.loose.len()).finish_non_exhaustive()
    }
}

impl Objects {
    /// Lists everything.
    pub fn listing(&self) -> Listing<'_> {
        let mut trouble = Vec::new();
        let (packs, loose) = self.listed(&mut trouble);
        trouble.extend(packs.trouble.iter().cloned());
        Listing { objects: self, packs, loose, trouble }
    }
}

impl Listing<'_> {
    /// What could not be listed.
    pub fn trouble(&self) -> &[Unread] {
        &self.trouble
    }

    /// How many packs there are.
    pub fn packs(&self) -> usize {
        self.packs.list.len()
    }

    /// The files of a pack with an index file whose structure is sound: pack and index.
    pub fn files(&self, pack: usize) -> Option<(&Path, PathBuf)> {
        let pack = self.packs.list.get(pack).filter(|pack| pack.idx.is_some() && pack.count.is_some())?;
        Some((&pack.path, pack.path.with_extension("idx")))
    }

    /// The bytes of a pack.
    pub fn bytes(&self, pack: usize) -> &[u8] {
        self.packs.list.get(pack).map_or(&[], |pack| pack.bytes())
    }

    /// Whether a pack that was read is as its index says, as a whole.
    pub fn is_sound(&self, pack: usize) -> bool {
        let prepared = self.packs.list.get(pack).and_then(|pack| pack.prepared.get());
        prepared.is_some_and(|p| p.damage.is_none() && p.proof != Proof::Made)
    }

    /// How many objects a pack has.
    pub fn len(&self, pack: usize) -> u32 {
        self.packs.list.get(pack).map_or(0, |pack| pack.len())
    }

    /// The id at a position in a pack; they are in order.
    pub fn id(&self, (pack, at): Seat) -> Option<&oid> {
        self.packs.list.get(pack)?.id(at)
    }

    /// The position of an id in a pack.
    pub fn find(&self, pack: usize, id: &ObjectId) -> Option<u32> {
        self.packs.list.get(pack)?.find(id).map(|(at, _)| at)
    }

    /// The loose objects that no pack has, sorted.
    pub fn loose(&self) -> Vec<ObjectId> {
        let is_packed = |id: &ObjectId| self.packs.list.iter().any(|pack| pack.find(id).is_some());
        self.loose.iter().filter(|id| !is_packed(id)).copied().collect()
    }

    /// The file of a loose object.
    pub fn loose_file(&self, id: &ObjectId) -> Option<PathBuf> {
        let mut files = self.objects.store.dirs.iter().map(|dir| loose::path(&dir.path, id));
        files.find(|file| file.exists())
    }

    /// The object folders.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.objects.store.dirs.iter().map(|dir| dir.path.as_path())
    }

    /// Examines the indexes of these packs.
    pub fn prepare(&self, packs: &[usize]) {
        packs.par_iter().filter_map(|at| self.packs.list.get(*at)).for_each(|pack| {
            self.objects.prepare(pack, &self.packs);
        });
    }

    /// The objects that stand in more than one place, each with all of them, in order.
    pub fn doubles(&self) -> Vec<Vec<Seat>> {
        (0..=255).into_par_iter().flat_map_iter(|first| self.doubles_of(first)).collect()
    }

    fn doubles_of(&self, first: u8) -> Vec<Vec<Seat>> {
        let mut all: Vec<(&oid, usize, u32)> = Vec::new();
        for (number, pack) in self.packs.list.iter().enumerate() {
            all.extend(pack.beginning_with(first).filter_map(|at| Some((pack.id(at)?, number, at))));
        }
        if self.packs.list.len() > 1 {
            all.sort_unstable();
        }
        let same = all.chunk_by(|(a, ..), (b, ..)| a == b).filter(|group| group.len() > 1);
        same.map(|group| group.iter().map(|(_, pack, at)| (*pack, *at)).collect()).collect()
    }

    /// Reads a pack: those of its objects that `own` has (None: all), each once.
    pub fn read_pack(&self, pack: usize, own: Option<&[bool]>, limit: u64, visitor: &dyn Visitor) {
        if let Some(pack) = self.packs.list.get(pack) {
            self.each(limit, visitor).pack(pack, own);
        }
    }

    /// Reads loose objects.
    pub fn read_loose(&self, ids: &[ObjectId], limit: u64, visitor: &dyn Visitor) {
        let each = self.each(limit, visitor);
        ids.par_iter().with_min_len(16).for_each(|id| each.loose(id));
    }

    fn each<'e>(&'e self, limit: u64, visitor: &'e dyn Visitor) -> Each<'e> {
        let limit = if limit == 0 { u64::MAX } else { limit };
        Each { objects: self.objects, visitor, limit, packs: Arc::clone(&self.packs) }
    }
}

impl Objects {
    /// These objects alone (sorted), each once, on all cores: of each pack no more is built than leads to them.
    /// `limit` and the rest as in [`Objects::for_each`].
    pub fn for_some(&self, ids: &[ObjectId], limit: u64, visitor: &dyn Visitor) {
        let listing = self.listing();
        let mut left: Vec<ObjectId> = ids.to_vec();
        for pack in 0..listing.packs() {
            if left.is_empty() {
                return;
            }
            listing.prepare(&[pack]);
            let mut own = vec![false; listing.len(pack) as usize];
            left.retain(|id| match listing.find(pack, id).and_then(|at| own.get_mut(at as usize)) {
                Some(own) => {
                    *own = true;
                    false
                }
                None => true,
            });
            if own.contains(&true) {
                listing.read_pack(pack, Some(&own), limit, visitor);
            }
        }
        listing.read_loose(&left, limit, visitor);
    }
}
