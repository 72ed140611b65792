//! The inquiry into one token: from the token outwards each level is asked who is named there; the innermost owner
//! wins.

use super::claim::{Claim, Ruling, Slot, Step};
use super::fields::Fields;
use super::terms::{Fit, Sense, Terms};
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind, Name, Structure};
use foldhash::HashMap;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

/// How many levels are asked.
const LEVELS: usize = 40;
/// How many uses may lead on to further uses.
pub(super) const DEPTH: usize = 5;

/// What is known of the objects that names stand for.
type Handles = HashMap<(Vec<u8>, Id), Option<Claim>>;

/// A use, the depth of asking, the name that is used, and the path from it.
type Use = (Id, usize, Vec<u8>, Vec<Step>);

/// What is known of a name.
type ByName<T> = HashMap<Box<[u8]>, Rc<[T]>>;

/// A word that is bound, and the nodes of what it is bound to.
type Definition = (Id, Vec<Id>);

/// What is remembered of a text for one rule.
#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) fields: RefCell<HashMap<Id, Rc<Fields>>>,
    pub(super) senses: RefCell<HashMap<Box<[u8]>, Rc<Sense>>>,
    pub(super) resolved: RefCell<HashMap<Id, Option<Claim>>>,
    /// What each use of a name says of what a path reaches in it, by the use and the depth of asking.
    pub(super) uses: RefCell<HashMap<Use, Option<Claim>>>,
    pub(super) definitions: RefCell<ByName<Definition>>,
    pub(super) functions: RefCell<ByName<Id>>,
    pub(super) records: RefCell<HashMap<Id, bool>>,
    pub(super) tables: RefCell<Option<Rc<super::joins::Tables>>>,
    pub(super) inserts: RefCell<Option<Rc<super::insert::Inserts>>>,
    pub(super) statements: RefCell<HashMap<Item, Option<super::insert::Head>>>,
    pub(super) handles: RefCell<Handles>,
    /// The first row of a row's table.
    pub(super) heads: RefCell<HashMap<Id, Id>>,
    pub(super) file: RefCell<Option<Rc<super::file::FileFacts>>>,
    pub(super) copied: RefCell<Option<Rc<[super::threads::Copied]>>>,
}

/// An inquiry.
pub(super) struct Inquiry<'s> {
    pub(super) s: &'s Structure<'s>,
    pub(super) terms: &'s Terms,
    pub(super) memory: &'s Memory,
    /// How many more places may be looked at for this token.
    pub(super) budget: Cell<u32>,
}

impl Inquiry<'_> {
    /// The sense of a name.
    pub(super) fn sense(&self, name: &[u8]) -> Rc<Sense> {
        if let Some(known) = self.memory.senses.borrow().get(name) {
            return known.clone();
        }
        let sense = Rc::new(self.terms.sense(name));
        self.memory.senses.borrow_mut().insert(name.into(), sense.clone());
        sense
    }

    pub(super) fn text(&self, span: Range<usize>) -> &[u8] {
        self.s.tree.text().get(span).unwrap_or_default()
    }

    /// Whose the token is.
    pub(super) fn token(&self, token: &Range<usize>, path: Option<&[u8]>) -> Option<Claim> {
        let at = self.s.tree.at(token.start);
        if let Some(claim) = self.place_claim(at, token) {
            return Some(claim);
        }
        let mut slot = Slot::default();
        let claim = self
            .ask_levels(at, 0, &mut slot)
            .or_else(|| self.ordered_claim(at))
            .or_else(|| self.path_reference(at, &slot))
            .or_else(|| self.template_reference(&slot))
            .or_else(|| self.injected_claim(&slot))
            .or_else(|| self.holder_claim(&slot))
            .or_else(|| self.copied_claim(token, &slot))
            .or_else(|| self.thread_claim(token, &slot));
        let claim = match claim {
            Some(claim) if claim.confidence() != Some(Confidence::Low) => Some(claim),
            low => self.printed_claim(at, token).or_else(|| self.piped_claim(at, token)).or(low),
        };
        let claim = self.chosen(at, token, &slot, claim);
        let claim = match claim {
            Some(claim) if claim.confidence() != Some(Confidence::Low) || claim.own => Some(claim),
            low => self.remark_claim(at, token, &slot, path).or(low),
        };
        let claim = claim.or_else(|| {
            let beside = self.s.tree.text().trim_ascii().len().saturating_sub(token.len());
            let note = self.s.tree.dialect().family == Family::Prose && beside <= 80;
            let bare = beside <= 2 || note;
            path.and_then(|p| self.path_claim(p, &slot, bare))
        });
        let claim = match claim {
            Some(claim) if claim.confidence() != Some(Confidence::Low) => claim,
            low => self.prose_claim(at, token, &slot).or(low)?,
        };
        let claim = self.weigh(claim);
        // A key's own name, an address or a field that tells the provider is never the wind's.
        let named = claim.own && slot.fit() == Fit::Secret;
        let by_chance = claim.is_ours() && !(claim.by_host || claim.firm || named);
        match self.other_trade(at).filter(|_| by_chance) {
            Some(word) => Some(Claim::new(Ruling::Not, format!("{}, but it is of {word}", claim.reason), claim.span)),
            None => Some(self.with_the_rest(claim, path, &slot)),
        }
    }

    /// What else speaks for a token that is the rule's: the use of the provider in the text, the file's own name.
    fn with_the_rest(&self, mut claim: Claim, path: Option<&[u8]>, slot: &Slot) -> Claim {
        if !claim.is_ours() {
            return claim;
        }
        if let Some(uses) = self.facts().uses.clone().filter(|uses| *uses != claim.span && !claim.trail.contains(uses))
        {
            claim.also.push(format!("the text uses {}", String::from_utf8_lossy(self.text(uses))));
        }
        let filed = path.and_then(|path| self.path_claim(path, slot, false)).filter(Claim::is_ours);
        claim.also.extend(filed.map(|filed| filed.reason).filter(|reason| *reason != claim.reason));
        claim
    }

    /// What the file as a whole adds to a claim or takes from it.
    fn weigh(&self, claim: Claim) -> Claim {
        let Some(confidence) = claim.confidence() else { return claim };
        if claim.by_host {
            return claim;
        }
        let facts = self.facts();
        match (&facts.uses, &facts.homonym) {
            // A key's own full name is seldom another thing's.
            (None, Some(homonym)) if claim.own && confidence == Confidence::High => match homonym.whole {
                true => Claim {
                    reason: format!("{}, though the text is about {}", claim.reason, homonym.word),
                    ..claim.at_most(Confidence::Low)
                },
                false => claim,
            },
            (None, Some(homonym))
                if homonym.strong || !claim.firm && (homonym.sure || confidence < Confidence::High) =>
            {
                Claim::new(Ruling::Not, format!("{}, but the text is about {}", claim.reason, homonym.word), claim.span)
            }
            (Some(uses), None) if confidence == Confidence::Low && claim.may_rise => {
                let mut claim = Claim { ruling: Ruling::Ours(Confidence::Medium), ..claim };
                claim.trail.push(uses.clone());
                claim
            }
            _ => claim,
        }
    }

    /// Whose the value at the node `at` is.
    pub(super) fn whose(&self, at: Id, depth: usize) -> Option<Claim> {
        self.ask_levels(at, depth, &mut Slot::default())
    }

    fn ask_levels(&self, at: Id, depth: usize, slot: &mut Slot) -> Option<Claim> {
        let mut held: Option<Claim> = None;
        let mut node = at;
        for level in 0..LEVELS {
            let Some(container) = self.s.tree.parent(node) else { break };
            if let Some(claim) = self.ask(node, container, level, depth, slot, &mut held) {
                let claim = self.settle(claim, held);
                return Some(self.addressed(node, &claim, slot, depth).unwrap_or(claim));
            }
            if let Some(claim) = &held
                && (!claim.is_ours() || claim.confidence() >= Some(Confidence::Medium))
                && self.s.tree.kind(container) != Kind::Str
                && !self.is_look_up(container)
            {
                return self.addressed(node, claim, slot, depth).or(held);
            }
            node = container;
        }
        held
    }

    /// Whether round brackets are those of `getenv("NAME", value)`.
    fn is_look_up(&self, round: Id) -> bool {
        let tree = &self.s.tree;
        let callee = self.s.callee(round).filter(|_| tree.kind(round) == Kind::Round);
        callee.and_then(|c| crate::structure::parts(tree.slice(c)).last()).is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            let looks =
                [&b"env"[..], b"getenv", b"get_env", b"getproperty", b"getordefault", b"get", b"fetch", b"config"];
            looks.contains(&name.as_slice())
        })
    }

    /// A claim from further out against the one that a name nearer to the token made.
    fn settle(&self, claim: Claim, held: Option<Claim>) -> Claim {
        match held {
            Some(held) if !held.is_ours() => {
                let protocol = matches!(&held.ruling, Ruling::Other(o)
                    if super::lexicon::lexicon().roles(o) & super::lexicon::role::PROTOCOL != 0);
                if claim.by_host && claim.is_ours() && (protocol || claim.scoped) { claim } else { held }
            }
            // A custom address beats a name; nothing else does.
            Some(held) if (!claim.by_host || claim.is_ours()) && held.confidence() >= Some(Confidence::Medium) => held,
            Some(held) if claim.is_ours() && held.is_ours() && held.confidence() >= claim.confidence() => held,
            _ => claim,
        }
    }

    /// One level: the names of the node, what stands in its item, what its container holds besides.
    fn ask(
        &self,
        node: Id,
        container: Id,
        level: usize,
        depth: usize,
        slot: &mut Slot,
        held: &mut Option<Claim>,
    ) -> Option<Claim> {
        let group =
            level > 0 && matches!(self.s.tree.kind(node), Kind::Round | Kind::Curly | Kind::Square | Kind::Block);
        if group && let Some(claim) = self.head_claim(node, slot, depth) {
            return Some(claim);
        }
        if group {
            self.leave_call(node, slot);
        }
        if self.s.tree.kind(node) == Kind::Section
            && let Some(claim) = self.section_claim(node, slot).or_else(|| self.upper_section(node, slot))
        {
            return Some(claim);
        }
        if self.s.tree.kind(node) == Kind::Tag
            && let Some(claim) = self.element_column(node, container, slot)
        {
            return Some(claim);
        }
        let reach = slot.path.len();
        let mut names = self.s.names(node);
        if self.s.tree.kind(container) == Kind::Tag && names.is_empty() {
            names.extend(self.dict_name(node).or_else(|| self.tag_name(container, node)));
        }
        if names.is_empty()
            && let Some(item) = self.s.item_of(node)
        {
            names.extend(self.option_before(node, item));
        }
        for name in &names {
            if let Some(claim) = self.name_claim(node, name, level, slot) {
                match claim.ruling {
                    Ruling::Other(_) if claim.own => *held = held.take().or(Some(claim)),
                    // What holds the slot speaks for all of it; what stands beside that holder is not asked.
                    Ruling::Ours(_) if !claim.may_rise && claim.confidence() >= Some(Confidence::Medium) => {
                        return Some(claim);
                    }
                    Ruling::Ours(_) if held.is_none() => *held = Some(claim),
                    Ruling::Ours(_) => {}
                    _ => return Some(claim),
                }
            }
        }
        if self.s.tree.kind(container) == Kind::Row {
            return self.row_claim(container, node, slot);
        }
        let item = self.s.item_of(node)?;
        if let Some(claim) = self.item_claim(node, item, slot, depth) {
            return Some(claim);
        }
        if level <= 1
            && let Some(claim) = self.indexed_claim(item, slot)
        {
            return Some(claim);
        }
        if level <= 1
            && let Some(claim) = self.positional_claim(node, item, depth)
        {
            return Some(claim);
        }
        if let Some(claim) = self.unpacked_claim(node, item, &slot.path[..reach], depth) {
            return Some(claim);
        }
        if level == 0 && names.is_empty() && self.s.tree.kind(container) == Kind::Str {
            slot.path.extend(self.split_place(item, node).map(|(at, of)| Step::Index(at, of)));
        }
        let claim = self.container_claim(item, level, slot, depth, &names, node);
        let joined = || {
            self.list_claim(node)
                .or_else(|| self.table_claim(item).filter(|_| slot.fit() != Fit::Not))
                .or_else(|| self.zipped_claim(container, node, false))
        };
        match claim {
            Some(claim) if claim.by_host || claim.ruling == Ruling::Torn => Some(claim),
            claim => {
                let claim = if depth <= 2 { joined().or(claim) } else { claim };
                // `look_up("NAME", value)`: as a name of its own, which a custom address beats.
                match claim {
                    Some(claim) if claim.is_ours() && self.is_look_up(container) => {
                        held.get_or_insert(claim);
                        None
                    }
                    claim => claim,
                }
            }
        }
    }

    /// The name of the element whose content the node is.
    fn tag_name(&self, tag: Id, node: Id) -> Option<Name> {
        let tree = &self.s.tree;
        let name = tree.children(tag).next().filter(|&n| n != node)?;
        let span = tree.span(name);
        // `space:local`
        let start = tree.slice(name).iter().rposition(|b| *b == b':').map_or(span.start, |n| span.start + n + 1);
        let sense = self.sense(self.text(start..span.end));
        // The elements of pages say nothing of what they hold.
        let telling = sense.owner.is_some() && span.end - start > 2 || sense.fit() == Fit::Secret;
        telling.then_some(Name { span: start..span.end, node: name, bond: Bond::Assigned })
    }

    /// What the other items of the container say, and what uses of the bound name say.
    fn container_claim(
        &self,
        item: Item,
        level: usize,
        slot: &mut Slot,
        depth: usize,
        names: &[Name],
        node: Id,
    ) -> Option<Claim> {
        let container = item.container;
        if self.s.tree.kind(container) == Kind::Round
            && let Some(claim) = self.s.nodes(item).first().and_then(|&n| self.insert_claim(container, n, slot))
        {
            return Some(claim);
        }
        let record = self.is_record(container);
        let result = depth > 0 && self.is_result(node);
        if !record
            && !result
            && let Some(claim) = self.uses_claim(item, slot, depth, names)
        {
            return Some(claim);
        }
        if !record && let Some(claim) = self.block_claim(item, node, slot, depth) {
            return Some(claim);
        }
        if !record && let Some(claim) = self.returned_claim(item, slot, depth) {
            return Some(claim);
        }
        if let Some(claim) = self.annotated_claim(item, depth) {
            return Some(claim);
        }
        if !record && let Some(claim) = self.run_claim(item, slot) {
            return Some(claim);
        }
        // Constants stand side by side as fields do, but what is done with them says more.
        if record
            && !result
            && (slot.fit() == Fit::Unknown
                || names.iter().any(|n| self.text(n.span.clone()).starts_with(b"$"))
                || self.s.tree.kind(container) == Kind::File
                || self.is_code_scope(container))
            && self.s.tree.family(container) == Family::Code
            && self.holds_statements(container)
            && let Some(claim) = self.uses_claim(item, slot, depth, names)
        {
            return Some(claim);
        }
        if record
            && depth == 0
            && self.s.tree.kind(container) == Kind::Curly
            && let Some(claim) = self.resource_claim(container, item.index)
        {
            return Some(claim);
        }
        let cells = || self.cells_of_row(container, item.index, depth);
        if record
            && level <= 1
            && self.s.tree.family(container) == Family::Code
            && let Some(claim) = cells()
        {
            return Some(claim);
        }
        if record && let Some(claim) = self.fields_claim(container, item.index, slot, depth) {
            // The provider's name may be that of a record with another address.
            let alias =
                || self.referred_claim(container, item.index, slot, depth).filter(|r| r.by_host && !r.is_ours());
            let open = depth == 0 && claim.is_ours() && !claim.by_host;
            return Some(if open { alias().unwrap_or(claim) } else { claim });
        }
        if record
            && depth <= 1
            && let Some(claim) = self.referred_claim(container, item.index, slot, depth)
        {
            return Some(claim);
        }
        if record
            && !result
            && self.holds_statements(container)
            && let Some(claim) = self.uses_claim(item, slot, depth, names)
        {
            return Some(claim);
        }
        if record
            && depth == 0
            && level <= 6
            && let Some(claim) = self.reference_claim(container, item.index, depth, level > 2)
        {
            return Some(claim);
        }
        if (matches!(self.s.tree.kind(container), Kind::Round | Kind::Square | Kind::Row | Kind::Str)
            || self.is_plain_list(container))
            && (names.is_empty() || self.are_elements(names))
            && let Some((index, count)) = self.element_place(container, node, item)
            && count > 1
            && slot.path.is_empty() | (self.s.tree.kind(container) != Kind::Str)
        {
            let name = self.zipped(container, index).or_else(|| self.mapped(container, index));
            slot.path.push(name.map_or(Step::Index(index, count), Step::Name));
        }
        None
    }

    /// Whether a word is a method that is called on an object, and what it gives is something else: `client.search(...)`.
    fn is_result(&self, word: Id) -> bool {
        let tree = &self.s.tree;
        let next = tree.node(word).after;
        let called = tree.kind(word) == Kind::Word
            && tree.family(word) == Family::Code
            && (next as usize) < tree.len()
            && tree.kind(next) == Kind::Round
            && tree.span(next).start == tree.span(word).end
            && tree.node(next).after > next + 1;
        let method = crate::structure::parts(tree.slice(word)).skip(1).last();
        called
            && method.is_some_and(|m| {
                matches!(
                    m,
                    b"search"
                        | b"post"
                        | b"query"
                        | b"request"
                        | b"send"
                        | b"chat"
                        | b"complete"
                        | b"create"
                        | b"run"
                        | b"call"
                        | b"invoke"
                        | b"execute"
                        | b"index"
                )
            })
    }
}
