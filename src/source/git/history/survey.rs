//! One pass over all objects: which contents, messages and names are worth looking at, and how everything hangs
//! together, as far as that is small. Trees stream by; what they hold is not kept.
//!
//! Memory per object: 8 bytes for each that is here and some 12 for each that is wanted; a commit takes about 90
//! more, a tree 33. Names are hashed.

use super::Looks;
use super::parse::{self, EntryKind, Links};
use super::versions::Versions;
use crate::blob::{Skip, SkipReason};
use crate::source::git::objects::{Object, ObjectError, Unread, Visitor};
use crate::source::worktree::is_pointer;
use crate::source::{Memo, Sink, Unit};
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};

/// Worthy contents are kept up to this many bytes altogether, so that they need not be read again.
const KEPT_BYTES: usize = 32 << 20;
/// No secret is shorter than this, so no shorter name holds one.
pub(super) const SHORTEST_NAME: usize = 8;

/// What the pass learned. Everything is sorted: the same whatever the threads did.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    /// All commits.
    pub(super) commits: Vec<(ObjectId, Links)>,
    /// All trees.
    pub(super) trees: Vec<ObjectId>,
    /// All annotated tags and what they point at.
    pub(super) tags: Vec<(ObjectId, ObjectId)>,
    /// Blobs that some path could make findings in.
    pub(super) blobs: Vec<ObjectId>,
    /// Commits whose message or header is worth looking at.
    pub(super) messages: Vec<ObjectId>,
    /// Tags whose message or header is worth looking at.
    pub(super) tag_messages: Vec<ObjectId>,
    /// Names of files and folders that are worth looking at.
    pub(super) names: Vec<BString>,
    /// Trees that hold the first of each of them that was met.
    pub(super) named: Vec<ObjectId>,
    /// Whether any tree names a submodule.
    pub(super) submodules: bool,
    /// What could not be read.
    pub(super) unread: Vec<Unread>,
    /// Ids of objects that are here, as [`key`]s.
    pub(super) present: Vec<u64>,
    /// Ids that some object points at, as [`key`]s.
    pub(super) wanted: Vec<u64>,
    /// Packs and the like, each with its trees and with what it points at; empty where that was not kept.
    pub(super) places: Vec<Place>,
    /// Contents of some of `blobs`.
    pub(super) kept: HashMap<ObjectId, Vec<u8>>,
}

/// A part of the objects. Both are [`key`]s, sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) trees: Vec<u64>,
    pub(super) wanted: Vec<u64>,
}

/// The first bytes of an id: enough to tell objects apart where a mistake hides no content.
pub(super) fn key(id: &ObjectId) -> u64 {
    id.as_slice().first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

impl Survey {
    /// Whether the object is here, readable or not.
    pub(super) fn is_present(&self, id: &ObjectId) -> bool {
        self.present.binary_search(&key(id)).is_ok() || is_empty(id)
    }

    /// Whether it is here and can't be read.
    pub(super) fn is_unread(&self, id: &ObjectId) -> bool {
        self.unread.binary_search_by_key(&Some(*id), |u| u.id).is_ok()
    }

    /// Whether some object points at it.
    pub(super) fn is_wanted(&self, id: &ObjectId) -> bool {
        self.wanted.binary_search(&key(id)).is_ok()
    }

    /// What objects point at but is not here, as [`key`]s.
    pub(super) fn absent(&self) -> HashSet<u64> {
        self.wanted.iter().filter(|k| self.present.binary_search(k).is_err()).copied().collect()
    }

    fn merge(mut self, other: Survey) -> Survey {
        self.commits.extend(other.commits);
        self.trees.extend(other.trees);
        self.tags.extend(other.tags);
        self.blobs.extend(other.blobs);
        self.messages.extend(other.messages);
        self.tag_messages.extend(other.tag_messages);
        self.names.extend(other.names);
        self.named.extend(other.named);
        self.submodules |= other.submodules;
        self.unread.extend(other.unread);
        self.present.extend(other.present);
        self.kept.extend(other.kept);
        self
    }

    /// Several surveys as one: what is in more than one of them is told once.
    pub(super) fn joined(surveys: impl IntoIterator<Item = Survey>) -> Survey {
        let mut filled = surveys.into_iter().filter(|survey| !survey.present.is_empty() || !survey.unread.is_empty());
        let mut all = filled.next().unwrap_or_default();
        let mut is_one = true;
        for survey in filled {
            is_one = false;
            let wanted = survey.wanted.clone();
            all = all.merge(survey);
            all.wanted.extend(wanted);
        }
        if !is_one {
            all.sort();
            all.wanted.sort();
            all.once();
        }
        all
    }

    fn once(&mut self) {
        self.commits.dedup_by_key(|(id, _)| *id);
        for ids in [&mut self.trees, &mut self.blobs, &mut self.messages, &mut self.tag_messages, &mut self.named] {
            ids.dedup();
        }
        self.tags.dedup();
        self.present.dedup();
        self.wanted.dedup();
        self.unread.dedup_by(|a, b| a.id.is_some() && a.id == b.id);
    }

    fn sort(&mut self) {
        self.commits.sort_unstable_by_key(|(id, _)| *id);
        self.trees.sort_unstable();
        self.tags.sort_unstable();
        self.blobs.sort_unstable();
        self.messages.sort_unstable();
        self.tag_messages.sort_unstable();
        self.names.sort_unstable();
        self.names.dedup();
        self.named.sort_unstable();
        self.unread.sort_by_key(|u| u.id);
        self.present.sort_unstable();
    }
}

/// Whether it is the empty tree or blob, which git knows without having it.
fn is_empty(id: &ObjectId) -> bool {
    id.is_empty_tree() || id.is_empty_blob()
}

/// Hashes [`key`]s, which are hashes already, so that nobody can say where they end up.
#[derive(Clone, Copy, Debug)]
struct Keyed(u64);

impl BuildHasher for Keyed {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(self.0, 0)
    }
}

/// A factor and what it made of a key.
#[derive(Clone, Copy, Debug)]
struct KeyHasher(u64, u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.1
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, key: u64) {
        let wide = u128::from(self.1 ^ key) * u128::from(self.0);
        self.1 = (wide >> 64) as u64 ^ wide as u64;
    }
}

/// Takes the objects.
pub(super) struct Surveyor<'a> {
    sink: &'a dyn Sink,
    looks: Looks,
    hash: Kind,
    hasher: RandomState,
    workers: Vec<Mutex<Worker>>,
    wanted: Vec<Mutex<HashSet<u64, Keyed>>>,
    kept: Arc<AtomicUsize>,
}

/// What one thread has learned; only it touches this while the pass runs, so its lock is free.
struct Worker {
    found: Survey,
    /// The versions of a folder come one after the other.
    versions: Versions<()>,
    /// Names seen, by their hash.
    names: HashSet<u64>,
}

impl<'a> Surveyor<'a> {
    pub(super) fn new(sink: &'a dyn Sink, hash: Kind, looks: Looks) -> Self {
        let keyed = Keyed(RandomState::new().hash_one(0) | 1);
        let worker = || Worker { found: Survey::default(), versions: Versions::default(), names: HashSet::new() };
        Surveyor {
            sink,
            looks,
            hash,
            hasher: RandomState::new(),
            workers: (0..rayon::current_num_threads().max(1)).map(|_| Mutex::new(worker())).collect(),
            wanted: (0..64).map(|_| Mutex::new(HashSet::with_hasher(keyed))).collect(),
            kept: Arc::default(),
        }
    }

    /// With others, keeps no more than one alone would.
    pub(super) fn sharing(self, kept: &Arc<AtomicUsize>) -> Self {
        Surveyor { kept: Arc::clone(kept), ..self }
    }

    /// What was learned.
    pub(super) fn finish(self) -> Survey {
        let mut all = Survey::default();
        for worker in self.workers {
            all = all.merge(worker.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).found);
        }
        all.sort();
        for shard in self.wanted {
            all.wanted.extend(shard.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner));
        }
        all.wanted.sort_unstable();
        let empty = [ObjectId::empty_tree(self.hash), ObjectId::empty_blob(self.hash)].map(|id| key(&id));
        all.wanted.retain(|k| !empty.contains(k));
        all
    }

    fn learn(&self, learn: impl FnOnce(&mut Worker)) {
        let at = rayon::current_thread_index().unwrap_or(0) % self.workers.len();
        let mut worker = self.workers[at].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        learn(&mut worker);
    }

    fn want(&self, id: &ObjectId) {
        let key = key(id);
        let shard = &self.wanted[(key >> 58) as usize];
        shard.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(key);
    }

    fn commit(&self, id: ObjectId, data: &[u8]) {
        self.sink.count(Unit::Commit, 1);
        self.sink.count(Unit::Entry, 1);
        let worth = self.is_worth(data);
        let Some(links) = parse::links(data, self.hash) else {
            return self.no_object(id, ObjectKind::Commit, worth);
        };
        self.want(&links.tree);
        self.learn(|w| {
            w.found.commits.push((id, links));
            w.found.messages.extend(worth.then_some(id));
        });
    }

    fn tag(&self, id: ObjectId, data: &[u8]) {
        self.sink.count(Unit::Entry, 1);
        let worth = self.is_worth(data);
        let Some(target) = parse::header(data, "object").and_then(|id| parse::hex(id, self.hash)) else {
            return self.no_object(id, ObjectKind::Tag, worth);
        };
        self.want(&target);
        self.learn(|w| {
            w.found.tags.push((id, target));
            w.found.tag_messages.extend(worth.then_some(id));
        });
    }

    /// A commit or tag that links to nothing: its words are read all the same.
    fn no_object(&self, id: ObjectId, kind: ObjectKind, worth: bool) {
        let error = ObjectError::Corrupt(format!("no {kind} as git writes it"));
        self.learn(|w| {
            w.found.unread.push(Unread { id: Some(id), kind: Some(kind), error });
            match kind {
                ObjectKind::Tag => w.found.tag_messages.extend(worth.then_some(id)),
                _ => w.found.messages.extend(worth.then_some(id)),
            }
        });
    }

    fn is_worth(&self, data: &[u8]) -> bool {
        let message = super::texts::message(parse::split(data).1);
        self.sink.worth(&message) || self.sink.worth(&parse::words(data, &[]))
    }

    fn blob(&self, Object { id, data, made, .. }: Object<'_>) -> Option<Memo> {
        use std::sync::atomic::Ordering::Relaxed;
        self.sink.count(Unit::Blob, 1);
        if is_pointer(data) {
            self.sink.skip(Skip::new(SkipReason::LfsPointer, id.to_string(), "the content is elsewhere"));
            return None;
        }
        let (worth, memo) = match self.looks {
            Looks::Once => self.sink.worth_of(data, made),
            Looks::Whole => (self.sink.worth(data), None),
        };
        if !worth {
            return memo;
        }
        let keep = self.kept.fetch_add(data.len(), Relaxed) + data.len() <= KEPT_BYTES;
        if !keep {
            self.kept.fetch_sub(data.len(), Relaxed);
        }
        let data = keep.then(|| (id, data.to_vec()));
        self.learn(|w| {
            w.found.blobs.push(id);
            w.found.kept.extend(data);
        });
        memo
    }

    fn tree(&self, id: ObjectId, data: &[u8]) {
        let mut names = Vec::new();
        let mut is_whole = true;
        self.learn(|worker| {
            worker.found.trees.push(id);
            let mut versions = std::mem::take(&mut worker.versions);
            is_whole = versions.read(data, self.hash, |entry| names.extend(self.entry(worker, entry)));
            worker.versions = versions;
        });
        // Not under the lock: what the sink does is its own affair.
        names.retain(|name| self.sink.worth(name));
        if !names.is_empty() {
            self.learn(|w| {
                w.found.names.extend(names.into_iter().map(BString::from));
                w.found.named.push(id);
            });
        }
        if !is_whole {
            let error = ObjectError::Corrupt("no tree as git writes it".into());
            let unread = Unread { id: Some(id), kind: Some(ObjectKind::Tree), error };
            self.learn(|w| w.found.unread.push(unread));
        }
    }

    /// An entry that was not seen lately; its name, if that is new and long enough.
    fn entry<'n>(&self, worker: &mut Worker, entry: &parse::Entry<'n>) -> Option<&'n [u8]> {
        match entry.kind {
            EntryKind::Submodule => worker.found.submodules = true,
            _ => self.want(&entry.id),
        }
        let mut is_new = || worker.names.insert(self.hasher.hash_one(entry.name));
        (entry.name.len() >= SHORTEST_NAME && is_new()).then_some(entry.name)
    }
}

impl Visitor for Surveyor<'_> {
    fn object(&self, object: Object<'_>) -> Option<Memo> {
        self.sink.count(Unit::Byte, object.data.len() as u64);
        self.learn(|w| w.found.present.push(key(&object.id)));
        match object.kind {
            ObjectKind::Commit => self.commit(object.id, object.data),
            ObjectKind::Tag => self.tag(object.id, object.data),
            ObjectKind::Tree => self.tree(object.id, object.data),
            ObjectKind::Blob => return self.blob(object),
        }
        None
    }

    fn unread(&self, unread: Unread) {
        self.learn(|w| {
            w.found.present.extend(unread.id.as_ref().filter(|_| unread.error != ObjectError::Missing).map(key));
            w.found.unread.push(unread);
        });
    }

    fn cancelled(&self) -> bool {
        self.sink.cancelled()
    }
}
