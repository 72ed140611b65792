//! Values on their way: what a notebook's cell printed, what is piped into a command, the value behind an option in a
//! list of arguments, a path's last part behind the name of a key.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind, Name};
use std::ops::Range;

/// The longest source line of a cell that is looked at.
const LINE: usize = 200;
/// How far a command may stand from what is piped into it.
const COMMAND: usize = 200;

impl Inquiry<'_> {
    /// What the cell's last line names that printed the token.
    pub(super) fn printed_claim(&self, at: Id, token: &Range<usize>) -> Option<Claim> {
        let tree = &self.s.tree;
        if tree.dialect().family != Family::Json {
            return None;
        }
        let string = tree.ancestors(at).chain([at]).find(|&a| tree.kind(a) == Kind::Str)?;
        // Nothing but quotes and the end of the line beside it.
        let beside = tree.content(string).len().saturating_sub(token.len());
        if beside > 6 {
            return None;
        }
        let cell = tree
            .ancestors(string)
            .take(12)
            .find(|&a| tree.kind(a) == Kind::Curly && self.cell_field(a, b"source").is_some())?;
        let outputs = self.cell_field(cell, b"outputs")?;
        let source = self.cell_field(cell, b"source").filter(|_| tree.holds(outputs, string))?;
        let last = match tree.kind(source) {
            Kind::Square => tree.children(source).filter(|&k| tree.kind(k) == Kind::Str).last()?,
            Kind::Str => source,
            _ => return None,
        };
        let text = tree.content(last);
        let text = text.strip_suffix(b"\\n").unwrap_or(text);
        let start = memchr::memmem::rfind(text, b"\\n").map_or(0, |n| n + 2);
        let line = &text[start..];
        let span = tree.span(last);
        (line.len() <= LINE && self.shows_key(line))
            .then(|| Claim::new(Ruling::Ours(Confidence::High), "printed by its cell", span))
    }

    /// Whether a line is an expression that gives the rule's key: a look-up of its name, or what was bound to one.
    fn shows_key(&self, line: &[u8]) -> bool {
        let names: Vec<&[u8]> = names(line).collect();
        let printer = |n: &&[u8]| {
            matches!(
                *n,
                b"print"
                    | b"os"
                    | b"environ"
                    | b"getenv"
                    | b"get"
                    | b"echo"
                    | b"env"
                    | b"process"
                    | b"console"
                    | b"log"
                    | b"display"
                    | b"repr"
                    | b"str"
                    | b"userdata"
                    | b"printenv"
            )
        };
        let rest: Vec<&[u8]> = names.iter().copied().filter(|n| !printer(n)).collect();
        let [name] = rest[..] else { return false };
        self.is_key_name(name) || self.looked_up_as(name)
    }

    /// Whether the text binds a name to a look-up of the rule's key.
    fn looked_up_as(&self, name: &[u8]) -> bool {
        let text = self.s.tree.text();
        memchr::memmem::find_iter(text, name).take(24).any(|at| {
            let rest = text[at + name.len()..].trim_ascii_start();
            let Some(value) = rest.strip_prefix(b"=") else { return false };
            let end = memchr::memmem::find(value, b"\\n").unwrap_or(value.len()).min(LINE).min(value.len());
            let alone = at == 0 || !text[at - 1].is_ascii_alphanumeric() && text[at - 1] != b'_';
            alone && names(&value[..end]).any(|n| self.is_key_name(n))
        })
    }

    fn is_key_name(&self, name: &[u8]) -> bool {
        let sense = self.sense(name);
        sense.owner == Some(Owner::Ours) && (sense.exact || sense.fit() == Fit::Secret && sense.stem.is_empty())
    }

    /// The value of a record's field.
    fn cell_field(&self, record: Id, name: &[u8]) -> Option<Id> {
        let holding = self.s.holding(record);
        (0..holding.items.len().min(12)).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            (self.s.tree.content(key?) == name).then(|| value.first().copied())?
        })
    }

    /// `echo VALUE | secret set NAME`, `secret set path/NAME <<< VALUE`
    pub(super) fn piped_claim(&self, at: Id, token: &Range<usize>) -> Option<Claim> {
        if self.s.tree.family(at) != Family::Shell {
            return None;
        }
        let text = self.s.tree.text();
        let start = memchr::memrchr(b'\n', &text[..token.start]).map_or(0, |n| n + 1);
        let end = memchr::memchr(b'\n', &text[token.end..]).map_or(text.len(), |n| token.end + n);
        let (before, after) = (&text[start..token.start], &text[token.end..end]);
        let command = match memchr::memchr(b'|', after) {
            Some(pipe) if is_echo(before) => {
                let rest = &after[pipe + 1..];
                let stop = memchr::memchr3(b'|', b';', b'&', rest).unwrap_or(rest.len());
                token.end + pipe + 1..token.end + pipe + 1 + stop
            }
            _ => {
                let here = memchr::memmem::rfind(before, b"<<<")?;
                let from = before[..here].iter().rposition(|b| matches!(b, b'|' | b';' | b'&')).map_or(0, |n| n + 1);
                start + from..start + here
            }
        };
        if command.len() > COMMAND {
            return None;
        }
        let name = self.text(command.clone()).split(u8::is_ascii_whitespace).find(|w| {
            let last = w.rsplit(|b| *b == b'/').next().unwrap_or(w);
            !w.starts_with(b"-") && !w.contains(&b'=') && (self.is_key_name(w) || self.is_key_name(last))
        })?;
        let shown = String::from_utf8_lossy(name).into_owned();
        Some(Claim::new(Ruling::Ours(Confidence::High), format!("in a command for {shown}"), command))
    }

    /// `["--name", VALUE]`, `- --name` over `- VALUE`: the option before an element of a list.
    pub(super) fn option_before(&self, node: Id, item: Item) -> Option<Name> {
        let tree = &self.s.tree;
        let list = match tree.kind(item.container) {
            Kind::Square | Kind::Round => true,
            Kind::Block => tree.kind(node) == Kind::Element,
            _ => false,
        };
        let holding = self.s.holding(item.container);
        let mut before = *match holding.item(item.index.checked_sub(1).filter(|_| list)?) {
            [only] => only,
            _ => return None,
        };
        if holding.item(item.index).len() != 1 {
            return None;
        }
        if tree.kind(before) == Kind::Element {
            let inner = self.s.holding(before);
            before = match inner.item(0) {
                [only] if inner.items.len() == 1 => *only,
                _ => return None,
            };
        }
        let text = tree.content(before);
        let dashes = text.iter().take_while(|b| **b == b'-').count();
        let named = text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        if !(1..=2).contains(&dashes) || !named || text.len() < dashes + 3 {
            return None;
        }
        let quote = (tree.slice(before).len() - text.len()) / 2;
        let span = tree.span(before);
        Some(Name { span: span.start + quote + dashes..span.end - quote, node: before, bond: Bond::Before })
    }

    /// `https://host/set/NAME/VALUE`
    pub(super) fn path_part(&self, at: Id, token: &Range<usize>) -> Option<Claim> {
        let tree = &self.s.tree;
        let span = tree.span(at);
        if tree.kind(at) != Kind::Url || span.len() > 4 * LINE {
            return None;
        }
        let before = self.text(span.start..token.start).strip_suffix(b"/")?;
        let name = before.rsplit(|b| *b == b'/').next()?;
        self.is_key_name(name).then(|| {
            let end = token.start - 1;
            let shown = String::from_utf8_lossy(name).into_owned();
            Claim::new(Ruling::Ours(Confidence::Medium), format!("in a path behind {shown}"), end - name.len()..end)
        })
    }

    /// `provider --api-key VALUE`: the program that is run is the provider's own.
    pub(super) fn program_claim(&self, nodes: &[Id], slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let first = *nodes.first().filter(|&&n| tree.kind(n) == Kind::Word)?;
        let sense = self.sense(tree.slice(first));
        let own = sense.owner == Some(Owner::Ours)
            && sense.fit() == Fit::Neutral
            && sense.stem.is_empty()
            && slot.fit() == Fit::Secret
            && slot.stem().is_empty();
        own.then(|| {
            let shown = String::from_utf8_lossy(tree.slice(first)).into_owned();
            Claim::new(Ruling::Ours(Confidence::Medium), format!("in a command of {shown}"), tree.span(first))
        })
    }
}

/// Whether a command begins by printing what follows.
fn is_echo(before: &[u8]) -> bool {
    let from = before.iter().rposition(|b| matches!(b, b'|' | b';' | b'&' | b'(')).map_or(0, |n| n + 1);
    let first = before[from..].trim_ascii_start().split(u8::is_ascii_whitespace).next().unwrap_or_default();
    matches!(first, b"echo" | b"printf" | b"print" | b"cat")
}

/// The names in a line of a program.
fn names(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).filter(|n| n.iter().any(u8::is_ascii_alphabetic))
}
