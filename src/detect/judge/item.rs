//! The item that holds a token: what its other words, its keywords, its parts say; and which of several it is.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::terms::Fit;
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind, Name};

impl Inquiry<'_> {
    /// `config :app, base_url: "...", key: value`: what the other keywords of a statement say.
    fn keywords_claim(&self, nodes: &[Id], from: usize, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let mut found = Vec::new();
        let mut at = 0;
        for part in nodes.split(|&n| tree.kind(n) == Kind::Comma) {
            let blank = part.iter().take_while(|&&n| tree.kind(n).is_separator()).count();
            let (key, value) = self.key_and_value(&part[blank..]);
            if at != from
                && let Some(key) = key
            {
                let sense = self.sense(tree.content(key));
                self.value_signals(Some(&sense), value, 0, 0, &mut found);
            }
            at += part.len() + 1;
        }
        let fitting: Vec<_> =
            found.iter().filter_map(|f| super::beside::fits(f, slot, false, 1).map(|fit| (f, fit))).collect();
        super::beside::decide(&fitting, Confidence::High)
    }

    /// What else stands in the item: addresses of a command, further calls of a chain, a comment behind.
    pub(super) fn item_claim(&self, node: Id, item: Item, slot: &Slot, depth: usize) -> Option<Claim> {
        let (nodes, at) = self.s.nodes_around(item, node)?;
        if let Some(claim) = self.piped_into(&nodes, node).or_else(|| self.element_claim(&nodes, node, slot)) {
            return Some(claim);
        }
        if self.s.tree.family(node) == Family::Sql && self.s.tree.kind(item.container) != Kind::Round {
            return self.command_claim(&nodes, node, slot, depth);
        }
        if self.is_tuple(&nodes) {
            let from = nodes[..at].iter().rposition(|&n| self.s.tree.kind(n) == Kind::Comma).map_or(0, |n| n + 1);
            return self.tuple_claim(&nodes, node, slot, depth).or_else(|| self.directive_claim(&nodes, from, slot));
        }
        let from = nodes[..at].iter().rposition(|&id| self.s.tree.kind(id) == Kind::Comma).map_or(0, |n| n + 1);
        let to = nodes[at..].iter().position(|&id| self.s.tree.kind(id) == Kind::Comma).map_or(nodes.len(), |n| at + n);
        self.command_claim(&nodes[from..to], node, slot, depth).or_else(|| self.directive_claim(&nodes, from, slot))
    }

    /// `config :provider, key: value`: what a statement begins with speaks for its keywords.
    fn directive_claim(&self, nodes: &[Id], from: usize, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let comma =
            nodes.iter().position(|&n| tree.kind(n) == Kind::Comma).filter(|&c| c < from && (2..=4).contains(&c))?;
        let head = &nodes[..comma];
        let plain =
            head.iter().all(|&n| tree.kind(n) == Kind::Word) && slot.fit() == Fit::Secret && slot.stem().is_empty();
        let span = tree.span(head[0]).start..tree.span(head[comma - 1]).end;
        let sense = self.sense(self.text(span.clone()));
        if slot.fit() != Fit::Secret {
            return None;
        }
        if !plain || !sense.stem.is_empty() || sense.owner.is_none() {
            return self.keywords_claim(nodes, from, slot);
        }
        let ruling = match sense.owner.clone()? {
            super::terms::Owner::Ours => Ruling::Ours(Confidence::High),
            super::terms::Owner::Other(other) => Ruling::Other(other),
        };
        Some(Claim::new(ruling, format!("under {}", String::from_utf8_lossy(self.text(span.clone()))), span))
    }

    /// `a, b = x, y`, `call x, y`: parts of one thing, and not declarations side by side.
    fn is_tuple(&self, nodes: &[Id]) -> bool {
        let tree = &self.s.tree;
        let bonds = nodes
            .iter()
            .filter(|&&n| tree.kind(n) == Kind::Op && matches!(tree.slice(n), b"=" | b":=" | b":" | b"=>"))
            .count();
        bonds <= 1 && nodes.iter().any(|&n| tree.kind(n) == Kind::Comma)
    }

    /// Whether what seem names are the elements before: `qw(value value)`.
    pub(super) fn are_elements(&self, names: &[Name]) -> bool {
        names.iter().all(|n| {
            let text = self.text(n.span.clone());
            n.bond == Bond::Before && text.len() >= 20 && crate::detect::shape::looks_random(text)
        })
    }

    /// `{"a", "b"}`: a list as some languages write it.
    pub(super) fn is_plain_list(&self, container: Id) -> bool {
        let tree = &self.s.tree;
        let holding = self.s.holding(container);
        let text = |n: Id| matches!(tree.kind(n), Kind::Str | Kind::Comment);
        tree.kind(container) == Kind::Curly
            && tree.family(container) == Family::Code
            && (2..=super::joins::LONG).contains(&holding.items.len())
            && (0..holding.items.len()).all(|i| holding.item(i).iter().all(|&n| text(n)))
    }

    /// The number of an item among those of its container, or of a node among words that only white space parts.
    pub(super) fn element_place(&self, container: Id, node: Id, item: Item) -> Option<(usize, usize)> {
        let count = self.s.holding(container).items.len();
        if count == 1 && matches!(self.s.tree.kind(container), Kind::Round | Kind::Square) {
            return self.place_in(container, node);
        }
        Some((item.index, count))
    }
}
