//! Which words are uses of a bound name: not keys, not texts, not other bindings.

use super::inquiry::Inquiry;
use crate::structure::{Family, Id, Item, Kind, parts};

impl Inquiry<'_> {
    /// Whether a word is a use of the name and not a key, a text, another binding.
    pub(super) fn is_use(&self, place: Id, base: &[u8], definition: Id, item: Item) -> bool {
        let tree = &self.s.tree;
        let word = tree.slice(place);
        let named: Vec<&[u8]> = parts(word).collect();
        let at = named.iter().position(|p| *p == base);
        let owned = at == Some(0) || at.is_some_and(|n| n >= 1);
        if !owned {
            return false;
        }
        // `x.token` is a use of the field token of a class, of a variable token only as `self.token`.
        if at.is_some_and(|n| n >= 1) && !self.is_member(named[0], definition, item) {
            return false;
        }
        if matches!(named[0], b"self" | b"this") && at == Some(1) && !self.are_of_one_class(place, definition) {
            return false;
        }
        let Some(parent) = tree.parent(place) else { return false };
        // `class Other(Base)`
        let head = if tree.kind(parent) == Kind::Round { self.s.callee(parent) } else { None };
        if head.and_then(|c| c.checked_sub(1)).is_some_and(|c| tree.slice(c) == b"class") {
            return false;
        }
        // In data only templates and aliases are uses.
        if matches!(tree.family(place), Family::Yaml | Family::Lines | Family::Json | Family::Prose | Family::Markup) {
            let start = tree.span(place).start;
            let before = tree.text()[start.saturating_sub(8)..start].trim_ascii_end();
            let sigil = word.starts_with(b"$")
                || before.ends_with(b"<%=")
                || matches!(before.last(), Some(b'*' | b'$' | b'{' | b'%'));
            let within = tree.ancestors(place).take(3).any(|a| matches!(tree.kind(a), Kind::Curly | Kind::Round));
            if !(sigil || within || named.len() > 1 && tree.kind(parent) == Kind::Str) {
                return false;
            }
        }
        match tree.kind(parent) {
            Kind::Str => self.is_interpolated(place, parent, base),
            Kind::Comment => false,
            _ => !self.is_comment_or_key(place, base) && !self.is_declared_only(place),
        }
    }

    fn is_member(&self, first: &[u8], definition: Id, item: Item) -> bool {
        if matches!(
            first,
            b"self"
                | b"this"
                | b"cls"
                | b"Self"
                | b"static"
                | b"vars"
                | b"var"
                | b"local"
                | b"data"
                | b"env"
                | b"ENV"
                | b"config"
                | b"args"
                | b"opts"
                | b"options"
                | b"flags"
                | b"params"
                | b"_"
        ) {
            return true;
        }
        let defined = self.s.tree.slice(definition);
        if parts(defined).count() > 1 {
            let own = parts(defined).next();
            return own == Some(first) || own.is_some_and(|o| matches!(o, b"self" | b"this"));
        }
        // A field of a class or a record: any object can have it, if the name is bound once.
        let class = |at: Id| {
            self.s.tree.ancestors(at).chain([at]).find(|&c| self.is_code_scope(c) && !self.is_function_body(c))
        };
        let Some(mine) = class(item.container) else { return self.s.tree.kind(item.container) == Kind::Round };
        let name = parts(defined).last().unwrap_or(defined);
        !self.definitions(name).iter().any(|(place, _)| {
            let body = self.s.tree.parent(*place).filter(|&p| self.is_code_scope(p) && !self.is_function_body(p));
            body.is_some_and(|b| b != mine)
        }) || self.is_of_class(first, mine)
    }

    /// Whether an object is one of the class with this body by its name, or by what it is made from: `c = settings.chat`.
    fn is_of_class(&self, object: &[u8], body: Id) -> bool {
        let tree = &self.s.tree;
        let class = self.s.item_of(body).and_then(|item| {
            let nodes = self.s.nodes(item);
            nodes.iter().skip(1).copied().find(|&n| tree.kind(n) == Kind::Word && n < body)
        });
        let Some(class) = class.map(|c| tree.slice(c)) else { return false };
        let named = |word: &[u8]| parts(word).last().is_some_and(|p| p.eq_ignore_ascii_case(class));
        named(object)
            || self
                .definitions(object)
                .iter()
                .any(|(_, value)| value.iter().take(6).any(|&n| tree.kind(n) == Kind::Word && named(tree.slice(n))))
    }

    /// `"Bearer ${token}"`, `f"{token}"`, `"$token"`; or a text that is the name alone, as look-ups have it.
    fn is_interpolated(&self, place: Id, string: Id, base: &[u8]) -> bool {
        let tree = &self.s.tree;
        let dollar = tree.slice(place).starts_with(b"$");
        let before = tree.text().get(tree.span(place).start.wrapping_sub(1)).copied();
        let percent = matches!(before, Some(b'%' | b'\\' | b'&'));
        let content = tree.content(string).trim_ascii();
        let start = tree.span(place).start;
        let formatted = tree.text()[..start].ends_with(b"%(");
        let whole = formatted || content == base || content == tree.slice(place) && parts(content).next() == Some(base);
        let looked_up =
            whole && tree.parent(string).is_some_and(|p| matches!(tree.kind(p), Kind::Square | Kind::Round));
        dollar || percent || looked_up
    }

    /// Whether a word stands in a comment, or is a key (of a record, of a keyword argument).
    fn is_comment_or_key(&self, place: Id, base: &[u8]) -> bool {
        let tree = &self.s.tree;
        let in_string = tree.ancestors(place).take(3).find(|&a| tree.kind(a) == Kind::Str);
        if let Some(string) = in_string {
            // Within `${...}`, `{...}`, `#{...}`, `$(...)` of a string.
            let holder = tree.parent(place).unwrap_or(0);
            if !matches!(tree.kind(holder), Kind::Curly | Kind::Round) {
                return true;
            }
            let _ = string;
        }
        if tree.ancestors(place).take(6).any(|a| tree.kind(a) == Kind::Comment) {
            return true;
        }
        let after = tree.node(place).after as usize;
        if after >= tree.len() || tree.parent(after as Id) != tree.parent(place) {
            return false;
        }
        let sign = tree.slice(after as Id);
        let whole = parts(tree.slice(place)).count() == 1;
        let holder = tree.parent(place).map(|p| tree.kind(p));
        match sign {
            b"=" | b":=" | b"<-" | b"?=" => whole,
            b"=>" => holder != Some(Kind::Round) && !tree.slice(place).starts_with(b"$") && whole,
            b":" => whole && !self.is_ternary(place) && tree.slice(place).len() == base.len(),
            _ => false,
        }
    }

    /// `var a, b string`: names without values.
    fn is_declared_only(&self, place: Id) -> bool {
        let tree = &self.s.tree;
        let Some(item) = self.s.item_of(place) else { return false };
        let nodes = self.s.nodes(item);
        let bare = |n: &Id| matches!(tree.kind(*n), Kind::Word | Kind::Comma);
        nodes.first().is_some_and(|&n| matches!(tree.slice(n), b"var" | b"let" | b"Dim" | b"local" | b"my"))
            && nodes.len() < 24
            && nodes.iter().all(bare)
    }

    fn is_ternary(&self, place: Id) -> bool {
        let Some(item) = self.s.item_of(place) else { return false };
        self.s.nodes(item).iter().take_while(|&&n| n < place).any(|&n| self.s.tree.slice(n) == b"?")
    }
}
