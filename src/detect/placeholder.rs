//! Values that nobody could log in with: examples, masks, counters, repetitions.

use aho_corasick::AhoCorasick;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Words that no random value holds and that say what it is. All lower case and letters only; the value is looked
/// at without case and separators.
const WORDS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "changethis",
    "replaceme",
    "replacewith",
    "redacted",
    "removed",
    "dummy",
    "sample",
    "yourkey",
    "yourapi",
    "yourtoken",
    "yoursecret",
    "youraccess",
    "yourpass",
    "yourown",
    "insertyour",
    "notreal",
    "notasecret",
    "notavalid",
    "fakekey",
    "faketoken",
    "fakesecret",
    "fakeapi",
    "testkey",
    "testtoken",
    "testsecret",
    "mysecret",
    "secretkey",
    "accesstoken",
    "apikeyhere",
    "keyhere",
    "tokenhere",
    "foobar",
    "deadbeef",
    "qwerty",
    "abcdefgh",
    "loremipsum",
    "xxxxxx",
    "invalidtoken",
    "invalidkey",
    "whatever",
];

/// Documented example keys without their prefix, by the first eight bytes of their SHA-256: as text they would be
/// found everywhere.
const DOCUMENTED: &[[u8; 8]] = &[
    // Stripe's documentation.
    [0x15, 0x3a, 0x18, 0x25, 0x86, 0x45, 0x13, 0x58],
    [0x74, 0xe1, 0x18, 0x84, 0xb0, 0x7b, 0x1d, 0x51],
    [0x74, 0x0f, 0xf4, 0x9a, 0xf2, 0x5d, 0x70, 0xc2],
    // Google's documentation.
    [0xb7, 0xc9, 0xc3, 0xb5, 0x6f, 0x40, 0xdf, 0x2b],
];

/// Why `value` (without its provider's prefix) can't be a secret; None if it can.
pub fn why(value: &[u8]) -> Option<&'static str> {
    let squeezed: Vec<u8> = value.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    if words().is_some_and(|words| words.is_match(&squeezed)) {
        return Some("a placeholder's word stands in it");
    }
    if value.contains(&b'*')
        || value.windows(3).any(|w| w == b"...")
        || memchr::memmem::find(value, "…".as_bytes()).is_some()
    {
        return Some("it is masked");
    }
    if repeats(value) {
        return Some("it repeats itself");
    }
    if longest_sequence(value) >= 8 {
        return Some("it counts");
    }
    documented(value).then_some("it is a documented example")
}

/// A search for the words, made once; None can't be: the words are few and short.
fn words() -> Option<&'static AhoCorasick> {
    static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    SEARCH.get_or_init(|| AhoCorasick::new(WORDS).ok()).as_ref()
}

/// Whether the whole value is one of the published example keys.
fn documented(value: &[u8]) -> bool {
    Sha256::digest(value).first_chunk::<8>().is_some_and(|head| DOCUMENTED.contains(head))
}

/// Long runs of one character, few distinct ones, or a short piece over and over.
fn repeats(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|b| seen[usize::from(*b)] = true);
    let distinct = seen.iter().filter(|s| **s).count();
    let longest = value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0);
    let n = value.len();
    (n >= 16 && distinct <= 5)
        || longest >= if n > 60 { 12 } else { 6 }
        || (1..=n.min(24) / 2)
            .any(|period| n >= 2 * period + 4 && value.iter().zip(&value[period..]).all(|(a, b)| a == b))
}

/// The longest stretch that counts up or down: 0123456789, abcdef, 987654; 9 goes on with 0.
fn longest_sequence(value: &[u8]) -> usize {
    let step = |a: u8, b: u8| match (a, b) {
        (b'9', b'0') => 1,
        (b'0', b'9') => -1,
        _ => i16::from(b.to_ascii_lowercase()) - i16::from(a.to_ascii_lowercase()),
    };
    let (mut best, mut up, mut down) = (1, 1, 1);
    for pair in value.windows(2) {
        let &[a, b] = pair else { continue };
        let by = step(a, b);
        up = if by == 1 { up + 1 } else { 1 };
        down = if by == -1 { down + 1 } else { 1 };
        best = best.max(up).max(down);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fakes() {
        for fake in [
            "IOSFODNN7EXAMPLE",
            "your_api_key_here_0000",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "1234567890abcdef",
            "abababababababab",
            "aB3dE6aB3dE6aB3dE6aB3dE6",
            "k9********3f",
            "00000000000000000000",
            "qwertyuiopasdfghjkl1",
            "9876543210zyx",
        ] {
            assert!(why(fake.as_bytes()).is_some(), "{fake}");
        }
    }

    #[test]
    fn real_ones() {
        for real in ["q8Zk2vXb7Lw0Rn5Tc9Yd3Hs6JmA", "7f3a9c1e5b2d8046f1a3", "Zk2+vXb/7Lw0Rn5Tc9Yd3Hs6JmAq8PoIuYtReWqL"]
        {
            assert_eq!(why(real.as_bytes()), None, "{real}");
        }
    }
}
