//! Percent-encoding: `%22key%22%3A%22...%22` in URLs, forms and logs.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::{Gate, hex2, is_token};
use std::ops::Range;

/// Finds words with percent signs that stand for structure or for a token's characters.
pub(super) fn find(text: &[u8], edits: &mut Edits) {
    let mut gate = Gate::default();
    let mut done = 0;
    for at in memchr::memchr_iter(b'%', text) {
        if at < done || !is_sign(text, at) || !gate.passes(text, at) {
            continue;
        }
        let word = word(text, at, done);
        decode(text, word.clone(), edits);
        done = word.end.max(at + 1);
    }
}

fn is_sign(text: &[u8], at: usize) -> bool {
    let Some(code) = hex2(&text[at + 1..]) else { return false };
    let before = at.checked_sub(1).map(|i| text[i]);
    let after = text.get(at + 3).copied();
    let token = |b: Option<u8>| b.is_some_and(is_token);
    match code {
        b'"' | b'\'' | b'{' | b'[' => token(before) || token(after) || after == Some(b'%'),
        // `%3d` is a printf format too: then nothing leads up to it or nothing follows.
        b'=' | b':' | b'&' => {
            (token(before) || before.is_some_and(|b| matches!(b, b'%' | b']'))) && (token(after) || after == Some(b'%'))
        }
        b'+' | b'/' | b'%' => token(before) && token(after),
        _ => false,
    }
}

/// The word around `at`: up to spaces, quotes and angle brackets; not before `floor`.
fn word(text: &[u8], at: usize, floor: usize) -> Range<usize> {
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\');
    let start = text[floor..at].iter().rposition(ends).map_or(floor, |i| floor + i + 1);
    let end = text[at..].iter().position(ends).map_or(text.len(), |i| at + i);
    start..end
}

fn decode(text: &[u8], word: Range<usize>, edits: &mut Edits) {
    let mut done = word.start;
    for at in memchr::memchr_iter(b'%', &text[word.clone()]).map(|i| word.start + i) {
        if at < done || at + 3 > word.end {
            continue;
        }
        // Controls but line ends are no text; they stay as they are.
        if let Some(code) =
            hex2(&text[at + 1..]).filter(|c| !c.is_ascii_control() || matches!(c, b'\n' | b'\r' | b'\t'))
        {
            edits.push(at..at + 3, &[code], Piece::Whole(Encoding::Percent));
            done = at + 3;
        }
    }
}
