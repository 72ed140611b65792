//! What the fields beside a token say: addresses, providers, classes, models, names. Read once for each container.

use super::claim::{Claim, Ruling, Slot};
use super::hosts::{self, Host};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Known, Owner, Sense};
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind};
use std::ops::Range;
use std::rc::Rc;

/// How many nodes of a value are searched for addresses.
const SEARCH: usize = 160;
/// From how many fields on names have to match.
const MANY: usize = 9;

/// How a field names an owner; the first beats the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signal {
    Host,
    Provider,
    Class,
    Model,
    Name,
}

/// A field that names an owner.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) signal: Signal,
    pub(super) owner: Owner,
    /// What its key says; None: an argument without a name.
    pub(super) key: Option<Rc<Sense>>,
    pub(super) item: usize,
    pub(super) span: Range<usize>,
    /// The value, for people.
    pub(super) shown: String,
}

/// What a container's fields say.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// How many of its fields could hold a credential.
    pub(super) slots: usize,
    /// Whether it looks like a row of content: an id and a title, a role, a body.
    pub(super) content: bool,
    /// Names of name-value pairs, by item.
    pub(super) pairs: Vec<(usize, Id)>,
    pub(super) items: usize,
}

impl Inquiry<'_> {
    /// The fields of a container.
    pub(super) fn fields(&self, container: Id) -> Rc<Fields> {
        if let Some(known) = self.memory.fields.borrow().get(&container) {
            return known.clone();
        }
        let made = Rc::new(self.read_fields(container));
        self.memory.fields.borrow_mut().insert(container, made.clone());
        made
    }

    fn read_fields(&self, container: Id) -> Fields {
        let holding = self.s.holding(container);
        let mut out = Fields { items: holding.items.len(), ..Fields::default() };
        let flags = self.s.tree.kind(container) == Kind::Square;
        let mut flag: Option<Id> = None;
        let (mut has_id, mut has_text) = (false, false);
        for index in 0..holding.items.len() {
            let nodes = holding.item(index);
            let (key, value) = self.key_and_value(nodes);
            let key = key.or(flag.take());
            if flags && value.len() == 1 && self.s.tree.content(value[0]).starts_with(b"-") {
                flag = Some(value[0]);
                continue;
            }
            let sense = key.map(|k| self.sense(self.s.tree.content(k)));
            if let Some(sense) = &sense {
                out.slots += usize::from(sense.fit() == Fit::Secret && !self.holds_group(value));
                let name = self.s.tree.content(key.unwrap_or_default()).to_ascii_lowercase();
                has_id |= matches!(name.as_slice(), b"id" | b"_id" | b"uuid");
                has_text |= matches!(
                    name.as_slice(),
                    b"title"
                        | b"body"
                        | b"content"
                        | b"role"
                        | b"text"
                        | b"message"
                        | b"conversation"
                        | b"messages"
                        | b"created_at"
                        | b"createdat"
                );
                if sense.roles & role::PAIR_NAME != 0 && sense.stem.is_empty() {
                    out.pairs.extend(value.first().map(|&v| (index, v)));
                }
            }
            self.value_signals(sense.as_ref(), value, index, 0, &mut out.fields);
        }
        out.content = has_id && has_text;
        out
    }

    fn holds_group(&self, value: &[Id]) -> bool {
        value.iter().any(|&v| matches!(self.s.tree.kind(v), Kind::Block | Kind::Curly | Kind::Square))
    }

    /// The key of an item, if it has one, and the nodes of its value.
    pub(super) fn key_and_value<'n>(&self, nodes: &'n [Id]) -> (Option<Id>, &'n [Id]) {
        let tree = &self.s.tree;
        let is_bond = |id: Id| {
            tree.kind(id) == Kind::Op
                && matches!(tree.slice(id), b"=" | b":" | b":=" | b"=>" | b"<-" | b"?=" | b"->" | b"~>")
        };
        // `name: type = value`: the key is the first, the value behind the last.
        let first = nodes.iter().take(8).position(|&id| is_bond(id));
        match first {
            Some(at) if at > 0 => {
                let left = nodes[at - 1];
                let key = match tree.kind(left) {
                    Kind::Word | Kind::Flag | Kind::Str => Some(left),
                    Kind::Square => tree.children(left).find(|&k| matches!(tree.kind(k), Kind::Str | Kind::Word)),
                    _ => nodes[..at].iter().rev().find(|&&k| tree.kind(k) == Kind::Word).copied(),
                };
                let typed = tree.slice(nodes[at]) == b":";
                let second = nodes[at + 1..].iter().take(6).position(|&id| tree.slice(id) == b"=").filter(|_| typed);
                (key, &nodes[second.map_or(at + 1, |n| at + 2 + n)..])
            }
            _ => match nodes {
                // `directive value`, `:key value`, `--flag value`
                [name, rest @ ..]
                    if !rest.is_empty()
                        && matches!(tree.kind(*name), Kind::Word | Kind::Flag)
                        && self.is_directive(rest) =>
                {
                    (Some(*name), rest)
                }
                _ => (None, nodes),
            },
        }
    }

    fn is_directive(&self, rest: &[Id]) -> bool {
        let tree = &self.s.tree;
        rest.len() <= 8
            && !rest.iter().any(|&id| matches!(tree.kind(id), Kind::Round | Kind::Block))
            && tree.dialect().family != Family::Json
    }

    /// What a value says under a key.
    pub(super) fn value_signals(
        &self,
        key: Option<&Rc<Sense>>,
        value: &[Id],
        item: usize,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let roles = key.map_or(0, |k| k.roles);
        let aside = roles & role::ASIDE != 0
            && roles & role::SECRET == 0
            && !(roles & role::ENDPOINT != 0
                && key.is_some_and(|k| k.stem.is_empty() && k.count <= 2 && roles & role::NEUTRAL != 0));
        let found = out.len();
        for &node in value.iter().take(24) {
            if !aside {
                self.hosts_of(key, node, item, roles & role::ENDPOINT != 0, depth, out);
            }
        }
        let Some((&first, &last)) = value.first().zip(value.last()) else { return };
        let solid = matches!(self.s.tree.kind(first), Kind::Word | Kind::Str | Kind::Flag);
        if !solid || self.holds_group(value) && self.s.tree.kind(first) != Kind::Str {
            return;
        }
        let (span, text) = self.scalar(first, last, value);
        if text.is_empty() || text.len() > 120 {
            return;
        }
        if out.len() == found && roles & role::ENDPOINT != 0 && !aside && roles & role::PROVIDER == 0 {
            self.bare_endpoint(key, text, &span, item, out);
        }
        self.scalar_signals(key, roles, text, span, item, out);
    }

    /// The text of a value that is no group: without its quotes, without a comment behind.
    fn scalar(&self, first: Id, last: Id, value: &[Id]) -> (Range<usize>, &[u8]) {
        let tree = &self.s.tree;
        if tree.kind(first) == Kind::Str {
            let content = tree.content(first);
            return (tree.span(first), content);
        }
        let last = value.iter().rev().find(|&&id| tree.kind(id) != Kind::Comment).copied().unwrap_or(last);
        let span = tree.span(first).start..tree.span(last).end;
        (span.clone(), self.text(span))
    }

    fn scalar_signals(
        &self,
        key: Option<&Rc<Sense>>,
        roles: u16,
        text: &[u8],
        span: Range<usize>,
        item: usize,
        out: &mut Vec<Field>,
    ) {
        let shown = || String::from_utf8_lossy(text.trim_ascii()).into_owned();
        let mut push = |signal, owner| {
            out.push(Field { signal, owner, key: key.cloned(), item, span: span.clone(), shown: shown() });
        };
        let named_key = key.is_some_and(|k| k.owner.is_some());
        if roles & role::PROVIDER != 0 && !named_key || key.is_none() {
            let last = text.rsplit(|b| matches!(b, b'.' | b':' | b'\\')).next().unwrap_or(text);
            if let Some(owner) = self.terms.value(last).or_else(|| self.terms.value(text)) {
                let strong = roles & role::PROVIDER != 0 && roles & role::NAMING == 0;
                return push(if strong { Signal::Provider } else { Signal::Name }, owner);
            }
            if text.iter().any(u8::is_ascii_uppercase)
                && !text.contains(&b' ')
                && let Some((owner, Known::Listed | Known::ByName)) = self.terms.callee(text)
            {
                return push(Signal::Class, owner);
            }
        }
        if roles & role::MODEL != 0 || key.is_none() {
            if let Some(owner) = self.terms.model(text) {
                return push(Signal::Model, owner);
            }
        }
        if roles & role::NAMING != 0
            && !named_key
            && let Some(owner) = self.terms.value(text)
        {
            push(Signal::Name, owner);
        }
    }

    /// A value under an endpoint's key that is no address by its form: a host's short name.
    fn bare_endpoint(
        &self,
        key: Option<&Rc<Sense>>,
        text: &[u8],
        span: &Range<usize>,
        item: usize,
        out: &mut Vec<Field>,
    ) {
        let plain = text.len() >= 2
            && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-.:/_".contains(b))
            && !text.starts_with(b"/");
        let strict =
            key.is_some_and(|k| k.stem.is_empty() && k.roles & (role::PROVIDER | role::MODEL | role::SECRET) == 0);
        if !plain || !strict || text.iter().all(u8::is_ascii_digit) || self.is_reference(text) {
            return;
        }
        let name = String::from_utf8_lossy(text).to_lowercase();
        let host = Host { path: String::new(), span: span.clone(), name };
        let known = host.name.contains('.')
            || host.name.contains(':')
            || super::lexicon::lexicon().owner(&host.name).is_some()
            || host.name == "localhost";
        if known && let Some(owner) = self.terms.host(&host) {
            out.push(Field {
                signal: Signal::Host,
                owner,
                key: key.cloned(),
                item,
                span: span.clone(),
                shown: host.name,
            });
        }
    }

    /// Whether a name is bound somewhere in the text (then it is no value).
    fn is_reference(&self, text: &[u8]) -> bool {
        self.s.tree.dialect().family == Family::Code && !text.contains(&b'/')
    }

    /// Addresses in a node of a value.
    fn hosts_of(
        &self,
        key: Option<&Rc<Sense>>,
        node: Id,
        item: usize,
        endpoint: bool,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let tree = &self.s.tree;
        let mut push = |host: Host| {
            let owner = self.terms.host(&host);
            if let Some(owner) = owner {
                out.push(Field {
                    signal: Signal::Host,
                    owner,
                    key: key.cloned(),
                    item,
                    span: host.span,
                    shown: host.name,
                });
            }
        };
        match tree.kind(node) {
            Kind::Url => hosts::of_url(tree.slice(node), tree.span(node).start).into_iter().for_each(push),
            Kind::Str => {
                let urls: Vec<Id> = tree.children(node).filter(|&k| tree.kind(k) == Kind::Url).collect();
                if urls.is_empty() {
                    let span = tree.span(node);
                    hosts::bare(tree.content(node), span.start).into_iter().for_each(&mut push);
                    if endpoint || key.is_none() {
                        self.interpolated(node, item, key, depth, out);
                    }
                } else if tree.content(node).len() < 400 {
                    urls.into_iter().filter_map(|u| hosts::of_url(tree.slice(u), tree.span(u).start)).for_each(push);
                    self.interpolated(node, item, key, depth, out);
                }
            }
            Kind::Word => {
                let span = tree.span(node);
                match hosts::bare(tree.slice(node), span.start) {
                    Some(host) => push(host),
                    None => self.resolved_host(node, item, key, depth, out),
                }
            }
            Kind::Round => self.search(node, item, key, out),
            Kind::Curly | Kind::Square | Kind::Block if endpoint => self.search(node, item, key, out),
            _ => {}
        }
    }

    /// Names within a string that stand for an address: `"${BASE}/v1"`.
    fn interpolated(&self, string: Id, item: usize, key: Option<&Rc<Sense>>, depth: usize, out: &mut Vec<Field>) {
        for child in self.s.tree.children(string).take(12) {
            match self.s.tree.kind(child) {
                Kind::Curly | Kind::Round => {
                    for word in self.s.tree.children(child).take(3).filter(|&w| self.s.tree.kind(w) == Kind::Word) {
                        self.resolved_host(word, item, key, depth, out);
                    }
                }
                Kind::Word if self.s.tree.slice(child).starts_with(b"$") => {
                    self.resolved_host(child, item, key, depth, out)
                }
                _ => {}
            }
        }
    }

    /// A name that stands for an address.
    fn resolved_host(&self, word: Id, item: usize, key: Option<&Rc<Sense>>, depth: usize, out: &mut Vec<Field>) {
        if let Some(claim) = self.resolve_base(word, depth + 1).filter(|c| c.by_host) {
            let owner = match claim.ruling {
                Ruling::Ours(_) => Owner::Ours,
                Ruling::Other(other) => Owner::Other(other),
                _ => return,
            };
            let shown = String::from_utf8_lossy(self.s.tree.slice(word)).into_owned();
            out.push(Field { signal: Signal::Host, owner, key: key.cloned(), item, span: claim.span, shown });
        }
    }

    /// All addresses within a group.
    fn search(&self, group: Id, item: usize, key: Option<&Rc<Sense>>, out: &mut Vec<Field>) {
        let end = self.s.tree.node(group).after.min(group + SEARCH as Id);
        for id in group + 1..end {
            let host = match self.s.tree.kind(id) {
                Kind::Url => hosts::of_url(self.s.tree.slice(id), self.s.tree.span(id).start),
                Kind::Str => {
                    hosts::bare(self.s.tree.content(id), self.s.tree.span(id).start).filter(|h| h.name.contains('.'))
                }
                _ => None,
            };
            if let Some(host) = host
                && let Some(owner) = self.terms.host(&host)
            {
                out.push(Field {
                    signal: Signal::Host,
                    owner,
                    key: key.cloned(),
                    item,
                    span: host.span,
                    shown: host.name,
                });
            }
        }
    }

    /// The claim of the fields of `container` for the item `index`.
    pub(super) fn fields_claim(&self, container: Id, index: usize, slot: &mut Slot, level: usize) -> Option<Claim> {
        let fields = self.fields(container);
        if let Some(claim) = self.pair_claim(&fields, index, slot, container) {
            return Some(claim);
        }
        let positional = self.s.tree.kind(container) == Kind::Square;
        if positional && fields.items > 6 && fields.fields.iter().all(|f| f.key.is_none()) {
            return None;
        }
        let flat = self.is_flat(container, &fields);
        let others = fields.fields.iter().filter(|f| f.item != index);
        let fitting: Vec<(&Field, u8)> =
            others.filter_map(|f| fits(f, slot, flat, fields.slots).map(|fit| (f, fit))).collect();
        let confidence = confidence_of(slot, level, &fields);
        decide(&fitting, confidence).or_else(|| self.nested_claim(container, index, slot, &fields))
    }

    /// Whether a container lists many things beside one another, so that names must tell which belong together.
    fn is_flat(&self, container: Id, fields: &Fields) -> bool {
        matches!(self.s.tree.kind(container), Kind::File | Kind::Section | Kind::Fence | Kind::Comment | Kind::Str)
            || fields.items >= MANY && fields.slots > 1
    }

    /// `{ name: MISTRAL_API_KEY, value: ... }`, `("MISTRAL_API_KEY", "...")`: the name is a value.
    fn pair_claim(&self, fields: &Fields, index: usize, slot: &mut Slot, container: Id) -> Option<Claim> {
        let holding = self.s.holding(container);
        let valued = slot.sense.as_ref().is_none_or(|s| s.stem.is_empty() && s.owner.is_none());
        if !valued {
            return None;
        }
        let call = self.s.tree.kind(container) == Kind::Round;
        let names: Vec<Id> = if call {
            (0..index)
                .rev()
                .take(2)
                .filter_map(|i| match holding.item(i) {
                    [one] => Some(*one),
                    _ => None,
                })
                .collect()
        } else {
            fields.pairs.iter().filter(|(i, _)| *i != index).map(|(_, id)| *id).collect()
        };
        for id in names {
            let text = self.s.tree.content(id);
            if text.is_empty()
                || text.len() > 100
                || text.contains(&b' ') && text.len() > 40
                || hosts::bare(text, 0).is_some()
                || text.windows(3).any(|w| w == b"://")
            {
                continue;
            }
            let path_last = text.rsplit(|b| *b == b'/').next().unwrap_or(text);
            let sense = self.sense(if path_last.is_empty() { text } else { path_last });
            let whole = self.sense(text);
            let sense = if sense.owner.is_none() && whole.owner.is_some() { whole } else { sense };
            let telling = sense.roles & (role::SECRET | role::ID | role::FOREIGN) != 0 || sense.exact;
            if !telling {
                continue;
            }
            let name = crate::structure::Name { span: self.s.tree.span(id), node: id, bond: Bond::Assigned };
            let ruling = self.own_name(&sense, &name);
            slot.sense = Some((*sense).clone());
            slot.name = text.to_vec();
            if let Some(ruling) = ruling {
                return Some(Claim::new(
                    ruling,
                    format!("is the value of {}", String::from_utf8_lossy(text)),
                    name.span,
                ));
            }
        }
        None
    }

    /// The only addresses anywhere beside the token within what holds it.
    fn nested_claim(&self, container: Id, index: usize, slot: &Slot, fields: &Fields) -> Option<Claim> {
        let kind = self.s.tree.kind(container);
        let holds =
            matches!(kind, Kind::Curly | Kind::Block | Kind::Element | Kind::Fence | Kind::File | Kind::Section);
        if !holds || slot.fit() != Fit::Secret || fields.items > 24 || !fields.fields.iter().all(|f| f.item == index) {
            return None;
        }
        let holding = self.s.holding(container);
        let mut found = Vec::new();
        let mut budget = 400usize;
        for i in (0..holding.items.len()).filter(|i| *i != index) {
            for &node in holding.item(i) {
                if !matches!(self.s.tree.kind(node), Kind::Curly | Kind::Square | Kind::Block) {
                    continue;
                }
                let size = (self.s.tree.node(node).after - node) as usize;
                budget = budget.checked_sub(size)?;
                if self.has_slot(node) {
                    return None;
                }
                self.search(node, i, None, &mut found);
            }
        }
        let first = found.first()?;
        if found.iter().any(|f| f.owner != first.owner) {
            return None;
        }
        let mut claim = field_claim(first, Confidence::Medium);
        claim.by_host = true;
        Some(claim)
    }

    /// Whether a group holds a field that is itself a credential's.
    fn has_slot(&self, group: Id) -> bool {
        (group + 1..self.s.tree.node(group).after).any(|id| {
            matches!(self.s.tree.kind(id), Kind::Word | Kind::Str) && {
                let next = self.s.tree.node(id).after;
                let keyed =
                    (next as usize) < self.s.tree.len() && matches!(self.s.tree.slice(next), b":" | b"=" | b"=>");
                keyed && self.sense(self.s.tree.content(id)).fit() == Fit::Secret
            }
        })
    }

    /// What stands in the same item beside the token.
    pub(super) fn command_claim(&self, nodes: &[Id], node: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let mut found = Vec::new();
        let mut comments = Vec::new();
        let mut flag: Option<Id> = None;
        let behind = nodes.iter().position(|&n| n == node).unwrap_or(0);
        let command = nodes.iter().any(|&n| tree.kind(n) == Kind::Flag);
        for (n, &id) in nodes.iter().enumerate() {
            let key = flag
                .take()
                .filter(|_| matches!(tree.kind(id), Kind::Str | Kind::Word | Kind::Url))
                .map(|f| self.sense(tree.slice(f)));
            match tree.kind(id) {
                _ if id == node => {}
                Kind::Flag => flag = Some(id),
                Kind::Url => self.hosts_of(None, id, 0, true, depth, &mut found),
                Kind::Str if command || key.is_some() => {
                    self.value_signals(key.as_ref(), &nodes[n..=n], 0, depth, &mut found)
                }
                Kind::Word if command && key.is_some() => {
                    self.value_signals(key.as_ref(), &nodes[n..=n], 0, depth, &mut found)
                }
                Kind::Word if command => self.hosts_of(None, id, 0, true, depth, &mut found),
                Kind::Round if n > behind && tree.kind(node) == Kind::Round => self.chained(id, depth, &mut found),
                Kind::Comment => comments.push(id),
                _ => {}
            }
        }
        found.retain(|f: &Field| f.signal != Signal::Name);
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        let confidence = confidence_of(slot, 0, &Fields::default());
        let claim = decide(&fitting, confidence).or_else(|| self.command_name(nodes, node, slot));
        claim.or_else(|| comments.into_iter().find_map(|c| self.comment_claim(c, slot)))
    }

    /// The program that a command runs, if it is another owner's.
    fn command_name(&self, nodes: &[Id], node: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        if !nodes.iter().any(|&n| tree.kind(n) == Kind::Flag) || nodes.first() == Some(&node) || slot.fit() == Fit::Not
        {
            return None;
        }
        let words = nodes.iter().take(12).filter(|&&n| tree.kind(n) == Kind::Word && n != node);
        words.into_iter().find_map(|&w| match self.terms.callee(tree.slice(w)) {
            Some((Owner::Other(other), Known::ByName)) => {
                Some(Claim::new(Ruling::Other(other.clone()), format!("in a command of {other}"), tree.span(w)))
            }
            _ => None,
        })
    }

    /// Addresses among the arguments of a further call of a chain: `.apiKey(K).baseUrl("https://...")`.
    fn chained(&self, round: Id, depth: usize, out: &mut Vec<Field>) {
        let callee = self.s.callee(round).map(|c| self.sense(self.s.tree.slice(c)));
        for child in self.s.tree.children(round).take(8) {
            if matches!(self.s.tree.kind(child), Kind::Str | Kind::Url | Kind::Word) {
                self.hosts_of(callee.as_ref(), child, 0, true, depth, out);
            }
        }
    }

    /// Addresses among the arguments of a call that the token's call goes on from.
    pub(super) fn arguments_claim(&self, round: Id, depth: usize) -> Option<Claim> {
        let mut found = Vec::new();
        self.chained(round, depth, &mut found);
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        decide(&fitting, Confidence::High)
    }

    /// A comment beside the token that gives the host.
    fn comment_claim(&self, comment: Id, slot: &Slot) -> Option<Claim> {
        if slot.fit() == Fit::Not {
            return None;
        }
        let end = self.s.tree.node(comment).after.min(comment + 40);
        (comment + 1..end).find_map(|id| {
            let text = self.s.tree.slice(id);
            let host = match self.s.tree.kind(id) {
                Kind::Url => hosts::of_url(text, self.s.tree.span(id).start)?,
                Kind::Word => hosts::bare(text, self.s.tree.span(id).start)?,
                _ => return None,
            };
            (self.terms.host(&host) == Some(Owner::Ours)).then(|| {
                Claim::new(Ruling::Ours(Confidence::Medium), format!("beside a comment on {}", host.name), host.span)
            })
        })
    }

    /// Whether a container's items are fields, arguments, settings: most of them have a key.
    pub(super) fn is_record(&self, container: Id) -> bool {
        match self.s.tree.kind(container) {
            Kind::Round | Kind::Square | Kind::Tag => return true,
            Kind::Row => return false,
            _ => {}
        }
        if let Some(known) = self.memory.records.borrow().get(&container) {
            return *known;
        }
        let made = self.mostly_keyed(container);
        self.memory.records.borrow_mut().insert(container, made);
        made
    }

    fn mostly_keyed(&self, container: Id) -> bool {
        let tree = &self.s.tree;
        let holding = self.s.holding(container);
        let (mut keyed, mut all) = (0usize, 0usize);
        for index in 0..holding.items.len().min(400) {
            let nodes = holding.item(index);
            let Some(&first) = nodes.first() else { continue };
            if tree.kind(first) == Kind::Comment || nodes.len() == 1 && matches!(tree.kind(first), Kind::Square) {
                continue;
            }
            all += 1;
            let statement = matches!(
                tree.slice(first),
                b"if"
                    | b"for"
                    | b"while"
                    | b"return"
                    | b"def"
                    | b"class"
                    | b"function"
                    | b"func"
                    | b"fn"
                    | b"import"
                    | b"from"
                    | b"with"
                    | b"try"
                    | b"else"
                    | b"elif"
                    | b"except"
                    | b"raise"
                    | b"throw"
                    | b"switch"
                    | b"case"
                    | b"print"
                    | b"using"
                    | b"use"
                    | b"package"
                    | b"require"
                    | b"include"
                    | b"async"
                    | b"await"
                    | b"echo"
            );
            let calls = nodes.iter().any(|&id| tree.kind(id) == Kind::Round);
            let bonded = nodes.iter().take(8).any(|&id| {
                tree.kind(id) == Kind::Op && matches!(tree.slice(id), b"=" | b":" | b":=" | b"=>" | b"?=" | b"->")
            });
            keyed += usize::from(
                bonded
                    && !statement
                    && !(calls && tree.dialect().family == Family::Code && tree.kind(container) != Kind::Curly),
            );
            keyed += usize::from(
                !bonded && nodes.len() <= 8 && nodes.len() >= 2 && tree.kind(container) == Kind::Curly && !calls,
            );
        }
        all > 0 && keyed * 10 >= all * 7
    }

    /// Whether what is bound in a container are variables rather than fields of data.
    pub(super) fn holds_statements(&self, container: Id) -> bool {
        !matches!(self.s.tree.kind(container), Kind::Square | Kind::Row | Kind::Tag)
            && self.s.tree.dialect().family != Family::Json
    }

    /// The item's number within its container, for a node.
    pub(super) fn index_of(&self, node: Id) -> Option<Item> {
        self.s.item_of(node)
    }
}

/// How well a field goes with the slot: 2 the same words, 1 nothing against it; None: it belongs to something else.
fn fits(field: &Field, slot: &Slot, flat: bool, slots: usize) -> Option<u8> {
    let Some(key) = &field.key else { return Some(1) };
    if let Some(Owner::Other(_)) = key.owner {
        return None;
    }
    let (ours, theirs) = (slot.stem(), key.stem.as_slice());
    let alone = slots <= 1 && !flat;
    let named = |owner: &Option<Owner>| matches!(owner, Some(Owner::Ours));
    let key_named = named(&key.owner);
    let slot_named = slot.sense.as_ref().is_some_and(|s| named(&s.owner));
    if ours == theirs && key_named == slot_named {
        return Some(2);
    }
    if slot_named && !key_named && flat {
        return None;
    }
    if ours == theirs || (ours.is_empty() || theirs.is_empty()) && !flat || alone {
        return Some(1);
    }
    None
}

/// How sure a field of this container can make.
fn confidence_of(slot: &Slot, level: usize, fields: &Fields) -> Confidence {
    let _ = level;
    if fields.content && slot.name.eq_ignore_ascii_case(b"key") {
        return Confidence::Low;
    }
    match slot.fit() {
        Fit::Secret | Fit::Neutral => Confidence::High,
        Fit::Unknown => Confidence::Medium,
        Fit::Not => Confidence::Low,
    }
}

/// The claim of the strongest signal; several owners of it make none, unless one goes better with the slot.
pub(super) fn decide(fitting: &[(&Field, u8)], confidence: Confidence) -> Option<Claim> {
    let strongest = fitting.iter().map(|(f, _)| f.signal).min()?;
    let of: Vec<&(&Field, u8)> = fitting.iter().filter(|(f, _)| f.signal == strongest).collect();
    let best = of.iter().map(|(_, fit)| *fit).max()?;
    let first = of.iter().find(|(_, fit)| *fit == best)?.0;
    if of.iter().filter(|(_, fit)| *fit == best).any(|(f, _)| f.owner != first.owner) {
        let mut torn = Claim::new(Ruling::Torn, "several owners are named beside it", first.span.clone());
        torn.by_host = strongest == Signal::Host;
        return Some(torn);
    }
    let weaker = if strongest == Signal::Name { confidence.min(Confidence::Medium) } else { confidence };
    Some(field_claim(first, weaker))
}

fn field_claim(field: &Field, confidence: Confidence) -> Claim {
    let what = match field.signal {
        Signal::Host => "host",
        Signal::Provider => "provider",
        Signal::Class => "class",
        Signal::Model => "model",
        Signal::Name => "name",
    };
    let ruling = match &field.owner {
        Owner::Ours => Ruling::Ours(confidence),
        Owner::Other(other) => Ruling::Other(other.clone()),
    };
    let mut claim = Claim::new(ruling, format!("beside the {what} {}", field.shown), field.span.clone());
    claim.by_host = field.signal == Signal::Host;
    claim
}
