//! Tables: what the other cells of a row and the head of the column say.

use super::claim::{Claim, Ruling, Slot};
use super::hosts;
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Owner, Sense};
use crate::rule::Confidence;
use crate::structure::{Bond, Id, Kind, Name};
use std::ops::Range;

impl Inquiry<'_> {
    /// What the row that holds the node says; the node is in the row, in whatever depth.
    pub(super) fn row_claim(&self, row: Id, node: Id, slot: &mut Slot) -> Option<Claim> {
        let holding = self.s.holding(row);
        let child = self.s.tree.child_towards(row, node)?;
        let mine = holding.item_of(child)?;
        let column = self.column_head(row, mine, holding.items.len());
        if let Some((span, text)) = &column {
            let sense = self.sense(text);
            if let Some(claim) = self.column_claim(&sense, text, span, row) {
                return Some(claim);
            }
            slot.sense = Some((*sense).clone());
            slot.name = text.clone();
        }
        self.cells_claim(row, mine, slot)
            .or_else(|| self.namesake_claim(row, mine, slot))
            .or_else(|| self.group_claim(row, mine, slot))
    }

    /// What the head of a column says by itself.
    fn column_claim(&self, sense: &Sense, text: &[u8], span: &Range<usize>, row: Id) -> Option<Claim> {
        let ruling = self.own_name(sense, &Name { span: span.clone(), node: row, bond: Bond::Assigned })?;
        let mut claim = Claim::new(ruling, format!("in the column {}", String::from_utf8_lossy(text)), span.clone());
        // A column of the provider's keys holds as many as there are rows.
        claim.shared = claim.is_ours() && sense.fit() == Fit::Secret && sense.stem.is_empty();
        Some(claim)
    }

    /// What the head of its column says about a cell of a table of elements: `<th>NAME</th>` over `<td>value</td>`.
    pub(super) fn element_column(&self, cell: Id, row: Id, slot: &mut Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let named = |id: Id, names: &[&[u8]]| {
            tree.kind(id) == Kind::Tag
                && tree.children(id).next().is_some_and(|n| names.iter().any(|w| tree.slice(n).eq_ignore_ascii_case(w)))
        };
        let is_cell = |id: &Id| named(*id, &[b"td", b"th"]);
        if slot.sense.is_some() || !is_cell(&cell) || !named(row, &[b"tr"]) {
            return None;
        }
        let column = tree.children(row).filter(is_cell).position(|c| c == cell)?;
        let table = tree.ancestors(row).take(3).find(|&a| named(a, &[b"table"]))?;
        let first = |group: Id| tree.children(group).take(12).find(|&k| named(k, &[b"tr", b"thead", b"tbody"]));
        let mut head = first(table)?;
        if !named(head, &[b"tr"]) {
            head = first(head)?;
        }
        if head >= row {
            return None;
        }
        let label = tree.children(head).filter(is_cell).nth(column)?;
        let (_, _, span) = self.tag_text(label)?;
        let text = self.text(span.clone()).trim_ascii().to_vec();
        let sense = self.sense(&text);
        // Without a head of its own the first row is one of values.
        let headed = named(label, &[b"th"]);
        let claim = self.column_claim(&sense, &text, &span, label).filter(|_| headed);
        if headed {
            slot.sense = Some((*sense).clone());
            slot.name = text;
        }
        claim
    }

    /// What a row of another table says that begins with the same cell.
    fn namesake_claim(&self, row: Id, mine: usize, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let (_, key) = self.cell(row, 0).filter(|(_, key)| mine != 0 && key.len() <= 40)?;
        let words = self.s.words();
        let places = words.of(&key);
        if !(2..=8).contains(&places.len()) {
            return None;
        }
        places.iter().find_map(|&place| {
            let other = tree.ancestors(place).find(|&a| tree.kind(a) == Kind::Row).filter(|&r| r != row)?;
            // Rows of one table that begin alike are a group, not one thing.
            if self.are_together(other, row) {
                return None;
            }
            let first = self.cell(other, 0).is_some_and(|(_, text)| text == key);
            first.then(|| self.cells_claim(other, 0, slot))?
        })
    }

    /// Whether nothing but rows stands between two of them.
    fn are_together(&self, a: Id, b: Id) -> bool {
        let tree = &self.s.tree;
        let (first, last) = (a.min(b), a.max(b));
        let Some(table) = tree.parent(first).filter(|&p| tree.parent(last) == Some(p)) else { return false };
        let kids = &self.s.holding(table).kids;
        let at = |id: Id| kids.binary_search(&id).unwrap_or_default();
        kids[at(first)..at(last)].iter().all(|&k| matches!(tree.kind(k), Kind::Row | Kind::Line))
    }

    /// The only address in the token's column among the rows that share a name with its row: settings of one plugin.
    fn group_claim(&self, row: Id, mine: usize, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let table = tree.parent(row)?;
        let cells = self.s.holding(row).items.len();
        (0..cells.min(8)).filter(|&i| i != mine).find_map(|index| {
            let (_, name) = self.cell(row, index).filter(|(_, name)| (3..=40).contains(&name.len()))?;
            let words = self.s.words();
            let places = words.of(&name);
            if !(2..=24).contains(&places.len()) || name.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let mut found: Option<Claim> = None;
            for &place in places {
                let other = tree.ancestors(place).find(|&a| tree.kind(a) == Kind::Row).filter(|&r| r != row);
                let Some(other) = other.filter(|&r| tree.parent(r) == Some(table)) else { continue };
                if self.cell(other, index).is_none_or(|(_, text)| text != name) {
                    continue;
                }
                let Some((span, text)) = self.cell(other, mine) else { continue };
                let Some((4, claim)) = self.cell_claim(&text, span, None, mine, slot) else { continue };
                match &found {
                    Some(known) if known.ruling != claim.ruling => return None,
                    _ => found = Some(claim),
                }
            }
            found
        })
    }

    pub(super) fn cells_claim(&self, row: Id, mine: usize, slot: &Slot) -> Option<Claim> {
        let holding = self.s.holding(row);
        let mut best: Option<(u8, Claim)> = None;
        for index in (0..holding.items.len()).filter(|i| *i != mine) {
            let Some((span, text)) = self.cell(row, index) else { continue };
            let head = self.column_head(row, index, holding.items.len());
            if head.as_ref().is_some_and(|(_, h)| self.belongs_elsewhere(row, h, slot, holding.items.len())) {
                continue;
            }
            let Some((rank, claim)) =
                self.cell_claim(&text, span, head.as_ref().map(|(_, t)| t.as_slice()), index, slot)
            else {
                continue;
            };
            super::claim::keep_best(&mut best, rank, claim);
        }
        let best = best.filter(|(_, claim)| claim.by_host || !claim.is_ours() || !self.is_another(row, mine));
        best.map(|(_, claim)| claim)
    }

    /// Whether the row's column of issuers holds another name: a project may be called as the provider is.
    fn is_another(&self, row: Id, mine: usize) -> bool {
        let cells = self.s.holding(row).items.len();
        (0..cells.min(12)).filter(|i| *i != mine).any(|i| {
            let issuer = self.column_head(row, i, cells).is_some_and(|(_, head)| is_issuer(&head));
            issuer
                && self.cell(row, i).is_some_and(|(_, text)| {
                    text.iter().any(u8::is_ascii_alphabetic) && self.terms.value(&text).is_none_or(|o| o != Owner::Ours)
                })
        })
    }

    /// Whether a column goes with another column of keys than the slot's: `llm_provider` with `llm_key`, not with
    /// `portal_token`.
    fn belongs_elsewhere(&self, row: Id, head: &[u8], slot: &Slot, cells: usize) -> bool {
        let theirs = self.sense(head);
        let Some(mine) = slot.sense.as_ref().filter(|m| m.full != theirs.full && !theirs.full.is_empty()) else {
            return false;
        };
        (0..cells).filter_map(|i| self.column_head(row, i, cells)).any(|(_, other)| {
            let other = self.sense(&other);
            other.fit() == Fit::Secret && other.full == theirs.full && other.full != mine.full
        })
    }

    /// What one cell says, and how much that weighs.
    pub(super) fn cell_claim(
        &self,
        text: &[u8],
        span: Range<usize>,
        head: Option<&[u8]>,
        index: usize,
        slot: &Slot,
    ) -> Option<(u8, Claim)> {
        // `/name/*`: a route.
        if text.starts_with(b"/") {
            return None;
        }
        let shown = || String::from_utf8_lossy(text).chars().take(60).collect::<String>();
        if let Some(host) = hosts::bare(text, span.start)
            && let Some(owner) = self.terms.host(&host)
        {
            let mut claim = Claim::new(ruling(owner, Confidence::High), format!("in the row of {}", host.name), span);
            claim.by_host = true;
            let number = host.name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            return Some((if number { 3 } else { 4 }, claim));
        }
        if let Some(host) = hosts::bare(text, span.start)
            && let Some(owner) = self.terms.console(&host)
            && !slot.is_password()
        {
            let claim = Claim::new(ruling(owner, Confidence::Medium), format!("in the row of {}", host.name), span);
            return Some((2, claim));
        }
        let roles = head.map_or(0, |h| self.sense(h).roles);
        // The names of ships, hotels, hosts are theirs.
        let (hints, _) = self.terms.hints();
        if head.is_some_and(|h| super::lexicon::words(h).iter().any(|w| hints.contains(w))) {
            return None;
        }
        let weight = if roles & role::PROVIDER != 0 {
            3
        } else if index == 0 || roles & role::NAMING != 0 {
            2
        } else {
            1
        };
        let sense = self.sense(text);
        let named = sense.owner.is_some() && sense.fit() == Fit::Secret && sense.stem.is_empty() && sense.count <= 6;
        if named
            && !slot.is_password()
            && let Some(owner) = sense.owner.clone()
        {
            return Some((
                weight + 1,
                Claim::new(ruling(owner, Confidence::High), format!("in the row of {}", shown()), span),
            ));
        }
        if slot.is_password() {
            return None;
        }
        let owner = self.terms.value(text)?;
        let sure = if weight >= 2 && slot.fit() >= Fit::Neutral { Confidence::High } else { Confidence::Medium };
        let few = slot.fit() != Fit::Not;
        few.then(|| (weight, Claim::new(ruling(owner, sure), format!("in the row of {}", shown()), span)))
    }

    /// The text of a cell, and where it stands.
    pub(super) fn cell(&self, row: Id, index: usize) -> Option<(Range<usize>, Vec<u8>)> {
        let holding = self.s.holding(row);
        let nodes = holding.item(index);
        let (first, last) = (*nodes.first()?, *nodes.last()?);
        let span = self.s.tree.span(first).start..self.s.tree.span(last).end;
        let text = if nodes.len() == 1 { self.s.tree.content(first) } else { self.text(span.clone()) };
        let text = text.trim_ascii();
        let plain = text.iter().filter(|b| !matches!(b, b'`' | b'*')).copied().collect::<Vec<_>>();
        (!plain.is_empty() && plain.len() <= 160).then_some((span, plain))
    }

    /// The head of a column: the cell of the first row of the table.
    fn column_head(&self, row: Id, index: usize, cells: usize) -> Option<(Range<usize>, Vec<u8>)> {
        let container = self.s.tree.parent(row)?;
        let holding = self.s.holding(container);
        // The rows that stand together with this one.
        let at = holding.kids.binary_search(&row).ok()?;
        let mut heads = self.memory.heads.borrow_mut();
        let mut first = None;
        for &kid in holding.kids[..at].iter().rev() {
            if !matches!(self.s.tree.kind(kid), Kind::Row | Kind::Line) {
                break;
            }
            // What was found for the row before holds for this one.
            if let Some(&known) = heads.get(&kid) {
                first = Some(known);
                break;
            }
            if self.s.tree.kind(kid) == Kind::Row {
                first = Some(kid);
            }
        }
        let first = first?;
        heads.insert(row, first);
        drop(heads);
        let head = self.s.holding(first);
        let shift = cells.saturating_sub(head.items.len());
        let (span, text) = self.cell(first, index.checked_sub(shift.min(index))?)?;
        let heading = shift == 0 && !text.iter().any(u8::is_ascii_digit) || self.sense(&text).fit() != Fit::Unknown;
        heading.then_some((span, text))
    }
}

/// Whether a column's head asks who issued a key, and nothing else.
fn is_issuer(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head).to_lowercase();
    matches!(
        head.as_str(),
        "issuer"
            | "provider"
            | "vendor"
            | "supplier"
            | "anbieter"
            | "aussteller"
            | "fournisseur"
            | "proveedor"
            | "fornitore"
            | "leverancier"
    )
}

fn ruling(owner: Owner, confidence: Confidence) -> Ruling {
    match owner {
        Owner::Ours => Ruling::Ours(confidence),
        Owner::Other(other) => Ruling::Other(other),
    }
}
