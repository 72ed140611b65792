//! Lines that belong together though others stand between them: of one request in a log, of one table in a dump.

use super::claim::{Claim, Ruling, Slot, keep_best};
use super::hosts;
use super::inquiry::Inquiry;
use super::joins::{Mark, mark_claim};
use super::lexicon::words;
use crate::rule::Confidence;
use crate::structure::Family;
use std::ops::Range;
use std::rc::Rc;

/// Longer lines are none of a log.
const LINE: usize = 600;
/// How many lines may bear one mark.
const LINES: usize = 24;
/// How many rows of another table are looked at.
const ROWS: usize = 64;

/// The rows that a dump copies into a table: `COPY table (columns) FROM stdin;`.
#[derive(Debug)]
pub(super) struct Copied {
    table: Vec<String>,
    columns: Vec<Vec<u8>>,
    rows: Range<usize>,
}

impl Inquiry<'_> {
    /// What the other lines say that bear the same request's mark: `req=77b4 POST https://...`, `req=77b4 authorization: ...`.
    pub(super) fn thread_claim(&self, token: &Range<usize>, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        if !matches!(tree.dialect().family, Family::Lines | Family::Prose | Family::Yaml) {
            return None;
        }
        let line = self.short_line(token.start)?;
        let before = self.text(line.start..token.start).to_ascii_lowercase();
        let sent = ["authorization", "bearer ", "api-key", "apikey", "api_key", "auth", "token"];
        let header = slot.fit() == super::terms::Fit::Secret
            || sent.iter().any(|h| memchr::memmem::find(&before, h.as_bytes()).is_some());
        if !header || self.line_host(&line).is_some() {
            return None;
        }
        let first = tree.at(line.start);
        let in_line = (first..tree.len() as u32).take(80).take_while(|&n| tree.span(n).start < token.start);
        in_line.filter(|&n| tree.span(n).start >= line.start && self.is_mark(n)).find_map(|word| {
            let index = self.s.words();
            let places = index.of(tree.slice(word));
            if !(2..=LINES).contains(&places.len()) || !self.spend() {
                return None;
            }
            let mut found: Option<Mark> = None;
            for &place in places.iter().filter(|&&p| self.is_mark(p)) {
                let Some(mark) = self.line_host(&self.line(tree.span(place).start)) else { continue };
                match &found {
                    Some(known) if known.owner != mark.owner => return None,
                    _ => found = Some(mark),
                }
            }
            found.map(|mark| mark_claim(&mark, "in the request to", Confidence::High))
        })
    }

    /// Whether a word tells lines of one request from those of others: `req=77b4`, `[77b4]`, `#12`.
    fn is_mark(&self, word: u32) -> bool {
        let (tree, span) = (&self.s.tree, self.s.tree.span(word));
        let text = tree.slice(word);
        let before = tree.text()[..span.start].last();
        (2..=40).contains(&text.len())
            && text.iter().any(u8::is_ascii_digit)
            && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && match before {
                Some(b'=' | b'#') => true,
                // `[0004]` is a time.
                Some(b'[' | b'(' | b'<' | b':') => text[0] != b'0' || text.iter().any(u8::is_ascii_alphabetic),
                _ => false,
            }
            && tree.text().get(span.end).is_none_or(|b| !matches!(b, b':' | b'.'))
    }

    /// The line around a place, unless it is longer than lines of logs are: a text of one line is not read for each token.
    fn short_line(&self, at: usize) -> Option<Range<usize>> {
        let text = self.s.tree.text();
        let (from, to) = (at.saturating_sub(LINE), (at + LINE).min(text.len()));
        let start = match memchr::memrchr(b'\n', &text[from..at]) {
            Some(n) => from + n + 1,
            None => (from == 0).then_some(0)?,
        };
        let end = match memchr::memchr(b'\n', &text[at..to]) {
            Some(n) => at + n,
            None => (to == text.len()).then_some(to)?,
        };
        (end - start <= LINE).then_some(start..end)
    }

    /// The line around a place.
    fn line(&self, at: usize) -> Range<usize> {
        let text = self.s.tree.text();
        let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |n| n + 1);
        start..memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n)
    }

    /// The owner of the address in a line.
    fn line_host(&self, line: &Range<usize>) -> Option<Mark> {
        let text = self.text(line.clone());
        if text.len() > 2000 {
            return None;
        }
        let piece = text
            .split(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'=' | b',' | b'(' | b')'))
            .find(|p| p.len() > 8 && hosts::bare(p, 0).is_some())?;
        let host = hosts::bare(piece, line.start)?;
        let owner = self.terms.host(&host)?;
        Some(Mark { owner, host: true, record: false, span: line.clone(), shown: host.name })
    }

    /// What the row says that a dump copies, and the row of another table that it points to.
    pub(super) fn copied_claim(&self, token: &Range<usize>, slot: &Slot) -> Option<Claim> {
        let tables = self.copied();
        let at = tables.partition_point(|t| t.rows.start <= token.start).checked_sub(1)?;
        let mine = tables.get(at).filter(|t| t.rows.contains(&token.start))?;
        let line = self.line(token.start);
        let cells = self.copied_cells(&line);
        let held = cells.iter().position(|(span, _)| span.contains(&token.start))?;
        let name = self.sense(mine.columns.get(held)?);
        if name.fit() < super::terms::Fit::Neutral {
            return None;
        }
        if let Some(claim) = self.copied_row(mine, &cells, held, slot) {
            return Some(claim);
        }
        for (index, (_, value)) in cells.iter().enumerate().filter(|(i, _)| *i != held) {
            let parts = words(mine.columns.get(index).map_or(&b""[..], Vec::as_slice));
            let [.., base, last] = parts.as_slice() else { continue };
            if !matches!(last.as_str(), "id" | "ref" | "uuid" | "key" | "code") {
                continue;
            }
            let is_table = |t: &&Copied| t.table.iter().any(|w| w == base || w.strip_suffix('s') == Some(base));
            let Some(other) = tables.iter().find(is_table) else { continue };
            let key = other.columns.iter().position(|c| matches!(c.as_slice(), b"id" | b"uuid" | b"code")).unwrap_or(0);
            let mut from = other.rows.start;
            for _ in 0..ROWS {
                if from >= other.rows.end {
                    break;
                }
                let row = self.line(from);
                from = row.end + 1;
                let theirs = self.copied_cells(&row);
                if theirs.get(key).is_some_and(|(_, text)| text == value) {
                    if let Some(claim) = self.copied_row(other, &theirs, key, slot) {
                        return Some(claim);
                    }
                    break;
                }
            }
        }
        None
    }

    /// What the cells of a copied row name.
    fn copied_row(&self, table: &Copied, cells: &[(Range<usize>, Vec<u8>)], held: usize, slot: &Slot) -> Option<Claim> {
        let mut best = None;
        for (index, (span, text)) in cells.iter().enumerate().filter(|(i, _)| *i != held) {
            let head = table.columns.get(index).map(Vec::as_slice);
            if let Some((rank, claim)) = self.cell_claim(text, span.clone(), head, index + 1, slot) {
                keep_best(&mut best, rank, claim);
            }
        }
        best.map(|(_, claim)| claim).filter(|c| c.ruling != Ruling::Torn)
    }

    /// The cells of a copied row.
    fn copied_cells(&self, line: &Range<usize>) -> Vec<(Range<usize>, Vec<u8>)> {
        let mut at = line.start;
        let cell = |piece: &[u8]| {
            let span = at..at + piece.len();
            at = span.end + 1;
            (span, piece.to_vec())
        };
        self.text(line.clone()).split(|b| *b == b'\t').take(64).map(cell).collect()
    }

    fn copied(&self) -> Rc<[Copied]> {
        if let Some(known) = self.memory.copied.borrow().as_ref() {
            return known.clone();
        }
        let text = self.s.tree.text();
        let heads = memchr::memmem::find_iter(text, b"FROM stdin").filter_map(|at| {
            let line = self.line(at);
            let head = self.text(line.start..at).strip_prefix(b"COPY ")?;
            let open = memchr::memchr(b'(', head)?;
            let close = memchr::memrchr(b')', head).filter(|c| *c > open)?;
            let columns = head[open + 1..close].split(|b| *b == b',');
            let columns = columns.map(|c| c.trim_ascii().iter().copied().filter(|b| *b != b'"').collect()).collect();
            let start = (line.end + 1).min(text.len());
            let end = memchr::memmem::find(&text[start..], b"\n\\.").map_or(text.len(), |n| start + n + 1);
            Some(Copied { table: words(&head[..open]), columns, rows: start..end })
        });
        let made: Rc<[Copied]> = heads.collect();
        *self.memory.copied.borrow_mut() = Some(made.clone());
        made
    }
}
