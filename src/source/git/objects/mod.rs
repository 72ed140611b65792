//! Reads objects: loose, packed (several packs, multi-pack-index, cruft), from alternates; SHA-1 and SHA-256.
//!
//! One by one ([`Objects::get`]: down the object's [`chain`] of deltas and up again) or all of them
//! ([`Objects::for_each`]: a [`walk`] along the trees of deltas, each object built once). Nothing that a pack or an
//! index says is believed: a content is given out only where checksums, or its own hash, vouch for its id; what is
//! damaged is told by id and everything else is read. What an object means is not known here.
//!
//! The slow path, for what the walk can't build, is [`chain`] too: each base is looked for in every place that may have
//! it. There is no second opinion by libgit2 behind it: it reads nothing more, and never ends on a loose object that is
//! cut off or on deltas that go round in a circle.

mod cache;
mod chain;
mod delta;
mod each;
mod forest;
mod index;
mod inflate;
mod listing;
mod loose;
mod pack;
mod recover;
mod store;
mod walk;

use super::open::Repository;
use crate::blob::Skip;
use crate::source::{Lineage, Memo};
use cache::{Base, Cache};
use chain::{Chain, MOST, Tools, is};
use each::Each;
use gix_hash::{ObjectId, oid};
pub use gix_object::Kind;
pub use listing::{Listing, Seat};
use pack::Pack;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use store::{Packs, Store, named};

/// After so many objects read from a pack, examining its index is cheaper than hashing each.
const ASKED: u32 = 256;

/// All objects of a repository.
pub struct Objects {
    store: Store,
    cache: Cache,
    tools: Mutex<Vec<Tools>>,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").finish_non_exhaustive()
    }
}

/// Why an object can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectError {
    /// It is not here.
    Missing,
    /// It can't be decoded; why.
    Corrupt(String),
    /// Its content has this many bytes, more than the limit given.
    TooLarge(u64),
    /// Nothing says that it is damaged, but it takes more than is ever built of one object; why.
    TooMuch(String),
}

impl ObjectError {
    /// The skip for object `id`.
    pub fn skip(&self, id: &ObjectId) -> Skip {
        use crate::blob::SkipReason::*;
        match self {
            ObjectError::Missing => Skip::new(Missing, id.to_string(), "the object is not in this repository"),
            ObjectError::Corrupt(why) => Skip::new(Corrupt, id.to_string(), why.clone()),
            ObjectError::TooLarge(n) => Skip::new(TooLarge, id.to_string(), format!("{n} bytes")),
            ObjectError::TooMuch(why) => Skip::new(DecodeLimit, id.to_string(), why.clone()),
        }
    }
}

/// An object, decoded, in a walk over all of them.
#[derive(Debug)]
pub struct Object<'a> {
    /// Its id.
    pub id: ObjectId,
    /// Its kind.
    pub kind: Kind,
    /// Its content.
    pub data: &'a [u8],
    /// How it was made, where the visitor remembered something of its delta base.
    pub made: Option<Lineage<'a>>,
}

/// What a walk over all objects could not read, with the kind where it is known.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The object's id; None where not even that is known (a truncated pack).
    pub id: Option<ObjectId>,
    /// Its kind, where known.
    pub kind: Option<Kind>,
    /// Why, for people; for a file-level failure it names the file (relative to the repository).
    pub error: ObjectError,
}

/// Takes the objects of a walk, from many threads at once.
pub trait Visitor: Sync {
    /// An object; blobs over the limit never come here. What it remembers comes back with what is made from this
    /// object.
    fn object(&self, object: Object<'_>) -> Option<Memo>;
    /// Something that could not be read.
    fn unread(&self, unread: Unread);
    /// Whether to stop.
    fn cancelled(&self) -> bool;
}

impl Objects {
    /// Opens the object folders. Damage is told by the walk or by `get`, not here.
    pub fn open(repository: &Repository) -> Objects {
        Objects { store: Store::open(repository), cache: Cache::default(), tools: Mutex::default() }
    }

    /// One object into `out` (cleared first). Objects of more than `limit` bytes (0: no limit) are not built.
    /// Packs that vanished are looked for again.
    ///
    /// # Errors
    /// As [`ObjectError`] says.
    pub fn get(&self, id: &ObjectId, limit: u64, out: &mut Vec<u8>) -> Result<Kind, ObjectError> {
        let limit = if limit == 0 { u64::MAX } else { limit };
        let mut found = self.find(id, limit, out);
        if matches!(found, Err(ObjectError::Missing | ObjectError::Corrupt(_))) && self.look_again() {
            found = self.find(id, limit, out);
        }
        match found {
            Err(ObjectError::TooLarge(size)) => Err(beyond(size, limit)),
            found => found,
        }
    }

    /// The kind and size of an object, without building it.
    ///
    /// # Errors
    /// As [`ObjectError`] says, but never `TooLarge`.
    pub fn header(&self, id: &ObjectId) -> Result<(Kind, u64), ObjectError> {
        let mut found = self.find_header(id);
        if found.is_err() && self.look_again() {
            found = self.find_header(id);
        }
        found
    }

    /// Whether the object is here, intact or not.
    pub fn contains(&self, id: &ObjectId) -> bool {
        let here = || {
            let packs = self.store.packs();
            packs.list.iter().any(|pack| self.lists(pack, id, &packs))
                || self.store.dirs.iter().any(|dir| loose::path(&dir.path, id).is_file())
        };
        here() || (self.look_again() && here())
    }

    /// Every object of every folder, each id once, on all cores of the current rayon pool: packs along their delta
    /// trees, each object built once; then loose ones. `limit` as in [`Objects::get`], for blobs.
    pub fn for_each(&self, limit: u64, visitor: &dyn Visitor) {
        let limit = if limit == 0 { u64::MAX } else { limit };
        let mut trouble = Vec::new();
        let (packs, loose) = self.listed(&mut trouble);
        trouble.into_iter().chain(packs.trouble.iter().cloned()).for_each(|unread| visitor.unread(unread));
        Each { objects: self, visitor, limit, packs }.run(&loose);
    }

    /// Does `work` with a reader of packed objects.
    fn with_chain<T>(&self, packs: &Packs, work: impl FnOnce(&mut Chain<'_>) -> T) -> T {
        let tools = self.tools.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let dirs = self.store.dirs.iter().map(|dir| dir.path.as_path()).collect();
        let mut chain = Chain::new(packs, dirs, &self.cache, tools.unwrap_or_else(Tools::new));
        let done = work(&mut chain);
        self.tools.lock().unwrap_or_else(PoisonError::into_inner).push(chain.end());
        done
    }

    /// Whether there is more to find than before: other packs, or a pack whose index was not examined. (Where objects
    /// are missing anyway, their absence is no reason to doubt an index.)
    fn look_again(&self) -> bool {
        let other = self.store.refresh();
        let packs = self.store.packs();
        let mut doubtful = packs.list.iter().filter(|pack| pack.prepared.get().is_none()).peekable();
        if self.store.partial || doubtful.peek().is_none() {
            return other;
        }
        for pack in doubtful {
            self.prepare(pack, &packs);
        }
        true
    }

    /// In packs, then loose; damaged in one place, perhaps intact in another.
    fn find(&self, id: &ObjectId, limit: u64, out: &mut Vec<u8>) -> Result<Kind, ObjectError> {
        let packs = self.store.packs();
        let mut error = ObjectError::Missing;
        for pack in &packs.list {
            if !self.lists(pack, id, &packs) {
                continue;
            }
            match self.with_chain(&packs, |chain| self.packed(pack, id, limit, chain, out)) {
                Err(why @ (ObjectError::Corrupt(_) | ObjectError::TooMuch(_))) => error = named(&pack.shown, why),
                Err(ObjectError::Missing) => {}
                found => return found,
            }
        }
        for dir in &self.store.dirs {
            match loose::read(&dir.path, id, limit.min(MOST), out) {
                Err(ObjectError::Corrupt(why)) => error = ObjectError::Corrupt(why),
                Err(ObjectError::Missing) => {}
                found => return found,
            }
        }
        out.clear();
        Err(error)
    }

    /// From this pack. Until its index is examined, each object is hashed; where that fails, it is examined at once.
    fn packed(
        &self,
        pack: &Pack,
        id: &ObjectId,
        limit: u64,
        chain: &mut Chain<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Kind, ObjectError> {
        if pack.asked.fetch_add(1, Ordering::Relaxed) == ASKED {
            self.prepare(pack, chain.packs);
        }
        let examined = pack.prepared.get().is_some();
        let (_, offset) = pack.find(id).ok_or(ObjectError::Missing)?;
        let found = chain.object(pack, offset, limit, out).and_then(|(kind, proven)| {
            let good = proven || is(id, kind, out);
            if good { Ok(kind) } else { Err(ObjectError::Corrupt("its content is not that of its id".into())) }
        });
        match found {
            Err(ObjectError::Corrupt(_)) if !examined => {
                self.prepare(pack, chain.packs);
                self.packed(pack, id, limit, chain, out)
            }
            Err(ObjectError::TooLarge(size)) => {
                self.prepare(pack, chain.packs);
                Err(chain.confirm_large(pack, id, size))
            }
            found => found,
        }
    }

    fn find_header(&self, id: &ObjectId) -> Result<(Kind, u64), ObjectError> {
        let packs = self.store.packs();
        let mut error = ObjectError::Missing;
        for pack in packs.list.iter().filter(|pack| self.lists(pack, id, &packs)) {
            let Some((_, offset)) = pack.find(id) else { continue };
            match self.with_chain(&packs, |chain| chain.header(pack, offset)) {
                Ok(found) => return Ok(found),
                Err(e) => error = named(&pack.shown, e),
            }
        }
        for dir in &self.store.dirs {
            match loose::read_header(&dir.path, id) {
                Err(ObjectError::Missing) => {}
                Err(e) => error = e,
                found => return found,
            }
        }
        Err(error)
    }

    /// Whether a pack has the object. One without an index is indexed first.
    fn lists(&self, pack: &Pack, id: &ObjectId, packs: &Packs) -> bool {
        if pack.idx.is_none() {
            self.prepare(pack, packs);
        }
        pack.find(id).is_some()
    }

    /// Examines a pack's index, and rebuilds it where it can't be relied on.
    fn prepare<'p>(&self, pack: &'p Pack, packs: &Packs) -> &'p index::Prepared {
        pack.prepare(|pack| {
            let elsewhere = |id: &oid| self.with_chain(packs, |chain| chain.elsewhere(id, pack, 0));
            recover::rebuild(pack, &elsewhere)
        })
    }

    /// An object that may have moved since the packs were listed.
    fn after_refresh(&self, id: &ObjectId) -> Option<Base> {
        if !self.store.refresh() {
            return None;
        }
        let mut content = Vec::new();
        let kind = self.find(id, MOST, &mut content).ok()?;
        Some(Base { kind, content: content.into(), proven: true })
    }
}

/// Why an object of `size` bytes is not built: it is over the limit that was asked for, or over that of what can be
/// held, which is no policy.
fn beyond(size: u64, limit: u64) -> ObjectError {
    if size > limit {
        return ObjectError::TooLarge(size);
    }
    ObjectError::TooMuch(format!("its {size} bytes are more than can be held"))
}

#[cfg(test)]
mod tests;
