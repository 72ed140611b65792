//! Whether what a container holds are fields of a record or statements.

use super::inquiry::Inquiry;
use crate::structure::{Family, Id, Kind};

impl Inquiry<'_> {
    /// Whether a container's items are fields, arguments, settings: most of them have a key.
    pub(super) fn is_record(&self, container: Id) -> bool {
        match self.s.tree.kind(container) {
            Kind::Round | Kind::Square | Kind::Tag => return true,
            Kind::Row => return false,
            _ => {}
        }
        if let Some(known) = self.memory.records.borrow().get(&container) {
            return *known;
        }
        let made = self.mostly_keyed(container);
        self.memory.records.borrow_mut().insert(container, made);
        made
    }

    fn mostly_keyed(&self, container: Id) -> bool {
        let tree = &self.s.tree;
        let holding = self.s.holding(container);
        let code = self.is_code_scope(container);
        let (mut keyed, mut all) = (0usize, 0usize);
        for index in 0..holding.items.len().min(400) {
            let nodes = holding.item(index);
            let Some(&first) = nodes.first() else { continue };
            if tree.kind(first) == Kind::Comment || nodes.len() == 1 && matches!(tree.kind(first), Kind::Square) {
                continue;
            }
            all += 1;
            if nodes.len() == 1 && matches!(tree.kind(first), Kind::Element | Kind::Curly) {
                keyed += usize::from(self.entry(nodes).0.is_some());
                continue;
            }
            let data = matches!(tree.family(container), Family::Yaml | Family::Json | Family::Lines | Family::Markup);
            let statement = !data
                && matches!(
                    tree.slice(first),
                    b"if"
                        | b"for"
                        | b"while"
                        | b"return"
                        | b"def"
                        | b"class"
                        | b"function"
                        | b"func"
                        | b"fn"
                        | b"import"
                        | b"from"
                        | b"with"
                        | b"try"
                        | b"else"
                        | b"elif"
                        | b"except"
                        | b"raise"
                        | b"throw"
                        | b"switch"
                        | b"case"
                        | b"print"
                        | b"using"
                        | b"use"
                        | b"package"
                        | b"require"
                        | b"include"
                        | b"async"
                        | b"await"
                        | b"echo"
                );
            let calls = nodes.iter().any(|&id| tree.kind(id) == Kind::Round);
            let bonded = nodes.iter().take(8).take_while(|&&id| tree.kind(id) != Kind::Flag).any(|&id| {
                tree.kind(id) == Kind::Op && matches!(tree.slice(id), b"=" | b":" | b":=" | b"=>" | b"?=" | b"->")
            });
            keyed += usize::from(
                bonded
                    && !statement
                    && !(calls
                        && tree.dialect().family == Family::Code
                        && (code || tree.kind(container) != Kind::Curly)),
            );
            let labelled = nodes.len() <= 6
                && nodes.last().is_some_and(|&n| matches!(tree.kind(n), Kind::Curly))
                && matches!(tree.kind(first), Kind::Word)
                && !matches!(
                    tree.slice(first),
                    b"struct"
                        | b"enum"
                        | b"impl"
                        | b"trait"
                        | b"interface"
                        | b"namespace"
                        | b"module"
                        | b"object"
                        | b"public"
                        | b"private"
                        | b"export"
                        | b"type"
                )
                && !statement;
            keyed += usize::from(!bonded && !calls && labelled && tree.kind(container) != Kind::Curly);
            keyed += usize::from(
                !bonded && nodes.len() <= 8 && nodes.len() >= 2 && tree.kind(container) == Kind::Curly && !calls,
            );
        }
        // `{"https://...", "token", 3}`: a tuple.
        let commas = holding.kids.iter().any(|&k| tree.kind(k) == Kind::Comma);
        let tuple = tree.kind(container) == Kind::Curly && keyed == 0 && commas && (2..=8).contains(&all);
        tuple || all > 0 && keyed * 10 >= all * 7
    }

    /// Whether what is bound in a container are variables rather than fields of data.
    pub(super) fn holds_statements(&self, container: Id) -> bool {
        !matches!(self.s.tree.kind(container), Kind::Square | Kind::Row | Kind::Tag)
            && self.s.tree.family(container) != Family::Json
    }
}
