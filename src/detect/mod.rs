//! Finds secrets in one text: tokens, shape, rules, judge. No I/O, no clock, no configuration.

pub mod assign;
mod block;
pub mod carry;
mod checksum;
mod contextual;
pub mod entropy;
mod files;
mod hits;
mod index;
pub mod judge;
mod jwt;
mod literal;
mod mention;
mod overlap;
mod own;
mod part;
mod pattern;
pub mod placeholder;
mod prefix;
pub mod selftest;
pub mod settings;
pub mod shape;
mod shapes;
mod soft;
#[cfg(test)]
mod tests;
pub mod tokens;
mod url;
pub mod value;

use crate::blob::Kind;
use crate::decode;
use crate::finding::Secret;
use crate::rule::{Confidence, Rule, RuleSet};
use bstr::BStr;
use carry::anchor::What;
use hits::Hits;
use index::Index;
use literal::Target;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Finds secrets by the rules of a [`RuleSet`]. Cheap to make: nothing is compiled before a candidate needs it.
#[derive(Debug)]
pub struct Detector {
    rules: Arc<RuleSet>,
    index: OnceLock<Index>,
}

/// What is known of a text besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What kind of place it is.
    pub kind: Kind,
    /// The repository-relative path: its names are evidence, its ending tells the file kind.
    pub path: Path<'a>,
}

/// The path of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path<'a> {
    /// This one.
    Known(&'a BStr),
    /// There is none (a message, a reference).
    None,
    /// Not known yet (a blob of a history before attribution): whatever some path could lift to a finding is one.
    Unknown,
}

/// A secret found in a text.
#[derive(Clone, Debug)]
pub struct Match {
    /// The rule that owns it.
    pub rule: Arc<Rule>,
    /// A title better than the rule's, where the judge knows more (the name of an unknown provider).
    pub title: Option<String>,
    /// Where the token stands, in bytes of the text that was given (also when it was found in a view).
    pub span: Range<usize>,
    /// The value, decoded.
    pub secret: Secret,
    /// How sure.
    pub confidence: Confidence,
    /// Why, strongest first.
    pub evidence: Vec<Evidence>,
}

/// What a look at a text gives.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// All matches, by place, none overlapping another.
    pub matches: Vec<Match>,
    /// A decoding limit was reached: some encoded text was read only as it stands.
    pub truncated: bool,
}

/// A named reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// A short phrase without any secret: "bound to MISTRAL_API_KEY".
    pub reason: String,
    /// Where it stands in the text, if it does: a change of these lines is news (staged, range).
    pub span: Option<Range<usize>>,
}

/// A candidate that was looked at and refused, for `explain`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule that refused it.
    pub rule: String,
    /// Where it stands.
    pub span: Range<usize>,
    /// Why.
    pub why: String,
}

impl Place<'_> {
    /// A blob of a history before attribution.
    const UNKNOWN: Place<'static> = Place { kind: Kind::History, path: Path::Unknown };
}

impl Detector {
    /// A detector for these rules.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Detector { rules, index: OnceLock::new() }
    }

    /// The rules.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// All matches of all rules at any confidence, by place; no two overlap (one token, one finding: the most
    /// specific rule owns it).
    pub fn detect(&self, text: &[u8], place: Place<'_>) -> Vec<Match> {
        self.examine(text, place).matches
    }

    /// As [`Detector::detect`], and whether everything was looked at.
    pub fn examine(&self, text: &[u8], place: Place<'_>) -> Examined {
        let hits = self.gather(text, place, Hits::matches());
        Examined { truncated: hits.truncated, matches: overlap::resolve(hits.matches, hits.claims) }
    }

    /// Whether some path could make a finding of at least `floor` in this text. Cheap for a text without candidates.
    pub fn probe(&self, text: &[u8], floor: Confidence) -> bool {
        // Before one of several owners is chosen: without its path an unsure owner could hide a sure one.
        self.gather(text, Place::UNKNOWN, Hits::probing(floor)).is_enough()
    }

    /// What was looked at and refused, and why.
    pub fn refusals(&self, text: &[u8], place: Place<'_>) -> Vec<Refusal> {
        self.gather(text, place, Hits::explained()).into_refusals()
    }

    /// Everything that the text and its views hold.
    fn gather(&self, text: &[u8], place: Place<'_>, mut hits: Hits) -> Hits {
        self.look(text, place, &mut hits);
        if hits.is_enough() {
            return hits;
        }
        let path = match place.path {
            Path::Known(path) => Some(path.as_ref()),
            Path::None | Path::Unknown => None,
        };
        let views = decode::views(text, path);
        hits.truncated |= views.truncated;
        if hits.floor.is_some() {
            carry::note(text, &views, &mut hits);
        }
        for view in views {
            let mut seen = hits.alike();
            self.look(&view.text, place, &mut seen);
            seen.far |= seen.anchors.iter().any(|anchor| anchor.what() == What::Far);
            // The others stand in the text itself too.
            seen.anchors.retain(|anchor| view.encoding(anchor.at()..anchor.at() + 1).is_some());
            hits.absorb(seen, |range| view.original(range));
            if hits.is_enough() {
                break;
            }
        }
        hits
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.rules))
    }

    /// Everything that one text, or one view of it, holds.
    fn look(&self, text: &[u8], place: Place<'_>, hits: &mut Hits) {
        let whole = 0..text.len();
        let whole = std::slice::from_ref(&whole);
        self.look_at(text, (whole, whole), place, hits);
    }

    /// What candidates in `parts` of a text hold, and secret-like names in `named` ones, which hold the former; each part is
    /// made of whole lines, or begins or ends with the text.
    fn look_at(
        &self,
        text: &[u8],
        (parts, named): (&[Range<usize>], &[Range<usize>]),
        place: Place<'_>,
        hits: &mut Hits,
    ) {
        let index = self.index();
        let mut look = Look::new(text, place);
        for run in parts.iter().flat_map(|part| tokens::Runs::within(text, part.clone())) {
            prefix::look(index, &mut look, run.clone(), hits);
            contextual::look(index, &mut look, run.clone(), hits);
            if index.near.any {
                look.runs.push(run);
            }
        }
        if !pattern::is_whole(text, parts) && contextual::is_mentioned(index, text, parts) {
            tokens::Runs::new(text).for_each(|run| contextual::look(index, &mut look, run, hits));
        }
        if hits.is_enough() {
            return;
        }
        literals(index, &mut look, parts, hits);
        if !hits.is_enough() {
            assign::find((text, named), place, &index.generic, hits);
        }
    }
}

/// What the stages of one look at a text share.
struct Look<'a> {
    text: &'a [u8],
    place: Place<'a>,
    ends: prefix::Ends,
    halves: Vec<part::Halves>,
    /// Where the last run of each wide shape ended.
    wide: Vec<usize>,
    /// The contextual rules that the text or its path mentions, once one is asked for.
    mentions: Option<mention::Bits>,
    /// The runs so far.
    runs: Vec<Range<usize>>,
    reader: judge::Reader<'a>,
}

impl<'a> Look<'a> {
    fn new(text: &'a [u8], place: Place<'a>) -> Self {
        let reader = judge::Reader::new(text, place);
        Look {
            text,
            place,
            ends: prefix::Ends::default(),
            halves: Vec::new(),
            wide: Vec::new(),
            mentions: None,
            runs: Vec::new(),
            reader,
        }
    }
}

/// What literals lead to.
fn literals(index: &Index, look: &mut Look<'_>, parts: &[Range<usize>], hits: &mut Hits) {
    let mut patterns = Vec::new();
    let text = look.text;
    let whole = pattern::is_whole(text, parts);
    let within = |at: usize| whole || parts.iter().any(|part| part.contains(&at));
    let mut found = |hit: literal::Hit| match (hit.target, &index.url) {
        // A change matters to whatever match of a pattern it is a part of.
        (Target::Pattern(n), _) => patterns.push((n, hit.start..hit.end)),
        _ if !within(hit.start) => {}
        (Target::Url, Some(rule)) => url::look(rule, (text, look.place), hit.start, hits),
        (Target::Url, None) => {}
        (Target::Block, _) => index.blocks.look(text, hit.start, hits),
        (Target::Form(form), _) => prefix::literal(index, look, hit.start..hit.end, form, hits),
    };
    let around = if whole { parts.to_vec() } else { pattern::around(text, parts) };
    around.into_iter().for_each(|part| index.literals.find(text, part, &mut found));
    pattern::look(index, look, parts, patterns, hits);
}

impl Evidence {
    /// A reason that stands nowhere but in the token itself.
    pub fn plain(reason: &str) -> Self {
        Evidence { reason: reason.to_owned(), span: None }
    }
}
