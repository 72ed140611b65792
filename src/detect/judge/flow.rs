//! Where a bound value goes: uses of variables, of fields and elements, through a few assignments.

use super::claim::{Claim, Ruling, Slot, Step};
use super::inquiry::{DEPTH, Inquiry};
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind, Name, parts};

/// How many uses of a name are looked at.
const USES: usize = 40;

impl Inquiry<'_> {
    /// What the uses of the name that this item binds say.
    pub(super) fn uses_claim(&self, item: Item, slot: &Slot, depth: usize, names: &[Name]) -> Option<Claim> {
        if depth >= DEPTH {
            return None;
        }
        let defined = self.defined_name(item);
        let name = names.iter().find(|n| self.is_variable(n, item)).or(defined.as_ref())?;
        let text = self.text(name.span.clone());
        let mut path: Vec<Step> = slot.path.clone();
        // The variable itself stands last; what the value is reached by within it, before.
        let bound = name.bond != Bond::Before;
        while bound
            && let Some(Step::Name(last)) = path.last()
            && last.as_slice() != text
        {
            path.pop();
        }
        if bound {
            path.pop();
        }
        if let Bond::Listed(index) = name.bond
            && path.is_empty()
        {
            path.push(Step::Index(index, 0));
        }
        let (base, path) = self.base_and_path(name, path)?;
        // The default of a parameter is used in its own function alone.
        let region = self.default_region(item);
        let regions = region.as_slice();
        let used = self.uses_within(&base, name.node, item, &path, depth, regions);
        let neutral = |step: &Step| matches!(step, Step::Name(n) if self.sense(n).stem.is_empty());
        let attribute = !path.is_empty() && self.is_attribute(name) && path.first().is_some_and(neutral);
        used.or_else(|| attribute.then(|| self.handle_claim(name.node, &base, depth + 1)).flatten())
            .or_else(|| self.attribute_uses(name, &path, depth))
    }

    /// `object.name = value` in one function, `other.name` in another: the only field of this name that gets a value.
    fn attribute_uses(&self, name: &Name, path: &[Step], depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let [Step::Name(field)] = path else { return None };
        let whole = self.s.sign_behind(name.node) == b"="
            && !self.is_member_name(name.node)
            && parts(tree.slice(name.node)).count() == 2
            && parts(tree.slice(name.node)).last() == Some(field);
        if !whole || depth + 1 >= DEPTH || tree.family(name.node) != Family::Code {
            return None;
        }
        let words = self.s.words();
        let members = words.of(field).iter().copied().filter(|&p| {
            p != name.node && parts(tree.slice(p)).count() > 1 && parts(tree.slice(p)).last() == Some(field.as_slice())
        });
        let mut found: Option<Claim> = None;
        for place in members.take(USES) {
            if matches!(self.s.sign_behind(place), b"=" | b":=" | b"??=" | b"||=") {
                return None;
            }
            if !self.spend() {
                break;
            }
            let Some(claim) = self.whose(place, depth + 1) else { continue };
            match &found {
                Some(known) if known.is_ours() != claim.is_ours() => return None,
                _ => found = Some(self.passed(claim, place)),
            }
        }
        found
    }

    /// The function of whose parameter an item is the default.
    fn default_region(&self, item: Item) -> Option<(Id, Id)> {
        let tree = &self.s.tree;
        let round = Some(item.container).filter(|&r| tree.kind(r) == Kind::Round)?;
        let callee = self.s.callee(round);
        let defined =
            callee.is_some_and(|c| parts(tree.slice(c)).last().is_some_and(|n| self.functions(n).contains(&c)));
        let arrow = matches!(self.s.sign_behind(round), b"=>" | b"->");
        if defined || arrow { self.function_region(item) } else { None }
    }

    /// `object.name = value`, `object["name"] = value`.
    fn is_attribute(&self, name: &Name) -> bool {
        let square = self.s.tree.parent(name.node).is_some_and(|p| self.s.tree.kind(p) == Kind::Square);
        square || parts(self.text(name.span.clone())).count() > 1
    }

    /// `define(NAME, value)`, `setenv("NAME", value)`: the name is the first argument.
    fn defined_name(&self, item: Item) -> Option<Name> {
        let tree = &self.s.tree;
        if tree.kind(item.container) != Kind::Round || item.index != 1 {
            return None;
        }
        let callee = tree.slice(self.s.callee(item.container)?);
        let last = callee.rsplit(|b| matches!(b, b'.' | b':' | b'-')).next().unwrap_or(callee);
        if !matches!(
            last,
            b"define"
                | b"setenv"
                | b"putenv"
                | b"set"
                | b"put"
                | b"const"
                | b"defparameter"
                | b"defconst"
                | b"Define"
                | b"SetEnvironmentVariable"
                | b"text"
                | b"register"
                | b"store"
                | b"provide"
                | b"addSecret"
                | b"setSecret"
        ) {
            return None;
        }
        let holding = self.s.holding(item.container);
        let [first] = holding.item(0) else { return None };
        let span = tree.span(*first);
        let quote = (tree.slice(*first).len() - tree.content(*first).len()) / 2;
        Some(Name { span: span.start + quote..span.end - quote, node: *first, bond: Bond::Assigned })
    }

    fn is_variable(&self, name: &Name, item: Item) -> bool {
        let text = self.text(name.span.clone());
        let plain = text.iter().all(|b| b.is_ascii_alphanumeric() || b"_.$@:->?".contains(b) || *b >= 0x80);
        // The key of a record is no variable.
        let lisp = self.s.tree.family(name.node) == Family::Lisp;
        let keyed = self.s.tree.kind(item.container) == Kind::Curly && (lisp || !self.is_code_scope(item.container));
        let quoted = self.s.tree.kind(name.node) == Kind::Str && self.s.tree.parent(name.node) == Some(item.container);
        // `set "name" to value`: looked up by the same text.
        let quoted = quoted && !(self.s.tree.dialect().family == Family::Sql && name.bond == Bond::Assigned);
        // The header of a request as it is sent.
        let header = text.eq_ignore_ascii_case(b"authorization") && self.s.sign_behind(name.node) == b":";
        let paired =
            self.s.tree.family(name.node) == Family::Lisp || matches!(self.s.sign_behind(name.node), b":" | b"=>");
        if quoted || header || keyed && paired {
            return false;
        }
        match name.bond {
            Bond::Assigned | Bond::Listed(_) => plain && !text.is_empty() && !self.is_type(text),
            Bond::Before if text.starts_with(b"@") => plain,
            Bond::Before => {
                let first = self.s.nodes(item).iter().find(|&&id| self.s.tree.kind(id) == Kind::Word).copied();
                plain
                    && first.is_some_and(|f| {
                        lisp && matches!(self.s.tree.slice(f), b"local" | b"var" | b"global")
                            || matches!(
                                self.s.tree.slice(f),
                                b"define"
                                    | b"newcommand"
                                    | b"renewcommand"
                                    | b"providecommand"
                                    | b"def"
                                    | b"set"
                                    | b"setenv"
                                    | b"ENV"
                                    | b"defonce"
                                    | b"ARG"
                                    | b"setq"
                                    | b"defvar"
                                    | b"defconst"
                            )
                    })
            }
            _ => false,
        }
    }

    pub(super) fn is_type(&self, text: &[u8]) -> bool {
        use super::lexicon::{lexicon, role};
        let word = String::from_utf8_lossy(text).to_lowercase();
        lexicon().roles(&word) & role::KEYWORD != 0
    }

    /// The variable that a name begins with, and the way from it: `self.keys["a"]` is keys, then a.
    fn base_and_path(&self, name: &Name, mut path: Vec<Step>) -> Option<(Vec<u8>, Vec<Step>)> {
        let text = self.text(name.span.clone());
        let mut all: Vec<Vec<u8>> = parts(text).map(<[u8]>::to_vec).collect();
        if all.first().is_some_and(|p| {
            matches!(p.as_slice(), b"self" | b"this" | b"cls" | b"env" | b"const" | b"ext") && all.len() > 1
        }) {
            all.remove(0);
        }
        // `headers["Authorization"] = value`: the variable stands before the bracket.
        let holder = self.s.tree.parent(name.node).filter(|&p| {
            let kind = self.s.tree.kind(p);
            kind == Kind::Square || kind == Kind::Round && self.s.sign_behind(p) == b"="
        });
        if let Some(square) = holder
            && let Some(&before) = self.s.head(square).first().filter(|&&b| self.s.tree.kind(b) == Kind::Word)
        {
            path.push(Step::Name(text.to_vec()));
            all = parts(self.s.tree.slice(before)).map(<[u8]>::to_vec).collect();
            if let [object, attribute] = all.as_slice()
                && matches!(attribute.as_slice(), b"environ" | b"env" | b"headers" | b"ENV")
            {
                // The environment: the name itself is what is looked up elsewhere.
                if attribute.as_slice() != b"headers" {
                    return Some((text.to_vec(), Vec::new()));
                }
                all = vec![object.clone()];
            }
        }
        while all.len() > 1 {
            path.push(Step::Name(all.pop()?));
        }
        all.pop().filter(|b| !b.is_empty()).map(|base| (base, path))
    }

    /// What the uses of `base` say of the value that `path` (from the inside) reaches in it.
    pub(super) fn uses_of(
        &self,
        base: &[u8],
        definition: Id,
        item: Item,
        path: &[Step],
        depth: usize,
    ) -> Option<Claim> {
        self.uses_within(base, definition, item, path, depth, &[])
    }

    /// The same without the uses outside of `regions`, if there are any.
    pub(super) fn uses_within(
        &self,
        base: &[u8],
        definition: Id,
        item: Item,
        path: &[Step],
        depth: usize,
        regions: &[(Id, Id)],
    ) -> Option<Claim> {
        let words = self.s.words();
        let places = words.of(base);
        if places.len() < 2 {
            return None;
        }
        let scope = if self.is_member_name(definition) { 0 } else { self.scope(item) };
        let after = self.s.tree.node(scope).after;
        let (from, to) = self.reign(base, definition, item, places);
        let (mut ours, mut other, mut torn): (Option<Claim>, Option<Claim>, bool) = (None, None, false);
        let mut not: Option<Claim> = None;
        let mut looked = 0;
        let within = |p: Id| p > scope && p < after && p != definition && from <= p && p < to;
        // The places are in their order: only those of the scope are gone through.
        let first = places.partition_point(|&p| p <= scope || p < from);
        for &place in places[first..].iter().take_while(|&&p| p < after && p < to).filter(|&&p| within(p)) {
            if !regions.is_empty() && !regions.iter().any(|(from, to)| (*from..*to).contains(&place)) {
                continue;
            }
            looked += 1;
            if looked > USES || !self.spend() {
                break;
            }
            if !self.is_use(place, base, definition, item) {
                continue;
            }
            let Some(claim) = self.remembered_use(place, base, path, depth) else { continue };
            match claim.ruling {
                Ruling::Ours(_) if ours.as_ref().is_none_or(|o| o.confidence() < claim.confidence()) => {
                    ours = Some(self.passed(claim, place))
                }
                Ruling::Ours(_) => {}
                Ruling::Other(_) => other = other.or(Some(claim)),
                Ruling::Torn => torn = true,
                Ruling::Not => not = not.or(Some(claim)),
            }
        }
        match (ours, other) {
            (Some(ours), Some(_)) => Some(Claim::new(Ruling::Torn, "its uses name several owners", ours.span)),
            (Some(ours), None) if torn => Some(ours.at_most(Confidence::Low)),
            (Some(ours), None) => Some(ours),
            (None, Some(other)) => Some(other),
            (None, None) => not.filter(|n| !n.own || !torn),
        }
    }

    /// What a use says, asked once for all tokens that bear the name.
    fn remembered_use(&self, place: Id, base: &[u8], path: &[Step], depth: usize) -> Option<Claim> {
        let key = (place, depth, base.to_vec(), path.to_vec());
        if let Some(known) = self.memory.uses.borrow().get(&key) {
            return known.clone();
        }
        let claim = self.use_claim(place, base, path, depth);
        // What was cut short by the budget of one token is not what the next one would be told.
        if self.budget.get() > 0 {
            self.memory.uses.borrow_mut().insert(key, claim.clone());
        }
        claim
    }

    /// Where a binding holds among others of the same name in the same sequence of statements: from its own to the next.
    fn reign(&self, base: &[u8], definition: Id, item: Item, places: &[Id]) -> (Id, Id) {
        let tree = &self.s.tree;
        let statements = matches!(tree.kind(item.container), Kind::File | Kind::Block | Kind::Fence)
            && matches!(tree.family(item.container), Family::Code | Family::Shell | Family::Prose);
        if !statements || tree.parent(definition) != Some(item.container) {
            return (0, Id::MAX);
        }
        let bound = |p: &&Id| tree.parent(**p) == Some(item.container) && self.definition(**p, base).is_some();
        let next = places.iter().take(USES).filter(|&&p| p > definition).find(bound).copied();
        let earlier = places.iter().take(USES).filter(|&&p| p < definition).any(|p| bound(&p));
        (if earlier { definition } else { 0 }, next.filter(|_| earlier || next.is_some()).unwrap_or(Id::MAX))
    }

    fn passed(&self, mut claim: Claim, place: Id) -> Claim {
        let span = self.s.item_of(place).map_or(self.s.tree.span(place), |i| {
            let whole = self.s.item_span(i);
            if whole.len() < 400 { whole } else { self.s.tree.span(place) }
        });
        claim.trail.push(span);
        claim
    }

    /// `self.name`, `this->name`, `@name`: known beyond the function that binds it.
    fn is_member_name(&self, definition: Id) -> bool {
        let tree = &self.s.tree;
        let text = tree.slice(definition);
        let joined = definition.checked_sub(2).is_some_and(|d| {
            matches!(tree.slice(d + 1), b"->" | b"?->") && matches!(tree.slice(d), b"$this" | b"this" | b"self")
        });
        joined
            || text.starts_with(b"@")
            || matches!(parts(text).next(), Some(b"self" | b"this")) && parts(text).count() > 1
    }

    /// Takes one from the budget; false: it is spent.
    pub(super) fn spend(&self) -> bool {
        let left = self.budget.get();
        self.budget.set(left.saturating_sub(1));
        left > 0
    }
}
