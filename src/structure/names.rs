//! What a node is bound to: the names to its left, the call that takes it, the header above it.

use super::dialect::Family;
use super::items::{Item, Structure};
use super::tree::{Id, Kind};
use std::ops::Range;

/// How far to the left of a value its names may stand, in nodes.
const REACH: usize = 48;
/// How many names a value may have in one item.
const NAMES: usize = 6;

/// How a name is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bond {
    /// `name = value`, `name: value`, `name => value`, and what a block, a class or a function is called.
    Assigned,
    /// `name == value`
    Compared,
    /// `look_up(name) or value`
    Fallback,
    /// `directive name value`, `--name value`: the word before it.
    Before,
    /// The name of a list; the value is an element of it.
    Listed(usize),
}

/// A name that a value is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The bytes of the name, without quotes.
    pub span: Range<usize>,
    /// The node that is the name, or holds it.
    pub node: Id,
    /// How it is bound.
    pub bond: Bond,
}

/// The kind of a sign between a name and a value.
fn bond(sign: &[u8]) -> Option<Bond> {
    match sign {
        b"=" | b":" | b":=" | b"=>" | b"<-" | b"?=" | b"+=" | b"||=" | b"??=" | b"->" | b"~>" => Some(Bond::Assigned),
        b"==" | b"!=" | b"===" | b"!==" | b"=~" => Some(Bond::Compared),
        b"||" | b"??" | b"?:" | b":-" => Some(Bond::Fallback),
        _ => None,
    }
}

impl Structure<'_> {
    /// The names of a kid within its item, from the nearest.
    pub fn names(&self, kid: Id) -> Vec<Name> {
        let Some(item) = self.item_of(kid) else { return Vec::new() };
        let holding = self.holding(item.container);
        let nodes = holding.item(item.index);
        let Ok(at) = nodes.binary_search(&kid) else { return Vec::new() };
        let mut names: Vec<Name> = self.name_right_of(nodes, at).into_iter().collect();
        if names.is_empty() {
            names = self.names_left_of(nodes, at);
        }
        if names.is_empty() { self.tuple_name(item).into_iter().collect() } else { names }
    }

    /// `MOVE value TO name`, `value -> name`, `SELECT value AS name`: the name stands behind.
    fn name_right_of(&self, nodes: &[Id], at: usize) -> Option<Name> {
        let (sign, name) = (*nodes.get(at + 1)?, *nodes.get(at + 2)?);
        if !matches!(self.tree.kind(name), Kind::Word | Kind::Str) {
            return None;
        }
        let first = self.tree.slice(*nodes.first()?);
        let named = match self.tree.slice(sign) {
            b"->" | b"->>" => at == 0 && nodes.len() == 3,
            b"<-" => at == 0 && self.tree.dialect().family == Family::Prose,
            b"TO" | b"to" | b"To" | b"into" | b"INTO" | b"in" => {
                [b"move".as_slice(), b"put", b"store", b"set"].iter().any(|v| first.eq_ignore_ascii_case(v))
            }
            b"as" | b"AS" | b"As" => {
                let value = matches!(self.tree.dialect().family, Family::Sql) || self.tree.kind(nodes[at]) == Kind::Str;
                value && !first.eq_ignore_ascii_case(b"import") && !first.eq_ignore_ascii_case(b"from")
            }
            _ => false,
        };
        named.then(|| self.name(name, Bond::Assigned))
    }

    /// The name that a tuple begins with: `{api_key, "value"}`.
    fn tuple_name(&self, item: Item) -> Option<Name> {
        let holding = self.holding(item.container);
        let tuple = self.tree.kind(item.container) == Kind::Curly && item.index > 0 && holding.items.len() <= 3;
        let [first] = holding.item(0) else { return None };
        (tuple && self.tree.kind(*first) == Kind::Word).then(|| self.name(*first, Bond::Before))
    }

    fn names_left_of(&self, nodes: &[Id], at: usize) -> Vec<Name> {
        let mut names = Vec::new();
        let mut commas = 0;
        // `'(...)`, `@{...}`, `%w(...)`: the sign belongs to the value.
        let at = if at > 0 && self.is_sigil(nodes[at - 1]) { at - 1 } else { at };
        // `(def name\n  value)`
        let lisp = self.tree.dialect().family == Family::Lisp;
        let ends = |n: &&Id| lisp && self.tree.kind(**n) == Kind::Line;
        let at = at - nodes[..at].iter().rev().take_while(ends).count();
        let mut i = at;
        let floor = at.saturating_sub(REACH);
        while i > floor && names.len() < NAMES {
            i -= 1;
            let id = nodes[i];
            match self.tree.kind(id) {
                // `a = x, b = y`: what stands before the comma is bound by itself.
                Kind::Comma if !names.is_empty() => break,
                Kind::Comma | Kind::Semi => commas += 1,
                Kind::Op if self.is_joint(nodes, i) => {}
                Kind::Op => {
                    let dotted = self.tree.dialect().family == Family::Lisp && self.tree.slice(id) == b".";
                    let Some(bond) = bond(self.tree.slice(id)).or(dotted.then_some(Bond::Assigned)) else { continue };
                    let tuple = commas > 0 || names.is_empty() && self.is_tuple(nodes, i, at);
                    // `config :name, host: a, key: value`: the keyword before is another's.
                    if tuple
                        && self.tree.slice(id) == b":"
                        && nodes[..i].iter().any(|&n| self.tree.kind(n) == Kind::Comma)
                    {
                        break;
                    }
                    // `const a = x, b = y`: another declaration.
                    if tuple && names.last().is_some_and(|n: &Name| n.bond == Bond::Assigned) {
                        break;
                    }
                    if tuple {
                        names.extend(self.of_tuple(&nodes[..i], commas, bond));
                        break;
                    }
                    if self.is_typed(nodes, i) {
                        continue;
                    }
                    if self.is_apart(nodes, i, &names) {
                        break;
                    }
                    if let Some(name) = self.operand(nodes, i, bond) {
                        names.push(name);
                    }
                }
                Kind::Word if matches!(self.tree.slice(id), b"or" | b"else" | b"is" | b"eq" | b"as") && i > 0 => {
                    names.extend(self.operand(nodes, i, Bond::Fallback));
                }
                // `SET name TO value`
                Kind::Word if i + 1 == at && i > 0 && matches!(self.tree.slice(id), b"to" | b"TO" | b"To") => {
                    names.extend(self.operand(nodes, i, Bond::Assigned));
                }
                // `CONSTANTS name TYPE string VALUE value`, `01 NAME PIC X(32) VALUE value`
                Kind::Word if i + 1 == at && i > 1 && self.tree.slice(id).eq_ignore_ascii_case(b"value") => {
                    let from = nodes[..i].iter().rposition(|&n| self.tree.kind(n) == Kind::Comma).map_or(0, |n| n + 1);
                    let named = |n: &&Id| {
                        let text = self.tree.slice(**n);
                        self.tree.kind(**n) == Kind::Word
                            && !text.iter().all(u8::is_ascii_digit)
                            && !text.eq_ignore_ascii_case(b"constants")
                            && !text.eq_ignore_ascii_case(b"data")
                    };
                    let name = nodes[from..i].iter().find(named);
                    names.extend(name.map(|&n| self.name(n, Bond::Assigned)));
                }
                // `Const Key As String = value`
                Kind::Word if matches!(self.tree.slice(id), b"As" | b"AS") && i > 0 => {
                    names.extend(self.operand(nodes, i, Bond::Assigned));
                }
                Kind::Word | Kind::Flag | Kind::Str if i + 1 == at && commas == 0 => {
                    names.extend(self.before(nodes, i))
                }
                // `name("NAME") { value }`
                Kind::Round if i + 1 == at && self.tree.kind(nodes[at]) == Kind::Curly => {
                    let mut kids = self.tree.children(id).filter(|&k| !self.tree.kind(k).is_separator());
                    let only = kids.next().filter(|_| kids.next().is_none());
                    let named = |k: &Id| self.tree.kind(*k) == Kind::Str || self.tree.slice(*k).starts_with(b":");
                    names.extend(only.filter(named).map(|k| self.name(k, Bond::Assigned)));
                }
                // `set env(NAME) value`
                Kind::Round if i + 1 == at && i > 0 && self.tree.slice(nodes[i - 1]) == b"env" => {
                    names.extend(self.inner(id).map(|k| self.name(k, Bond::Assigned)));
                }
                // `\\newcommand{\\name}{value}`
                Kind::Curly if i + 1 == at && self.tree.kind(nodes[at]) == Kind::Curly => {
                    let word = self.tree.children(id).find(|&k| self.tree.kind(k) == Kind::Word);
                    names.extend(word.map(|w| self.name(w, Bond::Before)));
                }
                _ => {}
            }
        }
        names
    }

    /// `a, b = x, y`: names and values stand in rows. In a text for people commas part what they will.
    fn is_tuple(&self, nodes: &[Id], sign: usize, at: usize) -> bool {
        let comma = |n: &Id| self.tree.kind(*n) == Kind::Comma;
        let bound = |n: &Id| self.tree.kind(*n) == Kind::Op && bond(self.tree.slice(*n)).is_some();
        !matches!(self.tree.dialect().family, Family::Prose | Family::Markdown)
            && self.tree.slice(nodes[sign]) != b":"
            && at == sign + 1
            && nodes[..sign].iter().any(comma)
            && nodes[at..].iter().any(comma)
            && !nodes[..sign].iter().any(bound)
    }

    fn is_sigil(&self, id: Id) -> bool {
        self.tree.kind(id) == Kind::Op && matches!(self.tree.slice(id), b"'" | b"@" | b"&" | b"%" | b"#")
    }

    /// Whether the sign at `i` binds another value than ours: the `=` of `A=x` in `A=x B=y`.
    fn is_apart(&self, nodes: &[Id], i: usize, names: &[Name]) -> bool {
        let Some(last) = names.last().filter(|n| n.bond == Bond::Assigned) else { return false };
        let touches =
            |a: usize, b: usize| nodes.get(b).is_some_and(|&n| self.tree.span(nodes[a]).end == self.tree.span(n).start);
        let tight = i > 0 && self.tree.slice(nodes[i]) == b"=" && touches(i - 1, i) && touches(i, i + 1);
        tight && nodes.get(i + 1).is_some_and(|&n| n != last.node && !self.tree.holds(n, last.node))
    }

    /// Whether what stands before the `=` at `i` is a type: `name: type = value`.
    fn is_typed(&self, nodes: &[Id], i: usize) -> bool {
        if self.tree.dialect().family != Family::Code || self.tree.slice(nodes[i]) != b"=" {
            return false;
        }
        for j in (i.saturating_sub(9)..i).rev() {
            match self.tree.kind(nodes[j]) {
                Kind::Op if self.tree.slice(nodes[j]) == b":" => {
                    let named = j > 0 && j + 1 < i && self.tree.kind(nodes[j - 1]) == Kind::Word;
                    // `$env:NAME =`, `let g:name =`: a scope.
                    let vim = self.tree.dialect().comments & super::dialect::VIM != 0;
                    return named && !vim && !self.tree.slice(nodes[j - 1]).starts_with(b"$");
                }
                Kind::Op
                    if !matches!(self.tree.slice(nodes[j]), b"&" | b"<" | b">" | b"*" | b"'" | b"?" | b"|" | b"!") =>
                {
                    return false;
                }
                Kind::Word | Kind::Square | Kind::Round | Kind::Op | Kind::Comma => {}
                _ => return false,
            }
        }
        false
    }

    /// The sign behind a name, if one stands directly there.
    pub fn sign_behind(&self, node: Id) -> &[u8] {
        let next = self.tree.node(node).after;
        let beside = (next as usize) < self.tree.len() && self.tree.parent(next) == self.tree.parent(node);
        if beside && self.tree.kind(next) == Kind::Op { self.tree.slice(next) } else { b"" }
    }

    /// The word before a value, where no sign stands between.
    fn before(&self, nodes: &[Id], i: usize) -> Option<Name> {
        let id = nodes[i];
        let text = self.tree.content(id);
        // `"$expires$uri value"`: a variable within a text.
        if text.starts_with(b"$") && self.tree.parent(id).is_some_and(|p| self.tree.kind(p) == Kind::Str) {
            return None;
        }
        if is_scheme(text) {
            let left = i.checked_sub(1)?;
            return matches!(self.tree.kind(nodes[left]), Kind::Word | Kind::Flag)
                .then(|| self.name(nodes[left], Bond::Before));
        }
        let keyword = self.tree.dialect().family == Family::Lisp && self.tree.slice(id).starts_with(b":");
        let anchor = i > 0 && self.tree.slice(nodes[i - 1]) == b"&" && self.tree.dialect().family == Family::Yaml;
        // `:space/name value`
        if self.tree.dialect().family == Family::Lisp
            && let [.., space, sign, _] = &nodes[..=i]
            && self.tree.slice(*sign) == b"/"
            && self.tree.slice(*space).starts_with(b":")
            && self.tree.span(*space).end == self.tree.span(*sign).start
        {
            return Some(Name {
                span: self.tree.span(*space).start + 1..self.tree.span(id).end,
                node: *space,
                bond: Bond::Assigned,
            });
        }
        (text.len() <= 120).then(|| self.name(id, if keyword || anchor { Bond::Assigned } else { Bond::Before }))
    }

    fn name(&self, node: Id, bond: Bond) -> Name {
        let span = self.tree.span(node);
        let quote = self.tree.slice(node).len().saturating_sub(self.tree.content(node).len()) / 2;
        Name { span: span.start + quote..span.end - quote, node, bond }
    }

    /// Whether the sign at `i` joins a path: `this->key`, `.key`.
    fn is_joint(&self, nodes: &[Id], i: usize) -> bool {
        let sign = self.tree.slice(nodes[i]);
        let touches = |a: Id, b: Id| self.tree.span(a).end == self.tree.span(b).start;
        matches!(sign, b"->" | b"::" | b"." | b"/")
            && i > 0
            && i + 1 < nodes.len()
            && touches(nodes[i - 1], nodes[i])
            && touches(nodes[i], nodes[i + 1])
    }

    /// What stands to the left of the sign at `i`.
    fn operand(&self, nodes: &[Id], i: usize, bond: Bond) -> Option<Name> {
        let left = *nodes.get(i.checked_sub(1)?)?;
        match self.tree.kind(left) {
            // `param name string = value`
            Kind::Word
                if i > 2
                    && matches!(
                        self.tree.slice(left),
                        b"string" | b"securestring" | b"object" | b"text" | b"varchar"
                    )
                    && self.tree.kind(nodes[i - 2]) == Kind::Word =>
            {
                Some(self.name(nodes[i - 2], bond))
            }
            Kind::Word | Kind::Flag | Kind::Str | Kind::Url => Some(self.name(left, bond)),
            // `[a, b] = value`: names of its parts.
            Kind::Square if self.tree.children(left).any(|k| self.tree.kind(k) == Kind::Comma) => None,
            // `char* keys[] = {...}`
            Kind::Square if self.tree.children(left).next().is_none() => {
                let word = *nodes.get(i.checked_sub(2)?)?;
                (self.tree.kind(word) == Kind::Word).then(|| self.name(word, bond))
            }
            Kind::Square => Some(self.inner(left).map_or_else(|| self.name(left, bond), |id| self.name(id, bond))),
            // A look-up (`getenv("NAME") or value`), or the parameters of what is being defined.
            Kind::Round if bond == Bond::Fallback || bond == Bond::Compared => {
                self.inner(left).map(|id| self.name(id, bond))
            }
            // `MAP("name") = value`
            Kind::Round
                if bond == Bond::Assigned
                    && self.tree.slice(nodes[i]) == b"="
                    && self.tree.dialect().family == Family::Code
                    && i > 1
                    && self.tree.kind(nodes[i - 2]) == Kind::Word
                    && i == 2
                    && self.tree.children(left).count() == 1
                    && self.tree.children(left).all(|k| self.tree.kind(k) == Kind::Str) =>
            {
                self.inner(left).map(|id| self.name(id, bond))
            }
            // `$ENV{NAME} = `
            Kind::Curly
                if i > 1
                    && self.tree.slice(nodes[i - 2]).starts_with(b"$")
                    && self.tree.children(left).count() == 1 =>
            {
                self.inner(left).map(|id| self.name(id, bond))
            }
            Kind::Round | Kind::Curly => {
                let mut word = *nodes.get(i.checked_sub(2)?)?;
                // `val name: Type get() = value`
                if self.tree.slice(word) == b"get" {
                    let val = nodes[..i].iter().position(|&n| matches!(self.tree.slice(n), b"val" | b"var"))?;
                    word = *nodes.get(val + 1)?;
                }
                (self.tree.kind(word) == Kind::Word).then(|| self.name(word, bond))
            }
            // `NAME% = `, `(NAME) = `, `${NAME} :`
            Kind::Op => {
                let word = *nodes.get(i.checked_sub(2)?)?;
                (self.tree.kind(word) == Kind::Word).then(|| self.name(word, bond))
            }
            _ => None,
        }
    }

    /// The first word or string within a group.
    fn inner(&self, group: Id) -> Option<Id> {
        self.tree.children(group).find(|&k| matches!(self.tree.kind(k), Kind::Str | Kind::Word))
    }

    /// `a, b, c = x, y, z`: the name whose place is that of the value; or the name of a list.
    fn of_tuple(&self, left: &[Id], place: usize, bond: Bond) -> Option<Name> {
        let parts: Vec<&[Id]> = left.split(|&id| matches!(self.tree.kind(id), Kind::Comma | Kind::Semi)).collect();
        let last_word =
            |part: &[Id]| part.iter().rev().find(|&&id| matches!(self.tree.kind(id), Kind::Word | Kind::Str)).copied();
        if parts.len() > 1 {
            return parts.get(place).and_then(|p| last_word(p)).map(|id| self.name(id, bond));
        }
        parts.first().and_then(|p| last_word(p)).map(|id| self.name(id, Bond::Listed(place)))
    }

    /// What stands before a group in its item and belongs to it, from the nearest: the name that is called, the
    /// receivers of a chain with their own arguments, the labels of a block.
    pub fn head(&self, group: Id) -> Vec<Id> {
        let Some(item) = self.item_of(group) else { return Vec::new() };
        let holding = self.holding(item.container);
        let nodes = holding.item(item.index);
        let Ok(mut i) = nodes.binary_search(&group) else { return Vec::new() };
        let mut head = Vec::new();
        while i > 0 && head.len() < 24 {
            i -= 1;
            let id = nodes[i];
            match self.tree.kind(id) {
                Kind::Word | Kind::Str | Kind::Round | Kind::Square | Kind::Curly => head.push(id),
                Kind::Op => match self.tree.slice(id) {
                    b"." | b"->" | b"::" | b"?." | b"!" | b"|>" | b"&" | b"*" | b"@" | b"/" => {}
                    b">" => i = self.generics(nodes, i),
                    _ => break,
                },
                Kind::Line if self.tree.kind(group) == Kind::Round => {}
                _ => break,
            }
        }
        head
    }

    /// Behind `>` to the left: where its `<` stands.
    fn generics(&self, nodes: &[Id], end: usize) -> usize {
        (end.saturating_sub(12)..end).rev().find(|&j| self.tree.slice(nodes[j]) == b"<").unwrap_or(end)
    }

    /// The name that is called with this group, if one is: the word directly before it.
    pub fn callee(&self, group: Id) -> Option<Id> {
        self.head(group).first().copied().filter(|&id| self.tree.kind(id) == Kind::Word)
    }

    /// The header of a section: the nodes of its first line.
    pub fn header(&self, section: Id) -> Vec<Id> {
        self.tree
            .children(section)
            .take_while(|&k| !matches!(self.tree.kind(k), Kind::Line | Kind::Gap | Kind::Block))
            .collect()
    }

    /// The number of a kid among the arguments or elements of its container, and how many there are.
    pub fn place(&self, kid: Id) -> Option<(usize, usize)> {
        let item = self.item_of(kid)?;
        Some((item.index, self.holding(item.container).items.len()))
    }

    /// The comma-separated parts of an item that is a statement.
    pub fn parts(&self, item: Item) -> Vec<Vec<Id>> {
        let nodes = self.nodes(item);
        nodes.split(|&id| self.tree.kind(id) == Kind::Comma).map(<[Id]>::to_vec).collect()
    }
}

/// Words between a header's name and the credential.
pub fn is_scheme(word: &[u8]) -> bool {
    // `set KEY value`: a variable.
    if matches!(word, b"KEY" | b"TOKEN" | b"APIKEY") {
        return false;
    }
    [b"bearer".as_slice(), b"basic", b"token", b"apikey", b"api-key", b"key"]
        .iter()
        .any(|s| word.eq_ignore_ascii_case(s))
}
