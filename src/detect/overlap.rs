//! One token, one finding: of matches that overlap one stays.

use super::Match;
use crate::rule::{Confidence, RuleKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Keeps the most specific of overlapping matches, and sorts by place. Among equals the surer one stays, then the
/// longer, then the one that was found first (in the text itself before its views). A generic one yields to a claim.
pub(super) fn resolve(mut all: Vec<Match>, claims: Vec<Range<usize>>) -> Vec<Match> {
    let claims = joined(claims);
    all.retain(|m| specificity(m) > GENERIC || !touches(&claims, &m.span));
    all.sort_by_key(|m| std::cmp::Reverse((specificity(m), sureness(m), m.span.len())));
    let mut kept: BTreeMap<usize, Match> = BTreeMap::new();
    for found in all {
        let end = found.span.end.max(found.span.start + 1);
        // Kept ones are disjoint: only the last that starts before this one's end can reach into it.
        let overlaps = kept.range(..end).next_back().is_some_and(|(_, other)| other.span.end > found.span.start);
        if !overlaps {
            kept.insert(found.span.start, found);
        }
    }
    kept.into_values().collect()
}

/// Sorted, and those that overlap in one.
fn joined(mut claims: Vec<Range<usize>>) -> Vec<Range<usize>> {
    claims.sort_by_key(|c| c.start);
    let mut all: Vec<Range<usize>> = Vec::with_capacity(claims.len());
    for claim in claims {
        match all.last_mut().filter(|last| claim.start <= last.end) {
            Some(last) => last.end = last.end.max(claim.end),
            None => all.push(claim),
        }
    }
    all
}

fn touches(claims: &[Range<usize>], span: &Range<usize>) -> bool {
    claims.get(claims.partition_point(|c| c.end <= span.start)).is_some_and(|c| c.start < span.end)
}

/// The specificity of the generic rules, at most.
const GENERIC: u8 = 1;

/// How sure a rule is that it is its own. One that is never told as more than low, for what is published by design, says
/// by that how bad it is.
fn sureness(found: &Match) -> Confidence {
    let published = found.rule.kind() == RuleKind::Contextual && found.rule.spec.confidence == Some(Confidence::Low);
    if published { Confidence::High } else { found.confidence }
}

/// How much a rule knows of what it finds.
fn specificity(found: &Match) -> u8 {
    let checked = found.rule.spec.token.iter().any(|t| t.checksum.is_some());
    match found.rule.kind() {
        RuleKind::PrivateKey => 7,
        RuleKind::Token if checked => 6,
        RuleKind::Token => 5,
        // One that is not sure of itself (a file's form) knows less than the provider's own.
        RuleKind::Pattern if found.rule.spec.confidence.is_some_and(|c| c < Confidence::High) => 2,
        RuleKind::JsonWebToken | RuleKind::Pattern => 4,
        RuleKind::Contextual => 3,
        RuleKind::UrlCredentials => 2,
        RuleKind::GenericSecret => GENERIC,
        RuleKind::GenericPassword => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Secret;
    use crate::rule::{Confidence, read_str};
    use std::path::Path;
    use std::sync::Arc;

    fn of(kind: &str, span: Range<usize>, confidence: Confidence) -> Match {
        let form = match kind {
            "token" => "token = { prefix = \"zz_\", alphabet = \"a-z\", length = 30 }",
            kind => &format!("kind = \"{kind}\""),
        };
        let text = format!("provider = 'x'\n[[rule]]\nid = 'x-{kind}'\ntitle = 'x'\n{form}\n");
        let rule = Arc::new(read_str(&text, Path::new("x")).unwrap().remove(0));
        Match { rule, title: None, secret: Secret::new("x"), span, confidence, evidence: Vec::new() }
    }

    fn ids(all: Vec<Match>) -> Vec<(String, Range<usize>)> {
        resolve(all, Vec::new()).into_iter().map(|m| (m.rule.id.clone(), m.span)).collect()
    }

    #[test]
    fn the_most_specific_owns_it() {
        use Confidence::{High, Low};
        let all = vec![of("generic-secret", 0..30, High), of("token", 4..30, Low), of("url-credentials", 40..50, Low)];
        assert_eq!(ids(all), [("x-token".into(), 4..30), ("x-url-credentials".into(), 40..50)]);
    }

    #[test]
    fn among_equals_the_surer_then_the_longer() {
        use Confidence::{High, Low};
        assert_eq!(ids(vec![of("token", 0..9, Low), of("token", 0..5, High)])[0].1, 0..5);
        assert_eq!(ids(vec![of("token", 2..9, Low), of("token", 0..9, Low)])[0].1, 0..9);
    }

    #[test]
    fn a_claim_silences_the_generic_rules_alone() {
        use Confidence::High;
        let all =
            || vec![of("token", 0..20, High), of("generic-secret", 30..50, High), of("generic-secret", 60..80, High)];
        let kept = |claims| resolve(all(), claims).into_iter().map(|m| m.span).collect::<Vec<_>>();
        assert_eq!(kept(vec![35..40, 5..8, 38..45]), [0..20, 60..80]);
        assert_eq!(kept(vec![20..30, 50..60]).len(), 3);
    }

    #[test]
    fn touching_is_not_overlapping() {
        use Confidence::High;
        assert_eq!(ids(vec![of("token", 5..9, High), of("token", 0..5, High)]).len(), 2);
    }
}
