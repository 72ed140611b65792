//! Secrets of two halves: a token by its prefix, and the other half that stands near it. One finding.

use super::hits::Hits;
use super::{Evidence, Look, Match, entropy, placeholder};
use crate::finding::Secret;
use crate::rule::{Alphabet, PartSpec};
use std::ops::Range;

/// Halves further away than this are not looked at, however long the lines are.
const REACH: usize = 4096;
/// How many of the nearest candidates on either side are looked at.
const NEAREST: usize = 8;
/// How far before a half its name may stand on its line.
const NAME_REACH: usize = 80;

/// The halves of one form in a text, found when the first token asks.
#[derive(Debug)]
pub(super) struct Halves {
    of: (String, String),
    spans: Vec<Range<usize>>,
    /// Whether the first half stands before the first token: then each stands before its token.
    first: bool,
}

/// Takes a match over, joined with the other half if its rule has one.
pub(super) fn join(look: &mut Look<'_>, mut found: Match, hits: &mut Hits) {
    let rule = found.rule.clone();
    for part in &rule.spec.part {
        hits.far = true;
        match nearest(look, &found, part) {
            Some(half) => add(look.text, &mut found, part, half, hits),
            None => {
                if let Some(alone) = part.alone {
                    found.confidence = found.confidence.min(alone);
                    found.evidence.push(Evidence::plain(&format!("no {} stands near it", part.id)));
                }
            }
        }
    }
    hits.matches.push(found);
}

fn add(text: &[u8], found: &mut Match, part: &PartSpec, half: Range<usize>, hits: &mut Hits) {
    if part.secret {
        let reason = format!("the {} of the {} beside it", part.id, found.rule.title);
        found.evidence.insert(0, Evidence { reason, span: Some(found.span.clone()) });
        hits.claims.push(found.span.clone());
        found.secret = Secret::new(&text[half.clone()]);
        found.span = half;
    } else {
        found.evidence.push(Evidence { reason: format!("a {} stands near it", part.id), span: Some(half) });
    }
}

/// The half that belongs to the token: one that is named so before others, then the nearest by lines; at the same
/// distance the following one, unless this text puts halves first.
fn nearest(look: &mut Look<'_>, found: &Match, part: &PartSpec) -> Option<Range<usize>> {
    let text = look.text;
    let window = window(text, &found.span, part.within);
    let halves = halves(look, found, part)?;
    let (first, halves) = (halves.first, &halves.spans);
    let split = halves.partition_point(|h| h.start < found.span.start);
    let before = halves[..split].iter().rev().take(NEAREST).filter(|h| h.start >= window.start);
    let after = halves[split..].iter().take(NEAREST).filter(|h| h.end <= window.end);
    let fits = |half: &&Range<usize>| {
        let apart = half.end <= found.span.start || half.start >= found.span.end;
        let value = &text[half.start..half.end];
        apart && placeholder::why(value).is_none() && entropy::shannon(value) >= part.entropy.unwrap_or(0.0)
    };
    let rank = |half: &&Range<usize>| {
        let follows = half.start > found.span.start;
        let between = if follows { found.span.end..half.start } else { half.end..found.span.start };
        let lines = text.get(between).map_or(0, |t| memchr::memchr_iter(b'\n', t).count());
        (!named(text, half, &part.names), lines, follows == first)
    };
    before.chain(after).filter(fits).min_by_key(rank).cloned()
}

/// All tokens of the half's form in the text.
fn halves<'a>(look: &'a mut Look<'_>, found: &Match, part: &PartSpec) -> Option<&'a Halves> {
    let key = (found.rule.id.as_str(), part.id.as_str());
    if let Some(at) = look.halves.iter().position(|h| (h.of.0.as_str(), h.of.1.as_str()) == key) {
        return look.halves.get(at);
    }
    let alphabet = Alphabet::parse(&part.token.alphabet)?;
    let spans = tokens(look.text, &alphabet, part);
    let first = spans.first().is_some_and(|half| half.start < found.span.start);
    look.halves.push(Halves { of: (key.0.to_owned(), key.1.to_owned()), spans, first });
    look.halves.last()
}

fn tokens(text: &[u8], alphabet: &Alphabet, part: &PartSpec) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let run = alphabet.span(&text[at..], usize::MAX);
        let mut add = |from: usize, len: usize| {
            if part.token.length.holds(len) && starts(&text[from..], part) {
                all.push(from..from + len);
            }
        };
        let tail = super::tokens::escape_tail(text, at);
        add(at, run);
        if tail > 0 && tail < run {
            add(at + tail, run - tail);
        }
        at += run + 1;
    }
    all
}

fn starts(text: &[u8], part: &PartSpec) -> bool {
    part.token.prefix.is_empty() || part.token.prefix.iter().any(|p| text.starts_with(p.as_bytes()))
}

/// `lines` lines before and behind `span`, and not more than [`REACH`] bytes.
fn window(text: &[u8], span: &Range<usize>, lines: usize) -> Range<usize> {
    let floor = span.start.saturating_sub(REACH);
    let ceiling = (span.end + REACH).min(text.len());
    let start = memchr::memrchr_iter(b'\n', &text[floor..span.start]).nth(lines).map_or(floor, |i| floor + i + 1);
    let end = memchr::memchr_iter(b'\n', &text[span.end..ceiling]).nth(lines).map_or(ceiling, |i| span.end + i);
    start..end
}

/// Whether one of the names stands before the half on its line.
fn named(text: &[u8], half: &Range<usize>, names: &[String]) -> bool {
    let from = half.start.saturating_sub(NAME_REACH);
    let before = &text[from..half.start];
    let line = memchr::memrchr(b'\n', before).map_or(before, |i| &before[i + 1..]).to_ascii_lowercase();
    names.iter().any(|name| memchr::memmem::find(&line, name.to_ascii_lowercase().as_bytes()).is_some())
}
