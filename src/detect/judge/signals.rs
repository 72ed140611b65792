//! What a value says under its key: an address, a provider, a class, a model, a name.

use super::claim::Ruling;
use super::fields::{Field, Signal};
use super::hosts::{self, Host};
use super::inquiry::Inquiry;
use super::lexicon::role;
use super::terms::{Known, Owner, Sense};
use crate::structure::{Family, Id, Kind};
use std::ops::Range;
use std::rc::Rc;

/// How many nodes of a value are searched for addresses.
const SEARCH: usize = 160;
/// How many nodes of a call are searched for names of addresses.
const NAMED: Id = 40;

impl Inquiry<'_> {
    /// What a value says under a key.
    pub(super) fn value_signals(
        &self,
        key: Option<&Rc<Sense>>,
        value: &[Id],
        item: usize,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let roles = key.map_or(0, |k| k.roles);
        let aside = roles & role::ASIDE != 0
            && roles & role::SECRET == 0
            && !(roles & role::ENDPOINT != 0
                && key.is_some_and(|k| k.stem.is_empty() && k.count <= 2 && roles & role::NEUTRAL != 0));
        let found = out.len();
        for &node in value.iter().take(24) {
            if !aside {
                self.hosts_of(key, node, item, roles & role::ENDPOINT != 0, depth, out);
            }
        }
        let Some((&first, &last)) = value.first().zip(value.last()) else { return };
        let solid = matches!(self.s.tree.kind(first), Kind::Word | Kind::Str | Kind::Flag);
        if !solid || self.holds_group(value) && self.s.tree.kind(first) != Kind::Str {
            return;
        }
        let (span, text) = self.scalar(first, last, value);
        if text.is_empty() || text.len() > 120 {
            return;
        }
        if out.len() == found && roles & role::ENDPOINT != 0 && !aside && roles & role::PROVIDER == 0 {
            self.bare_endpoint(key, text, &span, item, out);
        }
        self.scalar_signals(key, roles, text, span, item, out);
    }

    /// The text of a value that is no group: without its quotes, without a comment behind.
    fn scalar(&self, first: Id, last: Id, value: &[Id]) -> (Range<usize>, &[u8]) {
        let tree = &self.s.tree;
        if tree.kind(first) == Kind::Str {
            let content = tree.content(first);
            return (tree.span(first), content);
        }
        let last = value.iter().rev().find(|&&id| tree.kind(id) != Kind::Comment).copied().unwrap_or(last);
        let span = tree.span(first).start..tree.span(last).end;
        (span.clone(), self.text(span))
    }

    fn scalar_signals(
        &self,
        key: Option<&Rc<Sense>>,
        roles: u16,
        text: &[u8],
        span: Range<usize>,
        item: usize,
        out: &mut Vec<Field>,
    ) {
        let shown = || String::from_utf8_lossy(text.trim_ascii()).into_owned();
        let mut push = |signal, owner| {
            out.push(Field { signal, owner, key: key.cloned(), item, span: span.clone(), shown: shown() });
        };
        let named_key = key.is_some_and(|k| k.owner.is_some());
        if roles & role::PROVIDER != 0 && !named_key || key.is_none() {
            let slash = roles & role::PROVIDER != 0
                && text.split(|b| *b == b'/').next().is_some_and(|first| self.terms.value(first).is_none());
            let last = text.rsplit(|b| matches!(b, b'.' | b':' | b'\\') || slash && *b == b'/').next().unwrap_or(text);
            if let Some(owner) = self.terms.value(last).or_else(|| self.terms.value(text)) {
                let strong = roles & role::PROVIDER != 0 && roles & role::NAMING == 0;
                return push(if strong { Signal::Provider } else { Signal::Name }, owner);
            }
            if text.iter().any(u8::is_ascii_uppercase)
                && !text.contains(&b' ')
                && let Some((owner, Known::Listed | Known::ByName)) = self.terms.callee(text)
            {
                return push(Signal::Class, owner);
            }
        }
        let module = key.is_some_and(|k| k.count == 1 && k.roles & role::MODULE != 0);
        if module && let Some((owner, _)) = self.module_owner(text) {
            return push(Signal::Class, owner);
        }
        if (roles & role::MODEL != 0 || key.is_none())
            && let Some(owner) = self.terms.model(text)
        {
            return push(Signal::Model, owner);
        }
        if roles & role::NAMING != 0
            && key.is_some_and(|k| k.owner.is_none() && k.stem.is_empty())
            && let Some(owner) = self.terms.value(text).or_else(|| self.terms.value(head_of(text)))
        {
            push(Signal::Name, owner);
        }
    }

    /// A value under an endpoint's key that is no address by its form: a host's short name.
    fn bare_endpoint(
        &self,
        key: Option<&Rc<Sense>>,
        text: &[u8],
        span: &Range<usize>,
        item: usize,
        out: &mut Vec<Field>,
    ) {
        let plain = text.len() >= 2
            && text.iter().all(|b| b.is_ascii_alphanumeric() || b"-.:/_".contains(b))
            && !text.starts_with(b"/");
        let strict =
            key.is_some_and(|k| k.stem.is_empty() && k.roles & (role::PROVIDER | role::MODEL | role::SECRET) == 0);
        if !plain || !strict || text.iter().all(u8::is_ascii_digit) || self.is_reference(text) {
            return;
        }
        let name = String::from_utf8_lossy(text).to_lowercase();
        let host = Host { path: String::new(), span: span.clone(), name };
        let known = host.name.contains('.')
            || host.name.contains(':')
            || super::lexicon::lexicon().owner(&host.name).is_some()
            || host.name == "localhost";
        if known && let Some(owner) = self.terms.host(&host) {
            out.push(Field {
                signal: Signal::Host,
                owner,
                key: key.cloned(),
                item,
                span: span.clone(),
                shown: host.name,
            });
        }
    }

    /// Whether a name is bound somewhere in the text (then it is no value).
    fn is_reference(&self, text: &[u8]) -> bool {
        self.s.tree.dialect().family == Family::Code && !text.contains(&b'/')
    }

    /// The field that an address makes, if anybody owns it.
    fn host_field(&self, host: Host, item: usize, key: Option<&Rc<Sense>>) -> Option<Field> {
        let (signal, owner) = match self.terms.host(&host) {
            Some(owner) => (Signal::Host, owner),
            None => (Signal::Name, self.terms.console(&host)?),
        };
        Some(Field { signal, owner, key: key.cloned(), item, span: host.span, shown: host.name })
    }

    /// Addresses in a node of a value.
    pub(super) fn hosts_of(
        &self,
        key: Option<&Rc<Sense>>,
        node: Id,
        item: usize,
        endpoint: bool,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let tree = &self.s.tree;
        let mut push = |host: Host| out.extend(self.host_field(host, item, key));
        match tree.kind(node) {
            Kind::Url => hosts::of_url(tree.slice(node), tree.span(node).start).into_iter().for_each(push),
            Kind::Str => {
                let urls: Vec<Id> = tree.children(node).filter(|&k| tree.kind(k) == Kind::Url).collect();
                if urls.is_empty() {
                    let span = tree.span(node);
                    hosts::bare(tree.content(node), span.start).into_iter().for_each(&mut push);
                    if endpoint || key.is_none() {
                        self.interpolated(node, item, key, depth, out);
                    }
                } else if tree.content(node).len() < 400 {
                    urls.into_iter().filter_map(|u| hosts::of_url(tree.slice(u), tree.span(u).start)).for_each(push);
                    self.interpolated(node, item, key, depth, out);
                }
            }
            Kind::Word => {
                let span = tree.span(node);
                // `request.URL.Host` is a name.
                let name = tree.family(node) == Family::Code && tree.slice(node).iter().any(u8::is_ascii_uppercase);
                match hosts::bare(tree.slice(node), span.start)
                    .filter(|h| !name && (!h.is_doubtful() || key.is_some_and(|k| k.roles & role::ENDPOINT != 0)))
                {
                    Some(host) => push(host),
                    None => self.resolved_host(node, item, key, depth, out),
                }
            }
            Kind::Square if endpoint && let Some(host) = self.labels(node) => {
                out.extend(self.host_field(host, item, key))
            }
            Kind::Round => {
                let found = out.len();
                self.search(node, item, key, out);
                // A statement beside the token's is none of its fields.
                let held = tree.parent(node).is_some_and(|p| {
                    matches!(tree.kind(p), Kind::Round | Kind::Square)
                        || tree.kind(p) == Kind::Curly && !self.is_code_scope(p)
                });
                if out.len() == found && held {
                    self.named_hosts(node, item, key, depth, out);
                }
            }
            // `Url{BASE + "/path"}`
            Kind::Curly if !endpoint && self.is_address_maker(node) => {
                self.search(node, item, key, out);
                self.named_hosts(node, item, key, depth, out);
            }
            Kind::Tag if self.s.tree.node(node).after - node < 80 => self.search(node, item, key, out),
            Kind::Curly | Kind::Square | Kind::Block if endpoint => {
                let found = out.len();
                self.search(node, item, key, out);
                if out.len() == found && tree.kind(node) == Kind::Curly {
                    self.named_hosts(node, item, key, depth, out);
                }
            }
            _ => {}
        }
    }

    /// Whether the word before a group names an address: `Url{...}`.
    fn is_address_maker(&self, group: Id) -> bool {
        let tree = &self.s.tree;
        let word = group.checked_sub(1).filter(|&w| tree.kind(w) == Kind::Word && tree.family(group) == Family::Code);
        let last = word.and_then(|w| crate::structure::parts(tree.slice(w)).last());
        last.is_some_and(|l| matches!(l, b"Url" | b"URL" | b"Uri" | b"URI" | b"url" | b"uri"))
    }

    /// Names that stand for addresses among the arguments of what makes one: `URI.create(BASE + "/path")`,
    /// `format("%s/path", BASE)`.
    pub(super) fn named_hosts(
        &self,
        group: Id,
        item: usize,
        key: Option<&Rc<Sense>>,
        depth: usize,
        out: &mut Vec<Field>,
    ) {
        let tree = &self.s.tree;
        if depth + 1 >= super::inquiry::DEPTH || !matches!(tree.family(group), Family::Code | Family::Lisp) {
            return;
        }
        let before = out.len();
        let end = tree.node(group).after.min(group + NAMED);
        let mut id = group + 1;
        while id < end {
            let next = tree.node(id).after;
            match tree.kind(id) {
                // What is handed on besides has its own names.
                Kind::Curly if tree.kind(group) == Kind::Round => {
                    id = next;
                    continue;
                }
                Kind::Word if self.is_argument(id) => self.resolved_host(id, item, key, depth, out),
                Kind::Str => {
                    self.interpolated(id, item, key, depth, out);
                    id = next;
                    continue;
                }
                _ => {}
            }
            id += 1;
        }
        let mut at = 0;
        out.retain(|f| {
            at += 1;
            at <= before || f.signal == Signal::Host
        });
    }

    /// Whether a word is a value that the text binds, neither a key nor what is called.
    pub(super) fn is_argument(&self, word: Id) -> bool {
        let tree = &self.s.tree;
        let next = tree.node(word).after;
        let beside = (next as usize) < tree.len() && tree.parent(next) == tree.parent(word);
        let called = beside && matches!(tree.kind(next), Kind::Round | Kind::Curly);
        let keyed = beside && matches!(tree.slice(next), b":" | b"=" | b"=>");
        let known = crate::structure::parts(tree.slice(word)).last().is_some_and(|w| self.s.words().of(w).len() > 1);
        known && !called && !keyed
    }

    /// Names within a string that stand for an address: `"${BASE}/v1"`.
    fn interpolated(&self, string: Id, item: usize, key: Option<&Rc<Sense>>, depth: usize, out: &mut Vec<Field>) {
        for child in self.s.tree.children(string).take(12) {
            match self.s.tree.kind(child) {
                Kind::Curly | Kind::Round => {
                    for word in self.s.tree.children(child).take(3).filter(|&w| self.s.tree.kind(w) == Kind::Word) {
                        self.resolved_host(word, item, key, depth, out);
                    }
                }
                Kind::Word if self.s.tree.slice(child).starts_with(b"$") => {
                    self.resolved_host(child, item, key, depth, out)
                }
                _ => {}
            }
        }
    }

    /// A name that stands for an address.
    fn resolved_host(&self, word: Id, item: usize, key: Option<&Rc<Sense>>, depth: usize, out: &mut Vec<Field>) {
        if let Some(claim) = self.resolve_base(word, depth + 1) {
            let owner = match claim.ruling {
                Ruling::Ours(_) => Owner::Ours,
                Ruling::Other(other) => Owner::Other(other),
                _ => return,
            };
            let shown = String::from_utf8_lossy(self.s.tree.slice(word)).into_owned();
            let signal = if claim.by_host { Signal::Host } else { Signal::Class };
            out.push(Field { signal, owner, key: key.cloned(), item, span: claim.span, shown });
        }
    }

    /// Whether an address stands under a key that says nothing of where requests go: `help`, `docs`, `callback`.
    fn is_aside(&self, id: Id) -> bool {
        let tree = &self.s.tree;
        let node = match tree.parent(id) {
            Some(p) if tree.kind(p) == Kind::Str && tree.kind(id) == Kind::Url => p,
            _ => id,
        };
        let Some(item) = self.s.item_of(node) else { return false };
        let nodes = self.s.nodes(item);
        let key = self.key_and_value(&nodes).0.filter(|&k| k < node);
        key.is_some_and(|k| {
            let sense = self.sense(tree.content(k));
            sense.roles & role::ASIDE != 0 && sense.roles & (role::ENDPOINT | role::SECRET) == 0
        })
    }

    /// Whether the word stands behind a key that names an address.
    fn is_address_key(&self, word: Id) -> bool {
        let tree = &self.s.tree;
        let key = word.checked_sub(2).filter(|_| matches!(tree.slice(word - 1), b":" | b"="));
        key.is_some_and(|k| tree.kind(k) == Kind::Word && self.sense(tree.slice(k)).roles & role::ENDPOINT != 0)
    }

    /// `["api", "example", "com"]`: a host label by label.
    fn labels(&self, list: Id) -> Option<hosts::Host> {
        let tree = &self.s.tree;
        let count = tree.node(list).after - list;
        if !(4..=16).contains(&count) || tree.dialect().family != Family::Json {
            return None;
        }
        let mut name = Vec::new();
        for kid in tree.children(list).filter(|&k| tree.kind(k) != Kind::Comma && tree.kind(k) != Kind::Line) {
            let label = tree.content(kid);
            let plain = !label.is_empty() && label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
            if tree.kind(kid) != Kind::Str || !plain {
                return None;
            }
            name.extend(label);
            name.push(b'.');
        }
        name.pop();
        let mut host = hosts::bare(&name, 0).filter(|h| h.name.contains('.'))?;
        host.span = tree.span(list);
        Some(host)
    }

    /// All addresses within a group.
    pub(super) fn search(&self, group: Id, item: usize, key: Option<&Rc<Sense>>, out: &mut Vec<Field>) {
        let end = self.s.tree.node(group).after.min(group + SEARCH as Id);
        for id in group + 1..end {
            let host = match self.s.tree.kind(id) {
                Kind::Url => hosts::of_url(self.s.tree.slice(id), self.s.tree.span(id).start),
                Kind::Square => self.labels(id),
                Kind::Str => {
                    hosts::bare(self.s.tree.content(id), self.s.tree.span(id).start).filter(|h| h.name.contains('.'))
                }
                Kind::Word if self.s.tree.dialect().family != Family::Code => {
                    hosts::bare(self.s.tree.slice(id), self.s.tree.span(id).start)
                        .filter(|h| h.name.matches('.').count() >= 2 || self.is_address_key(id))
                }
                _ => None,
            };
            if let Some(field) = host.and_then(|host| self.host_field(host, item, key))
                && !self.is_aside(id)
            {
                out.push(field);
            }
        }
    }
}

/// What a title begins with, before what it adds: `Provider API, account of the team`.
fn head_of(text: &[u8]) -> &[u8] {
    text.split(|b| matches!(b, b',' | b';')).next().unwrap_or(text)
}
