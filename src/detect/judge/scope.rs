//! Bodies of functions and classes, and where a name that is bound in one can be used.

use super::inquiry::Inquiry;
use crate::structure::{Id, Item, Kind};

/// Words that begin a type or a module: what their body binds, all of its functions share.
const TYPES: [&[u8]; 11] = [
    b"class",
    b"struct",
    b"impl",
    b"interface",
    b"enum",
    b"module",
    b"namespace",
    b"object",
    b"defmodule",
    b"trait",
    b"extension",
];

/// Words that begin a function, where no parameters need stand before the body.
const FUNCTIONS: [&[u8]; 7] = [b"def", b"function", b"fn", b"func", b"fun", b"sub", b"do"];

/// Words before brackets that are no function's.
const BRANCHES: [&[u8]; 17] = [
    b"if", b"else", b"for", b"while", b"switch", b"match", b"case", b"with", b"try", b"catch", b"elif", b"unless",
    b"when", b"using", b"do", b"foreach", b"elseif",
];

impl Inquiry<'_> {
    /// Whether a group is the body of a function or a class.
    pub(super) fn is_code_scope(&self, node: Id) -> bool {
        if !matches!(self.s.tree.kind(node), Kind::Block | Kind::Curly) {
            return false;
        }
        let Some(item) = self.s.item_of(node) else { return false };
        let nodes = self.s.nodes(item);
        nodes.iter().take_while(|&&id| id < node).any(|&id| match self.s.tree.kind(id) {
            Kind::Round => true,
            Kind::Word => {
                let word = self.s.tree.slice(id);
                TYPES.contains(&word) || FUNCTIONS.contains(&word)
            }
            _ => false,
        })
    }

    /// Whether two places stand in the same class, or one of them in none.
    pub(super) fn are_of_one_class(&self, a: Id, b: Id) -> bool {
        let (Some(a), Some(b)) = (self.class_of(a), self.class_of(b)) else { return true };
        self.s.tree.slice(a) == self.s.tree.slice(b)
    }

    /// The name of the class that holds a node.
    fn class_of(&self, node: Id) -> Option<Id> {
        let tree = &self.s.tree;
        tree.ancestors(node).filter(|&a| matches!(tree.kind(a), Kind::Block | Kind::Curly)).find_map(|a| {
            let nodes = self.s.nodes(self.s.item_of(a)?);
            let head: Vec<Id> = nodes.iter().copied().take_while(|&n| n < a).take(24).collect();
            let word = head.iter().position(|&n| TYPES.contains(&tree.slice(n)))?;
            // `impl Trait for Type`
            let behind = head[word..].iter().position(|&n| tree.slice(n) == b"for").map_or(word, |n| word + n);
            head[behind + 1..].iter().copied().find(|&n| tree.kind(n) == Kind::Word)
        })
    }

    /// Where a name that an item binds can be used: in the function that holds the item, or everywhere.
    pub(super) fn scope(&self, item: Item) -> Id {
        if self.s.tree.kind(item.container) == Kind::Round {
            // A parameter: the item that holds the parameters holds the body.
            return self.s.tree.parent(item.container).unwrap_or(0);
        }
        std::iter::once(item.container)
            .chain(self.s.tree.ancestors(item.container))
            .find(|&c| self.is_function_body(c) || self.is_program(c))
            .unwrap_or(0)
    }

    /// Whether a text within data is a program of its own: several statements.
    pub(super) fn is_program(&self, node: Id) -> bool {
        self.s.tree.kind(node) == Kind::Str
            && self.s.tree.dialect().family == crate::structure::Family::Json
            && self.s.holding(node).items.len() > 1
    }

    /// Whether a group is the body of a function (and not of a class).
    pub(super) fn is_function_body(&self, node: Id) -> bool {
        if !matches!(self.s.tree.kind(node), Kind::Block | Kind::Curly) {
            return false;
        }
        let Some(item) = self.s.item_of(node) else { return false };
        let nodes = self.s.nodes(item);
        let before: Vec<Id> = nodes.iter().copied().take_while(|&id| id < node).collect();
        // A record has parameters as a function has; without any it is a word of data.
        let class = |&id: &Id| TYPES.contains(&self.s.tree.slice(id)) || self.s.tree.slice(id) == b"record";
        let branch = before.first().is_some_and(|&id| BRANCHES.contains(&self.s.tree.slice(id)));
        let bare = before.first().is_some_and(|&id| matches!(self.s.tree.slice(id), b"def" | b"defp"));
        !before.iter().any(class) && !branch && (bare || before.iter().any(|&id| self.s.tree.kind(id) == Kind::Round))
    }
}
