//! Contextual rules by the shape of their tokens: which shapes a stretch of a run has is a question of its length and
//! of a few alphabets, however many rules there are.

use super::judge::Judge;
use super::mention::{Bits, Words};
use super::shape::Profile;
use super::tokens::is_token_byte;
use crate::rule::{Alphabet, Length, Rule};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Longer tokens are of no table.
const TABLE: usize = 257;

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// Each distinct shape.
    all: Vec<Shape>,
    /// By length, the shapes of characters of a run.
    by_length: Vec<Vec<usize>>,
    /// Those of longer tokens.
    long: Vec<usize>,
    /// Those with other characters.
    wide: Vec<usize>,
    judges: Vec<Judge>,
    words: OnceLock<Words>,
}

/// An alphabet and a length, and the rules whose tokens have them.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) alphabet: Alphabet,
    pub(super) length: Length,
    /// What its alphabet lets a token be.
    pub(super) profile: Profile,
    /// Numbers of the rules.
    pub(super) rules: Bits,
}

impl Shapes {
    /// Takes a rule in.
    pub(super) fn add(&mut self, rule: &Arc<Rule>) {
        let number = self.judges.len();
        self.judges.push(Judge::new(rule.clone()));
        for token in &rule.spec.token {
            let Some(alphabet) = Alphabet::parse(&token.alphabet) else { continue };
            let known = self.all.iter_mut().find(|s| s.alphabet == alphabet && s.length == token.length);
            match known {
                Some(shape) => shape.rules.add(number),
                None => {
                    let mut rules = Bits::default();
                    rules.add(number);
                    let profile = Profile::of(&token.alphabet);
                    self.all.push(Shape { alphabet, length: token.length.clone(), profile, rules });
                }
            }
        }
    }

    /// The tables of what was taken in.
    pub(super) fn ready(mut self) -> Shapes {
        self.by_length = vec![Vec::new(); if self.all.is_empty() { 0 } else { TABLE }];
        for (n, shape) in self.all.iter().enumerate() {
            if (0..=127u8).any(|b| shape.alphabet.holds(b) && !is_token_byte(b)) {
                self.wide.push(n);
                continue;
            }
            let lengths = self.by_length.iter_mut().enumerate();
            lengths.filter(|(length, _)| shape.length.holds(*length)).for_each(|(_, those)| those.push(n));
            if shape.length.max() >= TABLE {
                self.long.push(n);
            }
        }
        self
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The shapes of characters of a run that a stretch of this length may have.
    pub(super) fn of_length(&self, length: usize) -> impl Iterator<Item = &Shape> {
        let those = self.by_length.get(length).unwrap_or(&self.long);
        those.iter().filter_map(|n| self.all.get(*n)).filter(move |shape| shape.length.holds(length))
    }

    /// The shapes with other characters.
    pub(super) fn wide(&self) -> impl Iterator<Item = &Shape> {
        self.wide.iter().filter_map(|n| self.all.get(*n))
    }

    /// The judge of a rule.
    pub(super) fn judge(&self, number: usize) -> Option<&Judge> {
        self.judges.get(number)
    }

    /// All judges.
    pub(super) fn judges(&self) -> impl Iterator<Item = &Judge> {
        self.judges.iter()
    }

    fn words(&self) -> &Words {
        self.words.get_or_init(|| Words::new(self.judges.iter().map(|j| j.rule().spec.evidence.as_ref())))
    }

    /// Whether a stretch of a text mentions a rule.
    pub(super) fn is_mentioned(&self, part: &[u8]) -> bool {
        !self.is_empty() && self.words().speak(part)
    }

    /// The rules that a text or its path mentions.
    pub(super) fn mentioned(&self, text: &[u8], path: Option<&[u8]>) -> Bits {
        self.words().of(text, path)
    }
}

impl Shape {
    /// Whether all of a stretch is of its alphabet, and it does not go on.
    pub(super) fn holds(&self, text: &[u8], span: &Range<usize>) -> bool {
        let goes_on = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| self.alphabet.holds(*b));
        !goes_on(Some(span.end)) && self.alphabet.span(&text[span.clone()], usize::MAX) == span.len()
    }
}
