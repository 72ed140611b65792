//! Finds runs of token characters without looking at every byte.

use std::ops::Range;

/// The shortest run that is handed out. What is shorter is reached by a literal.
pub use crate::rule::MIN_RUN;

/// The characters of a run. Tokens with others (`.`, `+`, `/`) are reached through one of their runs.
static TOKEN: [bool; 256] = {
    let (mut set, mut i) = ([false; 256], 0);
    while i < 256 {
        let b = i as u8;
        set[i] = b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        i += 1;
    }
    set
};

/// Whether `byte` belongs to a run.
#[inline]
pub fn is_token_byte(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

/// The runs of at least [`MIN_RUN`] token characters, in order.
#[derive(Clone, Debug)]
pub struct Runs<'a> {
    text: &'a [u8],
    /// The next byte to look at.
    at: usize,
    /// No run starts before this.
    floor: usize,
}

impl<'a> Runs<'a> {
    /// The runs of `text`.
    pub fn new(text: &'a [u8]) -> Self {
        Runs { text, at: MIN_RUN - 1, floor: 0 }
    }

    /// The runs of a part of `text`; none may reach over its edges.
    pub fn within(text: &'a [u8], part: Range<usize>) -> Self {
        Runs { text: text.get(..part.end).unwrap_or(text), at: part.start + MIN_RUN - 1, floor: part.start }
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            // A run of MIN_RUN bytes covers one of any MIN_RUN-th bytes: where that is no token byte, skip on.
            while !is_token_byte(*self.text.get(self.at)?) {
                self.at += MIN_RUN;
            }
            let before = self.text[self.floor..self.at].iter().rev().take_while(|b| is_token_byte(**b)).count();
            let after = self.text[self.at..].iter().take_while(|b| is_token_byte(**b)).count();
            let run = self.at - before..self.at + after;
            self.floor = run.end;
            self.at = run.end + MIN_RUN;
            if run.len() >= MIN_RUN {
                return Some(run);
            }
        }
    }
}

/// How many bytes at the start of a run are the tail of an escape that stands before it: the `n` of `\nKEY`, the
/// `3D` of `%3DKEY`, the `x22` of `\x22KEY`, the `0m` of `[0mKEY`. 0 if there is none. It may be wrong (a key can
/// begin with `n`), so a token is looked for with and without it.
pub fn escape_tail(text: &[u8], start: usize) -> usize {
    let Some(before) = start.checked_sub(1).and_then(|i| text.get(i)) else { return 0 };
    let rest = text.get(start..).unwrap_or_default();
    let hex = |from: usize, n: usize| rest.get(from..from + n).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit));
    match (before, rest) {
        (b'\\', [b'x', ..]) if hex(1, 2) => 3,
        (b'\\', [b'u', ..]) if hex(1, 4) => 5,
        (b'\\', [b'U', ..]) if hex(1, 8) => 9,
        (b'\\', [b'0'..=b'3', b'0'..=b'7', b'0'..=b'7', ..]) => 3,
        (b'\\', [b'n' | b'r' | b't' | b'f' | b'v' | b'b' | b'a' | b'e' | b'0', ..]) => 1,
        (b'%', _) => {
            let doubled = rest.chunks_exact(2).take_while(|pair| pair == b"25").count() * 2;
            if hex(doubled, 2) { doubled + 2 } else { 0 }
        }
        (b'=', _) if hex(0, 2) => 2,
        (b'[' | b';', _) => {
            let digits = rest.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
            if digits > 0 && rest.get(digits) == Some(&b'm') { digits + 1 } else { 0 }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn slow(text: &[u8]) -> Vec<Range<usize>> {
        let (mut all, mut start) = (Vec::new(), None);
        for i in 0..=text.len() {
            match (start, text.get(i).is_some_and(|b| is_token_byte(*b))) {
                (None, true) => start = Some(i),
                (Some(s), false) => {
                    all.extend((i - s >= MIN_RUN).then_some(s..i));
                    start = None;
                }
                _ => {}
            }
        }
        all
    }

    #[test]
    fn escapes_stick() {
        for (text, start, n) in [
            (&b"\\nKEY"[..], 1, 1),
            (b"%3DKEY", 1, 2),
            (b"%253DKEY", 1, 4),
            (b"\\x22KEY", 1, 3),
            (b"\\u0022KEY", 1, 5),
            (b"\x1b[32mKEY", 2, 3),
            (b"=3DKEY", 1, 2),
            (b" KEY", 1, 0),
            (b"KEY", 0, 0),
            (b"%zz", 1, 0),
        ] {
            assert_eq!(escape_tail(text, start), n, "{}", String::from_utf8_lossy(text));
        }
    }

    proptest! {
        #[test]
        fn skips_nothing(text in proptest::collection::vec(prop_oneof![8 => Just(b'a'), 1 => Just(b' '), 1 => any::<u8>()], 0..400)) {
            prop_assert_eq!(Runs::new(&text).collect::<Vec<_>>(), slow(&text));
        }
    }
}
