//! Every object of a repository, each once: what is in packs by a walk over each, then what is loose.

use super::cache::Base;
use super::chain::is;
use super::forest::Forest;
use super::pack::{Header, Pack};
use super::store::{Packs, named};
use super::walk::{Taken, Taker, Walk};
use super::{Object, ObjectError, Objects, Unread, Visitor, loose};
use crate::source::Lineage;
use gix_hash::{ObjectId, oid};
use gix_object::Kind;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How often the folders are listed again while packs come and go.
const TRIES: usize = 5;

/// All objects, delivered to a visitor.
pub(super) struct Each<'a> {
    pub(super) objects: &'a Objects,
    pub(super) visitor: &'a dyn Visitor,
    /// Blobs of more bytes are not built.
    pub(super) limit: u64,
    pub(super) packs: Arc<Packs>,
}

/// One pack's part of it.
struct Part<'a> {
    each: &'a Each<'a>,
    pack: &'a Pack,
    /// By position in the index: whether it is delivered from here, and not from a pack before.
    own: Option<&'a [bool]>,
}

impl Objects {
    /// The ids that begin so (two digits at least). What can't be read is passed over: reading the object tells.
    pub fn beginning_with(&self, hex: &str) -> BTreeSet<ObjectId> {
        let hex = hex.to_ascii_lowercase();
        let Some(first) = hex.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) else { return BTreeSet::new() };
        let mut ids = Vec::new();
        for dir in &self.store.dirs {
            drop(loose::list(&dir.path, first, self.store.hash, &mut ids));
        }
        let packs = self.store.packs();
        for pack in &packs.list {
            if pack.idx.is_none() {
                self.prepare(pack, &packs);
            }
            ids.extend(pack.beginning_with(first).filter_map(|at| pack.id(at)).map(ToOwned::to_owned));
        }
        ids.into_iter().filter(|id| id.to_string().starts_with(&hex)).collect()
    }

    /// The loose objects, listed while the packs stay the same: an object that moves from one to the other meanwhile
    /// is in one of the two lists.
    pub(super) fn listed(&self, trouble: &mut Vec<Unread>) -> (Arc<Packs>, Vec<ObjectId>) {
        let mut loose = Vec::new();
        for _ in 0..TRIES {
            self.store.list();
            trouble.clear();
            loose = self.loose(trouble);
            if !self.store.list() {
                break;
            }
        }
        (self.store.packs(), loose)
    }

    /// The ids of all loose objects, sorted, each once.
    fn loose(&self, trouble: &mut Vec<Unread>) -> Vec<ObjectId> {
        let mut all = Vec::new();
        for dir in &self.store.dirs {
            for first in 0..=255 {
                if let Err(e) = loose::list(&dir.path, first, self.store.hash, &mut all) {
                    let error = named(&format!("{}/{first:02x}", dir.shown), super::store::failed(&e));
                    trouble.push(Unread { id: None, kind: None, error });
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl Each<'_> {
    /// Delivers all: `loose` are the ids of the loose objects.
    pub(super) fn run(&self, loose: &[ObjectId]) {
        let packs = &self.packs.list;
        packs.par_iter().for_each(|pack| {
            self.objects.prepare(pack, &self.packs);
        });
        let own = owners(packs);
        rayon::join(
            || packs.par_iter().zip(&own).for_each(|(pack, own)| self.pack(pack, own.as_deref())),
            || loose.par_iter().with_min_len(16).for_each(|id| self.loose(id)),
        );
    }

    pub(super) fn pack(&self, pack: &Pack, own: Option<&[bool]>) {
        let offsets = pack.order().iter().filter_map(|&at| pack.offset(at)).collect();
        let find = |id: &oid| pack.find(id).map(|(_, offset)| offset);
        let wanted = |node: u32| own.is_none_or(|own| is_own(own, pack.order(), node));
        let forest = Forest::new(pack, offsets, find, wanted);
        let part = Part { each: self, pack, own };
        Walk::new(pack, &forest, &part, self.limit).run();
        if let Some(damage) = pack.prepared.get().and_then(|prepared| prepared.damage.clone()) {
            pack.named_only().iter().for_each(|id| {
                let why = "the pack that its index names it in does not give it";
                part.rescue(id, None, ObjectError::Corrupt(why.into()));
            });
            let error = named(&pack.shown, ObjectError::Corrupt(damage));
            self.visitor.unread(Unread { id: None, kind: None, error });
        }
    }

    pub(super) fn loose(&self, id: &ObjectId) {
        if self.visitor.cancelled() || self.packs.list.iter().any(|pack| pack.find(id).is_some()) {
            return;
        }
        let mut out = Vec::new();
        // Whatever else a loose object is, it is no blob.
        let found = match self.objects.get(id, self.limit, &mut out) {
            Err(ObjectError::TooLarge(size)) => match self.objects.header(id) {
                Ok((Kind::Blob, _)) | Err(_) => Err((Some(Kind::Blob), ObjectError::TooLarge(size))),
                Ok((kind, _)) => self.objects.get(id, 0, &mut out).map_err(|error| (Some(kind), error)),
            },
            found => found.map_err(|error| (None, error)),
        };
        match found {
            Ok(kind) => {
                self.visitor.object(Object { id: *id, kind, data: &out, made: None });
            }
            Err((kind, error)) => self.visitor.unread(Unread { id: Some(*id), kind, error }),
        }
    }
}

impl Part<'_> {
    /// Its id, if it is delivered from here.
    fn wanted(&self, node: u32) -> Option<ObjectId> {
        let own = self.own.is_none_or(|own| is_own(own, self.pack.order(), node));
        if own { self.id(node) } else { None }
    }

    /// Delivers an object from another place than this pack, if there is one.
    fn rescue(&self, id: &ObjectId, kind: Option<Kind>, error: ObjectError) -> Option<Base> {
        let Each { objects, visitor, limit, packs } = self.each;
        let found = objects.with_chain(packs, |chain| chain.elsewhere(id, self.pack, 0));
        let found = found.or_else(|| objects.after_refresh(id));
        match &found {
            Some(base) if base.kind == Kind::Blob && base.content.len() as u64 > *limit => {
                let error = ObjectError::TooLarge(base.content.len() as u64);
                visitor.unread(Unread { id: Some(*id), kind: Some(Kind::Blob), error });
            }
            Some(base) => {
                visitor.object(Object { id: *id, kind: base.kind, data: &base.content, made: None });
            }
            None => visitor.unread(Unread { id: Some(*id), kind, error: named(&self.pack.shown, error) }),
        }
        found
    }
}

impl Taker for Part<'_> {
    fn take(&self, node: u32, kind: Kind, data: &[u8], proven: bool, made: Option<Lineage<'_>>) -> Taken {
        let untrue = Taken { is_true: false, memo: None };
        let Some(id) = self.id(node) else { return untrue };
        if !proven && !is(&id, kind, data) {
            // Where it is wanted, another place may have the true one; what hangs on this one goes on from here.
            if self.wanted(node).is_some() {
                self.rescue(&id, None, ObjectError::Corrupt("its content is not that of its id".into()));
            }
            return untrue;
        }
        let wanted = self.wanted(node);
        let memo = wanted.and_then(|id| self.each.visitor.object(Object { id, kind, data, made }));
        Taken { is_true: true, memo }
    }

    fn too_large(&self, node: u32, size: u64) {
        if let Some(id) = self.wanted(node) {
            let error = super::beyond(size, self.each.limit);
            self.each.visitor.unread(Unread { id: Some(id), kind: Some(Kind::Blob), error });
        }
    }

    fn lost(&self, node: u32, kind: Option<Kind>, error: ObjectError) -> Option<Base> {
        match self.wanted(node) {
            Some(id) => self.rescue(&id, kind, error),
            None => {
                let id = self.id(node)?;
                self.each.objects.with_chain(&self.each.packs, |chain| chain.elsewhere(&id, self.pack, 0))
            }
        }
    }

    fn id(&self, node: u32) -> Option<ObjectId> {
        self.pack.id(*self.pack.order().get(node as usize)?).map(ToOwned::to_owned)
    }

    fn base(&self, header: &Header) -> Result<Base, ObjectError> {
        self.each.objects.with_chain(&self.each.packs, |chain| chain.base_of(self.pack, header, 0))
    }

    fn large_base(&self, offset: u64) -> Result<Base, ObjectError> {
        self.each.objects.with_chain(&self.each.packs, |chain| chain.base(self.pack, offset, 0))
    }

    fn cancelled(&self) -> bool {
        self.each.visitor.cancelled()
    }
}

fn is_own(own: &[bool], order: &[u32], node: u32) -> bool {
    order.get(node as usize).and_then(|&at| own.get(at as usize)) == Some(&true)
}

/// For each pack, by position, whether its objects are delivered from it: an object in several packs, or twice in one,
/// comes from the first place. None where all are.
fn owners(packs: &[Arc<Pack>]) -> Vec<Option<Vec<bool>>> {
    let doubles: Vec<(usize, u32)> = (0..=255).into_par_iter().flat_map_iter(|first| doubles(packs, first)).collect();
    let mut own: Vec<Option<Vec<bool>>> = vec![None; packs.len()];
    for (pack, at) in doubles {
        if let (Some(own), Some(pack)) = (own.get_mut(pack), packs.get(pack)) {
            let own = own.get_or_insert_with(|| vec![true; pack.len() as usize]);
            if let Some(own) = own.get_mut(at as usize) {
                *own = false;
            }
        }
    }
    own
}

/// The objects whose id begins with `first`, and that are in a place before too.
fn doubles(packs: &[Arc<Pack>], first: u8) -> Vec<(usize, u32)> {
    if let [only] = packs {
        let same = |at: &u32| at.checked_add(1).is_some_and(|next| only.id(*at) == only.id(next));
        return only.beginning_with(first).filter(same).map(|at| (0, at)).collect();
    }
    let mut all: Vec<(&oid, usize, u32)> = Vec::new();
    for (number, pack) in packs.iter().enumerate() {
        all.extend(pack.beginning_with(first).filter_map(|at| Some((pack.id(at)?, number, at))));
    }
    all.sort_unstable();
    let pairs = all.windows(2).filter_map(|pair| match pair {
        [(a, ..), (b, pack, at)] if a == b => Some((*pack, *at)),
        _ => None,
    });
    pairs.collect()
}
