//! What a look at a content tells of the next version of it: only what changed is looked at again.
//!
//! Asked is what [`Detector::probe`] asks: could some path make a finding of this? Nearly every candidate is decided by
//! its own line, so that where the version before had none, only changed lines can have one, or ([`NEAR`]) be encoded. What
//! other lines may decide (a secret-like name and a value that is not there yet, an encoded stretch) leaves an
//! [`Anchor`], refused as it is; anchors move with what is copied, and those that a change comes near to ([`AHEAD`],
//! [`BACK`]) are looked at again. What is judged by text still further away (private keys, tables, notebooks, lists of
//! pieces) marks its text as one that is always looked at as a whole. Where the version before had a match whose
//! surroundings were copied, this one has it too. Everything doubtful is looked at as a whole, so that the answer is
//! the same as without memory.

pub(super) mod anchor;
mod joins;
mod spots;

use super::hits::Hits;
use super::{Detector, Match, Place, assign};
use crate::blob::Copied;
use crate::decode::{self, Reach, Views};
use crate::rule::{Confidence, RuleKind};
use anchor::{Anchor, What, moved, within};
use joins::Joins;
use spots::{Spot, Spots, add, lines};
use std::ops::Range;

/// How far before and behind a change it may matter to whether something is encoded, to whole lines.
const NEAR: (usize, usize) = (160, 160);
/// How far before and behind its lines: a literal that is joined to one in the next line.
const SEAM: usize = 104;
/// How far behind itself an anchor is judged by other text than that of its own line: a name and its value, with
/// what may stand between them; the longest are the fields of an object on several lines, and literals in three quotes.
const AHEAD: usize = 1600;
/// How far before itself: the row above a table's header, the value that stands before its name.
const BACK: usize = 1000;
/// How far before it the heading of a name.
const HEADING: usize = 2200;
/// How far from a change nothing may stand that is judged by far text: the window of a pattern, and that of the next.
const FAR: usize = 2816;
/// How far from a name what encodes it may stand, and the place that is noted for it.
const SLACK: usize = 4 * decode::GRAIN;
/// Lists of pieces reach so far, and what is seen near them.
const LIST: usize = 4200 + AHEAD + BACK;
/// How much text around a change is decoded where something in it is encoded.
const DECODED: usize = 6 << 10;
/// Text around a match that must be the same for it to be one again; some line end must stand in it.
const WITNESS: usize = 3000;
/// Of larger texts nothing is remembered.
pub const LARGEST: usize = (1 << 29) - 1;

/// What is known of a content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carry {
    /// Whether some path could make a finding of it.
    pub worth: bool,
    /// Something is judged by far text: the next version is looked at as a whole.
    pub far: bool,
    /// It holds the sign of a password file.
    pub ports: bool,
    /// A match that only the text around it decides.
    pub witness: Option<Range<usize>>,
    /// What other lines may make something of, in order.
    pub anchors: Vec<Anchor>,
    /// Names of pieces of keys that its views alone show.
    pub hidden: Vec<Vec<u8>>,
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
        if hits.far {
            return Carry { worth, far: true, ports: hits.ports, witness, ..Carry::default() };
        }
        let (anchors, hidden) = (in_order(hits.anchors), hits.hidden);
        Carry { worth, far: false, ports: hits.ports, witness, anchors, hidden }
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
        if base.far || assign::may_be_list(made.size, text.len()) {
            return None;
        }
        let spots = Spots::of(text, made)?;
        let mut moved = moved(&base.anchors, made.copied);
        let parts = parts(text, &spots, &moved)?;
        let mut hits = Hits::probing(floor).with_ports(base.ports);
        self.look_at(text, (&spots.changed, &parts), Place::UNKNOWN, &mut hits);
        for near in &spots.near {
            encoded(text, near, &mut hits)?;
        }
        let joins = Joins::of(text, made, &spots, &mut moved, &mut hits)?;
        // Each line may be one of a password file now.
        if hits.far || hits.is_enough() || hits.ports != base.ports {
            return None;
        }
        let anchors = together(moved, std::mem::take(&mut hits.anchors), &parts);
        for spot in &spots.all {
            self.around(text, spot, &anchors, &joins, &mut hits)?;
        }
        if hits.far || hits.is_enough() {
            return None;
        }
        // The views of large texts have gaps, which move.
        if decode::is_cut(text.len().max(made.size)) && anchors.iter().any(|a| a.what() == What::View) {
            return None;
        }
        // What was seen in views stands where something is encoded.
        let hidden = base.hidden.clone();
        Some(Carry { worth: false, far: false, ports: hits.ports, witness: None, anchors, hidden })
    }

    /// Looks at what other lines than its own decide; None where that is no answer.
    fn around(&self, text: &[u8], spot: &Spot, anchors: &[Anchor], joins: &Joins<'_>, hits: &mut Hits) -> Option<()> {
        let change = &spot.change;
        let reach = |far: usize| change.start.saturating_sub(far)..change.end + far;
        let stands = |what: What, range: Range<usize>| within(anchors, range).any(|a| a.what() == what);
        if stands(What::Far, reach(FAR)) {
            return None;
        }
        if joins::lists_near(text, anchors, reach(LIST)) {
            return None;
        }
        if stands(What::View, spot.lines.start.saturating_sub(SLACK)..spot.lines.end + SLACK) {
            self.decoded(text, spot, joins, hits)?;
        }
        Some(())
    }

    /// Looks at what is encoded around a change; None where the views don't hold enough of its surroundings.
    fn decoded(&self, text: &[u8], spot: &Spot, joins: &Joins<'_>, hits: &mut Hits) -> Option<()> {
        let around = lines(text, spot.lines.start.saturating_sub(DECODED)..spot.lines.end + DECODED)?;
        let views = decode::views(&text[around.clone()], None);
        if views.reach == Reach::Far {
            return None;
        }
        for view in views {
            let most = AHEAD + BACK;
            let at = |at: usize| around.start + view.original(at..at + 1).start;
            let before = around.start == 0 || view.text.len() > most && at(most) <= spot.change.start;
            let end = view.text.len().checked_sub(most);
            let behind = around.end == text.len() || end.is_some_and(|end| at(end) >= spot.change.end);
            if !before || !behind || joins.reach_into(&view) {
                return None;
            }
            let mut seen = hits.alike().with_ports(hits.ports);
            self.look(&view.text, Place::UNKNOWN, &mut seen);
            if seen.far || seen.ports != hits.ports || seen.anchors.iter().any(|a| a.what() == What::Far) {
                return None;
            }
            hits.matches.append(&mut seen.matches);
        }
        Some(())
    }
}

/// What is looked at anew: the lines of changes, and those of names that a change comes near to.
fn parts(text: &[u8], spots: &Spots, moved: &[Anchor]) -> Option<Vec<Range<usize>>> {
    let mut all = spots.changed.clone();
    for Spot { lines: near, change } in &spots.all {
        let mut done = near.start;
        let headed = change.end + HEADING;
        let is_near = |a: &Anchor| match a.what() {
            What::Name => a.at() < near.end,
            What::Headed => a.at() < headed,
            What::View | What::List | What::Far | What::Half | What::Named => false,
        };
        for anchor in within(moved, near.start..near.end.max(headed)).filter(is_near) {
            if anchor.at() >= done {
                let line = lines(text, anchor.at()..anchor.at())?;
                done = line.end;
                all.push(line);
            }
        }
    }
    all.sort_unstable_by_key(|part| part.start);
    let mut parts = Vec::with_capacity(all.len());
    all.into_iter().for_each(|part| add(&mut parts, part));
    Some(parts)
}

/// Takes note of what is encoded close to a change; None where how, is said by far text.
fn encoded(text: &[u8], near: &Range<usize>, hits: &mut Hits) -> Option<()> {
    let (places, calls, reach) = decode::places(&text[near.clone()]);
    places.into_iter().for_each(|at| hits.anchor(near.start + at, What::View));
    calls.into_iter().for_each(|at| hits.anchor(near.start + at, What::List));
    (reach == Reach::Near).then_some(())
}

/// Takes note of what in a text is encoded, and of what far text decides about it.
pub(super) fn note(text: &[u8], views: &Views, hits: &mut Hits) {
    views.places.iter().for_each(|&at| hits.anchor(at, What::View));
    views.calls.iter().for_each(|&at| hits.anchor(at, What::List));
    views.halves.iter().for_each(|&at| hits.anchor(at, What::Half));
    views.lists.iter().for_each(|&at| hits.anchor(at, What::Named));
    hits.hidden.clone_from(&views.hidden);
    match views.reach {
        Reach::Near => {}
        // A soft line end some kilobytes from here would make a mail of it.
        Reach::Mail(at) => {
            for at in [at.saturating_sub(1500), at, at + 1500] {
                hits.anchor(at.min(text.len() - 1), What::Far);
            }
        }
        Reach::Far => hits.far = true,
    }
}

/// The anchors of a text: those that came over from the one before, but for names in parts that were looked at anew.
fn together(mut moved: Vec<Anchor>, found: Vec<Anchor>, parts: &[Range<usize>]) -> Vec<Anchor> {
    moved.retain(|anchor| {
        let after = parts.partition_point(|part| part.end <= anchor.at());
        !matches!(anchor.what(), What::Name | What::Headed)
            || !parts.get(after).is_some_and(|part| part.contains(&anchor.at()))
    });
    moved.extend(found);
    in_order(moved)
}

/// Sorted, each once, of encoded places close together one.
fn in_order(mut all: Vec<Anchor>) -> Vec<Anchor> {
    all.sort_unstable();
    let mut last = None;
    all.retain(|anchor| {
        if anchor.what() != What::View {
            return true;
        }
        let apart = last.is_none_or(|last| anchor.at() > last + decode::GRAIN);
        last = if apart { Some(anchor.at()) } else { last };
        apart
    });
    all.dedup();
    all
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

#[cfg(test)]
mod tests;
