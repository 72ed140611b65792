//! Clients that are made in roundabout ways: of a module that is required on the spot, of a class that the variable's type
//! or a type argument names, of a subclass, of what a name stands for, of an element, behind a pipe.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Kind, parts};

/// How many calls of a chain are looked at.
const CALLS: usize = 12;

impl Inquiry<'_> {
    /// What makes the client whose arguments a group is, where the word before it does not say.
    pub(super) fn client_claim(&self, group: Id, head: &[Id], slot: &Slot) -> Option<Claim> {
        if slot.fit() < Fit::Neutral || self.s.tree.family(group) != Family::Code {
            return None;
        }
        self.required(head)
            .or_else(|| self.typed_new(group, head))
            .or_else(|| self.type_argument(group, head))
            .or_else(|| self.bound_class(head))
            .or_else(|| self.base_class(head))
            .or_else(|| self.chosen_backend(group, slot))
    }

    fn made_by(&self, owner: Owner, node: Id) -> Claim {
        let shown = String::from_utf8_lossy(self.s.tree.content(node)).into_owned();
        let ruling = match owner {
            Owner::Ours => Ruling::Ours(Confidence::High),
            Owner::Other(other) => Ruling::Other(other),
        };
        Claim::new(ruling, format!("passed to {shown}"), self.s.tree.span(node))
    }

    /// Whose a class is that is known by itself.
    fn class_claim(&self, word: Id) -> Option<Claim> {
        match self.callee(word)? {
            (_, Known::Loosely) => None,
            (owner, _) => Some(self.made_by(owner, word)),
        }
    }

    /// `require("module").new(...)`, `(require("module").Class)(...)`
    fn required(&self, head: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        let loads = |w: Id| {
            matches!(
                tree.slice(w),
                b"require" | b"import" | b"__import__" | b"import_module" | b"importlib.import_module"
            )
        };
        head.iter().copied().filter(|&h| tree.kind(h) == Kind::Round).find_map(|round| {
            let inner = tree
                .children(round)
                .find(|&k| tree.kind(k) == Kind::Round)
                .filter(|&k| self.s.callee(k).is_some_and(loads));
            let call = if self.s.callee(round).is_some_and(loads) { round } else { inner? };
            let path = tree.children(call).find(|&k| tree.kind(k) == Kind::Str)?;
            let (owner, _) = self.module_owner(tree.content(path))?;
            Some(self.made_by(owner, path))
        })
    }

    /// `Type name = new(...)`
    fn typed_new(&self, group: Id, head: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        head.first().filter(|&&h| tree.slice(h) == b"new")?;
        let nodes = self.s.nodes(self.s.item_of(group)?);
        let sign = nodes.iter().position(|&n| tree.slice(n) == b"=")?;
        let word = *nodes.get(sign.checked_sub(2)?).filter(|&&n| tree.kind(n) == Kind::Word && n < group)?;
        self.class_claim(word)
    }

    /// `make_unique<Type>(...)`
    fn type_argument(&self, group: Id, head: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        let (from, to) = (tree.span(*head.first()?).end, tree.span(group).start);
        let name = self.text(from..to.max(from)).strip_prefix(b"<")?.strip_suffix(b">")?;
        let word = (head[0] + 1..group).find(|&n| tree.kind(n) == Kind::Word && tree.slice(n) == name)?;
        self.class_claim(word)
    }

    /// `name = Class`, `name(...)`
    fn bound_class(&self, head: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        let callee = *head.first().filter(|&&h| tree.kind(h) == Kind::Word)?;
        let name = tree.slice(callee);
        if parts(name).count() != 1 || head.len() > 1 && tree.slice(head[1]) != b"new" {
            return None;
        }
        match &self.definitions(name)[..] {
            [(place, value)] if *place < callee => match value[..] {
                [word] if tree.kind(word) == Kind::Word => self.class_claim(word),
                _ => None,
            },
            _ => None,
        }
    }

    /// `class Own(Client)`, `Own(...)`
    fn base_class(&self, head: &[Id]) -> Option<Claim> {
        let tree = &self.s.tree;
        let callee = *head.first().filter(|&&h| tree.kind(h) == Kind::Word)?;
        let name = parts(tree.slice(callee)).last()?;
        self.functions(name).iter().filter(|&&p| p != callee).find_map(|&place| {
            let nodes = self.s.nodes(self.s.item_of(place)?);
            let at = nodes.iter().position(|&n| n == place)?;
            if !nodes[..at].iter().any(|&n| tree.slice(n) == b"class") {
                return None;
            }
            let behind = &nodes[at + 1..];
            let base = match behind.first()? {
                round if tree.kind(*round) == Kind::Round => {
                    tree.children(*round).find(|&k| tree.kind(k) == Kind::Word)?
                }
                sign if matches!(tree.slice(*sign), b"extends" | b"<" | b":") => *behind.get(1)?,
                _ => return None,
            };
            self.class_claim(base)
        })
    }

    /// `.backend(Backend::Name).api_key(...)`: a call of the chain says which provider it is.
    fn chosen_backend(&self, group: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        if slot.fit() != Fit::Secret && self.s.callee(group).is_none_or(|c| self.last_of(c).fit() != Fit::Secret) {
            return None;
        }
        let (nodes, at) = self.s.nodes_around(self.s.item_of(group)?, group)?;
        let (before, after) = nodes.split_at(at);
        let part = |n: &&Id| tree.kind(**n) != Kind::Comma;
        let near = before.iter().rev().take_while(part).chain(after.iter().take_while(part));
        let mut found: Option<Claim> = None;
        for &round in near.filter(|&&n| n != group && tree.kind(n) == Kind::Round).take(CALLS) {
            let Some(callee) = self.s.callee(round) else { continue };
            let sense = self.last_of(callee);
            if sense.roles & role::PROVIDER == 0 || sense.roles & role::ENDPOINT != 0 || !sense.stem.is_empty() {
                continue;
            }
            let [word] = self.s.holding(round).item(0)[..] else { continue };
            let text = tree.content(word);
            let last = parts(text).last().unwrap_or(text);
            let Some(owner) = self.terms.value(last) else { continue };
            found.get_or_insert(self.made_by(owner, word));
        }
        found
    }

    /// What a class is for that the text defines under the name of a client, if all its addresses are another's.
    pub(super) fn own_class_elsewhere(&self, callee: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let class = parts(tree.slice(callee)).next()?;
        let place = self.functions(class).iter().copied().find(|&p| p != callee)?;
        let nodes = self.s.nodes(self.s.item_of(place)?);
        let body = nodes.iter().copied().find(|&n| n > place && matches!(tree.kind(n), Kind::Block | Kind::Curly))?;
        let mut found = Vec::new();
        self.search(body, 0, None, &mut found);
        found.retain(|f| f.signal == super::fields::Signal::Host);
        let first = found.first()?;
        let Owner::Other(other) = first.owner.clone() else { return None };
        if found.iter().any(|f| f.owner == Owner::Ours) {
            return None;
        }
        let mut claim =
            Claim::new(Ruling::Other(other), format!("passed to a class for {}", first.shown), first.span.clone());
        claim.by_host = true;
        Some(claim)
    }

    fn last_of(&self, word: Id) -> std::rc::Rc<super::terms::Sense> {
        self.sense(parts(self.s.tree.slice(word)).last().unwrap_or_default())
    }

    /// `VALUE |> Client.init()`
    pub(super) fn piped_into(&self, nodes: &[Id], node: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let at = nodes.binary_search(&node).ok()?;
        let [sign, callee, round] = nodes.get(at + 1..at + 4)? else { return None };
        let piped = matches!(tree.slice(*sign), b"|>" | b"|>>")
            && tree.kind(*callee) == Kind::Word
            && tree.kind(*round) == Kind::Round;
        piped.then(|| self.class_claim(*callee))?
    }

    /// `<Client apiKey="...">`: the element whose attribute it is.
    pub(super) fn element_claim(&self, nodes: &[Id], node: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        if slot.fit() != Fit::Secret || !slot.stem().is_empty() {
            return None;
        }
        if let Some(tag) = tree.parent(node).filter(|&p| tree.kind(p) == Kind::Tag) {
            return tree.children(tag).next().filter(|&w| w < node).and_then(|w| self.named_element(w));
        }
        let at = nodes.binary_search(&node).ok()?;
        let open = nodes[..at].iter().rposition(|&n| matches!(tree.slice(n), b"<" | b">"))?;
        let word = *nodes.get(open + 1).filter(|&&n| tree.kind(n) == Kind::Word)?;
        let opened = tree.slice(nodes[open]) == b"<" && tree.span(nodes[open]).end == tree.span(word).start;
        if !opened {
            return None;
        }
        self.named_element(word)
    }

    /// What an element's name says of its attributes.
    pub(super) fn named_element(&self, word: Id) -> Option<Claim> {
        match self.terms.callee(self.s.tree.slice(word))? {
            (Owner::Ours, known) if known > Known::Loosely => {
                Some(self.made_by(Owner::Ours, word).at_most(Confidence::Medium))
            }
            (Owner::Other(other), known) if known > Known::Loosely => Some(self.made_by(Owner::Other(other), word)),
            _ => None,
        }
    }
}
