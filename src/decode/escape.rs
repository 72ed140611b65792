//! Escapes of string literals: JSON in JSON, `"\"key\": \"...\""` in source code, `A=1\nB=2`, `a\/b`, `\u0022`, and
//! lines continued by a backslash.
//!
//! A literal is read as one where it holds a sign: the whole of it is unescaped, and where it turned out to be a
//! text of its own (quotes, lines), its outer quotes are left out, so that its fields become fields of what is around.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::{Gate, hex2, is_token, run_after, run_before};
use std::ops::Range;

const PIECE: Piece = Piece::Whole(Encoding::Escapes);
/// So many escapes in a row spell a token.
const SPELLED: usize = 12;

/// What an escape says about the literal around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A text of its own: quotes or line ends beside names. Its delimiter, where it is known.
    Text(Option<u8>),
    /// A character of a token.
    Character,
    /// The line goes on.
    Continued,
}

/// Finds literals to unescape.
pub(super) fn find(text: &[u8], edits: &mut Edits) {
    let mut gate = Gate::default();
    let mut done = 0;
    for at in memchr::memchr_iter(b'\\', text) {
        // Of a run of backslashes the first one decides.
        if at < done || (at > done && text[at - 1] == b'\\') {
            continue;
        }
        let Some(sign) = sign(text, at) else { continue };
        if matches!(sign, Sign::Text(_)) && !gate.passes(text, at) {
            continue;
        }
        done = match sign {
            Sign::Continued => continued(text, at, edits),
            Sign::Character => {
                let region = region(text, at, done, None);
                unescape(text, region.clone(), edits);
                region.end
            }
            Sign::Text(quote) => {
                let region = region(text, at, done, quote);
                without_quotes(text, region.clone(), edits);
                unescape(text, region.clone(), edits);
                region.end
            }
        };
        done = done.max(at + 1);
    }
}

fn sign(text: &[u8], at: usize) -> Option<Sign> {
    let slashes = text[at..].iter().take_while(|&&b| b == b'\\').count();
    let rest = &text[at + slashes..];
    match *rest.first()? {
        quote @ (b'"' | b'\'') => is_structural(text, at, &rest[1..]).then_some(Sign::Text(Some(quote))),
        b'n' | b'r' | b't' => starts_entry(&rest[1..]).then_some(Sign::Text(None)),
        b'u' | b'x' => match ascii_code(rest)? {
            b'"' | b'\'' => {
                is_structural(text, at, &rest[if rest[0] == b'u' { 5 } else { 3 }..]).then_some(Sign::Text(None))
            }
            0x20..=0x7e => {
                let next = at + slashes + if rest[0] == b'u' { 5 } else { 3 };
                is_inside_token(text, at, next).or_else(|| is_spelled(text, at, next).then_some(Sign::Character))
            }
            _ => None,
        },
        b'/' if at > 0 && text[at - 1] != b'/' && rest.get(1) != Some(&b'/') => {
            is_inside_token(text, at, at + slashes + 1)
        }
        b'\n' | b'\r' if slashes == 1 => {
            let next = continuation(text, at)?;
            let (left, right) = (run_before(text, at, 64).len(), run_after(text, next, 64).len());
            (left >= 8 && right >= 4 && left + right >= 20).then_some(Sign::Continued)
        }
        _ => None,
    }
}

/// Whether the escape from `at` to `next` is a character of something as long as a key.
fn is_inside_token(text: &[u8], at: usize, next: usize) -> Option<Sign> {
    let (left, right) = (run_before(text, at, 64).len(), run_after(text, next.min(text.len()), 64).len());
    (left > 0 && right > 0 && left + right >= 16).then_some(Sign::Character)
}

/// Whether a token is written in escapes alone: the one from `at` to `next` is the first of several of its kind.
fn is_spelled(text: &[u8], at: usize, next: usize) -> bool {
    let width = next - at;
    let head = text[at..next].iter().take_while(|b| **b == b'\\').count() + 1;
    (0..SPELLED).all(|n| {
        let escape = text.get(at + n * width..next + n * width);
        escape.is_some_and(|e| e[..head] == text[at..at + head] && ascii_code(&e[head - 1..]).is_some_and(is_token))
    })
}

/// Whether an escaped quote stands for structure: beside `:`, `=` or a bracket, or as an option's argument.
fn is_structural(text: &[u8], at: usize, after: &[u8]) -> bool {
    let solid = |b: &&u8| !matches!(b, b' ' | b'\\');
    let before = text[at.saturating_sub(8)..at].iter().rev().find(solid).copied();
    let after = after.iter().take(8).find(solid).copied();
    let option = matches!(text[..at], [.., b'-', b'a'..=b'z' | b'A'..=b'Z', b' ']);
    matches!(before, Some(b':' | b'=' | b'{' | b'[')) || matches!(after, Some(b':' | b'=' | b'}' | b']')) || option
}

/// Whether `name =`, `name:` or a run as long as a key stands here, behind an escaped line end.
fn starts_entry(rest: &[u8]) -> bool {
    let rest = &rest[..rest.len().min(96)];
    let start = rest.iter().position(|b| !matches!(b, b' ' | b'\\')).unwrap_or(rest.len());
    let name = rest[start..].iter().take_while(|&&b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let end = start + name.count();
    let quote = usize::from(matches!(rest.get(end), Some(b'"' | b'\'')));
    let sep = rest[end + quote..].iter().position(|&b| b != b' ').map_or(rest.len(), |i| end + quote + i);
    end > start + 1
        && (end - start >= 20
            || matches!((rest.get(sep), rest.get(sep + 1)), (Some(b'=' | b':'), Some(b)) if *b != b'/'))
}

/// The character below 128 that `uXXXX` or `xXX` names.
fn ascii_code(rest: &[u8]) -> Option<u8> {
    match rest {
        [b'u', b'0', b'0', digits @ ..] | [b'x', digits @ ..] => hex2(digits).filter(u8::is_ascii),
        _ => None,
    }
}

/// What lies between the unescaped quotes (or line ends) around `at`; not before `floor`.
fn region(text: &[u8], at: usize, floor: usize, quote: Option<u8>) -> Range<usize> {
    let ends = |b: u8| quote.map_or(matches!(b, b'"' | b'\''), |q| b == q);
    let bare = |i: usize| text[..i].iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 0;
    let stop = |i: usize| text[i] == b'\n' || (ends(text[i]) && bare(i));
    let start = (floor..at).rev().find(|&i| stop(i)).map_or(floor, |i| i + 1);
    let end = (at..text.len()).find(|&i| stop(i)).unwrap_or(text.len());
    start..end
}

/// Leaves the quotes around a region out, if it has both.
fn without_quotes(text: &[u8], region: Range<usize>, edits: &mut Edits) {
    let Some(open) = region.start.checked_sub(1) else { return };
    let quote = text[open];
    if matches!(quote, b'"' | b'\'') && text.get(region.end) == Some(&quote) {
        edits.push(open..region.start, b"", PIECE);
        edits.push(region.end..region.end + 1, b"", PIECE);
    }
}

fn unescape(text: &[u8], region: Range<usize>, edits: &mut Edits) {
    let mut done = region.start;
    for at in memchr::memchr_iter(b'\\', &text[region.clone()]).map(|i| region.start + i) {
        if at < done {
            continue;
        }
        if let Some(one) = Unescaped::read(&text[at..region.end]) {
            edits.push(at..at + one.source, one.bytes(), PIECE);
            done = at + one.source;
        } else {
            done = at + 2;
        }
    }
}

/// Takes a backslash at a line's end out, with the next line's indentation.
fn continued(text: &[u8], at: usize, edits: &mut Edits) -> usize {
    let next = continuation(text, at).unwrap_or(at + 1);
    edits.push(at..next, b"", Piece::Whole(Encoding::Joined));
    next
}

/// Where the line that ends with the backslash at `at` goes on.
fn continuation(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at + 1..];
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    let indent = rest.iter().take(80).take_while(|b| matches!(b, b' ' | b'\t')).count();
    Some(text.len() - rest.len() + indent)
}

/// One escape read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unescaped {
    /// How many bytes of the source it takes.
    pub(super) source: usize,
    bytes: [u8; 4],
    len: usize,
}

impl Unescaped {
    /// What it stands for.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// Reads the escape that `text` begins with; None if it is none that is known. A terminal's colour code stands
    /// for nothing.
    pub(super) fn read(text: &[u8]) -> Option<Unescaped> {
        let one = |b: u8| Some(Unescaped { source: 2, bytes: [b, 0, 0, 0], len: 1 });
        match *text.get(1)? {
            b'n' => one(b'\n'),
            b'r' => one(b'\r'),
            b't' => one(b'\t'),
            b'b' | b'f' | b'v' => one(b' '),
            b @ (b'"' | b'\'' | b'\\' | b'/' | b'`') => one(b),
            b'\n' => Some(Unescaped { source: 2, bytes: [0; 4], len: 0 }),
            b'x' => Self::code(u32::from(hex2(&text[2..])?), text, 4),
            b'u' if text.get(2) == Some(&b'{') => {
                let digits = &text[3..text.len().min(10)];
                let end = digits.iter().position(|&b| b == b'}')?;
                let code = u32::from_str_radix(std::str::from_utf8(&digits[..end]).ok()?, 16).ok()?;
                Self::code(code, text, end + 4)
            }
            b'u' => Self::utf16(text),
            b'0' if text.get(2..4) == Some(b"33") => Self::code(0x1b, text, 4),
            b'e' if text.get(2) == Some(&b'[') => Self::code(0x1b, text, 2),
            _ => None,
        }
    }

    fn utf16(text: &[u8]) -> Option<Unescaped> {
        let unit = |at: usize| {
            let digits = text.get(at..at + 4)?;
            Some(u32::from(hex2(digits)?) << 8 | u32::from(hex2(&digits[2..])?))
        };
        let high = unit(2)?;
        if !(0xd800..0xdc00).contains(&high) {
            return Self::code(high, text, 6);
        }
        let low = unit(8).filter(|low| text.get(6..8) == Some(b"\\u") && (0xdc00..0xe000).contains(low))?;
        Self::code(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), text, 12)
    }

    fn code(code: u32, text: &[u8], source: usize) -> Option<Unescaped> {
        if code == 0x1b {
            return Some(Unescaped { source: source + colour(&text[source..]), bytes: [0; 4], len: 0 });
        }
        let mut bytes = [0; 4];
        let len = char::from_u32(code)?.encode_utf8(&mut bytes).len();
        Some(Unescaped { source, bytes, len })
    }
}

/// Length of the rest of a terminal's colour code.
fn colour(rest: &[u8]) -> usize {
    let Some(code) = rest.strip_prefix(b"[") else { return 0 };
    let digits = code.iter().take(16).take_while(|b| b.is_ascii_digit() || **b == b';').count();
    if code.get(digits).is_some_and(u8::is_ascii_alphabetic) { digits + 2 } else { 0 }
}
