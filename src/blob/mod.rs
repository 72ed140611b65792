//! What goes in: bytes and where they come from. Knows no other room.

mod copied;
mod lines;
mod origin;
mod scope;
mod skip;
mod text;

pub use copied::Copied;
pub(crate) use lines::characters;
pub use lines::{LineIndex, Position, Positions};
pub use origin::{Commit, Kind, Origin, Provenance, Reach};
pub use scope::{LineSet, Scope};
pub use skip::{Skip, SkipReason};
pub use text::{Content, Encoding, Text};

use std::borrow::Cow;

/// A piece of content with its place: a file, a version of a file, a message, a name.
#[derive(Clone, Debug)]
pub struct Blob<'a> {
    /// Where it comes from.
    pub origin: Origin,
    /// The raw bytes, undecoded; see [`Text`].
    pub bytes: Cow<'a, [u8]>,
    /// Which of its lines count.
    pub scope: Scope,
    /// Set where the bytes are a window of something larger.
    pub window: Option<Window>,
}

impl<'a> Blob<'a> {
    /// A blob that counts as a whole.
    pub fn whole(origin: Origin, bytes: impl Into<Cow<'a, [u8]>>) -> Self {
        Blob { origin, bytes: bytes.into(), scope: Scope::Whole, window: None }
    }
}

/// Another file of the project that a blob belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// Relative to the repository.
    pub path: bstr::BString,
    /// The raw bytes.
    pub bytes: Vec<u8>,
}

/// A window of a content too large to hold: windows overlap, and each match belongs to the one window whose
/// `keep` holds its first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Line number (from 1) of the window's first byte.
    pub first_line: u64,
    /// Column (from 1, characters) of the window's first byte.
    pub first_column: u64,
    /// Byte range of the window in which a match must start to be this window's.
    pub keep: std::ops::Range<usize>,
}
