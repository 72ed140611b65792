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
mod join;
mod map;
mod notebook;
mod percent;
mod quoted;
mod sign;

use crate::spotter::Spotter;
use edits::Edits;
use map::Map;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

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
    if let Some((cells, map)) = notebook::cells(text, path) {
        budget = budget.saturating_sub(cells.len());
        maps.push(Arc::new(map));
        out.views.push(View { text: cells, maps: maps.clone() });
    }
    for level in 0..=DEPTH {
        let above: &[u8] = out.views.last().map_or(text, |view| &view.text);
        let edits = Edits::of(above);
        if edits.is_empty() {
            break;
        }
        if out.views.is_empty() {
            out.places = edits.places();
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

/// Where something in `text` has a view; of places close together one.
pub fn places(text: &[u8]) -> Vec<usize> {
    Edits::of(text).places()
}

/// How far away what is said of a text's encoding may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Close by.
    Near,
    /// A soft line end within 4,096 bytes of this place would make a mail of it.
    Mail(usize),
    /// Anywhere: what begins like a notebook, a mail, a manifest of short base64 values.
    Far,
}

/// How far away what is said of a text's encoding may stand, but for lists of pieces.
pub fn reach(text: &[u8]) -> Reach {
    let mut soft = None;
    let far = each_sign(text, |sign, at| {
        if sign == 0 {
            soft = soft.or(Some(at));
        }
        sign > 0
    });
    match soft {
        _ if far => Reach::Far,
        Some(_) if quoted::is_quoted_printable(text) => Reach::Far,
        Some(at) => Reach::Mail(at),
        None => Reach::Near,
    }
}

/// Whether how a text is decoded that `part` is new in may be told by far text.
pub fn reaches_far(part: &[u8]) -> bool {
    each_sign(part, |_, _| true)
}

/// Whether `tells` says so of a sign, by its number and where it begins.
fn each_sign(text: &[u8], mut tells: impl FnMut(usize, usize) -> bool) -> bool {
    const SIGNS: [&str; 5] = ["=3D", "uoted-printable", "UOTED-PRINTABLE", "\"cell_type\"", "Secret"];
    static SPOTTER: OnceLock<Option<Spotter>> = OnceLock::new();
    let spotter = SPOTTER.get_or_init(|| Spotter::new(SIGNS.iter().map(|sign| sign.as_bytes())));
    let Some(spotter) = spotter else { return true };
    let mut from = 0;
    while let Some(at) = spotter.next(text, from..text.len()) {
        let sign = spotter.at(text, at).next().map_or(0, |(sign, _)| sign);
        if (sign < 4 || base64::begins_manifest(text, at)) && tells(sign, at) {
            return true;
        }
        from = at + 1;
    }
    false
}

/// Where calls stand that would join a list of pieces, if one stood beside them.
pub fn list_calls(text: &[u8]) -> Vec<usize> {
    join::calls(text)
}

/// Whether calls join lists of pieces here; a list may be some 4,096 bytes long.
pub fn joins_lists(text: &[u8]) -> bool {
    let mut lists = Edits::default();
    join::lists(text, &mut lists);
    !lists.is_empty()
}

/// Whether the view of a text of so many bytes holds only what is near its changes.
pub fn is_cut(len: usize) -> bool {
    len > edits::LARGE
}

/// Whether a value is base64 or hexadecimal digits of text: a view shows that text in its place.
pub fn hides_text(value: &[u8]) -> bool {
    let mut edits = Edits::default();
    base64::find(value, &mut edits);
    !edits.is_empty()
}

#[cfg(test)]
mod tests;
