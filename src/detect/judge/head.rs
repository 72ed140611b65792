//! What stands before the group that holds a token: a callee, receivers, labels.

use super::claim::{Claim, Ruling, Slot, Step};
use super::inquiry::Inquiry;
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Bond, Id, Item, Kind, Name, parts};

impl Inquiry<'_> {
    /// What the call or block that a group belongs to says: its callee, its receivers, its labels.
    pub(super) fn head_claim(&self, group: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        // `"/path/{name}"`
        if self.s.tree.parent(group).is_some_and(|p| self.s.tree.kind(p) == Kind::Str)
            && self.s.tree.kind(group) == Kind::Curly
        {
            return None;
        }
        if let Some(claim) = self.message_claim(group, depth) {
            return Some(claim);
        }
        let head = self.s.head(group);
        if head.is_empty() {
            return None;
        }
        let fit = slot.fit();
        let callee = *head.first()?;
        // A function defined here is followed by its parameters, not judged by its name.
        let local = self.s.tree.kind(callee) == Kind::Word && self.is_defined(callee);
        if local && let Some(claim) = self.parameter_claim(group, callee, slot, depth) {
            return Some(claim);
        }
        for (n, &id) in head.iter().enumerate() {
            let kind = self.s.tree.kind(id);
            if !matches!(kind, Kind::Word | Kind::Str)
                || local && n == 0
                || self.is_constant(id) && self.imported(self.s.tree.slice(id)).is_none()
            {
                continue;
            }
            let text = self.s.tree.content(id);
            if self.is_keyword(text) || text.len() > 120 || matches!(text, b"import" | b"from" | b"require") {
                continue;
            }
            let defined = id.checked_sub(1).is_some_and(|b| {
                matches!(
                    self.s.tree.slice(b),
                    b"module"
                        | b"class"
                        | b"namespace"
                        | b"object"
                        | b"defmodule"
                        | b"package"
                        | b"contract"
                        | b"library"
                        | b"protocol"
                        | b"actor"
                        | b"interface"
                )
            });
            if defined {
                continue;
            }
            if let Some(owner) = super::hosts::bare(text, 0)
                .filter(|h| h.name.contains('.') && fit >= Fit::Neutral && kind == Kind::Word)
                .and_then(|h| self.terms.host(&h))
            {
                let ruling = match owner {
                    Owner::Ours => Ruling::Ours(Confidence::High),
                    Owner::Other(other) => Ruling::Other(other),
                };
                let shown = String::from_utf8_lossy(text).into_owned();
                let mut claim = Claim::new(ruling, format!("under the host {shown}"), self.s.tree.span(id));
                claim.by_host = true;
                return Some(claim);
            }
            // `resource "type" "name"`: the last label is a name that anybody may give.
            let label = kind == Kind::Str && n == 0 && head.get(1).is_some_and(|&h| self.s.tree.kind(h) == Kind::Str);
            let Some((owner, known)) = self.callee(id).filter(|_| !label) else { continue };
            if owner == Owner::Ours
                && let Some(claim) = self.chain_base(group, depth).filter(|c| !c.is_ours())
            {
                return Some(claim);
            }
            if owner == Owner::Ours
                && let Some(claim) = self.own_class_elsewhere(id)
            {
                return Some(claim);
            }
            let quoted = String::from_utf8_lossy(text).into_owned();
            // `render(text)`: an ordinary word.
            let ordinary = text.iter().all(u8::is_ascii_lowercase) && kind == Kind::Word && n == 0 && fit < Fit::Secret;
            if ordinary && matches!(owner, Owner::Other(_)) && slot.sense.is_some() {
                continue;
            }
            let ruling = match owner {
                Owner::Other(other) => Ruling::Other(other),
                Owner::Ours if fit == Fit::Not => Ruling::Not,
                // `Client(key).complete(content=...)`: what it is told, and no key.
                Owner::Ours if is_told(slot) => Ruling::Ours(Confidence::Low),
                Owner::Ours => Ruling::Ours(match known {
                    Known::Listed if fit >= Fit::Neutral => Confidence::High,
                    Known::Listed | Known::ByName => Confidence::Medium,
                    Known::Loosely if fit == Fit::Secret && kind == Kind::Str => Confidence::Medium,
                    Known::Loosely => Confidence::Low,
                }),
            };
            let reason = match &ruling {
                Ruling::Other(other) => format!("passed to {quoted}: {other}'s"),
                _ => format!("passed to {quoted}"),
            };
            return Some(Claim::new(ruling, reason, self.s.tree.span(id)));
        }
        if let Some(claim) = self.client_claim(group, &head, slot) {
            return Some(claim);
        }
        // A client's methods take no keys, but for headers.
        if slot.sense.is_some() && fit == Fit::Unknown {
            let rounds = head.iter().filter(|&&id| self.s.tree.kind(id) == Kind::Round);
            return rounds.copied().find_map(|id| self.looked_up(id));
        }
        self.receiver_claim(group, &head, depth)
    }

    /// `.baseUrl("https://...")` in the chain that a call belongs to.
    pub(super) fn chain_base(&self, group: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let (nodes, at) = self.s.nodes_around(self.s.item_of(group)?, group)?;
        let mut found = Vec::new();
        for n in (1..nodes.len()).filter(|&n| n != at && tree.kind(nodes[n]) == Kind::Round) {
            let word = nodes[n - 1];
            let base = tree.kind(word) == Kind::Word
                && parts(tree.slice(word)).last().is_some_and(|w| {
                    let sense = self.sense(w);
                    sense.roles & super::lexicon::role::ENDPOINT != 0 && sense.owner.is_none()
                });
            if base {
                self.chained(nodes[n], depth, &mut found);
            }
        }
        found.retain(|f| f.signal == super::fields::Signal::Host);
        let fitting: Vec<_> = found.iter().map(|f| (f, 1)).collect();
        super::beside::decide(&fitting, Confidence::High).filter(|c| c.by_host)
    }

    /// What a call makes of its arguments is taken for the argument; a record keeps it under its field's name.
    pub(super) fn leave_call(&self, group: Id, slot: &mut Slot) {
        let argument = self.s.tree.kind(group) == Kind::Round && self.s.holding(group).items.len() > 1;
        let Some(Step::Index(index, _)) = slot.path.last().filter(|_| argument).cloned() else { return };
        let Some(callee) = self.s.callee(group).filter(|&c| !super::zips::makes_list(self.s.tree.slice(c))) else {
            return;
        };
        slot.path.pop();
        slot.path.extend(self.member(group, callee, index).map(Step::Name));
    }

    /// The field that a record's constructor makes of its argument of this number.
    fn member(&self, group: Id, callee: Id, index: usize) -> Option<Vec<u8>> {
        let tree = &self.s.tree;
        let name = match tree.slice(callee) {
            // `Options opts = new(...)`: the type stands before the variable.
            b"new" => {
                let nodes = self.s.nodes(self.s.item_of(group)?);
                let sign = nodes.iter().position(|&n| tree.slice(n) == b"=")?;
                tree.slice(*nodes.get(sign.checked_sub(2)?)?)
            }
            name => parts(name).last()?,
        };
        let record = self.functions(name).iter().copied().find(|&place| {
            let nodes = self.s.item_of(place).map(|i| self.s.nodes(i)).unwrap_or_default();
            nodes.iter().take_while(|&&n| n < place).any(|&n| matches!(tree.slice(n), b"class" | b"struct" | b"record"))
        })?;
        let (word, _) = self.parameters(record, index, None).into_iter().next()?;
        parts(tree.slice(word)).last().map(<[u8]>::to_vec)
    }

    /// What the name of the parameter says that takes an argument without a name.
    pub(super) fn argument_claim(&self, call: Id, index: usize, slot: &mut Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let holding = self.s.holding(call);
        let plain = matches!(holding.item(index), [only] if matches!(tree.kind(*only), Kind::Str | Kind::Word));
        if !plain || slot.sense.is_some() {
            return None;
        }
        let word = match tree.kind(call) {
            Kind::Round => self.parameter_of(call, self.s.callee(call)?, index)?.0,
            Kind::Curly => self.field_of(call, index, holding.items.len())?,
            _ => return None,
        };
        let sense = self.sense(parts(tree.slice(word)).last()?);
        let (fit, span) = (sense.fit(), tree.span(word));
        let shown = String::from_utf8_lossy(tree.slice(word)).into_owned();
        slot.sense = Some((*sense).clone());
        slot.name = tree.slice(word).to_vec();
        match (&sense.owner, fit) {
            (Some(Owner::Other(other)), _) => {
                Some(Claim::new(Ruling::Other(other.clone()), format!("taken as {shown}"), span))
            }
            (_, Fit::Not) => Some(Claim::new(Ruling::Not, format!("taken as {shown}: not the name of a key"), span)),
            _ => None,
        }
    }

    /// `struct Row { a; b; }` and a list of `{x, y}`: the name of the field that a value without a name is for.
    fn field_of(&self, row: Id, index: usize, count: usize) -> Option<Id> {
        let tree = &self.s.tree;
        if tree.family(row) != crate::structure::Family::Code || count < 2 {
            return None;
        }
        let list = tree.ancestors(row).take(3).take_while(|&a| tree.kind(a) == Kind::Curly).last()?;
        let nodes = self.s.nodes(self.s.item_of(list)?);
        let types = nodes.iter().take_while(|&&n| n < list).take(16).filter(|&&n| tree.kind(n) == Kind::Word);
        types.copied().find_map(|name| {
            let places = self.s.words();
            places.of(tree.slice(name)).iter().take(16).find_map(|&place| {
                let nodes = self.s.nodes(self.s.item_of(place)?);
                let body = *nodes.last().filter(|&&b| tree.kind(b) == Kind::Curly && b > place)?;
                nodes.iter().take(4).find(|&&n| tree.slice(n) == b"struct")?;
                let fields = self.s.holding(body);
                let ended = fields.kids.iter().any(|&k| tree.kind(k) == Kind::Semi);
                let mut words = fields.item(index).iter().copied().filter(|&n| tree.kind(n) == Kind::Word);
                let word = if ended { words.next_back() } else { words.next() };
                word.filter(|_| fields.items.len() == count)
            })
        })
    }

    /// The parameter of this number of what is called: a function or class of the text, an entry of an enumeration.
    fn parameter_of(&self, call: Id, callee: Id, index: usize) -> Option<(Id, Item)> {
        let tree = &self.s.tree;
        let name = parts(tree.slice(callee)).last()?;
        if let Some(place) = self.functions(name).iter().copied().find(|&p| p != callee) {
            return self.parameters(place, index, None).into_iter().next();
        }
        let body = tree.ancestors(call).find(|&a| tree.kind(a) == Kind::Curly)?;
        let nodes = self.s.nodes(self.s.item_of(body)?);
        let place = nodes
            .iter()
            .position(|&n| tree.slice(n) == b"enum")
            .and_then(|e| nodes[e + 1..].iter().take(2).copied().find(|&n| tree.slice(n) != b"class"))?;
        self.parameters(place, index, None).into_iter().next()
    }

    /// `[receiver selector:argument ...]`: what is known of the receiver.
    fn message_claim(&self, group: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        if tree.kind(group) != Kind::Square {
            return None;
        }
        let mut kids = tree.children(group);
        let (receiver, selector, colon) = (kids.next()?, kids.next()?, kids.next()?);
        let message =
            tree.kind(receiver) == Kind::Word && tree.kind(selector) == Kind::Word && tree.slice(colon) == b":";
        message.then(|| self.handle_claim(receiver, tree.slice(receiver), depth + 1)).flatten()
    }

    /// `NAME(...)`: a constant of an enumeration, not a class.
    fn is_constant(&self, id: Id) -> bool {
        let text = self.s.tree.slice(id);
        self.s.tree.kind(id) == Kind::Word && text.len() > 2 && !text.iter().any(u8::is_ascii_lowercase)
    }

    /// What a call is made on: a request, a client that was made with an address elsewhere.
    fn receiver_claim(&self, group: Id, head: &[Id], depth: usize) -> Option<Claim> {
        let call = self.s.tree.kind(group) == Kind::Round;
        // `.arg("--name").arg(VALUE)`: the option just before, and no other.
        let rounds = head.iter().copied().filter(|&h| self.s.tree.kind(h) == Kind::Round);
        let options: Vec<Id> = rounds.filter(|&r| self.option_of(r).is_some()).collect();
        if let Some(&first) = options.first() {
            let nearest = head.iter().copied().find(|&h| self.s.tree.kind(h) == Kind::Round) == Some(first);
            let name = self.option_of(first).filter(|_| nearest)?;
            let sense = self.sense(self.text(name.span.clone()));
            let shown = String::from_utf8_lossy(self.text(name.span.clone())).into_owned();
            return self.own_name(&sense, &name).map(|r| Claim::new(r, format!("behind --{shown}"), name.span));
        }
        let mut found: Option<Claim> = None;
        for &id in head {
            let claim = match self.s.tree.kind(id) {
                Kind::Word if call => self.resolve_base(id, depth).or_else(|| self.receiver(id, depth)),
                Kind::Round => self.looked_up(id).or_else(|| self.arguments_claim(id, depth)),
                _ => None,
            };
            if let Some(claim) = claim {
                if claim.by_host {
                    return Some(claim);
                }
                found = found.or(Some(claim));
            }
        }
        found.or_else(|| call.then(|| self.first_argument(group, depth)).flatten())
    }

    /// The only argument of a call, if it is an option's name.
    fn option_of(&self, round: Id) -> Option<Name> {
        let tree = &self.s.tree;
        let [only] = self.s.holding(round).item(0)[..] else { return None };
        let text = tree.content(only);
        let dashes = text.iter().take_while(|b| **b == b'-').count();
        let span = tree.span(only);
        let option = tree.kind(only) == Kind::Str && (1..=2).contains(&dashes) && !text.contains(&b' ');
        option.then(|| Name { span: span.start + 1 + dashes..span.end - 1, node: only, bond: Bond::Assigned })
    }

    /// `look_up("NAME").or_else(|| value)`: the name of what is looked up.
    fn looked_up(&self, round: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let holding = self.s.holding(round);
        let ([name], 1) = (holding.item(0), holding.items.len()) else { return None };
        if tree.kind(*name) != Kind::Str {
            return None;
        }
        let text = tree.content(*name);
        let sense = self.sense(text);
        let ours = match &sense.owner {
            Some(owner) if sense.fit() == Fit::Secret && sense.stem.is_empty() || sense.exact => owner,
            _ => return None,
        };
        let ruling = match ours {
            Owner::Ours => Ruling::Ours(Confidence::High),
            Owner::Other(other) => Ruling::Other(other.clone()),
        };
        Some(Claim::new(ruling, format!("stands in for {}", String::from_utf8_lossy(text)), tree.span(*name)))
    }

    /// The object whose method is called.
    fn receiver(&self, word: Id, depth: usize) -> Option<Claim> {
        let mut all = parts(self.s.tree.slice(word)).filter(|p| !matches!(*p, b"self" | b"this"));
        let base = all.next()?;
        all.next()?;
        self.handle_claim(word, base, depth + 1)
    }

    /// The object that is a call's first argument, where the language has no methods: `setopt(handle, name, value)`.
    fn first_argument(&self, call: Id, depth: usize) -> Option<Claim> {
        let holding = self.s.holding(call);
        let [word] = holding.item(0) else { return None };
        if holding.items.len() < 2 || self.s.tree.kind(*word) != Kind::Word {
            return None;
        }
        let base = parts(self.s.tree.slice(*word)).next()?;
        self.handle_claim(*word, base, depth + 1)
    }
}

/// Whether a slot holds what a client is told rather than what opens it.
fn is_told(slot: &Slot) -> bool {
    const TOLD: [&str; 14] = [
        "content", "contents", "message", "messages", "prompt", "prompts", "input", "inputs", "query", "question",
        "text", "agent", "ag", "suffix",
    ];
    let told = |sense: &super::terms::Sense| sense.words.iter().any(|word| TOLD.contains(&word.as_str()));
    slot.fit() != Fit::Secret && slot.sense.as_ref().is_some_and(told)
}
