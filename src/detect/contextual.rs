//! Tokens that only a shape proposes: cut out of the runs, and handed to the judge.

use super::hits::Hits;
use super::index::{Index, Shape};
use super::judge::{Judge, Verdict};
use super::tokens::escape_tail;
use super::{Look, Match};
use crate::finding::Secret;
use std::ops::Range;

/// The candidates of one run, for every contextual rule whose alphabet and length they have.
pub(super) fn look(index: &Index, look: &mut Look<'_>, run: Range<usize>, hits: &mut Hits) {
    for (n, shape) in index.shapes.iter().enumerate() {
        let run = if shape.wide { widened(shape, look, n, &run) } else { run.clone() };
        let mut at = run.start;
        while at < run.end {
            let len = shape.alphabet.span(&look.text[at..run.end], usize::MAX);
            offer(shape, look, at..at + len, hits);
            let tail = if at == run.start { escape_tail(look.text, at) } else { 0 };
            if tail > 0 && tail < len {
                offer(shape, look, at + tail..at + len, hits);
            }
            at += len + 1;
        }
    }
}

/// The run with what the alphabet adds to it on both sides (`+`, `/`), but nothing that an earlier run had.
fn widened(shape: &Shape, look: &mut Look<'_>, n: usize, run: &Range<usize>) -> Range<usize> {
    if look.wide.len() <= n {
        look.wide.resize(n + 1, 0);
    }
    let floor = look.wide[n].min(run.end);
    let before = look.text[floor.min(run.start)..run.start].iter().rev();
    let start = (run.start - before.take_while(|b| shape.alphabet.holds(**b)).count()).max(floor);
    let end = run.end + shape.alphabet.span(&look.text[run.end..], usize::MAX);
    look.wide[n] = end;
    start..end.max(start)
}

fn offer(shape: &Shape, look: &mut Look<'_>, span: Range<usize>, hits: &mut Hits) {
    for judge in &shape.judges {
        if judge.rule().spec.token.iter().any(|t| t.length.holds(span.len())) {
            ask(judge, look, span.clone(), hits);
        }
    }
}

fn ask(judge: &Judge, look: &mut Look<'_>, span: Range<usize>, hits: &mut Hits) {
    match judge.ask(look.text, span.clone(), look.place, &mut look.reader) {
        Verdict::Accepted { confidence, evidence } => hits.matches.push(Match {
            rule: judge.rule().clone(),
            title: None,
            secret: Secret::new(&look.text[span.clone()]),
            span,
            confidence,
            evidence,
        }),
        Verdict::Refused(why) => hits.refuse(judge.rule(), span, || why),
    }
}
