//! What a whole file says: its name, what it imports, other things of the provider's name.

use super::claim::{Claim, Ruling, Slot};
use super::hosts;
use super::inquiry::Inquiry;
use super::lexicon::{lexicon, words};
use super::terms::{Fit, Known, Owner};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Kind};

/// How much of a text is read for its trade.
const TRADE: usize = 256 << 10;

/// A short text with so many words of another trade and none of the provider's is about the other.
const WHOLE: usize = 4;
const SHORT: usize = 8 << 10;

/// What is known of a text as a whole.
#[derive(Debug, Default)]
pub(super) struct FileFacts {
    /// Where the text uses the provider: its host, a class of its client, an import.
    pub(super) uses: Option<std::ops::Range<usize>>,
    /// A word that betrays another thing of the name.
    pub(super) homonym: Option<Homonym>,
}

/// A word that betrays another thing of the provider's name.
#[derive(Clone, Debug)]
pub(super) struct Homonym {
    pub(super) word: String,
    /// Whether it outweighs a strong claim, but for a key's own full name.
    pub(super) sure: bool,
    /// Whether it outweighs that too.
    pub(super) whole: bool,
    /// Whether the word alone betrays it.
    pub(super) strong: bool,
}

impl Inquiry<'_> {
    /// The facts of the text.
    pub(super) fn facts(&self) -> std::rc::Rc<FileFacts> {
        if let Some(known) = self.memory.file.borrow().as_ref() {
            return known.clone();
        }
        let made = std::rc::Rc::new(self.read_facts());
        *self.memory.file.borrow_mut() = Some(made.clone());
        made
    }

    fn read_facts(&self) -> FileFacts {
        let text = self.s.tree.text();
        let mut facts = FileFacts::default();
        for id in 0..self.s.tree.len() as u32 {
            let slice = self.s.tree.slice(id);
            let ours = match self.s.tree.kind(id) {
                Kind::Url => hosts::of_url(slice, 0).is_some_and(|h| self.terms.host(&h) == Some(Owner::Ours)),
                Kind::Word => {
                    slice.contains(&b'.')
                        && hosts::bare(slice, 0).is_some_and(|h| self.terms.host(&h) == Some(Owner::Ours))
                        || slice.len() > 5 && self.is_client(id, slice)
                }
                _ => false,
            };
            if ours {
                facts.uses = Some(self.s.tree.span(id));
                break;
            }
        }
        if facts.uses.is_none() {
            facts.uses = self.terms.imports().iter().find_map(|i| find_word(text, i.as_bytes()));
        }
        let homonym = self.terms.homonyms().iter().find(|h| find_word(text, h.as_bytes()).is_some());
        let hinted = self.hinted(text);
        let named =
            homonym.map(|word| Homonym { word: word.clone(), sure: true, whole: text.len() <= SHORT, strong: true });
        facts.homonym = named.or(hinted);
        facts
    }

    /// Whether a word is a class or function of the rule's; one that is but the provider's name, where it is called.
    fn is_client(&self, id: Id, word: &[u8]) -> bool {
        if !matches!(self.terms.callee(word), Some((Owner::Ours, Known::Listed))) {
            return false;
        }
        let tree = &self.s.tree;
        let next = tree.node(id).after;
        let called = (next as usize) < tree.len()
            && tree.span(next).start == tree.span(id).end
            && (tree.kind(next) == Kind::Round || matches!(tree.slice(next), b"." | b"::" | b"<"));
        let made = id.checked_sub(1).is_some_and(|b| matches!(tree.slice(b), b"new" | b"import"));
        called || made || self.sense(word).count > 1
    }

    /// A word for another thing of the name, if the text has several of them and few of the provider's trade.
    fn hinted(&self, text: &[u8]) -> Option<Homonym> {
        let (hints, kin) = self.terms.hints();
        if hints.is_empty() {
            return None;
        }
        let mut found: Vec<&str> = Vec::new();
        let mut trade: Vec<&str> = Vec::new();
        let text = &text[..text.len().min(TRADE)];
        for piece in text.split(|b| !(b.is_ascii_alphanumeric() || *b >= 0x80)).filter(|p| (2..=40).contains(&p.len()))
        {
            for word in words(piece) {
                let known = |list: &'_ std::collections::HashSet<String>| list.contains(&word);
                if let Some(word) = hints.get(&word).filter(|w| !found.contains(&w.as_str())) {
                    found.push(word);
                } else if known(kin) && !trade.iter().any(|t| *t == word) {
                    trade.extend(kin.get(&word).map(String::as_str));
                } else if let Some(owner) = lexicon().owner(&word).filter(|o| word.len() > 4 && !trade.contains(o)) {
                    trade.push(owner);
                }
            }
        }
        // A word and its plural are one.
        let plural = |w: &&str| w.strip_suffix('s').is_none_or(|one| !found.contains(&one));
        let found: Vec<&str> = found.iter().copied().filter(plural).collect();
        let told = found.len() >= 2 && found.len() > trade.len();
        let whole = found.len() >= WHOLE && trade.is_empty() && text.len() <= SHORT;
        told.then(|| Homonym { word: found[0].to_owned(), sure: found.len() > 2, whole, strong: false })
    }

    /// Whether the file's own name is another owner's.
    pub(super) fn is_file_of_another(&self, path: &[u8]) -> bool {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
        let of = |stem: &[u8]| {
            let sense = self.sense(stem);
            matches!(sense.owner, Some(Owner::Other(_))) && sense.stem.is_empty()
        };
        of(stem(name)) || second(name).is_some_and(of)
    }

    /// What the file's own name says of a slot that nothing else speaks for.
    pub(super) fn path_claim(&self, path: &[u8], slot: &Slot, bare: bool) -> Option<Claim> {
        if slot.fit() < Fit::Neutral || slot.nested {
            return None;
        }
        let machine = path.split(|b| *b == b'/').any(|part| {
            matches!(
                part,
                b"host_vars" | b"group_vars" | b"inventory" | b"inventories" | b"hosts" | b"nodes" | b"machines"
            )
        });
        if machine || !slot.stem().is_empty() {
            return None;
        }
        // A folder or file that bears the host's name: sessions, mirrors, recordings.
        let host = path.split(|b| *b == b'/').find_map(|part| {
            let host = hosts::bare(part.strip_suffix(b".json").or(part.strip_suffix(b".yaml")).unwrap_or(part), 0)?;
            (self.terms.host(&host) == Some(Owner::Ours)).then_some(host.name)
        });
        let elsewhere = path
            .split(|b| *b == b'/')
            .rev()
            .skip(1)
            .any(|part| hosts::bare(part, 0).is_some_and(|h| matches!(self.terms.host(&h), Some(Owner::Other(_)))));
        if elsewhere {
            return None;
        }
        if let Some(host) = host.filter(|_| slot.fit() == Fit::Secret) {
            return Some(Claim::new(Ruling::Ours(Confidence::Medium), format!("in a file of {host}"), 0..0));
        }
        let mut folders = path.rsplit(|b| *b == b'/');
        let name = folders.next()?;
        let stem = stem(name);
        let folder = folders.next();
        let second = second(name);
        let data_file =
            matches!(self.s.tree.dialect().family, Family::Yaml | Family::Json | Family::Lines | Family::Markup);
        let known = self.terms.file(stem).or_else(|| self.terms.file(second?)).or_else(|| {
            let joined = [folder?, b"_", stem].concat();
            self.terms.file(&joined).filter(|_| bare)
        });
        // `provider/config.yml`: a folder of its settings.
        let known = known.or_else(|| {
            let settings = data_file && slot.fit() == Fit::Secret && is_settings(stem);
            self.terms.file(folder?).filter(|_| settings)
        })?;
        if path.split(|b| *b == b'/').flat_map(words).any(|w| self.terms.is_thing(&w)) {
            return None;
        }
        let secret = self.sense(stem).fit() == Fit::Secret || known == Known::Listed;
        let data = !matches!(
            self.s.tree.dialect().family,
            Family::Code | Family::Markdown | Family::Prose | Family::Sql | Family::Table
        );
        // In a program the file's name says what it is about, not whose each secret is.
        let code = matches!(self.s.tree.dialect().family, Family::Code | Family::Lisp | Family::Shell);
        let plain = slot.fit() == Fit::Secret && !self.is_file_of_another(path) && self.sense(stem).count <= 2;
        if code
            && !bare
            && (self.facts().uses.is_none() && !plain || slot.sense.as_ref().is_some_and(|s| !s.full.is_empty()))
        {
            return None;
        }
        let confidence = match (bare, secret, data, slot.fit()) {
            (true, true, _, _) => Confidence::High,
            (true, false, _, _) => Confidence::Medium,
            (_, _, true, Fit::Secret) => Confidence::High,
            (_, _, false, Fit::Secret) => Confidence::Medium,
            (_, true, true, _) => Confidence::Medium,
            _ => Confidence::Low,
        };
        let shown = String::from_utf8_lossy(name).into_owned();
        let mut claim = Claim::new(Ruling::Ours(confidence), format!("in the file {shown}"), 0..0);
        // A file of the provider's keys holds as many as it has lines.
        claim.shared = confidence == Confidence::High && self.sense(stem).fit() == Fit::Secret;
        Some(claim)
    }
}

/// Names of files that hold settings of whatever it is.
fn is_settings(stem: &[u8]) -> bool {
    matches!(
        stem.to_ascii_lowercase().as_slice(),
        b"config"
            | b"settings"
            | b"secrets"
            | b"secret"
            | b"credentials"
            | b"application"
            | b"values"
            | b"env"
            | b"auth"
            | b"keys"
            | b"conf"
    )
}

/// What stands between a file's stem and its ending: `.env.name`, `config.name.yml`.
fn second(name: &[u8]) -> Option<&[u8]> {
    let name = &name[name.iter().position(|b| *b != b'.')?..];
    let mut parts = name.split(|b| *b == b'.');
    let first = parts.next()?;
    let second = parts.next()?;
    (first == b"env" || is_settings(first) && parts.next().is_some()).then_some(second)
}

/// A file's name without its endings and leading dots.
fn stem(name: &[u8]) -> &[u8] {
    let name = match name.iter().position(|b| *b != b'.') {
        Some(n) => &name[n..],
        None => name,
    };
    name.split(|b| *b == b'.').next().unwrap_or(name)
}

/// Where `word` stands in `text`, in any case, not within a longer word.
fn find_word(text: &[u8], word: &[u8]) -> Option<std::ops::Range<usize>> {
    let first = *word.first()?;
    let (low, high) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let free = |b: Option<&u8>| b.is_none_or(|b| !b.is_ascii_alphanumeric());
    memchr::memchr2_iter(low, high, text).find_map(|at| {
        let end = at + word.len();
        let same = text.get(at..end)?.eq_ignore_ascii_case(word);
        (same && free(text.get(at.wrapping_sub(1))) && free(text.get(end))).then_some(at..end)
    })
}
