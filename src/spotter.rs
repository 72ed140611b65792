//! Finds the places of many literals in one pass that looks at every second byte.
//!
//! A bit for each three bytes that stand at a literal's first or second place says whether one may begin here, or one
//! byte before. The cost per byte is that of a table of 16 KB, however many literals there are; only where a bit is set
//! are literals compared.

use std::ops::Range;

/// Bits of the table, as a power of two.
const BITS: u32 = 17;
const WORDS: usize = 1 << (BITS - 6);
/// How many bytes one step goes on: three groups of three bytes out of eight.
const STEP: usize = 6;
/// Literals are told apart by a hash of their first three bytes, of so many bits.
const BUCKET_BITS: u32 = 11;
const BUCKETS: usize = 1 << BUCKET_BITS;
/// The shortest literal.
pub(crate) const SHORTEST: usize = 3;

/// A set of literals of at least [`SHORTEST`] bytes.
pub(crate) struct Spotter {
    table: Box<[u64; WORDS]>,
    /// By their first three bytes, then the shortest first.
    literals: Vec<Literal>,
    /// Where those of a bucket of first three bytes are.
    buckets: Box<[(u32, u32); BUCKETS]>,
}

struct Literal {
    bytes: Vec<u8>,
    number: usize,
    /// Its first four bytes, or three, and which bits of a word they are.
    head: u32,
    mask: u32,
}

impl std::fmt::Debug for Spotter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spotter").field("literals", &self.literals.len()).finish_non_exhaustive()
    }
}

/// The bucket of three bytes: the lowest of four.
#[inline]
fn bucket(bytes: u32) -> usize {
    ((bytes << 8).wrapping_mul(0x9E37_79B1) >> (32 - BUCKET_BITS)) as usize & (BUCKETS - 1)
}

/// The bit of three bytes: the lowest of four.
#[inline]
fn bit(bytes: u32) -> u32 {
    (bytes << 8).wrapping_mul(0x9E37_79B1) >> (32 - BITS)
}

impl Spotter {
    /// None where there are no literals, or one is too short.
    pub(crate) fn new<'l>(literals: impl IntoIterator<Item = &'l [u8]>) -> Option<Spotter> {
        let mut all: Vec<Literal> = literals.into_iter().map(<[u8]>::to_vec).zip(0..).map(Literal::new).collect();
        if all.is_empty() || all.iter().any(|literal| literal.bytes.len() < SHORTEST) {
            return None;
        }
        all.sort_by_key(|literal| (bucket(literal.head), literal.bytes.len(), literal.number));
        let mut buckets = Box::new([(0, 0); BUCKETS]);
        for (at, literal) in (0..).zip(&all) {
            let (from, to) = &mut buckets[bucket(literal.head)];
            (*from, *to) = if *from == *to { (at, at + 1) } else { (*from, at + 1) };
        }
        let mut table = Box::new([0; WORDS]);
        for [a, b, c] in all.iter().flat_map(|literal| groups(&literal.bytes)) {
            let bit = bit(u32::from_le_bytes([a, b, c, 0]));
            table[bit as usize / 64] |= 1 << (bit % 64);
        }
        Some(Spotter { table, literals: all, buckets })
    }

    #[inline]
    fn may(&self, bytes: u32) -> bool {
        let bit = bit(bytes);
        self.table[(bit >> 6) as usize & (WORDS - 1)] >> (bit & 63) & 1 != 0
    }

    /// Where the first literal begins that stands in `span`.
    pub(crate) fn next(&self, text: &[u8], span: Range<usize>) -> Option<usize> {
        let text = text.get(..span.end)?;
        let mut at = span.start;
        while let Some(eight) = text.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let bytes = u64::from_le_bytes(*eight);
            let (a, b, c) = (self.may(bytes as u32), self.may((bytes >> 16) as u32), self.may((bytes >> 32) as u32));
            if a | b | c {
                let those = [(a, at.wrapping_sub(1)), (a, at), (b, at + 1), (b, at + 2), (c, at + 3), (c, at + 4)];
                let from = span.start;
                let found = those.iter().find(|(may, start)| *may && *start >= from && self.stands(text, *start));
                // Before the beginning lies nothing.
                if let Some((_, start)) = found.filter(|(_, start)| *start < text.len()) {
                    return Some(*start);
                }
            }
            at += STEP;
        }
        (at.saturating_sub(1).max(span.start)..text.len()).find(|&start| self.stands(text, start))
    }

    #[inline]
    fn stands(&self, text: &[u8], start: usize) -> bool {
        self.at(text, start).next().is_some()
    }

    /// The numbers of the literals that stand at `start`, the shortest first.
    #[inline]
    pub(crate) fn at(&self, text: &[u8], start: usize) -> impl Iterator<Item = (usize, usize)> {
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.first_chunk::<4>().map(|four| u32::from_le_bytes(*four));
        let three = word.or_else(|| rest.first_chunk::<3>().map(|[a, b, c]| u32::from_le_bytes([*a, *b, *c, 0])));
        let (from, to) = three.map_or((0, 0), |three| self.buckets[bucket(three)]);
        let those = self.literals.get(from as usize..to as usize).unwrap_or_default();
        those.iter().filter(move |literal| literal.begins(rest, word)).map(|l| (l.number, l.bytes.len()))
    }
}

impl Literal {
    fn new((bytes, number): (Vec<u8>, usize)) -> Literal {
        let byte = |at: usize| bytes.get(at).copied();
        let head = u32::from_le_bytes([0, 1, 2, 3].map(|at| byte(at).unwrap_or_default()));
        let mask = u32::from_le_bytes([0, 1, 2, 3].map(|at| if byte(at).is_some() { 0xff } else { 0 }));
        Literal { bytes, number, head, mask }
    }

    /// Whether `rest` begins with it; `word` are its first four bytes, if it has as many.
    #[inline]
    fn begins(&self, rest: &[u8], word: Option<u32>) -> bool {
        word.is_none_or(|word| word & self.mask == self.head)
            && (word.is_some() && self.bytes.len() <= 4 || rest.starts_with(&self.bytes))
    }
}

/// The three bytes that a literal begins with, and those from its second byte on; what follows it may be anything.
fn groups(literal: &[u8]) -> Vec<[u8; 3]> {
    match *literal {
        [a, b, c] => (0..=255).map(|any| [b, c, any]).chain([[a, b, c]]).collect(),
        [a, b, c, d, ..] => vec![[a, b, c], [b, c, d]],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn starts(spotter: &Spotter, text: &[u8], span: Range<usize>) -> Vec<usize> {
        let (mut all, mut at) = (Vec::new(), span.start);
        while let Some(start) = spotter.next(text, at..span.end) {
            all.push(start);
            at = start + 1;
        }
        all
    }

    #[test]
    fn short_literals_are_refused() {
        assert!(Spotter::new([&b"ab"[..]]).is_none());
        assert!(Spotter::new([]).is_none());
    }

    proptest! {
        #[test]
        fn finds_what_a_slow_search_finds(
            text in proptest::collection::vec(prop_oneof![9 => proptest::sample::select(b"abcd".to_vec()), 1 => any::<u8>()], 0..80),
            literals in proptest::collection::vec(proptest::collection::vec(proptest::sample::select(b"abcd".to_vec()), 3..6), 1..5),
            from in 0usize..12, less in 0usize..12,
        ) {
            let spotter = Spotter::new(literals.iter().map(Vec::as_slice)).unwrap();
            let end = text.len().saturating_sub(less);
            let span = from.min(end)..end;
            let slow: Vec<_> = span.clone().filter(|&at| literals.iter().any(|l| text[at..end].starts_with(l))).collect();
            prop_assert_eq!(starts(&spotter, &text, span), slow);
        }
    }
}
