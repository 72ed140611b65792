//! Rows of a list in a program: `("bulk", "di", KEY)`. A cell of the token's row may be the name of an entry in a table of
//! addresses, or an object that was made for one.

use super::claim::Claim;
use super::inquiry::{DEPTH, Inquiry};
use super::joins::{Mark, TableId, mark_claim};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Kind, parts};

/// The widest row.
const CELLS: usize = 8;
/// How many rows are looked at for what a column holds.
const ROWS: usize = 24;
/// The largest table that is looked up by hand.
const ENTRIES: usize = 200;

impl Inquiry<'_> {
    /// What the other cells of the token's row lead to.
    pub(super) fn cells_of_row(&self, row: Id, index: usize, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        if depth + 2 >= DEPTH || tree.family(row) != Family::Code || !self.is_tuple_row(row) || !self.spend() {
            return None;
        }
        let list = tree.parent(row)?;
        let rows: Vec<Id> = tree.children(list).take(4 * ROWS).filter(|&k| self.is_tuple_row(k)).take(ROWS).collect();
        if rows.len() < 2 {
            return None;
        }
        let holding = self.s.holding(row);
        (0..holding.items.len()).filter(|&i| i != index).find_map(|i| {
            let [cell] = holding.item(i) else { return None };
            self.named_entry(&rows, i, *cell).or_else(|| {
                let base = parts(tree.slice(*cell)).next().filter(|_| tree.kind(*cell) == Kind::Word)?;
                self.handle_claim(*cell, base, depth + 1).filter(|c| c.by_host)
            })
        })
    }

    /// Whether a group is a row: a few cells without names, no call's arguments.
    fn is_tuple_row(&self, group: Id) -> bool {
        let tree = &self.s.tree;
        let list = matches!(tree.kind(group), Kind::Round | Kind::Square | Kind::Curly);
        if !list || tree.kind(group) == Kind::Round && self.s.callee(group).is_some_and(|c| !is_row_type(tree.slice(c)))
        {
            return false;
        }
        let holding = self.s.holding(group);
        (2..=CELLS).contains(&holding.items.len())
            && (0..holding.items.len()).all(|i| self.key_and_value(holding.item(i)).0.is_none())
    }

    /// The address that a table gives under the cell's text, if it has those of other rows as well.
    fn named_entry(&self, rows: &[Id], column: usize, cell: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let text = |cell: Id| match tree.kind(cell) {
            Kind::Str => Some(tree.content(cell)),
            Kind::Word => parts(tree.slice(cell)).last(),
            _ => None,
        };
        let name = text(cell).filter(|t| !t.is_empty() && t.len() <= 60)?;
        let tables = self.tables();
        let entries = tables.entries.get(name)?;
        let column: Vec<&[u8]> = rows
            .iter()
            .filter_map(|&row| match self.s.holding(row).item(column) {
                [cell] => text(*cell),
                _ => None,
            })
            .collect();
        let holds_all = |table: &TableId| {
            let keys = tables.keys.get(table);
            keys.is_some_and(|keys| {
                (2..=ENTRIES).contains(&keys.len())
                    && column.iter().filter(|c| keys.iter().any(|k| k == *c)).count() * 2 > column.len()
            })
        };
        let mut marks = entries.iter().take(ROWS).filter(|(t, m)| m.host && holds_all(t)).map(|(_, m)| m);
        let first: &Mark = marks.next()?;
        marks.all(|m| m.owner == first.owner).then(|| mark_claim(first, "by its row the one of", Confidence::High))
    }
}

/// `Pair(a, b)`, `Row(a, b)`: a type for rows.
fn is_row_type(callee: &[u8]) -> bool {
    super::zips::makes_list(callee) || parts(callee).last().is_some_and(|l| matches!(l, b"Row" | b"Pair" | b"Triple"))
}
