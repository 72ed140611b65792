//! Pattern rules: a regular expression, tried only around its literals.
//!
//! Most secrets are runs of token characters, and most literals (a provider's name) stand where there is none. So the
//! literals of patterns whose every match holds a run are looked for around runs alone ([`Near`]).

use super::hits::Hits;
use super::index::{Index, Pattern};
use super::literal::{Literals, Target};
use super::tokens::Runs;
use super::{Evidence, Look, Match, entropy, placeholder, shape};
use crate::finding::Secret;
use crate::rule::{Confidence, MIN_RUN};
use regex::bytes::Captures;
use std::ops::Range;

/// How far before a literal a match may begin, and how far behind it end.
const BEFORE: usize = 512;
const AFTER: usize = 2048;

/// A literal of a pattern rule: the pattern's number, and where it stands.
pub(super) type Found = (usize, Range<usize>);

/// Patterns whose every match holds a run.
#[derive(Debug, Default)]
pub(super) struct Near {
    literals: Literals,
    /// Whether there are any.
    pub(super) any: bool,
}

impl Near {
    /// The patterns' literals, each with its pattern's number.
    pub(super) fn new(literals: Vec<(Vec<u8>, usize)>) -> Near {
        let any = !literals.is_empty();
        let pairs = literals.into_iter().map(|(literal, n)| (literal, Target::Pattern(n))).collect();
        Near { literals: Literals::new(pairs), any }
    }
}

/// Looks around the literals of the pattern rules.
pub(super) fn look(
    index: &Index,
    look: &mut Look<'_>,
    parts: &[Range<usize>],
    mut literals: Vec<Found>,
    hits: &mut Hits,
) {
    let (text, path) = (look.text, look.place.path);
    hits.far |= index.patterns.iter().any(|p| p.is_bare());
    for pattern in index.patterns.iter().filter(|p| p.is_bare() && p.files.hold(path)) {
        search(pattern, text, 0..text.len(), hits);
    }
    near_runs(index, look, parts, &mut literals);
    literals.sort_by_key(|(pattern, range)| (*pattern, range.start, range.end));
    literals.dedup();
    for group in literals.chunk_by(|a, b| a.0 == b.0) {
        let Some(pattern) = group.first().and_then(|(n, _)| index.patterns.get(*n)) else { continue };
        if pattern.files.hold(path) {
            for window in windows(group, text.len()) {
                search(pattern, text, window, hits);
            }
        }
    }
}

/// The literals near runs, around parts of a text: a change matters to whatever match it is a part of.
fn near_runs(index: &Index, look: &mut Look<'_>, parts: &[Range<usize>], found: &mut Vec<Found>) {
    if !index.near.any {
        return;
    }
    let text = look.text;
    let may_matter = |run: &Range<usize>| may_matter(&text[run.clone()]);
    if is_whole(text, parts) {
        let runs = std::mem::take(&mut look.runs).into_iter().filter(may_matter).collect();
        return near(index, text, runs, found);
    }
    for around in around(text, parts) {
        near(index, text, Runs::within(text, around).filter(may_matter).collect(), found);
    }
}

/// The literals near these runs.
fn near(index: &Index, text: &[u8], runs: Vec<Range<usize>>, found: &mut Vec<Found>) {
    let windows = runs.iter().map(|run| run.start.saturating_sub(AFTER)..(run.end + BEFORE).min(text.len()));
    for window in joined(windows) {
        index.near.literals.find(text, window, |hit| {
            if let Target::Pattern(n) = hit.target
                && index.patterns.get(n).is_some_and(|p| has_run(&runs, hit.start, hit.end, p.run))
            {
                found.push((n, hit.start..hit.end));
            }
        });
    }
}

/// The parts with what may belong to a match that reaches into them.
pub(super) fn around(text: &[u8], parts: &[Range<usize>]) -> Vec<Range<usize>> {
    let reach = AFTER + BEFORE;
    joined(parts.iter().map(|part| part.start.saturating_sub(reach)..(part.end + reach).min(text.len())))
}

/// Whether the parts are all of the text.
pub(super) fn is_whole(text: &[u8], parts: &[Range<usize>]) -> bool {
    matches!(parts, [part] if part.len() == text.len())
}

/// Whether a run may be a secret rather than a name in source code.
fn may_matter(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_digit) || !shape::reads_like_words(run)
}

/// Whether a run of at least `least` stands where a match around a literal may have it.
fn has_run(runs: &[Range<usize>], start: usize, end: usize, least: usize) -> bool {
    let first = runs.partition_point(|run| run.end + BEFORE < start);
    runs[first..].iter().take_while(|run| run.start <= end + AFTER).any(|run| run.len() >= least.max(MIN_RUN))
}

/// The surroundings of the literals, those that overlap in one: so the work stays linear.
fn windows(group: &[Found], len: usize) -> Vec<Range<usize>> {
    joined(group.iter().map(|(_, hit)| hit.start.saturating_sub(BEFORE)..(hit.end + AFTER).min(len)))
}

/// Stretches in order of their starts, those that touch in one.
fn joined(stretches: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for stretch in stretches {
        match all.last_mut().filter(|last| stretch.start <= last.end) {
            Some(last) => last.end = last.end.max(stretch.end),
            None => all.push(stretch),
        }
    }
    all
}

fn search(pattern: &Pattern, text: &[u8], window: Range<usize>, hits: &mut Hits) {
    let Some(regex) = pattern.regex.get() else { return };
    let (seen, mut at) = (&text[..window.end], window.start);
    while at <= seen.len() {
        let Some(found) = regex.captures_at(seen, at) else { break };
        let Some(whole) = found.get(0) else { break };
        accept(pattern, &found, hits);
        at = whole.end().max(at + 1);
    }
}

fn accept(pattern: &Pattern, found: &Captures<'_>, hits: &mut Hits) {
    let Some(secret) = found.name("secret").filter(|s| !s.is_empty()) else { return };
    let (rule, value) = (&pattern.rule, secret.as_bytes());
    let random = rule.spec.entropy.is_none_or(|floor| entropy::shannon(value) >= floor);
    let why = placeholder::why(value).or_else(|| (!random).then_some("it is not random enough"));
    match why {
        Some(why) => hits.refuse(rule, secret.range(), || why.to_owned()),
        None => hits.matches.push(Match {
            rule: rule.clone(),
            title: None,
            span: secret.range(),
            secret: Secret::new(value),
            confidence: rule.spec.confidence.unwrap_or(Confidence::High),
            evidence: vec![Evidence {
                reason: "stands where such secrets stand".into(),
                span: found.get(0).map(|whole| whole.range()),
            }],
        }),
    }
}
