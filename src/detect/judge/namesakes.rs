//! What other lists and tables say of a token: the element at the same place, the entry under the same key, the record
//! that refers to the token's.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::joins::{LONG, Mark, TableId, Tables, mark_claim};
use super::keys::scope_of;
use super::terms::Fit;
use crate::rule::Confidence;
use crate::structure::{Id, Item, Kind};

impl Inquiry<'_> {
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
        // A record is no element beside names.
        let record = matches!(self.s.tree.kind(node), Kind::Curly | Kind::Block | Kind::Element);
        if record && self.s.holding(node).items.len() > 1 {
            return None;
        }
        let holding = self.s.holding(item.container);
        let nodes = holding.item(item.index);
        if nodes.len() > 4 * LONG {
            return None;
        }
        if nodes.iter().any(|&n| matches!(self.s.tree.kind(n), Kind::Comma | Kind::Semi)) {
            let parts = self.value_parts(nodes);
            let index = parts.iter().position(|p| p.as_slice() == [node])?;
            return (parts.len() > 1).then_some((index, parts.len()));
        }
        let count = holding.items.len();
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
        if let Some(claim) = self.scoped_claim(&tables, &mine, &key) {
            return Some(claim);
        }
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
    /// What the only address says among settings that begin as the token's does.
    fn scoped_claim(&self, tables: &Tables, table: &TableId, key: &[u8]) -> Option<Claim> {
        let scope = scope_of(key)?;
        let last = self.sense(&key[scope.len() + 1..]);
        let marks = tables.scopes.get(&(table.clone(), scope.to_vec()))?;
        let first = marks
            .first()
            .filter(|f| last.fit() == Fit::Secret && marks.iter().take(LONG).all(|m| m.owner == f.owner))?;
        let mut claim = mark_claim(first, "among the settings with", Confidence::High);
        claim.scoped = true;
        Some(claim)
    }

    /// What the places say that refer to the token's record by its name: `credential: eu-key` beside a host.
    pub(super) fn reference_claim(&self, container: Id, index: usize, depth: usize, strict: bool) -> Option<Claim> {
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
            // Another record of the name is no reference to this one.
            let alike = |p: Id| {
                let node = tree.parent(p).filter(|&s| tree.kind(s) == Kind::Str).unwrap_or(p);
                let holder = self.s.item_of(node).map(|i| self.s.nodes(i));
                holder.is_some_and(|nodes| {
                    self.key_and_value(&nodes).0.is_some_and(|k| tree.content(k) == tree.content(key))
                })
            };
            for &place in
                places.iter().filter(|&&p| !(tree.holds(container, p) || self.is_entry_key(p) || strict && alike(p)))
            {
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
