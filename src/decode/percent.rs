//! Percent-encoding: `%22key%22%3A%22...%22` in URLs, forms and logs.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::{Gate, hex2, is_token, run_after, run_before};
use std::ops::Range;

/// So many percent signs in a row spell a token.
const SPELLED: usize = 12;

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
        code if is_token(code) => is_inside(text, at) || is_spelled(text, at),
        _ => false,
    }
}

/// Whether a character of a token is encoded though it need not be.
fn is_inside(text: &[u8], at: usize) -> bool {
    let (left, right) = (run_before(text, at, 64).len(), run_after(text, at + 3, 64).len());
    left > 0 && right > 0 && left + right >= 20
}

/// Whether a token is written in percent signs alone.
fn is_spelled(text: &[u8], at: usize) -> bool {
    (0..SPELLED).all(|n| {
        let code = text.get(at + 3 * n..at + 3 * n + 3).filter(|e| e[0] == b'%').and_then(|e| hex2(&e[1..]));
        code.is_some_and(is_token)
    })
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
