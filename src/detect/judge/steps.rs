//! How a step leads into what a name stands for: an element by its number, a field by its name, the new name of a part
//! that is unpacked.

use super::claim::Step;
use super::inquiry::Inquiry;
use crate::structure::{Family, Id, Item, Kind, parts};

impl Inquiry<'_> {
    /// The node by which an element or a field is reached behind `at`: `[2]`, `["a"]`, `.fetch(:a)`, `$a`.
    pub(super) fn step_into(&self, at: Id, step: &Step) -> Option<Id> {
        let tree = &self.s.tree;
        let mut next = tree.node(at).after;
        for _ in 0..6 {
            if next as usize >= tree.len() || tree.parent(next) != tree.parent(at) {
                return None;
            }
            match tree.kind(next) {
                Kind::Square | Kind::Round | Kind::Curly => {
                    if tree.node(next).after == next + 1 {
                        next += 1;
                        continue;
                    }
                    if let Step::Index(..) = step
                        && let Some(at) = self.computed(next, step)
                    {
                        return at.then_some(next);
                    }
                    let inner = self.innermost(next)?;
                    return self.is_step(tree.content(inner), step).then_some(next);
                }
                Kind::Word => {
                    let text = tree.slice(next);
                    if self.is_step(text, step) || ends_at(text, step) {
                        return Some(next);
                    }
                    if !is_accessor(text)
                        && !is_splitter(text)
                        && !matches!(
                            text,
                            b"fetch"
                                | b"get"
                                | b"getValue"
                                | b"getString"
                                | b"getOrThrow"
                                | b"getOrNull"
                                | b"dig"
                                | b"getProperty"
                                | b"at"
                                | b"getOrElse"
                                | b"getOrDefault"
                        )
                    {
                        return None;
                    }
                }
                Kind::Op if matches!(tree.slice(next), b"." | b"->" | b"$" | b"?." | b"!" | b"::") => {}
                // `(assq-ref map 'name)`
                Kind::Op if tree.family(next) == Family::Lisp && tree.slice(next) == b"'" => {}
                _ => return None,
            }
            next = tree.node(next).after;
        }
        None
    }

    /// Whether an index that counts from the end reaches the element: `[-1]`, `[^2]`, `[list.length - 1]`; None: it is
    /// no such index.
    pub(super) fn computed(&self, group: Id, step: &Step) -> Option<bool> {
        let Step::Index(at, of) = step else { return None };
        let tree = &self.s.tree;
        let text: Vec<u8> = tree.content(group).iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        let text = text.strip_prefix(b"[").or(text.strip_prefix(b"(")).unwrap_or(&text);
        let text = text.strip_suffix(b"]").or(text.strip_suffix(b")")).unwrap_or(text);
        let sign = text.iter().rposition(|b| matches!(b, b'-' | b'^'))?;
        let counted = ["len", "size", "count", "$#", "ubound", "numel"];
        let head = String::from_utf8_lossy(&text[..sign]).to_lowercase();
        if sign > 0 && !counted.iter().any(|w| head.contains(w)) {
            return None;
        }
        let back: usize = std::str::from_utf8(&text[sign + 1..]).ok()?.parse().ok()?;
        (*of > 0).then_some(*at + back == *of)
    }

    /// Whether what leads on to the token has no name of its own: `{ Authorization: ... }`.
    pub(super) fn are_neutral(&self, rest: &[Step], step: &Step) -> bool {
        rest.iter().chain([step]).all(|s| matches!(s, Step::Name(name) if self.sense(name).stem.is_empty()))
    }

    /// How many elements a list has.
    fn elements(&self, list: Id) -> Option<usize> {
        let kind = self.s.tree.kind(list);
        matches!(kind, Kind::Square | Kind::Round | Kind::Curly).then(|| self.s.holding(list).items.len())
    }

    fn innermost(&self, group: Id) -> Option<Id> {
        let tree = &self.s.tree;
        let first = tree.children(group).find(|&k| !tree.kind(k).is_separator() && tree.kind(k) != Kind::Op)?;
        if tree.kind(first) == Kind::Square { self.innermost(first) } else { Some(first) }
    }

    fn is_step(&self, text: &[u8], step: &Step) -> bool {
        match step {
            Step::Name(name) => {
                parts(text).last() == Some(name.as_slice()) || text == name.as_slice() || text == strip_sigil(name)
            }
            Step::Index(n, _) => text == self.s.tree.dialect().counted(*n).to_string().as_bytes(),
        }
    }

    /// `a, b = value`, `const {a: x} = value`: the new name of the part that `step` reaches.
    pub(super) fn unpacked(&self, at: Id, step: &Step) -> Option<(Id, Item)> {
        let tree = &self.s.tree;
        let item = self.s.item_of(at)?;
        let nodes = self.s.nodes(item);
        let place = nodes.binary_search(&at).ok()?;
        let sign = nodes[..place].iter().rposition(|&n| matches!(tree.slice(n), b"=" | b":=" | b"<-"))?;
        if place != sign + 1 && !(place == sign + 2 && matches!(tree.slice(nodes[sign + 1]), b"*" | b"&" | b"await")) {
            return None;
        }
        let left = &nodes[..sign];
        if let Some(&group) = left.last().filter(|&&g| matches!(tree.kind(g), Kind::Curly | Kind::Square | Kind::Round))
        {
            let holding = self.s.holding(group);
            return match step {
                Step::Index(n, _) => holding
                    .item(*n)
                    .iter()
                    .rev()
                    .find(|&&w| tree.kind(w) == Kind::Word)
                    .map(|&w| (w, Item { container: group, index: *n })),
                Step::Name(name) => (0..holding.items.len()).find_map(|i| {
                    let nodes = holding.item(i);
                    let first = *nodes.first()?;
                    let named = tree.content(first) == name.as_slice();
                    named.then(|| {
                        nodes
                            .iter()
                            .rev()
                            .find(|&&w| tree.kind(w) == Kind::Word)
                            .map(|&w| (w, Item { container: item.container, index: item.index }))
                    })?
                }),
            }
            .map(|(w, _)| (w, item));
        }
        let parts: Vec<&[Id]> = left.split(|&id| tree.kind(id) == Kind::Comma).collect();
        let Step::Index(n, _) = step else { return None };
        if parts.len() < 2 {
            return None;
        }
        // `first, *others, last = list`
        let star = parts.iter().position(|p| p.first().is_some_and(|&f| tree.slice(f) == b"*"));
        let n = match star {
            Some(star) if *n >= star => {
                let elements = self.elements(nodes.get(sign + 1).copied()?)?;
                let behind = parts.len() - 1 - star;
                if *n + behind < elements { star } else { *n + parts.len() - elements }
            }
            _ => *n,
        };
        parts.get(n)?.iter().rev().find(|&&w| tree.kind(w) == Kind::Word).map(|&w| (w, item))
    }
}

/// Methods that make a list of a text.
pub(super) fn is_splitter(name: &[u8]) -> bool {
    matches!(
        name,
        b"split"
            | b"Split"
            | b"splitlines"
            | b"split_whitespace"
            | b"lines"
            | b"strip"
            | b"trim"
            | b"trimIndent"
            | b"trimMargin"
            | b"toList"
            | b"to_a"
            | b"to_vec"
            | b"iter"
            | b"into_iter"
            | b"stripMargin"
            | b"components"
            | b"explode"
            | b"each_line"
            | b"chomp"
    )
}

/// Whether a method of this name gives the element: the first, the last.
pub(super) fn ends_at(name: &[u8], step: &Step) -> bool {
    let Step::Index(at, of) = step else { return false };
    match name {
        b"first" | b"shift" | b"head" | b"front" | b"First" | b"getFirst" | b"hd" | b"popleft" | b"first!" => *at == 0,
        b"last" | b"pop" | b"back" | b"Last" | b"getLast" | b"end" => at + 1 == *of,
        b"second" => *at == 1,
        b"third" => *at == 2,
        _ => false,
    }
}

fn strip_sigil(name: &[u8]) -> &[u8] {
    let n = name.iter().take_while(|b| matches!(b, b'$' | b'@' | b':')).count();
    &name[n..]
}

/// Methods that give an element or an entry.
pub(super) fn is_accessor(name: &[u8]) -> bool {
    matches!(
        name,
        b"get"
            | b"getValue"
            | b"getString"
            | b"getProperty"
            | b"fetch"
            | b"at"
            | b"dig"
            | b"elementAt"
            | b"getOrThrow"
            | b"getOrDefault"
            | b"getOrElse"
            | b"getOrNull"
            | b"value"
            | b"Get"
            | b"GetValue"
            | b"Item"
            | b"item"
            | b"nth"
    )
}
