//! What a detection gathers: matches, and (for `explain`) what was refused and why.

use super::carry::anchor::{Anchor, What};
use super::{Match, Refusal};
use crate::rule::{Confidence, Rule};
use std::ops::Range;

/// Matches and refusals of one text.
#[derive(Debug, Default)]
pub(super) struct Hits {
    pub(super) matches: Vec<Match>,
    /// What a rule knows to be no secret though it looks like one: an id, an example. No generic rule may say other.
    pub(super) claims: Vec<Range<usize>>,
    refusals: Option<Vec<Refusal>>,
    /// A decoding limit was reached.
    pub(super) truncated: bool,
    /// Something here is judged by text further away than [`super::carry`] looks.
    pub(super) far: bool,
    /// The text may be a password file: it holds a sign of one.
    pub(super) ports: bool,
    /// Set where only that counts whether there is a match as sure as this.
    pub(super) floor: Option<Confidence>,
    /// Names of pieces of keys that views alone show.
    pub(super) hidden: Vec<Vec<u8>>,
    /// What could become a match by a change near it, noted where only that counts.
    pub(super) anchors: Vec<Anchor>,
}

impl Hits {
    /// Matches alone.
    pub(super) fn matches() -> Self {
        Hits::default()
    }

    /// Whether there is a match as sure as this.
    pub(super) fn probing(floor: Confidence) -> Self {
        Hits { floor: Some(floor), ..Hits::default() }
    }

    /// The same, where the text around is known to hold the sign of a password file, or not.
    pub(super) fn with_ports(self, ports: bool) -> Self {
        Hits { ports, ..self }
    }

    /// Matches and refusals.
    pub(super) fn explained() -> Self {
        Hits { refusals: Some(Vec::new()), ..Hits::default() }
    }

    /// An empty one that gathers the same.
    pub(super) fn alike(&self) -> Self {
        let refusals = self.refusals.as_ref().map(|_| Vec::new());
        Hits { refusals, floor: self.floor, ..Hits::default() }
    }

    /// Whether what was asked for is found.
    pub(super) fn is_enough(&self) -> bool {
        self.floor.is_some_and(|floor| self.matches.iter().any(|m| m.confidence >= floor))
    }

    /// Whether somebody wants to know why candidates are none.
    pub(super) fn explains(&self) -> bool {
        self.refusals.is_some()
    }

    /// Takes note of a candidate that is none; `why` is only asked where somebody wants to know.
    pub(super) fn refuse(&mut self, rule: &Rule, span: Range<usize>, why: impl FnOnce() -> String) {
        if let Some(all) = &mut self.refusals {
            all.push(Refusal { rule: rule.id.clone(), span, why: why() });
        }
    }

    /// Takes note of a place whose surroundings may make something of it that is not there now.
    pub(super) fn anchor(&mut self, at: usize, what: What) {
        if self.floor.is_some() {
            self.anchors.push(Anchor::new(at, what));
        }
    }

    /// Takes over what was found in a view, its places mapped by `original`.
    pub(super) fn absorb(&mut self, view: Hits, original: impl Fn(Range<usize>) -> Range<usize>) {
        self.far |= view.far;
        self.ports |= view.ports;
        self.anchors.extend(view.anchors.iter().map(|a| {
            let at = original(a.at()..a.at() + 1).start;
            Anchor::new(at, What::View)
        }));
        self.matches.extend(view.matches.into_iter().map(|mut m| {
            m.span = original(m.span);
            for evidence in &mut m.evidence {
                evidence.span = evidence.span.take().map(&original);
            }
            m
        }));
        self.claims.extend(view.claims.into_iter().map(&original));
        if let (Some(all), Some(more)) = (&mut self.refusals, view.refusals) {
            all.extend(more.into_iter().map(|r| Refusal { span: original(r.span), ..r }));
        }
    }

    /// The refusals, by place, each once.
    pub(super) fn into_refusals(self) -> Vec<Refusal> {
        let mut all = self.refusals.unwrap_or_default();
        all.sort_by(|a, b| {
            (a.span.start, a.span.end, &a.rule, &a.why).cmp(&(b.span.start, b.span.end, &b.rule, &b.why))
        });
        all.dedup();
        all
    }
}
