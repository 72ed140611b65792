//! Values that a program hands out by a name of its own: the default of a command's option, what is injected.

use super::claim::{Claim, Slot};
use super::inquiry::{DEPTH, Inquiry};
use super::terms::Fit;
use crate::structure::{Bond, Id, Item, Kind, Name, parts};

/// How many places of a name are looked at.
const PLACES: usize = 40;

impl Inquiry<'_> {
    /// `option("-k", "--key", default=VALUE)`, `.option('key', { default: VALUE })`, `StringVar(&key, "key", VALUE)`: the
    /// default of a command's option goes where the option's name or variable is used.
    pub(super) fn option_claim(&self, container: Id, index: usize, slot: &Slot, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        if depth + 1 >= DEPTH || !slot.name.is_empty() && slot.fit() == Fit::Not {
            return None;
        }
        let held = tree.kind(container) == Kind::Curly;
        let call = if held { tree.parent(container)? } else { container };
        if tree.kind(call) != Kind::Round {
            return None;
        }
        let holding = self.s.holding(container);
        let key = self.key_and_value(holding.item(index)).0.map(|k| tree.content(k).to_ascii_lowercase());
        let defaults = key.as_ref().is_some_and(|k| k.starts_with(b"default"));
        let plain = !held && index > 0 && matches!(holding.item(index), [one] if tree.kind(*one) == Kind::Str);
        let declares = || self.s.callee(call).is_some_and(|c| parts(tree.slice(c)).last().is_some_and(declares_option));
        if !(defaults && (!held || declares()) || key.is_none() && plain && declares()) {
            return None;
        }
        let arguments = self.s.holding(call);
        let first = (0..arguments.items.len().min(index.max(1))).map(|i| arguments.item(i));
        // `StringVar(&key, ...)`
        let variable = first.clone().next().and_then(|nodes| match nodes {
            [sign, word] if tree.slice(*sign) == b"&" && tree.kind(*word) == Kind::Word => Some(*word),
            _ => None,
        });
        if let Some(word) = variable {
            let base = parts(tree.slice(word)).last()?.to_vec();
            return self.uses_of(&base, word, Item { container: 0, index: 0 }, &[], depth + 1);
        }
        let texts = (0..arguments.items.len()).filter_map(|i| match arguments.item(i) {
            [one] if tree.kind(*one) == Kind::Str => Some(*one),
            _ => None,
        });
        let flag = texts.clone().find(|&t| memchr::memmem::find(tree.content(t), b"--").is_some_and(|n| n < 8));
        let flag = flag.or_else(|| texts.clone().next().filter(|_| declares()))?;
        self.option_used(flag, call, depth)
    }

    /// What is done with the option that a text declares: `--key`, `-k, --key <key>`, `key`.
    fn option_used(&self, flag: Id, call: Id, depth: usize) -> Option<Claim> {
        let text = self.s.tree.content(flag);
        let from = memchr::memmem::find(text, b"--").map_or(0, |n| n + 2);
        let name = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let text = &text[from..];
        let text = &text[..text.iter().take_while(name).count()];
        let sense = self.sense(text);
        let name = Name { span: self.s.tree.span(flag), node: flag, bond: Bond::Assigned };
        if let Some(ruling) = self.own_name(&sense, &name) {
            let shown = String::from_utf8_lossy(text).into_owned();
            return Some(Claim::new(ruling, format!("the default of --{shown}"), name.span));
        }
        let snake: Vec<u8> = text.iter().map(|b| if *b == b'-' { b'_' } else { *b }).collect();
        let item = Item { container: 0, index: self.s.item_of(call)?.index };
        self.uses_of(&snake, flag, item, &[], depth + 1)
            .or_else(|| self.parsed_option(&snake, depth))
            .or_else(|| self.parsed_option(&camel(text), depth))
    }

    /// `given.key`, `given["key"]`, where `given` is what the command line was read into.
    fn parsed_option(&self, option: &[u8], depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let parsed = |object: &[u8]| {
            self.definitions(object).iter().any(|(_, value)| {
                let calls = value.iter().take(24).filter(|&&n| tree.kind(n) == Kind::Word);
                calls.flat_map(|&n| super::lexicon::words(tree.slice(n))).any(|w| w.starts_with("pars") || w == "opts")
            })
        };
        let mut found: Option<Claim> = None;
        for &place in self.s.words().of(option).iter().take(PLACES) {
            let holder = tree.ancestors(place).take(2).find(|&a| tree.kind(a) == Kind::Square);
            let object = match holder {
                Some(square) => self.s.head(square).first().map(|&w| tree.slice(w)),
                None => parts(tree.slice(place)).next().filter(|first| *first != option),
            };
            let Some(object) = object.and_then(|o| parts(o).last()) else { continue };
            if !parsed(object) {
                continue;
            }
            if !self.spend() {
                break;
            }
            let Some(claim) = self.whose(holder.unwrap_or(place), depth + 1) else { continue };
            if !agrees(&mut found, claim) {
                return None;
            }
        }
        found
    }

    /// `@Inject('NAME') key: string`, `inject(NAME)`: where the value goes that is provided under a name.
    pub(super) fn injected_claim(&self, slot: &Slot) -> Option<Claim> {
        let tree = &self.s.tree;
        let name = parts(&slot.alias).last()?;
        let mut found: Option<Claim> = None;
        for &place in self.s.words().of(name).iter().take(PLACES) {
            let node = tree.parent(place).filter(|&p| tree.kind(p) == Kind::Str).unwrap_or(place);
            let Some(round) = tree.parent(node).filter(|&p| tree.kind(p) == Kind::Round) else { continue };
            let Some(callee) = self.s.callee(round).filter(|_| tree.content(node) == slot.alias) else { continue };
            let word = tree.slice(callee);
            if !injects(parts(word).last().unwrap_or(word)) || !self.spend() {
                continue;
            }
            let claim = match word.starts_with(b"@") {
                true => self.decorated(round),
                false => self.whose(round, 1),
            };
            let Some(claim) = claim else { continue };
            if !agrees(&mut found, claim) {
                return None;
            }
        }
        found
    }

    /// What is done with the parameter or field that a decorator stands before.
    fn decorated(&self, round: Id) -> Option<Claim> {
        let tree = &self.s.tree;
        let item = self.s.item_of(round)?;
        let nodes = self.s.nodes(item);
        let behind = nodes.iter().copied().skip_while(|&n| n <= round);
        let named = behind.take_while(|&n| !matches!(tree.slice(n), b":" | b"="));
        let word = named.filter(|&n| tree.kind(n) == Kind::Word).last()?;
        let base = parts(tree.slice(word)).last()?.to_vec();
        self.uses_of(&base, word, item, &[], 1)
    }
}

/// Keeps the first claim; whether a further one says the same.
fn agrees(found: &mut Option<Claim>, claim: Claim) -> bool {
    let same = found.as_ref().is_none_or(|known| known.is_ours() == claim.is_ours());
    found.get_or_insert(claim);
    same
}

/// `index-key` as a program calls it: `indexKey`.
fn camel(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    for (n, part) in name.split(|b| matches!(b, b'-' | b'_')).enumerate() {
        let mut part = part.to_vec();
        if let Some(first) = part.first_mut().filter(|_| n > 0) {
            first.make_ascii_uppercase();
        }
        out.extend(part);
    }
    out
}

/// Functions and methods that declare an option of the command line.
fn declares_option(name: &[u8]) -> bool {
    matches!(
        name,
        b"option"
            | b"addOption"
            | b"add_option"
            | b"requiredOption"
            | b"add_argument"
            | b"StringVar"
            | b"StringVarP"
            | b"StringP"
            | b"String"
            | b"Option"
            | b"addArgument"
    )
}

/// Functions and decorators that give what was provided under a name.
fn injects(name: &[u8]) -> bool {
    matches!(
        name,
        b"Inject" | b"inject" | b"Named" | b"Qualifier" | b"Value" | b"resolve" | b"useFactory" | b"Autowired"
    )
}
