//! What a node holds, item by item: arguments, fields, statements, lines, cells, elements. Told from the separators
//! when somebody asks, and remembered.

use super::dialect::Family;
use super::tree::{Id, Kind, Tree};
use foldhash::HashMap;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

/// A tree with what was asked of it.
#[derive(Debug)]
pub struct Structure<'t> {
    /// The tree.
    pub tree: Tree<'t>,
    families: RefCell<HashMap<Id, Rc<Holding>>>,
    words: RefCell<Option<Rc<super::index::Words>>>,
}

/// What a node holds directly.
#[derive(Debug, Default)]
pub struct Holding {
    /// The nodes, separators included.
    pub kids: Vec<Id>,
    /// The items, as ranges of `kids`.
    pub items: Vec<Range<usize>>,
}

/// An item: a part of what a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The node that holds it.
    pub container: Id,
    /// Its number among the container's items.
    pub index: usize,
}

impl Holding {
    /// The nodes of an item.
    pub fn item(&self, index: usize) -> &[Id] {
        self.items.get(index).and_then(|r| self.kids.get(r.clone())).unwrap_or_default()
    }

    /// The item that holds the kid `id`.
    pub fn item_of(&self, id: Id) -> Option<usize> {
        let at = self.kids.binary_search(&id).ok()?;
        let index = self.items.partition_point(|r| r.end <= at);
        self.items.get(index).filter(|r| r.contains(&at)).map(|_| index)
    }
}

/// The nodes of an item.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    holding: Rc<Holding>,
    index: usize,
}

impl std::ops::Deref for Nodes {
    type Target = [Id];

    fn deref(&self) -> &[Id] {
        self.holding.item(self.index)
    }
}

/// How far to either side nodes of an item are near.
const NEAR: usize = 200;

impl<'t> Structure<'t> {
    /// A structure of a tree.
    pub fn new(tree: Tree<'t>) -> Self {
        Structure { tree, families: RefCell::default(), words: RefCell::default() }
    }

    /// What a node holds.
    pub fn holding(&self, container: Id) -> Rc<Holding> {
        if let Some(known) = self.families.borrow().get(&container) {
            return known.clone();
        }
        let made = Rc::new(split(&self.tree, container));
        self.families.borrow_mut().insert(container, made.clone());
        made
    }

    /// The words of the text and where they stand.
    pub fn words(&self) -> Rc<super::index::Words> {
        if let Some(known) = self.words.borrow().as_ref() {
            return known.clone();
        }
        let made = Rc::new(super::index::Words::new(&self.tree));
        *self.words.borrow_mut() = Some(made.clone());
        made
    }

    /// The item that holds a node directly.
    pub fn item_of(&self, id: Id) -> Option<Item> {
        let container = self.tree.parent(id)?;
        let index = self.holding(container).item_of(id)?;
        Some(Item { container, index })
    }

    /// The nodes of an item; they are not copied: one line of a million words is one item, and asked for by each of them.
    pub fn nodes(&self, item: Item) -> Nodes {
        Nodes { holding: self.holding(item.container), index: item.index }
    }

    /// The nodes of an item that stand near one of its own, and where that one is among them. A line of a million
    /// words is one item.
    pub fn nodes_around(&self, item: Item, id: Id) -> Option<(Vec<Id>, usize)> {
        let holding = self.holding(item.container);
        let nodes = holding.item(item.index);
        let at = nodes.binary_search(&id).ok()?;
        let from = at.saturating_sub(NEAR);
        Some((nodes[from..(at + NEAR).min(nodes.len())].to_vec(), at - from))
    }

    /// The bytes from an item's first node to its last.
    pub fn item_span(&self, item: Item) -> Range<usize> {
        let holding = self.holding(item.container);
        let nodes = holding.item(item.index);
        match (nodes.first(), nodes.last()) {
            (Some(&first), Some(&last)) => self.tree.span(first).start..self.tree.span(last).end,
            _ => 0..0,
        }
    }
}

fn split(tree: &Tree<'_>, container: Id) -> Holding {
    let kids: Vec<Id> = tree.children(container).collect();
    let items = match tree.kind(container) {
        Kind::Tag => tag(tree, &kids),
        Kind::Row => cells(tree, &kids),
        Kind::Round | Kind::Square => list(tree, &kids),
        Kind::Curly if tree.dialect().family == Family::Lisp => pairs(tree, &kids),
        Kind::Curly => unseparated(tree, &kids, lines(tree, container, &kids)),
        _ => lines(tree, container, &kids),
    };
    Holding { kids, items }
}

/// Splits at what `ends` says; empty items fall out. A comment behind a separator, on its line, stays with what is
/// before it.
fn by(tree: &Tree<'_>, kids: &[Id], ends: &dyn Fn(Id) -> bool) -> Vec<Range<usize>> {
    let mut items: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for i in 0..=kids.len() {
        if i < kids.len() && (!ends(kids[i]) || hangs(tree, kids, i)) {
            continue;
        }
        let blank = |k: &Id| matches!(tree.kind(*k), Kind::Line | Kind::Gap);
        let from_ = from + kids[from.min(i)..i].iter().take_while(|k| blank(k)).count();
        let to = i - kids[from_.min(i)..i].iter().rev().take_while(|k| blank(k)).count();
        if from_ < to {
            let (from, i) = (from_, to);
            let only_comment = kids[from..i].iter().all(|&k| tree.kind(k) == Kind::Comment);
            let after_separator = from > 0 && !matches!(tree.kind(kids[from - 1]), Kind::Line | Kind::Gap);
            match items.last_mut() {
                Some(last) if only_comment && after_separator => last.end = i,
                _ => items.push(from..i),
            }
        }
        from = i + 1;
    }
    items
}

/// A line end behind a sign that wants a value.
fn hangs(tree: &Tree<'_>, kids: &[Id], i: usize) -> bool {
    if !matches!(tree.kind(kids[i]), Kind::Line) || i == 0 || i + 1 >= kids.len() {
        return false;
    }
    // A comment between does not end what goes on.
    let aside = |k: &&Id| matches!(tree.kind(**k), Kind::Comment | Kind::Line);
    let last = *kids[..i].iter().rev().take(12).find(|k| !aside(k)).unwrap_or(&kids[i - 1]);
    let family = tree.dialect().family;
    // A brace on a line of its own belongs to what stands before it.
    if family == Family::Code && tree.kind(kids[i + 1]) == Kind::Curly && !tree.kind(last).is_separator() {
        return !matches!(tree.kind(last), Kind::Comment | Kind::Curly | Kind::Block);
    }
    if family == Family::Code && tree.kind(last) == Kind::Comma && tree.kind(kids[i]) == Kind::Line {
        return true;
    }
    tree.kind(last) == Kind::Op
        && match tree.slice(last) {
            b"=" | b":=" | b"=>" | b"+" | b"||" | b"??" | b"&&" | b"." => {
                !matches!(family, Family::Lines | Family::Prose)
            }
            b":" => matches!(family, Family::Json),
            _ => false,
        }
}

/// `{ host: "x" token: "y" }`: fields that only white space separates.
fn unseparated(tree: &Tree<'_>, kids: &[Id], items: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let begins = |i: usize, end: usize| {
        i + 2 < end
            && tree.kind(kids[i]) == Kind::Word
            && matches!(tree.slice(kids[i + 1]), b":" | b"=")
            && !tree.kind(kids[i + 2]).is_separator()
    };
    let value = |i: usize| matches!(tree.kind(kids[i]), Kind::Str | Kind::Curly | Kind::Square | Kind::Url);
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        let mut from = item.start;
        if begins(from, item.end) {
            for i in item.start + 3..item.end {
                if begins(i, item.end) && value(i - 1) {
                    out.push(from..i);
                    from = i;
                }
            }
        }
        out.push(from..item.end);
    }
    out
}

/// `{:key value :key value}`: pairs that only white space separates.
fn pairs(tree: &Tree<'_>, kids: &[Id]) -> Vec<Range<usize>> {
    let solid: Vec<usize> = (0..kids.len())
        .filter(|&i| !tree.kind(kids[i]).is_separator() && tree.kind(kids[i]) != Kind::Comment)
        .collect();
    solid.chunks(2).map(|pair| pair[0]..pair[pair.len() - 1] + 1).collect()
}

/// The cells of a row, empty ones too; a bar at the beginning or the end is a border.
fn cells(tree: &Tree<'_>, kids: &[Id]) -> Vec<Range<usize>> {
    // Where bars part the cells, commas are text.
    let barred = kids.iter().any(|&k| tree.slice(k) == b"|");
    let ends = |k: Id| if barred { tree.slice(k) == b"|" } else { tree.kind(k) == Kind::Comma };
    let bar = |k: Option<&Id>| k.is_some_and(|&k| tree.slice(k) == b"|");
    let mut from = usize::from(bar(kids.first()));
    let to = kids.len() - usize::from(kids.len() > from && bar(kids.last()));
    let mut items = Vec::new();
    for (i, _) in kids.iter().enumerate().take(to).skip(from).filter(|(_, k)| ends(**k)) {
        items.push(from..i);
        from = i + 1;
    }
    items.push(from.min(to)..to);
    items
}

fn list(tree: &Tree<'_>, kids: &[Id]) -> Vec<Range<usize>> {
    let has = |kind: Kind| kids.iter().any(|&k| tree.kind(k) == kind);
    if has(Kind::Comma) || has(Kind::Semi) {
        return by(tree, kids, &|id| matches!(tree.kind(id), Kind::Comma | Kind::Semi));
    }
    if tree.dialect().family == Family::Lisp {
        return (!kids.is_empty()).then_some(0..kids.len()).into_iter().collect();
    }
    // Without commas: an element a line, or strings and groups side by side.
    let starts_value = |k: &Id| {
        matches!(tree.kind(*k), Kind::Str | Kind::Curly | Kind::Square | Kind::Round | Kind::Word | Kind::Flag)
    };
    let lines = by(tree, kids, &|id| matches!(tree.kind(id), Kind::Line | Kind::Gap));
    let ends_open = |r: &Range<usize>| tree.kind(kids[r.end - 1]) == Kind::Op;
    if lines.len() > 1
        && lines.iter().all(|r| starts_value(&kids[r.start]) || matches!(tree.slice(kids[r.start]), b"@" | b"#" | b"&"))
        && !lines.iter().any(ends_open)
    {
        return lines;
    }
    let solid: Vec<usize> = (0..kids.len()).filter(|&i| !tree.kind(kids[i]).is_separator()).collect();
    if solid.len() > 1 && solid.iter().all(|&i| tree.kind(kids[i]) == Kind::Str) {
        return solid.into_iter().map(|i| i..i + 1).collect();
    }
    solid.first().zip(solid.last()).map(|(a, b)| *a..*b + 1).into_iter().collect()
}

fn lines(tree: &Tree<'_>, container: Id, kids: &[Id]) -> Vec<Range<usize>> {
    let kind = |i: usize| tree.kind(kids[i]);
    let (mut commas, mut open, mut ended, mut semis) = (0, 0, 0, 0);
    // `config :name,`: a statement that goes on, no field.
    let (mut heads, mut from) = (0, 0);
    for i in 0..kids.len() {
        if matches!(kind(i), Kind::Line | Kind::Gap) {
            let word = |j: usize| j < i && matches!(kind(j), Kind::Word | Kind::Str);
            heads += usize::from(word(from) && word(from + 1) && i > from + 2 && kind(i - 1) == Kind::Comma);
            from = i + 1;
        }
        match kind(i) {
            Kind::Comma => commas += 1,
            Kind::Semi => semis += 1,
            Kind::Line | Kind::Gap if i > 0 && i + 1 < kids.len() => {
                let before = (0..i).rev().find(|&j| kind(j) != Kind::Comment);
                match before.map(kind) {
                    Some(Kind::Comma) => open += 1,
                    Some(Kind::Line | Kind::Gap) | None => {}
                    _ => ended += 1,
                }
            }
            _ => {}
        }
    }
    let family = tree.dialect().family;
    let fields = match tree.kind(container) {
        Kind::Curly => commas > 0 && open >= ended && semis == 0,
        Kind::Str => commas > 0 && open + ended == 0,
        _ => open > 0 && open >= ended && (heads == 0 || family != Family::Code),
    };
    if fields {
        return by(tree, kids, &|id| tree.kind(id).is_separator());
    }
    if family == Family::Sql && tree.kind(container) != Kind::Str {
        return by(tree, kids, &|id| tree.kind(id) == Kind::Semi);
    }
    let shell = family == Family::Shell && tree.kind(container) != Kind::Str;
    // `KEYS=a;b`, `keys: a;b`: a list within a line.
    let listed = matches!(family, Family::Lines | Family::Yaml | Family::Prose | Family::Markdown)
        && tree.kind(container) != Kind::Str;
    by(tree, kids, &|id| match tree.kind(id) {
        Kind::Line | Kind::Gap => true,
        Kind::Semi => !listed,
        Kind::Op => shell && matches!(tree.slice(id), b"&&" | b"||" | b"|"),
        _ => false,
    })
}

/// A tag's name, its attributes, then what it holds: elements, and text between them.
fn tag(tree: &Tree<'_>, kids: &[Id]) -> Vec<Range<usize>> {
    let head = kids
        .iter()
        .position(|&k| tree.kind(k) == Kind::Op && matches!(tree.slice(k), b">" | b"/>"))
        .unwrap_or(kids.len());
    let mut items = Vec::new();
    let mut from = usize::from(!kids.is_empty());
    let first = from;
    for i in first..head {
        let follows_value = i > from && tree.kind(kids[i - 1]) != Kind::Op;
        let starts = !matches!(tree.kind(kids[i]), Kind::Op | Kind::Str) || tree.kind(kids[i]).is_separator();
        if starts && follows_value || tree.kind(kids[i]).is_separator() {
            items.push(from..i);
            from = i + usize::from(tree.kind(kids[i]).is_separator());
        }
    }
    items.push(from..head);
    let body = (head + 1).min(kids.len());
    let mut from = body;
    for i in body..=kids.len() {
        let apart = i == kids.len() || matches!(tree.kind(kids[i]), Kind::Tag | Kind::Gap);
        if apart {
            items.push(from..i);
            if i < kids.len() && tree.kind(kids[i]) == Kind::Tag {
                items.push(i..i + 1);
            }
            from = i + 1;
        }
    }
    items.retain(|r| r.start < r.end && r.clone().any(|i| !tree.kind(kids[i]).is_separator()));
    items
}
