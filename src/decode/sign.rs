//! Signs that something worth reading may hide: shared by the decoders.

use std::ops::Range;

/// How far around a sign a long token or a secret-like word may stand.
const BEFORE: usize = 96;
const AFTER: usize = 160;
/// A run of so many token characters with letters and digits may be a key.
const RUN: usize = 16;

/// Words that make their neighbourhood worth reading, in lower case. Not a rule: only the price of a view depends on it.
const WORDS: [&[u8]; 12] = [
    b"pass",
    b"pwd",
    b"secret",
    b"token",
    b"key",
    b"auth",
    b"cred",
    b"bearer",
    b"basic",
    b"senha",
    b"contrase",
    b"parol",
];

/// Characters that keys are made of.
pub(super) fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/' | b'=' | b'.' | b'~')
}

/// Asks for places in ascending order whether their neighbourhood is worth reading; each byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Up to here nothing was found.
    clear: usize,
}

impl Gate {
    /// Whether a long token or a secret-like word stands near `at`.
    pub(super) fn passes(&mut self, text: &[u8], at: usize) -> bool {
        let end = (at + AFTER).min(text.len());
        // A word or run that began in the cleared part may go on in the new one.
        let start = at.saturating_sub(BEFORE).max(self.clear.saturating_sub(RUN)).min(end);
        if is_interesting(&text[start..end]) {
            return true;
        }
        self.clear = self.clear.max(end);
        false
    }
}

fn is_interesting(window: &[u8]) -> bool {
    let (mut run, mut digit, mut letter) = (0, false, false);
    for (i, &b) in window.iter().enumerate() {
        if is_token(b) {
            run += 1;
            digit |= b.is_ascii_digit();
            letter |= b.is_ascii_alphabetic();
            if run >= RUN && digit && letter {
                return true;
            }
        } else {
            (run, digit, letter) = (0, false, false);
        }
        if matches!(b | 0x20, b'p' | b's' | b't' | b'k' | b'a' | b'c' | b'b') {
            let rest = &window[i..];
            if WORDS.iter().any(|w| rest.len() >= w.len() && rest[..w.len()].eq_ignore_ascii_case(w)) {
                return true;
            }
        }
    }
    false
}

/// Whether any decoder would look at `text` at all: for texts too large to have views.
pub(super) fn any(text: &[u8]) -> bool {
    [&b"\\\""[..], b"%3D", b"&quot;", b"\\u00"].iter().any(|sign| memchr::memmem::find(text, sign).is_some())
}

/// The run of token characters that ends before `at`, at most `most` long.
pub(super) fn run_before(text: &[u8], at: usize, most: usize) -> Range<usize> {
    let floor = at.saturating_sub(most);
    let start = text[floor..at].iter().rposition(|&b| !is_token(b)).map_or(floor, |i| floor + i + 1);
    start..at
}

/// The run of token characters from `at` on, at most `most` long.
pub(super) fn run_after(text: &[u8], at: usize, most: usize) -> Range<usize> {
    let end = at.saturating_add(most).min(text.len());
    at..text[at..end].iter().position(|&b| !is_token(b)).map_or(end, |i| at + i)
}

/// The value of two hexadecimal digits.
pub(super) fn hex2(digits: &[u8]) -> Option<u8> {
    let value = |b: u8| (b as char).to_digit(16).map(|d| d as u8);
    match digits {
        [a, b, ..] => Some(value(*a)? << 4 | value(*b)?),
        _ => None,
    }
}
