//! What stands anywhere in a text and may be joined to a key: pieces and lists with names. Where a change adds no name of
//! these, only what stands close to it can be joined now and was not before.

use super::super::hits::Hits;
use super::Made;
use super::anchor::{Anchor, What, within};
use super::spots::{Spots, add};
use crate::decode::View;
use crate::decode::pieces::{self, Joined};
use std::ops::Range;

/// The names that join something in a text, if they stand together in the right way. None do.
#[derive(Debug, Default)]
pub(super) struct Joins<'t> {
    /// Of pieces.
    names: Vec<&'t [u8]>,
    /// Of pieces that views alone show.
    hidden: &'t [Vec<u8>],
    /// Of lists that calls join.
    called: Vec<&'t [u8]>,
}

impl<'t> Joins<'t> {
    /// Those of a text; None where something may be joined now. What stands close to a change is `moved` no longer, but
    /// noted anew.
    pub(super) fn of(
        text: &'t [u8],
        made: Made<'t>,
        spots: &Spots,
        moved: &mut Vec<Anchor>,
        hits: &mut Hits,
    ) -> Option<Joins<'t>> {
        let mut joins = Joins { hidden: &made.base.hidden, ..Joins::default() };
        // What is encoded may be joined to what is new.
        let encoded = [&*moved, &hits.anchors].iter().any(|all| all.iter().any(|a| a.what() == What::View));
        joins.called(text, (spots, encoded), moved, hits)?;
        joins.pieces(text, (spots, encoded), made, moved, hits)?;
        Some(joins)
    }

    fn pieces(
        &mut self,
        text: &'t [u8],
        (spots, encoded): (&Spots, bool),
        made: Made<'t>,
        moved: &mut Vec<Anchor>,
        hits: &mut Hits,
    ) -> Option<()> {
        let zones = around(&spots.changed, (pieces::SEAM, 0), text.len());
        moved.retain(|anchor| anchor.what() != What::Half || !holds(&zones, anchor.at()));
        let count = |all: &[Anchor]| all.iter().filter(|a| a.what() == What::Half).count() + self.hidden.len();
        let (before, kept) = (count(&made.base.anchors), count(moved));
        let found: Vec<usize> = zones.into_iter().flat_map(|zone| pieces::halves(text, zone)).collect();
        found.iter().for_each(|&at| hits.anchor(at, What::Half));
        let now = kept + found.len();
        let is_many = |count: usize| count > 1 && !pieces::is_data(count);
        if !self.hidden.is_empty() && before != now {
            return None;
        }
        if !is_many(now) {
            return Some(());
        }
        let halves = moved.iter().filter(|a| a.what() == What::Half).map(|a| a.at());
        self.names = halves.filter_map(|at| pieces::name(text, at)).collect();
        self.names.extend(self.hidden.iter().map(Vec::as_slice));
        once(&mut self.names);
        let new: Vec<&[u8]> = found.iter().filter_map(|&at| pieces::name(text, at)).collect();
        let is_new = !is_many(before) || new.iter().any(|name| self.names.binary_search(name).is_err());
        self.names.extend(new);
        once(&mut self.names);
        let parts = match is_new {
            true if encoded => return None,
            true => whole(text).collect(),
            false => around(&spots.changes, (pieces::USE.1, pieces::USE.0), text.len()),
        };
        (!pieces::are_joined(text, parts, &self.names)).then_some(())
    }

    fn called(
        &mut self,
        text: &'t [u8],
        (spots, encoded): (&Spots, bool),
        moved: &[Anchor],
        hits: &mut Hits,
    ) -> Option<()> {
        let names = |all: &[Anchor]| {
            let calls = all.iter().filter(|a| a.what() == What::List);
            let named = calls.filter_map(|call| match pieces::called(text, call.at())? {
                Joined::Named(name) => Some(name),
                Joined::Here(_) => None,
            });
            named.collect::<Vec<&[u8]>>()
        };
        let far: Vec<Anchor> = moved.iter().filter(|a| !holds(&spots.near, a.at())).copied().collect();
        self.called = names(&far);
        once(&mut self.called);
        let mut new = names(&hits.anchors);
        new.retain(|name| self.called.binary_search(name).is_err());
        once(&mut new);
        if !new.is_empty() && encoded || pieces::are_many(self.called.len() + new.len()) {
            return None;
        }
        let mut lists: Vec<usize> = Vec::new();
        let zones = around(&spots.changes, (pieces::DEFINITION.1, pieces::DEFINITION.0), text.len());
        for name in &self.called {
            zones.iter().for_each(|zone| lists.extend(pieces::lists(text, name, zone.clone())));
        }
        new.iter().for_each(|name| lists.extend(pieces::lists(text, name, 0..text.len())));
        lists.iter().for_each(|&at| hits.anchor(at, What::Named));
        for change in &spots.changes {
            let near = change.start.saturating_sub(pieces::LIST)..change.end + 1;
            lists.extend(within(moved, near).filter(|a| a.what() == What::Named).map(|a| a.at()));
        }
        self.called.extend(new);
        once(&mut self.called);
        (!lists.iter().any(|&open| pieces::is_list(text, open))).then_some(())
    }

    /// Whether something in the view of a part may be joined, or joins what stands elsewhere.
    pub(super) fn reach_into(&self, view: &View) -> bool {
        let loose = pieces::loose(view);
        loose.is_far
            || loose.pieces.iter().any(|name| !self.hidden.contains(name))
            || loose.called.iter().any(|name| self.called.binary_search(&name.as_slice()).is_err())
            || pieces::are_joined(&view.text, whole(&view.text), &self.names)
            || self.called.iter().any(|name| pieces::lists(&view.text, name, 0..view.text.len()).next().is_some())
    }
}

/// Whether a call in `near` joins a list that stands beside it.
pub(super) fn lists_near(text: &[u8], anchors: &[Anchor], near: Range<usize>) -> bool {
    let mut calls = within(anchors, near).filter(|a| a.what() == What::List);
    calls.any(|call| match pieces::called(text, call.at()) {
        Some(Joined::Here(from)) => pieces::is_list(text, from),
        _ => false,
    })
}

fn whole(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    std::iter::once(0..text.len())
}

/// The surroundings of ranges.
fn around(all: &[Range<usize>], (before, behind): (usize, usize), len: usize) -> Vec<Range<usize>> {
    let mut zones = Vec::new();
    for one in all {
        add(&mut zones, one.start.saturating_sub(before)..(one.end + behind).min(len));
    }
    zones
}

/// Whether one of these ranges, which are sorted, holds a place.
fn holds(ranges: &[Range<usize>], at: usize) -> bool {
    let after = ranges.partition_point(|range| range.end <= at);
    ranges.get(after).is_some_and(|range| range.contains(&at))
}

fn once(names: &mut Vec<&[u8]>) {
    names.sort_unstable();
    names.dedup();
}
