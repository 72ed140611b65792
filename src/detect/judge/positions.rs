//! Values that a shell knows by their place: `set -- a b c` and `$2`, `set -l list a b c` and `$list[2]`,
//! `read a b <<< "x y"`.

use super::claim::{Claim, Ruling, Step};
use super::inquiry::{DEPTH, Inquiry};
use crate::structure::{Family, Id, Item, Kind, parts};

/// How many uses of a place are looked at.
const USES: usize = 12;

impl Inquiry<'_> {
    /// What the uses of the place say that a command gives to the value at `node`.
    pub(super) fn positional_claim(&self, node: Id, item: Item, depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        if depth + 1 >= DEPTH || tree.family(node) != Family::Shell {
            return None;
        }
        let holding = self.s.holding(item.container);
        let nodes = holding.item(item.index).iter().copied().take(80);
        let solid: Vec<Id> = nodes.filter(|&n| tree.kind(n) != Kind::Comment).collect();
        let (first, rest) = solid.split_first()?;
        match tree.slice(*first) {
            b"set" => {
                let flags = rest.iter().take_while(|&&n| tree.slice(n).starts_with(b"-")).count();
                let at = rest.iter().position(|&n| n == node)?;
                let dashes = |n: &Id| matches!(tree.slice(*n), b"-" | b"--");
                if flags > 0 && rest.get(flags - 1).is_some_and(dashes) {
                    return self.parameter_uses(at.checked_sub(flags)? + 1, (node + 1, Id::MAX), depth);
                }
                let (name, values) = rest.get(flags..)?.split_first()?;
                let index = values.iter().position(|&n| n == node)?;
                let path = [Step::Index(index, values.len())];
                let base = parts(tree.slice(*name)).last()?.to_vec();
                (values.len() > 1).then(|| self.uses_of(&base, *name, item, &path, depth))?
            }
            // `ask value`: the first parameter of a function.
            name if !self.functions(name).is_empty() => {
                let at = rest.iter().position(|&n| n == node)?;
                let place = self.functions(name).iter().copied().find(|&p| p != *first)?;
                let nodes = self.s.nodes(self.s.item_of(place)?);
                let body = nodes.iter().copied().rfind(|&n| n > place && tree.kind(n) == Kind::Curly)?;
                self.parameter_uses(at + 1, (body, tree.node(body).after), depth)
            }
            _ => {
                let read = solid.iter().take(6).position(|&n| tree.slice(n) == b"read")?;
                let sign = solid.iter().position(|&n| tree.slice(n) == b"<<<")?;
                let names: Vec<Id> =
                    solid.get(read + 1..sign)?.iter().copied().filter(|&n| tree.kind(n) == Kind::Word).collect();
                let text = *solid.get(sign + 1)?;
                let words: Vec<Id> = tree.children(text).filter(|&k| tree.kind(k) == Kind::Word).collect();
                let index = words.iter().position(|&n| n == node)?;
                let name = *names.get(index)?;
                self.uses_of(tree.slice(name), name, item, &[], depth)
            }
        }
    }

    /// What the uses of `$2` among these nodes say.
    fn parameter_uses(&self, number: usize, (from, to): (Id, Id), depth: usize) -> Option<Claim> {
        let tree = &self.s.tree;
        let text = number.to_string();
        let words = self.s.words();
        let mut found: Option<Claim> = None;
        let is_use = |p: &&Id| {
            let start = tree.span(**p).start;
            (from..to).contains(*p)
                && (tree.slice(**p).starts_with(b"$")
                    || tree.text()[..start].ends_with(b"${")
                    || tree.text()[..start].ends_with(b"$"))
        };
        for &place in words.of(text.as_bytes()).iter().filter(is_use).take(USES) {
            let Some(claim) = self.whose(place, depth + 1) else { continue };
            match &found {
                Some(known) if known.is_ours() != claim.is_ours() => {
                    return Some(Claim::new(Ruling::Torn, "its uses name several owners", claim.span));
                }
                Some(known) if known.by_host || !claim.by_host => {}
                _ => found = Some(claim),
            }
        }
        found
    }
}
