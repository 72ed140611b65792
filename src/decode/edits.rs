//! What to replace in a text: collected by the decoders, applied in one pass.

use super::map::{Builder, Map, Piece};
use super::signs::Signs;
use super::{base64, entity, escape, join, percent, quoted, serial};
use std::ops::Range;

/// Of a text above this size a view holds only what is near its changes.
pub(super) const LARGE: usize = 256 << 10;
/// How near: enough for the call, block or request around a literal.
const NEAR: usize = 16 << 10;

#[derive(Clone, Debug)]
struct Edit {
    start: u32,
    end: u32,
    /// Range of `Edits::out`.
    out: (u32, u32),
    piece: Piece,
}

/// Replacements in a text, in any order, possibly overlapping: the first one wins.
#[derive(Clone, Debug, Default)]
pub(super) struct Edits {
    list: Vec<Edit>,
    out: Vec<u8>,
    /// Where the quotes stand that end literals which may be pieces of a key that names join.
    pub(super) halves: Vec<usize>,
    /// The names of lists that calls join, and where these are bound: where the name begins and the list does.
    pub(super) called: Vec<Vec<u8>>,
    pub(super) defined: Vec<Range<usize>>,
    /// A call joins a list.
    pub(super) joins_lists: bool,
    /// What far text says: names join pieces or a list, a serialized array goes on for kilobytes.
    pub(super) is_far: bool,
}

impl Edits {
    /// What the decoders want to replace in `text`.
    pub(super) fn of(text: &[u8], signs: &Signs) -> Edits {
        let mut edits = Edits::default();
        escape::find(text, &mut edits);
        percent::find(text, &mut edits);
        entity::find(text, &mut edits);
        quoted::find(text, signs, &mut edits);
        serial::find(text, &mut edits);
        join::find(text, signs, &mut edits);
        base64::find(text, signs, &mut edits);
        edits
    }

    /// How many places there are to replace.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Where the place ends that was named last.
    pub(super) fn last_end(&self) -> Option<usize> {
        self.list.last().map(|edit| edit.end as usize)
    }

    /// Whether there is nothing to replace.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Where they begin and end, in order; of those within [`super::GRAIN`] bytes the first one.
    pub(super) fn places(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.list.iter().flat_map(|e| [e.start as usize, e.end as usize]).collect();
        all.sort_unstable();
        let mut last = None;
        all.retain(|&at| {
            let apart = last.is_none_or(|last| at > last + super::GRAIN);
            last = if apart { Some(at) } else { last };
            apart
        });
        all
    }

    /// Whether anything but split literals is undone: those go on where lists of words look like them.
    pub(super) fn undo_more_than_seams(&self) -> bool {
        self.list.iter().any(|e| e.piece != Piece::Whole(super::Encoding::Joined))
    }

    /// Puts `bytes` in the place of `range`.
    pub(super) fn push(&mut self, range: Range<usize>, bytes: &[u8], piece: Piece) {
        let from = self.out.len();
        self.out.extend_from_slice(bytes);
        self.list.push(Edit {
            start: range.start as u32,
            end: range.end as u32,
            out: (from as u32, self.out.len() as u32),
            piece,
        });
    }

    /// The view of `text` with everything replaced.
    pub(super) fn apply(mut self, text: &[u8]) -> (Vec<u8>, Map) {
        self.list.sort_by_key(|e| e.start);
        let whole = text.len() <= LARGE;
        let mut builder = Builder::with_capacity(if whole { text.len() } else { NEAR });
        let mut done = 0;
        for edit in &self.list {
            let (start, end) = (edit.start as usize, edit.end as usize);
            if start < done {
                continue;
            }
            copy_up_to(&mut builder, text, done..start, whole);
            let out = &self.out[edit.out.0 as usize..edit.out.1 as usize];
            builder.replace(out, start..end, edit.piece);
            done = end;
        }
        let rest = if whole { text.len() } else { done.saturating_add(NEAR).min(text.len()) };
        builder.copy(text, done..rest);
        builder.finish(text.len())
    }
}

/// Copies what stands between two changes: all of it, or, of a large text, what is near them, from a line's start.
fn copy_up_to(builder: &mut Builder, text: &[u8], gap: Range<usize>, whole: bool) {
    if whole || gap.len() <= 2 * NEAR {
        return builder.copy(text, gap);
    }
    // The first gap has no change before it.
    let head = if gap.start == 0 && builder.len() == 0 { 0 } else { gap.start + NEAR };
    let tail = gap.end - NEAR;
    let tail = memchr::memchr(b'\n', &text[tail..gap.end]).map_or(tail, |at| tail + at + 1);
    builder.copy(text, gap.start..head);
    if head > 0 {
        builder.replace(b"\n", head..head + 1, Piece::Whole(super::Encoding::Joined));
    }
    builder.copy(text, tail..gap.end);
}
