//! What starts no run (`://`, `-----BEGIN `, a pattern rule's words) is found by one search for a few literals.

use crate::spotter::{SHORTEST, Spotter};
use aho_corasick::{AhoCorasick, Input};
use std::ops::Range;

/// What a literal leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A URL, perhaps with credentials.
    Url,
    /// A block between two lines.
    Block,
    /// A pattern rule.
    Pattern(usize),
    /// A token's form, by its prefix.
    Form(usize),
}

/// A literal in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Where it starts.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// What it leads to.
    pub(super) target: Target,
}

/// The literals of a rule set.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// Distinct literals' targets, by the numbers of the search.
    long: Vec<Vec<Target>>,
    spotter: Option<Spotter>,
    /// Those too short for it.
    short: Vec<Vec<Target>>,
    automaton: Option<AhoCorasick>,
}

impl Literals {
    pub(super) fn new(mut pairs: Vec<(Vec<u8>, Target)>) -> Self {
        pairs.sort_by(|a, b| a.0.cmp(&b.0));
        let mut all: Vec<(Vec<u8>, Vec<Target>)> = Vec::new();
        for (literal, target) in pairs {
            match all.last_mut().filter(|last| last.0 == literal) {
                Some(last) if last.1.contains(&target) => {}
                Some(last) => last.1.push(target),
                None => all.push((literal, vec![target])),
            }
        }
        let (short, long): (Vec<_>, Vec<_>) = all.into_iter().partition(|(literal, _)| literal.len() < SHORTEST);
        let spotter = Spotter::new(long.iter().map(|(literal, _)| literal.as_slice()));
        let words = short.iter().map(|(literal, _)| literal);
        let automaton = AhoCorasick::new(words).ok().filter(|_| !short.is_empty());
        let targets = |all: Vec<(Vec<u8>, Vec<Target>)>| all.into_iter().map(|(_, targets)| targets).collect();
        Literals { long: targets(long), spotter, short: targets(short), automaton }
    }

    /// Calls `hit` with every place of every literal in a part of a text, overlapping ones too; those of a search in order.
    pub(super) fn find(&self, text: &[u8], part: Range<usize>, mut hit: impl FnMut(Hit)) {
        if part.start > part.end || part.end > text.len() {
            return;
        }
        let mut told = |targets: Option<&Vec<Target>>, start: usize, end: usize| {
            targets.into_iter().flatten().for_each(|target| hit(Hit { start, end, target: *target }));
        };
        if let Some(search) = &self.spotter {
            let mut at = part.start;
            while let Some(start) = search.next(text, at..part.end) {
                // A literal may reach over the part's end where the next one goes on.
                search.at(text, start).for_each(|(n, len)| told(self.long.get(n), start, start + len));
                at = start + 1;
            }
        }
        if let Some(search) = &self.automaton {
            for found in search.find_overlapping_iter(Input::new(text).span(part)) {
                told(self.short.get(found.pattern().as_usize()), found.start(), found.end());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(literals: &[&str], text: &[u8]) -> Vec<(usize, usize)> {
        let pairs = literals.iter().enumerate().map(|(i, l)| (l.as_bytes().to_vec(), Target::Pattern(i))).collect();
        let mut all = Vec::new();
        Literals::new(pairs).find(text, 0..text.len(), |hit| all.push((hit.start, hit.end)));
        all.sort_unstable();
        all
    }

    #[test]
    fn overlapping_ones_are_all_found() {
        let all = found(&["://", "https://hooks.", "http"], b"x https://hooks. y");
        assert_eq!(all, [(2, 6), (2, 16), (7, 10)]);
        assert!(found(&[], b"://").is_empty());
    }

    proptest! {
        #[test]
        fn finds_what_a_slow_search_finds(text in "[ab:/]{0,60}") {
            let literals = ["://", "ab", "b:", "aba"];
            let mut slow = Vec::new();
            for literal in literals {
                let places = (0..text.len()).filter(|i| text[*i..].starts_with(literal));
                slow.extend(places.map(|i| (i, i + literal.len())));
            }
            slow.sort_unstable();
            prop_assert_eq!(found(&literals, text.as_bytes()), slow);
        }
    }
}
