//! The shortest way from one sequence to another: Myers' linear-space algorithm ("An O(ND) Difference Algorithm and
//! Its Variations", 1986), from both ends towards the middle. As in git a search that gets too expensive is cut off,
//! so that any two sequences are compared in bounded time; then the way is no longer the shortest.
//!
//! Written here because a line that is called added though it is old is a false alarm on an old key, and the packages
//! at hand do that now and then even in small files.

use std::ops::Range;

/// So many steps of a search from both ends; beyond, it goes on from the farthest point reached.
const MAX_COST: usize = 256;

/// Which items of `new` are on no shortest way from `old`: true for each that is added.
pub(super) fn added(old: &[u32], new: &[u32]) -> Vec<bool> {
    let mut added = vec![true; new.len()];
    // What only one side has is on no way, and need not be searched.
    let kinds = old.iter().chain(new).max().map_or(0, |&max| max as usize + 1);
    let (mut in_old, mut in_new) = (vec![false; kinds], vec![false; kinds]);
    old.iter().for_each(|&item| in_old[item as usize] = true);
    new.iter().for_each(|&item| in_new[item as usize] = true);
    let old: Vec<u32> = old.iter().copied().filter(|&item| in_new[item as usize]).collect();
    let places: Vec<usize> = (0..new.len()).filter(|&at| in_old[new[at] as usize]).collect();
    let common: Vec<u32> = places.iter().map(|&at| new[at]).collect();
    Search::new(&old, &common).run(|at| added[places[at]] = false);
    slide_down(new, &mut added);
    added
}

/// Moves each run of added items down over equal ones, as git shows it: of two equal lines the second one is new.
fn slide_down(new: &[u32], added: &mut [bool]) {
    let mut end = new.len();
    while let Some(last) = added[..end].iter().rposition(|&a| a) {
        let mut start = added[..=last].iter().rposition(|&a| !a).map_or(0, |at| at + 1);
        let (first, mut behind) = (start, last + 1);
        while behind < new.len() && !added[behind] && new[start] == new[behind] {
            (added[start], added[behind]) = (false, true);
            (start, behind) = (start + 1, behind + 1);
            while behind < new.len() && added[behind] {
                behind += 1;
            }
        }
        end = first;
    }
}

struct Search<'a> {
    old: &'a [u32],
    new: &'a [u32],
    /// By diagonal (place in old less place in new): how far the ways from the start, and from the end, have come.
    forward: Vec<isize>,
    backward: Vec<isize>,
}

/// A part of both sides that is still to be compared.
type Part = (Range<usize>, Range<usize>);

impl<'a> Search<'a> {
    fn new(old: &'a [u32], new: &'a [u32]) -> Self {
        let diagonals = old.len() + new.len() + 3;
        Search { old, new, forward: vec![0; diagonals], backward: vec![0; diagonals] }
    }

    /// Calls `kept` for each place in `new` that is on the way.
    fn run(&mut self, mut kept: impl FnMut(usize)) {
        let mut parts: Vec<Part> = vec![(0..self.old.len(), 0..self.new.len())];
        while let Some((mut old, mut new)) = parts.pop() {
            while !old.is_empty() && !new.is_empty() && self.old[old.start] == self.new[new.start] {
                kept(new.start);
                (old.start, new.start) = (old.start + 1, new.start + 1);
            }
            while !old.is_empty() && !new.is_empty() && self.old[old.end - 1] == self.new[new.end - 1] {
                (old.end, new.end) = (old.end - 1, new.end - 1);
                kept(new.end);
            }
            if old.is_empty() || new.is_empty() {
                continue;
            }
            let (x, y) = self.middle(&old, &new);
            let stuck = (x, y) == (old.start, new.start) || (x, y) == (old.end, new.end);
            if !stuck {
                parts.push((old.start..x, new.start..y));
                parts.push((x..old.end, y..new.end));
            }
        }
    }

    /// A point in the middle of a shortest way, or of a short one.
    fn middle(&mut self, old: &Range<usize>, new: &Range<usize>) -> (usize, usize) {
        let bounds = Bounds::of(old, new);
        // Each diagonal's place in the vectors; one is left free on either side.
        let base = self.new.len() as isize + 1;
        let at = |diagonal: isize| (diagonal + base) as usize;
        let (mut ahead, mut back) = (Front::new(bounds.first), Front::new(bounds.last));
        let odd = (bounds.first - bounds.last) % 2 != 0;
        self.forward[at(bounds.first)] = bounds.x0;
        self.backward[at(bounds.last)] = bounds.x1;
        for _ in 0..MAX_COST {
            ahead.widen(&bounds, |diagonal| self.forward[at(diagonal)] = -1);
            for d in ahead.diagonals() {
                let (left, right) = (self.forward[at(d - 1)], self.forward[at(d + 1)]);
                let x = self.forth(if left >= right { left + 1 } else { right }, d, &bounds);
                self.forward[at(d)] = x;
                if odd && back.holds(d) && self.backward[at(d)] <= x {
                    return (x as usize, (x - d) as usize);
                }
            }
            back.widen(&bounds, |diagonal| self.backward[at(diagonal)] = isize::MAX);
            for d in back.diagonals() {
                let (left, right) = (self.backward[at(d - 1)], self.backward[at(d + 1)]);
                let x = self.back(if left < right { left } else { right - 1 }, d, &bounds);
                self.backward[at(d)] = x;
                if !odd && ahead.holds(d) && x <= self.forward[at(d)] {
                    return (x as usize, (x - d) as usize);
                }
            }
        }
        let reached = ahead.diagonals().map(|d| bounds.inside(self.forward[at(d)], d)).max_by_key(|(x, y)| x + y);
        let left = back.diagonals().map(|d| bounds.inside(self.backward[at(d)], d)).min_by_key(|(x, y)| x + y);
        let (start, end) = ((bounds.x0, bounds.y0), (bounds.x1, bounds.y1));
        let (reached, left) = (reached.unwrap_or(start), left.unwrap_or(end));
        let gone = |from: (isize, isize), to: (isize, isize)| to.0 + to.1 - from.0 - from.1;
        let (x, y) = if gone(start, reached) > gone(left, end) { reached } else { left };
        (x as usize, y as usize)
    }

    /// Along equal items from `x` on diagonal `d` towards the end.
    fn forth(&self, mut x: isize, d: isize, bounds: &Bounds) -> isize {
        while x < bounds.x1 && x - d < bounds.y1 && self.old[x as usize] == self.new[(x - d) as usize] {
            x += 1;
        }
        x
    }

    /// Along equal items from `x` on diagonal `d` towards the start.
    fn back(&self, mut x: isize, d: isize, bounds: &Bounds) -> isize {
        while x > bounds.x0 && x - d > bounds.y0 && self.old[x as usize - 1] == self.new[(x - d) as usize - 1] {
            x -= 1;
        }
        x
    }
}

/// The box that is searched: places in old (x) and in new (y), and the diagonals of its corners.
struct Bounds {
    x0: isize,
    x1: isize,
    y0: isize,
    y1: isize,
    first: isize,
    last: isize,
}

impl Bounds {
    fn of(old: &Range<usize>, new: &Range<usize>) -> Bounds {
        let (x0, x1, y0, y1) = (old.start as isize, old.end as isize, new.start as isize, new.end as isize);
        Bounds { x0, x1, y0, y1, first: x0 - y0, last: x1 - y1 }
    }

    /// The point at `x` on diagonal `d`, or the nearest one that is in the box.
    fn inside(&self, x: isize, d: isize) -> (isize, isize) {
        let x = x.clamp(self.x0.max(self.y0 + d), self.x1.min(self.y1 + d));
        (x, x - d)
    }
}

/// The diagonals that a search has spread to: every second one between two.
struct Front {
    low: isize,
    high: isize,
}

impl Front {
    fn new(diagonal: isize) -> Front {
        Front { low: diagonal, high: diagonal }
    }

    /// One further on either side, or one back where the box ends. `fresh` sets what is beyond to "not reached".
    fn widen(&mut self, bounds: &Bounds, mut fresh: impl FnMut(isize)) {
        if self.low > bounds.x0 - bounds.y1 {
            self.low -= 1;
            fresh(self.low - 1);
        } else {
            self.low += 1;
        }
        if self.high < bounds.x1 - bounds.y0 {
            self.high += 1;
            fresh(self.high + 1);
        } else {
            self.high -= 1;
        }
    }

    fn diagonals(&self) -> impl Iterator<Item = isize> + use<> {
        (self.low..=self.high).rev().step_by(2)
    }

    fn holds(&self, diagonal: isize) -> bool {
        (self.low..=self.high).contains(&diagonal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many items of `new` a longest common subsequence leaves out.
    fn least(old: &[u32], new: &[u32]) -> usize {
        let mut row = vec![0; new.len() + 1];
        for x in old {
            let mut corner = 0;
            for (at, y) in new.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if x == y { corner + 1 } else { above.max(row[at]) };
                corner = above;
            }
        }
        new.len() - row[new.len()]
    }

    fn shown(old: &[u32], new: &[u32]) -> String {
        added(old, new).iter().map(|&a| if a { '+' } else { '.' }).collect()
    }

    #[test]
    fn of_equal_items_the_last_is_new() {
        assert_eq!(shown(&[1, 2], &[1, 1, 2]), ".+.");
        assert_eq!(shown(&[1, 2, 3], &[1, 2, 9, 1, 2, 3]), "..+++.");
        assert_eq!(shown(&[], &[1, 1]), "++");
        assert_eq!(shown(&[1, 1], &[]), "");
    }

    #[test]
    fn two_sequences_without_anything_in_common_are_quick() {
        let (old, new): (Vec<u32>, Vec<u32>) = ((0..200_000).collect(), (200_000..400_000).collect());
        assert!(added(&old, &new).iter().all(|&a| a));
    }

    /// All common, none in order: what a cut-off is for.
    #[test]
    fn the_worst_case_ends() {
        let old: Vec<u32> = (0..60_000).collect();
        let new: Vec<u32> = (0..60_000).map(|n| (n * 7_919) % 60_000).collect();
        let kept = added(&old, &new).iter().filter(|&&a| !a).count();
        assert!(kept > 0);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]
        #[test]
        fn as_few_as_possible_and_in_order(
            old in proptest::collection::vec(0u32..9, 0..40),
            new in proptest::collection::vec(0u32..9, 0..40),
        ) {
            let added = added(&old, &new);
            proptest::prop_assert_eq!(added.iter().filter(|&&a| a).count(), least(&old, &new));
            let mut rest = old.iter();
            for (item, added) in new.iter().zip(added) {
                proptest::prop_assert!(added || rest.any(|o| o == item));
            }
        }
    }
}
