//! Views of a text: the same text with its encodings undone, and a map back to the bytes it came from.
//!
//! Keys hide behind string escapes (JSON in JSON, source lines in notebooks), percent signs, HTML entities, base64,
//! quoted-printable and split literals. Each decoder is one file that names places to replace (`Edits`); one
//! pass applies them all, so a text has one view a level, and levels nest to a fixed depth. A notebook is read first as
//! the text of its cells.
//!
//! A decoder replaces nothing before a cheap sign says that something may hide there: an escaped quote beside `:` or
//! `=`, a percent sign that stands for `=`; and a long token or a secret-like word close to it. Ordinary text has no
//! view at all. UTF-16 is not a view: [`crate::blob::Text`] decides it before.
//!
//! Where this ends: a decoder knows no rule and no provider, it may undo an encoding that is none (the text itself is
//! read anyway), and it stops at limits, never silently: see [`Views::truncated`].

mod base64;
mod edits;
mod entity;
mod escape;
mod halves;
mod join;
mod lists;
mod map;
mod notebook;
mod percent;
pub mod pieces;
mod quoted;
mod serial;
mod sign;
mod signs;

use edits::Edits;
use map::Map;
pub use signs::Reach;
use signs::Signs;
use std::ops::Range;
use std::sync::Arc;

/// How deep encodings are undone: JSON in base64 in JSON is three. Levels shrink, so that the last ones cost little.
const DEPTH: usize = 6;
/// All views of a text together hold at most this many times its bytes ...
const GROWTH: usize = 4;
/// ... and this many more.
const ALLOWANCE: usize = 1 << 20;

/// How near to each other places are told as one.
pub const GRAIN: usize = 64;

/// What encodings of a text hide.
#[derive(Clone, Debug, Default)]
pub struct Views {
    /// One view a level, outermost first. Each holds the whole text, or, of a large one, what is near a change.
    pub views: Vec<View>,
    /// A limit of size or depth was reached: something may hide that was not looked at.
    pub truncated: bool,
    /// Where in the text itself something is undone; of places close together one.
    pub places: Vec<usize>,
    /// Where calls stand in it that would join a list of pieces, if one stood beside them.
    pub calls: Vec<usize>,
    /// Where literals end in it that could be pieces of a key, if names joined them.
    pub halves: Vec<usize>,
    /// The names of such pieces that views alone show.
    pub hidden: Vec<Vec<u8>>,
    /// Where lists begin in it that a call joins by their names.
    pub lists: Vec<usize>,
    /// How far away what is said of its encoding may stand.
    pub reach: Reach,
}

impl IntoIterator for Views {
    type Item = View;
    type IntoIter = std::vec::IntoIter<View>;

    fn into_iter(self) -> Self::IntoIter {
        self.views.into_iter()
    }
}

/// A text with encodings undone.
#[derive(Clone, Debug)]
pub struct View {
    /// What it says.
    pub text: Vec<u8>,
    /// Back to the level above, innermost first.
    maps: Vec<Arc<Map>>,
}

/// What was undone; its name is a word for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Escapes of a string literal.
    Escapes,
    /// A cell of a notebook.
    Notebook,
    /// Percent signs.
    Percent,
    /// HTML or XML entities.
    Entities,
    /// Quoted-printable.
    QuotedPrintable,
    /// Literals joined by an operator, or lines by a backslash.
    Joined,
    /// Base64.
    Base64,
    /// Hexadecimal digits.
    Hex,
}

impl Encoding {
    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Escapes => "string escapes",
            Encoding::Notebook => "notebook",
            Encoding::Percent => "percent-encoding",
            Encoding::Entities => "HTML entities",
            Encoding::QuotedPrintable => "quoted-printable",
            Encoding::Joined => "split string",
            Encoding::Base64 => "base64",
            Encoding::Hex => "hexadecimal",
        }
    }
}

impl View {
    /// Where bytes of this view stand in the text it was made from: the smallest span that holds all of them, never
    /// outside of the text, and in the same order.
    pub fn original(&self, span: Range<usize>) -> Range<usize> {
        self.maps.iter().fold(span, |span, map| map.source(span))
    }

    /// The outermost encoding that was undone within `span`; None where its bytes are the text's own.
    pub fn encoding(&self, span: Range<usize>) -> Option<Encoding> {
        let mut span = span;
        let mut found = None;
        for map in &self.maps {
            found = map.encoding(span.clone()).or(found);
            span = map.source(span);
        }
        found
    }
}

/// The views of `text`. `path` only tells its kind (`.ipynb`).
pub fn views(text: &[u8], path: Option<&[u8]>) -> Views {
    let mut out = Views::default();
    let mut budget = text.len().saturating_mul(GROWTH).saturating_add(ALLOWANCE);
    // Offsets in maps are 32 bits; windows and --max-size keep texts far below.
    if u32::try_from(text.len()).is_err() {
        out.truncated = sign::any(text);
        return out;
    }
    let mut maps: Vec<Arc<Map>> = Vec::new();
    let mut called = Vec::new();
    if let Some((cells, map)) = notebook::cells(text, path) {
        budget = budget.saturating_sub(cells.len());
        maps.push(Arc::new(map));
        out.views.push(View { text: cells, maps: maps.clone() });
        out.reach = Reach::Far;
    }
    for level in 0..=DEPTH {
        let above: &[u8] = out.views.last().map_or(text, |view| &view.text);
        let signs = Signs::of(above);
        let mut edits = Edits::of(above, &signs);
        match out.views.last() {
            None => {
                out.calls = signs.joins.iter().map(|(at, _)| *at).collect();
                out.reach = signs.reach(above);
                out.places = edits.places();
                out.halves = std::mem::take(&mut edits.halves);
                out.lists = edits.defined.iter().map(|range| range.end).collect();
                called = std::mem::take(&mut edits.called);
            }
            Some(view) => {
                edits.is_far |= pieces::are_hidden(view, &signs, &edits, &called);
                out.hidden.extend(pieces::hidden(view, &edits));
            }
        }
        if edits.is_far || pieces::are_too_many(&out) {
            out.reach = Reach::Far;
        }
        if edits.is_empty() {
            break;
        }
        if level == DEPTH || above.len() > budget {
            out.truncated = edits.undo_more_than_seams();
            break;
        }
        let (decoded, map) = edits.apply(above);
        budget = budget.saturating_sub(decoded.len());
        maps.insert(0, Arc::new(map));
        out.views.push(View { text: decoded, maps: maps.clone() });
    }
    out
}

/// Where in a part of a text something has a view, where calls stand that may join lists, and how far away what is said
/// of its encoding may stand.
pub fn places(part: &[u8]) -> (Vec<usize>, Vec<usize>, Reach) {
    let signs = Signs::of(part);
    let edits = Edits::of(part, &signs);
    let reach = if edits.is_far { Reach::Far } else { signs.reach(part) };
    (edits.places(), signs.joins.iter().map(|(at, _)| *at).collect(), reach)
}

/// Whether the view of a text of so many bytes holds only what is near its changes.
pub fn is_cut(len: usize) -> bool {
    len > edits::LARGE
}

/// Whether a value is base64 or hexadecimal digits of text: a view shows that text in its place.
pub fn hides_text(value: &[u8]) -> bool {
    let mut edits = Edits::default();
    base64::find(value, &Signs::of(value), &mut edits);
    !edits.is_empty()
}

#[cfg(test)]
mod tests;
