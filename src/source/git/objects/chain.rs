//! One packed object: down its chain of deltas to a whole one, and up again.

use super::cache::{Base, Cache};
use super::delta::Delta;
use super::inflate::{Inflater, MOST_PER_BYTE};
use super::pack::{Entry, Header, Pack};
use super::store::Packs;
use super::{ObjectError, loose};
use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use std::path::Path;
use std::sync::Arc;

/// The most bytes that one object is built of; a size is a few bytes, whoever wrote them.
pub(super) const MOST: u64 = 2 << 30;
/// The most that a base is built of which is itself over the limit.
const MOST_BASE: u64 = 512 << 20;
/// A chain with more deltas by id is a circle (git makes none longer than 4,095; those by offset only go backwards).
const LONGEST: usize = 1 << 13;
/// How often a base may be looked for in another pack, one in the other's chain.
const NESTED: u8 = 4;
/// How many packs are tried for one lost base, nested ones included.
const TRIED: u32 = 64;

/// What is needed to read packed objects; not shared between threads.
pub(super) struct Chain<'a> {
    /// Where bases in other packs are found.
    pub(super) packs: &'a Packs,
    /// Where loose bases are found.
    pub(super) dirs: Vec<&'a Path>,
    pub(super) cache: &'a Cache,
    tools: Tools,
    /// How many packs may still be tried.
    tries: u32,
}

/// What is costly to make, and used again.
pub(super) struct Tools {
    pub(super) inflater: Inflater,
    pub(super) delta: Vec<u8>,
}

impl Tools {
    pub(super) fn new() -> Self {
        Tools { inflater: Inflater::new(), delta: Vec::new() }
    }
}

/// A delta on the way down.
struct Step {
    offset: u64,
    data: u64,
    size: u64,
}

impl<'a> Chain<'a> {
    pub(super) fn new(packs: &'a Packs, dirs: Vec<&'a Path>, cache: &'a Cache, tools: Tools) -> Self {
        Chain { packs, dirs, cache, tools, tries: TRIED }
    }

    /// Gives the tools back.
    pub(super) fn end(self) -> Tools {
        self.tools
    }

    /// The object whose entry begins at `offset`, into `out`, if it has no more than `limit` bytes; and whether
    /// checksums vouch for it.
    pub(super) fn object(
        &mut self,
        pack: &Pack,
        offset: u64,
        limit: u64,
        out: &mut Vec<u8>,
    ) -> Result<(Kind, bool), ObjectError> {
        let entry = pack.entry(offset).ok_or_else(|| corrupt("its entry in the pack is damaged"))?;
        if let Header::Whole(kind) = entry.header {
            if entry.size > limit.min(MOST) {
                return Err(ObjectError::TooLarge(entry.size));
            }
            let proven = self.inflate(pack, offset, entry.data, entry.size, out)?;
            return Ok((kind, proven));
        }
        let size = self.made_size(pack, entry.data)?;
        if size > limit.min(MOST) {
            return Err(ObjectError::TooLarge(size));
        }
        let base = self.base_of(pack, &entry.header, 0)?;
        let step = Step { offset, data: entry.data, size: entry.size };
        let proven = self.apply(pack, &step, &base, size, out)?;
        Ok((base.kind, proven))
    }

    /// That an object of this size is too large, if it really has it; see [`too_large`].
    pub(super) fn confirm_large(&mut self, pack: &Pack, id: &oid, size: u64) -> ObjectError {
        let place = pack.find(id).and_then(|(_, offset)| Some((offset, pack.entry(offset)?)));
        let Some((offset, entry)) = place else { return corrupt("its entry in the pack is damaged") };
        let whole = match entry.header {
            Header::Whole(kind) => Some((id, kind)),
            _ => None,
        };
        match too_large(&mut self.tools.inflater, pack, offset, &entry, whole) {
            ObjectError::TooLarge(_) => ObjectError::TooLarge(size),
            error => error,
        }
    }

    /// The object as a base.
    pub(super) fn base(&mut self, pack: &Pack, offset: u64, nested: u8) -> Result<Base, ObjectError> {
        let (mut base, steps) = self.descend(pack, offset, nested)?;
        for step in steps.iter().rev() {
            let mut content = Vec::new();
            base = match self.apply(pack, step, &base, MOST_BASE, &mut content) {
                Ok(proven) => Base { kind: base.kind, content: Arc::new(content), proven },
                Err(error) => self.elsewhere_at(pack, step.offset, nested).ok_or(error)?,
            };
            self.cache.put(pack.number, step.offset, &base);
        }
        Ok(base)
    }

    /// What a delta's header says about its base, found.
    pub(super) fn base_of(&mut self, pack: &Pack, header: &Header, nested: u8) -> Result<Base, ObjectError> {
        match header {
            Header::Offset(offset) => self.base(pack, *offset, nested),
            Header::Ref(id) => match pack.find(id) {
                Some((_, offset)) => self.base(pack, offset, nested),
                None => self.elsewhere(id, pack, nested).ok_or_else(|| lost(id)),
            },
            Header::Whole(_) => Err(corrupt("it has no base")),
        }
    }

    /// Down to a base that is there, and the deltas on the way.
    fn descend(&mut self, pack: &Pack, offset: u64, nested: u8) -> Result<(Base, Vec<Step>), ObjectError> {
        let (mut steps, mut at, mut by_id) = (Vec::new(), offset, 0);
        loop {
            if let Some(base) = self.cache.get(pack.number, at) {
                return Ok((base, steps));
            }
            let Some(entry) = pack.entry(at) else {
                let base = self.elsewhere_at(pack, at, nested);
                return Ok((base.ok_or_else(|| corrupt("its delta base is damaged"))?, steps));
            };
            let step = Step { offset: at, data: entry.data, size: entry.size };
            at = match entry.header {
                Header::Whole(kind) => return Ok((self.whole(pack, kind, &step, nested)?, steps)),
                Header::Offset(base) => base,
                Header::Ref(id) => match pack.find(&id) {
                    Some(_) if by_id > LONGEST => return Err(corrupt("its chain of deltas does not end")),
                    Some((_, base)) => {
                        by_id += 1;
                        base
                    }
                    None => {
                        let base = self.elsewhere(&id, pack, nested).ok_or_else(|| lost(&id))?;
                        steps.push(step);
                        return Ok((base, steps));
                    }
                },
            };
            steps.push(step);
        }
    }

    /// The whole object that a chain ends at.
    fn whole(&mut self, pack: &Pack, kind: Kind, step: &Step, nested: u8) -> Result<Base, ObjectError> {
        if step.size > MOST_BASE {
            return Err(too_large_a_base(step.size));
        }
        let mut content = Vec::new();
        let base = match self.inflate(pack, step.offset, step.data, step.size, &mut content) {
            Ok(proven) => Base { kind, content: Arc::new(content), proven },
            Err(error) => self.elsewhere_at(pack, step.offset, nested).ok_or(error)?,
        };
        self.cache.put(pack.number, step.offset, &base);
        Ok(base)
    }

    fn inflate(
        &mut self,
        pack: &Pack,
        offset: u64,
        data: u64,
        size: u64,
        out: &mut Vec<u8>,
    ) -> Result<bool, ObjectError> {
        let used = self.tools.inflater.exact(pack.from(data), size, out).map_err(|broken| corrupt(broken.why()))?;
        Ok(pack.proves(pack.position(offset), offset, data + used as u64))
    }

    /// Applies a delta that makes no more than `most` bytes; returns whether checksums vouch for the object.
    fn apply(
        &mut self,
        pack: &Pack,
        step: &Step,
        base: &Base,
        most: u64,
        out: &mut Vec<u8>,
    ) -> Result<bool, ObjectError> {
        let mut bytes = std::mem::take(&mut self.tools.delta);
        let made = self.inflate(pack, step.offset, step.data, step.size.min(MOST), &mut bytes).and_then(|proven| {
            let delta = Delta::open(&bytes).ok_or_else(|| corrupt("its delta is damaged"))?;
            if delta.size > most {
                return Err(too_large_a_base(delta.size));
            }
            delta.apply(&base.content, out).ok_or_else(|| corrupt("its delta does not fit its base"))?;
            Ok(proven && base.proven)
        });
        self.tools.delta = bytes;
        made
    }

    /// How many bytes the object has that a delta makes.
    pub(super) fn made_size(&mut self, pack: &Pack, data: u64) -> Result<u64, ObjectError> {
        let mut head = [0; 24];
        let head = self.tools.inflater.head(pack.from(data), &mut head).map_err(|broken| corrupt(broken.why()))?;
        Ok(Delta::open(head).ok_or_else(|| corrupt("its delta is damaged"))?.size)
    }

    /// Kind and size of the object at `offset`, by headers alone.
    pub(super) fn header(&mut self, pack: &Pack, offset: u64) -> Result<(Kind, u64), ObjectError> {
        let damaged = || corrupt("its entry in the pack is damaged");
        let entry = pack.entry(offset).ok_or_else(damaged)?;
        let size = match entry.header {
            Header::Whole(kind) => return Ok((kind, entry.size)),
            _ => self.made_size(pack, entry.data)?,
        };
        let (mut header, mut by_id) = (entry.header, 0);
        while by_id < LONGEST {
            let at = match header {
                Header::Whole(kind) => return Ok((kind, size)),
                Header::Offset(base) => base,
                Header::Ref(id) => match pack.find(&id) {
                    Some((_, base)) => {
                        by_id += 1;
                        base
                    }
                    None => return Ok((self.elsewhere(&id, pack, 0).ok_or_else(|| lost(&id))?.kind, size)),
                },
            };
            header = pack.entry(at).ok_or_else(damaged)?.header;
        }
        Err(corrupt("its chain of deltas does not end"))
    }

    /// What should be at `offset` in `pack`, from another place.
    fn elsewhere_at(&mut self, pack: &Pack, offset: u64, nested: u8) -> Option<Base> {
        let id = pack.id(pack.position(offset)?)?.to_owned();
        self.elsewhere(&id, pack, nested)
    }

    fn may_try(&mut self) -> bool {
        let left = self.tries.checked_sub(1);
        self.tries = left.unwrap_or(0);
        left.is_some()
    }

    /// An object that `pack` lacks or can't give, from another pack or a loose file.
    pub(super) fn elsewhere(&mut self, id: &oid, pack: &Pack, nested: u8) -> Option<Base> {
        match nested {
            0 => self.tries = TRIED,
            NESTED.. => return None,
            _ => {}
        }
        let packs = self.packs;
        for other in packs.list.iter().filter(|other| other.number != pack.number) {
            if let Some((_, offset)) = other.find(id)
                && self.may_try()
                && let Ok(base) = self.base(other, offset, nested + 1)
                && (base.proven || is(id, base.kind, &base.content))
            {
                return Some(Base { proven: true, ..base });
            }
        }
        let (id, mut content) = (id.to_owned(), Vec::new());
        let kind = self.dirs.iter().find_map(|dir| loose::read(dir, &id, MOST_BASE, &mut content).ok())?;
        Some(Base { kind, content: Arc::new(content), proven: true })
    }
}

/// That the entry is too large, if it really is: a size may be damaged, too. Without a checksum all of it is inflated,
/// and a whole object hashed, without being held.
pub(super) fn too_large(
    inflater: &mut Inflater,
    pack: &Pack,
    offset: u64,
    entry: &Entry,
    whole: Option<(&oid, Kind)>,
) -> ObjectError {
    if entry.size / MOST_PER_BYTE <= pack.from(entry.data).len() as u64 && pack.proves_unread(offset) {
        return ObjectError::TooLarge(entry.size);
    }
    let mut hasher = gix_hash::hasher(pack.hash);
    if let Some((_, kind)) = whole {
        hasher.update(&gix_object::encode::loose_header(kind, entry.size));
    }
    let measured = inflater.measure(pack.from(entry.data), entry.size, |piece| {
        if whole.is_some() {
            hasher.update(piece);
        }
    });
    match (measured, whole) {
        (Err(broken), _) => corrupt(broken.why()),
        (Ok(_), None) => ObjectError::TooLarge(entry.size),
        (Ok(_), Some((id, _))) if hasher.try_finalize().is_ok_and(|made| *made == *id) => {
            ObjectError::TooLarge(entry.size)
        }
        _ => corrupt("its content is not that of its id"),
    }
}

/// Whether the content is that of the id.
pub(super) fn is(id: &oid, kind: Kind, content: &[u8]) -> bool {
    gix_object::compute_hash(id.kind(), kind, content).is_ok_and(|made| *made == *id)
}

fn lost(id: &ObjectId) -> ObjectError {
    ObjectError::Corrupt(format!("its delta base {id} can't be read"))
}

fn too_large_a_base(size: u64) -> ObjectError {
    ObjectError::TooMuch(format!("it is a delta against an object of {size} bytes, which is more than is built for it"))
}

fn corrupt(why: &str) -> ObjectError {
    ObjectError::Corrupt(why.to_owned())
}
