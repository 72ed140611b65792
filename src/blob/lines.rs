//! Byte offsets to lines and columns. A line ends at LF (the CR of a CRLF belongs to no line); in a text without
//! any LF, a lone CR ends it (classic Mac files).

use std::cell::Cell;
use std::ops::Range;

/// A place in a text: both from 1, the column in characters of the decoded line (an invalid byte is one character).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line from 1.
    pub line: u64,
    /// Column from 1, in characters.
    pub column: u64,
}

/// Where each line of a text starts.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    len: usize,
    end: u8,
}

impl LineIndex {
    /// Reads the line starts of `text`; 8 bytes a line.
    pub fn new(text: &[u8]) -> Self {
        let end = if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' };
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(end, text).map(|at| at + 1));
        LineIndex { starts, len: text.len(), end }
    }

    /// How many lines there are; an empty last line (text that ends with a line end) does not count.
    pub fn count(&self) -> u64 {
        let n = self.starts.len() as u64;
        if self.starts.last() == Some(&self.len) { n - 1 } else { n }
    }

    /// The line (from 1) that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> u64 {
        self.starts.partition_point(|&s| s <= offset) as u64
    }

    /// The byte range of a line (from 1), without its line end. An empty range past the end.
    pub fn range(&self, line: u64, text: &[u8]) -> Range<usize> {
        let i = (line.max(1) - 1) as usize;
        let Some(&start) = self.starts.get(i) else { return self.len..self.len };
        let mut end = self.starts.get(i + 1).map_or(self.len, |&next| next - 1);
        if self.end == b'\n' && end > start && text.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        start..end
    }

    /// Line and column of the byte at `offset` of `text`, the text this index was made from.
    pub fn position(&self, offset: usize, text: &[u8]) -> Position {
        let offset = offset.min(self.len);
        let line = self.line(offset);
        let start = self.starts[(line - 1) as usize];
        Position { line, column: 1 + characters(&text[start..offset]) }
    }
}

/// Tells positions one after the other: on a line of megabytes each counts on from the one before it.
#[derive(Debug)]
pub struct Positions<'a> {
    lines: &'a LineIndex,
    text: &'a [u8],
    /// The place that was told last.
    last: Cell<(usize, Position)>,
}

impl<'a> Positions<'a> {
    /// Positions in `text`, the text that `lines` was made from.
    pub fn new(lines: &'a LineIndex, text: &'a [u8]) -> Self {
        Positions { lines, text, last: Cell::new((0, Position { line: 1, column: 1 })) }
    }

    /// As [`LineIndex::position`]; quick where offsets grow.
    pub fn of(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let (from, known) = self.last.get();
        let place = if offset >= from && self.lines.line(offset) == known.line {
            Position { column: known.column + characters(&self.text[from..offset]), ..known }
        } else {
            self.lines.position(offset, self.text)
        };
        // Within a character nothing is counted on from: its rest alone would be characters of their own.
        if self.text.get(offset).is_none_or(|b| *b & 0xc0 != 0x80) {
            self.last.set((offset, place));
        }
        place
    }
}

/// How many characters `bytes` shows; each invalid byte sequence counts as the U+FFFD that replaces it.
pub(crate) fn characters(bytes: &[u8]) -> u64 {
    if bytes.is_ascii() {
        return bytes.len() as u64;
    }
    bstr::ByteSlice::chars(bytes).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], offset: usize) -> (u64, u64) {
        let p = LineIndex::new(text).position(offset, text);
        (p.line, p.column)
    }

    #[test]
    fn columns_are_characters() {
        assert_eq!(at("é=k".as_bytes(), 3), (1, 3));
        assert_eq!(at(b"a\r\nb\xffc", 5), (2, 3));
        assert_eq!(at(b"a\rb\rc", 4), (3, 1));
        assert_eq!(at(b"a\rb\nc", 2), (1, 3));
    }

    proptest::proptest! {
        #[test]
        fn one_after_the_other_they_are_what_each_is(
            text in "([a-c\u{e9}\u{20ac}]{0,9}\n?){0,6}",
            cut in proptest::collection::vec(0usize..80, 0..3),
            offsets in proptest::collection::vec(0usize..80, 0..12),
        ) {
            let mut text = text.into_bytes();
            cut.into_iter().for_each(|at| if at < text.len() { text[at] = 0xe2 });
            let lines = LineIndex::new(&text);
            let positions = Positions::new(&lines, &text);
            for offset in offsets {
                proptest::prop_assert_eq!(positions.of(offset), lines.position(offset, &text));
            }
        }
    }

    #[test]
    fn ranges_leave_line_ends_out() {
        let text = b"ab\r\ncd\n";
        let lines = LineIndex::new(text);
        assert_eq!((lines.range(1, text), lines.range(2, text), lines.count()), (0..2, 4..6, 2));
        assert_eq!(lines.range(9, text), 7..7);
    }
}
