//! Objects that a token is handed to: a request, a header map, a client. What else is done with such an object says
//! where the token goes.

use super::beside::decide;
use super::claim::{Claim, Ruling, Slot};
use super::fields::{Field, Signal};
use super::inquiry::{DEPTH, Inquiry};
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind, parts};

/// How many statements with the object are looked at.
const STATEMENTS: usize = 24;

impl Inquiry<'_> {
    /// What the definition of the object and the other statements with it name: an address, or a client of the rule.
    pub(super) fn handle_claim(&self, word: Id, base: &[u8], depth: usize) -> Option<Claim> {
        if depth >= DEPTH || base.len() < 2 && !base.iter().all(u8::is_ascii_alphabetic) || self.is_module(base) {
            return None;
        }
        if matches!(self.s.tree.family(word), Family::Json | Family::Prose | Family::Markdown | Family::Table) {
            return None;
        }
        let scope = self.block_of(word, base).unwrap_or_else(|| self.function_of(word));
        let (from, to) = self.binding_of(word, base, scope);
        let key = (base.to_vec(), scope.max(from));
        if let Some(known) = self.memory.handles.borrow().get(&key) {
            return known.clone();
        }
        self.memory.handles.borrow_mut().insert(key.clone(), None);
        let claim = self.spend().then(|| self.read_handle(word, base, (scope, from, to), depth)).flatten();
        self.memory.handles.borrow_mut().insert(key, claim.clone());
        claim
    }

    fn read_handle(&self, word: Id, base: &[u8], (scope, from, to): (Id, Id, Id), depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let after = tree.node(scope).after;
        let words = self.s.words();
        let mut found: Vec<Field> = Vec::new();
        let mut class = None;
        let own = self.s.item_of(self.statement(word));
        let member = parts(tree.slice(word)).count() > 1;
        let (mut last, mut defined) = (None, member && self.is_parameter_of(scope, base));
        // The block's own call, as what the name stands for.
        if let Some(item) = self.s.item_of(scope).filter(|_| scope != 0) {
            let nodes = self.s.nodes(item);
            if let Some(at) = nodes.iter().position(|&n| n < scope && tree.slice(n) == base && self.is_block_name(n)) {
                defined = true;
                nodes[..at].iter().for_each(|&n| self.addresses(n, depth, &mut found));
                class = self.class_among(&nodes[..at]);
            }
        }
        let places = words.of(base).iter().filter(|&&p| {
            p > scope && p < after && parts(tree.slice(p)).find(|p| !matches!(*p, b"self" | b"this")) == Some(base)
        });
        for &place in places.filter(|&&p| from <= p && p < to).take(STATEMENTS) {
            let Some(item) = self.s.item_of(self.statement(place)).filter(|i| last != Some(*i)) else { continue };
            last = Some(item);
            let nodes = self.s.nodes(item);
            let defines =
                self.definition(place, base).is_some() || self.is_declared(place, &nodes) || self.is_block_name(place);
            defined |= defines;
            // What the token's own statement holds besides was asked from within.
            if own == Some(item) && !defines {
                continue;
            }
            if nodes.iter().any(|&n| matches!(tree.kind(n), Kind::Block)) && !defined {
                continue;
            }
            for &node in nodes.iter().take(40) {
                self.addresses(node, depth, &mut found);
            }
            // `object.Open "POST", ADDRESS, False`
            let bare = nodes.len() > 2 && nodes.iter().any(|&n| tree.kind(n) == Kind::Comma);
            for &word in nodes.iter().skip(1).take(8).filter(|&&n| bare && tree.kind(n) == Kind::Word) {
                let mut more = Vec::new();
                self.hosts_of(None, word, 0, true, depth + 1, &mut more);
                found.extend(more.into_iter().filter(|f| f.signal == Signal::Host));
            }
            class = class.or_else(|| self.class_among(&nodes));
        }
        if !defined {
            return None;
        }
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        match decide(&fitting, Confidence::High) {
            Some(claim) => (claim.ruling != Ruling::Torn).then_some(claim),
            None => class,
        }
    }

    /// Where an object's name is bound for the word, if it is bound anew before or behind it in the same statements.
    fn binding_of(&self, word: Id, base: &[u8], scope: Id) -> (Id, Id) {
        let tree = &self.s.tree;
        let after = tree.node(scope).after;
        let words = self.s.words();
        let places = words.of(base);
        // Names that the text uses a thousand times are looked at near the word.
        let near = places.partition_point(|&p| p <= word);
        let bound = |p: &Id| {
            let around = tree.parent(*p).is_some_and(|c| tree.holds(c, word));
            *p > scope && *p < after && around && self.definition(*p, base).is_some()
        };
        let from = places[near.saturating_sub(STATEMENTS)..near].iter().copied().rfind(bound).unwrap_or(0);
        let same = |p: &Id| from > 0 && tree.parent(*p) == tree.parent(from) && bound(p);
        let to = places[near..].iter().copied().take(STATEMENTS).find(same).unwrap_or(Id::MAX);
        (from, to)
    }

    /// `make(...) do |name|`, `make(...) { |name| ... }`
    fn is_block_name(&self, place: Id) -> bool {
        let tree = &self.s.tree;
        let bar = |n: Id| (n as usize) < tree.len() && tree.slice(n) == b"|";
        place > 0 && bar(place - 1) && bar(tree.node(place).after)
    }

    /// `url("https://..."); bearer("...")`: calls that stand side by side in a block and describe one thing.
    pub(super) fn block_claim(&self, item: Item, node: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let block = matches!(tree.kind(item.container), Kind::Curly | Kind::Block);
        let callee = self.s.callee(node).filter(|&c| block && parts(tree.slice(c)).count() == 1)?;
        let plain = |i: usize| match self.s.nodes(Item { index: i, ..item })[..] {
            [word, round] if tree.kind(word) == Kind::Word && tree.kind(round) == Kind::Round => Some((word, round)),
            _ => None,
        };
        plain(item.index)?;
        let sense = self.sense(tree.slice(callee));
        let header = tree.slice(callee).to_ascii_lowercase();
        let header = header.ends_with(b"header") || header.ends_with(b"headers");
        if !(sense.fit() == Fit::Secret || header && slot.fit() >= Fit::Neutral) || !sense.stem.is_empty() {
            return None;
        }
        let mut found = Vec::new();
        for i in 0..self.s.holding(item.container).items.len().min(STATEMENTS) {
            let Some((word, round)) = plain(i).filter(|_| i != item.index) else { continue };
            let sense = self.sense(tree.slice(word));
            if sense.roles & super::lexicon::role::ENDPOINT != 0 && sense.owner.is_none() {
                tree.children(round).take(2).for_each(|k| self.hosts_of(Some(&sense), k, i, true, depth, &mut found));
            }
        }
        found.retain(|f| f.signal == Signal::Host);
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        decide(&fitting, Confidence::High).filter(|c| c.ruling != Ruling::Torn)
    }

    /// Whether a function's body takes a parameter of this name.
    fn is_parameter_of(&self, body: Id, name: &[u8]) -> bool {
        let tree = &self.s.tree;
        let Some(item) = self.s.item_of(body).filter(|_| body != 0) else { return false };
        let nodes = self.s.nodes(item);
        let rounds = nodes.iter().copied().take_while(|&n| n < body).filter(|&n| tree.kind(n) == Kind::Round);
        let mut words = rounds.flat_map(|r| tree.children(r).take(24)).filter(|&k| tree.kind(k) == Kind::Word);
        words.any(|w| tree.slice(w) == name)
    }

    /// `Type name;`, `Type name(arguments);`, `Dim name As Type`
    fn is_declared(&self, place: Id, nodes: &[Id]) -> bool {
        let tree = &self.s.tree;
        let Some(at) = nodes.iter().position(|&n| n == place) else { return false };
        let named = |n: Id| tree.slice(n).first().is_some_and(u8::is_ascii_uppercase);
        let dim = at == 1 && nodes.first().is_some_and(|&n| matches!(tree.slice(n), b"Dim" | b"dim"));
        let typed = at == 1 && tree.kind(nodes[0]) == Kind::Word && named(nodes[0]) && nodes.len() <= 3;
        let typed = typed && parts(tree.slice(place)).count() == 1;
        let bare = nodes.get(2).is_none_or(|&n| tree.kind(n) == Kind::Round);
        // `a, b : Type;`
        let sign = nodes.iter().take(12).position(|&n| tree.slice(n) == b":");
        let listed = sign.is_some_and(|s| {
            at < s
                && nodes[..s].iter().all(|&n| matches!(tree.kind(n), Kind::Word | Kind::Comma))
                && nodes.get(s + 1).is_some_and(|&n| named(n))
                && nodes.get(s + 2).is_none_or(|&n| tree.kind(n) != Kind::Round)
        });
        tree.family(place) == Family::Code && (dim || typed && bare || listed)
    }

    /// The outermost node of the expression that a word is part of: what its statement holds directly.
    pub(super) fn statement(&self, place: Id) -> Id {
        let tree = &self.s.tree;
        let mut at = place;
        while let Some(parent) = tree.parent(at) {
            let body = match tree.kind(parent) {
                Kind::Curly => !self.is_record(parent) || self.is_code_scope(parent),
                Kind::Round | Kind::Square | Kind::Str | Kind::Tag => false,
                _ => true,
            };
            if body {
                break;
            }
            at = parent;
        }
        at
    }

    /// The addresses of a statement, nested calls and records included, bodies not.
    fn addresses(&self, node: Id, depth: usize, out: &mut Vec<Field>) {
        let tree = &self.s.tree;
        match tree.kind(node) {
            Kind::Round | Kind::Square => self.search(node, 0, None, out),
            Kind::Curly if !self.is_code_scope(node) => self.search(node, 0, None, out),
            Kind::Str | Kind::Url => self.value_signals(None, &[node], 0, depth, out),
            _ => {}
        }
        // `[[Url alloc] initWithString:NAME]`
        if tree.kind(node) == Kind::Square && depth + 1 < DEPTH {
            let end = tree.node(node).after.min(node + 40);
            for word in
                (node + 1..end).filter(|&k| tree.kind(k) == Kind::Word && self.s.words().of(tree.slice(k)).len() > 1)
            {
                self.hosts_of(None, word, 0, true, depth + 1, out);
            }
        }
        if matches!(tree.kind(node), Kind::Round | Kind::Curly) && !self.is_code_scope(node) {
            self.named_hosts(node, 0, None, depth, out);
        }
        // Names that stand for addresses, among the arguments.
        if tree.kind(node) == Kind::Round && depth + 1 < DEPTH {
            for kid in tree.children(node).take(12).filter(|&k| matches!(tree.kind(k), Kind::Word | Kind::Str)) {
                let mut more = Vec::new();
                self.hosts_of(None, kid, 0, true, depth + 1, &mut more);
                out.extend(more);
            }
        }
        out.retain(|f| f.signal == Signal::Host);
    }

    /// A class of the rule that a statement calls.
    fn class_among(&self, nodes: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        nodes.iter().take(16).filter(|&&n| tree.kind(n) == Kind::Word).find_map(|&n| match self.callee(n) {
            Some((Owner::Ours, Known::Listed)) => {
                let shown = String::from_utf8_lossy(tree.slice(n)).into_owned();
                Some(Claim::new(Ruling::Ours(Confidence::High), format!("used with {shown}"), tree.span(n)))
            }
            _ => None,
        })
    }

    /// The body of the function that a word stands in; the file outside of all.
    pub(super) fn function_of(&self, word: Id) -> Id {
        self.s.tree.ancestors(word).find(|&a| self.is_function_body(a) || self.is_program(a)).unwrap_or(0)
    }

    /// The block that a word stands in whose own name it is: `do |name| ... end`.
    fn block_of(&self, word: Id, base: &[u8]) -> Option<Id> {
        let tree = &self.s.tree;
        let places = self.s.words();
        tree.ancestors(word).take(6).find(|&a| {
            let group = matches!(tree.kind(a), Kind::Block | Kind::Curly);
            let near = |p: Id| {
                self.is_block_name(p)
                    && (tree.parent(p) == Some(a) || tree.parent(p) == tree.parent(a) && p < a && a - p <= 4)
            };
            group && places.of(base).iter().take(STATEMENTS).any(|&p| near(p))
        })
    }

    /// Whose a class or function is, by its name or by the module that it was imported from.
    pub(super) fn callee(&self, word: Id) -> Option<(Owner, Known)> {
        let word = self.superclass(word).unwrap_or(word);
        let text = self.s.tree.content(word);
        match self.terms.callee(text) {
            Some((owner, known)) if known > Known::Loosely => Some((owner, known)),
            loose => self.imported(text).or(loose),
        }
    }

    /// The class that `super`, `base` or `parent` stands for.
    fn superclass(&self, word: Id) -> Option<Id> {
        let tree = &self.s.tree;
        if !matches!(parts(tree.slice(word)).next(), Some(b"super" | b"base" | b"parent")) {
            return None;
        }
        tree.ancestors(word).find_map(|a| {
            let item = self.s.item_of(a)?;
            let nodes = self.s.nodes(item);
            let class = nodes.iter().position(|&n| tree.slice(n) == b"class").filter(|&c| nodes[c] < a)?;
            let behind = nodes.get(class + 2..)?;
            let sign = behind
                .iter()
                .take(6)
                .position(|&n| matches!(tree.slice(n), b"extends" | b"<" | b":") || tree.kind(n) == Kind::Round)?;
            match tree.kind(behind[sign]) {
                Kind::Round => tree.children(behind[sign]).find(|&k| tree.kind(k) == Kind::Word),
                _ => behind.get(sign + 1).copied(),
            }
        })
    }

    /// Whose the module is from which a name comes: `from mistralai import Client as C`, `use provider::Client`.
    pub(super) fn imported(&self, name: &[u8]) -> Option<(Owner, Known)> {
        let first = parts(name).next()?;
        if first.len() < 2 && !first.iter().all(u8::is_ascii_uppercase) || !self.s.tree.dialect().family.has_code() {
            return None;
        }
        let tree = &self.s.tree;
        self.s.words().of(first).iter().take(8).find_map(|&place| {
            // `use module::{part, part::{Name}}`
            let braces = tree.ancestors(place).take(4).take_while(|&a| tree.kind(a) == Kind::Curly).last();
            let used = braces.filter(|&b| {
                let nodes = self.s.item_of(b).map(|i| self.s.nodes(i)).unwrap_or_default();
                nodes.iter().take(2).any(|&n| tree.slice(n) == b"use")
            });
            let item = self.s.item_of(used.unwrap_or_else(|| self.statement(place)))?;
            let nodes = self.s.nodes(item);
            let keyword = nodes.first().is_some_and(|&n| {
                matches!(
                    tree.slice(n),
                    b"import" | b"from" | b"use" | b"using" | b"alias" | b"require" | b"include" | b"open" | b"pub"
                )
            });
            if !keyword {
                return None;
            }
            nodes.iter().take(24).find_map(|&n| self.module(n))
        })
    }

    /// Whose a module is by its path; modules of the project itself are nobody's.
    fn module(&self, node: Id) -> Option<(Owner, Known)> {
        let tree = &self.s.tree;
        match tree.kind(node) {
            Kind::Str | Kind::Word => self.module_owner(tree.content(node)),
            _ => None,
        }
    }

    /// The same for its path.
    pub(super) fn module_owner(&self, path: &[u8]) -> Option<(Owner, Known)> {
        if path.starts_with(b".") || path.starts_with(b"/") || path.is_empty() {
            return None;
        }
        let lower = String::from_utf8_lossy(path).to_lowercase();
        if self
            .terms
            .imports()
            .iter()
            .any(|i| lower == *i || lower.starts_with(i.as_str()) && !lower.as_bytes()[i.len()].is_ascii_alphanumeric())
        {
            return Some((Owner::Ours, Known::Listed));
        }
        let sense = self.sense(path);
        sense.owner.clone().map(|owner| (owner, Known::ByName))
    }

    /// Whether a name is a module's or a class's rather than an object's: it is imported, or not bound here.
    fn is_module(&self, base: &[u8]) -> bool {
        let tree = &self.s.tree;
        let bound = self.s.words().of(base).iter().take(8).any(|&p| {
            let Some(item) = self.s.item_of(p) else { return false };
            let nodes = self.s.nodes(item);
            nodes
                .first()
                .is_some_and(|&n| matches!(tree.slice(n), b"import" | b"from" | b"use" | b"using" | b"require"))
                || self.definition(p, base).is_some_and(|v| {
                    v.iter().take(2).any(|&n| matches!(tree.slice(n), b"require" | b"import" | b"library"))
                })
        });
        bound
            || matches!(
                base,
                b"self"
                    | b"this"
                    | b"super"
                    | b"process"
                    | b"console"
                    | b"os"
                    | b"System"
                    | b"window"
                    | b"document"
                    | b"module"
                    | b"exports"
            )
    }
}
