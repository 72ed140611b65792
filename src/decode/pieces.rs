//! What stands anywhere in a text and may make a key of pieces: names that are joined, lists that are called by their
//! names. For who looks at a text in parts ([`crate::detect::carry`]).

use super::edits::Edits;
use super::halves::{self, Names, PIECES};
pub use super::lists::Joined;
use super::lists::{self, NAMED};
use super::signs::Signs;
use super::{View, Views, join};
use std::ops::Range;

/// How far before and behind the place where a name begins the text stands that says whether it is joined to another one.
pub const USE: (usize, usize) = (72, 256);
/// The same of a name that a list is bound to, without the list; and of a call.
pub const DEFINITION: (usize, usize) = (8, 112);
/// How far back a literal begins before the change that makes it a piece: another literal behind it.
pub const SEAM: usize = 256;
/// How far behind the place where a list begins its pieces may stand.
pub const LIST: usize = 4096 + 64;

/// Whether there are more pieces than a key can have.
pub fn is_data(pieces: usize) -> bool {
    pieces > PIECES
}

/// Whether more lists are called than are looked for.
pub fn are_many(called: usize) -> bool {
    called > NAMED
}

/// The literals that end in a part of a text and could be pieces of a key, by their quotes.
pub fn halves(text: &[u8], part: Range<usize>) -> impl Iterator<Item = usize> {
    join::halves_in(text, part)
}

/// The name of the piece whose quote stands at `at`.
pub fn name(text: &[u8], at: usize) -> Option<&[u8]> {
    halves::half(text, at).map(|half| half.name)
}

/// Whether any of these names begins in one of these parts of a text and is joined to another one.
pub fn are_joined(text: &[u8], parts: impl IntoIterator<Item = Range<usize>>, names: &[&[u8]]) -> bool {
    let names = Names::new(names.iter().copied());
    parts.into_iter().any(|part| names.are_joined(text, &part))
}

/// The list that the call joins whose name begins at `at`.
pub fn called(text: &[u8], at: usize) -> Option<Joined<'_>> {
    let open = text[at..].iter().take(16).position(|b| *b == b'(')?;
    lists::joined(text, at, at + open + 1)
}

/// Where lists are bound to a name that begins in `part`: where each begins.
pub fn lists<'t>(text: &'t [u8], name: &'t [u8], part: Range<usize>) -> impl Iterator<Item = usize> + 't {
    lists::defined(text, name, part).map(|(_, open)| open)
}

/// Whether a list of pieces begins near `from`.
pub fn is_list(text: &[u8], from: usize) -> bool {
    lists::is_list(text, from)
}

/// What of a view could be joined to something in the text itself, or in other views.
#[derive(Clone, Debug, Default)]
pub struct Loose {
    /// Names of pieces that the view alone shows.
    pub pieces: Vec<Vec<u8>>,
    /// Names of lists that calls join.
    pub called: Vec<Vec<u8>>,
    /// Whether a list that it calls is bound in it, something is joined, or what is encoded in it is told by far text.
    pub is_far: bool,
}

/// What the view of a part of a text holds.
pub fn loose(view: &View) -> Loose {
    let signs = Signs::of(&view.text);
    let edits = Edits::of(&view.text, &signs);
    let reaches_far = signs.reach(&view.text) != super::Reach::Near;
    let is_far = reaches_far || edits.is_far || edits.joins_lists || !edits.defined.is_empty();
    Loose { pieces: hidden(view, &edits), is_far, called: edits.called }
}

/// Names of pieces that the view alone shows.
pub(super) fn hidden(view: &View, edits: &Edits) -> Vec<Vec<u8>> {
    let all = edits.halves.iter().filter_map(|&at| Some((halves::half(&view.text, at)?, at)));
    let shown = all.filter(|(half, at)| view.encoding(half.start..at + 1).is_some());
    shown.map(|(half, _)| half.name.to_vec()).collect()
}

/// Whether a view shows lists, calls or other signs that its text does not.
pub(super) fn are_hidden(view: &View, signs: &Signs, edits: &Edits, called: &[Vec<u8>]) -> bool {
    signs.reach(&view.text) != super::Reach::Near
        || edits.joins_lists
        || edits.called.iter().any(|name| !called.contains(name))
        || edits.defined.iter().any(|range| view.encoding(range.start..range.end + 1).is_some())
}

/// Whether a text has more pieces than a key can have, and some of them in views alone.
pub(super) fn are_too_many(views: &Views) -> bool {
    !views.hidden.is_empty() && is_data(views.halves.len() + views.hidden.len())
}
