//! Packs whose content is known.

use super::Memory;
use super::chunk::{Chunk, Fact, Ids, decode};
use super::print::{IDENTITY, Identity, print};
use crate::cache::Key;
use crate::source::git::objects::{Listing, Seat};
use gix_hash::{Kind, ObjectId};
use std::collections::HashSet;

/// A pack's ids.
pub(super) struct PackIds<'a>(pub(super) &'a Listing<'a>, pub(super) usize);

impl Ids for PackIds<'_> {
    fn len(&self) -> usize {
        self.0.len(self.1) as usize
    }

    fn id(&self, at: usize) -> Option<ObjectId> {
        self.0.id((self.1, u32::try_from(at).ok()?)).map(ToOwned::to_owned)
    }

    fn find(&self, id: &ObjectId) -> Option<usize> {
        self.0.find(self.1, id).map(|at| at as usize)
    }
}

/// What tells a pack from others.
pub(super) struct Print {
    content: [u8; 32],
    /// The state of its files, before they were read.
    state: Option<[u8; 2 * IDENTITY]>,
    /// Whether that state is known to stand for that content.
    is_seen: bool,
}

fn state(listing: &Listing<'_>, pack: usize) -> Option<[u8; 2 * IDENTITY]> {
    let (pack, index) = listing.files(pack)?;
    let both = [Identity::of(pack)?.to_bytes(), Identity::of(&index)?.to_bytes()];
    both.as_flattened().try_into().ok()
}

impl Memory {
    /// The print of a pack: from its files' state, or else from all their bytes.
    pub(super) fn print(&self, listing: &Listing<'_>, pack: usize) -> Option<Print> {
        let state = state(listing, pack);
        let seen = state.and_then(|state| self.cache.get(&seen(&state)));
        if let Some(content) = seen.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()) {
            return Some(Print { content, state, is_seen: true });
        }
        let (_, index) = listing.files(pack)?;
        let index = std::fs::read(index).ok()?;
        Some(Print { content: print(listing.bytes(pack), &index), state, is_seen: false })
    }

    fn pack_key(&self, print: &Print) -> Key {
        self.key("pack", &print.content)
    }

    /// What is known of a pack.
    pub(super) fn recall(&self, listing: &Listing<'_>, hash: Kind, pack: usize, print: &Print) -> Option<Chunk> {
        let bytes = self.cache.get(&self.pack_key(print))?;
        let chunk = decode(&PackIds(listing, pack), hash, &bytes)?;
        self.note(listing, pack, print);
        Some(chunk)
    }

    /// Keeps what was learned of a pack.
    pub(super) fn keep(&self, listing: &Listing<'_>, pack: usize, print: &Print, chunk: &[u8]) {
        self.cache.put(&self.pack_key(print), chunk);
        self.note(listing, pack, print);
    }

    /// Notes that files in this state have this content, if they still are in it.
    fn note(&self, listing: &Listing<'_>, pack: usize, print: &Print) {
        if let Some(before) = print.state.filter(|before| !print.is_seen && state(listing, pack) == Some(*before)) {
            self.cache.put(&seen(&before), &print.content);
        }
    }
}

fn seen(state: &[u8]) -> Key {
    Key::of(&[b"state", state])
}

/// Which pack is asked for an object that stands in several.
#[derive(Default)]
pub(super) struct Shares {
    /// For each pack that is read: whether an object is read from it; None: all are.
    pub(super) own: Vec<Option<Vec<bool>>>,
    /// Objects of known packs that are counted elsewhere.
    pub(super) twice: HashSet<Seat>,
}

/// Shares the objects out. What one chunk knows nothing of, because another pack had it when it was made, must be known
/// or read elsewhere.
///
/// # Errors
/// The number of a chunk for which that is not so; it is of no use.
pub(super) fn share(listing: &Listing<'_>, known: &[Option<Chunk>]) -> Result<Shares, usize> {
    let is_mine = |(pack, at): Seat| {
        let fact = known.get(pack)?.as_ref()?.facts.get(at as usize)?;
        Some(fact.has(Fact::MINE))
    };
    let mut shares = Shares { own: vec![None; listing.packs()], ..Shares::default() };
    let mut held = HashSet::new();
    for seats in listing.doubles() {
        let knows = seats.iter().find(|seat| is_mine(**seat) == Some(true));
        let reads = seats.iter().find(|seat| is_mine(**seat).is_none());
        let Some(owner) = knows.or(reads) else { return Err(seats.first().map_or(0, |(pack, _)| *pack)) };
        for seat in seats.iter().filter(|seat| *seat != owner) {
            match is_mine(*seat) {
                Some(true) => drop(shares.twice.insert(*seat)),
                Some(false) => drop(held.insert(*seat)),
                None => {
                    let all = || vec![true; listing.len(seat.0) as usize];
                    let own = shares.own.get_mut(seat.0).map(|own| own.get_or_insert_with(all));
                    if let Some(own) = own.and_then(|own| own.get_mut(seat.1 as usize)) {
                        *own = false;
                    }
                }
            }
        }
    }
    for (pack, chunk) in known.iter().enumerate() {
        let facts = chunk.iter().flat_map(|chunk| chunk.facts.iter().enumerate());
        let mut lost = facts.filter(|(_, fact)| !fact.has(Fact::MINE));
        if lost.any(|(at, _)| !held.contains(&(pack, at as u32))) {
            return Err(pack);
        }
    }
    Ok(shares)
}
