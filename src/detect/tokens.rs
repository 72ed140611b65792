//! Finds runs of token characters without looking at every byte.

use std::ops::Range;

/// The shortest run that is handed out. Every secret that a run leads to is at least this long, or is reached by a
/// literal.
pub const MIN_RUN: usize = 20;

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

    proptest! {
        #[test]
        fn skips_nothing(text in proptest::collection::vec(prop_oneof![8 => Just(b'a'), 1 => Just(b' '), 1 => any::<u8>()], 0..400)) {
            prop_assert_eq!(Runs::new(&text).collect::<Vec<_>>(), slow(&text));
        }
    }
}
