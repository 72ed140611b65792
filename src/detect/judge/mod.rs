//! Judges a token that only its shape proposes: what around it says whose it is?
//!
//! The structure of the text gives a token its chain: the name it is bound to, the call or record that holds it, its
//! siblings, the block, the section, the file, and the uses of the name. At each level the judge asks who is named
//! there; the innermost owner wins, and an address beats a name. What counts as the provider's is data in the rule
//! (`[rule.evidence]`); who else there is, and what words mean in names, stands in `data/`. No provider is named in code.

mod address;
mod beside;
mod cells;
mod choices;
mod claim;
mod clients;
mod command;
mod difference;
mod fields;
mod file;
mod flow;
mod handle;
mod head;
mod hosts;
mod inquiry;
mod insert;
mod item;
mod joins;
mod keys;
mod lexicon;
mod loops;
mod namesakes;
mod naming;
mod objects;
mod options;
mod outputs;
mod pairs;
mod params;
mod positions;
mod prose;
mod reach;
mod record;
mod refs;
mod remarks;
mod resolve;
mod rows;
mod said;
mod scope;
mod sense;
mod signals;
mod steps;
mod subject;
mod terms;
#[cfg(test)]
mod tests;
mod threads;
mod trade;
mod uses;
mod veto;
mod zips;

use super::assign::is_test_code;
use super::{Evidence, Path, Place, shape};
use crate::finding::hide_random;
use crate::rule::{Alphabet, Confidence, Length, Rule, TokenSpec};
use crate::structure::{Dialect, Structure, Tree};
use claim::{Claim, Ruling};
use inquiry::{Inquiry, Memory};
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use terms::Terms;

/// How many places are looked at for one token.
const BUDGET: u32 = 120;

/// Above how many tokens prose speaks of a series.
const PROSE: usize = 2;
/// From how many tokens on one place speaks of a series.
const SERIES: usize = 3;

/// What the judge says about a token.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is the rule's.
    Accepted {
        /// How sure.
        confidence: Confidence,
        /// Why, strongest first; spans are in the judged text.
        evidence: Vec<Evidence>,
    },
    /// It is not, and why.
    Refused(String),
}

/// One rule, ready to be asked: what its evidence says and what its tokens look like. Made once for all texts.
#[derive(Debug)]
pub struct Judge {
    rule: Arc<Rule>,
    kept: OnceLock<Kept>,
}

/// What the first candidate of a rule makes.
#[derive(Debug)]
struct Kept {
    terms: Terms,
    forms: Vec<Form>,
}

/// One form of a rule's tokens.
#[derive(Debug)]
struct Form {
    alphabet: Alphabet,
    length: Length,
    profile: shape::Profile,
}

impl Form {
    fn new(token: &TokenSpec) -> Option<Form> {
        let alphabet = Alphabet::parse(&token.alphabet)?;
        Some(Form { alphabet, length: token.length.clone(), profile: shape::Profile::of(&token.alphabet) })
    }
}

impl Judge {
    /// The judge of a rule.
    pub fn new(rule: Arc<Rule>) -> Judge {
        Judge { rule, kept: OnceLock::new() }
    }

    fn kept(&self) -> &Kept {
        self.kept.get_or_init(|| {
            let terms = self.rule.spec.evidence.as_ref().map(Terms::new).unwrap_or_default();
            let forms = self.rule.spec.token.iter().filter_map(Form::new).collect();
            Kept { terms, forms }
        })
    }

    /// The rule.
    pub fn rule(&self) -> &Arc<Rule> {
        &self.rule
    }

    /// Why no form of the rule's tokens fits the value.
    pub(super) fn refuse(&self, value: &[u8]) -> Option<&'static str> {
        let fitting = self
            .kept()
            .forms
            .iter()
            .filter(|f| f.length.holds(value.len()) && f.alphabet.span(value, usize::MAX) == value.len());
        let mut why = None;
        for form in fitting {
            match form.profile.refuse(value) {
                None => return None,
                refused => why = refused,
            }
        }
        why.or(Some("it has another length or alphabet"))
    }
}

/// What is known of one text, filled as it is asked for.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a [u8],
    place: Place<'a>,
    /// The text as it was read; a difference is read twice, as what it makes and as what it replaces.
    versions: Vec<Structure<'a>>,
    rules: HashMap<String, Known>,
}

/// What is known for one rule.
#[derive(Debug)]
struct Known {
    /// For each version of the text.
    memory: [Memory; 2],
    /// What is said of each candidate, by where it begins; filled at the first question.
    claims: Option<HashMap<usize, Option<Claim>>>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`; it costs nothing before the first question.
    pub fn new(text: &'a [u8], place: Place<'a>) -> Self {
        Reader { text, place, versions: Vec::new(), rules: HashMap::new() }
    }

    fn path(&self) -> Option<&'a [u8]> {
        match self.place.path {
            Path::Known(path) => Some(path.as_ref()),
            Path::None | Path::Unknown => None,
        }
    }

    fn know(&mut self, judge: &Judge) {
        if !self.rules.contains_key(&judge.rule.id) {
            self.rules.insert(judge.rule.id.clone(), Known { memory: Default::default(), claims: None });
        }
    }

    fn read(&mut self) {
        if !self.versions.is_empty() {
            return;
        }
        let dialect = Dialect::of(self.path(), self.text);
        match difference::sides(self.text) {
            Some(sides) => {
                let dialect = difference::dialect(self.text).unwrap_or(dialect);
                self.versions.extend(sides.into_iter().map(|side| Structure::new(Tree::read(side, dialect))));
            }
            None => self.versions.push(Structure::new(Tree::read(self.text, dialect))),
        }
    }
}

impl Reader<'_> {
    /// Judges all candidates of a rule, so that what one place says of many is known.
    fn answer(&mut self, judge: &Judge) {
        self.read();
        let path = self.path();
        let Some(known) = self.rules.get_mut(&judge.rule.id) else { return };
        if known.claims.is_some() {
            return;
        }
        let mut claims: Vec<(Range<usize>, Option<Claim>)> = Vec::new();
        for span in candidates(&judge.kept().forms, self.text) {
            let value = &self.text[span.clone()];
            if judge.refuse(value).is_some() || shape::edge(self.text, span.clone()).is_some() {
                continue;
            }
            let budget = Cell::new(BUDGET);
            let old = self.versions.len() > 1 && difference::is_old(self.text, span.start);
            let (Some(s), Some(memory)) = (self.versions.get(usize::from(old)), known.memory.get(usize::from(old)))
            else {
                continue;
            };
            let inquiry = Inquiry { s, terms: &judge.kept().terms, memory, budget };
            let claim = inquiry.token(&span, path);
            claims.push((span, claim));
        }
        series(self.text, &mut claims);
        known.claims = Some(claims.into_iter().map(|(span, claim)| (span.start, claim)).collect());
    }
}

/// The tokens of a text that have the rule's alphabet and length.
fn candidates(forms: &[Form], text: &[u8]) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    for (run, form) in super::tokens::Runs::new(text).flat_map(|run| forms.iter().map(move |f| (run.clone(), f))) {
        let mut at = run.start;
        while at < run.end {
            let len = form.alphabet.span(&text[at..run.end], usize::MAX);
            if form.length.holds(len) {
                all.push(at..at + len);
            }
            let tail = if at == run.start { super::tokens::escape_tail(text, at) } else { 0 };
            if tail > 0 && tail < len && form.length.holds(len - tail) {
                all.push(at + tail..at + len);
            }
            at += len + 1;
        }
    }
    all
}

/// One place that speaks for three different tokens or more speaks of a series of ids, unless they bear its name.
fn series(text: &[u8], claims: &mut [(Range<usize>, Option<Claim>)]) {
    let mut spoken: HashMap<Range<usize>, Vec<&[u8]>> = HashMap::new();
    for (span, claim) in claims.iter() {
        if let Some(claim) = claim
            && claim.is_ours()
            && !claim.own
            && !claim.shared
        {
            let values = spoken.entry(claim.span.clone()).or_default();
            let value = &text[span.clone()];
            if values.len() < SERIES && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    let told: Vec<&[u8]> =
        claims.iter().filter(|(_, c)| c.as_ref().is_some_and(|c| c.prose)).map(|(s, _)| &text[s.clone()]).collect();
    let mut times: HashMap<&[u8], usize> = HashMap::new();
    told.iter().for_each(|value| *times.entry(value).or_default() += 1);
    let chatter = times.values().any(|same| told.len() - same >= PROSE);
    for (_, claim) in claims.iter_mut() {
        if chatter && let Some(found) = claim.take_if(|c| c.prose) {
            *claim = Some(found.at_most(Confidence::Low));
        }
        if let Some(found) = claim
            .take_if(|c| c.is_ours() && !c.own && !c.shared && spoken.get(&c.span).is_some_and(|v| v.len() >= SERIES))
        {
            *claim = Some(found.at_most(Confidence::Low));
        }
    }
}

impl Judge {
    /// Whether the token at `span` is the rule's. Asked where the text or its path mentions the rule (`mention`):
    /// where the path is not known, that is answer enough, since whatever some path could lift to a finding is one.
    pub fn ask(&self, text: &[u8], span: Range<usize>, place: Place<'_>, reader: &mut Reader<'_>) -> Verdict {
        debug_assert_eq!(text.len(), reader.text.len());
        let Some(value) = text.get(span.clone()) else { return Verdict::Refused("it lies outside the text".into()) };
        // The token first: most are refused by it, and the rest of the text need not be read for them.
        if let Some(why) = self.refuse(value).or_else(|| shape::edge(text, span.clone())) {
            return Verdict::Refused(why.into());
        }
        if place.path == Path::Unknown {
            let evidence = vec![Evidence::plain("the text names the provider")];
            return Verdict::Accepted { confidence: Confidence::High, evidence };
        }
        reader.know(self);
        reader.answer(self);
        let claim = reader.rules.get(&self.rule.id).and_then(|known| known.claims.as_ref()?.get(&span.start).cloned());
        verdict(claim.flatten(), || reader.path().is_some_and(is_test_code))
    }
}

fn verdict(claim: Option<Claim>, is_tested: impl FnOnce() -> bool) -> Verdict {
    let Some(mut claim) = claim else { return Verdict::Refused("nothing says whose it is".into()) };
    // A reason quotes names of the text, and on an odd line a key sticks to one.
    claim.reason = hide_random(&claim.reason);
    match claim.ruling {
        Ruling::Ours(confidence) => {
            let some = |span: Range<usize>| (!span.is_empty()).then_some(span);
            let mut evidence = vec![Evidence { reason: claim.reason, span: some(claim.span) }];
            evidence.extend(
                claim.trail.into_iter().map(|span| Evidence { reason: "by way of this line".into(), span: some(span) }),
            );
            evidence.extend(claim.also.iter().map(|reason| Evidence::plain(&hide_random(reason))));
            // What stands in a test is seldom as sure, yet a key that was pasted there is as lost as any.
            let lower = confidence == Confidence::High && is_tested();
            evidence.extend(lower.then(|| Evidence { reason: "in test code: one level lower".into(), span: None }));
            Verdict::Accepted { confidence: if lower { Confidence::Medium } else { confidence }, evidence }
        }
        Ruling::Other(other) => {
            let whose = format!(": {}'s", hide_random(&other));
            let said = claim.reason.ends_with(&whose);
            Verdict::Refused(if said { claim.reason } else { claim.reason + &whose })
        }
        Ruling::Not | Ruling::Torn => Verdict::Refused(claim.reason),
    }
}
