//! Tokens that only a shape proposes: cut out of the runs, and handed to the judge.

use super::hits::Hits;
use super::index::Index;
use super::judge::{self, Reader, Verdict};
use super::{Match, Place};
use crate::finding::Secret;
use crate::rule::Rule;
use std::ops::Range;
use std::sync::Arc;

/// The candidates of one run, for every contextual rule whose alphabet and length they have.
pub(super) fn look(
    index: &Index,
    text: &[u8],
    run: Range<usize>,
    place: Place<'_>,
    reader: &mut Reader<'_>,
    hits: &mut Hits,
) {
    for shape in &index.shapes {
        let mut at = run.start;
        while at < run.end {
            let len = shape.alphabet.span(&text[at..run.end], usize::MAX);
            for rule in &shape.rules {
                if rule.spec.token.as_ref().is_some_and(|t| t.length.holds(len)) {
                    ask(rule, text, at..at + len, place, reader, hits);
                }
            }
            at += len + 1;
        }
    }
}

fn ask(rule: &Arc<Rule>, text: &[u8], span: Range<usize>, place: Place<'_>, reader: &mut Reader<'_>, hits: &mut Hits) {
    match judge::judge(rule, text, span.clone(), place, reader) {
        Verdict::Accepted { confidence, evidence } => hits.matches.push(Match {
            rule: rule.clone(),
            title: None,
            secret: Secret::new(&text[span.clone()]),
            span,
            confidence,
            evidence,
        }),
        Verdict::Refused(why) => hits.refuse(rule, span, || why),
    }
}
