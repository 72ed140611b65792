//! What a look at a content tells of the next version of it: only what changed is looked at again.
//!
//! Asked is what [`Detector::probe`] asks: could some path make a finding of this? For nearly all candidates the text
//! near them decides. So where the version before had none, one can only stand near a change. What needs a further
//! look (private keys, tables, notebooks, lists of pieces) marks its text as one that is always looked at as a whole;
//! so does anything else that would be judged by text out of reach. Where the version before had one whose
//! surroundings were copied, this one has it too. Everything doubtful is looked at as a whole, so that the answer is
//! the same as without memory.

use super::hits::Hits;
use super::{Detector, Match, Place};
use crate::blob::Copied;
use crate::decode;
use crate::rule::{Confidence, RuleKind};
use std::ops::Range;

/// How far behind itself a candidate is judged by other text than that of its own line: a name and its value, with
/// what may stand between them; the longest are the fields of an object on several lines, and literals in three quotes.
const AHEAD: usize = 1600;
/// How far before itself: the row above a table's header, the value that stands before its name.
const BACK: usize = 1000;
/// Longer lines are not looked at in part.
const LINE: usize = 8 << 10;
/// Lists of pieces reach so far.
const LIST: usize = 4200;
/// How much text around a change is decoded where something in it is encoded.
const DECODED: usize = 6 << 10;
/// Text around a match that must be the same for it to be one again; some line end must stand in it.
const WITNESS: usize = 3000;
/// Smaller texts are always looked at as a whole.
const SMALL: usize = 4 << 10;

/// What is known of a content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carry {
    /// Whether some path could make a finding of it.
    pub worth: bool,
    /// Something is judged by far text: the next version is looked at as a whole.
    pub far: bool,
    /// It holds the sign of a password file.
    pub ports: bool,
    /// Something in it is encoded.
    pub views: bool,
    /// A match that only the text around it decides.
    pub witness: Option<Range<usize>>,
}

/// How a text was made from another one.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
    /// What is known of the other.
    pub base: &'a Carry,
    /// How many bytes the other has.
    pub size: usize,
    /// What was copied, by its place in the new text.
    pub copied: &'a [Copied],
}

/// Whole lines around changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spot {
    lines: Range<usize>,
    /// From the first of the changes to the last; what was only taken out has no bytes.
    change: Range<usize>,
}

impl Detector {
    /// As [`Detector::probe`], and what to remember for the next version.
    pub fn probe_whole(&self, text: &[u8], floor: Confidence) -> Carry {
        let hits = self.gather(text, Place::UNKNOWN, Hits::probing(floor));
        let worth = hits.is_enough();
        let witness = hits.matches.iter().find(|m| m.confidence >= floor && stands_alone(m, text, hits.far));
        let witness = witness.map(|m| m.span.clone());
        if worth {
            return Carry { worth, witness, ..Carry::default() };
        }
        Carry { worth, far: hits.far, ports: hits.ports, views: hits.views, witness }
    }

    /// The same for a text that was made from another one.
    pub fn probe_made(&self, text: &[u8], floor: Confidence, made: Made<'_>) -> Carry {
        self.inherited(text, floor, made).unwrap_or_else(|| self.probe_whole(text, floor))
    }

    /// What can be said without a look at everything; None where that is needed.
    fn inherited(&self, text: &[u8], floor: Confidence, made: Made<'_>) -> Option<Carry> {
        let base = made.base;
        if base.worth {
            let witness = carried(text, made)?;
            return Some(Carry { worth: true, witness: Some(witness), ..Carry::default() });
        }
        if base.far || text.len() < SMALL {
            return None;
        }
        let spots = spots(text, made)?;
        let mut hits = Hits::probing(floor).with_ports(base.ports);
        let parts: Vec<_> = spots.iter().map(|spot| spot.lines.clone()).collect();
        self.look_at(text, &parts, Place::UNKNOWN, &mut hits);
        let mut views = base.views;
        for spot in &spots {
            if hits.far || hits.is_enough() {
                return None;
            }
            let lines = &text[spot.lines.clone()];
            let list = spot.change.start.saturating_sub(LIST)..(spot.change.end + LIST).min(text.len());
            if decode::reaches_far(lines) || decode::joins_lists(&text[list]) {
                return None;
            }
            if decode::hides_anything(lines) {
                views = true;
                self.decoded(text, spot, &mut hits)?;
            }
        }
        // The views of large texts have gaps, which move.
        if hits.far || hits.is_enough() || views && decode::is_cut(text.len().max(made.size)) {
            return None;
        }
        Some(Carry { worth: false, far: false, ports: hits.ports, views, witness: None })
    }

    /// Looks at what is encoded around a change; None where the views don't hold enough of its surroundings.
    fn decoded(&self, text: &[u8], spot: &Spot, hits: &mut Hits) -> Option<()> {
        let around = lines(text, spot.lines.start.saturating_sub(DECODED)..spot.lines.end + DECODED)?;
        for view in decode::views(&text[around.clone()], None) {
            let most = AHEAD + BACK;
            let at = |at: usize| around.start + view.original(at..at + 1).start;
            let before = around.start == 0 || view.text.len() > most && at(most) <= spot.change.start;
            let end = view.text.len().checked_sub(most);
            let behind = around.end == text.len() || end.is_some_and(|end| at(end) >= spot.change.end);
            if !before || !behind || decode::reaches_far(&view.text) {
                return None;
            }
            let mut seen = hits.alike().with_ports(hits.ports);
            self.look(&view.text, Place::UNKNOWN, &mut seen);
            hits.absorb(seen, |range| view.original(range));
        }
        Some(())
    }
}

/// Whether the text around a match alone makes it one: nothing further away could take from it.
fn stands_alone(found: &Match, text: &[u8], far: bool) -> bool {
    // That of a view has another value than its place.
    let here = text.get(found.span.clone()).is_some_and(|value| value == found.secret.reveal());
    here && match found.rule.kind() {
        RuleKind::Token => found.rule.spec.part.is_empty(),
        RuleKind::Contextual | RuleKind::JsonWebToken | RuleKind::UrlCredentials => true,
        RuleKind::GenericSecret | RuleKind::GenericPassword => !far && is_untested(text),
        RuleKind::Pattern | RuleKind::PrivateKey => false,
    }
}

/// Whether no tests stand in the file itself: what stands in them counts less.
fn is_untested(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"#[cfg(test)]").is_none()
}

/// Where the base's match stands in this text, if all around it was copied.
fn carried(text: &[u8], made: Made<'_>) -> Option<Range<usize>> {
    let old = made.base.witness.clone()?;
    let covers = |c: &&Copied| {
        let (before, behind) = (c.from <= old.start, c.from + c.len >= old.end);
        let head = c.from == 0 && c.to == 0 || before && old.start - c.from > WITNESS;
        let tail = c.from + c.len == made.size && c.to + c.len == text.len();
        before && behind && head && (tail || c.from + c.len - old.end > WITNESS)
    };
    let copied = made.copied.iter().find(covers)?;
    let at = copied.to + (old.start - copied.from);
    let (start, end) = (at, at + old.len());
    let (head, tail) = (start.saturating_sub(WITNESS), (end + WITNESS).min(text.len()));
    let broken = |part: &[u8]| memchr::memchr(b'\n', part).is_some();
    let apart = (head == 0 || broken(&text[head..start])) && (tail == text.len() || broken(&text[end..tail]));
    (apart && is_untested(text)).then_some(start..end)
}

/// The lines around what was changed; None where that is half of the text, or lines are too long.
fn spots(text: &[u8], made: Made<'_>) -> Option<Vec<Spot>> {
    let mut all: Vec<Spot> = Vec::new();
    let mut sum = 0;
    for change in changes(text.len(), made) {
        let near = change.start.saturating_sub(AHEAD)..change.end + BACK;
        let lines = lines(text, near)?;
        sum += lines.end - all.last().map_or(lines.start, |last| last.lines.end.clamp(lines.start, lines.end));
        if sum * 2 > text.len() {
            return None;
        }
        match all.last_mut().filter(|last| last.lines.end >= lines.start) {
            Some(last) => {
                last.lines.end = last.lines.end.max(lines.end);
                last.change.end = change.end;
            }
            None => all.push(Spot { lines, change }),
        }
    }
    Some(all)
}

/// What was not copied, and the seams between what was.
fn changes(len: usize, made: Made<'_>) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let (mut from, mut to) = (0, 0);
    for copied in made.copied {
        if copied.from != from || copied.to != to {
            all.push(to..copied.to);
        }
        (from, to) = (copied.from + copied.len, copied.to + copied.len);
    }
    if from != made.size || to != len {
        all.push(to..len);
    }
    all
}

/// The whole lines that hold `near`, as far as that lies in the text; None where a line is too long.
fn lines(text: &[u8], near: Range<usize>) -> Option<Range<usize>> {
    let (start, end) = (near.start.min(text.len()), near.end.min(text.len()));
    let head = &text[start.saturating_sub(LINE)..start];
    let back = match memchr::memrchr(b'\n', head) {
        Some(at) => head.len() - at - 1,
        None if head.len() == start => start,
        None => return None,
    };
    let tail = &text[end..(end + LINE).min(text.len())];
    let on = match memchr::memchr(b'\n', tail) {
        Some(at) => at + 1,
        None if end + tail.len() == text.len() => tail.len(),
        None => return None,
    };
    Some(start - back..end + on)
}

#[cfg(test)]
mod tests;
