//! The tables through which a candidate finds its rules; made once, when the first text is looked at.

use super::assign::GenericRules;
use crate::rule::{Alphabet, Rule, RuleKind, RuleSet};
use std::sync::Arc;

/// Rules by what leads to them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Rules without a prefix, by the alphabet of their tokens.
    pub(super) shapes: Vec<Shape>,
    /// The generic rules.
    pub(super) generic: GenericRules,
}

/// Contextual rules whose tokens are of one alphabet.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) alphabet: Alphabet,
    pub(super) rules: Vec<Arc<Rule>>,
}

impl Index {
    pub(super) fn new(set: &RuleSet) -> Index {
        let mut index = Index::default();
        for rule in &set.rules {
            match rule.kind() {
                RuleKind::Contextual => index.add_shape(rule),
                RuleKind::GenericSecret => index.generic.secret = Some(rule.clone()),
                RuleKind::GenericPassword => index.generic.password = Some(rule.clone()),
                _ => {}
            }
        }
        index
    }

    fn add_shape(&mut self, rule: &Arc<Rule>) {
        let Some(alphabet) = rule.spec.token.as_ref().and_then(|t| Alphabet::parse(&t.alphabet)) else { return };
        match self.shapes.iter_mut().find(|s| s.alphabet == alphabet) {
            Some(shape) => shape.rules.push(rule.clone()),
            None => self.shapes.push(Shape { alphabet, rules: vec![rule.clone()] }),
        }
    }
}
