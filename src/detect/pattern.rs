//! Pattern rules: a regular expression, tried only around its literals.

use super::carry::anchor::What;
use super::hits::Hits;
use super::index::{Index, Pattern};
use super::{Evidence, Look, Match, entropy, placeholder};
use crate::finding::Secret;
use crate::rule::Confidence;
use regex::bytes::Captures;
use std::ops::Range;

/// How far before a literal a match may begin, and how far behind it end.
const BEFORE: usize = 512;
const AFTER: usize = 2048;

/// A literal of a pattern rule: the pattern's number, and where it stands.
pub(super) type Found = (usize, Range<usize>);

/// Looks around the literals of the pattern rules.
pub(super) fn look(index: &Index, look: &Look<'_>, mut literals: Vec<Found>, hits: &mut Hits) {
    let (text, path) = (look.text, look.place.path);
    hits.far |= index.patterns.iter().any(|p| p.rule.spec.literals.is_empty());
    literals.iter().for_each(|(_, hit)| hits.anchor(hit.start, What::Far));
    for pattern in index.patterns.iter().filter(|p| p.rule.spec.literals.is_empty() && p.files.hold(path)) {
        search(pattern, text, 0..text.len(), hits);
    }
    literals.sort_by_key(|(pattern, range)| (*pattern, range.start));
    for group in literals.chunk_by(|a, b| a.0 == b.0) {
        let Some(pattern) = group.first().and_then(|(n, _)| index.patterns.get(*n)) else { continue };
        if pattern.files.hold(path) {
            for window in windows(group, text.len()) {
                search(pattern, text, window, hits);
            }
        }
    }
}

/// The surroundings of the literals, those that overlap in one: so the work stays linear.
fn windows(group: &[Found], len: usize) -> Vec<Range<usize>> {
    let mut all: Vec<Range<usize>> = Vec::new();
    for (_, hit) in group {
        let window = hit.start.saturating_sub(BEFORE)..(hit.end + AFTER).min(len);
        match all.last_mut().filter(|last| window.start <= last.end) {
            Some(last) => last.end = last.end.max(window.end),
            None => all.push(window),
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
