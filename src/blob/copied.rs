//! What one content has from another.

/// A stretch of a content that was copied from another one, as a delta says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it stands in the other.
    pub from: usize,
    /// Where it stands in this one.
    pub to: usize,
    /// How many bytes.
    pub len: usize,
}

impl Copied {
    /// Adds a stretch to those before it: one that goes on where the last one ended, in both, is a part of it.
    pub fn push(all: &mut Vec<Copied>, next: Copied) {
        match all.last_mut().filter(|last| last.from + last.len == next.from && last.to + last.len == next.to) {
            Some(last) => last.len += next.len,
            None => all.push(next),
        }
    }
}
