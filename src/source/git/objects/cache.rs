//! Keeps bases of deltas that were built, so that neighbours in a chain cost one step each.

use gix_object::Kind;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// How many bytes are kept.
const ROOM: usize = 32 << 20;

/// A base.
#[derive(Clone)]
pub(super) struct Base {
    /// What it is.
    pub(super) kind: Kind,
    /// Its content.
    pub(super) content: Arc<Vec<u8>>,
    /// Whether checksums vouch for every entry that it was made from.
    pub(super) proven: bool,
}

/// A pack's number and an offset in it.
type Place = (u32, u64);

/// The bases of the last objects.
#[derive(Default)]
pub(super) struct Cache {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    bases: HashMap<Place, (Base, bool)>,
    queue: VecDeque<Place>,
    bytes: usize,
}

impl Cache {
    pub(super) fn get(&self, pack: u32, offset: u64) -> Option<Base> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (base, used) = inner.bases.get_mut(&(pack, offset))?;
        *used = true;
        Some(base.clone())
    }

    /// Keeps a base, in the place of those not asked for since they were last passed by.
    pub(super) fn put(&self, pack: u32, offset: u64, base: &Base) {
        let size = base.content.len();
        if size > ROOM / 4 {
            return;
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.bases.insert((pack, offset), (base.clone(), false)).is_none() {
            inner.queue.push_back((pack, offset));
            inner.bytes += size;
        }
        while inner.bytes > ROOM
            && let Some(place) = inner.queue.pop_front()
        {
            match inner.bases.get_mut(&place) {
                Some((_, used @ true)) => {
                    *used = false;
                    inner.queue.push_back(place);
                }
                _ => {
                    let gone = inner.bases.remove(&place);
                    inner.bytes -= gone.map_or(0, |(base, _)| base.content.len());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let cache = Cache::default();
        let base = |n: usize| Base { kind: Kind::Blob, content: Arc::new(vec![0; n]), proven: true };
        cache.put(0, 0, &base(ROOM));
        assert!(cache.get(0, 0).is_none());
        for offset in 0..100 {
            cache.put(1, offset, &base(ROOM / 10));
            assert!(cache.get(1, 0).is_some());
        }
        assert!(cache.get(1, 50).is_none());
        assert!(cache.inner.lock().unwrap().bytes <= ROOM);
    }
}
