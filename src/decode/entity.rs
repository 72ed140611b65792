//! HTML and XML entities: `&quot;key&quot;:&quot;...&quot;`, `KEY&#61;...`.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::{Gate, is_token};

/// Entities that text with keys may hold, and what they stand for.
const NAMED: [(&[u8], u8); 15] = [
    (b"quot", b'"'),
    (b"apos", b'\''),
    (b"amp", b'&'),
    (b"lt", b'<'),
    (b"gt", b'>'),
    (b"nbsp", b' '),
    (b"equals", b'='),
    (b"colon", b':'),
    (b"plus", b'+'),
    (b"sol", b'/'),
    (b"lowbar", b'_'),
    (b"hyphen", b'-'),
    (b"dollar", b'$'),
    (b"NewLine", b'\n'),
    (b"period", b'.'),
];

/// Finds lines with entities that stand for structure or for a token's characters.
pub(super) fn find(text: &[u8], edits: &mut Edits) {
    let mut gate = Gate::default();
    let mut done = 0;
    for at in memchr::memchr_iter(b'&', text) {
        if at < done || !is_sign(text, at) || !gate.passes(text, at) {
            continue;
        }
        let start = memchr::memrchr(b'\n', &text[done..at]).map_or(done, |i| done + i + 1);
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |i| at + i);
        for at in memchr::memchr_iter(b'&', &text[start..end]).map(|i| start + i) {
            if let Some((byte, len)) = entity(&text[at..end]) {
                let structural = byte == b'"' && is_structural(&text[start..at], &text[at + len..end]);
                let byte = if structural && in_attribute(&text[start..at]) { b'\'' } else { byte };
                edits.push(at..at + len, &[byte], Piece::Whole(Encoding::Entities));
            }
        }
        done = end;
    }
}

/// Whether a quote between these parts data, and is no character of a value.
fn is_structural(before: &[u8], after: &[u8]) -> bool {
    const AROUND: &[u8] = b"{}[]:,=()";
    let meets = |b: Option<&u8>| b.is_some_and(|b| AROUND.contains(b));
    meets(before.last()) || meets(after.first())
}

/// Whether a text ends within an attribute's value: its quotes must go on holding what they hold.
fn in_attribute(before: &[u8]) -> bool {
    match before.iter().rposition(|b| matches!(b, b'"' | b'<' | b'>')) {
        Some(n) => before[n] == b'"' && before[..n].ends_with(b"="),
        None => false,
    }
}

fn is_sign(text: &[u8], at: usize) -> bool {
    let Some((byte, len)) = entity(&text[at..]) else { return false };
    let solid = |b: &&u8| **b != b' ';
    let before = text[at.saturating_sub(4)..at].iter().rev().find(solid).copied();
    let after = text[at + len..].iter().take(4).find(solid).copied();
    match byte {
        b'"' | b'\'' => matches!(before, Some(b':' | b'=' | b'{')) || matches!(after, Some(b':' | b'=' | b'}')),
        b'=' | b':' | b'+' | b'/' | b'_' | b'-' => {
            before.is_some_and(is_token) && after.is_some_and(|b| is_token(b) || b == b'&')
        }
        _ => false,
    }
}

/// The entity that `text` begins with: its character and its length. Only ASCII.
fn entity(text: &[u8]) -> Option<(u8, usize)> {
    let body = &text[1..text.len().min(12)];
    let end = body.iter().position(|&b| b == b';')?;
    let name = &body[..end];
    let byte = match name {
        [b'#', b'x' | b'X', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => NAMED.iter().find(|(n, _)| *n == name)?.1,
    };
    Some((byte, end + 2))
}

fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let code = u8::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()?;
    (matches!(code, b'\n' | b'\r' | b'\t') || (0x20..0x7f).contains(&code)).then_some(code)
}
