//! Which lines of a new text an old one does not have, on our own bytes, deaf to attributes.
//!
//! Lines are those of [`LineIndex`](crate::blob::LineIndex), with their ends: a last line that gets its line feed, or
//! a line whose LF becomes CRLF, is a changed line, as it is for git.

mod myers;

use crate::blob::{Content, LineSet, Text};
use std::borrow::Cow;
use std::collections::HashMap;

/// Above this many bytes on either side what both sides begin and end with is taken away before lines are made of it.
const TRIM: usize = 1 << 20;

/// Above this many lines on both sides together no diff is computed: what stands between the common beginning and the
/// common end counts as added. (Lines of four bytes in two files of 64 MiB would cost a gigabyte.)
const MAX_LINES: usize = 4_000_000;

/// The lines (from 1) of `new` that a line diff against `old` adds. Both are raw contents; UTF-16 is decoded first,
/// and what is binary is taken as it is.
pub fn added(old: &[u8], new: &[u8]) -> LineSet {
    if old == new {
        return LineSet::default();
    }
    let (old, new) = (decoded(old), decoded(new));
    let (mut old, mut new): (&[u8], &[u8]) = (&old, &new);
    let (old_end, new_end) = (line_end(old), line_end(new));
    let mut before = 0;
    if old.len().max(new.len()) > TRIM && old_end == new_end {
        let (start, tail) = common(old, new, new_end);
        before = memchr::memchr_iter(new_end, &new[..start]).count();
        (old, new) = (&old[start..old.len() - tail], &new[start..new.len() - tail]);
    }
    let counts = (count(old, old_end), count(new, new_end));
    let shift = |line: usize| (before + line) as u64;
    if counts.0 == 0 || counts.1 == 0 || counts.0.saturating_add(counts.1) > MAX_LINES {
        return LineSet::from_ranges([(shift(1), shift(counts.1))]);
    }
    let mut numbers = HashMap::new();
    let old = numbered(&mut numbers, Lines { rest: old, end: old_end });
    let new = numbered(&mut numbers, Lines { rest: new, end: new_end });
    let added = myers::added(&old, &new);
    LineSet::from_ranges((0..added.len()).filter(|&at| added[at]).map(|at| (shift(at + 1), shift(at + 1))))
}

/// A number for each distinct line.
fn numbered<'a>(numbers: &mut HashMap<&'a [u8], u32>, lines: Lines<'a>) -> Vec<u32> {
    lines
        .map(|line| {
            let next = numbers.len() as u32;
            *numbers.entry(line).or_insert(next)
        })
        .collect()
}

fn decoded(raw: &[u8]) -> Cow<'_, [u8]> {
    match Text::decode(raw) {
        Content::Text(text) => text.bytes,
        Content::Binary => Cow::Borrowed(raw),
    }
}

/// What ends a line: the rule of [`LineIndex`](crate::blob::LineIndex).
fn line_end(text: &[u8]) -> u8 {
    if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' }
}

fn count(text: &[u8], end: u8) -> usize {
    let ends = memchr::memchr_iter(end, text).count();
    ends + usize::from(text.last().is_some_and(|&b| b != end))
}

/// How many bytes both texts begin with, and how many of the rest both end with, in whole lines.
fn common(old: &[u8], new: &[u8], end: u8) -> (usize, usize) {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let start = memchr::memrchr(end, &new[..same]).map_or(0, |at| at + 1);
    let (old, new) = (&old[start..], &new[start..]);
    let same = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    // The tail begins behind a line end that both have, or it is all of one side and still begins a line of the other.
    let tail = [old, new].into_iter().map(|side| whole_lines(side, same, end)).min().unwrap_or(0);
    (start, tail)
}

/// The most bytes, at most `same`, at the end of `text` that begin at a line's start.
fn whole_lines(text: &[u8], same: usize, end: u8) -> usize {
    let from = text.len() - same;
    if from == 0 || text[from - 1] == end {
        return same;
    }
    memchr::memchr(end, &text[from..]).map_or(0, |at| same - at - 1)
}

/// The lines of a text, each with its end.
struct Lines<'a> {
    rest: &'a [u8],
    end: u8,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let len = memchr::memchr(self.end, self.rest).map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(len);
        self.rest = rest;
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(old: &[u8], new: &[u8]) -> Vec<(u64, u64)> {
        added(old, new).ranges().to_vec()
    }

    #[test]
    fn added_and_changed_lines_count_and_deleted_ones_do_not() {
        assert_eq!(ranges(b"a\nb\nc\n", b"a\nx\nb\nc\ny\n"), [(2, 2), (5, 5)]);
        assert_eq!(ranges(b"a\nb\nc\n", b"a\nB\nc\n"), [(2, 2)]);
        assert_eq!(ranges(b"a\nb\nc\n", b"a\nc\n"), []);
        assert_eq!(ranges(b"", b"a\nb"), [(1, 2)]);
        assert_eq!(ranges(b"a\n", b""), []);
        assert_eq!(ranges(b"a\n", b"a\n"), []);
    }

    #[test]
    fn line_ends_are_bytes_like_others() {
        assert_eq!(ranges(b"a\nb", b"a\nb\n"), [(2, 2)]);
        assert_eq!(ranges(b"a\nb\n", b"a\r\nb\n"), [(1, 1)]);
        assert_eq!(ranges(b"a\rb\rc\r", b"a\rx\rc\r"), [(2, 2)]);
    }

    #[test]
    fn utf16_is_compared_decoded() {
        let encode = |s: &str| -> Vec<u8> {
            [0xff, 0xfe].into_iter().chain(s.encode_utf16().flat_map(u16::to_le_bytes)).collect()
        };
        assert_eq!(ranges(&encode("ab\ncd\n"), &encode("ab\nĊd\ncd\n")), [(2, 2)]);
        assert_eq!(ranges(b"ab\ncd\n", &encode("ab\ncd\n")), []);
        assert_eq!(ranges(b"\0bin\nary\n", b"\0bin\nother\n"), [(2, 2)]);
    }

    /// What is trimmed away changes nothing, wherever a change stands in a large file.
    #[test]
    fn large_files_are_trimmed_to_whole_lines() {
        let line = |n: usize| format!("line {n} of a large file, long enough to fill a megabyte soon\n");
        let old: Vec<String> = (0..40_000).map(line).collect();
        for at in [0, 1, 20_000, 39_998, 39_999] {
            let mut new = old.clone();
            new[at] = "changed\n".into();
            assert_eq!(ranges(old.concat().as_bytes(), new.concat().as_bytes()), [(at as u64 + 1, at as u64 + 1)]);
            new[at] = old[at].repeat(2);
            assert_eq!(added(old.concat().as_bytes(), new.concat().as_bytes()).ranges().len(), 1);
            new.remove(at);
            assert_eq!(ranges(old.concat().as_bytes(), new.concat().as_bytes()), []);
        }
        let mut new = old.clone();
        new[7] = format!("prefix {}", old[7]);
        new[30_000] = "other\n".into();
        assert_eq!(ranges(old.concat().as_bytes(), new.concat().as_bytes()), [(8, 8), (30_001, 30_001)]);
        assert_eq!(ranges(old.concat().trim_end().as_bytes(), old.concat().as_bytes()), [(40_000, 40_000)]);
    }

    proptest::proptest! {
        /// What is not added stands in the old text, in the same order.
        #[test]
        fn the_rest_is_a_subsequence_of_the_old(old in "[abc\n]{0,80}", new in "[abc\n]{0,80}") {
            let set = added(old.as_bytes(), new.as_bytes());
            let mut left = old.split_inclusive('\n');
            for (i, line) in new.split_inclusive('\n').enumerate() {
                let n = i as u64 + 1;
                proptest::prop_assert!(set.touches(n, n) || left.any(|l| l == line), "line {n} of {new:?} from {old:?}");
            }
        }
    }
}
