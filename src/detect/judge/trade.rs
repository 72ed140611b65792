//! What holds a token by its kind: an entry of fonts, of winds or of ships bears the provider's name by chance.

use super::inquiry::Inquiry;
use super::lexicon::{role, words};
use crate::structure::{Bond, Id, Kind, parts};

/// How far outwards is asked, and how many fields at each level.
const LEVELS: usize = 12;
const FIELDS: usize = 24;

impl Inquiry<'_> {
    /// A word of another trade by which something is called that holds the token, or that a field beside it gives as
    /// its kind.
    pub(super) fn other_trade(&self, at: Id) -> Option<String> {
        let tree = &self.s.tree;
        std::iter::once(at).chain(tree.ancestors(at)).take(LEVELS).find_map(|node| {
            let named = self.s.names(node).into_iter().filter(|name| name.bond != Bond::Before);
            named
                .map(|name| name.span)
                .find_map(|span| self.is_trade(self.text(span)))
                .or_else(|| self.is_trade(parts(tree.slice(self.callee_of(node)?)).last()?))
                .or_else(|| self.kind_of(node))
        })
    }

    fn callee_of(&self, node: Id) -> Option<Id> {
        (self.s.tree.kind(node) == Kind::Round).then(|| self.s.callee(node)).flatten()
    }

    /// Whether every word of a name is one of another trade.
    fn is_trade(&self, name: &[u8]) -> Option<String> {
        let (hints, _) = self.terms.hints();
        if name.len() > 40 || hints.is_empty() {
            return None;
        }
        let words = words(name);
        let told = !words.is_empty() && words.iter().all(|word| hints.contains(word));
        told.then(|| words.join(" "))
    }

    /// `type: yacht`, among the fields of a group.
    fn kind_of(&self, group: Id) -> Option<String> {
        let tree = &self.s.tree;
        if !matches!(tree.kind(group), Kind::Curly | Kind::Round | Kind::Block) {
            return None;
        }
        let holding = self.s.holding(group);
        (0..holding.items.len().min(FIELDS)).find_map(|index| {
            let (key, value) = self.key_and_value(holding.item(index));
            let [value] = value else { return None };
            let said = self.sense(tree.content(key?)).roles & role::PROVIDER != 0;
            said.then(|| self.is_trade(tree.content(*value))).flatten()
        })
    }
}
