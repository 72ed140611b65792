//! Comments that silence a finding on their line or the next one.

use crate::blob::LineIndex;
use crate::finding::Suppression;

/// What the comments of a text say; empty and free where none does.
#[derive(Debug, Default)]
pub struct Inline {}

impl Inline {
    /// Reads the comments of a text.
    pub fn read(text: &[u8], lines: &LineIndex) -> Inline {
        let _ = (text, lines);
        Inline {}
    }

    /// The comment that silences a finding of `rule` whose token stands from line `first` to `last`.
    pub fn verdict(&self, rule: &str, first: u64, last: u64) -> Option<Suppression> {
        let _ = (rule, first, last);
        None
    }
}
