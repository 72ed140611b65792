//! Which lines of a blob count: all of them, or those that a change adds.

/// A set of line numbers (from 1), kept as sorted, disjoint, inclusive ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSet(Vec<(u64, u64)>);

impl LineSet {
    /// From inclusive ranges in any order.
    pub fn from_ranges(ranges: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let mut all: Vec<_> = ranges.into_iter().filter(|(a, b)| a <= b).collect();
        all.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::with_capacity(all.len());
        for (a, b) in all {
            match merged.last_mut() {
                Some(last) if a <= last.1.saturating_add(1) => last.1 = last.1.max(b),
                _ => merged.push((a, b)),
            }
        }
        LineSet(merged)
    }

    /// The lines that are not in the other set.
    pub fn without(&self, other: &LineSet) -> LineSet {
        let starts = std::iter::once(Some(1)).chain(other.0.iter().map(|&(_, end)| end.checked_add(1)));
        let ends = other.0.iter().map(|&(start, _)| start.saturating_sub(1)).chain([u64::MAX]);
        let between = starts.zip(ends).filter_map(|(start, end)| Some((start?, end)));
        self.intersection(&LineSet::from_ranges(between))
    }

    /// Whether any line from `first` to `last` (inclusive) is in the set.
    pub fn touches(&self, first: u64, last: u64) -> bool {
        let at = self.0.partition_point(|&(_, end)| end < first);
        self.0.get(at).is_some_and(|&(start, _)| start <= last)
    }

    /// Whether no line is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ranges, sorted.
    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// The lines that are in both sets.
    pub fn intersection(&self, other: &LineSet) -> LineSet {
        let (mut i, mut j, mut out) = (0, 0, Vec::new());
        while let (Some(&(a, b)), Some(&(c, d))) = (self.0.get(i), other.0.get(j)) {
            let (lo, hi) = (a.max(c), b.min(d));
            if lo <= hi {
                out.push((lo, hi));
            }
            if b < d { i += 1 } else { j += 1 }
        }
        LineSet(out)
    }
}

/// Which lines of a blob count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All.
    #[default]
    Whole,
    /// Only matches whose token, or whose deciding evidence, touches one of these lines.
    Lines(LineSet),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_merge_and_touch() {
        let set = LineSet::from_ranges([(5, 7), (1, 2), (3, 3), (9, 8)]);
        assert_eq!(set.ranges(), [(1, 3), (5, 7)]);
        assert!(set.touches(4, 5) && set.touches(1, 1) && !set.touches(4, 4) && !set.touches(8, 100));
    }

    #[test]
    fn intersection_keeps_common_lines() {
        let a = LineSet::from_ranges([(1, 5), (8, 9)]);
        let b = LineSet::from_ranges([(4, 8)]);
        assert_eq!(a.intersection(&b).ranges(), [(4, 5), (8, 8)]);
        assert_eq!(a.without(&b).ranges(), [(1, 3), (9, 9)]);
        let all = LineSet::from_ranges([(1, u64::MAX)]);
        assert_eq!(all.without(&a).ranges(), [(6, 7), (10, u64::MAX)]);
        assert!(all.without(&all).is_empty());
        assert_eq!(b.without(&LineSet::default()), b);
    }
}
