//! What stands in the same item as a token: a command's flags and addresses, further calls of a chain, a comment.

use super::beside::{confidence_of, decide, fits};
use super::claim::{Claim, Ruling, Slot};
use super::fields::{Field, Fields, Signal};
use super::hosts;
use super::inquiry::Inquiry;
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind};

impl Inquiry<'_> {
    /// What stands in the same item beside the token.
    pub(super) fn command_claim(&self, nodes: &[Id], node: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let mut found = Vec::new();
        let mut comments = Vec::new();
        let mut flag: Option<Id> = None;
        let behind = nodes.iter().position(|&n| n == node).unwrap_or(0);
        let family = tree.family(node);
        let signs = nodes.iter().filter(|&&n| tree.kind(n) == Kind::Op).count();
        let log = family == Family::Prose && slot.fit() == Fit::Secret
            || family == Family::Lines && signs == 0 && nodes.len() >= 4;
        let lisp = family == Family::Lisp;
        let command = log
            || lisp && nodes.iter().any(|&n| tree.slice(n).starts_with(b":"))
            || nodes.iter().any(|&n| matches!(tree.kind(n), Kind::Flag | Kind::Comma));
        for (n, &id) in nodes.iter().enumerate() {
            let key = flag
                .take()
                .filter(|_| matches!(tree.kind(id), Kind::Str | Kind::Word | Kind::Url))
                .map(|f| self.sense(tree.slice(f)))
                // `-s "$BASE/path"`: a flag without a value.
                .filter(|k| {
                    use super::lexicon::role;
                    let told = role::ENDPOINT | role::SECRET | role::PROVIDER | role::MODEL;
                    k.roles & told != 0 || !tree.content(id).starts_with(b"$")
                });
            match tree.kind(id) {
                _ if id == node => {}
                Kind::Flag => flag = Some(id),
                // `:key value` of a list of properties.
                Kind::Word if lisp && tree.slice(id).starts_with(b":") => flag = Some(id),
                Kind::Url => self.hosts_of(None, id, 0, true, depth, &mut found),
                Kind::Str if command || key.is_some() => {
                    self.value_signals(key.as_ref(), &nodes[n..=n], 0, depth, &mut found)
                }
                Kind::Word if command && key.is_some() => {
                    self.value_signals(key.as_ref(), &nodes[n..=n], 0, depth, &mut found)
                }
                Kind::Word if command => self.hosts_of(None, id, 0, true, depth, &mut found),
                Kind::Round if n > behind && tree.kind(node) == Kind::Round && self.is_chained(nodes, n) => {
                    self.chained(id, depth, &mut found)
                }
                Kind::Round if command && family == Family::Code && n > 0 && tree.kind(nodes[n - 1]) == Kind::Flag => {
                    self.search(id, 0, None, &mut found)
                }
                Kind::Comment => comments.push(id),
                _ => {}
            }
        }
        if let Some(claim) = self.assignments_claim(nodes, node, slot) {
            return Some(claim);
        }
        found.retain(|f: &Field| f.signal != Signal::Name);
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        let confidence = confidence_of(slot, &Fields::default());
        let claim = decide(&fitting, confidence)
            .or_else(|| self.alternating(nodes, node, depth))
            .or_else(|| self.statement_receiver(nodes, node, depth))
            .or_else(|| self.command_name(nodes, node, slot));
        claim.or_else(|| comments.into_iter().find_map(|c| self.comment_claim(c, slot)))
    }

    /// `a, b = x, y`, `call x, y`: the parts beside the token, and the names before it.
    pub(super) fn tuple_claim(&self, nodes: &[Id], node: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let bound =
            nodes.iter().any(|&n| tree.kind(n) == Kind::Op && matches!(tree.slice(n), b"=" | b":=" | b":" | b"=>"));
        if bound {
            return self.command_claim(nodes, node, slot, depth);
        }
        // `config :provider, :api_key, value`
        let solid = |n: &Id| !matches!(tree.kind(*n), Kind::Comment | Kind::Line | Kind::Gap);
        let before: Vec<Id> = nodes.iter().copied().take_while(|&n| n < node).filter(solid).collect();
        let (first, last) = (*before.first()?, *before.last()?);
        let span = tree.span(first).start..tree.span(last).end;
        let plain = before.iter().all(|&n| matches!(tree.kind(n), Kind::Word | Kind::Str | Kind::Comma | Kind::Op))
            && span.len() < 160
            && memchr::memmem::find(self.text(span.clone()), b"://").is_none();
        let sense = plain.then(|| self.sense(self.text(span.clone())));
        if let Some(sense) = sense.filter(|s| s.owner.is_some()) {
            let name =
                crate::structure::Name { span: span.clone(), node: first, bond: crate::structure::Bond::Assigned };
            if let Some(ruling) = self.own_name(&sense, &name) {
                let shown = String::from_utf8_lossy(self.text(span.clone())).into_owned();
                return Some(Claim::new(ruling, format!("after {shown}"), span));
            }
        }
        self.command_claim(nodes, node, slot, depth)
    }

    /// What the lines say that stand together with the token's, each with a key: the headers of a request as sent.
    pub(super) fn run_claim(&self, item: Item, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let lines = matches!(
            tree.kind(item.container),
            Kind::File | Kind::Fence | Kind::Str | Kind::Comment | Kind::Block | Kind::Section
        );
        if !lines
            || slot.fit() != Fit::Secret
            // In code only the fields of a record that was cut off stand side by side: `key: value,`.
            || tree.family(item.container) == Family::Code
                && tree.kind(item.container) == Kind::File
                && self.s.nodes(item).get(1).is_none_or(|&n| tree.slice(n) != b":")
                && !self.is_setting(item)
        {
            return None;
        }
        let holding = self.s.holding(item.container);
        let keyed = |i: usize| {
            let set = holding
                .item(i)
                .first()
                .is_some_and(|&n| matches!(tree.slice(n), b"set" | b"setx" | b"export" | b"declare"));
            if !set && holding.item(i).iter().any(|&n| tree.kind(n) == Kind::Flag) {
                return false;
            }
            self.key_and_value(holding.item(i)).0.is_some()
                || holding.item(i).iter().any(|&n| tree.kind(n) == Kind::Url)
        };
        let apart = |i: usize| {
            let between = holding.items[i].end..holding.items[i + 1].start;
            holding.kids[between].iter().any(|&k| tree.kind(k) == Kind::Gap)
        };
        let mut from = item.index;
        while from > 0 && item.index - from < 30 && keyed(from - 1) && !apart(from - 1) {
            from -= 1;
        }
        let mut to = item.index;
        while to + 1 < holding.items.len() && to - item.index < 30 && keyed(to + 1) && !apart(to) {
            to += 1;
        }
        let fields = self.fields(item.container);
        let inside = fields.fields.iter().filter(|f| {
            let told = f.signal == Signal::Host
                || f.signal == Signal::Provider && tree.family(item.container) == Family::Prose;
            (from..=to).contains(&f.item) && f.item != item.index && told
        });
        let above: Vec<Field> = self.block_above(item);
        let inside = inside.chain(above.iter());
        let fitting: Vec<(&Field, u8)> = inside.map(|f| (f, 1)).collect();
        decide(&fitting, Confidence::High)
    }

    /// `dict create host h.example token K`: names and values take turns without signs.
    fn alternating(&self, nodes: &[Id], node: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let at = nodes.iter().position(|&n| n == node)?;
        let named = at > 0 && nodes.len() >= 4 && matches!(tree.kind(nodes[at - 1]), Kind::Word | Kind::Str);
        if !named || self.sense(tree.content(nodes[at - 1])).fit() != Fit::Secret {
            return None;
        }
        let mut found = Vec::new();
        let first = (at - 1) % 2;
        for pair in nodes[first..].chunks_exact(2).take(16) {
            let key = self.sense(tree.content(pair[0]));
            let plain = matches!(tree.kind(pair[0]), Kind::Word | Kind::Str) && key.stem.is_empty();
            if plain && key.roles & (super::lexicon::role::ENDPOINT | super::lexicon::role::PROVIDER) != 0 {
                self.value_signals(Some(&key), &pair[1..], 0, depth, &mut found);
            }
        }
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        decide(&fitting, Confidence::High)
    }

    /// `object.Method "name", value`: what is known of the object of a call without brackets.
    fn statement_receiver(&self, nodes: &[Id], node: Id, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let [first, second, ..] = nodes else { return None };
        let called = *first != node
            && tree.kind(*first) == Kind::Word
            && matches!(tree.kind(*second), Kind::Str | Kind::Word)
            && tree.family(*first) == Family::Code;
        let mut all = crate::structure::parts(tree.slice(*first));
        let (base, method) = (all.next()?, all.next());
        (called && method.is_some()).then(|| self.handle_claim(*first, base, depth + 1)).flatten()
    }

    /// The addresses of the lines set in under the line before: attributes of what the token's line belongs to.
    fn block_above(&self, item: Item) -> Vec<Field> {
        let mut found = Vec::new();
        if self.s.tree.family(item.container) == Family::Prose && item.index > 0 {
            let above = self.s.nodes(Item { container: item.container, index: item.index - 1 });
            if let Some(&block) = above.last().filter(|&&n| self.s.tree.kind(n) == Kind::Block) {
                self.search(block, 0, None, &mut found);
            }
        }
        found
    }

    /// `NAME=value`, as a text within code has it.
    fn is_setting(&self, item: Item) -> bool {
        let tree = &self.s.tree;
        let nodes = self.s.nodes(item);
        let [name, sign, value, ..] = &nodes[..] else { return false };
        if tree.slice(*name) == b"#" && tree.slice(*sign) == b"define" {
            return true;
        }
        tree.slice(*sign) == b"="
            && tree.span(*name).end == tree.span(*sign).start
            && tree.span(*sign).end == tree.span(*value).start
            && !tree.slice(*name).iter().any(u8::is_ascii_lowercase)
    }

    /// Whether the call at `n` goes on with the one before: `.name(...)`.
    fn is_chained(&self, nodes: &[Id], n: usize) -> bool {
        let sign = n.checked_sub(2).map(|i| self.s.tree.slice(nodes[i]));
        matches!(sign, Some(b"." | b"->" | b"?." | b"|>" | b"::" | b"!"))
    }

    /// `A=x B=y command`: what the other assignments of a command say.
    fn assignments_claim(&self, nodes: &[Id], node: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let signs: Vec<usize> = (1..nodes.len()).filter(|&i| tree.slice(nodes[i]) == b"=").collect();
        if signs.len() < 2 || tree.dialect().family == Family::Code {
            return None;
        }
        let mut found = Vec::new();
        for (n, &i) in signs.iter().enumerate().filter(|(_, i)| nodes.get(**i + 1).is_some_and(|&v| v != node)) {
            let key = self.sense(tree.content(nodes[i - 1]));
            let end = signs.get(n + 1).map_or(nodes.len(), |&next| next - 1);
            let value = nodes.get(i + 1..end.min(i + 2)).unwrap_or_default();
            self.value_signals(Some(&key), value, n, 0, &mut found);
        }
        let fitting: Vec<(&Field, u8)> =
            found.iter().filter_map(|f| fits(f, slot, false, 2).map(|fit| (f, fit))).collect();
        decide(&fitting, confidence_of(slot, &Fields::default()))
    }

    /// A name of the rule's key among the words of a command: `secret set NAME --body value`.
    fn named_in_command(&self, nodes: &[Id], node: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        // The whole value of a flag: a path whose last parts name the key.
        for (i, _) in nodes.iter().enumerate().filter(|(_, n)| tree.kind(**n) == Kind::Flag) {
            let end = (i + 1..nodes.len()).find(|&j| tree.kind(nodes[j]) == Kind::Flag).unwrap_or(nodes.len());
            let (Some(&first), Some(&last)) = (nodes.get(i + 1), nodes.get(end - 1)) else { continue };
            let span = tree.span(first).start..tree.span(last).end;
            let bound = nodes[i + 1..end].iter().any(|&n| tree.slice(n) == b"=");
            if end < i + 3 || bound || (first..=last).contains(&node) || span.len() > 120 {
                continue;
            }
            let sense = self.sense(self.text(span.clone()));
            if sense.owner == Some(Owner::Ours)
                && sense.roles & super::lexicon::role::SECRET != 0
                && sense.stem.is_empty()
            {
                let shown = String::from_utf8_lossy(self.text(span.clone())).into_owned();
                return Some(Claim::new(Ruling::Ours(Confidence::High), format!("in a command for {shown}"), span));
            }
        }
        nodes.iter().take(16).filter(|&&n| n != node && matches!(tree.kind(n), Kind::Word | Kind::Str)).find_map(|&n| {
            let text = tree.content(n);
            let last = text.rsplit(|b| *b == b'/').next().unwrap_or(text);
            // The name of another value of the same command.
            let next = tree.node(n).after;
            if (next as usize) < tree.len() && tree.slice(next) == b"=" {
                return None;
            }
            let whole = self.sense(text);
            let sense = if whole.owner.is_some() { whole } else { self.sense(last) };
            let ours = sense.owner == Some(Owner::Ours)
                && sense.roles & super::lexicon::role::SECRET != 0
                && sense.stem.is_empty();
            let shown = String::from_utf8_lossy(text).into_owned();
            ours.then(|| Claim::new(Ruling::Ours(Confidence::High), format!("in a command for {shown}"), tree.span(n)))
        })
    }

    /// `keys set provider`, `kv put kv/llm/provider key=value`: the word or path that says whose key is stored.
    fn stored(&self, nodes: &[Id], node: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let (first, last) = (*nodes.first()?, tree.span(node).start);
        let text = self.text(tree.span(first).start..last);
        if text.len() > 200 || slot.fit() == Fit::Not {
            return None;
        }
        let plain = |w: &[u8]| w.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.'));
        let mut flag = false;
        let mut words: Vec<&[u8]> = Vec::new();
        for word in text.split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty()) {
            // What follows a flag is its value.
            if plain(word) && !word.starts_with(b"-") && !flag {
                words.push(word);
            }
            flag = word.starts_with(b"-") && !word.contains(&b'=');
        }
        let secret = words.iter().any(|w| {
            let sense = self.sense(w);
            sense.count == 1 && sense.fit() == Fit::Secret && sense.owner.is_none()
        });
        let (owner, word) = words.iter().find_map(|w| {
            let part = w.rsplit(|b| *b == b'/').next().unwrap_or(w);
            let path = part.len() < w.len() && slot.fit() == Fit::Secret;
            let owner = self.terms.value(part)?;
            let told = path || secret && part.len() == w.len() && owner == Owner::Ours;
            told.then_some((owner, *w))
        })?;
        let ruling = match owner {
            Owner::Ours => Ruling::Ours(Confidence::High),
            Owner::Other(other) => Ruling::Other(other),
        };
        let span = tree.span(first).start..last;
        Some(Claim::new(ruling, format!("stored for {}", String::from_utf8_lossy(word)), span))
    }

    /// The program that a command runs, if it is another owner's.
    fn command_name(&self, nodes: &[Id], node: Id, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        if nodes.len() >= 4
            && matches!(tree.family(node), Family::Shell | Family::Yaml)
            && nodes.first() != Some(&node)
            && let Some(claim) = self.named_in_command(nodes, node).or_else(|| self.stored(nodes, node, slot))
        {
            return Some(claim);
        }
        if !nodes.iter().any(|&n| tree.kind(n) == Kind::Flag) || nodes.first() == Some(&node) || slot.fit() == Fit::Not
        {
            return None;
        }
        if let Some(claim) = self.named_in_command(nodes, node).or_else(|| self.stored(nodes, node, slot)) {
            return Some(claim);
        }
        if let Some(claim) = self.program_claim(nodes, slot) {
            return Some(claim);
        }
        let words = nodes.iter().take(12).filter(|&&n| tree.kind(n) == Kind::Word && n != node);
        words.into_iter().find_map(|&w| match self.terms.callee(tree.slice(w)) {
            Some((Owner::Other(other), Known::ByName)) => {
                Some(Claim::new(Ruling::Other(other.clone()), format!("in a command of {other}"), tree.span(w)))
            }
            _ => None,
        })
    }

    /// Addresses among the arguments of a further call of a chain: `.apiKey(K).baseUrl("https://...")`.
    pub(super) fn chained(&self, round: Id, depth: usize, out: &mut Vec<Field>) {
        let callee = self.s.callee(round).map(|c| self.sense(self.s.tree.slice(c)));
        for child in self.s.tree.children(round).take(8) {
            if matches!(self.s.tree.kind(child), Kind::Str | Kind::Url | Kind::Word) {
                self.hosts_of(callee.as_ref(), child, 0, true, depth, out);
            }
        }
        let found = out.len();
        self.search(round, 0, None, out);
        if out.len() == found {
            self.named_hosts(round, 0, callee.as_ref(), depth, out);
        }
    }

    /// Addresses among the arguments of a call that the token's call goes on from.
    pub(super) fn arguments_claim(&self, round: Id, depth: usize) -> Option<Claim> {
        let mut found = Vec::new();
        self.chained(round, depth, &mut found);
        if found.is_empty() {
            self.search(round, 0, None, &mut found);
        }
        let fitting: Vec<(&Field, u8)> = found.iter().map(|f| (f, 1)).collect();
        decide(&fitting, Confidence::High)
    }

    /// A comment beside the token that gives the host.
    fn comment_claim(&self, comment: Id, slot: &Slot) -> Option<Claim> {
        if slot.fit() == Fit::Not {
            return None;
        }
        let end = self.s.tree.node(comment).after.min(comment + 40);
        (comment + 1..end).find_map(|id| {
            let text = self.s.tree.slice(id);
            let host = match self.s.tree.kind(id) {
                Kind::Url => hosts::of_url(text, self.s.tree.span(id).start)?,
                Kind::Word => hosts::bare(text, self.s.tree.span(id).start)?,
                _ => return None,
            };
            (self.terms.host(&host) == Some(Owner::Ours)).then(|| {
                Claim::new(Ruling::Ours(Confidence::Medium), format!("beside a comment on {}", host.name), host.span)
            })
        })
    }
}
