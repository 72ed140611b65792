//! Judges a token that only its shape proposes: what around it says whose it is?
//!
//! The structure of the text gives a token its chain: the name it is bound to, the call or record that holds it, its
//! siblings, the block, the section, the file, and the uses of the name. At each level the judge asks who is named
//! there; the innermost owner wins, and an address beats a name. What counts as the provider's is data in the rule
//! (`[rule.evidence]`); who else there is, and what words mean in names, stands in `data/`. No provider is named in code.

mod claim;
mod fields;
mod file;
mod flow;
mod hosts;
mod inquiry;
mod joins;
mod lexicon;
mod rows;
mod terms;
mod veto;

use super::{Evidence, Path, Place, shape};
use crate::rule::{Confidence, Rule};
use crate::structure::{Dialect, Structure, Tree};
use claim::{Claim, Ruling};
use inquiry::{Inquiry, Memory};
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use terms::Terms;

/// How many places are looked at for one token.
const BUDGET: u32 = 120;

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

/// What the judge knows of one text, filled as it is asked for.
#[derive(Debug)]
pub struct Reader<'a> {
    text: &'a [u8],
    place: Place<'a>,
    structure: Option<Structure<'a>>,
    rules: HashMap<String, Known>,
}

/// What is known for one rule.
#[derive(Debug)]
struct Known {
    terms: Terms,
    profile: Option<shape::Profile>,
    /// Whether the text or its path names the provider at all.
    mentioned: bool,
    memory: Memory,
}

impl<'a> Reader<'a> {
    /// A reader of `text`; it costs nothing before the first question.
    pub fn new(text: &'a [u8], place: Place<'a>) -> Self {
        Reader { text, place, structure: None, rules: HashMap::new() }
    }

    fn path(&self) -> Option<&'a [u8]> {
        match self.place.path {
            Path::Known(path) => Some(path.as_ref()),
            Path::None | Path::Unknown => None,
        }
    }

    fn know(&mut self, rule: &Rule) {
        if self.rules.contains_key(&rule.id) {
            return;
        }
        let terms = rule.spec.evidence.as_ref().map(Terms::new).unwrap_or_default();
        let profile = rule.spec.token.first().map(|t| shape::Profile::of(&t.alphabet));
        let mentioned = mentions(&terms, self.text) || self.path().is_some_and(|p| mentions(&terms, p));
        self.rules.insert(rule.id.clone(), Known { terms, profile, mentioned, memory: Memory::default() });
    }

    fn read(&mut self) {
        if self.structure.is_none() {
            let dialect = Dialect::of(self.path(), self.text);
            self.structure = Some(Structure::new(Tree::read(self.text, dialect)));
        }
    }
}

/// Whether the text holds one of the words without which nothing can speak for the rule.
fn mentions(terms: &Terms, text: &[u8]) -> bool {
    let marks: Vec<&str> = terms.marks().filter(|m| !m.is_empty()).collect();
    aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(marks).is_ok_and(|ac| ac.is_match(text))
}

/// Whether the token at `span` is the rule's.
pub fn judge(rule: &Arc<Rule>, text: &[u8], span: Range<usize>, place: Place<'_>, reader: &mut Reader<'_>) -> Verdict {
    debug_assert_eq!(text.len(), reader.text.len());
    reader.know(rule);
    let Some(value) = text.get(span.clone()) else { return Verdict::Refused("it lies outside the text".into()) };
    let Some(known) = reader.rules.get(&rule.id) else { return Verdict::Refused("its rule is unknown".into()) };
    if let Some(why) = known.profile.and_then(|p| p.refuse(value)).or_else(|| shape::edge(text, span.clone())) {
        return Verdict::Refused(why.into());
    }
    if place.path == Path::Unknown {
        return unknown_path(known.mentioned);
    }
    if !known.mentioned {
        return Verdict::Refused("nothing here names the provider".into());
    }
    reader.read();
    let (Some(known), Some(structure)) = (reader.rules.get(&rule.id), &reader.structure) else {
        return Verdict::Refused("it could not be read".into());
    };
    let inquiry = Inquiry { s: structure, terms: &known.terms, memory: &known.memory, budget: Cell::new(BUDGET) };
    verdict(inquiry.token(&span, reader.path()))
}

/// Where the path is not known, whatever some path could lift to a finding is one: the names in the text, or the
/// file's own, may say it.
fn unknown_path(mentioned: bool) -> Verdict {
    let reason = if mentioned { "the text names the provider" } else { "the file's name may name the provider" };
    let evidence = vec![Evidence { reason: reason.into(), span: None }];
    Verdict::Accepted { confidence: Confidence::High, evidence }
}

fn verdict(claim: Option<Claim>) -> Verdict {
    let Some(claim) = claim else { return Verdict::Refused("nothing says whose it is".into()) };
    match claim.ruling {
        Ruling::Ours(confidence) => {
            let some = |span: Range<usize>| (!span.is_empty()).then_some(span);
            let mut evidence = vec![Evidence { reason: claim.reason, span: some(claim.span) }];
            evidence.extend(
                claim.trail.into_iter().map(|span| Evidence { reason: "by way of this line".into(), span: some(span) }),
            );
            Verdict::Accepted { confidence, evidence }
        }
        Ruling::Other(other) => Verdict::Refused(format!("{}: {other}'s", claim.reason)),
        Ruling::Not | Ruling::Torn => Verdict::Refused(claim.reason),
    }
}
