//! From the bytes of a view to the bytes that they were made from.

use super::Encoding;
use std::ops::Range;

/// How the bytes of a piece relate to their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Byte by byte the same.
    Copy,
    /// As a whole: an escape and what it stands for.
    Whole(Encoding),
    /// Evenly: `num` source bytes for `den` bytes of the view.
    Even(Encoding, u8, u8),
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    /// First byte in the view; it ends where the next one begins.
    at: u32,
    /// Source range.
    start: u32,
    end: u32,
    piece: Piece,
}

/// A map from a view to its source: pieces in the order of both.
#[derive(Clone, Debug, Default)]
pub(super) struct Map {
    segments: Vec<Segment>,
    /// Length of the source, for spans past the end.
    source_len: u32,
    len: u32,
}

impl Map {
    /// The source of `span`.
    pub(super) fn source(&self, span: Range<usize>) -> Range<usize> {
        let (Some(first), Some(last)) = (self.segments.first(), self.segments.last()) else { return 0..0 };
        let end = span.end.min(self.len as usize);
        let start = span.start.min(end);
        if start == self.len as usize {
            return last.end as usize..last.end as usize;
        }
        if start == end {
            let at = self.byte(start).start;
            return at..at;
        }
        let (from, to) = (self.byte(start).start, self.byte(end - 1).end);
        debug_assert!(first.start as usize <= from && from <= to && to <= self.source_len as usize);
        from..to
    }

    /// The first encoding undone within `span`.
    pub(super) fn encoding(&self, span: Range<usize>) -> Option<Encoding> {
        let from = self.index(span.start);
        self.segments[from.min(self.segments.len())..]
            .iter()
            .take_while(|s| (s.at as usize) < span.end.max(span.start + 1))
            .find_map(|s| match s.piece {
                Piece::Copy => None,
                Piece::Whole(encoding) | Piece::Even(encoding, ..) => Some(encoding),
            })
    }

    fn index(&self, at: usize) -> usize {
        self.segments.partition_point(|s| s.at as usize <= at).saturating_sub(1)
    }

    fn byte(&self, at: usize) -> Range<usize> {
        let Some(s) = self.segments.get(self.index(at)) else { return 0..0 };
        let (start, end) = (s.start as usize, s.end as usize);
        let i = at - s.at as usize;
        match s.piece {
            Piece::Copy => start + i..start + i + 1,
            Piece::Whole(_) => start..end,
            Piece::Even(_, num, den) => {
                let (num, den) = (usize::from(num), usize::from(den));
                (start + i * num / den).min(end)..(start + ((i + 1) * num).div_ceil(den)).min(end)
            }
        }
    }
}

/// Builds a view and its map, in the order of the source.
#[derive(Debug, Default)]
pub(super) struct Builder {
    text: Vec<u8>,
    segments: Vec<Segment>,
}

impl Builder {
    /// With room for about `capacity` bytes.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Builder { text: Vec::with_capacity(capacity), segments: Vec::new() }
    }

    /// Takes over `range` of `source` as it is.
    pub(super) fn copy(&mut self, source: &[u8], range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        match self.segments.last_mut() {
            Some(last) if last.piece == Piece::Copy && last.end as usize == range.start => last.end = range.end as u32,
            _ => self.push(range.clone(), Piece::Copy),
        }
        self.text.extend_from_slice(&source[range]);
    }

    /// Puts `bytes` in the place of `range`.
    pub(super) fn replace(&mut self, bytes: &[u8], range: Range<usize>, piece: Piece) {
        if !bytes.is_empty() {
            self.push(range, piece);
            self.text.extend_from_slice(bytes);
        }
    }

    fn push(&mut self, range: Range<usize>, piece: Piece) {
        let at = self.text.len() as u32;
        self.segments.push(Segment { at, start: range.start as u32, end: range.end as u32, piece });
    }

    /// How many bytes there are so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The view's text and the map back to a source of `source_len` bytes.
    pub(super) fn finish(self, source_len: usize) -> (Vec<u8>, Map) {
        let len = self.text.len() as u32;
        (self.text, Map { segments: self.segments, source_len: source_len as u32, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_each_kind_of_piece() {
        let source = b"ab%3DYWJj!";
        let mut b = Builder::default();
        b.copy(source, 0..2);
        b.replace(b"=", 2..5, Piece::Whole(Encoding::Percent));
        b.replace(b"abc", 5..9, Piece::Even(Encoding::Base64, 4, 3));
        b.copy(source, 9..10);
        let (text, map) = b.finish(source.len());
        assert_eq!(text, b"ab=abc!");
        assert_eq!(map.source(0..7), 0..10);
        assert_eq!(map.source(1..3), 1..5);
        assert_eq!(map.source(4..5), 6..8);
        assert_eq!(map.source(6..7), 9..10);
        assert_eq!(map.source(7..7), 10..10);
        assert_eq!(map.source(90..99), 10..10);
        assert_eq!(map.encoding(0..2), None);
        assert_eq!(map.encoding(1..3), Some(Encoding::Percent));
    }
}
