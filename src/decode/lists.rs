//! Lists of pieces that a call joins with nothing: `["abc", "def"].join("")`, `"".join(parts)`, `implode('', $parts)`.
//!
//! A list stands beside its call, or where its name is bound, anywhere in the text.

use super::Encoding;
use super::edits::Edits;
use super::halves::whole_word;
use super::map::Piece;
use super::sign::is_token;
use super::signs::Signs;
use memchr::memmem;
use std::ops::Range;

const PIECE: Piece = Piece::Whole(Encoding::Joined);
/// A list of pieces is read up to here.
const LIST: usize = 4096;
/// How many names of lists are looked for: each costs a pass over the text.
pub(super) const NAMED: usize = 16;
/// How far behind a name its list begins.
const OPEN: usize = 64;

/// Where the list stands that a call joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined<'t> {
    /// It begins near this place.
    Here(usize),
    /// Where this name is bound.
    Named(&'t [u8]),
}

/// Where the name begins whose `oin(` stands at `at`: `.join(`, `Join(`.
pub(super) fn name(text: &[u8], at: usize) -> Option<usize> {
    match text[..at] {
        [.., b'.', b'j'] => Some(at - 2),
        [.., b'J'] => Some(at - 1),
        _ => None,
    }
}

/// Finds lists of pieces that a call joins with nothing.
pub(super) fn find(text: &[u8], signs: &Signs, edits: &mut Edits) {
    let before = edits.len();
    let mut called: Vec<&[u8]> = Vec::new();
    for &(at, open) in &signs.joins {
        match joined(text, at, open) {
            Some(Joined::Here(from)) => {
                let pieces_before = edits.len();
                pieces(text, from, edits);
                if edits.len() > pieces_before {
                    unwrap(text, (at, open), from, edits);
                }
            }
            Some(Joined::Named(name)) if !called.contains(&name) => called.push(name),
            _ => {}
        }
        if called.len() > NAMED {
            edits.is_far = true;
            break;
        }
    }
    for name in called.iter().take(NAMED) {
        let unnamed = edits.len();
        for (start, open) in defined(text, name, 0..text.len()) {
            edits.defined.push(start..open);
            pieces(text, open, edits);
        }
        edits.is_far |= edits.len() > unnamed;
    }
    edits.called = called.into_iter().map(<[u8]>::to_vec).collect();
    edits.joins_lists = edits.len() > before;
}

/// Leaves the one literal that a list became without the call around it: what it is bound to is bound to the call.
fn unwrap(text: &[u8], (at, open): (usize, usize), from: usize, edits: &mut Edits) {
    let quote = |b: &u8| matches!(b, b'"' | b'\'');
    let Some(first) = text[from..].iter().take(OPEN).position(quote).map(|n| from + n) else { return };
    let Some(last) = edits.last_end().and_then(|end| Some(end + text[end..].iter().take(LIST).position(quote)? + 1))
    else {
        return;
    };
    let closed = |b: &&u8| b.is_ascii_whitespace() || matches!(b, b',' | b']' | b'}');
    let word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':');
    let (start, end) = if from < at {
        // `["abc", "def"].join("")`
        (from, open + text[open..].iter().take(4).position(|b| *b == b')').unwrap_or(OPEN))
    } else {
        let empty = if text[..at].ends_with(b"\"\"") || text[..at].ends_with(b"''") { 2 } else { 0 };
        let start = at - empty - text[..at - empty].iter().rev().take_while(word).count();
        (start, last + text[last..].iter().take(OPEN).take_while(closed).count())
    };
    if text.get(end) == Some(&b')') && start < first && last <= end {
        edits.push(start..first, b"", PIECE);
        edits.push(last..end + 1, b"", PIECE);
    }
}

/// What the call whose name begins at `at` and whose arguments begin at `open` joins with nothing, if it does.
pub(super) fn joined(text: &[u8], at: usize, open: usize) -> Option<Joined<'_>> {
    let before = &text[..at];
    let rest = &text[open..];
    // `concat!("abc", "def")`, `paste0(...)`, `string.Concat(...)`, `CONCAT(...)`
    if [&b"concat!("[..], b"paste0(", b"ing.Concat(", b"CONCAT("].iter().any(|call| text[at..].starts_with(call)) {
        return Some(Joined::Here(open));
    }
    let named = |name| named(name).map(Joined::Named);
    let empty = [&b"\"\""[..], b"''", b"``"].iter().any(|e| rest.starts_with(e));
    if before.ends_with(b"\"\"") || before.ends_with(b"''") {
        // Python: "".join(["abc", "def"]), "".join(pieces)
        let name = name_around(text, open, false);
        return match name.is_empty() {
            true => Some(Joined::Here(open)),
            false if rest[name.len().min(rest.len())..].starts_with(b")") => named(name),
            false => None,
        };
    }
    let method = text[at] == b'.' || text[at..].starts_with(b"joinTo");
    if method && (empty || rest.starts_with(b")")) {
        // JavaScript, Ruby, Kotlin: ["abc", "def"].join(""), pieces.join("")
        let end = if text[at] == b'.' { at } else { at.saturating_sub(1) };
        let floor = end.saturating_sub(LIST);
        return match before.last() {
            Some(b']') => memchr::memrchr(b'[', &text[floor..end]).map(|start| Joined::Here(floor + start)),
            _ => named(name_around(text, end, true)),
        };
    }
    if empty {
        // PHP: implode('', ['abc', 'def']), implode('', $pieces)
        let comma = rest[2..].iter().take(4).take_while(|b| matches!(b, b',' | b' ')).count();
        let name = name_around(text, open + 2 + comma, false);
        let here = name.is_empty() || matches!(name, b"array" | b"new");
        return if here { Some(Joined::Here(open + 2)) } else { named(name) };
    }
    if rest.starts_with(b"[]string")
        && let Some(brace) = rest.iter().take(32).position(|&b| b == b'{')
    {
        // Go: strings.Join([]string{"abc", "def"}, "")
        return Some(Joined::Here(open + brace));
    }
    // Go: strings.Join(pieces, "")
    let name = name_around(text, open, false);
    let behind = &rest[name.len().min(rest.len())..];
    if behind.starts_with(b", \"\")") { named(name) } else { None }
}

fn named(name: &[u8]) -> Option<&[u8]> {
    (2..=40).contains(&name.len()).then_some(name)
}

/// Where lists are bound to this name (`NAME = ["abc", "def"]`), the name in `span`: where it begins and its list does.
pub(super) fn defined<'t>(
    text: &'t [u8],
    name: &'t [u8],
    span: Range<usize>,
) -> impl Iterator<Item = (usize, usize)> + 't {
    let from = span.start;
    memmem::find_iter(&text[span], name).filter_map(move |at| {
        let at = from + at;
        let end = whole_word(text, at, name)?;
        let rest = &text[end..text.len().min(end + OPEN)];
        let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let sign = line.iter().position(|b| matches!(b, b'=' | b':'))?;
        let open = rest[sign..].iter().position(|b| matches!(b, b'[' | b'(' | b'{'))?;
        let typed = rest[..sign].iter().all(|b| b.is_ascii_alphanumeric() || b" \t[]<>:&*".contains(b));
        let quote = rest[sign..sign + open].iter().any(|b| matches!(b, b'"' | b'\'' | b';'));
        (typed && !quote).then_some((at, end + sign + open))
    })
}

/// Whether a list of pieces begins near `from`.
pub(super) fn is_list(text: &[u8], from: usize) -> bool {
    let mut edits = Edits::default();
    pieces(text, from, &mut edits);
    !edits.is_empty()
}

/// Takes out what separates the literals of a list that begins near `from`.
fn pieces(text: &[u8], from: usize, edits: &mut Edits) {
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

/// The name that ends before `at`, or begins behind it.
fn name_around(text: &[u8], at: usize, before: bool) -> &[u8] {
    let part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80;
    if before {
        let n = text[..at].iter().rev().take(41).take_while(part).count();
        &text[at - n..at]
    } else {
        let skip = text[at..].iter().take(4).take_while(|b| matches!(b, b' ' | b'$' | b'@' | b'*' | b'&')).count();
        let from = at + skip;
        let n = text[from..].iter().take(41).take_while(part).count();
        &text[from..from + n]
    }
}
