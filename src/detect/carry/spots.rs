//! Where a text differs from the one that it was made from, and what stands around these places.

use super::{AHEAD, BACK, Made, NEAR, SEAM};
use std::ops::Range;

/// Longer lines are not looked at in part.
const LINE: usize = 8 << 10;

/// What was changed close together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The whole lines that a change may matter to.
    pub(super) lines: Range<usize>,
    /// From the first of the changes to the last; what was only taken out has no bytes.
    pub(super) change: Range<usize>,
}

/// The spots of a text.
#[derive(Debug, Default)]
pub(super) struct Spots {
    pub(super) all: Vec<Spot>,
    /// What changed, one by one.
    pub(super) changes: Vec<Range<usize>>,
    /// The lines that were changed.
    pub(super) changed: Vec<Range<usize>>,
    /// The whole lines in which something may be encoded now that was not.
    pub(super) near: Vec<Range<usize>>,
}

impl Spots {
    /// None where most of the text is near something new, or where lines are too long.
    pub(super) fn of(text: &[u8], made: Made<'_>) -> Option<Spots> {
        let mut spots = Spots::default();
        for change in changes(text.len(), made) {
            let changed = lines(text, change.start.saturating_sub(1)..change.end + 1)?;
            let start = change.start.saturating_sub(NEAR.0).min(changed.start.saturating_sub(SEAM));
            let near = lines(text, start..(change.end + NEAR.1).max(changed.end + SEAM))?;
            let lines = lines(text, change.start.saturating_sub(AHEAD)..change.end + BACK)?;
            match spots.all.last_mut().filter(|last| last.lines.end >= lines.start) {
                Some(last) => {
                    last.lines.end = last.lines.end.max(lines.end);
                    last.change.end = change.end;
                }
                None => spots.all.push(Spot { lines, change: change.clone() }),
            }
            add(&mut spots.changed, changed);
            add(&mut spots.near, near);
            spots.changes.push(change);
        }
        let sum: usize = spots.near.iter().map(Range::len).sum();
        (sum / 3 <= text.len() / 4).then_some(spots)
    }
}

/// Adds a range to those before it, which begin no later, or hardly.
pub(super) fn add(all: &mut Vec<Range<usize>>, next: Range<usize>) {
    match all.last_mut().filter(|last| last.end >= next.start) {
        Some(last) => (last.start, last.end) = (last.start.min(next.start), last.end.max(next.end)),
        None => all.push(next),
    }
}

/// What was not copied, and the seams between what was.
pub(super) fn changes(len: usize, made: Made<'_>) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let (mut from, mut to) = (0, 0);
    for copied in made.copied {
        if copied.from != from || copied.to != to {
            all.push(to..copied.to);
        }
        (from, to) = (copied.from + copied.len, copied.to + copied.len);
    }
    if from != made.size || to != len {
        all.push(to..len);
    }
    all
}

/// The whole lines that hold `near`, as far as that lies in the text; None where a line is too long.
pub(super) fn lines(text: &[u8], near: Range<usize>) -> Option<Range<usize>> {
    let (start, end) = (near.start.min(text.len()), near.end.min(text.len()));
    let head = &text[start.saturating_sub(LINE)..start];
    let back = match memchr::memrchr(b'\n', head) {
        Some(at) => head.len() - at - 1,
        None if head.len() == start => start,
        None => return None,
    };
    let tail = &text[end..(end + LINE).min(text.len())];
    let on = match memchr::memchr(b'\n', tail) {
        Some(at) => at + 1,
        None if end + tail.len() == text.len() => tail.len(),
        None => return None,
    };
    Some(start - back..end + on)
}
