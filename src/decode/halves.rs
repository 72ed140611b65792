//! Keys whose pieces stand in names of their own, joined elsewhere: `a = "abc"; b = "def"; key = a + b`.
//!
//! The first piece becomes the whole key where it stands; what is done with its name is then done with the key.

use super::Encoding;
use super::edits::Edits;
use super::join::changes;
use super::map::Piece;
use super::sign::run_before;
use memchr::memmem;
use std::ops::Range;

/// A piece of a key has so many characters.
const LENGTH: std::ops::RangeInclusive<usize> = 5..=27;
/// The shortest key that is made of pieces.
const KEY: usize = 20;
/// How many pieces a text may have; a text with more is data.
pub(super) const PIECES: usize = 32;
/// What may stand between two names that are joined.
const GLUE: usize = 16;
/// How many uses of a name that joins are looked at.
const USES: usize = 48;

/// A literal that may be a piece of a key, with its name.
#[derive(Debug)]
pub(super) struct Half<'t> {
    pub(super) name: &'t [u8],
    /// Where the name begins.
    pub(super) start: usize,
    pub(super) literal: Range<usize>,
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
    Some(Half { name: &text[name.clone()], start: name.start, literal })
}

/// The name that is bound to what begins at `at`: `NAME = `, `NAME: type = `, `NAME := `.
fn name_before(text: &[u8], at: usize) -> Option<Range<usize>> {
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
    plain.then_some(name)
}

/// Makes whole what the text joins.
pub(super) fn join(text: &[u8], halves: &[Half<'_>], edits: &mut Edits) {
    if halves.len() < 2 || halves.len() > PIECES {
        return;
    }
    let names = Names::new(halves.iter().map(|half| half.name));
    for &name in &names.0 {
        let mut uses: Vec<usize> = Vec::new();
        let joined_uses = uses_of(text, name, 0..text.len()).filter(|&end| joined(text, end, &names).is_some());
        uses.extend(joined_uses.take(USES));
        edits.is_far |= !uses.is_empty();
        for first in halves.iter().filter(|half| half.name == name) {
            if let Some(key) = uses.iter().find_map(|&end| whole(text, first, end, halves, &names)) {
                // The last character stands for itself and for what follows it.
                let last = first.literal.end - 1;
                edits.push(last..last + 1, &key[first.literal.len() - 1..], Piece::Whole(Encoding::Joined));
            }
        }
    }
}

/// The key that a use of its first piece, which ends at `end`, makes.
fn whole(text: &[u8], first: &Half<'_>, mut end: usize, halves: &[Half<'_>], names: &Names<'_>) -> Option<Vec<u8>> {
    let mut key: Vec<u8> = text[first.literal.clone()].to_vec();
    let mut count = 1;
    while let Some((name, after)) = joined(text, end, names).filter(|_| count <= 8) {
        let next = halves.iter().find(|half| half.name == name)?;
        key.extend_from_slice(&text[next.literal.clone()]);
        end = after;
        count += 1;
    }
    (count > 1 && key.len() >= KEY).then_some(key)
}

/// Names of pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Names<'t>(Vec<&'t [u8]>);

impl<'t> Names<'t> {
    pub(super) fn new(names: impl Iterator<Item = &'t [u8]>) -> Self {
        let mut all: Vec<_> = names.collect();
        all.sort_unstable();
        all.dedup();
        Names(all)
    }

    /// Whether any of them is joined to another one where it stands in `span`.
    pub(super) fn are_joined(&self, text: &[u8], span: &Range<usize>) -> bool {
        let mut all = self.0.iter().flat_map(|name| uses_of(text, name, span.clone()));
        all.any(|end| joined(text, end, self).is_some())
    }
}

/// Where a name ends that is a whole word and begins in `span`.
fn uses_of<'t>(text: &'t [u8], name: &'t [u8], span: Range<usize>) -> impl Iterator<Item = usize> + 't {
    let (from, to) = (span.start, text.len().min(span.end + name.len()));
    memmem::find_iter(&text[from..to], name).filter_map(move |at| whole_word(text, from + at, name))
}

/// The end of the word at `at`, if `name` is all of it.
pub(super) fn whole_word(text: &[u8], at: usize, name: &[u8]) -> Option<usize> {
    let end = at + name.len();
    (!text.get(at.wrapping_sub(1)).is_some_and(is_word) && !text.get(end).is_some_and(is_word)).then_some(end)
}

fn is_word(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80
}

/// The name of the piece that is joined to what ends at `end`, and where it ends.
fn joined<'t>(text: &'t [u8], end: usize, names: &Names<'_>) -> Option<(&'t [u8], usize)> {
    let window = &text[end..text.len().min(end + GLUE + 1)];
    let glue = window.iter().take_while(|b| !is_word(b)).count();
    if glue == 0 || glue > GLUE {
        return None;
    }
    let signs = &window[..glue];
    let fine = |b: &u8| b.is_ascii_whitespace() || b"+.&~|<>\"'${}()@#".contains(b);
    let comma = signs.contains(&b',');
    if !signs.iter().all(|b| fine(b) || *b == b',') || signs.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    // Two names in two lines with no operator between them are two statements.
    let operator = signs.iter().any(|b| b"+.&~|<>".contains(b));
    if signs.contains(&b'\n') && !operator && !comma {
        return None;
    }
    let next = follows(text, end + glue, names)?;
    // `a b`: no operator joins them.
    (!comma || is_concatenation(text, end)).then_some(next)
}

/// The name that stands at `from`: `b`, `self.b`, `Keys.b`.
fn follows<'t>(text: &'t [u8], mut from: usize, names: &Names<'_>) -> Option<(&'t [u8], usize)> {
    for _ in 0..3 {
        let word = text[from..].iter().take(41).take_while(|b| is_word(b)).count();
        let name = &text[from..from + word];
        if names.0.binary_search(&name).is_ok() {
            return Some((name, from + word));
        }
        if word == 0 || word > 40 || text.get(from + word) != Some(&b'.') {
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
