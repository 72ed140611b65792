//! A client of a protocol that many speak: whose its key is, the address says that it is given, in whatever way.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::lexicon::{lexicon, role};
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Bond, Id, Item, Kind, parts};

/// How many groups outward an address may be given.
const GROUPS: usize = 5;
/// How many statements beside one that sets a module's key may set its address.
const BESIDE: usize = 12;

impl Inquiry<'_> {
    /// What the address of the client says that `claim` found at `node`, if it is one of a protocol that others speak.
    pub(super) fn addressed(&self, node: Id, claim: &Claim, slot: &Slot, depth: usize) -> Option<Claim> {
        let Ruling::Other(other) = &claim.ruling else { return None };
        if claim.by_host
            || slot.fit() < Fit::Neutral
            || lexicon().roles(other) & role::PROTOCOL == 0
            || !self.s.tree.dialect().family.has_code()
        {
            return None;
        }
        let ours = |c: &Claim| c.by_host && c.is_ours();
        self.addressed_within(node, depth)
            .or_else(|| self.addressed_later(node, depth))
            .or_else(|| self.addressed_module(node))
            .filter(ours)
    }

    /// Further calls of the chain, further arguments of the call.
    fn addressed_within(&self, node: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let groups = std::iter::once(node).chain(tree.ancestors(node));
        for group in groups.take(GROUPS) {
            match tree.kind(group) {
                Kind::Round => {
                    if let Some(claim) = self.chain_base(group, depth) {
                        return Some(claim);
                    }
                    if group != node
                        && let Some(claim) = self.addressed_beside(group, node)
                    {
                        return Some(claim);
                    }
                }
                Kind::File | Kind::Block | Kind::Section | Kind::Fence => return None,
                Kind::Curly if self.is_code_scope(group) => return None,
                _ => {}
            }
        }
        None
    }

    /// An argument that is an address, or is made with one and holds no key of its own.
    fn addressed_beside(&self, call: Id, node: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let own = tree.child_towards(call, node).and_then(|k| self.s.item_of(k))?;
        let holding = self.s.holding(call);
        let mut found = Vec::new();
        for i in (0..holding.items.len().min(BESIDE)).filter(|&i| i != own.index) {
            let nodes = holding.item(i);
            let groups = || nodes.iter().copied().filter(|&n| matches!(tree.kind(n), Kind::Round | Kind::Curly));
            // Another client with a key, or with the address for itself.
            let other = groups().any(|g| {
                self.has_slot(g)
                    || self.s.callee(g).is_some_and(|c| {
                        let name = parts(tree.slice(c)).last().unwrap_or_default();
                        let sense = self.sense(name);
                        tree.kind(g) == Kind::Round
                            && sense.roles & (role::ENDPOINT | role::KEYWORD) == 0
                            && !name.to_ascii_lowercase().ends_with(b"options")
                            && !matches!(name, b"new" | b"Uri" | b"URI" | b"url" | b"parse")
                    })
            });
            if !other {
                groups().for_each(|g| self.search(g, i, None, &mut found));
                self.value_signals(None, nodes, i, 0, &mut found);
            }
        }
        self.only(found)
    }

    /// `client = make(key)`, and `client.base = "https://..."` in another statement.
    fn addressed_later(&self, node: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let names = self.s.names(self.statement(node));
        let name = names.iter().find(|n| n.bond == Bond::Assigned && tree.kind(n.node) == Kind::Word)?;
        let base = parts(tree.slice(name.node)).next()?.to_vec();
        self.handle_claim(name.node, &base, depth + 1)
    }

    /// `module.key = value`, and `module.base = "https://..."` beside it.
    fn addressed_module(&self, node: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let item = self.s.item_of(self.statement(node))?;
        let module = |item: Item| {
            let word = *self.s.nodes(item).first().filter(|&&n| tree.kind(n) == Kind::Word)?;
            let mut all = parts(tree.slice(word));
            let (base, attribute) = (all.next()?, all.next()?);
            (self.s.sign_behind(word) == b"=" && all.next().is_none()).then_some((base, attribute))
        };
        let (base, _) = module(item)?;
        let count = self.s.holding(item.container).items.len();
        let near = item.index.saturating_sub(BESIDE)..(item.index + BESIDE).min(count);
        let mut found = Vec::new();
        for index in near.filter(|&i| i != item.index) {
            let other = Item { index, ..item };
            let Some((same, attribute)) = module(other) else { continue };
            if same == base && self.sense(attribute).roles & role::ENDPOINT != 0 {
                self.value_signals(None, &self.s.nodes(other)[2..], index, 0, &mut found);
            }
        }
        self.only(found)
    }

    /// The owner of the addresses, if all have the same.
    fn only(&self, found: Vec<super::fields::Field>) -> Option<Claim> {
        let mut hosts = found.iter().filter(|f| f.signal == super::fields::Signal::Host);
        let first = hosts.next()?;
        let alone = hosts.all(|f| f.owner == first.owner) && first.owner == Owner::Ours;
        alone.then(|| {
            let mut claim = Claim::new(
                Ruling::Ours(Confidence::High),
                format!("beside the host {}", first.shown),
                first.span.clone(),
            );
            claim.by_host = true;
            claim
        })
    }
}
