//! Split literals: `"abc" + "def"`, `'abc' 'def'`, `"abc" \` over lines, `["abc", "def"].join("")`.
//!
//! Only what could be one key is joined: both sides are made of token characters where they meet, and together they
//! are long enough. Two words of a list that happen to meet this cost a line of nonsense in the view, no more.

use super::Encoding;
use super::edits::Edits;
use super::halves;
use super::map::Piece;
use super::sign::{is_token, run_after, run_before};
use super::signs::Signs;
use std::ops::Range;

const PIECE: Piece = Piece::Whole(Encoding::Joined);
/// Space, line ends and comment marks between two literals.
const GAP: usize = 96;
/// The shortest key that is worth joining, with an operator and without.
const JOINED: usize = 16;
const ADJACENT: usize = 20;
/// A list of pieces is read up to here.
const LIST: usize = 4096;
/// How many lists are looked for by name.
const NAMED: usize = 16;

/// Finds seams between literals to take out.
pub(super) fn find(text: &[u8], signs: &Signs, edits: &mut Edits) {
    let mut pieces = Vec::new();
    for at in memchr::memchr2_iter(b'"', b'\'', text) {
        if at == 0 || !is_token(text[at - 1]) {
            continue;
        }
        match seam(text, at) {
            Some(seam) => edits.push(seam, b"", PIECE),
            None => pieces.extend(halves::half(text, at)),
        }
    }
    edits.halves = pieces.len();
    halves::join(text, &pieces, edits);
    lists(text, signs, edits);
}

/// Finds lists of pieces that a call joins with nothing.
pub(super) fn lists(text: &[u8], signs: &Signs, edits: &mut Edits) {
    // How many names of lists may still be searched for: each costs a pass over the text.
    let mut named = NAMED;
    signs.joins.iter().for_each(|&(at, open)| list(text, at, open, &mut named, edits));
}

/// Where the name begins whose `oin(` stands at `at`: `.join(`, `Join(`.
pub(super) fn name(text: &[u8], at: usize) -> Option<usize> {
    match text[..at] {
        [.., b'.', b'j'] => Some(at - 2),
        [.., b'J'] => Some(at - 1),
        _ => None,
    }
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

/// A list of literals beside a call that joins with nothing: `at` is where its name begins, `open` its arguments.
fn list(text: &[u8], at: usize, open: usize, named: &mut usize, edits: &mut Edits) {
    let before = &text[..at];
    let rest = &text[open..];
    let empty = [&b"\"\""[..], b"''", b"``"].iter().any(|e| rest.starts_with(e));
    if before.ends_with(b"\"\"") || before.ends_with(b"''") {
        // Python: "".join(["abc", "def"]), "".join(pieces)
        let name = halves::name_around(text, open, false);
        let whole = rest[name.len().min(rest.len())..].starts_with(b")");
        return match (name.is_empty(), whole) {
            (true, _) => pieces(text, open, edits),
            (_, true) => halves::named_list(text, name, named, edits),
            _ => {}
        };
    }
    let method = text[at] == b'.' || text[at..].starts_with(b"joinTo");
    if method && (empty || rest.starts_with(b")")) {
        // JavaScript, Ruby, Kotlin: ["abc", "def"].join(""), pieces.join("")
        let end = if text[at] == b'.' { at } else { at.saturating_sub(1) };
        let floor = end.saturating_sub(LIST);
        match before.last() {
            Some(b']') => {
                if let Some(start) = memchr::memrchr(b'[', &text[floor..end]) {
                    pieces(text, floor + start, edits);
                }
            }
            _ => halves::named_list(text, halves::name_around(text, end, true), named, edits),
        }
    } else if empty {
        // PHP: implode('', ['abc', 'def']), implode('', $pieces)
        let comma = rest[2..].iter().take(4).take_while(|b| matches!(b, b',' | b' ')).count();
        let name = halves::name_around(text, open + 2 + comma, false);
        if name.is_empty() || matches!(name, b"array" | b"new") {
            pieces(text, open + 2, edits);
        } else {
            halves::named_list(text, name, named, edits);
        }
    } else if let Some(brace) = rest.iter().take(32).position(|&b| b == b'{')
        && rest.starts_with(b"[]string")
    {
        // Go: strings.Join([]string{"abc", "def"}, "")
        pieces(text, open + brace, edits);
    } else {
        // Go: strings.Join(pieces, "")
        let name = halves::name_around(text, open, false);
        let behind = &rest[name.len().min(rest.len())..];
        if behind.starts_with(b", \"\")") {
            halves::named_list(text, name, named, edits);
        }
    }
}

/// Takes out what separates the literals of a list that begins near `from`.
pub(super) fn pieces(text: &[u8], from: usize, edits: &mut Edits) {
    let end = text.len().min(from + LIST);
    let mut quotes = memchr::memchr2_iter(b'"', b'\'', &text[from..end]).map(|i| from + i);
    let Some(mut open) = quotes.next() else { return };
    while let Some(close) = quotes.next() {
        let whole = text[open] == text[close] && text[open + 1..close].iter().all(|&b| is_token(b));
        let Some(next) = quotes.next() else { return };
        let between = &text[close + 1..next];
        let comma = between.iter().all(|b| b.is_ascii_whitespace() || *b == b',') && between.contains(&b',');
        if !whole || !comma || text.get(next + 1).is_none_or(|&b| !is_token(b)) {
            return;
        }
        edits.push(close..next + 1, b"", PIECE);
        open = next;
    }
}
