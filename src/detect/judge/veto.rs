//! What a token's own place says before anybody is asked: a path, a name, a piece of wrapped data.

use super::claim::{Claim, Ruling};
use super::hosts;
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner};
use crate::rule::Confidence;
use crate::structure::{Bond, Id, Kind};
use std::ops::Range;

impl Inquiry<'_> {
    /// What the place of the token in the node `at` says by itself.
    pub(super) fn place_claim(&self, at: Id, token: &Range<usize>) -> Option<Claim> {
        let tree = &self.s.tree;
        let not = |why: &str| Some(Claim::new(Ruling::Not, why, token.clone()));
        if is_wrapped(tree.text(), token) {
            return not("a line of wrapped data");
        }
        if tree.kind(at) == Kind::Url {
            return self.path_part(at, token).or_else(|| self.address_claim(at, token));
        }
        let span = tree.span(at);
        if !tree.kind(at).is_container()
            && span != *token
            && !is_sigil(self.text(span.start..token.start.max(span.start)))
        {
            return not("a part of a longer name");
        }
        if self.is_ciphertext(at) || is_marked(tree.text(), token) {
            return not("ciphertext");
        }
        if self.is_tagged_reference(at) {
            return not("a reference");
        }
        if self.is_in_path(token) {
            return not("in a path");
        }
        if self.is_key(at, token) {
            return not("a name, not a value");
        }
        None
    }

    /// Whether something that holds the token says that it is encrypted: `encryptedData:`, `!vault`, `ENC[...]`.
    fn is_ciphertext(&self, at: Id) -> bool {
        let tree = &self.s.tree;
        std::iter::once(at).chain(tree.ancestors(at)).take(8).any(|node| {
            let named = self.s.names(node).into_iter().filter(|n| n.bond != Bond::Before).any(|n| {
                super::lexicon::words(self.text(n.span))
                    .iter()
                    .any(|w| matches!(w.as_str(), "encrypted" | "encrypteddata" | "ciphertext" | "sealed" | "cipher"))
            });
            named
                || self.s.item_of(node).is_some_and(|item| {
                    let nodes = self.s.nodes(item);
                    nodes.windows(2).take(12).any(|w| {
                        matches!(tree.slice(w[0]), b"!")
                            && matches!(tree.slice(w[1]), b"vault" | b"encrypted" | b"secret" | b"Sealed")
                    }) || nodes
                        .windows(2)
                        .take(12)
                        .any(|w| tree.slice(w[0]) == b"ENC" && tree.kind(w[1]) == Kind::Square)
                })
        })
    }

    /// `!Ref TOKEN`: a name of something in the same template.
    fn is_tagged_reference(&self, at: Id) -> bool {
        let tree = &self.s.tree;
        let Some((nodes, n)) = self.s.item_of(at).and_then(|item| self.s.nodes_around(item, at)) else { return false };
        let [.., sign, tag] = &nodes[..n] else { return false };
        tree.slice(*sign) == b"!" && matches!(tree.slice(*tag), b"Ref" | b"GetAtt" | b"ImportValue" | b"reference")
    }

    /// A token within an address: a password, a query's value, or a part of the path.
    fn address_claim(&self, at: Id, token: &Range<usize>) -> Option<Claim> {
        let tree = &self.s.tree;
        let url = tree.slice(at);
        let start = tree.span(at).start;
        let host = hosts::of_url(url, start)?;
        let before = &url[..token.start.checked_sub(start)?];
        let owner = self.terms.host(&host);
        let by_host = |claim: Claim| Claim { by_host: true, ..claim };
        let of_host = |confidence| match &owner {
            Some(Owner::Ours) => {
                Claim::new(Ruling::Ours(confidence), format!("sent to {}", host.name), host.span.clone())
            }
            Some(Owner::Other(other)) => {
                Claim::new(Ruling::Other(other.clone()), format!("sent to {}", host.name), host.span.clone())
            }
            None => Claim::new(Ruling::Not, "in an address", token.clone()),
        };
        let query = before.contains(&b'?') || before.contains(&b'#');
        if let Some(name) = before.strip_suffix(b"=").filter(|_| query) {
            let name = name.rsplit(|b| matches!(b, b'?' | b'&' | b';' | b'#')).next().unwrap_or_default();
            let sense = self.sense(name);
            let ruling = match (&sense.owner, sense.fit()) {
                (Some(Owner::Other(other)), _) => Some(Ruling::Other(other.clone())),
                (_, Fit::Not) => Some(Ruling::Not),
                (Some(Owner::Ours), Fit::Secret) => Some(Ruling::Ours(Confidence::High)),
                _ => None,
            };
            let shown = String::from_utf8_lossy(name).into_owned();
            return Some(match ruling {
                Some(ruling) => Claim::new(ruling, format!("bound to {shown}"), token.clone()),
                None if sense.fit() == Fit::Secret => by_host(of_host(Confidence::High)),
                None => Claim::new(Ruling::Not, "in an address", token.clone()),
            });
        }
        let after = url.get(token.end - start..).unwrap_or_default();
        let user = after.first() == Some(&b'@') || before.ends_with(b"://") && after.contains(&b'@');
        if user {
            return Some(by_host(of_host(Confidence::High)));
        }
        Some(Claim::new(Ruling::Not, "in the path of an address", token.clone()))
    }

    /// `word/TOKEN`, `TOKEN/word`, `/word/TOKEN`.
    fn is_in_path(&self, token: &Range<usize>) -> bool {
        let text = self.s.tree.text();
        let before = &text[..token.start];
        let after = &text[token.end..];
        let word = |b: Option<&u8>| {
            b.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'}' | b')' | b'.'))
        };
        before.last() == Some(&b'/')
            && (word(before.get(before.len().wrapping_sub(2)))
                || before.len() < 2
                || matches!(before[before.len() - 2], b'"' | b'\'' | b'/' | b' '))
            || after.first() == Some(&b'/') && word(after.get(1))
            || after.first() == Some(&b'\\') && after.get(1).is_some_and(|b| b.is_ascii_uppercase())
    }

    /// Whether the token is the key of an entry, or what is being defined.
    fn is_key(&self, at: Id, token: &Range<usize>) -> bool {
        let tree = &self.s.tree;
        let node = match tree.parent(at) {
            Some(p) if tree.kind(p) == Kind::Str && tree.content(p) == self.text(token.clone()) => p,
            _ => at,
        };
        let next = tree.node(node).after;
        if next as usize >= tree.len() || tree.parent(next) != tree.parent(node) {
            return false;
        }
        let first = self.s.item_of(node).and_then(|i| self.s.nodes(i).first().copied()) == Some(node);
        first && matches!(tree.slice(next), b":" | b"=>" | b"=" | b":=")
    }
}

/// `enc:TOKEN`, `ENC(TOKEN`: its own beginning says that it is encrypted.
fn is_marked(text: &[u8], token: &Range<usize>) -> bool {
    const MARKS: [&[u8]; 8] =
        [b"enc:", b"enc(", b"encrypted:", b"cipher:", b"{cipher}", b"sealed:", b"kms:", b"decrypt:"];
    let before = &text[..token.start];
    let ends = |mark: &&[u8]| {
        let at = before.len().checked_sub(mark.len());
        at.is_some_and(|at| {
            before[at..].eq_ignore_ascii_case(mark)
                && at.checked_sub(1).is_none_or(|b| !before[b].is_ascii_alphanumeric())
        })
    };
    MARKS.iter().any(ends)
}

fn is_sigil(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b'@' | b':'))
}

/// Whether the token is a line of data that was wrapped: the line before or behind is a longer run of base64.
fn is_wrapped(text: &[u8], token: &Range<usize>) -> bool {
    let noise =
        |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'#' | b'*' | b'+' | b'|' | b'\\' | b'n' | b'>');
    let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'"' | b'\'' | b'#' | b'*' | b'|' | b'>' | b'-' | b'+');
    // A line of a million words is not gone through for each of them.
    let line_start = token.start - text[..token.start].iter().rev().take_while(|b| blank(b)).count();
    let line_end = token.end + text[token.end..].iter().take_while(|b| noise(b)).count();
    if line_start > 0 && text[line_start - 1] != b'\n' {
        return false;
    }
    let alone_after = text.get(line_end).is_none_or(|b| *b == b'\n');
    let longer = |line: &[u8]| {
        let start = line.iter().take_while(|b| noise(b) && **b != b'n').count();
        let line = &line[start..];
        let line = line.strip_suffix(b"\\n\"").unwrap_or(line);
        let end = line.len() - line.iter().rev().take_while(|b| noise(b) && **b != b'n').count();
        let line = &line[..end];
        line.len() >= 36 && line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    };
    let trimmed = |line: &[u8]| longer(line.trim_ascii());
    if line_start > 0 {
        let before = &text[..line_start - 1];
        let from = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
        let line = &before[from..];
        let tail = line.rsplit(|b| matches!(b, b' ' | b'"' | b'\'')).find(|p| p.len() > 3).unwrap_or(line);
        if trimmed(line) || alone_after && longer(tail) {
            return true;
        }
    }
    if alone_after && line_end < text.len() {
        let to = memchr::memchr(b'\n', &text[line_end + 1..]).map_or(text.len(), |n| line_end + 1 + n);
        return trimmed(&text[line_end + 1..to]);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_wrapped_data() {
        let key = concat!("q7ZbT2xNf4Lr", "W8sVh3JkD6mYc1PgAe9U");
        let text = format!("cert: |\n  MIIBszCCAVmgAwIBAgIUQ1kPz8oRkZ1aXn3v9dTqYwEr7AkwCgYIKoZIzj0EAwIw\n  {key}\n");
        let at = text.find(key).unwrap();
        assert!(is_wrapped(text.as_bytes(), &(at..at + 32)));
        let text = format!("keys:\n  - {key}\n  - {key}\n");
        let at = text.find(key).unwrap();
        assert!(!is_wrapped(text.as_bytes(), &(at..at + 32)));
    }
}
