//! Rows of SQL: columns are the names of their values, and a row may point to another table's row by its id.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::lexicon::words;
use crate::structure::{Bond, Id, Kind, Name};
use std::rc::Rc;

/// How many rows of other tables are looked at.
const ROWS: usize = 2000;

/// The rows that a text inserts.
#[derive(Debug, Default)]
pub(super) struct Inserts {
    rows: Vec<InsertRow>,
}

/// Where the values of an INSERT begin, its table, its columns.
pub(super) type Head = (Id, Vec<String>, Rc<Vec<Vec<u8>>>);

#[derive(Debug, Clone)]
struct InsertRow {
    table: Vec<String>,
    columns: Rc<Vec<Vec<u8>>>,
    round: Id,
}

impl Inquiry<'_> {
    /// What the row of an INSERT says of the value at `node` in it.
    pub(super) fn insert_claim(&self, round: Id, node: Id, slot: &mut Slot) -> Option<Claim> {
        let row = self.insert_row(round)?;
        let mine = self.s.holding(round).item_of(node)?;
        if let Some(column) = row.columns.get(mine) {
            let sense = self.sense(column);
            let name = Name { span: self.s.tree.span(node), node: round, bond: Bond::Assigned };
            slot.sense = Some((*sense).clone());
            slot.name.clone_from(column);
            if let Some(ruling) = self.own_name(&sense, &name) {
                let reason = format!("in the column {}", String::from_utf8_lossy(column));
                return Some(Claim::new(ruling, reason, name.span));
            }
        }
        if let Some(claim) = self.row_cells(&row, Some(mine), slot) {
            return Some(claim);
        }
        let none = || Claim::new(Ruling::Not, "nothing in its row says whose it is", self.s.tree.span(node));
        Some(self.foreign_row(&row, mine, slot).unwrap_or_else(none))
    }

    /// What the cells of a row name.
    fn row_cells(&self, row: &InsertRow, mine: Option<usize>, slot: &Slot) -> Option<Claim> {
        let holding = self.s.holding(row.round);
        let mut best: Option<(u8, Claim)> = None;
        for index in (0..holding.items.len()).filter(|i| Some(*i) != mine) {
            let Some((span, text)) = self.cell(row.round, index) else { continue };
            let head = row.columns.get(index).map(Vec::as_slice);
            let Some((rank, claim)) = self.cell_claim(&text, span, head, index + 1, slot) else { continue };
            // A row of people: what they prefer is not whose token it is.
            let (hints, _) = self.terms.hints();
            let trade =
                |w: &String| matches!(w.as_str(), "llm" | "ai" | "ki" | "ia" | "provider" | "api" | "vendor" | "model");
            let people = !row.table.iter().any(trade)
                && row.table.iter().any(|w| super::beside::is_people(w) || hints.contains(w));
            if people && !claim.by_host {
                continue;
            }
            super::claim::keep_best(&mut best, rank, claim);
        }
        best.map(|(_, claim)| claim)
    }

    /// What the row says to which a column like `provider_id` points.
    fn foreign_row(&self, row: &InsertRow, mine: usize, slot: &Slot) -> Option<Claim> {
        let inserts = self.inserts();
        for (index, column) in row.columns.iter().enumerate().filter(|(i, _)| *i != mine) {
            let parts = words(column);
            let [stem @ .., last] = parts.as_slice() else { continue };
            if stem.is_empty() || !matches!(last.as_str(), "id" | "ref" | "uuid" | "key" | "code") {
                continue;
            }
            let Some((_, value)) = self.cell(row.round, index) else { continue };
            let base = stem.last()?;
            let is_table = |r: &&InsertRow| {
                r.table.iter().any(|w| w == base || w.strip_suffix('s') == Some(base)) && r.round != row.round
            };
            for other in inserts.rows.iter().filter(is_table).take(ROWS) {
                let id = other
                    .columns
                    .iter()
                    .position(|c| matches!(c.to_ascii_lowercase().as_slice(), b"id" | b"uuid" | b"code"))
                    .unwrap_or(0);
                if self.cell(other.round, id).is_some_and(|(_, text)| text == value) {
                    return self.row_cells(other, Some(id), slot);
                }
            }
        }
        None
    }

    fn inserts(&self) -> Rc<Inserts> {
        if let Some(known) = self.memory.inserts.borrow().as_ref() {
            return known.clone();
        }
        let tree = &self.s.tree;
        let rounds = (0..tree.len() as Id).filter(|&id| tree.kind(id) == Kind::Round);
        let rows = rounds.filter_map(|id| self.insert_row(id)).collect();
        let made = Rc::new(Inserts { rows });
        *self.memory.inserts.borrow_mut() = Some(made.clone());
        made
    }

    /// The group as a row of an INSERT, if it is one.
    fn insert_row(&self, round: Id) -> Option<InsertRow> {
        let tree = &self.s.tree;
        let container = tree.parent(round)?;
        let anchor = if tree.kind(container) == Kind::Block { container } else { round };
        let item = self.s.item_of(anchor)?;
        let known = self.memory.statements.borrow().get(&item).cloned();
        let head = match known {
            Some(head) => head,
            None => {
                let head = self.insert_head(&self.s.nodes(item));
                self.memory.statements.borrow_mut().insert(item, head.clone());
                head
            }
        };
        let (values, table, columns) = head?;
        (round > values).then_some(InsertRow { table, columns, round })
    }

    /// `INSERT INTO table (columns) VALUES`: where the values begin, the table, its columns.
    fn insert_head(&self, nodes: &[Id]) -> Option<Head> {
        let tree = &self.s.tree;
        let is = |id: Id, word: &[u8]| tree.kind(id) == Kind::Word && tree.slice(id).eq_ignore_ascii_case(word);
        let into = nodes.iter().take(12).position(|&n| is(n, b"into"))?;
        let table = *nodes.get(into + 1)?;
        let values = *nodes.iter().take(40).find(|&&n| is(n, b"values"))?;
        let list = nodes[into..].iter().copied().take_while(|&n| n < values).find(|&n| tree.kind(n) == Kind::Round);
        let columns = match list {
            Some(round) => self.first_words(round),
            None => self.created_columns(tree.content(table)),
        };
        Some((values, words(tree.content(table)), Rc::new(columns)))
    }

    fn first_words(&self, round: Id) -> Vec<Vec<u8>> {
        let holding = self.s.holding(round);
        let name = |i: usize| {
            let first = holding.item(i).iter().find(|&&n| matches!(self.s.tree.kind(n), Kind::Word | Kind::Str));
            first.map(|&n| self.s.tree.content(n).to_vec())
        };
        (0..holding.items.len()).filter_map(name).filter(|n| !is_constraint(n)).collect()
    }

    /// The columns of `CREATE TABLE name (...)`.
    fn created_columns(&self, table: &[u8]) -> Vec<Vec<u8>> {
        let tree = &self.s.tree;
        let words = self.s.words();
        let created = words.of(table).iter().find_map(|&place| {
            let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
            let next = tree.node(node).after;
            let before = node.checked_sub(1).map(|b| tree.slice(b))?;
            let created = before.eq_ignore_ascii_case(b"table") || before.eq_ignore_ascii_case(b"exists");
            (created && (next as usize) < tree.len() && tree.kind(next) == Kind::Round).then_some(next)
        });
        created.map_or_else(Vec::new, |round| self.first_words(round))
    }
}

fn is_constraint(word: &[u8]) -> bool {
    let upper = word.to_ascii_uppercase();
    matches!(upper.as_slice(), b"PRIMARY" | b"UNIQUE" | b"KEY" | b"CONSTRAINT" | b"FOREIGN" | b"CHECK" | b"INDEX")
}
