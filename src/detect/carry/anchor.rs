//! Places of a text whose surroundings may make something of them that is not there now: a secret-like name without a
//! value, an encoded stretch. What is none of these is decided by its own line.

use crate::blob::Copied;
use std::ops::Range;

/// What stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A secret-like name, or a command that takes passwords.
    Name,
    /// Something encoded.
    View,
    /// A call that joins a list, if one stands beside it.
    List,
    /// What is judged by text that no line of its own holds: where a change comes near, all is looked at.
    Far,
    /// A literal that could be a piece of a key, if names joined it.
    Half,
    /// A list that a call joins by its name, if it is one of pieces.
    Named,
    /// A name that a heading some kilobytes before it may make more telling.
    Headed,
}

/// Such a place: three bits say what stands there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor(u32);

impl Anchor {
    /// The place of something; `at` is below [`super::LARGEST`].
    pub fn new(at: usize, what: What) -> Anchor {
        Anchor((at as u32) << 3 | what as u32)
    }

    /// Where.
    pub fn at(self) -> usize {
        (self.0 >> 3) as usize
    }

    /// What.
    pub fn what(self) -> What {
        match self.0 & 7 {
            0 => What::Name,
            1 => What::View,
            2 => What::List,
            3 => What::Far,
            4 => What::Half,
            5 => What::Named,
            _ => What::Headed,
        }
    }
}

impl std::fmt::Debug for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}@{}", self.what(), self.at())
    }
}

/// Where the anchors of a text stand in the one that was made from it. Both are sorted.
pub(super) fn moved(anchors: &[Anchor], copied: &[Copied]) -> Vec<Anchor> {
    let mut all = Vec::with_capacity(anchors.len() + 8);
    for copy in copied {
        let from = anchors.partition_point(|a| a.at() < copy.from);
        let those = anchors[from..].iter().take_while(|a| a.at() < copy.from + copy.len);
        all.extend(those.map(|a| Anchor::new(a.at() - copy.from + copy.to, a.what())));
    }
    all
}

/// Those of sorted anchors that stand in a range.
pub(super) fn within(anchors: &[Anchor], range: Range<usize>) -> impl Iterator<Item = Anchor> {
    let from = anchors.partition_point(|a| a.at() < range.start);
    anchors[from..].iter().copied().take_while(move |a| a.at() < range.end)
}
