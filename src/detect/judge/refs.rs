//! Records that call one another by name: `cluster: c_b` beside a token, and elsewhere the cluster of that name with its
//! address; or a router that names both the service and the middleware that holds the token.

use super::beside::decide;
use super::claim::{Claim, Slot, Step};
use super::fields::{Field, Signal};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::Fit;
use crate::rule::Confidence;
use crate::structure::{Id, Kind};

/// How many places of a name are looked at; a name of more is no reference.
const PLACES: usize = 12;
/// How large a record may be, in nodes.
const RECORD: Id = 240;

impl Inquiry<'_> {
    /// What the records say whose names stand beside the token.
    pub(super) fn referred_claim(&self, container: Id, index: usize, slot: &Slot, depth: usize) -> Option<Claim> {
        let fits = depth > 0 || slot.fit() >= Fit::Neutral && slot.stem().is_empty();
        if !fits || !self.is_data(container) {
            return None;
        }
        let holding = self.s.holding(container);
        if holding.items.len() > 24 {
            return None;
        }
        (0..holding.items.len()).filter(|&i| i != index).find_map(|i| {
            let (key, value) = self.entry(holding.item(i));
            key.filter(|&k| !self.is_naming(k))?;
            self.referred_by(&value, container, 0)
        })
    }

    /// The same for one value: a name, or a small group with one.
    fn referred_by(&self, value: &[Id], from: Id, level: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let [only] = value else { return None };
        match tree.kind(*only) {
            Kind::Word | Kind::Str => self.record_named(*only, from),
            Kind::Curly | Kind::Square | Kind::Block | Kind::Element if level < 3 && !self.has_slot(*only) => {
                let holding = self.s.holding(*only);
                (0..holding.items.len().min(8)).find_map(|i| {
                    let (_, value) = self.entry(holding.item(i));
                    let value = if value.is_empty() { holding.item(i).to_vec() } else { value };
                    self.referred_by(&value, from, level + 1)
                })
            }
            _ => None,
        }
    }

    /// The addresses of the record that bears this name.
    fn record_named(&self, name: Id, from: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let text = tree.content(name);
        if !self.is_own_word(text) {
            return None;
        }
        let words = self.s.words();
        let places = words.of(text);
        if !(2..=PLACES).contains(&places.len()) || !self.spend() {
            return None;
        }
        let mut found: Vec<Field> = Vec::new();
        for &place in places.iter().filter(|&&p| !tree.holds(from, p)) {
            let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
            let Some(item) = self.s.item_of(node) else { continue };
            let nodes = self.s.nodes(item);
            let (key, value) = self.key_and_value(&nodes);
            if key == Some(node) {
                value.iter().for_each(|&v| self.search(v, 0, None, &mut found));
            } else if key.is_some_and(|k| self.is_naming(k)) {
                self.search_record(item.container, from, &mut found);
            }
        }
        found.retain(|f| f.signal == Signal::Host);
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        let claim = decide(&fitting, Confidence::High)?;
        (claim.ruling != super::claim::Ruling::Torn).then_some(claim)
    }

    /// The addresses of a record that has its name here or in a part of it: `metadata: {name: ...}`.
    fn search_record(&self, part: Id, from: Id, found: &mut Vec<Field>) {
        let tree = &self.s.tree;
        let metadata = self.s.names(part).first().is_some_and(|n| self.text(n.span.clone()) == b"metadata");
        let record = if metadata { tree.parent(part).unwrap_or(part) } else { part };
        if !tree.holds(record, from) && tree.node(record).after - record <= RECORD {
            self.search(record, 0, None, found);
        }
    }

    /// What the places say that name something that holds the token.
    pub(super) fn holder_claim(&self, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let names = slot.path.iter().filter_map(|s| match s {
            Step::Name(name) => Some(name.as_slice()),
            Step::Index(..) => None,
        });
        let words = self.s.words();
        for name in names.filter(|n| self.is_own_word(n)) {
            let places = words.of(name);
            if !(2..=PLACES).contains(&places.len()) {
                continue;
            }
            let mut found: Option<Claim> = None;
            for &place in places {
                let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
                let Some(item) = self.s.item_of(node).filter(|i| self.is_data(i.container)) else { continue };
                if self.key_and_value(&self.s.nodes(item)).0 == Some(node) || !self.spend() {
                    continue;
                }
                let Some(claim) = self.whose(node, 1).or_else(|| self.named_for(node)) else { continue };
                match &found {
                    Some(known) if known.ruling != claim.ruling => return None,
                    _ => found = Some(claim),
                }
            }
            if found.as_ref().is_some_and(|c| c.by_host || c.confidence() >= Some(Confidence::Medium)) {
                return found;
            }
        }
        None
    }

    /// `name: PROVIDER_API_KEY` over `valueFrom: {secretKeyRef: {name: store, key: part}}`: for whom a part is fetched.
    fn named_for(&self, node: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let mut holders = tree
            .ancestors(node)
            .filter(|&a| matches!(tree.kind(a), Kind::Curly | Kind::Block | Kind::Element) && self.is_record(a));
        // The name beside the reference is the store's.
        holders.next()?;
        holders.take(4).find_map(|record| {
            let holding = self.s.holding(record);
            let names = (0..holding.items.len().min(12)).map(|i| self.key_and_value(holding.item(i)));
            names.filter(|(key, _)| key.is_some_and(|k| self.is_naming(k))).find_map(|(_, value)| {
                let [name] = value else { return None };
                self.named_secret(*name).or_else(|| self.set_beside(record, *name))
            })
        })
    }

    /// `name: LLM_TOKEN` in a list of settings with `name: LLM_URL`: the address of the same beginning.
    fn set_beside(&self, record: Id, name: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let sense = self.sense(tree.content(name));
        if sense.fit() != Fit::Secret || sense.owner.is_some() {
            return None;
        }
        std::iter::once(record).chain(tree.ancestors(record)).take(2).find_map(|node| {
            let item = self.s.item_of(node)?;
            let name = tree.content(name).to_vec();
            let mut slot = Slot { sense: Some((*sense).clone()), name, ..Slot::default() };
            self.fields_claim(item.container, item.index, &mut slot, 1).filter(|c| c.by_host)
        })
    }

    /// What a name says that is a value: of a variable, of an entry of a store.
    fn named_secret(&self, name: Id) -> Option<Claim> {
        use crate::structure::{Bond, Name};
        let tree = &self.s.tree;
        let text = tree.content(name);
        let last = text.rsplit(|b| *b == b'/').next().filter(|l| !l.is_empty())?;
        let sense = self.sense(last);
        if !(sense.exact || sense.roles & role::SECRET != 0) || text.len() > 100 {
            return None;
        }
        let span = tree.span(name);
        let ruling = self.own_name(&sense, &Name { span: span.clone(), node: name, bond: Bond::Assigned })?;
        Some(Claim::new(ruling, format!("is fetched for {}", String::from_utf8_lossy(text)), span))
    }

    /// `secret_id = kind.label.id` beside the token, and `resource "kind" "label" { name = "provider-api-key" }`.
    pub(super) fn resource_claim(&self, container: Id, index: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let block = |body: Id| {
            let nodes = self.s.nodes(self.s.item_of(body)?);
            matches!(&nodes[..], [word, ..] if matches!(tree.slice(*word), b"resource" | b"data")).then_some(nodes)
        };
        block(container)?;
        let holding = self.s.holding(container);
        (0..holding.items.len().min(16)).filter(|&i| i != index).find_map(|i| {
            let [one] = self.key_and_value(holding.item(i)).1 else { return None };
            let parts: Vec<&[u8]> = crate::structure::parts(tree.slice(*one)).collect();
            let (kind, label) = (*parts.first()?, *parts.get(1)?);
            let words = self.s.words();
            let places = words.of(label);
            if tree.kind(*one) != Kind::Word || places.len() > PLACES * 4 || !self.spend() {
                return None;
            }
            places.iter().find_map(|&place| {
                let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
                let nodes = self.s.nodes(self.s.item_of(node)?);
                let [_, k, l, .., body] = &nodes[..] else { return None };
                if *l != node || tree.content(*k) != kind || tree.kind(*body) != Kind::Curly {
                    return None;
                }
                let fields = self.s.holding(*body);
                (0..fields.items.len().min(16)).find_map(|i| {
                    let (key, value) = self.key_and_value(fields.item(i));
                    let [name] = value else { return None };
                    key.filter(|&k| self.is_naming(k)).and_then(|_| self.named_secret(*name))
                })
            })
        })
    }

    fn is_data(&self, node: Id) -> bool {
        use crate::structure::Family;
        matches!(self.s.tree.family(node), Family::Yaml | Family::Json | Family::Lines | Family::Markup)
    }

    fn is_naming(&self, key: Id) -> bool {
        let text = self.s.tree.content(key);
        let sense = self.sense(text);
        sense.roles & (role::NAMING | role::ID) != 0 || text.ends_with(b"name") || text.ends_with(b"Name")
    }

    /// Whether a word is a name that somebody gave, and no word of everyday settings.
    fn is_own_word(&self, text: &[u8]) -> bool {
        (2..=60).contains(&text.len())
            && !text.iter().all(u8::is_ascii_digit)
            && (text.iter().any(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_'))
                || !self.sense(text).stem.is_empty())
    }
}
