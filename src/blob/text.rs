//! Bytes as text: which encoding, or none. UTF-16 is decided before "binary".

use std::borrow::Cow;

/// How many bytes decide whether content is binary; git looks at the first 8000 too (buffer_is_binary, xdiff-interface.c).
const BINARY_WINDOW: usize = 8000;

/// How a text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or an ASCII superset: invalid bytes are left as they are (Latin-1, broken UTF-8).
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

/// What the bytes of a blob are.
#[derive(Debug)]
pub enum Content<'a> {
    /// Something to read.
    Text(Text<'a>),
    /// Nothing that this program reads.
    Binary,
}

/// A decoded text: bytes in an ASCII-compatible encoding. A byte order mark is left out.
#[derive(Debug, Clone)]
pub struct Text<'a> {
    /// The text. Offsets everywhere else are offsets into these bytes.
    pub bytes: Cow<'a, [u8]>,
    /// What it was.
    pub encoding: Encoding,
}

impl<'a> Text<'a> {
    /// Decodes `raw`, or says that it is binary.
    pub fn decode(raw: &'a [u8]) -> Content<'a> {
        if let Some(rest) = raw.strip_prefix(b"\xef\xbb\xbf") {
            return Self::utf8_or_binary(rest);
        }
        match utf16(raw) {
            Some((encoding, body)) => Content::Text(Text { bytes: Cow::Owned(transcode(encoding, body)), encoding }),
            None => Self::utf8_or_binary(raw),
        }
    }

    /// A text that is known to be one.
    pub fn utf8(bytes: &'a [u8]) -> Self {
        Text { bytes: Cow::Borrowed(bytes), encoding: Encoding::Utf8 }
    }

    fn utf8_or_binary(raw: &'a [u8]) -> Content<'a> {
        if memchr::memchr(0, &raw[..raw.len().min(BINARY_WINDOW)]).is_some() {
            Content::Binary
        } else {
            Content::Text(Text::utf8(raw))
        }
    }
}

/// UTF-16 by its mark, or by its look: nearly every second byte of the beginning is NUL, always on the same side.
fn utf16(raw: &[u8]) -> Option<(Encoding, &[u8])> {
    match raw {
        // FF FE 00 00 is UTF-32, which nobody writes secrets in.
        [0xff, 0xfe, 0, 0, ..] => return None,
        // Bytes that only begin like a mark are no way to hide the rest.
        [0xff, 0xfe, body @ ..] | [0xfe, 0xff, body @ ..] if looks_like_bytes(body) => return None,
        [0xff, 0xfe, body @ ..] => return Some((Encoding::Utf16Le, body)),
        [0xfe, 0xff, body @ ..] => return Some((Encoding::Utf16Be, body)),
        _ => {}
    }
    let head = &raw[..raw.len().min(BINARY_WINDOW) & !1];
    if head.len() < 4 || memchr::memchr(0, head).is_none() {
        return None;
    }
    let (mut even, mut odd, mut odd_text) = (0usize, 0usize, 0usize);
    for pair in head.chunks_exact(2) {
        let text = |b: u8| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
        even += usize::from(pair[0] == 0 && text(pair[1]));
        odd += usize::from(pair[1] == 0 && text(pair[0]));
        odd_text += usize::from(pair[0] == 0 && pair[1] == 0);
    }
    let pairs = head.len() / 2;
    // A NUL character is no text; a fifth of the characters may be beyond Latin.
    if odd_text > 0 {
        return None;
    }
    if odd * 5 >= pairs * 4 {
        Some((Encoding::Utf16Le, raw))
    } else if even * 5 >= pairs * 4 {
        Some((Encoding::Utf16Be, raw))
    } else {
        None
    }
}

/// No NUL, and nearly all ASCII: even text in Chinese has other bytes in three characters of four, and NULs in its
/// line ends.
fn looks_like_bytes(body: &[u8]) -> bool {
    let head = &body[..body.len().min(BINARY_WINDOW)];
    let ascii = head.iter().filter(|b| matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)).count();
    !head.is_empty() && !head.contains(&0) && ascii * 5 >= head.len() * 4
}

fn transcode(encoding: Encoding, body: &[u8]) -> Vec<u8> {
    let codec = match encoding {
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        _ => encoding_rs::UTF_16LE,
    };
    codec.decode_without_bom_handling(body).0.into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &[u8]) -> Option<String> {
        match Text::decode(raw) {
            Content::Text(t) => Some(String::from_utf8_lossy(&t.bytes).into_owned()),
            Content::Binary => None,
        }
    }

    #[test]
    fn utf16_with_and_without_mark() {
        let le: Vec<u8> = "key=é1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "key=é1\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (mark, body) in [(&b"\xff\xfe"[..], &le), (b"", &le), (b"\xfe\xff", &be), (b"", &be)] {
            assert_eq!(text(&[mark, body].concat()).as_deref(), Some("key=é1\r\n"));
        }
    }

    #[test]
    fn broken_text_that_begins_like_a_mark_is_read_as_bytes() {
        for mark in [b"\xff\xfe", b"\xfe\xff"] {
            assert_eq!(text(&[&mark[..], b" key=1\n"].concat()).as_deref(), Some("\u{fffd}\u{fffd} key=1\n"));
        }
        let chinese: Vec<u8> = "密钥是什么东西".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&[b"\xff\xfe", &chinese[..]].concat()).as_deref(), Some("密钥是什么东西"));
    }

    #[test]
    fn nul_bytes_are_binary_and_latin1_is_text() {
        assert_eq!(text(b"ab\0cd"), None);
        assert_eq!(text(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"), None);
        assert!(text(b"pass\xe9=1").is_some());
        assert_eq!(text(b"\xef\xbb\xbfkey").as_deref(), Some("key"));
    }
}
