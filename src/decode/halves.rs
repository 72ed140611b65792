//! Keys whose pieces stand in names of their own, joined elsewhere: `a = "abc"; b = "def"; key = a + b`, or in a list that
//! has a name: `"".join(pieces)`.
//!
//! The first piece becomes the whole key where it stands; what is done with its name is then done with the key.

use super::Encoding;
use super::edits::Edits;
use super::join::{changes, pieces};
use super::map::Piece;
use super::sign::run_before;
use memchr::memmem;
use std::ops::Range;

/// A piece of a key has so many characters.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=27;
/// The shortest key that is made of pieces.
const KEY: usize = 20;
/// How many pieces a text may have; a text with more is data.
const PIECES: usize = 32;
/// What may stand between two names that are joined.
const GLUE: usize = 16;
/// How many uses of a name are looked at.
const USES: usize = 12;

/// A literal that may be a piece of a key, with its name.
#[derive(Debug)]
pub(super) struct Half<'t> {
    name: &'t [u8],
    literal: Range<usize>,
}

/// The piece whose literal ends with the quote at `at`, if it is one.
pub(super) fn half(text: &[u8], at: usize) -> Option<Half<'_>> {
    let run = run_before(text, at, *LENGTH.end() + 1);
    let literal = run.clone();
    if !LENGTH.contains(&run.len()) || run.start == 0 || text[run.start - 1] != text[at] {
        return None;
    }
    let value = &text[run];
    // Words change from letters to digits or case less often.
    if changes(value) * 4 < value.len() || !value.iter().any(u8::is_ascii_digit) && changes(value) * 5 < 2 * value.len()
    {
        return None;
    }
    let name = name_before(text, literal.start - 1)?;
    Some(Half { name, literal })
}

/// The name that is bound to what begins at `at`: `NAME = `, `NAME: type = `, `NAME := `.
fn name_before(text: &[u8], at: usize) -> Option<&[u8]> {
    let floor = at.saturating_sub(96);
    let blank = |end: usize| {
        let kept = text[floor..end].iter().rposition(|b| !matches!(b, b' ' | b'\t' | b'&' | b'*' | b'@' | b'$'));
        kept.map_or(floor, |n| floor + n + 1)
    };
    let word = |end: usize| {
        let from = text[floor..end].iter().rposition(|b| !(b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80));
        from.map_or(floor, |n| floor + n + 1)..end
    };
    let sign = blank(at);
    let signs = text[floor..sign].iter().rev().take_while(|b| matches!(b, b'=' | b':' | b'<' | b'-' | b'>')).count();
    if signs == 0 || signs > 2 {
        return None;
    }
    let mut name = word(blank(sign - signs));
    // `NAME: type = value`
    let before = blank(name.start);
    if text[..before].ends_with(b":") && !name.is_empty() && text[sign - 1] == b'=' {
        name = word(blank(before - 1));
    }
    let plain = (1..=40).contains(&name.len()) && !text[name.start].is_ascii_digit();
    plain.then(|| &text[name])
}

/// Makes whole what the text joins.
pub(super) fn join(text: &[u8], halves: &[Half<'_>], edits: &mut Edits) {
    if halves.len() < 2 || halves.len() > PIECES {
        return;
    }
    for first in halves {
        for at in memmem::find_iter(text, first.name).take(4 * USES) {
            let Some(mut end) = whole_word(text, at, first.name) else { continue };
            let mut key: Vec<u8> = text[first.literal.clone()].to_vec();
            let mut count = 1;
            while let Some((next, after)) = joined(text, end, halves) {
                key.extend_from_slice(&text[next.literal.clone()]);
                end = after;
                count += 1;
                if count > 8 {
                    break;
                }
            }
            if count > 1 && key.len() >= KEY {
                // The last character stands for itself and for what follows it.
                let last = first.literal.end - 1;
                edits.push(last..last + 1, &key[first.literal.len() - 1..], Piece::Whole(Encoding::Joined));
                break;
            }
        }
    }
}

/// The end of the word at `at`, if `name` is all of it.
fn whole_word(text: &[u8], at: usize, name: &[u8]) -> Option<usize> {
    let end = at + name.len();
    let part = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80);
    (!part(text.get(at.wrapping_sub(1))) && !part(text.get(end))).then_some(end)
}

/// The piece whose name is joined to what ends at `end`.
fn joined<'h, 't>(text: &'t [u8], end: usize, halves: &'h [Half<'t>]) -> Option<(&'h Half<'t>, usize)> {
    let window = &text[end..text.len().min(end + GLUE + 48)];
    let glue = window.iter().take_while(|b| !(b.is_ascii_alphanumeric() || **b == b'_' || **b >= 0x80)).count();
    if glue == 0 || glue > GLUE {
        return None;
    }
    let signs = &window[..glue];
    let fine = |b: &u8| b.is_ascii_whitespace() || b"+.&~|<>\"'${}()@#".contains(b);
    let comma = signs.iter().all(|b| fine(b) || *b == b',') && signs.contains(&b',');
    let lone = |b: &u8| b.is_ascii_whitespace();
    // `a b`: no operator joins them.
    if !(signs.iter().all(fine) && !signs.iter().all(lone) || comma && is_concatenation(text, end)) {
        return None;
    }
    // Two names in two lines with no operator between them are two statements.
    let operator = signs.iter().any(|b| b"+.&~|<>".contains(b));
    if signs.contains(&b'\n') && !operator && !comma {
        return None;
    }
    let mut from = end + glue;
    for _ in 0..3 {
        let found = halves.iter().find_map(|h| {
            let same = text[from..].starts_with(h.name);
            same.then(|| whole_word(text, from, h.name).map(|end| (h, end)))?
        });
        if found.is_some() {
            return found;
        }
        // `self.b`, `Keys.b`
        let word = text[from..].iter().take(40).take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        if word == 0 || text.get(from + word) != Some(&b'.') {
            return None;
        }
        from += word + 1;
    }
    None
}

/// Whether a list of names at `at` is joined without anything between: `[a, b].join("")`, `concat(a, b)`.
fn is_concatenation(text: &[u8], at: usize) -> bool {
    let before = text[at.saturating_sub(64)..at].to_ascii_lowercase();
    let after = &text[at..text.len().min(at + 96)];
    let line = after.split(|b| *b == b'\n').next().unwrap_or_default();
    let has = |text: &[u8], word: &[u8]| memmem::find(text, word).is_some();
    [
        b"concat".as_slice(),
        b"implode('",
        b"implode(\"",
        b"\"\".join",
        b"''.join",
        b"join(\"\"",
        b"join('',",
        b"paste0",
        b"strcat",
    ]
    .iter()
    .any(|w| has(&before, w))
        || [b".join(\"\")".as_slice(), b".join('')", b".join(``)", b".concat()", b"].join ", b"joinToString(\"\")"]
            .iter()
            .any(|w| has(line, w))
}

/// The pieces of the list with this name: `NAME = ["abc", "def"]`.
pub(super) fn named_list(text: &[u8], name: &[u8], budget: &mut usize, edits: &mut Edits) {
    if name.is_empty() || name.len() > 40 || *budget == 0 {
        return;
    }
    *budget -= 1;
    edits.is_far = true;
    for end in memmem::find_iter(text, name).filter_map(|at| whole_word(text, at, name)).take(USES) {
        let rest = &text[end..text.len().min(end + 64)];
        let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
        let Some(sign) = line.iter().position(|b| matches!(b, b'=' | b':')) else { continue };
        let Some(open) = rest[sign..].iter().position(|b| matches!(b, b'[' | b'(' | b'{')) else { continue };
        let between = &rest[..sign];
        let typed = between.iter().all(|b| b.is_ascii_alphanumeric() || b" \t[]<>:&*".contains(b));
        let quote = rest[sign..sign + open].iter().any(|b| matches!(b, b'"' | b'\'' | b';'));
        if typed && !quote {
            return pieces(text, end + sign + open, edits);
        }
    }
}

/// The name that ends before `at`, or begins behind it.
pub(super) fn name_around(text: &[u8], at: usize, before: bool) -> &[u8] {
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
