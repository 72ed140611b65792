//! Which rules a text mentions: the words without which nothing can speak for a contextual rule (its names, hosts,
//! classes, variables, headers, files), those of all rules found in one pass, whatever their number.

use super::tokens::is_token_byte;
use crate::rule::EvidenceSpec;
use crate::spotter::{SHORTEST, Spotter};
use std::ops::Range;

/// A set of contextual rules, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Puts a rule in.
    pub(super) fn add(&mut self, n: usize) {
        if self.0.len() <= n / 64 {
            self.0.resize(n / 64 + 1, 0);
        }
        self.0[n / 64] |= 1 << (n % 64);
    }

    fn join(&mut self, other: &Bits) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a |= b);
    }

    /// The rules in both.
    pub(super) fn both(&self, other: &Bits) -> impl Iterator<Item = usize> {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & b).enumerate();
        words.flat_map(|(at, word)| (0..64).filter(move |n| word >> n & 1 != 0).map(move |n| at * 64 + n))
    }
}

/// The words of all contextual rules.
#[derive(Debug, Default)]
pub(super) struct Words {
    spotter: Option<Spotter>,
    marks: Vec<Mark>,
    /// Rules with a word too short for the search, or none at all: any text may speak for them.
    always: Bits,
}

/// A word and the rules that it speaks for.
#[derive(Debug)]
struct Mark {
    bound: Bound,
    rules: Bits,
}

/// Where a word counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bound {
    /// Anywhere: a host.
    Free,
    /// Where an identifier is this: a class, a module.
    Part,
    /// As a word of a name.
    Word,
    /// As a word of a name, or with `key`, `api` and the like glued to it: a provider's name.
    Name,
    /// In a path.
    Path,
}

/// Names as short as this are never glued to others.
const SHORT: usize = 4;
/// What may be glued to a provider's name.
const GLUED: [&[u8]; 5] = [b"ai", b"api", b"key", b"token", b"s"];
const MORE_GLUED: [&[u8]; 3] = [b"secret", b"auth", b"credential"];

impl Words {
    /// The words of these rules, numbered as they come.
    pub(super) fn new<'e>(rules: impl Iterator<Item = Option<&'e EvidenceSpec>>) -> Words {
        let mut always = Bits::default();
        let mut all: Vec<(Vec<u8>, Bound, usize)> = Vec::new();
        for (n, evidence) in rules.enumerate() {
            let words = evidence.map(marks).unwrap_or_default();
            if words.is_empty() || words.iter().any(|(word, _)| word.len() < SHORTEST) {
                always.add(n);
            } else {
                all.extend(words.into_iter().map(|(word, bound)| (word, bound, n)));
            }
        }
        all.sort_unstable();
        let mut literals: Vec<Vec<u8>> = Vec::new();
        let mut marks: Vec<Mark> = Vec::new();
        for (word, bound, n) in all {
            match marks.last_mut().filter(|last| last.bound == bound && literals.last() == Some(&word)) {
                Some(last) => last.rules.add(n),
                None => {
                    let mut rules = Bits::default();
                    rules.add(n);
                    literals.push(word);
                    marks.push(Mark { bound, rules });
                }
            }
        }
        Words { spotter: Spotter::new(literals.iter().map(Vec::as_slice)), marks, always }
    }

    /// The rules that the text or its path mentions.
    pub(super) fn of(&self, text: &[u8], path: Option<&[u8]>) -> Bits {
        let mut found = self.always.clone();
        self.each(text, |mark| found.join(&mark.rules));
        if let Some(path) = path {
            self.at(path, |mark, span| {
                if mark.bound == Bound::Path || mark.bound.holds(path, span) {
                    found.join(&mark.rules);
                }
            });
        }
        found
    }

    /// Whether a word of any rule stands in it.
    pub(super) fn speak(&self, text: &[u8]) -> bool {
        let mut any = false;
        self.each(text, |_| any = true);
        any
    }

    /// Calls `found` for each word that counts where it stands.
    fn each(&self, text: &[u8], mut found: impl FnMut(&Mark)) {
        self.at(text, |mark, span| {
            if mark.bound.holds(text, span) {
                found(mark);
            }
        });
    }

    fn at(&self, text: &[u8], mut found: impl FnMut(&Mark, Range<usize>)) {
        let Some(spotter) = &self.spotter else { return };
        let lower = text.to_ascii_lowercase();
        let mut from = 0;
        while let Some(at) = spotter.next(&lower, from..lower.len()) {
            let here = spotter.at(&lower, at).filter_map(|(n, len)| Some((self.marks.get(n)?, at..at + len)));
            here.for_each(|(mark, span)| found(mark, span));
            from = at + 1;
        }
    }
}

impl Bound {
    fn holds(self, text: &[u8], span: Range<usize>) -> bool {
        let is_word =
            |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        match self {
            Bound::Free => true,
            Bound::Path => false,
            Bound::Part => {
                !is_word(Some(span.end)) && (!is_word(span.start.checked_sub(1)) || begins(text, span.start))
            }
            Bound::Word => begins(text, span.start) && ends(text, span.end),
            Bound::Name => {
                let rest = &text[span.end..];
                let glued = |word: &&&[u8]| rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word));
                begins(text, span.start) && (ends(text, span.end) || GLUED.iter().chain(&MORE_GLUED).any(|w| glued(&w)))
            }
        }
    }
}

/// Whether a word of a name can begin here: behind another character, or where lower case becomes upper case.
fn begins(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|i| text[i]) else { return true };
    let escaped = at.checked_sub(2).is_some_and(|i| text[i] == b'\\');
    !before.is_ascii_alphabetic() || escaped || turns(text, at)
}

/// Whether a word of a name can end before this.
fn ends(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|next| !next.is_ascii_alphabetic()) || turns(text, at)
}

/// Whether case says that a word begins at this letter behind another letter: `aB`, and `ABc` before the `B`.
fn turns(text: &[u8], at: usize) -> bool {
    let (before, here) = (text[at - 1], text[at]);
    here.is_ascii_uppercase() && (before.is_ascii_lowercase() || text.get(at + 1).is_some_and(u8::is_ascii_lowercase))
}

/// The words of a rule in lower case, and where they count.
fn marks(evidence: &EvidenceSpec) -> Vec<(Vec<u8>, Bound)> {
    let lower = |text: &String| text.to_ascii_lowercase().into_bytes();
    let mut all = Vec::new();
    for name in &evidence.names {
        all.push((lower(name), if name.len() <= SHORT { Bound::Word } else { Bound::Name }));
    }
    let hosts = evidence.api_hosts.iter().map(|host| host.split('/').next().unwrap_or(host).to_ascii_lowercase());
    all.extend(hosts.map(|host| (host.into_bytes(), Bound::Free)));
    all.extend(evidence.classes.iter().map(|class| (lower(class), Bound::Part)));
    let modules = evidence.imports.iter().chain(evidence.functions.iter().filter(|function| function.contains('.')));
    all.extend(modules.map(|module| (lower(module), Bound::Part)));
    all.extend(evidence.files.iter().map(|file| (lower(file), Bound::Path)));
    for name in evidence.env.iter().chain(&evidence.headers) {
        let pieces: Vec<String> = pieces(name);
        // Where it holds the provider's name, that has been said.
        let told = |piece: &String| {
            evidence.names.iter().any(|name| name.len() >= SHORTEST && name.eq_ignore_ascii_case(piece))
        };
        if !pieces.iter().any(told) {
            let joined = ["", "_", "-", ".", " "].map(|sign| pieces.join(sign).into_bytes());
            all.extend(joined.into_iter().map(|word| (word, Bound::Word)));
        }
    }
    // Two letters stand everywhere: names as short need another word beside them.
    let found = all.iter().any(|(word, _)| word.len() >= SHORTEST);
    all.retain(|(word, _)| !word.is_empty() && (word.len() >= SHORTEST || !found));
    all.sort_unstable();
    all.dedup();
    all
}

/// What signs part in a name.
fn pieces(name: &str) -> Vec<String> {
    let parts = name.split(|c: char| !c.is_ascii() || !is_token_byte(c as u8) || c == '_' || c == '-');
    parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mentioned(text: &str) -> bool {
        let evidence = EvidenceSpec {
            names: vec!["exa".into(), "mistral".into()],
            api_hosts: vec!["api.acme.dev/v1".into()],
            classes: vec!["AcmeClient".into()],
            env: vec!["XQ_API_TOKEN".into(), "EXA_KEY".into()],
            ..EvidenceSpec::default()
        };
        Words::new([Some(&evidence)].into_iter()).of(text.as_bytes(), None) != Bits::default()
    }

    #[test]
    fn words_count_where_names_hold_them() {
        for text in [
            "EXA_KEY",
            "exaKey",
            "myExaKey",
            "my_exa",
            "EXAKey",
            "chatMistralai",
            "MISTRALKEY",
            "\\nmistral",
            "ÄMISTRAL",
            "mistralapikey",
            "my_mistralsecret",
            "https://api.acme.dev/v2",
            "new AcmeClient(",
            "xqApiToken",
            "XQ-API-TOKEN",
            "xq_api_token2",
        ] {
            assert!(mentioned(text), "{text}");
        }
        for text in [
            "example",
            "EXAMPLE",
            "hexa",
            "Exact",
            "amistral",
            "AMISTRAL",
            "mistralian",
            "AcmeClients(",
            "exaxq_api_token",
            "acme.dev",
            "nothing",
            "",
        ] {
            assert!(!mentioned(text), "{text}");
        }
    }

    #[test]
    fn rules_without_words_are_always_mentioned() {
        let short = EvidenceSpec { names: vec!["xi".into()], ..EvidenceSpec::default() };
        let rules = [Some(&short), None, Some(&EvidenceSpec::default())];
        let words = Words::new(rules.into_iter());
        let mut all = Bits::default();
        (0..3).for_each(|n| all.add(n));
        assert_eq!(words.of(b"", None), all);
    }
}
