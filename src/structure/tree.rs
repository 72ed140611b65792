//! The tree that the reader builds: nodes in the order of the text, each with its parent and the end of its family.

use super::dialect::Dialect;
use std::borrow::Cow;
use std::ops::Range;

/// A node's number.
pub type Id = u32;

/// What a node is. The ones that hold others come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The whole text.
    File,
    /// Lines that stand deeper than the line before them.
    Block,
    /// An element of a list written with dashes.
    Element,
    /// A header in brackets, or a heading, and what follows it.
    Section,
    /// A fenced block, a here-document.
    Fence,
    /// A comment.
    Comment,
    /// A quoted text.
    Str,
    /// `( )`
    Round,
    /// `[ ]`
    Square,
    /// `{ }`
    Curly,
    /// An element of markup: its attributes, then what it holds.
    Tag,
    /// A line of cells.
    Row,
    /// A word, perhaps dotted or hyphenated.
    Word,
    /// A word with dashes or a slash before it, as commands take them.
    Flag,
    /// `scheme://...`
    Url,
    /// Signs.
    Op,
    /// `,`
    Comma,
    /// `;`
    Semi,
    /// The end of a line.
    Line,
    /// One empty line or more.
    Gap,
}

impl Kind {
    /// Whether it holds other nodes.
    pub fn is_container(self) -> bool {
        self <= Kind::Row
    }

    /// Whether it stands between items.
    pub fn is_separator(self) -> bool {
        self >= Kind::Comma
    }
}

/// A node.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// How many bytes at both ends belong to its quotes.
    pub(super) quote: u8,
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
    /// The node that holds it; the file holds itself.
    pub parent: Id,
    /// The first node that it does not hold.
    pub after: Id,
}

/// A text as it was read.
#[derive(Debug)]
pub struct Tree<'t> {
    pub(super) text: Cow<'t, [u8]>,
    pub(super) nodes: Vec<Node>,
    pub(super) dialect: Dialect,
    /// Fences and how each is laid out, in order.
    pub(super) fences: Vec<(Id, super::dialect::Family)>,
}

impl Tree<'_> {
    /// The text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// How the text was taken.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// How the text around a node is laid out: that of its innermost fence, or of the whole.
    pub fn family(&self, id: Id) -> super::dialect::Family {
        if self.fences.is_empty() {
            return self.dialect.family;
        }
        let of = |a: Id| self.fences.binary_search_by_key(&a, |f| f.0).ok().map(|n| self.fences[n].1);
        std::iter::once(id).chain(self.ancestors(id)).find_map(of).unwrap_or(self.dialect.family)
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node; never, the file is one.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// A node.
    pub fn node(&self, id: Id) -> Node {
        self.nodes[id as usize]
    }

    /// What a node is.
    pub fn kind(&self, id: Id) -> Kind {
        self.nodes[id as usize].kind
    }

    /// The bytes that a node covers.
    pub fn span(&self, id: Id) -> Range<usize> {
        let n = &self.nodes[id as usize];
        n.start as usize..n.end as usize
    }

    /// The text of a node.
    pub fn slice(&self, id: Id) -> &[u8] {
        self.text.get(self.span(id)).unwrap_or_default()
    }

    /// The text of a node without its quotes.
    pub fn content(&self, id: Id) -> &[u8] {
        let n = &self.nodes[id as usize];
        let (start, end) =
            (n.start as usize + usize::from(n.quote), (n.end as usize).saturating_sub(usize::from(n.quote)));
        self.text.get(start..end.max(start)).unwrap_or_default()
    }

    /// The node that holds it, if it is not the file.
    pub fn parent(&self, id: Id) -> Option<Id> {
        (id != 0).then(|| self.nodes[id as usize].parent)
    }

    /// The nodes that hold it, from the innermost.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |&id| self.parent(id))
    }

    /// The nodes that a node holds directly.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.nodes[id as usize].after;
        self.walk(id + 1, end)
    }

    /// The nodes from `from` to before `end`, each without those that it holds.
    pub fn walk(&self, from: Id, end: Id) -> impl Iterator<Item = Id> + '_ {
        let first = (from < end).then_some(from);
        std::iter::successors(first, move |&id| {
            let next = self.nodes[id as usize].after;
            (next < end).then_some(next)
        })
    }

    /// Whether `inner` lies in `outer` or is it.
    pub fn holds(&self, outer: Id, inner: Id) -> bool {
        outer <= inner && inner < self.nodes[outer as usize].after
    }

    /// The innermost node that holds the byte at `offset`.
    pub fn at(&self, offset: usize) -> Id {
        let first = self.nodes.partition_point(|n| n.start as usize <= offset).saturating_sub(1) as Id;
        let holds = |id: &Id| self.span(*id).contains(&offset);
        if holds(&first) { first } else { self.ancestors(first).find(holds).unwrap_or(0) }
    }

    /// The ancestor of `id` (or `id`) that `outer` holds directly.
    pub fn child_towards(&self, outer: Id, id: Id) -> Option<Id> {
        if self.parent(id) == Some(outer) {
            return Some(id);
        }
        self.ancestors(id).find(|&a| self.parent(a) == Some(outer))
    }
}
