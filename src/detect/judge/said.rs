//! What a stretch of prose says: whose name, a key's, an id's.

use super::hosts;
use super::inquiry::Inquiry;
use super::lexicon::{lexicon, role, words};
use super::terms::Owner;
use std::ops::Range;

/// What a stretch of prose says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// It names the rule's owner.
    pub(super) ours: bool,
    /// It names somebody else.
    pub(super) other: bool,
    /// It speaks of a key.
    pub(super) secret: bool,
    /// It speaks of an id, a password, a thing that is no key.
    pub(super) id: bool,
}

impl Inquiry<'_> {
    /// What a stretch of text says, the token itself and markup left out.
    pub(super) fn said(&self, span: &Range<usize>, token: &Range<usize>) -> Said {
        let mut said = Said::default();
        let text = self.text(span.clone());
        for piece in pieces(text) {
            let place = piece.start + span.start..piece.end + span.start;
            let path = piece.start > 0 && text[piece.start - 1] == b'/' && !text[piece.clone()].contains(&b'.');
            if !path && (place.start >= token.end || token.start >= place.end) {
                self.say(&text[piece], &mut said);
            }
        }
        let joined = words(text).join(" ");
        said.ours |=
            self.terms.names().any(|n| n.len() > 5 && joined.replace(' ', "").contains(n) && !joined.contains(n));
        said
    }

    /// What a comment says; a model's name in it says nothing.
    pub(super) fn said_of_remark(&self, span: &Range<usize>, said: &mut Said) {
        let text = self.text(span.clone());
        for piece in pieces(text) {
            let path = piece.start > 0 && text[piece.start - 1] == b'/' && !text[piece.clone()].contains(&b'.');
            let word = &text[piece];
            let model = word.contains(&b'-') && {
                let sense = self.sense(word);
                sense.owner == Some(Owner::Ours) && !sense.stem.is_empty() && sense.roles & role::SECRET == 0
            };
            // `read as LLM_KEY`: a variable's name.
            let variable = word.contains(&b'_') && self.sense(word).owner.is_none();
            if !path && !model && !variable {
                self.say(word, said);
            }
        }
    }

    fn say(&self, piece: &[u8], said: &mut Said) {
        let dotted = piece.strip_suffix(b".").unwrap_or(piece);
        if let Some(host) = hosts::bare(dotted, 0).filter(|_| dotted.contains(&b'.')) {
            match self.terms.host(&host) {
                Some(Owner::Ours) => (said.ours, said.secret) = (true, true),
                Some(Owner::Other(_)) => said.other |= host.name.bytes().any(|b| b.is_ascii_alphabetic()),
                None => said.ours |= self.sense(dotted).owner == Some(Owner::Ours),
            }
            return;
        }
        let sense = self.terms.sense(piece);
        match &sense.owner {
            // Another variable's name.
            None if piece.contains(&b'_')
                && sense.roles & role::SECRET != 0
                && piece.iter().any(u8::is_ascii_uppercase) =>
            {
                said.other = true;
            }
            Some(Owner::Ours) if !sense.stem.is_empty() => said.other = true,
            Some(Owner::Ours) => said.ours = true,
            // Many providers bear the name of an ordinary word: in prose only its capital tells.
            Some(Owner::Other(_)) if piece.iter().any(u8::is_ascii_uppercase) || piece.len() > 10 => said.other = true,
            _ => {}
        }
        let inside = lexicon().inside(piece);
        said.secret |= inside & role::SECRET != 0;
        for word in words(piece) {
            let roles = lexicon().roles(&word);
            said.secret |= roles & role::SECRET != 0;
            said.id |=
                roles & (role::ID | role::FOREIGN) != 0 || matches!(word.as_str(), "request" | "password" | "passwort");
        }
    }
}

/// The words of a text, with the signs that join them; writing without spaces stands apart from letters of ours.
fn pieces(text: &[u8]) -> Vec<Range<usize>> {
    use bstr::ByteSlice as _;
    let mut all = Vec::new();
    let mut start: Option<(usize, bool)> = None;
    let mut tag = false;
    for (from, _, c) in text.char_indices() {
        let wide = c >= '\u{2e80}';
        let member = !tag && (c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if let Some((at, was_wide)) = start
            && (!member || wide != was_wide)
        {
            all.push(at..from);
            start = None;
        }
        if member && start.is_none() {
            start = Some((from, wide));
        }
        tag = match c {
            '<' => text[from + 1..].first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'/'),
            '>' => false,
            _ => tag,
        };
    }
    all.extend(start.map(|(at, _)| at..text.len()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_mixed_writing() {
        let of = |t: &str| pieces(t.as_bytes()).into_iter().map(|r| t[r].to_owned()).collect::<Vec<_>>().join("|");
        assert_eq!(of("用Mistral的密钥：a-b c."), "用|Mistral|的密钥|a-b|c.");
        assert_eq!(of("<p class=\"key\">clé</p> x"), "clé|x");
    }
}
