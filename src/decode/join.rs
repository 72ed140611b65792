//! Split literals: `"abc" + "def"`, `'abc' 'def'`, `"abc" \` over lines, `["abc", "def"].join("")`.
//!
//! Only what could be one key is joined: both sides are made of token characters where they meet, and together they
//! are long enough. Two words of a list that happen to meet this cost a line of nonsense in the view, no more.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::{is_token, run_after, run_before};
use super::signs::Signs;
use super::{halves, lists};
use std::ops::Range;

const PIECE: Piece = Piece::Whole(Encoding::Joined);
/// Space, line ends and comment marks between two literals.
const GAP: usize = 96;
/// The shortest key that is worth joining, with an operator and without.
const JOINED: usize = 16;
const ADJACENT: usize = 20;

/// Finds seams between literals to take out.
pub(super) fn find(text: &[u8], signs: &Signs, edits: &mut Edits) {
    let mut pieces = Vec::new();
    for at in quotes(text, 0..text.len()) {
        match seam(text, at) {
            Some(seam) => edits.push(seam, b"", PIECE),
            None => pieces.extend(halves::half(text, at)),
        }
    }
    halves::join(text, &pieces, edits);
    edits.halves = pieces.iter().map(|half| half.literal.end).collect();
    lists::find(text, signs, edits);
}

/// The literals that end in a part of a text and could be pieces of a key: where their quotes stand.
pub(super) fn halves_in(text: &[u8], part: Range<usize>) -> impl Iterator<Item = usize> {
    quotes(text, part).filter(|&at| seam(text, at).is_none() && halves::half(text, at).is_some())
}

/// The quotes in a part that end something.
fn quotes(text: &[u8], part: Range<usize>) -> impl Iterator<Item = usize> {
    let from = part.start;
    let all = memchr::memchr2_iter(b'"', b'\'', &text[part]).map(move |at| from + at);
    all.filter(|&at| at > 0 && is_token(text[at - 1]))
}

/// The seam that begins with the closing quote at `at`.
fn seam(text: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = text[at];
    let window = &text[at + 1..text.len().min(at + 1 + GAP)];
    let space = |from: usize| {
        window[from..].iter().take_while(|b| b.is_ascii_whitespace() || matches!(b, b'\\' | b'_')).count()
    };
    let first = space(0);
    let operator = operator(&window[first..]);
    let second = first + operator + space(first + operator);
    let open = second + prefix(&window[second..]);
    if !matches!(window.get(open)?, b'"' | b'\'') || (operator == 0 && (first == 0 || window[open] != quote)) {
        return None;
    }
    let next = at + 1 + open + 1;
    if operator == 0 && is_name(text, next) {
        return None;
    }
    let (left, right) = (run_before(text, at, 128), run_after(text, next, 128));
    let joined = left.len() + right.len();
    let enough = if operator > 0 {
        joined >= JOINED && left.len() >= 3 && right.len() >= 3
    } else {
        joined >= ADJACENT && left.len() >= 6 && right.len() >= 6
    };
    // Words that stand side by side (imports, lists of paths) change from letters to digits or case less often.
    let changes = changes(&text[left]) + changes(&text[right]);
    (enough && changes * if operator > 0 { 8 } else { 5 } >= joined).then_some(at..next)
}

/// Whether the literal whose content begins at `next` names what follows: `"name" -> value`.
fn is_name(text: &[u8], next: usize) -> bool {
    let rest = &text[next..text.len().min(next + GAP)];
    let Some(close) = rest.iter().position(|b| matches!(b, b'"' | b'\'')) else { return false };
    let behind = rest[close + 1..].trim_ascii_start();
    [&b"->"[..], b"=>", b":", b"="].iter().any(|sign| behind.starts_with(sign))
}

/// How often letters, capitals and digits take turns.
pub(super) fn changes(piece: &[u8]) -> usize {
    let class = |b: &u8| (b.is_ascii_digit(), b.is_ascii_uppercase(), b.is_ascii_lowercase());
    piece.windows(2).filter(|w| class(&w[0]) != class(&w[1])).count()
}

/// Length of the operator that joins strings: `+ . .. & ~ <> ++ ||`.
fn operator(rest: &[u8]) -> usize {
    match rest {
        [b'+', b'+', ..] | [b'.', b'.', ..] | [b'<', b'>', ..] | [b'|', b'|', ..] => 2,
        [b'+' | b'.' | b'&' | b'~', ..] => 1,
        _ => 0,
    }
}

/// Length of a literal's prefix: `f"`, `b'`, `L"`, `@"`.
fn prefix(rest: &[u8]) -> usize {
    let letters = rest.iter().take(2).take_while(|b| matches!(**b, b'f' | b'r' | b'b' | b'u' | b'L' | b'@' | b'$'));
    letters.count()
}
