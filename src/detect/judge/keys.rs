//! The keys of tables: entries as literals, assignments, branches and pairs write them.

use super::inquiry::Inquiry;
use super::joins::{Mark, TableId, Tables};
use crate::structure::{Family, Id, Kind, parts};

impl Inquiry<'_> {
    pub(super) fn read_entry(&self, container: Id, nodes: &[Id], tables: &mut Tables) {
        let Some((table, key)) = self.entry_key(container, nodes) else { return };
        let second: Option<Vec<Id>> = match nodes {
            [pair] | [_, pair] | [_, pair, _] if self.pair(*pair).is_some() => {
                self.pair(*pair).map(|(_, second)| vec![second])
            }
            [_] => None,
            _ => self.arm(nodes).map(|(_, value)| value),
        };
        let value = match &second {
            Some(second) => second.as_slice(),
            None => self.key_and_value(nodes).1,
        };
        let mark = match value {
            [] => None,
            [one] if matches!(self.s.tree.kind(*one), Kind::Curly | Kind::Block) => self.only_host(*one),
            [one] if self.s.tree.kind(*one).is_container() && self.s.tree.kind(*one) != Kind::Str => None,
            _ => self.element(value).or_else(|| self.host_within(value)),
        };
        tables.keys.entry(table.clone()).or_default().push(key.clone());
        if let Some(mark) = &mark
            && mark.host
            && !mark.record
            && let Some(scope) = scope_of(&key)
        {
            tables.scopes.entry((table.clone(), scope.to_vec())).or_default().push(mark.clone());
        }
        if let Some(mark) = mark {
            tables.entries.entry(key).or_default().push((table, mark));
        }
    }

    /// The owner of the addresses of a small record, if it is one.
    fn only_host(&self, record: Id) -> Option<Mark> {
        // A record with a key of its own needs no other.
        if self.s.tree.node(record).after - record > 60 || self.has_slot(record) {
            return None;
        }
        let fields = self.fields(record);
        let mut hosts = fields.fields.iter().filter(|f| f.signal == super::fields::Signal::Host);
        let first = hosts.next()?;
        let alone = hosts.all(|f| f.owner == first.owner);
        alone.then(|| Mark {
            owner: first.owner.clone(),
            host: true,
            record: true,
            span: first.span.clone(),
            shown: first.shown.clone(),
        })
    }

    /// The first address among the arguments of a value.
    fn host_within(&self, value: &[Id]) -> Option<Mark> {
        let round = *value.iter().find(|&&v| self.s.tree.kind(v) == Kind::Round && !self.has_slot(v))?;
        self.s.tree.children(round).take(4).find_map(|k| self.element(&[k]).filter(|m| m.host))
    }

    /// The key of an entry and its table: `key: value` in a group, `NAME[key] = value`.
    pub(super) fn entry_key(&self, container: Id, nodes: &[Id]) -> Option<(TableId, Vec<u8>)> {
        let tree = &self.s.tree;
        if let [base, square, sign, ..] = nodes
            && tree.kind(*base) == Kind::Word
            && tree.kind(*square) == Kind::Square
            && tree.slice(*sign) == b"="
        {
            let inner = tree.children(*square).next()?;
            return Some((TableId::Variable(container, tree.slice(*base).to_vec()), tree.content(inner).to_vec()));
        }
        // `case "key": return value`, `when 'key' then value`, `"key" -> value`, `key "value";`
        if let Some((key, _)) = self.arm(nodes) {
            // The heads of one function are a table of their own.
            let function = match nodes {
                [word, name, ..] if matches!(tree.slice(*word), b"def" | b"defp") => tree.slice(*name),
                [name, _, sign, _] if tree.slice(*sign) == b"=" => tree.slice(*name),
                _ => return Some((TableId::Group(container), key)),
            };
            return Some((TableId::Variable(container, function.to_vec()), key));
        }
        // `hosts.put("a", value)`, `host(a, value).`: a table for each that is called.
        if let [callee, round] | [callee, round, _] = nodes
            && tree.kind(*callee) == Kind::Word
            && tree.kind(*round) == Kind::Round
            && let Some((first, _)) = self.pair(*round)
        {
            return Some((TableId::Variable(container, tree.slice(*callee).to_vec()), tree.content(first).to_vec()));
        }
        if let [pair] = nodes
            && let Some((first, _)) = self.pair(*pair)
        {
            return Some((TableId::Group(container), tree.content(first).to_vec()));
        }
        let (key, value) = self.key_and_value(nodes);
        let key = key?;
        // `directive value` is no entry of a table.
        let bound = nodes
            .iter()
            .take(8)
            .any(|&n| tree.kind(n) == Kind::Op && matches!(tree.slice(n), b":" | b"=" | b"=>" | b"->" | b":="));
        if !bound {
            return None;
        }
        let text = tree.content(key);
        if text.is_empty() || text.len() > 80 || value.is_empty() {
            return None;
        }
        // `Kind::A`, `.a`: the constant.
        let text = if tree.kind(key) == Kind::Word { parts(text).last().unwrap_or(text) } else { text };
        Some((TableId::Group(container), text.to_vec()))
    }

    /// A branch that gives a value for a key: `case "key": return value`, `"key" => value`, `key "value";`.
    fn arm(&self, nodes: &[Id]) -> Option<(Vec<u8>, Vec<Id>)> {
        let tree = &self.s.tree;
        let text = |k: Id| matches!(tree.kind(k), Kind::Str | Kind::Word);
        let (key, rest) = match nodes {
            [word, key, rest @ ..]
                if matches!(tree.slice(*word), b"case" | b"Case" | b"when" | b"WHEN" | b"elif" | b"|")
                    && text(*key) =>
            {
                (tree.content(*key).to_vec(), rest)
            }
            // `def host(:key), do: value`, `host Key = value`
            [word, name, round, .., last]
                if matches!(tree.slice(*word), b"def" | b"defp")
                    && tree.kind(*name) == Kind::Word
                    && tree.kind(*round) == Kind::Round
                    && tree.kind(*last) == Kind::Str =>
            {
                let key = tree.children(*round).next()?;
                return Some((tree.content(key).to_vec(), vec![*last]));
            }
            [name, round, sign, value]
                if tree.kind(*name) == Kind::Word
                    && tree.kind(*round) == Kind::Round
                    && tree.slice(*sign) == b"="
                    && tree.kind(*value) == Kind::Str =>
            {
                return Some((tree.slice(*round).to_vec(), vec![*value]));
            }
            [name, key, sign, value]
                if tree.kind(*name) == Kind::Word
                    && tree.kind(*key) == Kind::Word
                    && tree.slice(*sign) == b"="
                    && tree.kind(*value) == Kind::Str
                    && tree.family(*name) == Family::Code
                    && tree.slice(*key).first().is_some_and(u8::is_ascii_uppercase) =>
            {
                return Some((tree.slice(*key).to_vec(), vec![*value]));
            }
            [first, .., last] if tree.kind(*last) == Kind::Str && self.is_map_line(*first) => {
                let key = tree.span(*first).start..tree.span(*last).start;
                return Some((self.text(key).trim_ascii().to_vec(), vec![*last]));
            }
            _ => return None,
        };
        let rest = match rest {
            [.., block] if rest.len() <= 2 && tree.kind(*block) == Kind::Block => {
                self.s.holding(*block).item(0).to_vec()
            }
            _ => rest.to_vec(),
        };
        let words: [&[u8]; 8] = [b":", b"->", b"=>", b"then", b"THEN", b"return", b"Return", b"="];
        let skip = rest.iter().take_while(|&&n| words.contains(&tree.slice(n))).count();
        let value = rest[skip..].to_vec();
        (!value.is_empty()).then_some((key, value))
    }

    /// A line of a map as nginx and its kin write them: words within braces, each line ended by a semicolon.
    fn is_map_line(&self, first: Id) -> bool {
        let tree = &self.s.tree;
        let Some(group) = tree.parent(first).filter(|&p| tree.kind(p) == Kind::Curly) else { return false };
        let Some(item) = self.s.item_of(group) else { return false };
        let map =
            self.s.nodes(item).first().is_some_and(|&n| matches!(tree.slice(n), b"map" | b"geo" | b"split_clients"));
        map && tree.family(first) == Family::Code
    }

    /// `["key", value]`, `("key", value)`: an entry of a map that is written as a pair.
    pub(super) fn pair(&self, group: Id) -> Option<(Id, Id)> {
        let tree = &self.s.tree;
        if !matches!(tree.kind(group), Kind::Square | Kind::Round | Kind::Curly) {
            return None;
        }
        let holding = self.s.holding(group);
        let ([first], [second]) = (holding.item(0), holding.item(1)) else { return None };
        let named = matches!(tree.kind(*first), Kind::Str | Kind::Word);
        (holding.items.len() == 2 && named).then_some((*first, *second))
    }
}

/// What settings of one thing begin with: `plugin.gpt` of `plugin.gpt.url`.
pub(super) fn scope_of(key: &[u8]) -> Option<&[u8]> {
    let at = key.iter().rposition(|b| matches!(b, b'.' | b'/' | b':'))?;
    let scope = &key[..at];
    let deep = scope.iter().any(|b| matches!(b, b'.' | b'/' | b':'));
    (deep && at + 1 < key.len()).then_some(scope)
}
