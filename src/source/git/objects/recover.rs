//! Makes the index of a pack that has none to rely on: finds the entries one after the other, builds their objects,
//! and makes each id from the content.

use super::cache::Base;
use super::forest::Forest;
use super::inflate::Inflater;
use super::pack::{HEADER, Header, Pack};
use super::walk::{Taken, Taker, Walk};
use super::{MOST, ObjectError};
use crate::source::Lineage;
use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Deltas by id are resolved one level at a time, and no deeper than this.
const LEVELS: usize = 256;
/// How many bytes are inflated in vain, for each byte of the pack, before the search for lost entries is given up.
const PATIENCE: u64 = 64;

/// Finds an object in another place.
pub(super) type Elsewhere<'a> = &'a (dyn Fn(&oid) -> Option<Base> + Sync);

/// The ids and offsets of all objects that `pack` gives, and what is wrong with it where it does not give all.
pub(super) fn rebuild(pack: &Pack, elsewhere: Elsewhere<'_>) -> (Vec<(ObjectId, u64)>, Option<String>) {
    let Entries { offsets, gaps } = entries(pack);
    let found = offsets.len();
    let names = Names { made: Mutex::default(), elsewhere };
    for _ in 0..LEVELS {
        let before = names.count();
        let known = names.by_offset();
        let find = |id: &oid| names.offset(id);
        let wanted = |node: u32| offsets.get(node as usize).is_some_and(|offset| !known.contains_key(offset));
        let forest = Forest::new(pack, offsets.clone(), find, wanted);
        Walk::new(pack, &forest, &Namer { names: &names, forest: &forest, hash: pack.hash }, u64::MAX).run();
        // A delta against an id waits until that id is made.
        if names.count() == before || names.count() == found {
            break;
        }
    }
    let made = names.made.into_inner().unwrap_or_else(PoisonError::into_inner);
    let expected = pack.count.map_or(found, |count| found.max(count as usize));
    let lost = expected.saturating_sub(made.len());
    let damage = match (lost, gaps) {
        (0, 0) if pack.count == Some(found as u32) => None,
        (0, 0) => Some("its header is damaged".to_owned()),
        (0, _) => Some("parts of it are damaged; it has no index that says what they hold".to_owned()),
        (lost, _) => {
            Some(format!("{lost} of its {expected} objects can't be read; it has no sound index that names them"))
        }
    };
    (made.into_iter().collect(), damage)
}

/// The entries of a pack.
struct Entries {
    offsets: Vec<u64>,
    /// How many places could not be read.
    gaps: usize,
}

/// Inflates entry by entry. Where one is damaged, the next one is the first place that could be one.
fn entries(pack: &Pack) -> Entries {
    let mut found = Entries { offsets: Vec::new(), gaps: 0 };
    let end = (pack.bytes().len() as u64).saturating_sub(pack.hash.len_in_bytes() as u64);
    let patience = end.saturating_mul(PATIENCE);
    let mut reader = Reader { pack, inflater: Inflater::new(), out: Vec::new(), patience };
    let hints = hints(pack, end);
    let full = |found: &Entries| pack.count.is_some_and(|count| found.offsets.len() >= count as usize);
    let mut at = HEADER;
    while at < end && !full(&found) {
        match reader.end_of_entry(at) {
            Some(next) => {
                found.offsets.push(at);
                at = next;
            }
            None => {
                found.gaps += 1;
                let hint = hints.get(hints.partition_point(|&hint| hint <= at)).copied();
                let next = (at + 1..hint.unwrap_or(end)).find(|&at| reader.patience == 0 || reader.is_entry(at));
                at = next.filter(|_| reader.patience > 0).or(hint).unwrap_or(end);
            }
        }
    }
    // Without a sound header nobody says how many there are: then the last one must end where the trailer begins.
    found.gaps += usize::from(pack.count.is_none() && at != end);
    found
}

/// Where an index that is not to be relied on says that entries are.
fn hints(pack: &Pack, end: u64) -> Vec<u64> {
    let mut hints: Vec<u64> = (0..pack.len()).filter_map(|at| pack.offset(at)).filter(|&at| at < end).collect();
    hints.sort_unstable();
    hints
}

struct Reader<'a> {
    pack: &'a Pack,
    inflater: Inflater,
    out: Vec<u8>,
    /// How many bytes may still be inflated in vain.
    patience: u64,
}

impl Reader<'_> {
    fn end_of_entry(&mut self, at: u64) -> Option<u64> {
        let entry = self.pack.entry(at).filter(|entry| entry.size <= MOST)?;
        match self.inflater.exact(self.pack.from(entry.data), entry.size, &mut self.out) {
            Ok(used) => Some(entry.data + used as u64),
            Err(_) => {
                self.patience = self.patience.saturating_sub(self.inflater.work());
                None
            }
        }
    }

    /// Whether an entry begins here. The first bytes of its compressed data are looked at before all of it is.
    fn is_entry(&mut self, at: u64) -> bool {
        let Some(entry) = self.pack.entry(at) else { return false };
        matches!(self.pack.from(entry.data), [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]) && self.end_of_entry(at).is_some()
    }
}

/// The ids that were made, with their offsets.
struct Names<'a> {
    made: Mutex<HashMap<ObjectId, u64>>,
    elsewhere: Elsewhere<'a>,
}

impl Names<'_> {
    fn count(&self) -> usize {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn offset(&self, id: &oid) -> Option<u64> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied()
    }

    fn by_offset(&self) -> HashMap<u64, ObjectId> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.iter().map(|(&id, &offset)| (offset, id)).collect()
    }
}

/// Makes ids of what a walk builds.
struct Namer<'a> {
    names: &'a Names<'a>,
    forest: &'a Forest,
    hash: gix_hash::Kind,
}

impl Taker for Namer<'_> {
    fn take(&self, node: u32, kind: Kind, data: &[u8], _proven: bool, _made: Option<Lineage<'_>>) -> Taken {
        let taken = |is_true| Taken { is_true, memo: None };
        let Ok(id) = gix_object::compute_hash(self.hash, kind, data) else { return taken(false) };
        let mut made = self.names.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.insert(id, self.forest.offset(node));
        taken(true)
    }

    fn too_large(&self, _node: u32, _size: u64) {}

    fn lost(&self, _node: u32, _kind: Option<Kind>, _error: ObjectError) -> Option<Base> {
        None
    }

    fn id(&self, _node: u32) -> Option<ObjectId> {
        None
    }

    fn base(&self, header: &Header) -> Result<Base, ObjectError> {
        let base = match header {
            Header::Ref(id) => (self.names.elsewhere)(id),
            _ => None,
        };
        base.ok_or_else(|| ObjectError::Corrupt("its delta base can't be read".into()))
    }

    fn large_base(&self, _offset: u64) -> Result<Base, ObjectError> {
        Err(ObjectError::Corrupt("its delta base is too large".into()))
    }

    fn cancelled(&self) -> bool {
        false
    }
}
