//! What starts no run (`://`, `-----BEGIN `, a pattern rule's words) is found by one search for a few literals.

use crate::spotter::Spotter;
use aho_corasick::{AhoCorasick, Input, MatchKind};
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
    /// Distinct literals with their targets, longest first, so that the search finds the longest at a place.
    all: Vec<(Vec<u8>, Vec<Target>)>,
    search: Option<Search>,
}

#[derive(Debug)]
enum Search {
    Spotter(Spotter),
    /// Where a literal is too short for it.
    Automaton(AhoCorasick),
}

impl Literals {
    pub(super) fn new(mut pairs: Vec<(Vec<u8>, Target)>) -> Self {
        pairs.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        let mut all: Vec<(Vec<u8>, Vec<Target>)> = Vec::new();
        for (literal, target) in pairs {
            match all.last_mut().filter(|last| last.0 == literal) {
                Some(last) if last.1.contains(&target) => {}
                Some(last) => last.1.push(target),
                None => all.push((literal, vec![target])),
            }
        }
        let search = Search::new(all.iter().map(|(literal, _)| literal.as_slice()));
        Literals { all, search }
    }

    /// Calls `hit` with every place of every literal in a part of a text, in order of their starts, overlapping ones too.
    pub(super) fn find(&self, text: &[u8], part: Range<usize>, mut hit: impl FnMut(Hit)) {
        let Some(search) = &self.search else { return };
        let mut at = part.start;
        while let Some(start) = search.next(text, at..part.end) {
            // The longest literal here; others may begin here too.
            for (literal, targets) in self.all.iter().filter(|(literal, _)| text[start..].starts_with(literal)) {
                targets.iter().for_each(|target| hit(Hit { start, end: start + literal.len(), target: *target }));
            }
            at = start + 1;
        }
    }
}

impl Search {
    fn new<'a>(literals: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Search> {
        literals.clone().next()?;
        Spotter::new(literals.clone()).map(Search::Spotter).or_else(|| {
            let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(literals);
            automaton.ok().map(Search::Automaton)
        })
    }

    fn next(&self, text: &[u8], span: Range<usize>) -> Option<usize> {
        if span.start > span.end {
            return None;
        }
        match self {
            Search::Spotter(search) => search.next(text, span),
            Search::Automaton(search) => search.find(Input::new(text).span(span)).map(|m| m.start()),
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
