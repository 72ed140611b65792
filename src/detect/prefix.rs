//! Tokens with a prefix of their own: where one may start in a run, which rules its prefix leads to, and whether
//! what follows is of their form.

use super::files::Files;
use super::hits::Hits;
use super::index::{Index, LazyRegex};
use super::shape::Profile;
use super::tokens::{escape_tail, is_token_byte};
use super::{Evidence, Look, Match, checksum, entropy, jwt, part, placeholder};
use crate::finding::Secret;
use crate::rule::{Confidence, Length, Rule, TokenSpec};
use std::ops::Range;
use std::sync::Arc;

/// One form of a rule's tokens.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) rule: Arc<Rule>,
    pub(super) token: TokenSpec,
    /// Index of its alphabet.
    pub(super) alphabet: usize,
    /// For all that stands behind the prefix.
    pub(super) format: Option<LazyRegex>,
    pub(super) files: Files,
    /// What its alphabet lets a random body be.
    pub(super) profile: Profile,
}

/// What a prefix leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PrefixTarget {
    /// A form of a token.
    Form(usize),
    /// A JSON Web Token.
    Jwt,
}

#[derive(Debug)]
struct Entry {
    prefix: Vec<u8>,
    target: PrefixTarget,
}

/// Prefixes by their first two bytes, so that the cost of a start that is none does not grow with the rules.
#[derive(Debug)]
pub(super) struct Prefixes {
    /// A bit for each pair of first bytes.
    pairs: Box<[u64; 1024]>,
    /// Prefixes of token characters, sorted by first two bytes, then longest first.
    inner: Vec<Entry>,
    /// Prefixes with another character, by the last such one: `SG.`. They are compared where a run starts behind it.
    behind: Vec<Entry>,
    /// The other characters that stand before a run in `behind`.
    ends: [bool; 256],
}

impl Prefixes {
    pub(super) fn new(all: Vec<(Vec<u8>, PrefixTarget)>) -> Self {
        let mut table =
            Prefixes { pairs: Box::new([0; 1024]), inner: Vec::new(), behind: Vec::new(), ends: [false; 256] };
        for (prefix, target) in all {
            match end(&prefix) {
                Some(end) => {
                    table.ends[usize::from(end)] = true;
                    table.behind.push(Entry { prefix, target });
                }
                None => {
                    let pair = pair(&prefix);
                    table.pairs[pair / 64] |= 1 << (pair % 64);
                    table.inner.push(Entry { prefix, target });
                }
            }
        }
        table.inner.sort_by_key(|e| (pair(&e.prefix), std::cmp::Reverse(e.prefix.len())));
        table.behind.sort_by_key(|e| (end(&e.prefix), std::cmp::Reverse(e.prefix.len())));
        table
    }

    /// Calls `found` with each prefix that stands at `start`, longest first.
    fn at(&self, text: &[u8], start: usize, mut found: impl FnMut(usize, PrefixTarget)) {
        let Some(rest) = text.get(start..).filter(|r| r.len() >= 2) else { return };
        let pair_here = pair(rest);
        if self.pairs[pair_here / 64] >> (pair_here % 64) & 1 == 0 {
            return;
        }
        let from = self.inner.partition_point(|e| pair(&e.prefix) < pair_here);
        for entry in self.inner[from..].iter().take_while(|e| pair(&e.prefix) == pair_here) {
            if rest.starts_with(&entry.prefix) {
                found(entry.prefix.len(), entry.target);
            }
        }
    }

    /// Calls `found` with the start and the length of each prefix that reaches over the start of a run.
    fn over(&self, text: &[u8], run: usize, mut found: impl FnMut(usize, usize, PrefixTarget)) {
        let Some(before) = run.checked_sub(1).and_then(|i| text.get(i)) else { return };
        if !self.ends[usize::from(*before)] {
            return;
        }
        let from = self.behind.partition_point(|e| end(&e.prefix) < Some(*before));
        for entry in self.behind[from..].iter().take_while(|e| end(&e.prefix) == Some(*before)) {
            let Some(head) = entry.prefix.iter().rposition(|b| !is_token_byte(*b)).map(|i| i + 1) else { continue };
            if let Some(start) = run.checked_sub(head)
                && text[start..].starts_with(&entry.prefix)
                && !start.checked_sub(1).is_some_and(|i| text[i].is_ascii_alphanumeric())
            {
                found(start, entry.prefix.len(), entry.target);
            }
        }
    }
}

/// The last character of a prefix that is none of a run's.
fn end(prefix: &[u8]) -> Option<u8> {
    prefix.iter().rev().copied().find(|b| !is_token_byte(*b))
}

fn pair(text: &[u8]) -> usize {
    match text {
        [a, b, ..] => usize::from(*a) << 8 | usize::from(*b),
        _ => 0,
    }
}

/// Where the runs of each alphabet end, remembered: many starts in one run ask.
#[derive(Debug, Default)]
pub(super) struct Ends(Vec<Range<usize>>);

impl Ends {
    /// The end of the run of `alphabet` that starts at or before `start`.
    fn of(&mut self, index: &Index, alphabet: usize, text: &[u8], start: usize) -> usize {
        if self.0.is_empty() {
            self.0 = vec![0..0; index.alphabets.len()];
        }
        let Some(known) = self.0.get_mut(alphabet) else { return start };
        if !known.contains(&start) {
            *known = start..start + index.alphabets[alphabet].span(&text[start..], usize::MAX);
        }
        known.end.max(start)
    }
}

/// Looks for prefixes at every place of a run where a token may start.
pub(super) fn look(index: &Index, look: &mut Look<'_>, run: Range<usize>, hits: &mut Hits) {
    let text = look.text;
    let mut found: Vec<(usize, usize, PrefixTarget)> = Vec::new();
    index.prefixes.over(text, run.start, |start, len, target| found.push((start, len, target)));
    let mut at = |start: usize| index.prefixes.at(text, start, |len, target| found.push((start, len, target)));
    at(run.start);
    let tail = escape_tail(text, run.start);
    if tail > 0 {
        at(run.start + tail);
    }
    for sign in memchr::memchr2_iter(b'-', b'_', &text[run.clone()]) {
        at(run.start + sign + 1);
    }
    let mut end = 0;
    for (start, len, target) in found {
        // What was taken as a token is not looked into.
        if start < end {
            continue;
        }
        let found = match (target, &index.jwt) {
            (PrefixTarget::Form(form), _) => candidate(index, look, start..start + len, form, hits),
            (PrefixTarget::Jwt, Some(rule)) => jwt::look(rule, text, start, run.end, hits),
            (PrefixTarget::Jwt, None) => 0,
        };
        end = end.max(found);
    }
}

/// Looks at a form whose prefix was found as a literal.
pub(super) fn literal(index: &Index, look: &mut Look<'_>, at: Range<usize>, form: usize, hits: &mut Hits) {
    let before = look.text[..at.start].iter().rev().take(10).take_while(|b| is_token_byte(**b)).count();
    let run = at.start - before;
    let behind_sign = before > 0 && !look.text[at.start - 1].is_ascii_alphanumeric();
    if before == 0 || behind_sign || escape_tail(look.text, run) == before {
        candidate(index, look, at, form, hits);
    }
}

/// Looks at a token of a form that begins with the prefix at `prefix`; gives its end, or 0.
fn candidate(index: &Index, look: &mut Look<'_>, prefix: Range<usize>, form: usize, hits: &mut Hits) -> usize {
    let Some(form) = index.forms.get(form) else { return 0 };
    let mut end = look.ends.of(index, form.alphabet, look.text, prefix.end);
    // A sentence's full stop is no part of a token.
    while end > prefix.end && look.text[end - 1] == b'.' {
        end -= 1;
    }
    let token = Token { form, text: look.text, start: prefix.start, body: prefix.end..end };
    if !form.files.hold(look.place.path) {
        return 0;
    }
    match token.form_fits() {
        Ok(()) => token.judge(look, hits),
        Err(why) => {
            hits.refuse(&form.rule, prefix.start..end, || why.to_owned());
            0
        }
    }
}

/// A token that begins like a rule's.
struct Token<'a> {
    form: &'a Form,
    text: &'a [u8],
    start: usize,
    body: Range<usize>,
}

impl Token<'_> {
    fn body(&self) -> &[u8] {
        &self.text[self.body.clone()]
    }

    fn prefix(&self) -> &[u8] {
        &self.text[self.start..self.body.start]
    }

    /// Whether length, end and what must stand within it are right.
    fn form_fits(&self) -> Result<(), &'static str> {
        let (spec, body) = (&self.form.token, self.body());
        if !spec.length.holds(body.len()) {
            return Err(if body.len() < spec.length.min() { "it is too short" } else { "its length does not fit" });
        }
        if self.text.get(self.body.end).is_some_and(u8::is_ascii_alphanumeric) {
            return Err("it goes on with a character that it does not have");
        }
        if spec.suffix.as_ref().is_some_and(|s| !body.ends_with(s.as_bytes())) {
            return Err("it ends differently");
        }
        if spec.contains.as_ref().is_some_and(|c| memchr::memmem::find(body, c.as_bytes()).is_none()) {
            return Err("what marks such tokens does not stand in it");
        }
        match self.form.format.as_ref().map(|f| f.get()) {
            Some(Some(regex)) if !regex.is_match(body) => Err("its parts are of another form"),
            _ => Ok(()),
        }
    }

    /// Whether it is a secret; gives its end.
    fn judge(&self, look: &mut Look<'_>, hits: &mut Hits) -> usize {
        let (rule, span) = (&self.form.rule, self.start..self.body.end);
        if let Some(why) = self.fake() {
            hits.refuse(rule, span.clone(), || why.to_owned());
            hits.claims.push(span.clone());
            return span.end;
        }
        let (confidence, evidence) = self.confidence();
        let found = Match {
            rule: rule.clone(),
            title: None,
            secret: Secret::new(&self.text[span.clone()]),
            span: span.clone(),
            confidence,
            evidence,
        };
        part::join(look, found, hits);
        span.end
    }

    fn fake(&self) -> Option<&'static str> {
        let random = self.random();
        let spec = &self.form.token;
        let proven = spec.checksum.is_some() || spec.contains.is_some() || spec.suffix.is_some();
        placeholder::why(random)
            .or_else(|| {
                let floor = self.form.rule.spec.entropy.unwrap_or(0.0);
                (entropy::shannon(random) < floor).then_some("it is not random enough")
            })
            // A name in source code can begin like a token, but not go on like one.
            .or_else(|| if proven || spec.format.is_some() { None } else { self.form.profile.refuse(random) })
    }

    /// The body without what every such token has.
    fn random(&self) -> &[u8] {
        let body = self.body();
        let suffix = self.form.token.suffix.as_ref().map_or(0, String::len);
        &body[..body.len().saturating_sub(suffix)]
    }

    fn confidence(&self) -> (Confidence, Vec<Evidence>) {
        let prefix = String::from_utf8_lossy(self.prefix());
        let form = format!("begins with {prefix} and has the form of such tokens");
        let stated = self.form.rule.spec.confidence;
        let spec = &self.form.token;
        match spec.checksum.map(|kind| checksum::fits(kind, self.prefix(), self.body())) {
            Some(true) => (
                stated.unwrap_or(Confidence::High),
                vec![Evidence::plain("its checksum is right"), Evidence::plain(&form)],
            ),
            Some(false) => (Confidence::Low, vec![Evidence::plain(&form), Evidence::plain("its checksum is wrong")]),
            None => {
                let exact = !matches!(spec.length, Length::Range { .. })
                    || spec.contains.is_some()
                    || spec.suffix.is_some()
                    || spec.format.is_some()
                    || self.prefix().len() >= 5;
                let form_says = if exact { Confidence::High } else { Confidence::Medium };
                (stated.unwrap_or(form_says), vec![Evidence::plain(&form)])
            }
        }
    }
}
