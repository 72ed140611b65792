//! What becomes of an argument in the function or class that takes it, if that is defined in the text.

use super::claim::{Claim, Slot, Step};
use super::inquiry::{DEPTH, Inquiry};
use crate::structure::{Bond, Id, Item, Kind, parts};

impl Inquiry<'_> {
    /// What becomes of an argument within the function that takes it.
    pub(super) fn parameter_claim(&self, group: Id, callee: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        if depth + 1 >= DEPTH || self.s.tree.kind(group) != Kind::Round {
            return None;
        }
        let arguments = self.s.holding(group);
        let only = arguments.items.len() == 1 && self.key_and_value(arguments.item(0)).0.is_none();
        let (index, named, rest) = match slot.path.split_last() {
            _ if only => (0, None, slot.path.as_slice()),
            Some((Step::Index(n, _), rest)) => (*n, None, rest),
            Some((Step::Name(name), rest)) => (usize::MAX, Some(name.clone()), rest),
            None => return None,
        };
        let name = parts(self.s.tree.slice(callee)).last()?.to_vec();
        let regions = self.methods_called(group, &name);
        for &place in self.functions(&name).iter() {
            if self.s.item_of(place) == self.s.item_of(callee) && place == callee {
                continue;
            }
            for (parameter, item) in self.parameters(place, index, named.as_deref()) {
                let text = self.s.tree.slice(parameter);
                let Some(base) = parts(text).last().map(<[u8]>::to_vec) else { continue };
                let own = if regions.is_empty() { self.function_region(item) } else { None };
                let regions = own.as_ref().map_or(regions.as_slice(), std::slice::from_ref);
                if let Some(claim) = self.uses_within(&base, parameter, item, rest, depth + 1, regions) {
                    return Some(claim);
                }
            }
        }
        None
    }

    /// The nodes of the function that a parameter belongs to; none where the parameter is a field as well.
    pub(super) fn function_region(&self, parameter: Item) -> Option<(Id, Id)> {
        let tree = &self.s.tree;
        let round = Some(parameter.container).filter(|&r| tree.kind(r) == Kind::Round)?;
        let field =
            |&n: &Id| matches!(tree.slice(n), b"private" | b"public" | b"protected" | b"readonly" | b"val" | b"var");
        if self.s.nodes(parameter).iter().any(field) {
            return None;
        }
        let nodes = self.s.nodes(self.s.item_of(round)?);
        Some((*nodes.first()?, tree.node(*nodes.last()?).after))
    }

    /// The bodies of the methods that are called on the object that a constructor's call makes: only they use its
    /// fields. None at all: it is not known.
    fn methods_called(&self, call: Id, class: &[u8]) -> Vec<(Id, Id)> {
        let tree = &self.s.tree;
        let mut names: Vec<Vec<u8>> = Vec::new();
        let next = tree.node(call).after;
        if (next as usize) + 1 < tree.len()
            && tree.parent(next) == tree.parent(call)
            && matches!(tree.slice(next), b"." | b"->")
        {
            names.extend(parts(tree.slice(next + 1)).next().map(<[u8]>::to_vec));
        }
        let bound = self.s.names(call).into_iter().find(|n| n.bond == Bond::Assigned);
        if let Some(name) = bound.filter(|_| names.is_empty()) {
            let text = self.text(name.span);
            let variable = parts(text).last().unwrap_or(text).to_vec();
            for &place in self.s.words().of(&variable).iter().take(40) {
                let mut all = parts(tree.slice(place)).skip_while(|p| *p != variable.as_slice());
                all.next();
                names.extend(all.next().map(<[u8]>::to_vec));
            }
        }
        let Some(body) = self.functions(class).iter().find_map(|&place| {
            let item = self.s.item_of(place)?;
            self.s
                .nodes(item)
                .iter()
                .copied()
                .rev()
                .find(|&n| n > place && matches!(tree.kind(n), Kind::Block | Kind::Curly))
        }) else {
            return Vec::new();
        };
        let end = tree.node(body).after;
        let mut regions = Vec::new();
        for name in names {
            for place in self.functions(&name).iter().copied().filter(|&p| p > body && p < end) {
                regions.extend(self.s.item_of(place).and_then(|item| {
                    let nodes = self.s.nodes(item);
                    Some((*nodes.first()?, tree.node(*nodes.last()?).after))
                }));
            }
        }
        regions
    }

    /// The words that can be the parameter of this number or name in the function or class at `place`.
    pub(super) fn parameters(&self, place: Id, index: usize, named: Option<&[u8]>) -> Vec<(Id, Item)> {
        let tree = &self.s.tree;
        let Some(item) = self.s.item_of(place) else { return Vec::new() };
        let nodes = self.s.nodes(item);
        let class = nodes
            .iter()
            .take_while(|&&n| n < place)
            .any(|&n| matches!(tree.slice(n), b"class" | b"struct" | b"enum" | b"record"));
        let round = nodes.iter().find(|&&n| n > place && tree.kind(n) == Kind::Round).copied();
        let body =
            nodes.iter().rev().find(|&&n| n > place && matches!(tree.kind(n), Kind::Block | Kind::Curly)).copied();
        // `record Name(Type a, Type b)`
        let record = nodes.iter().take_while(|&&n| n < place).any(|&n| tree.slice(n) == b"record");
        if record && let Some(round) = round {
            return self.parameter(round, index, named);
        }
        if class {
            let constructor = body.and_then(|b| self.constructor(b, tree.slice(place)));
            if let Some(round) = constructor {
                return self.parameter(round, index, named);
            }
            let primary = round.filter(|&r| tree.children(r).any(|k| matches!(tree.slice(k), b":" | b"val" | b"var")));
            if let Some(round) = primary {
                return self.parameter(round, index, named);
            }
            return body.map_or_else(Vec::new, |b| self.field(b, index, named));
        }
        round.map_or_else(Vec::new, |r| self.parameter(r, index, named))
    }

    /// The parameters of a class's constructor.
    fn constructor(&self, body: Id, class: &[u8]) -> Option<Id> {
        let tree = &self.s.tree;
        let end = tree.node(body).after;
        (body + 1..end).find_map(|id| {
            let word = tree.kind(id) == Kind::Word
                && (matches!(
                    tree.slice(id),
                    b"__init__" | b"constructor" | b"initialize" | b"__construct" | b"init" | b"new"
                ) || tree.slice(id) == class);
            let next = tree.node(id).after;
            (word
                && (next as usize) < tree.len()
                && tree.kind(next) == Kind::Round
                && tree.parent(next) == tree.parent(id))
            .then_some(next)
        })
    }

    fn parameter(&self, round: Id, index: usize, named: Option<&[u8]>) -> Vec<(Id, Item)> {
        let tree = &self.s.tree;
        let holding = self.s.holding(round);
        let own = holding.items.iter().take(1).any(|r| {
            let first = holding.kids[r.clone()].iter().find(|&&k| tree.kind(k) == Kind::Word);
            first.is_some_and(|&f| matches!(tree.slice(f), b"self" | b"this" | b"cls"))
        });
        let words = |i: usize| -> Vec<(Id, Item)> {
            let nodes = holding.item(i);
            let stop = nodes.iter().position(|&n| matches!(tree.slice(n), b"=" | b":")).unwrap_or(nodes.len());
            let item = Item { container: round, index: i };
            nodes[..stop]
                .iter()
                .rev()
                .filter(|&&n| tree.kind(n) == Kind::Word && !self.is_type(tree.slice(n)))
                .map(|&n| (n, item))
                .collect()
        };
        match named {
            Some(name) => (0..holding.items.len())
                .flat_map(words)
                .filter(|(w, _)| parts(tree.slice(*w)).last() == Some(name))
                .collect(),
            None => words(index.saturating_add(usize::from(own))),
        }
    }

    /// The fields of a class without a constructor, as data classes have them.
    fn field(&self, body: Id, index: usize, named: Option<&[u8]>) -> Vec<(Id, Item)> {
        let tree = &self.s.tree;
        let holding = self.s.holding(body);
        let typed = |i: &usize| holding.item(*i).iter().take(4).any(|&n| tree.slice(n) == b":");
        let fields: Vec<usize> = (0..holding.items.len()).filter(typed).collect();
        let word = |i: usize| {
            holding
                .item(i)
                .iter()
                .find(|&&n| tree.kind(n) == Kind::Word)
                .map(|&w| (w, Item { container: body, index: i }))
        };
        match named {
            Some(name) => fields.into_iter().filter_map(word).filter(|(w, _)| tree.slice(*w) == name).collect(),
            None => fields.get(index).and_then(|&i| word(i)).into_iter().collect(),
        }
    }
}
