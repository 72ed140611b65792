//! A value that cannot print itself.

use std::fmt;

/// Below this many characters nothing of a value is shown.
const SHOW_FROM: usize = 16;
/// At most this share of a value's characters is shown.
const SHOWN_SHARE: usize = 8;

/// A secret value. `Debug` is redacted, there is no `Display`; [`Secret::reveal`] is the only door.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Secret(value.into().into_boxed_slice())
    }

    /// The raw value. Everything that calls this is a place to look at in a review.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The value with at most an eighth of its characters, and none of a value under 16: its beginning, where a
    /// provider's prefix stands, then dots. The number of dots does not tell the length.
    pub fn redacted(&self) -> String {
        let text = String::from_utf8_lossy(&self.0);
        let n = text.chars().count();
        // Values over several lines (PEM blocks) show nothing: their beginning is no secret and their body is.
        let shown = if n < SHOW_FROM || text.contains('\n') { 0 } else { (n / SHOWN_SHARE).min(8) };
        let head: String = text.chars().take(shown).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        format!("{head}********")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(********)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_at_most_an_eighth() {
        assert_eq!(Secret::new("short").redacted(), "********");
        assert_eq!(Secret::new("exactly15chars!").redacted(), "********");
        assert_eq!(Secret::new("abcdefghijklmnopqrstuvwxyz012345").redacted(), "abcd********");
        assert_eq!(format!("{:?}", Secret::new("abc")), "Secret(********)");
    }
}
