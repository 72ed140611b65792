//! What stands before the group that holds a token: a callee, receivers, labels.

use super::claim::{Claim, Ruling, Slot};
use super::inquiry::Inquiry;
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Id, Kind};

impl Inquiry<'_> {
    /// What the call or block that a group belongs to says: its callee, its receivers, its labels.
    pub(super) fn head_claim(&self, group: Id, slot: &Slot, depth: usize) -> Option<Claim> {
        let head = self.s.head(group);
        if head.is_empty() {
            return None;
        }
        let fit = slot.fit();
        let callee = *head.first()?;
        // A function defined here is followed by its parameters, not judged by its name.
        let local = self.s.tree.kind(callee) == Kind::Word && self.is_defined(callee);
        if local && let Some(claim) = self.parameter_claim(group, callee, slot, depth) {
            return Some(claim);
        }
        for (n, &id) in head.iter().enumerate() {
            let kind = self.s.tree.kind(id);
            if !matches!(kind, Kind::Word | Kind::Str) || local && n == 0 || self.is_constant(id) {
                continue;
            }
            let text = self.s.tree.content(id);
            if self.is_keyword(text) || text.len() > 120 {
                continue;
            }
            let Some((owner, known)) = self.callee(id) else { continue };
            let quoted = String::from_utf8_lossy(text).into_owned();
            let ruling = match owner {
                Owner::Other(other) => Ruling::Other(other),
                Owner::Ours if fit == Fit::Not => Ruling::Not,
                Owner::Ours => Ruling::Ours(match known {
                    Known::Listed if fit >= Fit::Neutral => Confidence::High,
                    Known::Listed | Known::ByName => Confidence::Medium,
                    Known::Loosely if fit == Fit::Secret && kind == Kind::Str => Confidence::Medium,
                    Known::Loosely => Confidence::Low,
                }),
            };
            let reason = match &ruling {
                Ruling::Other(other) => format!("passed to {quoted}: {other}'s"),
                _ => format!("passed to {quoted}"),
            };
            return Some(Claim::new(ruling, reason, self.s.tree.span(id)));
        }
        self.receiver_claim(group, &head, depth)
    }

    /// `NAME(...)`: a constant of an enumeration, not a class.
    fn is_constant(&self, id: Id) -> bool {
        let text = self.s.tree.slice(id);
        self.s.tree.kind(id) == Kind::Word && text.len() > 2 && !text.iter().any(u8::is_ascii_lowercase)
    }

    /// What a call is made on: a request, a client that was made with an address elsewhere.
    fn receiver_claim(&self, group: Id, head: &[Id], depth: usize) -> Option<Claim> {
        let call = self.s.tree.kind(group) == Kind::Round;
        let mut found: Option<Claim> = None;
        for &id in head {
            let claim = match self.s.tree.kind(id) {
                Kind::Word if call => self.resolve_base(id, depth).or_else(|| self.receiver(id, depth)),
                Kind::Round => self.arguments_claim(id, depth),
                _ => None,
            };
            if let Some(claim) = claim {
                if claim.by_host {
                    return Some(claim);
                }
                found = found.or(Some(claim));
            }
        }
        found.or_else(|| call.then(|| self.first_argument(group, depth)).flatten())
    }

    /// The object whose method is called.
    fn receiver(&self, word: Id, depth: usize) -> Option<Claim> {
        let mut all = crate::structure::parts(self.s.tree.slice(word)).filter(|p| !matches!(*p, b"self" | b"this"));
        let base = all.next()?;
        all.next()?;
        self.handle_claim(word, base, depth + 1)
    }

    /// The object that is a call's first argument, where the language has no methods: `setopt(handle, name, value)`.
    fn first_argument(&self, call: Id, depth: usize) -> Option<Claim> {
        let holding = self.s.holding(call);
        let [word] = holding.item(0) else { return None };
        if holding.items.len() < 2 || self.s.tree.kind(*word) != Kind::Word {
            return None;
        }
        let base = crate::structure::parts(self.s.tree.slice(*word)).next()?;
        self.handle_claim(*word, base, depth + 1)
    }
}
