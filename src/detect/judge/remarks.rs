//! What stands over an entry for people to read: the comment above a binding or behind it, the comment over several
//! entries, the underlined title of a plain text.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::lexicon::{lexicon, role, words};
use super::said::Said;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};
use std::ops::Range;

/// How many entries below a comment it can speak for.
const ENTRIES: usize = 30;
/// How many levels up from a token a comment may stand.
const LEVELS: usize = 8;
/// The longest comment that is taken for a label.
const LABEL: usize = 400;
/// The most words of one that names the provider for a name of another meaning.
const TERSE: usize = 6;
/// The most words of one that says no more than a name.
const WORDS: usize = 12;
/// How many lines up a title may stand.
const LINES: usize = 12;

/// Words with which a comment says that it speaks of something else.
const TURNED: [&str; 39] = [
    "never",
    "nicht",
    "kein",
    "keine",
    "pas",
    "sans",
    "without",
    "ohne",
    "instead",
    "statt",
    "unlike",
    "except",
    "than",
    "via",
    "through",
    "behind",
    "was",
    "formerly",
    "replaces",
    "replaced",
    "local",
    "onprem",
    "selfhosted",
    "inhouse",
    "stub",
    "compatible",
    "see",
    "siehe",
    "voir",
    "sin",
    "nunca",
    "disabled",
    "nothing",
    "their",
    "none",
    "moved",
    "nowhere",
    "ihr",
    "rien",
];

/// What a comment is for the entries below it.
enum Remark {
    /// It names the rule's owner.
    Ours { span: Range<usize>, secret: bool, words: usize },
    /// It speaks of something else.
    Another,
    /// It says nothing of owners.
    Silent,
}

impl Inquiry<'_> {
    /// What the comment says that stands behind the token's entry, directly above it, or over the entries it is among.
    pub(super) fn remark_claim(&self, at: Id, token: &Range<usize>, slot: &Slot, path: Option<&[u8]>) -> Option<Claim> {
        if path.is_some_and(|p| self.is_file_of_another(p))
            || slot.fit() == Fit::Not
            || slot.is_password()
            || slot.strange
        {
            return None;
        }
        let tree = &self.s.tree;
        if let Some(claim) = self.titled(token, slot) {
            return Some(claim);
        }
        let mut node = at;
        let mut outer = false;
        for _ in 0..LEVELS {
            let container = tree.parent(node)?;
            if tree.kind(container) == Kind::Comment {
                return None;
            }
            if let Some(item) = self.s.item_of(node) {
                // The provider's key has an entry of its own here.
                let taken = tree.kind(container) != Kind::Str
                    && self.fields(container).own_slot.is_some_and(|own| own != item.index);
                if taken {
                    return None;
                }
                match self.remark_on(item, outer, slot) {
                    Some(Remark::Ours { span, .. }) => {
                        let mut claim =
                            Claim::new(Ruling::Ours(Confidence::Medium), "under a comment that names it", span);
                        // A comment that says "keys" speaks of a pool of them.
                        claim.shared = slot.fit() == Fit::Secret;
                        return Some(claim);
                    }
                    Some(_) => return None,
                    None => {}
                }
            }
            let scope = tree.family(container) == Family::Code && self.is_code_scope(container)
                || matches!(tree.kind(container), Kind::Section | Kind::Fence | Kind::File);
            if scope || tree.kind(container) != Kind::Str && self.fields(container).slots > 1 {
                return None;
            }
            outer |= matches!(tree.kind(container), Kind::Block | Kind::Curly | Kind::Tag | Kind::Element);
            node = container;
        }
        None
    }

    /// The comment on an item, if it decides.
    fn remark_on(&self, item: Item, outer: bool, slot: &Slot) -> Option<Remark> {
        let tree = &self.s.tree;
        let holding = self.s.holding(item.container);
        let comment = |n: &&Id| tree.kind(**n) == Kind::Comment;
        for &id in holding.item(item.index).iter().rev().take(40).filter(comment) {
            match self.remark(id) {
                Remark::Ours { span, secret, words } if fits(slot, secret, words, true) => {
                    return Some(Remark::Ours { span, secret, words });
                }
                Remark::Silent => {}
                _ => return Some(Remark::Another),
            }
        }
        let mut direct = true;
        for i in (item.index.saturating_sub(ENTRIES)..item.index).rev() {
            let between = holding.items[i].end..holding.items[i + 1].start;
            if holding.kids[between].iter().any(|&k| tree.kind(k) == Kind::Gap) {
                return None;
            }
            let mut nodes = holding.item(i).iter().filter(|&&n| !tree.kind(n).is_separator()).peekable();
            let first = **nodes.peek()?;
            if nodes.all(|&n| tree.kind(n) == Kind::Comment) {
                match self.remark(first) {
                    Remark::Ours { span, secret, words } if fits(slot, secret, words, direct) => {
                        return Some(Remark::Ours { span, secret, words });
                    }
                    Remark::Silent => continue,
                    _ => return Some(Remark::Another),
                }
            }
            // What marks a declaration stands between it and its comment.
            let mark =
                tree.slice(first).starts_with(b"@") || tree.kind(first) == Kind::Square || self.is_signature(item, i);
            direct &= mark;
            // Further out than its own entry a comment speaks only of what stands directly below.
            if !direct && outer {
                return None;
            }
        }
        None
    }

    /// `name :: Type` over `name = value`.
    fn is_signature(&self, item: Item, above: usize) -> bool {
        let tree = &self.s.tree;
        let holding = self.s.holding(item.container);
        let same = holding.item(above).first().zip(holding.item(item.index).first());
        same.is_some_and(|(&a, &b)| tree.slice(a) == tree.slice(b))
            && holding.item(above).get(1).is_some_and(|&n| tree.slice(n) == b"::")
    }

    /// What a comment says, its lines of commented-out settings left out.
    fn remark(&self, comment: Id) -> Remark {
        let span = self.s.tree.span(comment);
        if span.len() > LABEL {
            return Remark::Another;
        }
        let mut said = Said::default();
        let (mut count, mut known) = (0, true);
        let mut at = span.start;
        for line in self.text(span.clone()).split_inclusive(|b| *b == b'\n') {
            let place = at..at + line.len();
            at = place.end;
            if is_setting(line) {
                continue;
            }
            self.said_of_remark(&place, &mut said);
            for word in words(line) {
                if TURNED.contains(&word.as_str())
                    || self.terms.is_thing(&word)
                    || self.terms.homonyms().contains(&word)
                    || self.is_stranger(&word)
                {
                    return Remark::Another;
                }
                count += 1;
                known &= lexicon().roles(&word) & (role::SECRET | role::NEUTRAL | role::ENDPOINT | role::MODEL) != 0;
            }
        }
        match said {
            Said { other: true, .. } | Said { id: true, .. } => Remark::Another,
            Said { ours: true, secret, .. } => Remark::Ours { span, secret, words: count },
            // A short one is the title of other entries.
            _ if known || count > TERSE => Remark::Silent,
            _ => Remark::Another,
        }
    }

    /// Whether a word is the name of another owner, however it is written.
    fn is_stranger(&self, word: &str) -> bool {
        word.len() >= 5 && matches!(self.sense(word.as_bytes()).owner, Some(Owner::Other(_)))
    }

    /// The title over the lines of a plain text: underlined, or between signs.
    fn titled(&self, token: &Range<usize>, slot: &Slot) -> Option<Claim> {
        let family = self.s.tree.dialect().family;
        let plain = matches!(family, Family::Prose | Family::Markdown | Family::Lines);
        if !plain || slot.fit() != Fit::Secret || !slot.stem().is_empty() {
            return None;
        }
        let text = self.s.tree.text();
        let mut end = memchr::memrchr(b'\n', &text[..token.start])?;
        let mut under = false;
        for _ in 0..LINES {
            let start = memchr::memrchr(b'\n', &text[..end]).map_or(0, |n| n + 1);
            let line = text[start..end].trim_ascii();
            if under || is_between_signs(line) {
                let named = self.terms.value(line.trim_ascii_start().strip_prefix(b"#").unwrap_or(line)).is_some();
                let mut said = Said::default();
                self.said_of_remark(&(start..end), &mut said);
                let all = words(line);
                let strange = all.iter().any(|w| self.terms.is_thing(w) || TURNED.contains(&w.as_str()));
                let ours = said.ours && !said.other && !said.id && !strange && (named || all.len() <= 4);
                return ours.then(|| Claim::new(Ruling::Ours(Confidence::Medium), "under its title", start..end));
            }
            under = line.len() >= 3 && line.iter().all(|b| *b == line[0] && b"=-~^*#_".contains(b));
            end = start.checked_sub(1)?;
        }
        None
    }
}

/// Whether a comment that names the owner can speak for the slot.
fn fits(slot: &Slot, secret: bool, words: usize, direct: bool) -> bool {
    let stemmed = !slot.stem().is_empty() && !slot.sense.as_ref().is_some_and(|s| s.only_counts());
    match slot.fit() {
        Fit::Secret if stemmed => direct && secret && words <= TERSE,
        Fit::Secret => words <= if secret { WORDS + 4 } else { TERSE + 2 },
        _ => direct && secret && words <= WORDS && slot.sense.as_ref().is_none_or(|s| s.count <= 2),
    }
}

/// `NAME=value`, `NAME: value` and statements: what was commented out.
fn is_setting(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let text = &text[text.iter().take_while(|b| b"#/*;- \t".contains(b)).count()..];
    let name = text.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let keyed = text[name..].starts_with(b": ")
        && (text[..name].contains(&b'_') || !text[..name].iter().any(u8::is_ascii_lowercase));
    keyed || line.contains(&b'=') || line.trim_ascii_end().ends_with(b";") || line.trim_ascii_end().ends_with(b"{")
}

/// `== Title ==`, `*** Title ***`.
fn is_between_signs(line: &[u8]) -> bool {
    let sign = |b: &&u8| b"=*-#~<>_".contains(*b);
    let (head, tail) = (line.iter().take_while(sign).count(), line.iter().rev().take_while(sign).count());
    head >= 2 && tail >= 2 && line.len() > head + tail && line.len() <= 80
}
