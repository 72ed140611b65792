//! How a use reaches a value within what a name stands for: fields, elements, look-ups, unpacking.

use super::claim::{Claim, Slot, Step};
use super::inquiry::{DEPTH, Inquiry};
use super::steps::{ends_at, is_accessor, is_splitter};
use super::terms::Fit;
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind, parts};
use bstr::ByteSlice as _;

impl Inquiry<'_> {
    /// What one use says: through the rest of the path, and perhaps through another name.
    pub(super) fn use_claim(&self, place: Id, base: &[u8], path: &[Step], depth: usize) -> Option<Claim> {
        let word = self.s.tree.slice(place);
        let named: Vec<&[u8]> = parts(word).collect();
        let at = named.iter().position(|p| *p == base)?;
        // `given != key`: what stands around a comparison is not where the key goes.
        let before = place.checked_sub(1).filter(|&b| self.s.tree.parent(b) == self.s.tree.parent(place));
        if before.is_some_and(|b| matches!(self.s.tree.slice(b), b"!=" | b"==" | b"!==" | b"===")) {
            return None;
        }
        let mut rest = path.to_vec();
        for part in &named[at + 1..] {
            match rest.pop() {
                Some(Step::Name(step)) if step == *part => {}
                Some(Step::Index(n, _)) if n.to_string().as_bytes() == *part => {}
                // `map.getValue("key")`: the key stands in the brackets behind.
                Some(step) if is_accessor(part) => {
                    rest.push(step);
                    break;
                }
                // `text.split("|")`: what follows reaches into the pieces.
                Some(step) if is_splitter(part) => {
                    rest.push(step);
                    break;
                }
                Some(step) if ends_at(part, &step) => {}
                Some(step @ Step::Index(..)) => {
                    rest.push(step);
                    return self.looped_claim(place, &rest, depth).or_else(|| self.picked_claim(place, &rest, depth));
                }
                Some(step) if matches!(*part, b"items" | b"entries" | b"each" | b"each_pair" | b"iteritems") => {
                    rest.push(step);
                    return self.looped_claim(place, &rest, depth);
                }
                Some(_) => return None,
                None => break,
            }
        }
        let mut at = place;
        if !rest.is_empty() && (self.is_merged(place) || self.is_passed_whole(place, &rest)) {
            return self.whose(place, depth + 1);
        }
        if !rest.is_empty()
            && let Some((name, item)) = self.alias(place)
        {
            let base = parts(self.s.tree.slice(name)).last()?.to_vec();
            return self.uses_of(&base, name, item, &rest, depth + 1);
        }
        // `(:name map)`
        if let Some(Step::Name(name)) = rest.last()
            && self.s.tree.family(place) == Family::Lisp
            && place > 0
            && self.s.tree.slice(place - 1).strip_prefix(b":") == Some(name.as_slice())
        {
            rest.pop();
            at = self.s.tree.parent(place)?;
        }
        while let Some(step) = rest.pop() {
            if let Some((name, item)) = self.unpacked(at, &step) {
                let text = self.s.tree.slice(name);
                let base = parts(text).next()?.to_vec();
                return self.uses_of(&base, name, item, &rest, depth + 1);
            }
            at = match self.step_into(at, &step) {
                Some(next) => next,
                None if at == place || matches!(step, Step::Index(..)) => {
                    rest.push(step);
                    return self.looped_claim(at, &rest, depth).or_else(|| self.picked_claim(at, &rest, depth));
                }
                // What is reached so far is handed on as it is.
                None if at != place && self.are_neutral(&rest, &step) => break,
                None => return None,
            };
        }
        let claim = self.whose(at, depth + 1);
        if claim.is_some() { claim } else { self.sent_claim(place) }
    }

    /// What is done with an element that a program takes, whichever it is.
    fn picked_claim(&self, at: Id, path: &[Step], depth: usize) -> Option<Claim> {
        let (step, rest) = path.split_last()?;
        let picked = self.picked(at, step).filter(|_| rest.is_empty() && depth + 1 < DEPTH)?;
        self.whose(picked, depth + 1).map(super::loops::shared)
    }

    /// `header("Authorization", "Bearer " + name)` in a function that has one address: it is sent there.
    fn sent_claim(&self, place: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let body = tree.ancestors(place).find(|&a| self.is_function_body(a))?;
        if self.sense(tree.slice(place)).full.is_empty()
            && tree.parent(place).is_some_and(|p| tree.kind(p) == Kind::Str)
        {
            return None;
        }
        let item = self.s.item_of(place).into_iter().chain(tree.ancestors(place).filter_map(|a| self.s.item_of(a)));
        let statement = item.take(4).find(|i| self.s.item_span(*i).len() > 24)?;
        // `erp.post(..., bearer: options.ErpToken)`: it goes to the one that bears its name.
        let own = self.sense(parts(tree.slice(place)).last()?);
        let receiver =
            |n: &Id| parts(tree.slice(*n)).next().is_some_and(|r| own.stem.iter().any(|w| w.as_bytes() == r));
        if self.s.nodes(statement).iter().take(4).any(receiver) {
            return None;
        }
        // The header's name stands before what it takes.
        let span = self.s.item_span(statement);
        let to = tree.span(place).start.max(span.start);
        let text = self.text(to.saturating_sub(200).max(span.start)..to).to_ascii_lowercase();
        let header = [&b"bearer"[..], b"authorization", b"api-key", b"api_key", b"apikey"];
        if !header.iter().any(|h| memchr::memmem::find(&text, h).is_some()) || tree.node(body).after - body > 600 {
            return None;
        }
        let mut found = Vec::new();
        self.search(body, 0, None, &mut found);
        for word in (body + 1..tree.node(body).after).filter(|&n| tree.kind(n) == Kind::Word && n != place) {
            let named = self.s.words().of(tree.slice(word)).len() > 1 && tree.slice(word).len() > 1;
            if named && self.spend() {
                self.hosts_of(None, word, 0, true, DEPTH - 2, &mut found);
            }
        }
        found.retain(|f| f.signal == super::fields::Signal::Host);
        let fitting: Vec<_> = found.iter().map(|f| (f, 1)).collect();
        let claim = super::beside::decide(&fitting, Confidence::Medium)?;
        (claim.ruling != super::claim::Ruling::Torn).then_some(claim)
    }

    /// `const {key, mail} = {key: value, ...}`, `a, b = [value, ...]`: the uses of the name that gets the value.
    pub(super) fn unpacked_claim(&self, node: Id, item: Item, path: &[Step], depth: usize) -> Option<Claim> {
        if depth >= DEPTH || !matches!(self.s.tree.kind(node), Kind::Curly | Kind::Square | Kind::Round | Kind::Str) {
            return None;
        }
        let (step, rest) = path.split_last()?;
        let Some((name, _)) = self.unpacked(node, step) else { return self.looped_claim(node, path, depth) };
        let base = parts(self.s.tree.slice(name)).last()?.to_vec();
        self.uses_of(&base, name, item, rest, depth)
    }

    /// `config.llm.key`, `${credential.key}`: a place elsewhere that reaches the value by the names that hold it.
    pub(super) fn path_reference(&self, at: Id, slot: &Slot) -> Option<Claim> {
        let mut names = slot.path.iter().filter_map(|s| match s {
            Step::Name(name) => Some(name.as_slice()),
            Step::Index(..) => None,
        });
        let (inner, outer) = (names.next()?, names.next()?);
        let words = self.s.words();
        let mut found: Option<Claim> = None;
        for &place in words.of(inner).iter().take(24).filter(|&&p| p != at) {
            let reached: Vec<&[u8]> = parts(self.s.tree.slice(place)).collect();
            if !reached.ends_with(&[outer, inner]) || !self.spend() {
                continue;
            }
            let Some(claim) = self.whose(place, 1) else { continue };
            if slot.fit() < Fit::Neutral && claim.confidence() < Some(Confidence::High) {
                continue;
            }
            match &found {
                Some(known) if known.ruling != claim.ruling => return None,
                _ => found = Some(claim),
            }
        }
        found
    }

    /// `${b.tok}`, `{{key}}`, `%key%`: templates that call the value by the name of its pair.
    pub(super) fn template_reference(&self, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let last = parts(&slot.alias).last()?;
        let words = self.s.words();
        let mut found: Option<Claim> = None;
        for &place in words.of(last).iter().take(24) {
            let span = tree.span(place);
            let before = tree.text()[..span.start].trim_ascii_end();
            let opened =
                matches!(before, [.., b'$' | b'{' | b'%' | b'#' | b'@']) || tree.slice(place).starts_with(b"$");
            let named = tree.slice(place).trim_start_with(|c| c == '$' || c == '@') == slot.alias.as_slice();
            if !opened || !named || !self.spend() {
                continue;
            }
            let Some(claim) = self.whose(place, 1) else { continue };
            match &found {
                Some(known) if known.ruling != claim.ruling => return None,
                _ => found = Some(claim),
            }
        }
        found
    }

    /// The place of a token in a text that a program splits, and how many there are: `"a|b|c"`, `"a b c"`, a line each.
    pub(super) fn split_place(&self, item: Item, node: Id) -> Option<(usize, usize)> {
        let tree = &self.s.tree;
        let nodes = self.s.nodes(item);
        let holding = self.s.holding(item.container);
        let lines = holding.items.len();
        let bare = |i: usize| matches!(holding.item(i), [one] if tree.kind(*one) == Kind::Word);
        if (2..=64).contains(&lines) && (0..lines).all(bare) {
            return Some((item.index, lines));
        }
        let words: Vec<Id> = nodes.iter().copied().filter(|&n| tree.kind(n) == Kind::Word).collect();
        let long = words.iter().filter(|&&n| tree.slice(n).len() >= 20).count();
        let many = lines == 1 && long >= 2 && long * 2 >= words.len();
        many.then(|| words.iter().position(|&n| n == node).map(|at| (at, words.len())))?
    }

    /// `return value` in a function of the text: what its calls say.
    fn returned_base(&self, item: Item) -> Option<(Id, Item)> {
        let tree = &self.s.tree;
        let nodes = self.s.nodes(item);
        let returned = nodes.first().is_some_and(|&n| matches!(tree.slice(n), b"return" | b"Return" | b"yield"));
        // What a call makes of it is not the value.
        let itself = match nodes.get(1..) {
            Some([value]) => tree.kind(*value) != Kind::Round,
            Some([callee, _]) => {
                matches!(tree.slice(*callee), b"array" | b"dict" | b"list" | b"Some" | b"Ok" | b"new")
                    || parts(tree.slice(*callee)).last().is_some_and(super::loops::is_pick)
            }
            _ => false,
        };
        if !returned || !itself || tree.family(item.container) != Family::Code {
            return None;
        }
        let body = std::iter::once(item.container)
            .chain(tree.ancestors(item.container))
            .find(|&c| self.is_function_body(c))?;
        let holder = self.s.item_of(body)?;
        let nodes = self.s.nodes(holder);
        let round = nodes.iter().position(|&n| n < body && tree.kind(n) == Kind::Round)?;
        let name = *nodes.get(round.checked_sub(1)?)?;
        (tree.kind(name) == Kind::Word).then_some((name, holder))
    }

    /// The same as a claim.
    pub(super) fn returned_claim(&self, item: Item, slot: &Slot, depth: usize) -> Option<Claim> {
        if depth >= DEPTH {
            return None;
        }
        let (name, holder) = self.returned_base(item)?;
        let base = parts(self.s.tree.slice(name)).last()?.to_vec();
        self.uses_of(&base, name, holder, &slot.path, depth + 1)
    }

    /// `@Value("...")`, `#[arg(default_value = "...")]` over a field: what is done with the field.
    pub(super) fn annotated_claim(&self, item: Item, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let nodes = self.s.nodes(item);
        let [first, group, ..] = &nodes[..] else { return None };
        let java = tree.slice(*first).starts_with(b"@") && tree.kind(*group) == Kind::Round;
        let rust = tree.slice(*first) == b"#" && tree.kind(*group) == Kind::Square;
        if !(java || rust) || depth + 1 >= DEPTH || tree.family(*first) != Family::Code {
            return None;
        }
        let beside = nodes.get(2..).filter(|rest| !rest.is_empty()).map(<[Id]>::to_vec);
        let next = Item { container: item.container, index: item.index + 1 };
        let (rest, holder) = match beside {
            Some(rest) => (rest, item),
            None => (self.s.nodes(next).to_vec(), next),
        };
        let end = rest.iter().position(|&n| matches!(tree.slice(n), b"=" | b":")).unwrap_or(rest.len());
        let name = rest[..end].iter().rev().copied().find(|&n| tree.kind(n) == Kind::Word)?;
        let base = parts(tree.slice(name)).last()?.to_vec();
        self.uses_of(&base, name, holder, &[], depth + 1)
    }

    /// `x = f()`: the new name of the whole of what a use gives.
    fn alias(&self, place: Id) -> Option<(Id, Item)> {
        let tree = &self.s.tree;
        let item = self.s.item_of(place)?;
        let nodes = self.s.nodes(item);
        let at = nodes.binary_search(&place).ok()?;
        let sign = at.checked_sub(1).filter(|&s| matches!(tree.slice(nodes[s]), b"=" | b":=" | b"<-"))?;
        let whole = nodes[at + 1..].iter().all(|&n| tree.kind(n) == Kind::Round && tree.node(n).after == n + 1);
        let name = *nodes.get(sign.checked_sub(1)?)?;
        let several = nodes[..sign].iter().any(|&n| tree.kind(n) == Kind::Comma);
        (!several && whole && tree.kind(name) == Kind::Word).then_some((name, item))
    }

    /// `headers=HEADERS`: the record is handed on as it is, and what leads to the token in it has no name of its own.
    fn is_passed_whole(&self, place: Id, rest: &[Step]) -> bool {
        let tree = &self.s.tree;
        let next = tree.node(place).after;
        let goes_on = (next as usize) < tree.len()
            && tree.parent(next) == tree.parent(place)
            && (matches!(tree.kind(next), Kind::Square | Kind::Round)
                || matches!(tree.slice(next), b"." | b"->" | b"$" | b"?."));
        let headers = place > 1
            && matches!(tree.slice(place - 1), b"=" | b":")
            && tree.slice(place - 2).to_ascii_lowercase().ends_with(b"headers");
        let neutral = |step: &Step| match step {
            Step::Name(name) => self.sense(name).stem.is_empty(),
            Step::Index(..) => headers,
        };
        !goes_on && rest.iter().all(neutral)
    }

    /// `<<: *name`, `...name`, `**name`: all that it holds goes where it is used.
    fn is_merged(&self, place: Id) -> bool {
        let tree = &self.s.tree;
        let before = place.checked_sub(1).filter(|&b| tree.kind(b) == Kind::Op && tree.parent(b) == tree.parent(place));
        before.is_some_and(|b| matches!(tree.slice(b), b"*" | b"..." | b"**" | b".."))
    }
}
