//! Names that stand in a list of their own beside the list of values: `zip(names, values)`, `@h{qw(a b)} = qw(x y)`, the
//! order of an enumeration.

use super::claim::Claim;
use super::inquiry::Inquiry;
use super::joins::{LONG, Mark, Tables, mark_claim};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Kind, parts};

/// Whether a call of this name makes a list of its arguments.
pub(super) fn makes_list(callee: &[u8]) -> bool {
    let last = parts(callee).last().unwrap_or(callee).to_ascii_lowercase();
    matches!(
        last.as_slice(),
        b"c" | b"vec"
            | b"vec!"
            | b"vector"
            | b"list"
            | b"listof"
            | b"arrayof"
            | b"mutablelistof"
            | b"of"
            | b"aslist"
            | b"array"
            | b"seq"
            | b"indexedseq"
            | b"tuple"
            | b"make_tuple"
            | b"pair"
            | b"triple"
            | b"string"
            | b"qw"
    )
}

/// Whether a call of this name makes pairs of two lists.
fn pairs_up(callee: &[u8]) -> bool {
    let last = parts(callee).last().unwrap_or(callee).to_ascii_lowercase();
    [b"zip".as_slice(), b"names", b"combine", b"dict", b"map", b"hash", b"assoc"]
        .iter()
        .any(|w| last.windows(w.len()).any(|part| part == *w))
}

/// How many uses of an enumeration's constant are looked at.
const USES: usize = 12;

impl Inquiry<'_> {
    /// What another table says under the name that goes with the token's place in its list: by a list of names beside it,
    /// or (`ordered`) by an enumeration of as many constants.
    pub(super) fn zipped_claim(&self, list: Id, node: Id, ordered: bool) -> Option<Claim> {
        if !matches!(self.s.tree.kind(list), Kind::Square | Kind::Round | Kind::Curly | Kind::Str) {
            return None;
        }
        let (index, count) = self.place_in(list, node)?;
        let tables = self.tables();
        let beside = if ordered { None } else { self.names_beside(list, count) };
        let enums = tables.enums.iter().filter(|names| ordered && names.len() == count);
        beside.iter().chain(enums).find_map(|names| {
            let name = names.get(index)?;
            self.keyed(&tables, names, name)
                .map(|mark| mark_claim(mark, "by the order of names the one of", Confidence::High))
        })
    }

    /// What the order of an enumeration says of an element, where no index says otherwise.
    pub(super) fn ordered_claim(&self, at: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        std::iter::once(at).chain(tree.ancestors(at)).take(3).find_map(|node| {
            let list = tree.parent(node)?;
            self.zipped_claim(list, node, true).or_else(|| self.constant_claim(list, node, 0))
        })
    }

    /// What the tables with the keys of these names say under one of them.
    fn keyed<'t>(&self, tables: &'t Tables, names: &[Vec<u8>], name: &[u8]) -> Option<&'t Mark> {
        let known = |table| {
            let keys = tables.keys.get(table)?;
            Some(names.iter().filter(|n| keys.contains(n)).count())
        };
        let marks = || tables.entries.get(name).into_iter().flatten().take(24);
        let fitting = || marks().filter(|(table, _)| known(table).is_some_and(|n| n >= 2 && n * 2 >= names.len()));
        let hosts = fitting().any(|(_, m)| m.host);
        let mut all = fitting().map(|(_, m)| m).filter(|m| m.host || !hosts);
        let first = all.next()?;
        all.all(|m| m.owner == first.owner).then_some(first)
    }

    /// What is done with the constant of an enumeration whose own body lists a value for each: `Kind.chat.value`.
    pub(super) fn constant_claim(&self, list: Id, node: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let (index, count) = self.place_in(list, node)?;
        let body = tree.ancestors(list).take(6).find(|&a| self.enumeration(a).is_some())?;
        let names = self.enumeration(body).filter(|names| names.len() == count)?;
        let name = names.get(index)?;
        let mut found: Option<Claim> = None;
        for &place in self.s.words().of(name).iter().take(USES).filter(|&&p| !tree.holds(body, p)) {
            if parts(tree.slice(place)).count() < 2 || !self.spend() {
                continue;
            }
            let Some(claim) = self.whose(place, depth + 1) else { continue };
            match &found {
                Some(known) if known.is_ours() != claim.is_ours() => return None,
                _ => found = Some(claim),
            }
        }
        found
    }

    /// `Map.of("a", value, "b", value)`: the name before an argument that is a value.
    pub(super) fn mapped(&self, call: Id, index: usize) -> Option<Vec<u8>> {
        let tree = &self.s.tree;
        let callee = self.s.callee(call).filter(|_| tree.kind(call) == Kind::Round)?;
        let name = tree.slice(callee);
        let map = parts(name).last().is_some_and(|l| matches!(l, b"Map" | b"Hash" | b"hash" | b"hasheq" | b"hash-map"))
            || name.ends_with(b"Map.of")
            || name.ends_with(b"Map.of!");
        let holding = self.s.holding(call);
        let key = |i: usize| match holding.item(i) {
            [one] if matches!(tree.kind(*one), Kind::Str | Kind::Word) => Some(tree.content(*one)),
            _ => None,
        };
        let even = map && index % 2 == 1 && holding.items.len().is_multiple_of(2);
        even.then(|| key(index - 1).map(<[u8]>::to_vec))?
    }

    /// The number of a node among the elements of its list, and how many there are.
    pub(super) fn place_in(&self, list: Id, node: Id) -> Option<(usize, usize)> {
        let elements = self.elements_of(list);
        let plain = elements.iter().all(|&e| matches!(self.s.tree.kind(e), Kind::Str | Kind::Word));
        let at = elements.iter().position(|&e| e == node)?;
        (plain && (2..=LONG).contains(&elements.len())).then_some((at, elements.len()))
    }

    /// The constants of an enumeration that a group is the body of, in order.
    pub(super) fn enumeration(&self, body: Id) -> Option<Vec<Vec<u8>>> {
        let tree = &self.s.tree;
        if !matches!(tree.kind(body), Kind::Curly | Kind::Block | Kind::Round) {
            return None;
        }
        let item = self.s.item_of(body)?;
        let nodes = self.s.nodes(item);
        let before: Vec<Id> = nodes.iter().copied().take_while(|&n| n < body).take(12).collect();
        let is = |word: &[u8]| before.iter().any(|&n| tree.slice(n) == word);
        let counted = tree.kind(body) == Kind::Round && is(b"const") && before.len() == 1;
        let class = is(b"class")
            && before.iter().any(|&n| {
                tree.kind(n) == Kind::Round
                    && tree.children(n).any(|k| parts(tree.slice(k)).last().is_some_and(|p| p.ends_with(b"Enum")))
            });
        if !(is(b"enum") || counted || class) {
            return None;
        }
        let mut names = Vec::new();
        let mut fresh = true;
        let mut iota = false;
        for kid in tree.children(body).take(4 * LONG) {
            match tree.kind(kid) {
                Kind::Comma | Kind::Line | Kind::Gap => fresh = true,
                Kind::Semi => break,
                Kind::Word if matches!(tree.slice(kid), b"case" | b"export" | b"pub") => {}
                Kind::Word if fresh => {
                    names.push(tree.slice(kid).to_vec());
                    fresh = false;
                }
                Kind::Word => iota |= tree.slice(kid) == b"iota",
                Kind::Comment => {}
                _ => fresh = false,
            }
        }
        // `nKinds`, `COUNT`: how many there are.
        let counts = |n: &Vec<u8>| {
            let last = super::lexicon::words(n);
            last.first().is_some_and(|w| w == "n" || w == "num")
                || last.last().is_some_and(|w| matches!(w.as_str(), "count" | "max" | "last" | "end"))
        };
        if names.last().is_some_and(counts) {
            names.pop();
        }
        (names.len() >= 2 && (iota || !counted)).then_some(names)
    }

    /// The plain names of a list beside the token's that has as many elements.
    fn names_beside(&self, list: Id, count: usize) -> Option<Vec<Vec<u8>>> {
        let item = self.s.item_of(list)?;
        let tree = &self.s.tree;
        let beside: Vec<Id> = match tree.kind(item.container) {
            Kind::Round => {
                let head = self.s.head(item.container);
                let lisp = tree.family(list) == Family::Lisp;
                if !lisp && !head.first().is_some_and(|&c| pairs_up(tree.slice(c))) {
                    return None;
                }
                // `names.zip(values)`, `zip(names, values)`
                head.into_iter().chain(self.s.holding(item.container).kids.iter().copied()).take(12).collect()
            }
            Kind::Square | Kind::Str => return None,
            _ => self.s.nodes(item).iter().copied().take(12).collect(),
        };
        let others = beside.iter().filter(|&&n| n != list);
        others.filter_map(|&n| self.names_in(n, 2)).find(|names| names.len() == count)
    }

    /// The name that a list beside the token's own gives to the element at `index`.
    pub(super) fn zipped(&self, list: Id, index: usize) -> Option<Vec<u8>> {
        let kind = self.s.tree.kind(list);
        let count = self.elements_of(list).len();
        if !(2..=LONG).contains(&count) || !matches!(kind, Kind::Square | Kind::Round | Kind::Str) {
            return None;
        }
        self.names_beside(list, count)?.get(index).cloned()
    }

    /// The elements of a group, each a node, where every one is a single node.
    fn elements_of(&self, list: Id) -> Vec<Id> {
        let tree = &self.s.tree;
        let solid = |k: &Id| !tree.kind(*k).is_separator() && tree.kind(*k) != Kind::Comment;
        // A longer list is data; its tokens are many.
        tree.children(list).take(4 * LONG).filter(solid).collect()
    }

    /// The plain names that a group lists; a group that holds but one group is looked into.
    fn names_in(&self, group: Id, depth: usize) -> Option<Vec<Vec<u8>>> {
        let tree = &self.s.tree;
        if !matches!(tree.kind(group), Kind::Square | Kind::Round | Kind::Curly) {
            return None;
        }
        let kids = self.elements_of(group);
        if let [.., inner] = kids.as_slice()
            && kids.len() <= 2
            && depth > 0
            && matches!(tree.kind(*inner), Kind::Round | Kind::Square)
        {
            return self.names_in(*inner, depth - 1);
        }
        let lisp = tree.family(group) == Family::Lisp;
        let name = |&k: &Id| {
            let text = tree.content(k);
            let text = if lisp { text.strip_prefix(b":").unwrap_or(text) } else { text };
            let text = if tree.kind(k) == Kind::Word { parts(text).last()? } else { text };
            let plain = matches!(tree.kind(k), Kind::Str | Kind::Word)
                && text.len() <= 40
                && text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-') || *b >= 0x80)
                && !(text.len() >= 20 && crate::detect::shape::looks_random(text));
            plain.then(|| text.to_vec())
        };
        (2..=LONG).contains(&kids.len()).then(|| kids.iter().map(name).collect::<Option<Vec<_>>>())?
    }
}
