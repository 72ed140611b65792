//! Tokens that only a shape proposes: cut out of the runs, and handed to the judges of the rules that the text mentions.

use super::hits::Hits;
use super::index::Index;
use super::judge::Verdict;
use super::mention::Bits;
use super::shapes::{Shape, Shapes};
use super::tokens::escape_tail;
use super::{Evidence, Look, Match, Path, own, shape};
use crate::finding::Secret;
use crate::rule::Confidence;
use std::ops::Range;

/// How many rules tell why they refuse one that the text does not mention.
const TOLD: usize = 3;

/// The candidates of one run, for every contextual rule whose alphabet and length they have.
pub(super) fn look(index: &Index, look: &mut Look<'_>, run: Range<usize>, hits: &mut Hits) {
    let shapes = &index.shapes;
    if shapes.is_empty() {
        return;
    }
    let text = look.text;
    let mut start = run.start;
    let tail = escape_tail(text, run.start);
    if tail > 0 && tail < run.len() {
        ending(shapes, look, run.start + tail..run.end, None, hits);
    }
    loop {
        let sign = start.checked_sub(1).filter(|_| start > run.start).map(|i| text[i]);
        ending(shapes, look, start..run.end, sign, hits);
        // What stands behind a sign that joins words is no word of its own.
        let signs = memchr::memchr2_iter(b'-', b'_', &text[start..run.end]).map(|at| start + at);
        let free = signs.map(|at| at + 1).find(|next| !text[..next - 1].last().is_some_and(u8::is_ascii_alphanumeric));
        match free.filter(|next| *next < run.end) {
            Some(next) => start = next,
            None => break,
        }
    }
    for (n, shape) in shapes.wide().enumerate() {
        wide(shapes, shape, look, (n, run.clone()), hits);
    }
}

/// Whether some part of a text mentions a rule: then tokens anywhere in it may be that rule's.
pub(super) fn is_mentioned(index: &Index, text: &[u8], parts: &[Range<usize>]) -> bool {
    parts.iter().any(|part| index.shapes.is_mentioned(&text[part.clone()]))
}

/// The stretches that begin where `rest` does and end before a sign, or with the run; `sign` is what stands before them.
fn ending(shapes: &Shapes, look: &mut Look<'_>, rest: Range<usize>, sign: Option<u8>, hits: &mut Hits) {
    let part = &look.text[rest.clone()];
    let first = |sign: u8| memchr::memchr(sign, part).unwrap_or(part.len());
    let (hyphen, under) = (first(b'-'), first(b'_'));
    let lengths = [hyphen.min(under), hyphen.max(under), part.len()];
    for (n, length) in lengths.into_iter().enumerate() {
        if length == 0 || lengths[..n].contains(&length) {
            continue;
        }
        let span = rest.start..rest.start + length;
        for shape in shapes.of_length(length) {
            if !sign.is_some_and(|sign| shape.alphabet.holds(sign)) && shape.holds(look.text, &span) {
                offer(shapes, shape, look, span.clone(), hits);
            }
        }
    }
}

/// The run with what a wide alphabet adds to it on both sides (`+`, `/`), but nothing that an earlier run had.
fn wide(shapes: &Shapes, shape: &Shape, look: &mut Look<'_>, (n, run): (usize, Range<usize>), hits: &mut Hits) {
    if look.wide.len() <= n {
        look.wide.resize(n + 1, 0);
    }
    let floor = look.wide[n].min(run.end);
    let before = look.text[floor.min(run.start)..run.start].iter().rev();
    let start = (run.start - before.take_while(|b| shape.alphabet.holds(**b)).count()).max(floor);
    let end = run.end + shape.alphabet.span(&look.text[run.end..], usize::MAX);
    look.wide[n] = end;
    let mut at = start;
    while at < end {
        let length = shape.alphabet.span(&look.text[at..end], usize::MAX);
        if shape.length.holds(length) {
            offer(shapes, shape, look, at..at + length, hits);
        }
        let tail = if at == start { escape_tail(look.text, at) } else { 0 };
        if tail > 0 && tail < length && shape.length.holds(length - tail) {
            offer(shapes, shape, look, at + tail..at + length, hits);
        }
        at += length + 1;
    }
}

fn offer(shapes: &Shapes, shape: &Shape, look: &mut Look<'_>, span: Range<usize>, hits: &mut Hits) {
    let text = look.text;
    let why = shape.profile.refuse(&text[span.clone()]).or_else(|| shape::edge(text, span.clone()));
    let why = why.or_else(|| own::is_sum(text, &span).then_some("what it is bound to is a sum's or an id's name"));
    if let Some(why) = why {
        return refuse(shapes, shape, look, span, why, hits);
    }
    let path = match look.place.path {
        Path::Known(path) => Some(path.as_ref()),
        Path::None | Path::Unknown => None,
    };
    let mentions = look.mentions.get_or_insert_with(|| shapes.mentioned(text, path));
    let those: Vec<usize> = mentions.both(&shape.rules).collect();
    if those.is_empty() {
        return match look.place.path {
            Path::Unknown => unmentioned(shapes, shape, look, span, hits),
            _ => refuse(shapes, shape, look, span, "nothing here names the provider", hits),
        };
    }
    those.into_iter().for_each(|rule| ask(shapes, rule, look, span.clone(), hits));
}

/// A token that no word of the text speaks for, where the path is not known that may.
fn unmentioned(shapes: &Shapes, shape: &Shape, look: &Look<'_>, span: Range<usize>, hits: &mut Hits) {
    if let Some(judge) = rules(shapes, shape, &Bits::default()).next().filter(|_| own::may_be_filed(look.text, &span)) {
        hits.matches.push(Match {
            rule: judge.rule().clone(),
            title: None,
            secret: Secret::new(&look.text[span.clone()]),
            span,
            confidence: Confidence::High,
            evidence: vec![Evidence::plain("the file's name may name the provider")],
        });
    }
}

fn refuse(shapes: &Shapes, shape: &Shape, look: &mut Look<'_>, span: Range<usize>, why: &'static str, hits: &mut Hits) {
    if hits.explains() {
        let mentions = look.mentions.clone().unwrap_or_default();
        for judge in rules(shapes, shape, &mentions).take(TOLD) {
            hits.refuse(judge.rule(), span.clone(), || why.to_owned());
        }
    }
}

/// The rules of a shape that the text mentions; if there are none, all.
fn rules<'s>(shapes: &'s Shapes, shape: &'s Shape, mentions: &Bits) -> impl Iterator<Item = &'s super::judge::Judge> {
    let named: Vec<usize> = mentions.both(&shape.rules).collect();
    let all = if named.is_empty() { shape.rules.both(&shape.rules).collect() } else { named };
    all.into_iter().filter_map(|rule| shapes.judge(rule))
}

fn ask(shapes: &Shapes, rule: usize, look: &mut Look<'_>, span: Range<usize>, hits: &mut Hits) {
    let Some(judge) = shapes.judge(rule) else { return };
    match judge.ask(look.text, span.clone(), look.place, &mut look.reader) {
        Verdict::Accepted { confidence, evidence } => hits.matches.push(Match {
            rule: judge.rule().clone(),
            title: None,
            secret: Secret::new(&look.text[span.clone()]),
            span,
            // What is publishable by design is never sure.
            confidence: judge.rule().spec.confidence.map_or(confidence, |most| confidence.min(most)),
            evidence,
        }),
        Verdict::Refused(why) => hits.refuse(judge.rule(), span, || why),
    }
}
