//! The inquiry into one token: from the token outwards each level is asked who is named there; the innermost owner
//! wins.

use super::claim::{Claim, Ruling, Slot, Step};
use super::fields::Fields;
use super::terms::{Fit, Known, Owner, Sense, Terms};
use crate::rule::Confidence;
use crate::structure::{Bond, Id, Item, Kind, Name, Structure};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// How many levels are asked.
const LEVELS: usize = 40;
/// How many uses may lead on to further uses.
pub(super) const DEPTH: usize = 5;

/// What is known of the objects that names stand for.
type Handles = HashMap<(Vec<u8>, Id), Option<Claim>>;

/// What is known of a name.
type ByName<T> = HashMap<Box<[u8]>, Rc<[T]>>;

/// A word that is bound, and the nodes of what it is bound to.
type Definition = (Id, Vec<Id>);

/// What is remembered of a text for one rule.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) fields: RefCell<HashMap<Id, Rc<Fields>>>,
    pub(super) senses: RefCell<HashMap<Box<[u8]>, Rc<Sense>>>,
    pub(super) resolved: RefCell<HashMap<Id, Option<Claim>>>,
    pub(super) definitions: RefCell<ByName<Definition>>,
    pub(super) functions: RefCell<ByName<Id>>,
    pub(super) records: RefCell<HashMap<Id, bool>>,
    pub(super) tables: RefCell<Option<Rc<super::joins::Tables>>>,
    pub(super) inserts: RefCell<Option<Rc<super::insert::Inserts>>>,
    pub(super) statements: RefCell<HashMap<Item, Option<super::insert::Head>>>,
    pub(super) handles: RefCell<Handles>,
    pub(super) file: RefCell<Option<Rc<super::file::FileFacts>>>,
}

/// An inquiry.
pub(super) struct Inquiry<'s> {
    pub(super) s: &'s Structure<'s>,
    pub(super) terms: &'s Terms,
    pub(super) memory: &'s Memory,
    /// How many more places may be looked at for this token.
    pub(super) budget: Cell<u32>,
}

impl Inquiry<'_> {
    /// The sense of a name.
    pub(super) fn sense(&self, name: &[u8]) -> Rc<Sense> {
        if let Some(known) = self.memory.senses.borrow().get(name) {
            return known.clone();
        }
        let sense = Rc::new(self.terms.sense(name));
        self.memory.senses.borrow_mut().insert(name.into(), sense.clone());
        sense
    }

    pub(super) fn text(&self, span: Range<usize>) -> &[u8] {
        self.s.tree.text().get(span).unwrap_or_default()
    }

    /// Whose the token is.
    pub(super) fn token(&self, token: &Range<usize>, path: Option<&[u8]>) -> Option<Claim> {
        let at = self.s.tree.at(token.start);
        if let Some(claim) = self.place_claim(at, token) {
            return Some(claim);
        }
        let mut slot = Slot::default();
        let claim = self.ask_levels(at, 0, &mut slot).or_else(|| {
            let bare = self.s.tree.text().trim_ascii().len() <= token.len() + 2;
            path.and_then(|p| self.path_claim(p, &slot, bare))
        });
        let claim = match claim {
            Some(claim) if claim.confidence() != Some(Confidence::Low) => claim,
            low => self.prose_claim(at, token).or(low)?,
        };
        Some(self.weigh(claim))
    }

    /// What the file as a whole adds to a claim or takes from it.
    fn weigh(&self, claim: Claim) -> Claim {
        let Some(confidence) = claim.confidence() else { return claim };
        if claim.by_host {
            return claim;
        }
        let facts = self.facts();
        match (&facts.uses, &facts.homonym) {
            (None, Some(homonym)) => {
                Claim::new(Ruling::Not, format!("{}, but the text is about {homonym}", claim.reason), claim.span)
            }
            (Some(uses), None) if confidence == Confidence::Low && claim.may_rise => {
                let mut claim = Claim { ruling: Ruling::Ours(Confidence::Medium), ..claim };
                claim.trail.push(uses.clone());
                claim
            }
            _ => claim,
        }
    }

    /// Whose the value at the node `at` is.
    pub(super) fn whose(&self, at: Id, depth: usize) -> Option<Claim> {
        self.ask_levels(at, depth, &mut Slot::default())
    }

    fn ask_levels(&self, at: Id, depth: usize, slot: &mut Slot) -> Option<Claim> {
        let mut held: Option<Claim> = None;
        let mut node = at;
        for level in 0..LEVELS {
            let Some(container) = self.s.tree.parent(node) else { break };
            if let Some(claim) = self.ask(node, container, level, depth, slot, &mut held) {
                return Some(self.settle(claim, held));
            }
            if held.as_ref().is_some_and(|h| !h.is_ours() || h.confidence() >= Some(Confidence::Medium)) {
                break;
            }
            node = container;
        }
        held
    }

    /// A claim from further out against the one that a name nearer to the token made.
    fn settle(&self, claim: Claim, held: Option<Claim>) -> Claim {
        match held {
            Some(held) if !held.is_ours() => {
                if claim.by_host && claim.is_ours() {
                    claim
                } else {
                    held
                }
            }
            // A custom address beats a name; nothing else does.
            Some(held) if (!claim.by_host || claim.is_ours()) && held.confidence() >= Some(Confidence::Medium) => held,
            Some(held) if claim.is_ours() && held.is_ours() && held.confidence() >= claim.confidence() => held,
            _ => claim,
        }
    }

    /// One level: the names of the node, what stands in its item, what its container holds besides.
    fn ask(
        &self,
        node: Id,
        container: Id,
        level: usize,
        depth: usize,
        slot: &mut Slot,
        held: &mut Option<Claim>,
    ) -> Option<Claim> {
        let group =
            level > 0 && matches!(self.s.tree.kind(node), Kind::Round | Kind::Curly | Kind::Square | Kind::Block);
        if group && let Some(claim) = self.head_claim(node, slot, depth) {
            return Some(claim);
        }
        // What a call makes of its arguments is taken for the argument.
        if group
            && self.s.tree.kind(node) == Kind::Round
            && matches!(slot.path.last(), Some(Step::Index(_)))
            && self.s.callee(node).is_some()
        {
            slot.path.pop();
        }
        if self.s.tree.kind(node) == Kind::Section
            && let Some(claim) = self.section_claim(node, slot)
        {
            return Some(claim);
        }
        let mut names = self.s.names(node);
        if self.s.tree.kind(container) == Kind::Tag && names.is_empty() {
            names.extend(self.tag_name(container, node));
        }
        for name in &names {
            if let Some(claim) = self.name_claim(node, name, level, slot) {
                match claim.ruling {
                    Ruling::Other(_) if claim.own => *held = held.take().or(Some(claim)),
                    // What holds the slot speaks for all of it; what stands beside that holder is not asked.
                    Ruling::Ours(_) if !claim.may_rise && claim.confidence() >= Some(Confidence::Medium) => {
                        return Some(claim);
                    }
                    Ruling::Ours(_) if held.is_none() => *held = Some(claim),
                    Ruling::Ours(_) => {}
                    _ => return Some(claim),
                }
            }
        }
        if self.s.tree.kind(container) == Kind::Row {
            return self.row_claim(container, node, slot);
        }
        let item = self.s.item_of(node)?;
        if let Some(claim) = self.item_claim(node, item, slot, depth) {
            return Some(claim);
        }
        let claim = self.container_claim(item, container, level, slot, depth, &names);
        let joined = || self.list_claim(node).or_else(|| self.table_claim(item).filter(|_| slot.fit() != Fit::Not));
        match claim {
            Some(claim) if claim.by_host || claim.ruling == Ruling::Torn => Some(claim),
            claim => {
                if depth == 0 {
                    joined().or(claim)
                } else {
                    claim
                }
            }
        }
    }

    /// The name of the element whose content the node is.
    fn tag_name(&self, tag: Id, node: Id) -> Option<Name> {
        let tree = &self.s.tree;
        let name = tree.children(tag).next().filter(|&n| n != node)?;
        let text = tree.slice(name);
        // The elements of pages say nothing of what they hold.
        let telling = self.sense(text).owner.is_some() || self.sense(text).fit() == Fit::Secret;
        telling.then(|| Name { span: tree.span(name), node: name, bond: Bond::Assigned })
    }

    /// What a name says: the nearest ones about the token itself, those further out about what holds it.
    fn name_claim(&self, node: Id, name: &Name, level: usize, slot: &mut Slot) -> Option<Claim> {
        let text = self.text(name.span.clone()).to_vec();
        if text.is_empty() || text.len() > 160 || self.is_keyword(&text) {
            return None;
        }
        let sense = self.last_sense(&text);
        let inner = slot.sense.is_none() && self.is_own_name(node, level);
        let first = slot.path.is_empty();
        match name.bond {
            Bond::Listed(i) => slot.path.extend([Step::Index(i), Step::Name(text.clone())]),
            Bond::Assigned => slot.path.push(Step::Name(text.clone())),
            _ => {}
        }
        let quoted = || String::from_utf8_lossy(&text).into_owned();
        if inner {
            let means_something = sense.owner.is_some() || sense.fit() != Fit::Neutral || first;
            if means_something && (sense.fit() != Fit::Neutral || sense.owner.is_some()) {
                slot.sense = Some((*sense).clone());
                slot.name = text.clone();
            }
            let ruling = self.own_name(&sense, name);
            let bare = sense.owner == Some(Owner::Ours) && sense.roles & super::lexicon::role::SECRET == 0;
            let ruling = if bare { ruling.map(|r| self.bare_name(r, node, name)) } else { ruling };
            return ruling.map(|ruling| {
                let reason = match (&ruling, name.bond) {
                    (Ruling::Ours(_), Bond::Compared) => format!("compared with {}", quoted()),
                    (Ruling::Ours(_), Bond::Fallback) => format!("stands in for {}", quoted()),
                    (Ruling::Ours(_), _) => format!("bound to {}", quoted()),
                    (Ruling::Other(other), _) => format!("bound to {}: {other}'s", quoted()),
                    _ => format!("bound to {}: not the name of a key", quoted()),
                };
                let mut claim = Claim::new(ruling, reason, name.span.clone());
                claim.may_rise = true;
                claim.own = true;
                claim
            });
        }
        slot.nested |= !sense.stem.is_empty() && sense.owner.is_none() && !self.is_code_scope(node);
        self.scope_name(node, &sense, slot).map(|ruling| {
            let reason = match &ruling {
                Ruling::Ours(_) => format!("held by {}", quoted()),
                Ruling::Other(other) => format!("held by {}: {other}'s", quoted()),
                _ => format!("held by {}", quoted()),
            };
            Claim::new(ruling, reason, name.span.clone())
        })
    }

    /// What the provider's name alone says (`mistral: value`): much where keys are listed, little elsewhere.
    fn bare_name(&self, ruling: Ruling, node: Id, name: &Name) -> Ruling {
        if !matches!(ruling, Ruling::Ours(_)) {
            return ruling;
        }
        use super::lexicon::role;
        let tree = &self.s.tree;
        let Some(item) = self.s.item_of(node) else { return ruling };
        if self.s.holding(0).items.len() == 1 && item.container == 0 {
            return ruling;
        }
        // What holds the entry: `KEYS = {...}`, `api-key: [...]`.
        let outer = std::iter::once(item.container).chain(tree.ancestors(item.container)).take(4).find_map(|a| {
            let names = self.s.names(a);
            let first = names.into_iter().find(|n| n.span != name.span)?;
            Some(self.sense(self.text(first.span)))
        });
        let holding = self.s.holding(item.container);
        let others = (0..holding.items.len().min(200)).filter(|&i| i != item.index).any(|i| {
            let key = self.entry(holding.item(i)).0;
            key.is_some_and(|k| matches!(self.sense(tree.content(k)).owner, Some(Owner::Other(_))))
        });
        match outer {
            Some(sense) if sense.fit() == Fit::Not => Ruling::Not,
            Some(sense) if sense.roles & role::SECRET != 0 => Ruling::Ours(Confidence::High),
            _ if others => Ruling::Ours(Confidence::Medium),
            _ => Ruling::Ours(Confidence::Low),
        }
    }

    /// The sense of a name: of its last part alone, where what stands before is a name space (`plugin.mistralKey`).
    fn last_sense(&self, text: &[u8]) -> Rc<Sense> {
        let whole = self.sense(text);
        if whole.exact || whole.stem.is_empty() || whole.owner != Some(Owner::Ours) {
            return whole;
        }
        let Some(last) =
            text.rsplit(|b| matches!(b, b'.' | b':' | b'/' | b'\\')).next().filter(|l| l.len() < text.len())
        else {
            return whole;
        };
        let part = self.sense(last);
        if part.owner == Some(Owner::Ours) { part } else { whole }
    }

    /// Whether names at this level are the token's own: nothing but quotes and groups without names lie between.
    fn is_own_name(&self, node: Id, level: usize) -> bool {
        level == 0
            || matches!(
                self.s.tree.kind(node),
                Kind::Str | Kind::Round | Kind::Square | Kind::Curly | Kind::Element | Kind::Block
            )
    }

    /// Types and keywords between a name and its value.
    fn is_keyword(&self, text: &[u8]) -> bool {
        let word = String::from_utf8_lossy(text).to_lowercase();
        super::lexicon::lexicon().roles(word.trim_matches(|c: char| !c.is_alphanumeric()))
            & super::lexicon::role::KEYWORD
            != 0
    }

    /// What the token's own name says.
    pub(super) fn own_name(&self, sense: &Sense, name: &Name) -> Option<Ruling> {
        use super::lexicon::role;
        // `data-key` of an element is a handle of the page's own.
        if self.text(name.span.clone()).starts_with(b"data-") {
            return Some(Ruling::Not);
        }
        match &sense.owner {
            Some(Owner::Other(other)) => Some(Ruling::Other(other.clone())),
            _ if sense.fit() == Fit::Not => Some(Ruling::Not),
            Some(Owner::Ours) => {
                let secret = sense.roles & role::SECRET != 0;
                let confidence = match (sense.exact, secret, sense.stem.is_empty()) {
                    (true, _, _) | (_, true, true) => Confidence::High,
                    // `MISTRAL_API_KEY_2`: one of several of the kind.
                    (_, true, false) if sense.only_counts() => Confidence::High,
                    (_, true, false) => Confidence::Low,
                    (_, false, true) if sense.roles & (role::MODEL | role::ENDPOINT) == 0 => Confidence::Medium,
                    _ => return Some(Ruling::Not),
                };
                let most = if matches!(name.bond, Bond::Compared | Bond::Before) {
                    Confidence::Medium
                } else {
                    Confidence::High
                };
                let exact_enough = sense.exact || name.bond != Bond::Before || secret;
                exact_enough.then_some(Ruling::Ours(if sense.exact { confidence } else { confidence.min(most) }))
            }
            None => None,
        }
    }

    /// What the name of something that holds the slot says.
    fn scope_name(&self, node: Id, sense: &Sense, slot: &Slot) -> Option<Ruling> {
        use super::lexicon::role;
        let code = self.is_code_scope(node);
        match &sense.owner {
            Some(Owner::Other(other)) => Some(Ruling::Other(other.clone())),
            _ if sense.roles & (role::ID | role::FOREIGN) != 0 && !code && slot.fit() != Fit::Unknown => {
                Some(Ruling::Not)
            }
            Some(Owner::Ours) if slot.fit() >= Fit::Neutral => {
                let plain = sense.stem.is_empty();
                Some(Ruling::Ours(match (plain, code, slot.fit()) {
                    (true, false, Fit::Secret) => Confidence::High,
                    (true, _, _) => Confidence::Medium,
                    (false, _, _) => Confidence::Low,
                }))
            }
            Some(Owner::Ours) if slot.fit() == Fit::Unknown => Some(Ruling::Ours(Confidence::Low)),
            _ => None,
        }
    }

    /// Whether a group is the body of a function or a class.
    pub(super) fn is_code_scope(&self, node: Id) -> bool {
        if !matches!(self.s.tree.kind(node), Kind::Block | Kind::Curly) {
            return false;
        }
        let Some(item) = self.s.item_of(node) else { return false };
        let nodes = self.s.nodes(item);
        nodes.iter().take_while(|&&id| id < node).any(|&id| match self.s.tree.kind(id) {
            Kind::Round => true,
            Kind::Word => matches!(
                self.s.tree.slice(id),
                b"class"
                    | b"def"
                    | b"function"
                    | b"fn"
                    | b"func"
                    | b"fun"
                    | b"struct"
                    | b"impl"
                    | b"interface"
                    | b"enum"
                    | b"module"
                    | b"namespace"
                    | b"object"
                    | b"defmodule"
                    | b"sub"
                    | b"trait"
                    | b"extension"
                    | b"do"
            ),
            _ => false,
        })
    }

    /// What a section's header says.
    fn section_claim(&self, section: Id, slot: &mut Slot) -> Option<Claim> {
        let header = self.s.header(section);
        let (first, last) = (*header.first()?, *header.last()?);
        let span = self.s.tree.span(first).start..self.s.tree.span(last).end;
        let text = self.text(span.clone()).trim_ascii().trim_ascii_start();
        if text.len() > 200 {
            return None;
        }
        let sense = self.section_sense(text);
        slot.nested |= sense.owner.is_none() && !sense.stem.is_empty();
        let prose = self.s.tree.kind(first) != Kind::Square;
        let ruling = self.scope_name(section, &sense, slot)?;
        if prose && (!matches!(ruling, Ruling::Ours(_)) || sense.count > 4) {
            return None;
        }
        let title = String::from_utf8_lossy(text).into_owned();
        Some(Claim::new(ruling, format!("in section {title}"), span))
    }

    /// The sense of a header's last part that says something: `[tool.x.mistral.auth]` is mistral's.
    fn section_sense(&self, text: &[u8]) -> Rc<Sense> {
        for part in text.rsplit(|b| matches!(b, b'.' | b'\\' | b'/' | b':' | b'"' | b'[' | b']')) {
            let sense = self.sense(part);
            if sense.owner.is_some() || !sense.stem.is_empty() {
                return sense;
            }
        }
        self.sense(text)
    }

    /// What the call or block that a group belongs to says: its callee, its receivers, its labels.
    fn head_claim(&self, group: Id, slot: &Slot, depth: usize) -> Option<Claim> {
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
            if !matches!(kind, Kind::Word | Kind::Str) || local && n == 0 || self.is_constant(id) {
                continue;
            }
            let text = self.s.tree.content(id);
            if self.is_keyword(text) || text.len() > 120 {
                continue;
            }
            let Some((owner, known)) = self.callee(id) else { continue };
            let quoted = String::from_utf8_lossy(text).into_owned();
            let ruling = match owner {
                Owner::Other(other) => Ruling::Other(other),
                Owner::Ours if fit == Fit::Not => Ruling::Not,
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
        self.receiver_claim(group, &head, depth)
    }

    /// `NAME(...)`: a constant of an enumeration, not a class.
    fn is_constant(&self, id: Id) -> bool {
        let text = self.s.tree.slice(id);
        self.s.tree.kind(id) == Kind::Word && text.len() > 2 && !text.iter().any(u8::is_ascii_lowercase)
    }

    /// What a call is made on: a request, a client that was made with an address elsewhere.
    fn receiver_claim(&self, group: Id, head: &[Id], depth: usize) -> Option<Claim> {
        let call = self.s.tree.kind(group) == Kind::Round;
        let mut found: Option<Claim> = None;
        for &id in head {
            let claim = match self.s.tree.kind(id) {
                Kind::Word if call => self.resolve_base(id, depth).or_else(|| self.receiver(id, depth)),
                Kind::Round => self.arguments_claim(id, depth),
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

    /// The object whose method is called.
    fn receiver(&self, word: Id, depth: usize) -> Option<Claim> {
        let mut all = crate::structure::parts(self.s.tree.slice(word)).filter(|p| !matches!(*p, b"self" | b"this"));
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
        let base = crate::structure::parts(self.s.tree.slice(*word)).next()?;
        self.handle_claim(*word, base, depth + 1)
    }

    /// What else stands in the item: addresses of a command, further calls of a chain, a comment behind.
    fn item_claim(&self, node: Id, item: Item, slot: &Slot, depth: usize) -> Option<Claim> {
        let (nodes, at) = self.s.nodes_around(item, node)?;
        if self.is_tuple(&nodes) {
            return self.tuple_claim(&nodes, node, slot, depth);
        }
        let from = nodes[..at].iter().rposition(|&id| self.s.tree.kind(id) == Kind::Comma).map_or(0, |n| n + 1);
        let to = nodes[at..].iter().position(|&id| self.s.tree.kind(id) == Kind::Comma).map_or(nodes.len(), |n| at + n);
        self.command_claim(&nodes[from..to], node, slot, depth)
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

    /// What the other items of the container say, and what uses of the bound name say.
    fn container_claim(
        &self,
        item: Item,
        container: Id,
        level: usize,
        slot: &mut Slot,
        depth: usize,
        names: &[Name],
    ) -> Option<Claim> {
        if self.s.tree.kind(container) == Kind::Round
            && let Some(claim) = self.s.nodes(item).first().and_then(|&n| self.insert_claim(container, n, slot))
        {
            return Some(claim);
        }
        let record = self.is_record(container);
        if !record && let Some(claim) = self.uses_claim(item, slot, depth, names) {
            return Some(claim);
        }
        if !record && let Some(claim) = self.run_claim(item, slot) {
            return Some(claim);
        }
        if record && let Some(claim) = self.fields_claim(container, item.index, slot, level) {
            return Some(claim);
        }
        if record
            && self.holds_statements(container)
            && let Some(claim) = self.uses_claim(item, slot, depth, names)
        {
            return Some(claim);
        }
        if record
            && depth == 0
            && level <= 2
            && let Some(claim) = self.reference_claim(container, item.index, depth)
        {
            return Some(claim);
        }
        if matches!(self.s.tree.kind(container), Kind::Round | Kind::Square | Kind::Row | Kind::Str)
            && names.is_empty()
            && let Some((index, _)) = self.s.place(self.s.nodes(item).first().copied()?)
            && self.s.holding(container).items.len() > 1
        {
            slot.path.push(Step::Index(index));
        }
        None
    }
}
