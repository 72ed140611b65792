//! Base64 and hexadecimal digits that hold text: Secret manifests, Basic credentials, data URLs, encoded commands.
//!
//! Random bytes are hardly ever printable: of 18 of them, one set in fifty million. So every run that decodes to text
//! is one, whatever surrounds it, and the decoder asks for nothing else. Shorter runs need a place where base64 is
//! expected.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::hex2;
use super::signs::Signs;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use memchr::memmem;
use std::ops::Range;

const CONFIG: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const PLAIN: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// The shortest run that is tried anywhere, and where base64 is expected.
const RUN: usize = 20;
const EXPECTED_RUN: usize = 8;
/// Hexadecimal digits say less a character.
const HEX_RUN: usize = 32;
/// A run this long may go on in the next line.
const LINE: usize = 48;

/// Finds runs that decode to text.
pub(super) fn find(text: &[u8], signs: &Signs, edits: &mut Edits) {
    let shortest = if signs.is_manifest { EXPECTED_RUN } else { RUN };
    let (mut floor, mut at) = (0, shortest - 1);
    // Of every run of that length one of these bytes is a part.
    while at < text.len() {
        if !is_digit(text[at]) {
            at += shortest;
            continue;
        }
        let start = text[floor..at].iter().rposition(|&b| !is_digit(b)).map_or(floor, |i| floor + i + 1);
        let end = text[at..].iter().position(|&b| !is_digit(b)).map_or(text.len(), |i| at + i);
        if end - start >= shortest {
            run(text, start..end, edits);
        }
        (floor, at) = (end, end + shortest);
    }
    for &start in &signs.basic {
        let end = text[start..].iter().take(256).position(|&b| !is_digit(b)).map_or(text.len(), |i| start + i);
        if (EXPECTED_RUN..RUN).contains(&(end - start).min(RUN)) {
            run(text, start..end, edits);
        }
    }
}

/// Whether the `Secret` at `at` may make a text a manifest of short base64 values.
pub(super) fn begins_manifest(text: &[u8], at: usize) -> bool {
    memmem::find(&text[at.saturating_sub(10)..at], b"kind").is_some()
}

/// The characters of both alphabets, as a table: this is asked of every text.
static DIGITS: [bool; 256] = {
    let (mut set, mut i) = ([false; 256], 0);
    while i < 256 {
        let b = i as u8;
        set[i] = b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_');
        i += 1;
    }
    set
};

fn is_digit(b: u8) -> bool {
    DIGITS[usize::from(b)]
}

fn run(text: &[u8], run: Range<usize>, edits: &mut Edits) {
    // A piece of an escaped or percent-encoded run is read when that is undone.
    let stuck = |b: Option<&u8>| matches!(b, Some(b'\\' | b'%' | b'&'));
    if stuck(text.get(run.end)) || stuck(run.start.checked_sub(1).and_then(|i| text.get(i))) {
        return;
    }
    // The parts of a JSON Web Token are that token's.
    if text[run.clone()].starts_with(b"eyJ") && text.get(run.end) == Some(&b'.') {
        return;
    }
    let digits = &text[run.clone()];
    if digits.len() >= HEX_RUN && digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit) {
        let bytes: Option<Vec<u8>> = digits.chunks_exact(2).map(hex2).collect();
        if let Some(bytes) = bytes.filter(|b| is_text(b)) {
            edits.push(run, &bytes, Piece::Even(Encoding::Hex, 2, 1));
        }
        return;
    }
    lines(text, run, edits);
}

/// Decodes a run and the lines that continue it.
fn lines(text: &[u8], first: Range<usize>, edits: &mut Edits) {
    let mut run = first;
    let mut carried = Wide::Unknown;
    loop {
        let padded = text[run.end..].iter().take(2).take_while(|&&b| b == b'=').count();
        let Some((bytes, wide)) = decode(&text[run.clone()], carried) else { return };
        let piece = if wide == Wide::Yes { (8, 3) } else { (4, 3) };
        edits.push(run.start..run.end + padded, &bytes, Piece::Even(Encoding::Base64, piece.0, piece.1));
        carried = wide;
        let Some(next) = next_line(text, &run, padded) else { return };
        edits.push(run.end..next.start, b"", Piece::Whole(Encoding::Base64));
        run = next;
    }
}

/// The run that continues `run` in the next line, indented or not.
fn next_line(text: &[u8], run: &Range<usize>, padded: usize) -> Option<Range<usize>> {
    if padded > 0 || run.len() < LINE || !run.len().is_multiple_of(4) {
        return None;
    }
    let rest = &text[run.end..];
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    let indent = rest.iter().take(64).take_while(|b| matches!(b, b' ' | b'\t')).count();
    let start = text.len() - rest.len() + indent;
    let end = text[start..].iter().position(|&b| !is_digit(b)).map_or(text.len(), |i| start + i);
    (end > start && end - start <= run.len()).then_some(start..end)
}

/// Whether the decoded bytes are UTF-16.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wide {
    Unknown,
    Yes,
    No,
}

fn decode(digits: &[u8], wide: Wide) -> Option<(Vec<u8>, Wide)> {
    let engine = if digits.iter().any(|b| matches!(b, b'-' | b'_')) { &URL } else { &PLAIN };
    // A left-over character is no base64; most words fail at their first letters.
    if digits.len() % 4 == 1 || !starts_like_text(engine, digits) {
        return None;
    }
    let bytes = engine.decode(digits).ok()?;
    if wide != Wide::Yes && is_text(&bytes) {
        return Some((bytes, Wide::No));
    }
    if wide == Wide::No || bytes.len() < 16 || bytes.len() % 2 != 0 {
        return None;
    }
    let narrow: Option<Vec<u8>> = bytes.chunks_exact(2).map(|unit| (unit[1] == 0).then_some(unit[0])).collect();
    narrow.filter(|bytes| is_text(bytes)).map(|bytes| (bytes, Wide::Yes))
}

fn starts_like_text(engine: &GeneralPurpose, digits: &[u8]) -> bool {
    let mut head = [0; 6];
    let Some(first) = digits.get(..8) else { return false };
    engine.decode_slice_unchecked(first, &mut head).is_ok() && head.iter().all(|&b| is_text_byte(b) || b == 0)
}

fn is_text_byte(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..)
}

/// Whether bytes are printable UTF-8. Beyond ASCII only a small part may be: three random bytes are UTF-8 too often.
fn is_text(bytes: &[u8]) -> bool {
    let foreign = bytes.iter().filter(|b| !b.is_ascii()).count();
    bytes.iter().all(|&b| is_text_byte(b)) && foreign * 4 <= bytes.len() && std::str::from_utf8(bytes).is_ok()
}
