//! Text for people: a sentence that hands a key over, a line under a heading, the answer to somebody who asked for it.
//! The weakest kind of evidence: only where nobody else is named and nothing speaks of ids.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};
use std::ops::Range;

/// The longest text that is taken for a sentence or two.
const SENTENCE: usize = 400;
/// How many messages or lines back a question may stand.
const BACK: usize = 2;

impl Inquiry<'_> {
    /// What people say about the token at the node `at`.
    pub(super) fn prose_claim(&self, at: Id, token: &Range<usize>, slot: &Slot) -> Option<Claim> {
        let (text, item) = self.sentence(at, token)?;
        let text = self.clause(text, token);
        let said = self.said(&text, token);
        if said.id || said.other {
            return None;
        }
        if said.ours {
            return (said.secret || self.is_alone(item, token)).then(|| medium("named in the sentence", text));
        }
        if let Some(claim) = self.label_claim(token, slot) {
            return Some(claim);
        }
        let stemmed = !slot.stem().is_empty();
        if let Some(lead) = self.subject(at, item, token, &said).filter(|_| !stemmed) {
            return Some(medium("named in the title above", lead));
        }
        let lead = self.heading(item).or_else(|| self.question(at, item)).or_else(|| self.printed(item, token));
        let lead = lead?;
        let asked = self.said(&lead, token);
        let handed =
            asked.secret || self.is_entry_name(&lead) || self.text(lead.clone()).trim_ascii_end().ends_with(b":");
        let ours = asked.ours || self.is_entry_name(&lead);
        (ours && !asked.other && !asked.id && handed).then(|| medium("named in the text that it answers", lead))
    }

    /// The line or the quoted text that holds the token, if it is prose.
    fn sentence(&self, at: Id, token: &Range<usize>) -> Option<(Range<usize>, Item)> {
        let tree = &self.s.tree;
        let holder = tree.ancestors(at).find(|&a| {
            matches!(tree.kind(a), Kind::File | Kind::Block | Kind::Element | Kind::Section | Kind::Comment | Kind::Str)
                || tree.kind(a) == Kind::Tag && !self.is_inline(a)
        })?;
        if tree.kind(holder) == Kind::Tag {
            let head = tree.children(holder).find(|&k| tree.slice(k) == b">")?;
            let span = tree.span(head).end..tree.span(holder).end;
            let within = span.start <= token.start && span.len() <= 2 * SENTENCE;
            return self.s.item_of(holder).filter(|_| within).map(|item| (span, item));
        }
        // Quotes within a message are part of it.
        let outer = tree.ancestors(holder).find(|&a| tree.kind(holder) == Kind::Str && tree.kind(a) == Kind::Str);
        let holder = outer.unwrap_or(holder);
        // Quotes around the token alone, in a text for people.
        let prose = matches!(tree.dialect().family, Family::Prose | Family::Markdown);
        let holder =
            if prose && tree.kind(holder) == Kind::Str && tree.content(holder).trim_ascii().len() == token.len() {
                tree.ancestors(holder).find(|&a| !matches!(tree.kind(a), Kind::Str))?
            } else {
                holder
            };
        let child = tree.child_towards(holder, at)?;
        let item = self.s.item_of(child)?;
        let prose = match tree.kind(holder) {
            Kind::Str => self.is_message(holder, token),
            Kind::Comment => true,
            _ => {
                matches!(tree.dialect().family, Family::Prose | Family::Markdown)
                    && !tree.ancestors(at).any(|a| tree.kind(a) == Kind::Fence)
            }
        };
        let span = if tree.kind(holder) == Kind::Str { tree.span(holder) } else { self.s.item_span(item) };
        (prose && span.len() <= SENTENCE).then_some((span, item))
    }

    /// An element within a line of text.
    fn is_inline(&self, tag: Id) -> bool {
        let name = self.s.tree.children(tag).next().map_or(&b""[..], |n| self.s.tree.slice(n));
        matches!(
            name.to_ascii_lowercase().as_slice(),
            b"a" | b"b"
                | b"i"
                | b"em"
                | b"strong"
                | b"span"
                | b"code"
                | b"tt"
                | b"kbd"
                | b"font"
                | b"u"
                | b"s"
                | b"mark"
                | b"small"
                | b"sub"
                | b"sup"
                | b"var"
                | b"samp"
                | b"q"
                | b"abbr"
                | b"time"
        )
    }

    /// The part of a sentence that speaks of the token, where it holds several: what stands before it, up to the one
    /// before, if that names anybody; else what stands behind it.
    fn clause(&self, text: Range<usize>, token: &Range<usize>) -> Range<usize> {
        let bytes = self.s.tree.text();
        let runs: Vec<Range<usize>> = crate::detect::tokens::Runs::new(bytes.get(text.clone()).unwrap_or_default())
            .map(|r| r.start + text.start..r.end + text.start)
            .filter(|r| r.end <= token.start || r.start >= token.end)
            .collect();
        if runs.is_empty() {
            return text;
        }
        let from = runs.iter().filter(|r| r.end <= token.start).map(|r| r.end).max().unwrap_or(text.start);
        let to = runs.iter().filter(|r| r.start >= token.end).map(|r| r.start).min().unwrap_or(text.end);
        let left = self.said(&(from..token.end), token);
        if left.ours || left.other { from..token.end } else { token.start..to }
    }

    /// Whether a string is a message: words beside the token, under a key that holds text.
    fn is_message(&self, string: Id, token: &Range<usize>) -> bool {
        let tree = &self.s.tree;
        let names = self.s.names(string);
        let text_key = names.first().is_some_and(|n| {
            let name = self.text(n.span.clone()).to_ascii_lowercase();
            let last = name.rsplit(|b| *b == b'.').next().unwrap_or(&name);
            matches!(
                last,
                b"hint"
                    | b"help"
                    | b"tooltip"
                    | b"placeholder"
                    | b"text"
                    | b"body"
                    | b"message"
                    | b"content"
                    | b"msg"
                    | b"note"
                    | b"notes"
                    | b"comment"
                    | b"description"
                    | b"plaintext"
                    | b"html"
                    | b"caption"
                    | b"summary"
            )
        });
        let words = tree.children(string).filter(|&k| tree.kind(k) == Kind::Word).count();
        let spaces = tree.content(string).iter().filter(|b| **b == b' ').count();
        let sentence = words >= 4 && spaces >= 4 && tree.family(string) == Family::Code;
        sentence || text_key && (words >= 2 || tree.span(string).len() <= token.len() + 8)
    }

    /// Whether the token stands alone on its line, but for punctuation.
    pub(super) fn is_alone(&self, item: Item, token: &Range<usize>) -> bool {
        let span = self.s.item_span(item);
        let beside = self
            .text(span.start.min(token.start)..token.start)
            .iter()
            .chain(self.text(token.end..span.end.max(token.end)));
        beside.filter(|b| b.is_ascii_alphanumeric() || **b >= 0xc3).count() == 0
    }

    /// The line under which a block of lines stands, or the line before, if it ends with a colon.
    pub(super) fn heading(&self, item: Item) -> Option<Range<usize>> {
        let tree = &self.s.tree;
        if tree.kind(item.container) == Kind::Block {
            let above = self.s.item_of(item.container)?;
            let nodes = self.s.nodes(above);
            let last = nodes.iter().rev().find(|&&n| n < item.container).copied()?;
            let span = tree.span(*nodes.first()?).start..tree.span(last).end;
            return (span.len() <= SENTENCE).then_some(span);
        }
        let before = Item { container: item.container, index: item.index.checked_sub(1)? };
        let span = self.s.item_span(before);
        let colon = self.text(span.clone()).trim_ascii_end().ends_with(b":");
        (colon && span.len() <= SENTENCE).then_some(span)
    }

    /// The message or line that the token's own answers: the one its thread begins with, or one just before that asks.
    fn question(&self, at: Id, item: Item) -> Option<Range<usize>> {
        let tree = &self.s.tree;
        // A part of a message has no id of its own.
        let records = || tree.ancestors(at).take(8).filter(|&a| matches!(tree.kind(a), Kind::Curly | Kind::Element));
        let told = records().find(|&r| self.field_text(r, &[b"id", b"ts", b"message_id", b"uuid"]).is_some());
        let Some(record) = told.or_else(|| records().next()) else {
            return self.line_before(item);
        };
        let list = tree.parent(record)?;
        let mine = self.s.item_of(record)?;
        if let Some(thread) = self.field_text(
            record,
            &[
                b"thread_ts",
                b"thread",
                b"reply_to",
                b"in_reply_to",
                b"parent",
                b"parent_id",
                b"replyto",
                b"inreplyto",
                b"reply_to_message_id",
            ],
        ) {
            let first = (0..self.s.holding(list).items.len()).find_map(|i| {
                let other = *self.s.holding(list).item(i).first()?;
                let id =
                    self.field_text(other, &[b"ts", b"id", b"message_id", b"uuid", b"guid", b"messageid", b"msg_id"])?;
                (id == thread && other != record).then_some(other)
            });
            return self.message(first?);
        }
        (1..=BACK).find_map(|n| {
            let index = mine.index.checked_sub(n)?;
            let other = *self.s.holding(list).item(index).first()?;
            let text = self.message(other)?;
            self.asks(&text).then_some(text)
        })
    }

    fn line_before(&self, item: Item) -> Option<Range<usize>> {
        if !matches!(self.s.tree.dialect().family, Family::Prose | Family::Markdown) {
            return None;
        }
        (1..=BACK).find_map(|n| {
            let before = Item { container: item.container, index: item.index.checked_sub(n)? };
            let span = self.s.item_span(before);
            (span.len() <= SENTENCE && self.asks(&span)).then_some(span)
        })
    }

    /// The line before a token that stands alone, if it names the key: a command and what it printed.
    fn printed(&self, item: Item, token: &Range<usize>) -> Option<Range<usize>> {
        let prose = matches!(self.s.tree.dialect().family, Family::Prose | Family::Markdown);
        if !prose || !self.is_alone(item, token) {
            return None;
        }
        let before = Item { container: item.container, index: item.index.checked_sub(1)? };
        let span = self.s.item_span(before);
        let said = self.said(&span, token);
        let entry = self.is_entry_name(&span);
        (span.len() <= SENTENCE && (entry || said.secret && said.ours) && !said.other).then_some(span)
    }

    /// Whether a line is but a name or a path of the rule's: `--- llm/provider/ci`, as stores print their entries.
    fn is_entry_name(&self, span: &Range<usize>) -> bool {
        let line = self.text(span.clone()).trim_ascii();
        let name: &[u8] = line.trim_ascii_start();
        let start = name.iter().take_while(|b| matches!(b, b'-' | b'#' | b'=' | b'>' | b'[' | b' ' | b'*')).count();
        let name = name[start..].trim_ascii_end();
        let name = name.strip_suffix(b":").or(name.strip_suffix(b"]")).unwrap_or(name);
        let sense = self.sense(name);
        !name.is_empty()
            && !name.contains(&b' ')
            && sense.owner == Some(Owner::Ours)
            && sense.stem.is_empty()
            && sense.fit() != Fit::Not
    }

    fn asks(&self, span: &Range<usize>) -> bool {
        self.text(span.clone()).contains(&b'?')
    }

    /// The text of a record's field of one of these names.
    fn field_text(&self, record: Id, names: &[&[u8]]) -> Option<Vec<u8>> {
        let holding = self.s.holding(record);
        (0..holding.items.len()).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = self.s.tree.content(key?).to_ascii_lowercase();
            names.contains(&key.as_slice()).then(|| value.first().map(|&v| self.s.tree.content(v).to_vec()))?
        })
    }

    /// The text of a message.
    fn message(&self, record: Id) -> Option<Range<usize>> {
        let holding = self.s.holding(record);
        (0..holding.items.len()).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = self.s.tree.content(key?).to_ascii_lowercase();
            let text = matches!(key.as_slice(), b"text" | b"body" | b"message" | b"content" | b"msg");
            let span = self.s.tree.span(*value.first()?);
            (text && span.len() <= SENTENCE).then_some(span)
        })
    }
}

fn medium(reason: &str, span: Range<usize>) -> Claim {
    let mut claim = Claim::new(Ruling::Ours(Confidence::Medium), reason, span);
    claim.prose = true;
    claim
}
