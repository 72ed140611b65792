//! What the fields beside a token say: addresses, providers, classes, models, names. Read once for each container.

use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Owner, Sense};
use crate::structure::{Family, Id, Kind};
use std::ops::Range;
use std::rc::Rc;

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
    /// The first field that is a credential's and nothing else: `api_key`.
    pub(super) plain_slot: Option<usize>,
    /// Whether it looks like a row of content: an id and a title, a role, a body.
    pub(super) content: bool,
    /// Names of name-value pairs, by item.
    pub(super) pairs: Vec<(usize, Id)>,
    /// A field of the rule's own name that holds its key, or a reference to it.
    pub(super) own_slot: Option<usize>,
    /// Fields that hold a group of the rule's name: what is the provider's stands there.
    pub(super) own_block: Option<usize>,
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
            if let [tag] = nodes
                && self.s.tree.kind(*tag) == Kind::Tag
            {
                self.tag_field(*tag, index, &mut out);
                continue;
            }
            if nodes.first().is_some_and(|&n| self.s.tree.slice(n) == b"<<") {
                self.merged_fields(container, nodes, index, &mut out.fields);
                continue;
            }
            let (key, value) = self.entry(nodes);
            // A list within an item names one owner for each of its elements, not for what stands beside it.
            let listed = value.iter().any(|&v| matches!(self.s.tree.kind(v), Kind::Comma | Kind::Semi));
            let value = if listed { Vec::new() } else { value };
            let key = key.or(flag.take());
            if flags && value.len() == 1 && self.s.tree.content(value[0]).starts_with(b"-") {
                flag = Some(value[0]);
                continue;
            }
            let sense = key.map(|k| self.sense(self.s.tree.content(k)));
            if let Some(sense) = &sense {
                if sense.owner == Some(Owner::Ours) && self.holds_group(&value) {
                    out.own_block = Some(index);
                }
                out.slots += usize::from(sense.fit() == Fit::Secret && !self.holds_group(&value));
                let plain =
                    sense.fit() == Fit::Secret && sense.full.is_empty() && sense.owner.is_none() && value.len() == 1;
                if plain && !self.holds_group(&value) && out.plain_slot.is_none() {
                    out.plain_slot = Some(index);
                }
                if sense.owner == Some(Owner::Ours)
                    && sense.fit() == Fit::Secret
                    && sense.stem.is_empty()
                    && !self.holds_group(&value)
                {
                    out.own_slot = Some(index);
                }
                let name = self.s.tree.content(key.unwrap_or_default()).to_ascii_lowercase();
                has_id |= matches!(name.as_slice(), b"id" | b"_id" | b"uuid");
                has_text |= is_content(&name);
                if sense.roles & role::PAIR_NAME != 0 && sense.stem.is_empty() && sense.owner.is_none() {
                    out.pairs.extend(value.first().map(|&v| (index, v)));
                }
            }
            self.value_signals(sense.as_ref(), &value, index, 0, &mut out.fields);
        }
        self.objects(container, &mut out);
        out.content = has_id && has_text;
        out
    }

    /// `<<: *name`, `<<: [*a, *b]`: the fields of what bears the name, as if they stood here.
    fn merged_fields(&self, container: Id, nodes: &[Id], index: usize, out: &mut Vec<Field>) {
        let tree = &self.s.tree;
        let (Some(&first), Some(&last)) = (nodes.first(), nodes.last()) else { return };
        let own = self.s.holding(container);
        let own = |key: Id| {
            (0..own.items.len().min(60))
                .filter_map(|i| self.key_and_value(own.item(i)).0)
                .any(|k| tree.content(k) == tree.content(key))
        };
        let names = (first..tree.node(last).after.min(first + 24)).filter(|&n| tree.kind(n) == Kind::Word);
        for name in names.filter(|&n| tree.slice(n - 1) == b"*") {
            let anchor = |p: &&Id| **p > 0 && tree.slice(**p - 1) == b"&";
            let words = self.s.words();
            let Some(&place) = words.of(tree.slice(name)).iter().take(24).find(anchor) else { continue };
            let block = tree.node(place).after;
            let found = (block as usize) < tree.len()
                && matches!(tree.kind(block), Kind::Block | Kind::Curly)
                && !tree.holds(block, container);
            let holding = self.s.holding(if found { block } else { continue });
            for i in 0..holding.items.len().min(24) {
                let (key, value) = self.key_and_value(holding.item(i));
                if let Some(key) = key.filter(|&k| !own(k)) {
                    self.value_signals(Some(&self.sense(tree.content(key))), value, index, 0, out);
                }
            }
        }
    }

    /// The key and the value of an item: as written, as the only line of a list's element (`- NAME=value`), as a
    /// string of that form, or as a record of a name and a value.
    pub(super) fn entry(&self, nodes: &[Id]) -> (Option<Id>, Vec<Id>) {
        let tree = &self.s.tree;
        let (key, value) = self.key_and_value(nodes);
        let [only] = nodes else { return (key, value.to_vec()) };
        if tree.kind(*only) == Kind::Element
            && let [record] = self.s.holding(*only).item(0)
            && tree.kind(*record) == Kind::Curly
        {
            return self.entry(&[*record]);
        }
        match tree.kind(*only) {
            Kind::Element | Kind::Str => {
                let holding = self.s.holding(*only);
                if holding.items.len() == 1 && holding.item(0).iter().take(3).any(|&n| tree.slice(n) == b"=") {
                    let (key, value) = self.key_and_value(holding.item(0));
                    return (key, value.to_vec());
                }
                self.named_value(*only).unwrap_or((key, value.to_vec()))
            }
            Kind::Curly => self.named_value(*only).unwrap_or((key, value.to_vec())),
            _ => (key, value.to_vec()),
        }
    }

    /// `{ name: NAME, value: ... }`: the name as a key, and the value.
    fn named_value(&self, record: Id) -> Option<(Option<Id>, Vec<Id>)> {
        let tree = &self.s.tree;
        let holding = self.s.holding(record);
        if !matches!(tree.kind(record), Kind::Element | Kind::Curly) || holding.items.len() > 8 {
            return None;
        }
        let (mut name, mut found) = (None, None);
        for i in 0..holding.items.len() {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = tree.content(key?).to_ascii_lowercase();
            match key.as_slice() {
                b"name" | b"key" | b"variable" | b"env" => name = name.or(value.first().copied()),
                b"value" | b"val" => found = Some(value.to_vec()),
                _ => {}
            }
        }
        Some((Some(name?), found?))
    }

    /// A child element as a field: `<name>text</name>`, `<property name="..." value="..."/>`.
    fn tag_field(&self, tag: Id, index: usize, out: &mut Fields) {
        let tree = &self.s.tree;
        if tree.node(tag).after - tag > 80 {
            return;
        }
        let Some(name) = tree.children(tag).next() else { return };
        let sense = self.sense(tree.slice(name));
        match self.tag_text(tag) {
            Some((first, last, _)) => {
                let value: Vec<Id> = tree.walk(first, tree.node(last).after).collect();
                self.value_signals(Some(&sense), &value, index, 0, &mut out.fields);
            }
            None => {
                let named = self.tag_key(tag).map(|k| self.sense(self.s.tree.content(k)));
                out.slots += usize::from(named.as_ref().is_some_and(|n| n.fit() == Fit::Secret));
                let key = named.as_ref().or((sense.roles & role::ENDPOINT != 0).then_some(&sense));
                self.search(tag, index, key, &mut out.fields);
            }
        }
    }

    /// The value of an element's attribute that names it.
    fn tag_key(&self, tag: Id) -> Option<Id> {
        let holding = self.s.holding(tag);
        (0..holding.items.len()).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            let named = matches!(self.s.tree.slice(key?), b"key" | b"name" | b"Key" | b"Name");
            named.then(|| value.first().copied())?
        })
    }

    /// The text of an element that holds nothing else: its first and last nodes, and the bytes.
    pub(super) fn tag_text(&self, tag: Id) -> Option<(Id, Id, Range<usize>)> {
        let tree = &self.s.tree;
        let kids: Vec<Id> = tree.children(tag).collect();
        let head = kids.iter().position(|&k| tree.kind(k) == Kind::Op && tree.slice(k) == b">")?;
        let content = &kids[head + 1..];
        let solid: Vec<Id> =
            content.iter().copied().filter(|&k| !matches!(tree.kind(k), Kind::Line | Kind::Gap)).collect();
        // `<cell><p>text</p></cell>`
        if let [inner] = solid.as_slice()
            && tree.kind(*inner) == Kind::Tag
            && tree.node(*inner).after - inner < 24
        {
            return self.tag_text(*inner);
        }
        let (first, last) = (*solid.first()?, *solid.last()?);
        let plain = !solid.iter().any(|&k| tree.kind(k) == Kind::Tag);
        plain.then(|| (first, last, tree.span(first).start..tree.span(last).end))
    }

    pub(super) fn holds_group(&self, value: &[Id]) -> bool {
        value.iter().any(|&v| matches!(self.s.tree.kind(v), Kind::Block | Kind::Curly | Kind::Square))
    }

    /// The key of an item, if it has one, and the nodes of its value.
    pub(super) fn key_and_value<'n>(&self, nodes: &'n [Id]) -> (Option<Id>, &'n [Id]) {
        let tree = &self.s.tree;
        let is_bond = |id: Id| {
            let paired = tree.slice(id) == b"to"
                && tree.family(id) == Family::Code
                && tree.parent(id).is_some_and(|p| tree.kind(p) == Kind::Round);
            paired
                || tree.kind(id) == Kind::Op
                    && matches!(tree.slice(id), b"=" | b":" | b":=" | b"=>" | b"<-" | b"?=" | b"->" | b"~>")
        };
        let nodes = match nodes {
            [sign, word, rest @ ..] if tree.slice(*sign) == b"#" && tree.slice(*word) == b"define" => rest,
            _ => nodes,
        };
        // `001c: name: value`: the place in a trace.
        let nodes = match nodes {
            [place, sign, rest @ ..]
                if tree.dialect().family == Family::Prose
                    && tree.slice(*sign) == b":"
                    && (4..=8).contains(&tree.slice(*place).len())
                    && tree.slice(*place).iter().all(u8::is_ascii_hexdigit)
                    && rest.iter().take(2).any(|&id| is_bond(id)) =>
            {
                rest
            }
            _ => nodes,
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
        // `BASE + "/path"`: an expression.
        let joined = rest.first().is_some_and(|&id| {
            tree.kind(id) == Kind::Op
                && matches!(tree.slice(id), b"+" | b"." | b".." | b"&" | b"<>" | b"++" | b"||" | b"%")
        });
        let joined = joined || matches!(rest, [a, b, ..] if tree.slice(*a) == b"<" && tree.slice(*b) == b">");
        rest.len() <= 8
            && !(joined && tree.dialect().family == Family::Code)
            && !rest.iter().any(|&id| matches!(tree.kind(id), Kind::Round | Kind::Block))
            && tree.dialect().family != Family::Json
    }
}

/// Names of fields that hold what people write.
fn is_content(name: &[u8]) -> bool {
    matches!(
        name,
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
    )
}
