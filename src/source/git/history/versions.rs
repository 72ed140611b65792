//! Reads trees that come one version after the other, as a walk along deltas gives them: only what a version changes
//! is looked at.

use super::parse::{Entries, Entry};
use gix_hash::Kind;

/// The last tree, and what was made of each of its entries.
#[derive(Debug)]
pub(super) struct Versions<T> {
    data: Vec<u8>,
    /// Where each entry begins, and what was made of it.
    entries: Vec<(usize, T)>,
    next: Vec<(usize, T)>,
}

impl<T> Default for Versions<T> {
    fn default() -> Self {
        Versions { data: Vec::new(), entries: Vec::new(), next: Vec::new() }
    }
}

impl<T: Copy> Versions<T> {
    /// Reads a tree: `make` is called for each entry that does not stand in the last one as well. Says whether all of
    /// it could be read.
    pub(super) fn read<'d>(&mut self, data: &'d [u8], hash: Kind, mut make: impl FnMut(&Entry<'d>) -> T) -> bool {
        let same = beginning(&self.data, data);
        // Whole entries alone: the one that holds the first difference begins before it, or at it.
        let kept = self.entries.partition_point(|(start, _)| *start <= same).saturating_sub(1);
        let start = self.entries.get(kept).map_or(0, |(start, _)| *start);
        let most = self.data.len().min(data.len()) - start;
        let tail = end(&self.data, data).min(most);

        self.next.clear();
        self.next.extend_from_slice(&self.entries[..kept]);
        let mut at = start;
        let mut entries = Entries::of(&data[start..], hash);
        let mut joined = None;
        while at < data.len() {
            joined = self.same_place(data.len() - at, tail);
            let Some(entry) = entries.next().filter(|_| joined.is_none()) else { break };
            self.next.push((at, make(&entry)));
            at = data.len() - entries.left();
        }
        if let Some(from) = joined {
            let (old, new) = (self.data.len(), data.len());
            self.next.extend(self.entries[from..].iter().map(|(start, made)| (start + new - old, *made)));
        }
        std::mem::swap(&mut self.entries, &mut self.next);
        self.data.clear();
        self.data.extend_from_slice(data);
        if entries.is_damaged() {
            *self = Versions::default();
            return false;
        }
        true
    }

    /// What was made of the last tree's entries, in its order.
    pub(super) fn made(&self) -> impl Iterator<Item = T> {
        self.entries.iter().map(|(_, made)| *made)
    }

    /// The last version's entry that begins so many bytes before its end, if all is the same from there.
    fn same_place(&self, left: usize, tail: usize) -> Option<usize> {
        if left > tail {
            return None;
        }
        self.entries.binary_search_by_key(&(self.data.len() - left), |(start, _)| *start).ok()
    }
}

/// How many bytes are compared at once.
const STEP: usize = 32;

/// How many bytes two texts have in common at their beginning.
fn beginning(a: &[u8], b: &[u8]) -> usize {
    let (a_steps, b_steps) = (a.as_chunks::<STEP>().0, b.as_chunks::<STEP>().0);
    let same = STEP * a_steps.iter().zip(b_steps).take_while(|(a, b)| a == b).count();
    same + a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts have in common at their end.
fn end(a: &[u8], b: &[u8]) -> usize {
    let (a_steps, b_steps) = (a.as_rchunks::<STEP>().1, b.as_rchunks::<STEP>().1);
    let same = STEP * a_steps.iter().rev().zip(b_steps.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - same], &b[..b.len() - same]);
    same + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gix_hash::ObjectId;

    /// A tree with an entry for each (name, number).
    fn tree(entries: &[(&str, u8)]) -> Vec<u8> {
        entries.iter().flat_map(|(name, id)| [b"100644 ", name.as_bytes(), b"\0", &[*id; 20]].concat()).collect()
    }

    /// What is made: a number of the id.
    fn read(versions: &mut Versions<u8>, tree: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut fresh = Vec::new();
        let number = |id: &ObjectId| id.as_slice()[0];
        assert!(versions.read(tree, Kind::Sha1, |entry| {
            fresh.push(number(&entry.id));
            number(&entry.id)
        }));
        (fresh, versions.entries.iter().map(|(_, made)| *made).collect())
    }

    #[test]
    fn only_changes_are_looked_at() {
        let mut v = Versions::default();
        let names = ["a", "bb", "ccc", "d", "a-long-name-that-takes-more-than-a-step-of-bytes", "f"];
        let base: Vec<_> = names.iter().zip(1..).map(|(name, id)| (*name, id)).collect();
        assert_eq!(read(&mut v, &tree(&base)).0, [1, 2, 3, 4, 5, 6]);
        let mut changed = base.clone();
        changed[2].1 = 9;
        assert_eq!(read(&mut v, &tree(&changed)), (vec![9], vec![1, 2, 9, 4, 5, 6]));
        changed.remove(1);
        let (fresh, all) = read(&mut v, &tree(&changed));
        assert_eq!(all, [1, 9, 4, 5, 6]);
        assert!(fresh.len() <= 2, "{fresh:?}");
        changed.insert(0, ("0", 7));
        assert_eq!(read(&mut v, &tree(&changed)).1, [7, 1, 9, 4, 5, 6]);
        assert_eq!(read(&mut v, &tree(&[])).1, [0; 0]);
        assert_eq!(read(&mut v, &tree(&base)).1, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn damage_is_told_and_forgotten() {
        let mut v: Versions<()> = Versions::default();
        let whole = tree(&[("a", 1), ("b", 2)]);
        assert!(v.read(&whole, Kind::Sha1, |_| ()));
        assert!(!v.read(&whole[..whole.len() - 1], Kind::Sha1, |_| ()));
        assert!(v.entries.is_empty());
        assert!(v.read(&whole, Kind::Sha1, |_| ()));
    }

    proptest::proptest! {
        #[test]
        fn as_if_each_were_read_alone(
            trees in proptest::collection::vec(proptest::collection::vec((0..6usize, 1..4u8), 0..6), 1..12)
        ) {
            const NAMES: [&str; 6] = ["a", "b\x01", "100644 c", "dd", "a-name-longer-than-a-step-of-thirty-two-bytes", ""];
            let mut v = Versions::default();
            for entries in trees {
                let entries: Vec<_> = entries.iter().map(|(name, id)| (NAMES[*name], *id)).collect();
                let ids: Vec<u8> = entries.iter().map(|(_, id)| *id).collect();
                proptest::prop_assert_eq!(read(&mut v, &tree(&entries)).1, ids);
            }
        }
    }
}
