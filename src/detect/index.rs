//! The tables through which a candidate finds its rules; made once, when the first text is looked at. Regular
//! expressions and globs in them are compiled when a candidate asks.

use super::assign::GenericRules;
use super::block::Blocks;
use super::files::Files;
use super::judge::Judge;
use super::literal::{Literals, Target};
use super::pattern::Near;
use super::prefix::{Form, PrefixTarget, Prefixes};
use super::shape::Profile;
use super::shapes::Shapes;
use super::tokens::is_token_byte;
use crate::rule::{Alphabet, MIN_RUN, Rule, RuleKind, RuleSet, TokenSpec};
use regex::bytes::Regex;
use std::sync::{Arc, OnceLock};

/// Rules by what leads to them.
#[derive(Debug)]
pub(super) struct Index {
    /// Token characters behind prefixes, each distinct set once.
    pub(super) alphabets: Vec<Alphabet>,
    /// Forms of tokens with a prefix.
    pub(super) forms: Vec<Form>,
    /// Prefixes to forms.
    pub(super) prefixes: Prefixes,
    /// Rules without a prefix, by the shape of their tokens.
    pub(super) shapes: Shapes,
    /// Regular expressions.
    pub(super) patterns: Vec<Pattern>,
    /// Those that are looked for near runs.
    pub(super) near: Near,
    /// Literals to what they lead to.
    pub(super) literals: Literals,
    /// Private keys.
    pub(super) blocks: Blocks,
    /// The rule for credentials in URLs.
    pub(super) url: Option<Arc<Rule>>,
    /// The rule for JSON Web Tokens.
    pub(super) jwt: Option<Arc<Rule>>,
    /// The generic rules.
    pub(super) generic: GenericRules,
}

impl Index {
    /// The rules without a prefix whose tokens look like this.
    pub(super) fn fitting<'i>(&'i self, value: &'i [u8]) -> impl Iterator<Item = &'i Arc<Rule>> {
        self.shapes.judges().filter(|judge| judge.refuse(value).is_none()).map(Judge::rule)
    }
}

/// A pattern rule.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) rule: Arc<Rule>,
    pub(super) files: Files,
    pub(super) regex: LazyRegex,
    /// How long a run of token characters stands in each match.
    pub(super) run: usize,
}

impl Pattern {
    /// Whether it has no literals: it is tried on whole texts.
    pub(super) fn is_bare(&self) -> bool {
        self.rule.spec.literals.is_empty()
    }
}

/// A regular expression, compiled when it is first asked. None of those that rules bring fails to compile: the
/// reader tried them; if one did, it would match nothing.
#[derive(Debug)]
pub(super) struct LazyRegex {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(super) fn new(text: impl Into<String>) -> Self {
        LazyRegex { text: text.into(), compiled: OnceLock::new() }
    }

    pub(super) fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| crate::rule::compile(&self.text).ok()).as_ref()
    }
}

impl Index {
    pub(super) fn new(set: &RuleSet) -> Index {
        let mut tables = Tables::default();
        for rule in &set.rules {
            tables.add(rule);
        }
        tables.finish()
    }
}

/// Of several rules of a kind that has one owner the built-in one stays.
fn own(place: &mut Option<Arc<Rule>>, rule: &Arc<Rule>) {
    if place.is_none() || rule.spec.embedded.is_some() {
        *place = Some(rule.clone());
    }
}

/// An [`Index`] in the making.
#[derive(Default)]
struct Tables {
    alphabets: Vec<Alphabet>,
    forms: Vec<Form>,
    prefixes: Vec<(Vec<u8>, PrefixTarget)>,
    shapes: Shapes,
    patterns: Vec<Pattern>,
    near: Vec<(Vec<u8>, usize)>,
    literals: Vec<(Vec<u8>, Target)>,
    blocks: Blocks,
    url: Option<Arc<Rule>>,
    jwt: Option<Arc<Rule>>,
    generic: GenericRules,
}

impl Tables {
    fn add(&mut self, rule: &Arc<Rule>) {
        match rule.kind() {
            RuleKind::Token => rule.spec.token.iter().for_each(|token| self.add_form(rule, token)),
            RuleKind::Contextual => self.shapes.add(rule),
            RuleKind::Pattern => self.add_pattern(rule),
            RuleKind::PrivateKey => {
                for literal in self.blocks.add(rule) {
                    self.literals.push((literal, Target::Block));
                }
            }
            RuleKind::UrlCredentials => {
                self.literals.push((b"://".to_vec(), Target::Url));
                own(&mut self.url, rule);
            }
            RuleKind::JsonWebToken => {
                self.prefixes.extend(super::jwt::PREFIXES.iter().map(|p| (p.to_vec(), PrefixTarget::Jwt)));
                own(&mut self.jwt, rule);
            }
            RuleKind::GenericSecret => own(&mut self.generic.secret, rule),
            RuleKind::GenericPassword => own(&mut self.generic.password, rule),
        }
    }

    fn add_form(&mut self, rule: &Arc<Rule>, token: &TokenSpec) {
        let Some(alphabet) = Alphabet::parse(&token.alphabet) else { return };
        let alphabet = self.alphabets.iter().position(|a| *a == alphabet).unwrap_or_else(|| {
            self.alphabets.push(alphabet);
            self.alphabets.len() - 1
        });
        let form = self.forms.len();
        self.forms.push(Form {
            rule: rule.clone(),
            token: token.clone(),
            alphabet,
            format: token.format.as_ref().map(|f| LazyRegex::new(format!("^(?:{f})$"))),
            files: Files::new(&rule.spec.files),
            profile: Profile::of(&token.alphabet),
        });
        // Where `+` or `/` can follow at once, no run need be long enough to lead to the prefix.
        let broken = (0..=127u8).any(|b| b != b'.' && self.alphabets[alphabet].holds(b) && !is_token_byte(b));
        let prefixes = token.prefix.iter().map(|p| p.clone().into_bytes());
        if broken {
            self.literals.extend(prefixes.map(|p| (p, Target::Form(form))));
        } else {
            self.prefixes.extend(prefixes.map(|p| (p, PrefixTarget::Form(form))));
        }
    }

    fn add_pattern(&mut self, rule: &Arc<Rule>) {
        let at = self.patterns.len();
        let text = rule.spec.pattern.clone().unwrap_or_default();
        let run = crate::rule::least_run(&text);
        self.patterns.push(Pattern {
            rule: rule.clone(),
            files: Files::new(&rule.spec.files),
            regex: LazyRegex::new(text),
            run,
        });
        let literals = rule.spec.literals.iter().map(|l| l.clone().into_bytes());
        if run >= MIN_RUN {
            self.near.extend(literals.map(|literal| (literal, at)));
        } else {
            self.literals.extend(literals.map(|literal| (literal, Target::Pattern(at))));
        }
    }

    fn finish(self) -> Index {
        Index {
            alphabets: self.alphabets,
            forms: self.forms,
            prefixes: Prefixes::new(self.prefixes),
            shapes: self.shapes.ready(),
            patterns: self.patterns,
            near: Near::new(self.near),
            literals: Literals::new(self.literals),
            blocks: self.blocks,
            url: self.url,
            jwt: self.jwt,
            generic: self.generic,
        }
    }
}
