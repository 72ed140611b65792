//! What stands over a note: the title of its record, the subject of its message, the bold line over a list.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::said::Said;
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};
use std::ops::Range;

/// How many lines up a title may stand.
const LINES: usize = 12;
/// The longest line that is a title.
const TITLE: usize = 160;

/// Names of fields that say what a record is about.
const TITLES: [&[u8]; 16] = [
    b"title",
    b"summary",
    b"subject",
    b"name",
    b"heading",
    b"topic",
    b"betreff",
    b"titel",
    b"objet",
    b"titre",
    b"asunto",
    b"oggetto",
    b"label",
    b"headline",
    b"account",
    b"service",
];

impl Inquiry<'_> {
    /// The title over the token's line or field, if that names the rule's key and nobody else.
    pub(super) fn subject(&self, at: Id, item: Item, token: &Range<usize>, own: &Said) -> Option<Range<usize>> {
        let lead = self.record_title(at).or_else(|| self.line_title(item, token)).or_else(|| self.mail_subject())?;
        let said = self.said(&lead, token);
        let alone = || {
            let above = self.heading(item).is_some_and(|h| self.said(&h, token).secret);
            (said.secret || above) && self.is_alone(item, token)
        };
        (said.ours && !said.other && !said.id && (own.secret || alone())).then_some(lead)
    }

    /// The title field of the record that holds the token.
    fn record_title(&self, at: Id) -> Option<Range<usize>> {
        let tree = &self.s.tree;
        let record = tree.ancestors(at).find(|&a| matches!(tree.kind(a), Kind::Curly | Kind::Element | Kind::Block))?;
        if !matches!(tree.dialect().family, Family::Json | Family::Yaml) {
            return None;
        }
        let holding = self.s.holding(record);
        (0..holding.items.len().min(40)).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = tree.content(key?).to_ascii_lowercase();
            let (first, last) = (*value.first()?, *value.last()?);
            let span = tree.span(first).start..tree.span(last).end;
            let solid = matches!(tree.kind(first), Kind::Str | Kind::Word);
            (solid && TITLES.contains(&key.as_slice()) && span.len() <= TITLE).then_some(span)
        })
    }

    /// `T3: value`, `zu 2: value`: the label before the token, where a row or a numbered line of the text explains it.
    pub(super) fn label_claim(&self, token: &Range<usize>, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let text = tree.text();
        let start = memchr::memrchr(b'\n', &text[..token.start]).map_or(0, |n| n + 1);
        let before = &text[start..token.start];
        let end = before.iter().rposition(u8::is_ascii_alphanumeric)? + 1;
        let from = before[..end].iter().rposition(|b| !b.is_ascii_alphanumeric()).map_or(0, |n| n + 1);
        let label = &before[from..end];
        if label.len() > 6 || !label.iter().any(u8::is_ascii_digit) || before.len() - end > 6 {
            return None;
        }
        let words = self.s.words();
        let places = words.of(label);
        if places.len() > 12 {
            return None;
        }
        places.iter().filter(|&&p| !(start..token.end).contains(&tree.span(p).start)).find_map(|&place| {
            if let Some(row) = tree.ancestors(place).find(|&a| tree.kind(a) == Kind::Row) {
                let first = self.cell(row, 0).is_some_and(|(_, text)| text == label);
                return first.then(|| self.cells_claim(row, 0, slot))?.map(|c| c.at_most(Confidence::Medium));
            }
            // `2. Service (provider, account)`
            let at = tree.span(place);
            let line = memchr::memrchr(b'\n', &text[..at.start]).map_or(0, |n| n + 1);
            let end = memchr::memchr(b'\n', &text[at.end..]).map_or(text.len(), |n| at.end + n);
            let numbered =
                text[line..at.start].trim_ascii().is_empty() && matches!(text.get(at.end), Some(b'.' | b')' | b':'));
            let said = self.said(&(at.end..end), token);
            let ours = numbered && end - at.end <= TITLE && said.ours && !said.other && !said.id;
            ours.then(|| {
                let mut claim = Claim::new(Ruling::Ours(Confidence::Medium), "its label is explained", at.start..end);
                claim.prose = true;
                claim
            })
        })
    }

    /// The subject of a mail.
    fn mail_subject(&self) -> Option<Range<usize>> {
        if self.s.tree.dialect().family != Family::Prose {
            return None;
        }
        let text = self.s.tree.text();
        let mut at = 0;
        for line in text.split_inclusive(|b| *b == b'\n').take(20) {
            let span = at..at + line.trim_ascii_end().len();
            at += line.len();
            if line.len() > 9 && line[..8].eq_ignore_ascii_case(b"subject:") {
                return Some(span.start + 8..span.end);
            }
            if line.trim_ascii().is_empty() {
                return None;
            }
        }
        None
    }

    /// The title line over the token's own: of a calendar entry, of a list.
    fn line_title(&self, item: Item, token: &Range<usize>) -> Option<Range<usize>> {
        let tree = &self.s.tree;
        if !matches!(tree.dialect().family, Family::Prose | Family::Markdown) {
            return None;
        }
        let text = tree.text();
        let start = self.s.item_span(item).start.min(token.start);
        let mut end = memchr::memrchr(b'\n', &text[..start])?;
        let listed = is_listed(&text[end + 1..token.start]);
        let mut gap = false;
        for _ in 0..LINES {
            let from = memchr::memrchr(b'\n', &text[..end]).map_or(0, |n| n + 1);
            let line = text[from..end].trim_ascii();
            let span = from..end;
            if is_field(line) {
                return Some(span);
            }
            if line.starts_with(b"BEGIN:") || line.starts_with(b"---") {
                return None;
            }
            let bold =
                line.starts_with(b"**") && line.ends_with(b"**") || line.starts_with(b"__") && line.ends_with(b"__");
            let over = listed && !line.is_empty() && !is_listed(line);
            if line.len() <= TITLE && (bold || over || line.starts_with(b"#")) {
                return Some(span);
            }
            gap |= line.is_empty();
            if gap && !listed && !line.is_empty() || from == 0 {
                return None;
            }
            end = from - 1;
        }
        None
    }
}

/// `SUMMARY: ...`
fn is_field(line: &[u8]) -> bool {
    let Some(colon) = line.iter().take(20).position(|b| *b == b':') else { return false };
    TITLES.contains(&line[..colon].to_ascii_lowercase().as_slice())
}

/// Whether a line is an element of a list.
fn is_listed(line: &[u8]) -> bool {
    let indented = line.first().is_some_and(|b| matches!(b, b' ' | b'\t'));
    let line = line.trim_ascii_start();
    indented || matches!(line, [b'-' | b'*' | b'+', b' ', ..]) || line.starts_with("•".as_bytes())
}
