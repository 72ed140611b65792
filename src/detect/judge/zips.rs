//! Names that stand in a list of their own beside the list of values: `zip(names, values)`, `@h{qw(a b)} = qw(x y)`, the
//! order of an enumeration.

use super::inquiry::Inquiry;
use super::joins::LONG;
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

impl Inquiry<'_> {
    /// The name that a list beside the token's own gives to the element at `index`.
    pub(super) fn zipped(&self, list: Id, index: usize) -> Option<Vec<u8>> {
        let tree = &self.s.tree;
        let count = self.elements_of(list).len();
        if !(2..=LONG).contains(&count) || !matches!(tree.kind(list), Kind::Square | Kind::Round | Kind::Str) {
            return None;
        }
        let item = self.s.item_of(list)?;
        let beside = match tree.kind(item.container) {
            Kind::Round => {
                let head = self.s.head(item.container);
                let lisp = tree.family(list) == Family::Lisp;
                if !lisp && !head.first().is_some_and(|&c| pairs_up(tree.slice(c))) {
                    return None;
                }
                // `names.zip(values)`, `zip(names, values)`
                head.into_iter().chain(self.s.holding(item.container).kids.iter().copied()).collect()
            }
            Kind::Square | Kind::Str => return None,
            _ => self.s.nodes(item),
        };
        beside.iter().take(12).filter(|&&n| n != list).find_map(|&n| {
            let names = self.names_in(n, 2)?;
            (names.len() == count).then(|| names.get(index).cloned())?
        })
    }

    /// The elements of a group, each a node, where every one is a single node.
    fn elements_of(&self, list: Id) -> Vec<Id> {
        let tree = &self.s.tree;
        let solid = |k: &Id| !tree.kind(*k).is_separator() && tree.kind(*k) != Kind::Comment;
        tree.children(list).filter(solid).collect()
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
