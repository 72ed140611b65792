//! Who is named a step aside of the fields: in a small record under the provider's field, in the name of a stored
//! secret, in the section above, in settings with the same index, in the pairs of a property list.

use super::beside::{confidence_of, decide, fits};
use super::claim::{Claim, Slot};
use super::fields::{Field, Fields, Signal};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Fit, Owner};
use crate::structure::{Bond, Family, Id, Item, Kind, Name};

/// The largest record that names a provider.
const SMALL: u32 = 40;
/// How many sections back the one may stand that holds another by its name.
const SECTIONS: usize = 40;
/// How many settings around one are looked at for its index.
const NEAR: usize = 16;
/// How many fields of a record are looked at.
const FIELDS: usize = 24;

impl Inquiry<'_> {
    /// Adds what stands a step aside of the container's fields.
    pub(super) fn objects(&self, container: Id, out: &mut Fields) {
        let holding = self.s.holding(container);
        if self.is_dict(container) {
            for index in 1..holding.items.len() {
                let Some((key, value)) = self.dict_entry(container, index) else { continue };
                let sense = self.sense(self.text(key.span));
                out.slots += usize::from(sense.fit() == Fit::Secret);
                self.value_signals(Some(&sense), &value, index, 0, &mut out.fields);
            }
            return;
        }
        let mut metadata = None;
        let mut secret = self.holds_secret(container);
        for index in 0..holding.items.len().min(FIELDS) {
            let (key, group) = match holding.item(index) {
                [key, .., group] if self.is_small(*group) => (self.s.tree.content(*key), *group),
                nodes => {
                    let (key, value) = self.key_and_value(nodes);
                    let told = key.is_some_and(|k| self.s.tree.content(k) == b"kind");
                    secret |= told && value.first().is_some_and(|&v| self.s.tree.content(v) == b"Secret");
                    continue;
                }
            };
            if key == b"metadata" {
                metadata = Some((index, group));
                continue;
            }
            let sense = self.sense(key);
            let asks = sense.roles & role::PROVIDER != 0 && sense.stem.is_empty() && sense.owner.is_none();
            let named =
                asks.then(|| self.named_by(group, &[b"id", b"name", b"slug", b"code", b"type", b"key"])).flatten();
            if let Some((value, text)) = named
                && let Some(owner) = self.terms.value(&text)
            {
                out.fields.push(self.aside(owner, Some(sense), index, value));
            }
        }
        if let Some((index, group)) = metadata.filter(|_| secret)
            && let Some((value, text)) = self.named_by(group, &[b"name"])
        {
            let sense = self.sense(&text);
            let owner = sense.owner.clone().filter(|_| sense.stem.is_empty() && sense.fit() != Fit::Not);
            out.fields.extend(owner.map(|owner| self.aside(owner, None, index, value)));
        }
    }

    fn aside(&self, owner: Owner, key: Option<std::rc::Rc<super::terms::Sense>>, item: usize, value: Id) -> Field {
        let shown = String::from_utf8_lossy(self.s.tree.content(value)).into_owned();
        Field { signal: Signal::Provider, owner, key, item, span: self.s.tree.span(value), shown }
    }

    fn is_small(&self, group: Id) -> bool {
        matches!(self.s.tree.kind(group), Kind::Curly | Kind::Block) && self.s.tree.node(group).after - group <= SMALL
    }

    /// `resource "kubernetes_secret" "name" { ... }`: what a block is of.
    fn holds_secret(&self, container: Id) -> bool {
        self.s.tree.kind(container) == Kind::Curly
            && self.s.tree.family(container) == Family::Code
            && self.s.head(container).iter().any(|&h| {
                self.s.tree.kind(h) == Kind::Str
                    && super::lexicon::words(self.s.tree.content(h)).contains(&"secret".into())
            })
    }

    /// The value of a record's field of one of these names.
    fn named_by(&self, group: Id, names: &[&[u8]]) -> Option<(Id, Vec<u8>)> {
        let holding = self.s.holding(group);
        (0..holding.items.len().min(FIELDS)).find_map(|i| {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = self.s.tree.content(key?).to_ascii_lowercase();
            let [first, ..] = value else { return None };
            let solid = matches!(self.s.tree.kind(*first), Kind::Str | Kind::Word) && value.len() <= 2;
            (solid && names.contains(&key.as_slice())).then(|| (*first, self.s.tree.content(*first).to_vec()))
        })
    }

    /// A property list's dictionary: keys and values take turns.
    fn is_dict(&self, tag: Id) -> bool {
        let tree = &self.s.tree;
        tree.kind(tag) == Kind::Tag && tree.children(tag).next().is_some_and(|n| tree.slice(n) == b"dict")
    }

    /// The key before the item of this number in a property list's dictionary, and the nodes of its value.
    fn dict_entry(&self, dict: Id, index: usize) -> Option<(Name, Vec<Id>)> {
        let tree = &self.s.tree;
        let holding = self.s.holding(dict);
        let ([key], [value]) = (holding.item(index.checked_sub(1)?), holding.item(index)) else { return None };
        let tagged = |id: Id, name: &[u8]| tree.children(id).next().is_some_and(|n| tree.slice(n) == name);
        if tree.kind(*key) != Kind::Tag || !tagged(*key, b"key") || tree.kind(*value) != Kind::Tag {
            return None;
        }
        let (first, _, span) = self.tag_text(*key)?;
        let text = self.tag_text(*value).map(|(f, l, _)| tree.walk(f, tree.node(l).after).collect());
        Some((Name { span, node: first, bond: Bond::Assigned }, text.unwrap_or_default()))
    }

    /// The name of a value of a property list's dictionary.
    pub(super) fn dict_name(&self, node: Id) -> Option<Name> {
        let dict = self.s.tree.parent(node).filter(|&d| self.s.tree.kind(node) == Kind::Tag && self.is_dict(d))?;
        self.dict_entry(dict, self.s.item_of(node)?.index).map(|(name, _)| name)
    }

    /// `[llm]` above `[llm.auth]`: what the fields say of the section that holds this one by its name.
    pub(super) fn upper_section(&self, section: Id, slot: &Slot) -> Option<Claim> {
        let name = self.section_name(section)?;
        let cut = name.iter().rposition(|b| matches!(b, b'.' | b':' | b'/'))?;
        if slot.fit() != Fit::Secret {
            return None;
        }
        let upper = &name[..cut];
        let parent = self.s.tree.parent(section)?;
        let kids = &self.s.holding(parent).kids;
        let at = kids.binary_search(&section).ok()?;
        let near = kids[..at].iter().rev().take(SECTIONS).chain(kids[at + 1..].iter().take(NEAR));
        let held = near.copied().find(|&k| self.section_name(k).is_some_and(|n| n == upper))?;
        let fields = self.fields(held);
        let fitting: Vec<(&Field, u8)> = fields
            .fields
            .iter()
            .filter(|f| f.signal != Signal::Name)
            .filter_map(|f| fits(f, slot, false, fields.slots).map(|fit| (f, fit)))
            .collect();
        decide(&fitting, confidence_of(slot, &fields))
    }

    /// What stands in the brackets of a section's header.
    fn section_name(&self, section: Id) -> Option<&[u8]> {
        let tree = &self.s.tree;
        let first = (tree.kind(section) == Kind::Section).then(|| tree.children(section).next())??;
        let text = tree.slice(first);
        let name = text.strip_prefix(b"[")?.strip_suffix(b"]")?;
        Some(name.strip_prefix(b"[").and_then(|n| n.strip_suffix(b"]")).unwrap_or(name).trim_ascii())
    }

    /// `app.providers[0].key`: what the other settings of the same index say.
    pub(super) fn indexed_claim(&self, item: Item, slot: &Slot) -> Option<Claim> {
        if self.s.tree.family(item.container) != Family::Lines || slot.fit() != Fit::Secret {
            return None;
        }
        let (scope, _, _) = self.indexed(item)?;
        let count = self.s.holding(item.container).items.len();
        let mut found = Vec::new();
        for index in item.index.saturating_sub(NEAR)..(item.index + NEAR).min(count) {
            let other = Item { index, ..item };
            if let Some((same, key, value)) = self.indexed(other).filter(|_| index != item.index)
                && same == scope
            {
                let nodes = self.s.nodes(other);
                let from = nodes.partition_point(|&n| self.s.tree.span(n).start < value);
                self.value_signals(Some(&self.sense(key)), &nodes[from..], index, 0, &mut found);
            }
        }
        let fitting: Vec<(&Field, u8)> =
            found.iter().filter_map(|f| fits(f, slot, false, 2).map(|fit| (f, fit))).collect();
        decide(&fitting, confidence_of(slot, &Fields::default()))
    }

    /// A setting's name up to its last index, the rest of the name, and where its value begins.
    fn indexed(&self, item: Item) -> Option<(&[u8], &[u8], usize)> {
        let span = self.s.item_span(item);
        let text = self.text(span.start..span.end.min(span.start + 200));
        let sign = text.iter().position(|b| matches!(b, b'=' | b':'))?;
        let close = text[..sign].iter().rposition(|b| *b == b']')?;
        let rest = text[close + 1..sign].trim_ascii();
        let rest = rest.strip_prefix(b".").unwrap_or(rest);
        (!rest.is_empty()).then_some((&text[..close], rest, span.start + sign + 1))
    }
}
