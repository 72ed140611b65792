//! Structures that stand apart and belong together: lists of equal length, tables with the same keys. All of them are
//! read once for a text; `keys` tells the entries of tables, `namesakes` asks.

use super::claim::{Claim, Ruling};
use super::hosts;
use super::inquiry::Inquiry;
use super::terms::Owner;
use crate::rule::Confidence;
use crate::structure::{Id, Kind};
use foldhash::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// Lists with more elements are data.
pub(super) const LONG: usize = 64;

/// An owner that an element or an entry names.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) owner: Owner,
    pub(super) host: bool,
    /// Whether it is a whole record that names it.
    pub(super) record: bool,
    pub(super) span: Range<usize>,
    pub(super) shown: String,
}

/// The lists and tables of a text that name owners.
#[derive(Debug, Default)]
pub(super) struct Tables {
    /// Lists by their length.
    pub(super) lists: HashMap<usize, Vec<Vec<Option<Mark>>>>,
    /// Entries by their key: the table that holds them, and what they name.
    pub(super) entries: HashMap<Vec<u8>, Vec<(TableId, Mark)>>,
    /// The addresses of settings, by their table and the beginning of their names: `a.b` of `a.b.url`.
    pub(super) scopes: HashMap<(TableId, Vec<u8>), Vec<Mark>>,
    /// The constants of each enumeration.
    pub(super) enums: Vec<Vec<Vec<u8>>>,
    /// The keys of each table that names somebody.
    pub(super) keys: HashMap<TableId, Vec<Vec<u8>>>,
}

/// A table: a group, or the elements of a variable set one by one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum TableId {
    Group(Id),
    Variable(Id, Vec<u8>),
}

impl Inquiry<'_> {
    pub(super) fn tables(&self) -> Rc<Tables> {
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
        tables.enums.extend(self.enumeration(id));
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
    pub(super) fn value_parts(&self, nodes: &[Id]) -> Vec<Vec<Id>> {
        let (_, value) = self.key_and_value(nodes);
        let split = |nodes: &[Id]| {
            nodes
                .split(|&n| matches!(self.s.tree.kind(n), Kind::Comma | Kind::Semi))
                .map(<[Id]>::to_vec)
                .collect::<Vec<_>>()
        };
        let parts = split(value);
        // `config :name, host: a, key: b`: settings, no list.
        let keyed = parts.iter().skip(1).any(|p| self.key_and_value(p).0.is_some());
        if keyed { Vec::new() } else { parts }
    }

    /// What an element names: an address, or exactly a provider.
    pub(super) fn element(&self, nodes: &[Id]) -> Option<Mark> {
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
        let keyed = crate::detect::tokens::Runs::new(text)
            .any(|r| r.len() >= 20 && crate::detect::shape::looks_random(&text[r]));
        if keyed || text.iter().filter(|b| **b == b' ').count() > 3 {
            return None;
        }
        let last = text.rsplit(|b| matches!(b, b'.' | b':')).next().unwrap_or(text);
        let owner = self.terms.value(text).or_else(|| self.terms.value(last))?;
        Some(Mark { owner, host: false, record: false, span, shown })
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

pub(super) fn mark_claim(mark: &Mark, how: &str, confidence: Confidence) -> Claim {
    let ruling = match &mark.owner {
        Owner::Ours => Ruling::Ours(confidence),
        Owner::Other(other) => Ruling::Other(other.clone()),
    };
    let mut claim = Claim::new(ruling, format!("{how} {}", mark.shown), mark.span.clone());
    claim.by_host = mark.host;
    claim
}
