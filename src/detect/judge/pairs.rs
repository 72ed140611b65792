//! Names and values that stand side by side as values: `{ name: PROVIDER_API_KEY, value: ... }`.

use super::claim::{Claim, Slot};
use super::fields::Fields;
use super::hosts;
use super::inquiry::Inquiry;
use super::lexicon::role;
use crate::structure::{Bond, Id, Kind};

impl Inquiry<'_> {
    /// `{ name: MISTRAL_API_KEY, value: ... }`, `("MISTRAL_API_KEY", "...")`: the name is a value.
    pub(super) fn pair_claim(
        &self,
        fields: &Fields,
        index: usize,
        slot: &mut Slot,
        container: Id,
        depth: usize,
    ) -> Option<Claim> {
        let holding = self.s.holding(container);
        let valued = slot.sense.as_ref().is_none_or(|s| s.stem.is_empty() && s.owner.is_none());
        let direct = !self.holds_group(self.key_and_value(holding.item(index)).1);
        let keyword = self.s.tree.kind(container) == Kind::Round
            && self.key_and_value(holding.item(index)).0.is_some()
            && fields.pairs.is_empty();
        if !valued || keyword || !direct && depth == 0 && self.s.tree.kind(container) != Kind::Tag {
            return None;
        }
        let call = matches!(self.s.tree.kind(container), Kind::Round | Kind::Tag) && fields.pairs.is_empty();
        let names: Vec<Id> = if call {
            (0..index)
                .rev()
                .take(2)
                .filter_map(|i| match holding.item(i) {
                    [one] => Some(*one),
                    _ => None,
                })
                .collect()
        } else {
            fields.pairs.iter().filter(|(i, _)| *i != index).map(|(_, id)| *id).collect()
        };
        for id in names {
            let (span, text) = match self.s.tree.kind(id) {
                Kind::Tag => match self.tag_text(id) {
                    Some((_, _, span)) => (span.clone(), self.text(span)),
                    None => continue,
                },
                // A variable beside the one that holds the token.
                Kind::Word
                    if call
                        && depth > 0
                        && self.sense(self.s.tree.slice(id)).owner == Some(super::terms::Owner::Ours) =>
                {
                    continue;
                }
                // A constant that holds the name.
                Kind::Word if call => {
                    let known = self.definitions(self.s.tree.slice(id));
                    let constant = match &*known {
                        [(_, value)] => match value.as_slice() {
                            [one] if self.s.tree.kind(*one) == Kind::Str => *one,
                            _ => id,
                        },
                        _ => id,
                    };
                    (self.s.tree.span(constant), self.s.tree.content(constant))
                }
                // `name: /path/to/key`
                Kind::Op if self.s.tree.slice(id) == b"/" => {
                    let start = self.s.tree.span(id).start;
                    let rest = self.text(start..self.s.tree.text().len().min(start + 100));
                    let end = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b',').unwrap_or(rest.len());
                    (start..start + end, &rest[..end])
                }
                _ => (self.s.tree.span(id), self.s.tree.content(id)),
            };
            if text.is_empty()
                || text.len() > 100
                || text.contains(&b' ') && text.len() > 40
                || hosts::bare(text, 0).is_some()
                || text.windows(3).any(|w| w == b"://")
            {
                continue;
            }
            let path_last = text.rsplit(|b| *b == b'/').next().unwrap_or(text);
            let sense = self.sense(if path_last.is_empty() { text } else { path_last });
            // `space/provider/api_key`: the last two parts say it, if the whole does.
            let slash = text.iter().rposition(|b| *b == b'/').and_then(|n| text[..n].iter().rposition(|b| *b == b'/'));
            let pair = slash
                .filter(|_| !path_last.to_ascii_lowercase().ends_with(b"password"))
                .map(|n| self.sense(&text[n + 1..]))
                .filter(|s| s.owner.is_some());
            let whole = pair.unwrap_or_else(|| self.sense(text));
            let sense = if sense.owner.is_none() && whole.owner.is_some() { whole } else { sense };
            // `{ provide: PROVIDER, useValue: ... }`; a name alone is more often a title.
            let provided = self.s.tree.text()[..span.start].trim_ascii_end().ends_with(b"provide:");
            let bare = provided && sense.owner.is_some() && sense.stem.is_empty() && sense.count <= 3;
            if slot.alias.is_empty() && !call {
                slot.alias = text.to_vec();
            }
            if provided && let Some(claim) = self.injected_claim(slot) {
                return Some(claim);
            }
            let telling = sense.roles & (role::SECRET | role::ID | role::FOREIGN) != 0 || sense.exact || bare;
            if !telling {
                continue;
            }
            let name = crate::structure::Name { span, node: id, bond: Bond::Assigned };
            let ruling = self.own_name(&sense, &name);
            slot.sense = Some((*sense).clone());
            slot.name = text.to_vec();
            if let Some(ruling) = ruling {
                return Some(Claim::new(
                    ruling,
                    format!("is the value of {}", String::from_utf8_lossy(text)),
                    name.span,
                ));
            }
        }
        None
    }
}
