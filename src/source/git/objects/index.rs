//! Which object stands where in a pack: by its index file where that is sound, else rebuilt from the pack itself.

use super::pack::Pack;
use gix_hash::{Kind, ObjectId, oid};
use rayon::prelude::*;
use std::io::Read;
use std::path::{Path, PathBuf};

/// An index file whose structure is sound; its contents are not examined.
pub(super) struct Idx {
    file: gix_pack::index::File,
    path: PathBuf,
}

/// An index that can be relied on.
pub(super) struct Prepared {
    index: Index,
    /// Positions in the order of their offsets.
    order: Vec<u32>,
    /// How a content is shown to be that of its id.
    pub(super) proof: Proof,
    /// What is wrong with the pack as a whole, for people.
    pub(super) damage: Option<String>,
}

/// Where the ids come from.
enum Index {
    /// From the index file of the pack.
    File,
    /// From the contents themselves, sorted by id.
    List(Vec<(ObjectId, u64)>),
}

/// How a content is shown to be that of its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// The index file is as it was written, and has a checksum of every entry.
    Checksums,
    /// The id was made from the content.
    Made,
    /// Only by making the id from the content.
    Hash,
}

impl Idx {
    /// Opens an index file for a pack of `count` objects; None where it is not there or can't be one.
    pub(super) fn open(path: &Path, hash: Kind, count: Option<u32>) -> Option<Idx> {
        // A FIFO would hold us up.
        std::fs::metadata(path).ok().filter(|meta| meta.is_file())?;
        let file = gix_pack::index::File::at(path, hash).ok()?;
        let fits = count.is_none_or(|count| count == file.num_objects());
        fits.then(|| Idx { file, path: path.to_owned() })
    }

    /// Whether the file's own checksum fits; None where it can't be read any more.
    fn is_sound(&self, hash: Kind) -> Option<bool> {
        let mut file = std::fs::File::open(&self.path).ok()?;
        let mut rest = file.metadata().ok()?.len().checked_sub(hash.len_in_bytes() as u64)?;
        let mut hasher = gix_hash::hasher(hash);
        let mut buffer = vec![0; 1 << 16];
        while rest > 0 {
            let room = buffer.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
            let n = file.read(buffer.get_mut(..room)?).ok().filter(|&n| n > 0)?;
            hasher.update(buffer.get(..n)?);
            rest -= n as u64;
        }
        let mut written = Vec::new();
        file.read_to_end(&mut written).ok()?;
        Some(hasher.try_finalize().is_ok_and(|made| made.as_bytes() == written))
    }

    /// Whether every id is found at its place: in order, and where the table of first bytes says.
    fn is_sorted(&self) -> bool {
        let n = self.file.num_objects();
        let id = |at| self.file.oid_at_index(at);
        let found = |at| self.file.lookup(id(at)).is_some();
        let ends = n == 0 || (found(0) && found(n - 1));
        ends && (1..n).into_par_iter().with_min_len(1 << 12).all(|at| {
            let same_run = id(at - 1).first_byte() == id(at).first_byte();
            id(at - 1) <= id(at) && (same_run || (found(at - 1) && found(at)))
        })
    }

    /// Positions by offset; None where two objects claim one place.
    fn ordered(&self) -> Option<Vec<u32>> {
        let offset = |at| (self.file.pack_offset_at_index(at), at);
        let mut order: Vec<(u64, u32)> = (0..self.file.num_objects()).into_par_iter().map(offset).collect();
        order.par_sort_unstable();
        let distinct = order.is_sorted_by(|(a, _), (b, _)| a < b);
        distinct.then(|| order.into_iter().map(|(_, at)| at).collect())
    }
}

impl Pack {
    /// How many objects the index has.
    pub(super) fn len(&self) -> u32 {
        match self.prepared.get() {
            Some(Prepared { index: Index::List(list), .. }) => list.len() as u32,
            _ => self.idx.as_ref().map_or(0, |idx| idx.file.num_objects()),
        }
    }

    /// The id at a position below [`Pack::len`].
    pub(super) fn id(&self, at: u32) -> Option<&oid> {
        match (self.prepared.get(), &self.idx) {
            (Some(Prepared { index: Index::List(list), .. }), _) => list.get(at as usize).map(|(id, _)| id.as_ref()),
            (_, Some(idx)) if at < idx.file.num_objects() => Some(idx.file.oid_at_index(at)),
            _ => None,
        }
    }

    /// The offset at a position below [`Pack::len`].
    pub(super) fn offset(&self, at: u32) -> Option<u64> {
        match (self.prepared.get(), &self.idx) {
            (Some(Prepared { index: Index::List(list), .. }), _) => list.get(at as usize).map(|&(_, offset)| offset),
            (_, Some(idx)) if at < idx.file.num_objects() => Some(idx.file.pack_offset_at_index(at)),
            _ => None,
        }
    }

    /// The position of an id, and its offset.
    pub(super) fn find(&self, id: &oid) -> Option<(u32, u64)> {
        match (self.prepared.get(), &self.idx) {
            (Some(Prepared { index: Index::List(list), .. }), _) => {
                let at = list.binary_search_by(|(own, _)| own.as_ref().cmp(id)).ok()?;
                list.get(at).map(|&(_, offset)| (at as u32, offset))
            }
            (_, Some(idx)) if id.kind() == self.hash => {
                idx.file.lookup(id).map(|at| (at, idx.file.pack_offset_at_index(at)))
            }
            _ => None,
        }
    }

    /// The position of the object whose entry begins at `offset`. Only once the index is examined.
    pub(super) fn position(&self, offset: u64) -> Option<u32> {
        let order = &self.prepared.get()?.order;
        let at = order.binary_search_by_key(&Some(offset), |&at| self.offset(at)).ok()?;
        order.get(at).copied()
    }

    /// Where the entry at `offset` ends: where the next one begins. Only once the index is examined.
    pub(super) fn end(&self, offset: u64) -> Option<u64> {
        let order = &self.prepared.get()?.order;
        let after = order.partition_point(|&at| self.offset(at).is_some_and(|other| other <= offset));
        match order.get(after) {
            Some(&at) => self.offset(at),
            None => (self.bytes().len() as u64).checked_sub(self.hash.len_in_bytes() as u64),
        }
    }

    /// Positions in the order of their offsets. Only once the index is examined.
    pub(super) fn order(&self) -> &[u32] {
        self.prepared.get().map_or(&[], |prepared| &prepared.order)
    }

    /// The positions whose ids begin with `first`.
    pub(super) fn beginning_with(&self, first: u8) -> std::ops::Range<u32> {
        let before = |byte: u8| {
            let (mut low, mut high) = (0, self.len());
            while low < high {
                let middle = low + (high - low) / 2;
                if self.id(middle).is_some_and(|id| id.first_byte() < byte) { low = middle + 1 } else { high = middle }
            }
            low
        };
        before(first)..first.checked_add(1).map_or(self.len(), before)
    }

    /// The ids that the index file names though the pack, indexed anew, does not give them.
    pub(super) fn named_only(&self) -> Vec<ObjectId> {
        let Some(idx) = &self.idx else { return Vec::new() };
        let named = (0..idx.file.num_objects()).map(|at| idx.file.oid_at_index(at));
        named.filter(|id| self.find(id).is_none()).map(ToOwned::to_owned).collect()
    }

    /// Whether checksums vouch for the entry at `offset`, unread.
    pub(super) fn proves_unread(&self, offset: u64) -> bool {
        self.end(offset).is_some_and(|end| self.proves(self.position(offset), offset, end))
    }

    /// Whether the entry from `offset` to `end` is as it was when it was written, as far as the index can tell.
    pub(super) fn proves(&self, at: Option<u32>, offset: u64, end: u64) -> bool {
        match self.prepared.get().map(|prepared| prepared.proof) {
            Some(Proof::Made) => true,
            Some(Proof::Checksums) => {
                let sum = at.and_then(|at| self.idx.as_ref()?.file.crc32_at_index(at));
                let bytes = self.bytes().get(usize::try_from(offset).unwrap_or(usize::MAX)..end as usize);
                matches!((sum, bytes), (Some(sum), Some(bytes)) if crc32fast::hash(bytes) == sum)
            }
            Some(Proof::Hash) | None => false,
        }
    }

    /// The index, examined; where it can't be relied on, `rebuild` makes the list of ids and offsets anew, and says
    /// what is wrong. No lock is held meanwhile: two threads may both do it, and the first one's result stays.
    pub(super) fn prepare(&self, rebuild: impl FnOnce(&Pack) -> (Vec<(ObjectId, u64)>, Option<String>)) -> &Prepared {
        if let Some(prepared) = self.prepared.get() {
            return prepared;
        }
        let prepared = self.examined().unwrap_or_else(|| {
            let (list, damage) = rebuild(self);
            Prepared::made(list, damage)
        });
        self.prepared.get_or_init(|| prepared)
    }

    /// What the index file is worth; None where it is worth nothing.
    fn examined(&self) -> Option<Prepared> {
        let idx = self.idx.as_ref().filter(|idx| idx.is_sorted())?;
        let (order, sound) = rayon::join(|| idx.ordered(), || idx.is_sound(self.hash));
        let sums = idx.file.num_objects() > 0 && idx.file.crc32_at_index(0).is_some();
        let proof = match sound {
            Some(true) if sums => Proof::Checksums,
            Some(true) => Proof::Hash,
            // The file is gone; what was mapped of it is not.
            None if !idx.path.exists() => Proof::Hash,
            _ => return None,
        };
        // Its objects may all be well; git refuses such a pack as a whole.
        let fits = self.bytes().ends_with(idx.file.pack_checksum().as_bytes());
        let damage = match self.count {
            None => Some("its header is damaged".to_owned()),
            Some(_) => (!fits).then(|| "it is not the pack that its index was made for: its end differs".to_owned()),
        };
        Some(Prepared { index: Index::File, order: order?, proof, damage })
    }
}

impl Prepared {
    /// From ids that were made from the contents at the offsets.
    fn made(mut list: Vec<(ObjectId, u64)>, damage: Option<String>) -> Prepared {
        list.sort_unstable();
        list.dedup_by(|a, b| a.0 == b.0);
        let mut order: Vec<u32> = (0..list.len() as u32).collect();
        order.sort_unstable_by_key(|&at| list.get(at as usize).map(|&(_, offset)| offset));
        Prepared { index: Index::List(list), order, proof: Proof::Made, damage }
    }
}
