//! The trees of deltas in a pack: which entry is made from which, and how much work hangs on each.

use super::pack::{Header, Pack};
use rayon::prelude::*;

/// No node.
pub(super) const NONE: u32 = u32::MAX;
/// What an object costs besides its bytes.
const TOUCH: u64 = 256;

/// The entries of a pack as trees. A node is an entry, by its place in the order of offsets.
pub(super) struct Forest {
    /// Where each entry begins.
    offsets: Vec<u64>,
    /// Each entry's first child, and the next child of its own base.
    first: Vec<u32>,
    next: Vec<u32>,
    /// About how many bytes are to be built for the entry and all that hangs on it; 0 where nothing is wanted.
    weight: Vec<u64>,
    /// Whole objects, and deltas whose base is no entry.
    pub(super) roots: Vec<u32>,
    /// Deltas that are, by and by, made from themselves.
    pub(super) circles: Vec<u32>,
}

impl Forest {
    /// Plants the trees. `find` gives an object's offset, by its id; `wanted` says which nodes are asked for.
    pub(super) fn new(
        pack: &Pack,
        offsets: Vec<u64>,
        find: impl Fn(&gix_hash::oid) -> Option<u64> + Sync,
        wanted: impl Fn(u32) -> bool,
    ) -> Forest {
        // What a node is made from, and about how large it is (known only of whole ones).
        let bases: Vec<(u32, u32)> = (0..offsets.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|at| {
                let offset = offsets.get(at).copied().unwrap_or_default();
                let Some(entry) = pack.entry(offset) else { return (NONE, 0) };
                let base = match entry.header {
                    Header::Whole(_) => None,
                    Header::Offset(base) => node_before(&offsets, at, base),
                    Header::Ref(id) => find(&id).and_then(|base| offsets.binary_search(&base).ok()),
                };
                (base.map_or(NONE, |base| base as u32), u32::try_from(entry.size).unwrap_or(u32::MAX))
            })
            .collect();
        let n = offsets.len();
        let mut forest = Forest {
            offsets,
            first: vec![NONE; n],
            next: vec![NONE; n],
            weight: vec![0; n],
            roots: Vec::new(),
            circles: Vec::new(),
        };
        forest.link(&bases);
        forest.weigh(bases, wanted);
        forest.heaviest_last();
        forest
    }

    pub(super) fn len(&self) -> u32 {
        self.offsets.len() as u32
    }

    pub(super) fn offset(&self, node: u32) -> u64 {
        self.offsets.get(node as usize).copied().unwrap_or_default()
    }

    pub(super) fn weight(&self, node: u32) -> u64 {
        self.weight.get(node as usize).copied().unwrap_or_default()
    }

    /// The first child for which there is anything to do, or [`NONE`].
    pub(super) fn first(&self, node: u32) -> u32 {
        self.wanted(self.first.get(node as usize))
    }

    /// The next child of the same base for which there is anything to do, or [`NONE`].
    pub(super) fn next(&self, node: u32) -> u32 {
        self.wanted(self.next.get(node as usize))
    }

    fn wanted<'f>(&'f self, mut node: Option<&'f u32>) -> u32 {
        while let Some(&at) = node
            && at != NONE
        {
            if self.weight(at) > 0 {
                return at;
            }
            node = self.next.get(at as usize);
        }
        NONE
    }

    fn link(&mut self, bases: &[(u32, u32)]) {
        for (node, &(base, _)) in bases.iter().enumerate().rev() {
            match self.first.get_mut(base as usize) {
                Some(first) => {
                    if let Some(next) = self.next.get_mut(node) {
                        *next = *first;
                    }
                    *first = node as u32;
                }
                None => self.roots.push(node as u32),
            }
        }
        self.roots.reverse();
    }

    /// Weighs each node with all that hangs on it. A delta makes about as much as its tree's root has.
    fn weigh(&mut self, bases: Vec<(u32, u32)>, wanted: impl Fn(u32) -> bool) {
        let mut sizes: Vec<u32> = bases.iter().map(|&(_, size)| size).collect();
        let mut order = self.roots.clone();
        order.reserve_exact(bases.len().saturating_sub(order.len()));
        let mut at = 0;
        while let Some(&node) = order.get(at) {
            at += 1;
            let size = sizes.get(node as usize).copied().unwrap_or_default();
            let mut child = self.first.get(node as usize).copied().unwrap_or(NONE);
            while child != NONE {
                if let Some(own) = sizes.get_mut(child as usize) {
                    *own = size;
                }
                order.push(child);
                child = self.next.get(child as usize).copied().unwrap_or(NONE);
            }
        }
        if order.len() < bases.len() {
            let mut reached = vec![false; bases.len()];
            for &node in &order {
                if let Some(reached) = reached.get_mut(node as usize) {
                    *reached = true;
                }
            }
            self.circles = (0..self.len()).filter(|&node| reached.get(node as usize) == Some(&false)).collect();
        }
        for &node in order.iter().rev() {
            let (Some(&size), Some(&(base, _))) = (sizes.get(node as usize), bases.get(node as usize)) else {
                continue;
            };
            let own = if wanted(node) { u64::from(size) + TOUCH } else { 0 };
            let Some(weight) = self.weight.get_mut(node as usize) else { continue };
            *weight = weight.saturating_add(own);
            let weight = *weight;
            if let Some(sum) = self.weight.get_mut(base as usize) {
                *sum = sum.saturating_add(weight);
            }
        }
    }

    /// Puts each base's heaviest child last: the base is not needed any more when that one is gone into, so that only
    /// about as many bases are held at a time as the tree's size has bits.
    fn heaviest_last(&mut self) {
        for node in 0..self.first.len() {
            let Some(&first) = self.first.get(node) else { continue };
            let (mut heaviest, mut before, mut last, mut previous, mut at) = (first, NONE, NONE, NONE, first);
            while at != NONE {
                if self.weight(at) > self.weight(heaviest) {
                    (heaviest, before) = (at, previous);
                }
                last = at;
                previous = at;
                at = self.next.get(at as usize).copied().unwrap_or(NONE);
            }
            if heaviest == last {
                continue;
            }
            let after = self.next.get(heaviest as usize).copied().unwrap_or(NONE);
            match self.next.get_mut(before as usize) {
                Some(next) => *next = after,
                None => self.first[node] = after,
            }
            self.next[last as usize] = heaviest;
            self.next[heaviest as usize] = NONE;
        }
    }
}

/// The node before `at` that begins at `offset`. Bases are near, mostly.
fn node_before(offsets: &[u64], at: usize, offset: u64) -> Option<usize> {
    let (mut high, mut step) = (at, 1);
    let low = loop {
        let low = high.saturating_sub(step);
        if low == 0 || *offsets.get(low)? <= offset {
            break low;
        }
        (high, step) = (low, step * 2);
    };
    offsets.get(low..high)?.binary_search(&offset).ok().map(|found| low + found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_before_another_is_found() {
        let offsets: Vec<u64> = (0..1000).map(|n| n * 3 + 12).collect();
        for at in [1, 2, 3, 17, 999] {
            for base in 0..at {
                assert_eq!(node_before(&offsets, at, offsets[base]), Some(base));
                assert_eq!(node_before(&offsets, at, offsets[base] + 1), None);
            }
            assert_eq!(node_before(&offsets, at, 0), None);
        }
    }

    #[test]
    fn the_heaviest_child_comes_last() {
        // 0 <- 1 <- 2, 0 <- 3, 0 <- 4 <- 5 <- 6, and a circle of 7 and 8
        let bases = [NONE, 0, 1, 0, 0, 4, 5, 8, 7].map(|base| (base, 10));
        let n = bases.len();
        let mut forest = Forest {
            offsets: (0..n as u64).collect(),
            first: vec![NONE; n],
            next: vec![NONE; n],
            weight: vec![0; n],
            roots: Vec::new(),
            circles: Vec::new(),
        };
        forest.link(&bases);
        forest.weigh(bases.to_vec(), |node| node != 3);
        forest.heaviest_last();
        let mut children = Vec::new();
        let mut at = forest.first(0);
        while at != NONE {
            children.push(at);
            at = forest.next(at);
        }
        assert_eq!(children, [1, 4]);
        assert_eq!(forest.weight(0), 6 * (10 + TOUCH));
        assert_eq!((forest.roots, forest.circles), (vec![0], vec![7, 8]));
    }
}
