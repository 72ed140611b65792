//! What the fields beside a token claim for it: which of them belong to its slot, and which weigh most.

use super::claim::{Claim, Ruling, Slot};
use super::fields::{Field, Fields, Signal};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Known, Owner, Sense};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};

/// From how many fields on names have to match.
const MANY: usize = 9;

/// How far to either side a paragraph's lines are read as one: a log is no paragraph.
const PARAGRAPH: usize = 60;

impl Inquiry<'_> {
    /// The claim of the fields of `container` for the item `index`.
    pub(super) fn fields_claim(&self, container: Id, index: usize, slot: &mut Slot, depth: usize) -> Option<Claim> {
        let fields = self.fields(container);
        if let Some(claim) = self.pair_claim(&fields, index, slot, container, depth) {
            return Some(claim);
        }
        if let Some(claim) =
            self.argument_claim(container, index, slot).or_else(|| self.option_claim(container, index, slot, depth))
        {
            return Some(claim);
        }
        let positional = self.s.tree.kind(container) == Kind::Square;
        if positional && fields.items > 6 && fields.fields.iter().all(|f| f.key.is_none()) {
            return None;
        }
        let flat = self.is_flat(container, &fields);
        let mut line = self.line_of_items(container, index);
        if line.is_empty() && self.s.tree.family(container) == Family::Prose {
            line = self.paragraph(container, index);
        }
        let others = fields.fields.iter().filter(|f| f.item != index && (line.is_empty() || line.contains(&f.item)));
        let fitting: Vec<(&Field, u8)> =
            others.filter_map(|f| fits(f, slot, flat, fields.slots).map(|fit| (f, fit))).collect();
        let group = positional
            && self
                .s
                .nodes(Item { container, index })
                .iter()
                .any(|&n| matches!(self.s.tree.kind(n), Kind::Curly | Kind::Square | Kind::Round));
        // `api_key` goes with `endpoint` before `hub_token` does.
        let other_slot = fields.plain_slot.is_some_and(|p| p != index)
            && slot.sense.as_ref().is_some_and(|s| s.owner.is_none() && !s.stem.is_empty());
        let elsewhere = fields.own_block.is_some_and(|b| b != index);
        let fitting: Vec<(&Field, u8)> = fitting
            .into_iter()
            .filter(|(f, _)| {
                let made = self.s.tree.kind(container) == Kind::Round;
                let provided = slot.sense.as_ref().is_some_and(|s| s.roles & role::PROVIDER != 0);
                let person = (f.signal == Signal::Name || made && !provided) && self.is_person(container);
                let record = matches!(self.s.tree.kind(container), Kind::Tag | Kind::Curly | Kind::Block);
                // `run(one, other)`: variables side by side.
                let person = person || made && depth > 0 && f.signal == Signal::Name && f.key.is_none();
                let stemmed = f.signal == Signal::Name && (!slot.stem().is_empty() || record && slot.sense.is_none());
                let void =
                    person || stemmed || slot.is_password() || slot.nested || elsewhere && f.owner == Owner::Ours;
                // What an object was made by says nothing of other arguments without a name.
                let made = f.signal == Signal::Class && f.key.is_none() && slot.sense.is_none() && !self.is_class(f);
                let void = void || made;
                let taken = fields.own_slot.is_some_and(|s| s != index)
                    && slot.sense.as_ref().is_none_or(|s| s.owner.is_none());
                let void = void || taken;
                let named = f.key.as_ref().is_some_and(|k| k.owner == Some(Owner::Ours));
                let page = f.key.is_none() && self.s.tree.family(container) == Family::Markup;
                let strange = slot.sense.as_ref().is_some_and(|s| s.owner.is_none() && !s.stem.is_empty());
                if f.owner == Owner::Ours && strange && (named && taken || page) {
                    return false;
                }
                if other_slot && f.owner == Owner::Ours && f.key.as_ref().is_none_or(|k| k.stem.is_empty()) {
                    return false;
                }
                f.signal == Signal::Host || !(void || group && f.key.is_none() && !self.is_class(f))
            })
            .collect();
        let confidence = confidence_of(slot, &fields);
        let claim = decide(&fitting, confidence);
        let weak = fitting.iter().all(|(f, _)| f.signal == Signal::Name);
        let prose = matches!(self.s.tree.family(container), Family::Prose | Family::Markdown);
        let nested =
            if depth == 0 && weak && !prose { self.nested_claim(container, index, slot, &fields) } else { None };
        nested.or(claim)
    }

    /// Whether a field is a class of the rule's by its own name.
    fn is_class(&self, field: &Field) -> bool {
        matches!(self.terms.callee(field.shown.as_bytes()), Some((_, Known::Listed)))
    }

    /// Whether a record is one of people or of a service's own consumers: its name is nobody's provider.
    fn is_person(&self, record: Id) -> bool {
        let tree = &self.s.tree;
        let made = self.s.callee(record).filter(|_| tree.kind(record) == Kind::Round);
        if made.is_some_and(|c| super::lexicon::words(tree.slice(c)).iter().any(|w| is_people(w) || w == "account")) {
            return true;
        }
        std::iter::once(record)
            .chain(tree.ancestors(record))
            .take(4)
            .flat_map(|a| self.s.names(a))
            .any(|n| super::lexicon::words(self.text(n.span)).iter().any(|w| is_people(w)))
    }

    /// The items on the token's own line, where several stand on one: `a) url=x; key=y ;;`. They speak first.
    fn line_of_items(&self, container: Id, index: usize) -> std::ops::Range<usize> {
        let holding = self.s.holding(container);
        let broken = |i: usize| {
            let between = holding.items[i].end..holding.items[i + 1].start;
            holding.kids[between].iter().any(|&k| matches!(self.s.tree.kind(k), Kind::Line | Kind::Gap))
        };
        let lines = holding.kids.iter().any(|&k| matches!(self.s.tree.kind(k), Kind::Line | Kind::Gap));
        let (mut from, mut to) = (index, index + 1);
        while lines && from > 0 && !broken(from - 1) {
            from -= 1;
        }
        while lines && to < holding.items.len() && !broken(to - 1) {
            to += 1;
        }
        let hosts = self
            .fields(container)
            .fields
            .iter()
            .any(|f| f.signal == Signal::Host && f.item != index && (from..to).contains(&f.item));
        if to - from > 1 && hosts { from..to } else { 0..0 }
    }

    /// The items that no empty line parts from the token's.
    fn paragraph(&self, container: Id, index: usize) -> std::ops::Range<usize> {
        let holding = self.s.holding(container);
        let apart = |i: usize| {
            let between = holding.items[i].end..holding.items[i + 1].start;
            holding.kids[between].iter().any(|&k| self.s.tree.kind(k) == Kind::Gap)
        };
        let (mut from, mut to) = (index, index + 1);
        while from > 0 && index - from < PARAGRAPH && !apart(from - 1) {
            from -= 1;
        }
        while to < holding.items.len() && to - index < PARAGRAPH && !apart(to - 1) {
            to += 1;
        }
        from..to
    }

    /// Whether a container lists many things beside one another, so that names must tell which belong together.
    fn is_flat(&self, container: Id, fields: &Fields) -> bool {
        let lines =
            matches!(self.s.tree.kind(container), Kind::File | Kind::Section | Kind::Fence | Kind::Comment | Kind::Str);
        // A request as it is sent has one host.
        let request = fields
            .fields
            .iter()
            .any(|f| f.signal == Signal::Host && f.key.as_ref().is_some_and(|k| k.words.as_slice() == ["host"]))
            && self.s.tree.dialect().family != Family::Lines;
        lines && !request || fields.items >= MANY && fields.slots > 1
    }

    /// The only addresses anywhere beside the token within what holds it.
    fn nested_claim(&self, container: Id, index: usize, slot: &Slot, fields: &Fields) -> Option<Claim> {
        let kind = self.s.tree.kind(container);
        let holds =
            matches!(kind, Kind::Curly | Kind::Block | Kind::Element | Kind::Fence | Kind::File | Kind::Section);
        if !holds
            || slot.fit() != Fit::Secret
            || fields.items > 24
            || !fields.fields.iter().all(|f| f.item == index || f.signal == Signal::Name)
        {
            return None;
        }
        let holding = self.s.holding(container);
        let label = |i: usize| holding.item(i).first().map(|&n| self.s.tree.slice(n));
        if (0..holding.items.len()).any(|i| i != index && label(i) == label(index)) {
            return None;
        }
        let mut found = Vec::new();
        let mut budget = 400usize;
        // Where a request is described, its method's block says where it goes, and scripts beside it nothing.
        let verb = |i: usize| {
            let label = label(i).map(<[u8]>::to_ascii_lowercase);
            matches!(label.as_deref(), Some(b"get" | b"post" | b"put" | b"patch" | b"delete" | b"request"))
        };
        let requests = (0..holding.items.len()).any(|i| i != index && verb(i));
        for i in (0..holding.items.len()).filter(|&i| i != index && (!requests || verb(i))) {
            for &node in holding.item(i) {
                if !matches!(self.s.tree.kind(node), Kind::Curly | Kind::Square | Kind::Block) {
                    continue;
                }
                let groups = |k: &Id| matches!(self.s.tree.kind(*k), Kind::Curly | Kind::Element);
                if self.s.tree.children(node).filter(groups).count() > 1 {
                    continue;
                }
                let size = (self.s.tree.node(node).after - node) as usize;
                budget = budget.checked_sub(size)?;
                if self.has_slot(node) {
                    return None;
                }
                self.search(node, i, None, &mut found);
            }
        }
        let first = found.first()?;
        if found.iter().any(|f| f.owner != first.owner) {
            return None;
        }
        let mut claim = field_claim(first, Confidence::Medium);
        claim.by_host = true;
        Some(claim)
    }

    /// Whether the value behind the sign is the name of a scheme: `auth: bearer`.
    fn is_scheme_word(&self, sign: Id) -> bool {
        let value = self.s.tree.node(sign).after;
        (value as usize) < self.s.tree.len() && {
            let text = String::from_utf8_lossy(self.s.tree.content(value)).to_lowercase();
            matches!(
                text.as_str(),
                "bearer" | "basic" | "none" | "inherit" | "apikey" | "oauth2" | "true" | "false" | "digest" | "header"
            )
        }
    }

    /// Whether a group holds a field that is itself a credential's.
    pub(super) fn has_slot(&self, group: Id) -> bool {
        (group + 1..self.s.tree.node(group).after).any(|id| {
            matches!(self.s.tree.kind(id), Kind::Word | Kind::Str) && {
                let next = self.s.tree.node(id).after;
                let keyed =
                    (next as usize) < self.s.tree.len() && matches!(self.s.tree.slice(next), b":" | b"=" | b"=>");
                let scalar = || {
                    let value = self.s.tree.node(next).after;
                    (value as usize) < self.s.tree.len()
                        && matches!(self.s.tree.kind(value), Kind::Word | Kind::Str | Kind::Op)
                };
                keyed
                    && scalar()
                    && self.sense(self.s.tree.content(id)).fit() == Fit::Secret
                    && !super::lexicon::words(self.s.tree.content(id))
                        .iter()
                        .any(|w| matches!(w.as_str(), "method" | "type" | "mode" | "scheme" | "kind"))
                    && !self.is_scheme_word(next)
            }
        })
    }
}

/// How well a field goes with the slot: 3 all words the same, 2 those that tell, 1 nothing against it; None: it belongs
/// to something else.
pub(super) fn fits(field: &Field, slot: &Slot, flat: bool, slots: usize) -> Option<u8> {
    let Some(key) = &field.key else { return Some(1) };
    let none = Sense::default();
    let mine = slot.sense.as_ref().unwrap_or(&none);
    if let Some(Owner::Other(_)) = key.owner {
        // `OPENAI_BASE_URL` beside `OPENAI_API_KEY`: a protocol of that name, spoken to another host.
        let same = mine.owner == key.owner && mine.stem == key.stem && field.signal == Signal::Host;
        return same.then_some(if mine.full == key.full { 3 } else { 1 });
    }
    if let Some(Owner::Other(_)) = mine.owner {
        return None;
    }
    if key.roles & role::FOREIGN != 0 && mine.stem != key.stem {
        return None;
    }
    let alone = slots <= 1 && !flat;
    let (named, key_named) = (mine.owner.is_some(), key.owner.is_some());
    if named == key_named && mine.stem == key.stem {
        return Some(if mine.full == key.full { 3 } else { 2 });
    }
    if named {
        let plain = key.stem.is_empty() && (key_named || !flat);
        return plain.then_some(1);
    }
    let apart = !mine.stem.is_empty() && !key.full.is_empty() || !key.stem.is_empty() && !mine.full.is_empty();
    let fitting = mine.stem == key.stem || alone || !apart && !flat && (mine.stem.is_empty() || key.stem.is_empty());
    fitting.then_some(1)
}

/// How sure a field of this container can make.
pub(super) fn confidence_of(slot: &Slot, fields: &Fields) -> Confidence {
    // A row of content has keys of its own: for sorting, for sharing.
    if fields.content && (slot.name.eq_ignore_ascii_case(b"key") || !slot.stem().is_empty()) {
        return Confidence::Low;
    }
    match slot.fit() {
        Fit::Secret | Fit::Neutral => Confidence::High,
        // Where another field is the credential's, one of unknown meaning is none.
        Fit::Unknown if fields.slots > 0 => Confidence::Low,
        Fit::Unknown => Confidence::Medium,
        Fit::Not => Confidence::Low,
    }
}

/// The claim of the strongest signal; several owners of it make none, unless one goes better with the slot.
pub(super) fn decide(fitting: &[(&Field, u8)], confidence: Confidence) -> Option<Claim> {
    // A number is where a name leads: beside a name it says nothing of its own.
    let number = |f: &Field| f.signal == Signal::Host && f.shown.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if fitting.iter().any(|(f, _)| number(f)) && fitting.iter().any(|(f, _)| f.signal == Signal::Host && !number(f)) {
        let named: Vec<(&Field, u8)> = fitting.iter().copied().filter(|(f, _)| !number(f)).collect();
        return decide(&named, confidence);
    }
    let strongest = fitting.iter().map(|(f, _)| f.signal).min()?;
    let of: Vec<&(&Field, u8)> = fitting.iter().filter(|(f, _)| f.signal == strongest).collect();
    let best = of.iter().map(|(_, fit)| *fit).max()?;
    let first = of.iter().find(|(_, fit)| *fit == best)?.0;
    if of.iter().filter(|(_, fit)| *fit == best).any(|(f, _)| f.owner != first.owner) {
        let mut torn = Claim::new(Ruling::Torn, "several owners are named beside it", first.span.clone());
        torn.by_host = strongest == Signal::Host;
        return Some(torn);
    }
    let weaker = match (strongest, confidence) {
        (Signal::Host, _) => confidence,
        // A slot of unknown meaning is no credential because somebody is named beside it.
        (_, Confidence::Medium) => Confidence::Low,
        (Signal::Name, _) => confidence.min(Confidence::Medium),
        _ => confidence,
    };
    Some(field_claim(first, weaker))
}

fn field_claim(field: &Field, confidence: Confidence) -> Claim {
    let what = match field.signal {
        Signal::Host => "host",
        Signal::Provider => "provider",
        Signal::Class => "class",
        Signal::Model => "model",
        Signal::Name => "name",
    };
    let ruling = match &field.owner {
        Owner::Ours => Ruling::Ours(confidence),
        Owner::Other(other) => Ruling::Other(other.clone()),
    };
    let mut claim = Claim::new(ruling, format!("beside the {what} {}", field.shown), field.span.clone());
    claim.by_host = field.signal == Signal::Host;
    claim.firm = matches!(field.signal, Signal::Provider | Signal::Model);
    claim
}

/// Words for people and for a service's own consumers.
pub(super) fn is_people(word: &str) -> bool {
    matches!(
        word,
        "users"
            | "user"
            | "consumers"
            | "consumer"
            | "accounts"
            | "members"
            | "people"
            | "tenants"
            | "customers"
            | "teams"
            | "operators"
            | "clients"
    )
}
