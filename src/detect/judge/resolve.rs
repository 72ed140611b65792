//! What a name stands for: its definitions, the functions and classes of the text, and whom they name.

use super::claim::{Claim, Ruling};
use super::hosts;
use super::inquiry::{DEPTH, Inquiry};
use super::terms::{Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Kind, parts};
use std::rc::Rc;

/// How many definitions of a name are looked at.
const DEFINITIONS: usize = 64;

impl Inquiry<'_> {
    /// The definitions of a name: the word that is bound, and the nodes of what it is bound to.
    pub(super) fn definitions(&self, name: &[u8]) -> Rc<[(Id, Vec<Id>)]> {
        if let Some(known) = self.memory.definitions.borrow().get(name) {
            return known.clone();
        }
        let words = self.s.words();
        let places = words.of(name).iter().take(DEFINITIONS);
        let made: Rc<[_]> = places.filter_map(|&p| self.definition(p, name).map(|v| (p, v))).collect();
        self.memory.definitions.borrow_mut().insert(name.into(), made.clone());
        made
    }

    /// The nodes that the word at `place` is bound to, if it is bound there.
    pub(super) fn definition(&self, place: Id, name: &[u8]) -> Option<Vec<Id>> {
        let tree = &self.s.tree;
        let word = tree.slice(place);
        let typed = place > 0 && matches!(tree.slice(place - 1), b"As" | b"AS") || name == b"String";
        if typed || parts(word).last() != Some(name) || parts(word).count() > 2 {
            return None;
        }
        let item = self.s.item_of(place)?;
        if matches!(tree.kind(item.container), Kind::Comment | Kind::Str) {
            return None;
        }
        let (nodes, at) = self.s.nodes_around(item, place)?;
        let next = *nodes.get(at + 1)?;
        match (tree.kind(next), tree.slice(next)) {
            (Kind::Op, b"=" | b":=" | b"<-" | b"?=" | b"||=" | b"??=") => Some(nodes[at + 2..].to_vec()),
            // `with value as name:`
            (Kind::Op, b":")
                if at > 1
                    && tree.slice(nodes[at - 1]) == b"as"
                    && nodes[..2].iter().any(|&n| tree.slice(n) == b"with") =>
            {
                Some(nodes[1..at - 1].to_vec())
            }
            // `name: type = value`
            (Kind::Op, b":") => {
                let sign = nodes[at + 2..].iter().take(8).position(|&n| tree.slice(n) == b"=")?;
                Some(nodes[at + 3 + sign..].to_vec())
            }
            // `Const NAME As Type = value`
            (Kind::Word, b"As" | b"AS") => {
                let sign = nodes[at + 2..].iter().take(4).position(|&n| tree.slice(n) == b"=")?;
                Some(nodes[at + 3 + sign..].to_vec())
            }
            // `@name "value"`
            (Kind::Str, _) if at == 0 && nodes.len() == 2 && word.starts_with(b"@") => Some(nodes[1..].to_vec()),
            (Kind::Comma, _) => self.tuple_value(&nodes, at),
            // `define NAME value`, `(setq name value)`, `set name value`
            (Kind::Str, _)
                if at > 0
                    && matches!(
                        tree.slice(nodes[at - 1]),
                        b"def"
                            | b"define"
                            | b"set"
                            | b"setq"
                            | b"ENV"
                            | b"ARG"
                            | b"defvar"
                            | b"setenv"
                            | b"-gx"
                            | b"-x"
                            | b"-g"
                    ) =>
            {
                Some(nodes[at + 1..].to_vec())
            }
            _ => None,
        }
    }

    /// The value of one name of `a, b = x, y`.
    fn tuple_value(&self, nodes: &[Id], at: usize) -> Option<Vec<Id>> {
        let tree = &self.s.tree;
        let sign = nodes.iter().position(|&n| matches!(tree.slice(n), b"=" | b":="))?;
        if sign < at {
            return None;
        }
        let place = nodes[..at].iter().filter(|&&n| tree.kind(n) == Kind::Comma).count();
        let all = nodes[..sign].iter().filter(|&&n| tree.kind(n) == Kind::Comma).count() + 1;
        let values: Vec<&[Id]> = nodes[sign + 1..].split(|&n| tree.kind(n) == Kind::Comma).collect();
        if values.len() == 1 {
            return Some(values[0].to_vec());
        }
        (values.len() == all).then(|| values[place].to_vec())
    }

    /// Whether a name is that of a function or class defined in the text.
    pub(super) fn is_defined(&self, callee: Id) -> bool {
        let Some(name) = parts(self.s.tree.slice(callee)).last() else { return false };
        !self.functions(name).is_empty()
    }

    /// The places where a function or class of this name is defined.
    pub(super) fn functions(&self, name: &[u8]) -> Rc<[Id]> {
        if let Some(known) = self.memory.functions.borrow().get(name) {
            return known.clone();
        }
        let words = self.s.words();
        let places = words.of(name).iter().take(DEFINITIONS).copied();
        let made: Rc<[_]> = places.filter(|&p| self.is_function(p, name)).collect();
        self.memory.functions.borrow_mut().insert(name.into(), made.clone());
        made
    }

    fn is_function(&self, place: Id, name: &[u8]) -> bool {
        let tree = &self.s.tree;
        if parts(tree.slice(place)).last() != Some(name) {
            return false;
        }
        let Some(item) = self.s.item_of(place) else { return false };
        let Some((nodes, at)) = self.s.nodes_around(item, place) else { return false };
        // What stands behind an equals sign is called there.
        let keyword = nodes[..at].iter().rposition(|&n| keywords(tree.slice(n)));
        let keyword = keyword.is_some_and(|k| !nodes[k..at].iter().any(|&n| tree.slice(n) == b"="));
        let body = nodes[at + 1..].iter().any(|&n| matches!(tree.kind(n), Kind::Block | Kind::Curly));
        let called = nodes.get(at + 1).is_some_and(|&n| tree.kind(n) == Kind::Round);
        // The name follows the keyword; a type or what is extended stands further behind.
        let first = at > 0 && keywords(tree.slice(nodes[at - 1]));
        if (first || keyword && called) && (body || called)
            || called && body && !nodes[..=at].iter().any(|&n| tree.kind(n) == Kind::Op) && !self.is_branch(&nodes)
        {
            return true;
        }
        // `name = (a, b) => ...`, `name = function(a, b) ...`, `local u(a, b) = ...`
        let arrow =
            nodes[at + 1..].iter().any(|&n| matches!(tree.slice(n), b"=>" | b"function" | b"lambda" | b"fn" | b"->"));
        let bound = nodes.get(at + 1).is_some_and(|&n| matches!(tree.slice(n), b"=" | b":="));
        let equation = called && nodes.get(at + 2).is_some_and(|&n| tree.slice(n) == b"=");
        bound && arrow && nodes[at + 1..].iter().take(5).any(|&n| tree.kind(n) == Kind::Round) || equation
    }

    fn is_branch(&self, nodes: &[Id]) -> bool {
        nodes.first().is_some_and(|&n| {
            matches!(
                self.s.tree.slice(n),
                b"if" | b"for" | b"while" | b"switch" | b"match" | b"return" | b"await" | b"new" | b"catch"
            )
        })
    }

    /// What a name stands for, if that names an owner: an address, a client made here.
    pub(super) fn resolve_base(&self, word: Id, depth: usize) -> Option<Claim> {
        if depth >= DEPTH || self.s.tree.family(word) == crate::structure::Family::Json {
            return None;
        }
        let text = self.s.tree.slice(word);
        let mut all = parts(text);
        let mut base = all.next()?;
        let mut more = all.next();
        if matches!(base, b"self" | b"this" | b"cls" | b"Self") {
            base = more?;
            more = all.next();
        }
        let mut found: Option<Claim> = None;
        let own = matches!(parts(text).next(), Some(b"self" | b"this"));
        let definitions = self.definitions(base);
        let near = own && definitions.iter().any(|(p, _)| *p != word && self.are_of_one_class(*p, word));
        let known = definitions.iter().filter(|(p, _)| *p != word && (!near || self.are_of_one_class(*p, word)));
        // Of several bindings in one sequence of statements the last one before the word holds.
        let tree = &self.s.tree;
        let row = definitions.len() > 1
            && matches!(tree.family(word), Family::Code | Family::Shell)
            && definitions.windows(2).all(|w| tree.parent(w[0].0) == tree.parent(w[1].0))
            && definitions
                .first()
                .and_then(|d| tree.parent(d.0))
                .is_some_and(|c| tree.holds(c, word) && matches!(tree.kind(c), Kind::File | Kind::Block | Kind::Fence));
        let last = if row { definitions.iter().rev().map(|d| d.0).find(|&p| p < word) } else { None };
        // A function's own variable before those of others.
        let body = self.function_of(word);
        let local = body != 0 && definitions.iter().any(|(p, _)| *p != word && tree.holds(body, *p));
        let known = known.filter(|(p, _)| last.is_none_or(|l| l == *p) && (!local || tree.holds(body, *p)));
        for (place, value) in known {
            let Some(claim) = self.value_claim(*place, value, more, depth) else { continue };
            match &found {
                Some(known) if known.ruling != claim.ruling => return None,
                Some(_) => {}
                None => found = Some(claim),
            }
        }
        let last = parts(text).last().unwrap_or(base);
        found.or_else(|| self.function_claim(last, depth))
    }

    /// What the value of a definition names.
    fn value_claim(&self, place: Id, value: &[Id], field: Option<&[u8]>, depth: usize) -> Option<Claim> {
        if let Some(known) = self.memory.resolved.borrow().get(&place) {
            return known.clone();
        }
        self.memory.resolved.borrow_mut().insert(place, None);
        let _ = field;
        let claim = self.spend().then(|| self.read_value(value, depth)).flatten();
        self.memory.resolved.borrow_mut().insert(place, claim.clone());
        claim
    }

    fn read_value(&self, value: &[Id], depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let mut fields = Vec::new();
        for &node in value.iter().take(16) {
            match tree.kind(node) {
                Kind::Str | Kind::Url => self.value_signals(None, &[node], 0, depth + 1, &mut fields),
                Kind::Round | Kind::Curly | Kind::Square => {
                    self.search(node, 0, None, &mut fields);
                    // `[[Url alloc] initWithString:[BASE stringByAppending:path]]`
                    let nested = tree.kind(node) == Kind::Square;
                    let deep = (node + 1..tree.node(node).after).take(if nested { 24 } else { 0 });
                    let flat = tree.children(node).take(if nested { 0 } else { 24 });
                    for kid in deep.chain(flat) {
                        if tree.kind(kid) == Kind::Word && (nested || self.is_argument(kid)) {
                            self.value_signals(None, &[kid], 0, depth + 1, &mut fields);
                        }
                    }
                }
                _ => {}
            }
        }
        fields.retain(|f| matches!(f.signal, super::fields::Signal::Host));
        let fitting: Vec<_> = fields.iter().map(|f| (f, 1)).collect();
        if let Some(claim) = super::beside::decide(&fitting, Confidence::High) {
            return (claim.ruling != Ruling::Torn).then_some(claim);
        }
        if let Some(claim) = self.class_argument(value) {
            return Some(claim);
        }
        let callee =
            value.iter().take(4).copied().find(|&n| tree.kind(n) == Kind::Word && !self.is_type(tree.slice(n)))?;
        match self.callee(callee)? {
            (Owner::Ours, Known::Listed) => {
                let shown = String::from_utf8_lossy(tree.slice(callee)).into_owned();
                Some(Claim::new(Ruling::Ours(Confidence::High), format!("used with {shown}"), tree.span(callee)))
            }
            _ => None,
        }
    }

    /// `partial(Client, ...)`: a class of the rule's handed to what makes others of it.
    fn class_argument(&self, value: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        let round = value.iter().take(3).copied().find(|&n| tree.kind(n) == Kind::Round)?;
        let first = tree.children(round).next().filter(|&n| tree.kind(n) == Kind::Word)?;
        let listed = matches!(self.callee(first), Some((Owner::Ours, Known::Listed)));
        let shown = String::from_utf8_lossy(tree.slice(first)).into_owned();
        listed.then(|| Claim::new(Ruling::Ours(Confidence::High), format!("used with {shown}"), tree.span(first)))
    }

    /// What the body of a function defined here names, and nobody else.
    fn function_claim(&self, name: &[u8], depth: usize) -> Option<Claim> {
        let place = *self.functions(name).first()?;
        let item = self.s.item_of(place)?;
        let nodes = self.s.nodes(item);
        let body = nodes
            .iter()
            .rev()
            .find(|&&n| n > place && matches!(self.s.tree.kind(n), Kind::Block | Kind::Curly))
            .copied()?;
        let _ = depth;
        self.body_claim(body)
    }

    /// The only owner that a body names by an address or a listed class.
    pub(super) fn body_claim(&self, body: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let end = tree.node(body).after.min(body + 300);
        let mut found: Option<Claim> = None;
        for id in body + 1..end {
            let claim = match tree.kind(id) {
                Kind::Url => hosts::of_url(tree.slice(id), tree.span(id).start).and_then(|h| {
                    let owner = self.terms.host(&h)?;
                    let ruling = match owner {
                        Owner::Ours => Ruling::Ours(Confidence::High),
                        Owner::Other(other) => Ruling::Other(other),
                    };
                    let mut claim = Claim::new(ruling, format!("used with the host {}", h.name), h.span);
                    claim.by_host = true;
                    Some(claim)
                }),
                Kind::Word => match self.terms.callee(tree.slice(id)) {
                    Some((Owner::Ours, Known::Listed)) => {
                        let shown = String::from_utf8_lossy(tree.slice(id)).into_owned();
                        Some(Claim::new(Ruling::Ours(Confidence::High), format!("used with {shown}"), tree.span(id)))
                    }
                    _ => None,
                },
                _ => None,
            };
            let Some(claim) = claim else { continue };
            match &found {
                Some(known) if known.is_ours() != claim.is_ours() => return None,
                Some(known) if known.by_host => {}
                _ => found = Some(claim),
            }
        }
        found
    }
}

/// Words that begin the definition of a function or a class.
fn keywords(word: &[u8]) -> bool {
    matches!(
        word,
        b"def"
            | b"defp"
            | b"function"
            | b"fn"
            | b"func"
            | b"fun"
            | b"sub"
            | b"class"
            | b"struct"
            | b"record"
            | b"enum"
            | b"proc"
            | b"method"
            | b"object"
            | b"defun"
            | b"Function"
            | b"Sub"
    )
}
