//! Structures that stand apart and belong together: lists of equal length, tables with the same keys. All of them are
//! read once for a text.

use super::claim::{Claim, Ruling, Slot};
use super::hosts;
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// Lists with more elements are data.
const LONG: usize = 64;

/// An owner that an element or an entry names.
#[derive(Clone, Debug)]
struct Mark {
    owner: Owner,
    host: bool,
    /// Whether it is a whole record that names it.
    record: bool,
    span: Range<usize>,
    shown: String,
}

/// The lists and tables of a text that name owners.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Lists by their length.
    lists: HashMap<usize, Vec<Vec<Option<Mark>>>>,
    /// Entries by their key: the table that holds them, and what they name.
    entries: HashMap<Vec<u8>, Vec<(TableId, Mark)>>,
    /// The keys of each table that names somebody.
    keys: HashMap<TableId, Vec<Vec<u8>>>,
}

/// A table: a group, or the elements of a variable set one by one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum TableId {
    Group(Id),
    Variable(Id, Vec<u8>),
}

impl Inquiry<'_> {
    fn tables(&self) -> Rc<Tables> {
        if let Some(known) = self.memory.tables.borrow().as_ref() {
            return known.clone();
        }
        let made = Rc::new(self.read_tables());
        *self.memory.tables.borrow_mut() = Some(made.clone());
        made
    }

    fn read_tables(&self) -> Tables {
        let mut tables = Tables::default();
        for id in 0..self.s.tree.len() as Id {
            match self.s.tree.kind(id) {
                Kind::Row | Kind::Comment | Kind::Tag => {}
                kind if kind.is_container() => self.read_container(id, kind, &mut tables),
                _ => {}
            }
        }
        tables
    }

    fn read_container(&self, id: Id, kind: Kind, tables: &mut Tables) {
        let holding = self.s.holding(id);
        if holding.items.is_empty() || holding.kids.len() > 20_000 {
            return;
        }
        if self.is_list(id, kind) && (2..=LONG).contains(&holding.items.len()) {
            let bare = |i: usize| Some(holding.item(i)).filter(|nodes| self.key_and_value(nodes).0.is_none());
            tables.add_list((0..holding.items.len()).map(|i| bare(i).and_then(|nodes| self.element(nodes))).collect());
        }
        for index in 0..holding.items.len() {
            let nodes = holding.item(index);
            if nodes.len() <= 4 * LONG && nodes.iter().any(|&n| matches!(self.s.tree.kind(n), Kind::Comma | Kind::Semi))
            {
                let parts = self.value_parts(nodes);
                if (2..=LONG).contains(&parts.len()) {
                    tables.add_list(parts.iter().map(|p| self.element(p)).collect());
                }
            }
            self.read_entry(id, nodes, tables);
        }
    }

    /// Whether a container's items are elements without names: no call's arguments.
    fn is_list(&self, id: Id, kind: Kind) -> bool {
        match kind {
            Kind::Square | Kind::Str | Kind::Block => true,
            // Of two elements only texts make a list: `{key, value}` is none.
            Kind::Round | Kind::Curly => {
                let holding = self.s.holding(id);
                let texts = |r: &Range<usize>| {
                    holding.kids[r.clone()]
                        .iter()
                        .all(|&k| matches!(self.s.tree.kind(k), Kind::Str | Kind::Url | Kind::Comment))
                };
                self.s.callee(id).is_none() && (holding.items.len() > 2 || holding.items.iter().all(texts))
            }
            _ => false,
        }
    }

    /// The parts of a list that is written as an item: `names = a, b, c`.
    fn value_parts(&self, nodes: &[Id]) -> Vec<Vec<Id>> {
        let (_, value) = self.key_and_value(nodes);
        value.split(|&n| matches!(self.s.tree.kind(n), Kind::Comma | Kind::Semi)).map(<[Id]>::to_vec).collect()
    }

    /// What an element names: an address, or exactly a provider.
    fn element(&self, nodes: &[Id]) -> Option<Mark> {
        let nodes: Vec<Id> = nodes
            .iter()
            .copied()
            .filter(|&n| !matches!(self.s.tree.kind(n), Kind::Comment | Kind::Line | Kind::Gap))
            .collect();
        let record = |n: &Id| {
            matches!(
                self.s.tree.kind(*n),
                Kind::Curly | Kind::Square | Kind::Round | Kind::Block | Kind::Element | Kind::Tag
            )
        };
        if nodes.iter().any(|n| record(n) && self.s.holding(*n).items.len() > 1) {
            return None;
        }
        let (first, last) = (*nodes.first()?, *nodes.last()?);
        let span = self.s.tree.span(first).start..self.s.tree.span(last).end;
        let text = if nodes.len() == 1 { self.s.tree.content(first) } else { self.text(span.clone()) };
        if text.len() > 160 {
            return None;
        }
        let shown = String::from_utf8_lossy(text).into_owned();
        if let Some(host) = hosts::bare(text, span.start) {
            let owner = self.terms.host(&host)?;
            return Some(Mark { owner, host: true, record: false, span, shown: host.name });
        }
        if text.iter().filter(|b| **b == b' ').count() > 3 {
            return None;
        }
        let last = text.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or(text);
        let owner = self.terms.value(text).or_else(|| self.terms.value(last))?;
        Some(Mark { owner, host: false, record: false, span, shown })
    }

    fn read_entry(&self, container: Id, nodes: &[Id], tables: &mut Tables) {
        let Some((table, key)) = self.entry_key(container, nodes) else { return };
        let second: Option<Vec<Id>> = match nodes {
            [pair] => self.pair(*pair).map(|(_, second)| vec![second]),
            _ => self.arm(nodes).map(|(_, value)| value),
        };
        let value = match &second {
            Some(second) => second.as_slice(),
            None => self.key_and_value(nodes).1,
        };
        let mark = match value {
            [] => None,
            [one] if matches!(self.s.tree.kind(*one), Kind::Curly | Kind::Block) => self.only_host(*one),
            [one] if self.s.tree.kind(*one).is_container() && self.s.tree.kind(*one) != Kind::Str => None,
            _ => self.element(value).or_else(|| self.host_within(value)),
        };
        tables.keys.entry(table.clone()).or_default().push(key.clone());
        if let Some(mark) = mark {
            tables.entries.entry(key).or_default().push((table, mark));
        }
    }

    /// The owner of the addresses of a small record, if it is one.
    fn only_host(&self, record: Id) -> Option<Mark> {
        if self.s.tree.node(record).after - record > 60 {
            return None;
        }
        let fields = self.fields(record);
        let mut hosts = fields.fields.iter().filter(|f| f.signal == super::fields::Signal::Host);
        let first = hosts.next()?;
        let alone = hosts.all(|f| f.owner == first.owner);
        alone.then(|| Mark {
            owner: first.owner.clone(),
            host: true,
            record: true,
            span: first.span.clone(),
            shown: first.shown.clone(),
        })
    }

    /// The first address among the arguments of a value.
    fn host_within(&self, value: &[Id]) -> Option<Mark> {
        let round = *value.iter().find(|&&v| self.s.tree.kind(v) == Kind::Round)?;
        self.s.tree.children(round).take(4).find_map(|k| self.element(&[k]).filter(|m| m.host))
    }

    /// The key of an entry and its table: `key: value` in a group, `NAME[key] = value`.
    fn entry_key(&self, container: Id, nodes: &[Id]) -> Option<(TableId, Vec<u8>)> {
        let tree = &self.s.tree;
        if let [base, square, sign, ..] = nodes
            && tree.kind(*base) == Kind::Word
            && tree.kind(*square) == Kind::Square
            && tree.slice(*sign) == b"="
        {
            let inner = tree.children(*square).next()?;
            return Some((TableId::Variable(container, tree.slice(*base).to_vec()), tree.content(inner).to_vec()));
        }
        // `case "key": return value`, `when 'key' then value`, `"key" -> value`, `key "value";`
        if let Some((key, _)) = self.arm(nodes) {
            // The heads of one function are a table of their own.
            let function = match nodes {
                [word, name, ..] if matches!(tree.slice(*word), b"def" | b"defp") => tree.slice(*name),
                [name, _, sign, _] if tree.slice(*sign) == b"=" => tree.slice(*name),
                _ => return Some((TableId::Group(container), key)),
            };
            return Some((TableId::Variable(container, function.to_vec()), key));
        }
        if let [pair] = nodes
            && let Some((first, _)) = self.pair(*pair)
        {
            return Some((TableId::Group(container), tree.content(first).to_vec()));
        }
        let (key, value) = self.key_and_value(nodes);
        let key = key?;
        // `directive value` is no entry of a table.
        let bound = nodes
            .iter()
            .take(8)
            .any(|&n| tree.kind(n) == Kind::Op && matches!(tree.slice(n), b":" | b"=" | b"=>" | b"->" | b":="));
        if !bound {
            return None;
        }
        let text = tree.content(key);
        if text.is_empty() || text.len() > 80 || value.is_empty() {
            return None;
        }
        Some((TableId::Group(container), text.to_vec()))
    }

    /// A branch that gives a value for a key: `case "key": return value`, `"key" => value`, `key "value";`.
    fn arm(&self, nodes: &[Id]) -> Option<(Vec<u8>, Vec<Id>)> {
        let tree = &self.s.tree;
        let text = |k: Id| matches!(tree.kind(k), Kind::Str | Kind::Word);
        let (key, rest) = match nodes {
            [word, key, rest @ ..]
                if matches!(tree.slice(*word), b"case" | b"Case" | b"when" | b"WHEN" | b"elif" | b"|")
                    && text(*key) =>
            {
                (tree.content(*key).to_vec(), rest)
            }
            // `def host(:key), do: value`, `host Key = value`
            [word, name, round, .., last]
                if matches!(tree.slice(*word), b"def" | b"defp")
                    && tree.kind(*name) == Kind::Word
                    && tree.kind(*round) == Kind::Round
                    && tree.kind(*last) == Kind::Str =>
            {
                let key = tree.children(*round).next()?;
                return Some((tree.content(key).to_vec(), vec![*last]));
            }
            [name, round, sign, value]
                if tree.kind(*name) == Kind::Word
                    && tree.kind(*round) == Kind::Round
                    && tree.slice(*sign) == b"="
                    && tree.kind(*value) == Kind::Str =>
            {
                return Some((tree.slice(*round).to_vec(), vec![*value]));
            }
            [name, key, sign, value]
                if tree.kind(*name) == Kind::Word
                    && tree.kind(*key) == Kind::Word
                    && tree.slice(*sign) == b"="
                    && tree.kind(*value) == Kind::Str
                    && tree.family(*name) == Family::Code
                    && tree.slice(*key).first().is_some_and(u8::is_ascii_uppercase) =>
            {
                return Some((tree.slice(*key).to_vec(), vec![*value]));
            }
            [first, .., last] if tree.kind(*last) == Kind::Str && self.is_map_line(*first) => {
                let key = tree.span(*first).start..tree.span(*last).start;
                return Some((self.text(key).trim_ascii().to_vec(), vec![*last]));
            }
            _ => return None,
        };
        let rest = match rest {
            [.., block] if rest.len() <= 2 && tree.kind(*block) == Kind::Block => {
                self.s.holding(*block).item(0).to_vec()
            }
            _ => rest.to_vec(),
        };
        let words: [&[u8]; 8] = [b":", b"->", b"=>", b"then", b"THEN", b"return", b"Return", b"="];
        let skip = rest.iter().take_while(|&&n| words.contains(&tree.slice(n))).count();
        let value = rest[skip..].to_vec();
        (!value.is_empty()).then_some((key, value))
    }

    /// A line of a map as nginx and its kin write them: words within braces, each line ended by a semicolon.
    fn is_map_line(&self, first: Id) -> bool {
        let tree = &self.s.tree;
        let Some(group) = tree.parent(first).filter(|&p| tree.kind(p) == Kind::Curly) else { return false };
        let Some(item) = self.s.item_of(group) else { return false };
        let map =
            self.s.nodes(item).first().is_some_and(|&n| matches!(tree.slice(n), b"map" | b"geo" | b"split_clients"));
        map && tree.family(first) == Family::Code
    }

    /// `["key", value]`, `("key", value)`: an entry of a map that is written as a pair.
    fn pair(&self, group: Id) -> Option<(Id, Id)> {
        let tree = &self.s.tree;
        if !matches!(tree.kind(group), Kind::Square | Kind::Round | Kind::Curly) {
            return None;
        }
        let holding = self.s.holding(group);
        let ([first], [second]) = (holding.item(0), holding.item(1)) else { return None };
        let named = matches!(tree.kind(*first), Kind::Str | Kind::Word);
        (holding.items.len() == 2 && named).then_some((*first, *second))
    }

    /// What a list of the same length says at the same place.
    pub(super) fn list_claim(&self, node: Id) -> Option<Claim> {
        let (index, length) = self.list_place(node)?;
        let tables = self.tables();
        let lists = tables.lists.get(&length)?;
        let mut marks: Vec<&Mark> = lists.iter().filter_map(|l| l[index].as_ref()).collect();
        if marks.iter().any(|m| m.host) {
            marks.retain(|m| m.host);
        }
        let first = *marks.first()?;
        if marks.iter().any(|m| m.owner != first.owner) {
            return Some(Claim::new(Ruling::Torn, "lists beside it name several owners", first.span.clone()));
        }
        Some(mark_claim(first, "at the place of", Confidence::High))
    }

    fn list_place(&self, node: Id) -> Option<(usize, usize)> {
        let item = self.s.item_of(node)?;
        let nodes = self.s.nodes(item);
        if nodes.iter().any(|&n| matches!(self.s.tree.kind(n), Kind::Comma | Kind::Semi)) {
            let parts = self.value_parts(&nodes);
            let index = parts.iter().position(|p| p.as_slice() == [node])?;
            return (parts.len() > 1).then_some((index, parts.len()));
        }
        let count = self.s.holding(item.container).items.len();
        let single = nodes.iter().filter(|&&n| self.s.tree.kind(n) != Kind::Comment).count() == 1;
        let list = matches!(
            self.s.tree.kind(item.container),
            Kind::Square | Kind::Round | Kind::Curly | Kind::Str | Kind::Block
        );
        (single && list && (2..=LONG).contains(&count)).then_some((item.index, count))
    }

    /// What another table says under the same key.
    pub(super) fn table_claim(&self, item: Item) -> Option<Claim> {
        let pair = item.index == 1 && self.pair(item.container).is_some();
        let item = if pair { self.s.item_of(item.container)? } else { item };
        let nodes = self.s.nodes(item);
        let (mine, key) = self.entry_key(item.container, &nodes)?;
        let sense = self.sense(&key);
        // The names of fields are the same in every record; the keys of a table are names of their own.
        use super::lexicon::role;
        let field = role::SECRET
            | role::ENDPOINT
            | role::PROVIDER
            | role::MODEL
            | role::NAMING
            | role::PAIR_NAME
            | role::PAIR_VALUE;
        if key.len() > 2 && sense.stem.is_empty() && sense.roles & field != 0 || sense.fit() == Fit::Not {
            return None;
        }
        let tables = self.tables();
        let entries = tables.entries.get(&key)?;
        let keys = tables.keys.get(&mine)?;
        let mut marks: Vec<&Mark> = Vec::new();
        for (table, mark) in entries.iter().filter(|(t, _)| *t != mine).take(24) {
            let Some(theirs) = tables.keys.get(table) else { continue };
            let shared = theirs.iter().take(LONG).filter(|k| keys.iter().take(LONG).any(|m| m == *k)).count();
            if shared >= 2 && shared * 2 >= theirs.len().min(keys.len()) {
                marks.push(mark);
            }
        }
        // A record goes with a value of the same name, not with another record: those share the names of fields.
        let value = self.key_and_value(&nodes).1;
        if value.len() != 1
            || value.iter().any(|&v| matches!(self.s.tree.kind(v), Kind::Curly | Kind::Block | Kind::Square))
        {
            marks.retain(|m| !m.record);
        }
        if marks.iter().any(|m| m.host) {
            marks.retain(|m| m.host);
        }
        let first = *marks.first()?;
        if marks.iter().any(|m| m.owner != first.owner) {
            return None;
        }
        Some(mark_claim(first, "under the same key as", Confidence::High))
    }
}

impl Inquiry<'_> {
    /// What the places say that refer to the token's record by its name: `credential: eu-key` beside a host.
    pub(super) fn reference_claim(&self, container: Id, index: usize, depth: usize) -> Option<Claim> {
        use super::lexicon::role;
        let tree = &self.s.tree;
        let holding = self.s.holding(container);
        if holding.items.len() > 24 {
            return None;
        }
        for i in (0..holding.items.len()).filter(|i| *i != index) {
            let (key, value) = self.key_and_value(holding.item(i));
            let [value] = value else { continue };
            let Some(key) = key.filter(|_| matches!(tree.kind(*value), Kind::Word | Kind::Str)) else { continue };
            let sense = self.sense(tree.content(key));
            let name = tree.content(*value);
            // The name of a header or a setting is used by many.
            let common = self.sense(name).full.is_empty() && !name.iter().any(u8::is_ascii_digit);
            if sense.roles & (role::NAMING | role::ID) == 0 || common || !(2..=60).contains(&name.len()) {
                continue;
            }
            let words = self.s.words();
            let places = words.of(name);
            if !(2..=12).contains(&places.len()) {
                continue;
            }
            let mut found: Option<Claim> = None;
            for &place in places.iter().filter(|&&p| !tree.holds(container, p) && !self.is_entry_key(p)) {
                // The record of the reference speaks; the reference's own name is no owner's.
                let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
                let beside = self
                    .s
                    .item_of(node)
                    .and_then(|i| self.fields_claim(i.container, i.index, &mut Slot::default(), depth + 1));
                let Some(claim) = beside.or_else(|| self.whose(place, depth + 1)) else { continue };
                match &found {
                    Some(known) if known.ruling != claim.ruling => return None,
                    _ => found = Some(claim),
                }
            }
            if let Some(claim) = found.filter(|c| c.by_host || c.confidence() >= Some(Confidence::Medium)) {
                return Some(claim.at_most(Confidence::Medium));
            }
        }
        None
    }

    /// Whether a word is the key of an entry.
    fn is_entry_key(&self, word: Id) -> bool {
        let tree = &self.s.tree;
        let node = tree.parent(word).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(word);
        self.s.item_of(node).is_some_and(|item| self.key_and_value(&self.s.nodes(item)).0 == Some(node))
    }
}

impl Tables {
    /// Keeps a list if enough of its elements name somebody.
    fn add_list(&mut self, marks: Vec<Option<Mark>>) {
        let named = marks.iter().flatten().count();
        if named * 2 >= marks.len() && named > 0 {
            self.lists.entry(marks.len()).or_default().push(marks);
        }
    }
}

fn mark_claim(mark: &Mark, how: &str, confidence: Confidence) -> Claim {
    let ruling = match &mark.owner {
        Owner::Ours => Ruling::Ours(confidence),
        Owner::Other(other) => Ruling::Other(other.clone()),
    };
    let mut claim = Claim::new(ruling, format!("{how} {}", mark.shown), mark.span.clone());
    claim.by_host = mark.host;
    claim
}
