//! Sets of bytes as rules write them: "A-Za-z0-9_-".

/// A set of ASCII characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Alphabet([bool; 256]);

impl Alphabet {
    /// Reads what would stand within the brackets of a character class; a `-` first or last is itself. None for
    /// ranges that run backwards, for what is not ASCII and for an empty text.
    pub fn parse(text: &str) -> Option<Alphabet> {
        let bytes = text.as_bytes();
        if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_graphic) {
            return None;
        }
        let (mut set, mut i) = ([false; 256], 0);
        while let Some(&from) = bytes.get(i) {
            match (bytes.get(i + 1), bytes.get(i + 2)) {
                (Some(b'-'), Some(&to)) if from < to => {
                    set[usize::from(from)..=usize::from(to)].fill(true);
                    i += 3;
                }
                (Some(b'-'), Some(_)) => return None,
                _ => {
                    set[usize::from(from)] = true;
                    i += 1;
                }
            }
        }
        Some(Alphabet(set))
    }

    /// Whether the byte is in it.
    #[inline]
    pub fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// How many bytes of `text` from its start are in it, at most `max`.
    pub fn span(&self, text: &[u8], max: usize) -> usize {
        text.iter().take(max).take_while(|b| self.holds(**b)).count()
    }
}

impl std::fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all: String = (0..=127u8).filter(|b| self.holds(*b)).map(char::from).collect();
        write!(f, "Alphabet({all})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_and_hyphens() {
        let set = Alphabet::parse("A-Z0-9_-").unwrap();
        assert!([b'A', b'M', b'Z', b'0', b'_', b'-'].iter().all(|b| set.holds(*b)));
        assert!(!set.holds(b'a') && !set.holds(b'+'));
        assert_eq!(set.span(b"AB-c", 9), 3);
        assert_eq!((Alphabet::parse("z-a"), Alphabet::parse(""), Alphabet::parse("é")), (None, None, None));
    }
}
