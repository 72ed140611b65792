//! What one rule's evidence says about names, hosts, classes, models: whose are they?

use super::hosts::{self, Host};
use super::lexicon::{lexicon, role, words};
use super::sense::{CLIENT_WORDS, THINGS, counts};
pub(super) use super::sense::{Fit, Sense};
use crate::rule::EvidenceSpec;
use std::collections::HashSet;

/// Whose something is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The rule's.
    Ours,
    /// Somebody else's, by name.
    Other(String),
}

/// A rule's evidence, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Terms {
    names: Vec<String>,
    env: Vec<Vec<String>>,
    api_hosts: Vec<(String, String)>,
    account_hosts: Vec<String>,
    provider_values: Vec<String>,
    classes: Vec<String>,
    functions: Vec<String>,
    key_args: Vec<Vec<String>>,
    base_args: Vec<Vec<String>>,
    headers: Vec<Vec<String>>,
    imports: Vec<String>,
    model_prefixes: Vec<String>,
    not_model_prefixes: Vec<String>,
    excluded: Vec<String>,
    homonyms: Vec<String>,
    hints: HashSet<String>,
    kin: HashSet<String>,
    files: Vec<String>,
}

impl Terms {
    pub(super) fn new(spec: &EvidenceSpec) -> Terms {
        let lower = |list: &[String]| list.iter().map(|s| s.to_lowercase()).collect::<Vec<_>>();
        let split = |list: &[String]| list.iter().map(|s| words(s.as_bytes())).collect::<Vec<_>>();
        Terms {
            names: lower(&spec.names),
            env: split(&spec.env),
            api_hosts: lower(&spec.api_hosts).iter().map(|h| host_and_path(h)).collect(),
            account_hosts: lower(&spec.account_hosts),
            provider_values: spec.provider_values.iter().map(|s| words(s.as_bytes()).concat()).collect(),
            classes: spec.classes.clone(),
            functions: spec.functions.clone(),
            key_args: split(&spec.key_args),
            base_args: split(&spec.base_args),
            headers: split(&spec.headers),
            imports: lower(&spec.imports),
            model_prefixes: lower(&spec.model_prefixes),
            not_model_prefixes: lower(&spec.not_model_prefixes),
            excluded: lower(&spec.excluded_words),
            homonyms: lower(&spec.homonyms),
            hints: lower(&spec.homonym_hints).into_iter().collect(),
            kin: lower(&spec.kin).into_iter().collect(),
            files: lower(&spec.files),
        }
    }

    /// The provider's names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Words that betray another thing of the same name.
    pub(super) fn homonyms(&self) -> &[String] {
        &self.homonyms
    }

    /// Words of which several betray another thing of the name, and words of the provider's own trade.
    pub(super) fn hints(&self) -> (&HashSet<String>, &HashSet<String>) {
        (&self.hints, &self.kin)
    }

    /// Modules whose import says that the file uses the provider.
    pub(super) fn imports(&self) -> &[String] {
        &self.imports
    }

    /// What a name says.
    pub(super) fn sense(&self, name: &[u8]) -> Sense {
        self.read(words(name))
    }

    /// What the words of a name say.
    fn read(&self, words: Vec<String>) -> Sense {
        let exact = self.env.contains(&words) || self.headers.contains(&words);
        let few = if words.len() <= 4 { words.clone() } else { Vec::new() };
        let mut sense = Sense { exact, count: words.len(), words: few, ..Sense::default() };
        if exact {
            sense.owner = Some(Owner::Ours);
        }
        let (mut i, mut end) = (0, None);
        while i < words.len() {
            let (owner, n) = self.owner_at(&words, i);
            if owner == Some(Owner::Ours) {
                end = Some(i + n);
            }
            match owner {
                Some(Owner::Other(other)) if !exact => sense.owner = Some(Owner::Other(other)),
                Some(owner) => {
                    // `mistralkey`: the name and the role in one word.
                    if n == 1 && ["key", "token", "secret"].iter().any(|s| words[i].ends_with(s)) {
                        sense.roles |= role::SECRET;
                    }
                    sense.owner = sense.owner.take().or(Some(owner));
                }
                None => self.word(&words[i], &mut sense),
            }
            i += n.max(1);
        }
        // `proxy_pass`, `baseURL`: words that mean something together.
        let joined = lexicon().roles(&words.concat());
        if words.len() > 1 && joined != 0 {
            sense.roles = joined;
            sense.stem.clear();
            sense.full.clear();
        }
        if let Some(end) = end {
            let slot = |w: &String| lexicon().roles(w) & (role::SECRET | role::NEUTRAL) != 0 || counts(w);
            sense.ends_well = words[end..].iter().all(slot) || sense.exact;
            let led = sense.ends_well && !words[..end].iter().any(|w| self.is_thing(w));
            sense.led = led && sense.stem.iter().all(|s| words[..end].contains(s));
            let behind = self.env.iter().filter_map(|e| words.strip_prefix(e.as_slice()));
            sense.trailed = behind
                .max_by_key(|b| b.len())
                .is_some_and(|b| b.len() == 1 && lexicon().roles(&b[0]) == 0 && !self.is_thing(&b[0]));
        }
        self.argument(&words, &mut sense);
        sense
    }

    /// What the rule says of the name as an argument's, where the words alone say nothing: `Client(ak="...")`.
    fn argument(&self, words: &Vec<String>, sense: &mut Sense) {
        let role = if self.key_args.contains(words) {
            role::SECRET
        } else if self.base_args.contains(words) {
            role::ENDPOINT
        } else {
            return;
        };
        if sense.roles == 0 {
            sense.stem.clear();
            sense.full.clear();
            sense.roles = role;
            sense.odd = role != role::SECRET;
        }
    }

    fn word(&self, word: &str, sense: &mut Sense) {
        let mut roles = lexicon().roles(word);
        if roles == 0 && is_role_words(word) {
            roles = role::SECRET | role::NEUTRAL;
        }
        if self.excluded.iter().any(|e| e == word) {
            roles |= role::ID;
        }
        sense.roles |= roles;
        let slot = role::SECRET | role::NEUTRAL | role::KEYWORD | role::PAIR_VALUE;
        sense.odd |= roles & slot == 0;
        let silent = role::NAMING
            | role::PAIR_NAME
            | role::PAIR_VALUE
            | role::SECRET
            | role::NEUTRAL
            | role::ENDPOINT
            | role::PROVIDER
            | role::MODEL
            | role::KEYWORD;
        let role_word = roles & (role::SECRET | role::ENDPOINT | role::KEYWORD | role::PAIR_NAME | role::PAIR_VALUE)
            != 0
            || roles & (role::PROVIDER | role::MODEL | role::NAMING) != 0 && roles & role::PROTOCOL == 0;
        if !role_word {
            sense.full.push(word.to_owned());
        }
        if roles & silent == 0 && !word.is_empty() {
            sense.stem.push(word.to_owned());
        }
    }

    /// Who is named by the words from `i`, and by how many of them.
    fn owner_at(&self, words: &[String], i: usize) -> (Option<Owner>, usize) {
        for n in (1..=3.min(words.len() - i)).rev() {
            let joined = words[i..i + n].concat();
            if self.names.contains(&joined) {
                return (Some(Owner::Ours), n);
            }
            if let Some(other) = lexicon().owner(&joined) {
                return (Some(Owner::Other(other.to_owned())), n);
            }
        }
        let word = &words[i];
        let glued = |name: &str| word.strip_prefix(name).is_some_and(is_role_words);
        if self.names.iter().any(|n| n.len() >= 5 && glued(n)) {
            return (Some(Owner::Ours), 1);
        }
        (None, 1)
    }

    /// Whose a host is. Any host that is not the rule's is another owner's; its pages for people are nobody's.
    pub(super) fn host(&self, host: &Host) -> Option<Owner> {
        let within = |domain: &str| {
            host.name == domain || host.name.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        };
        if self.api_hosts.iter().any(|(h, path)| within(h) && host.path.starts_with(path.as_str())) {
            return Some(Owner::Ours);
        }
        // A gateway that hands the provider's own key on, and says so in the path.
        let relayed = lexicon().relays.iter().any(|r| within(r));
        if relayed && host.path.split('/').any(|p| self.names.iter().any(|n| n == p)) {
            return Some(Owner::Ours);
        }
        let known = lexicon().owner_of_host(&host.name);
        match known {
            Some(owner) => Some(Owner::Other(owner.to_owned())),
            None if self.account_hosts.iter().any(|h| within(h)) => None,
            None if hosts::is_reading(host) => None,
            None => Some(Owner::Other(host.name.clone())),
        }
    }

    /// Whether a word names a thing that is no provider.
    pub(super) fn is_thing(&self, word: &String) -> bool {
        THINGS.contains(&word.as_str()) || self.hints.contains(word)
    }

    /// Whose the console is where keys are made: an entry with its address and a key is likely of that key.
    pub(super) fn console(&self, host: &Host) -> Option<Owner> {
        let domain = host.name.strip_prefix("console.")?;
        self.account_hosts.iter().any(|h| h == domain).then_some(Owner::Ours)
    }

    /// Whose a value is that stands where a provider is named: `mistral`, `Mistral AI`, `mistralCloudApi`.
    pub(super) fn value(&self, value: &[u8]) -> Option<Owner> {
        let value = value.trim_ascii();
        if value.is_empty()
            || value.len() > 60
            || value.iter().any(|b| b"'\"{}[]<>=;".contains(b))
            || value.windows(3).any(|w| w == b"://")
        {
            return None;
        }
        // `Provider (console.provider.example, workspace)`; other remarks often say that it is another's.
        let mut halves = value.splitn(2, |b| *b == b'(');
        let (head, note) = (halves.next().unwrap_or(value).trim_ascii(), halves.next().unwrap_or_default());
        let own = self.account_hosts.iter().any(|h| memchr::memmem::find(note, h.as_bytes()).is_some());
        let value = if own && !head.is_empty() { head } else { value };
        let words = words(value);
        let joined = words.concat();
        if self.provider_values.contains(&joined) {
            return Some(Owner::Ours);
        }
        if lexicon().roles(&joined) & role::PROTOCOL != 0 {
            return None;
        }
        const OWN: [&str; 10] =
            ["local", "onprem", "selfhosted", "inhouse", "mock", "fake", "stub", "vllm", "interne", "onpremise"];
        if words.iter().any(|w| OWN.contains(&w.as_str())) {
            return None;
        }
        let sense = self.read(words);
        let plain = sense.stem.is_empty() && sense.count <= 5;
        match sense.owner {
            Some(Owner::Other(other)) if sense.count <= 5 => Some(Owner::Other(other)),
            Some(Owner::Ours) if plain && !self.is_model(value) => Some(Owner::Ours),
            _ => None,
        }
    }

    fn is_model(&self, value: &[u8]) -> bool {
        let digits = value.iter().any(u8::is_ascii_digit);
        let first = value.split(|b| *b == b'/').next().unwrap_or_default();
        let vendor = first.len() < value.len() && self.names.iter().any(|n| first.eq_ignore_ascii_case(n.as_bytes()));
        digits && !value.contains(&b' ') || vendor
    }

    /// Whose a model is by its prefix: `mistral/...` is the provider's, `deepinfra/mistralai/...` another's.
    pub(super) fn model(&self, value: &[u8]) -> Option<Owner> {
        let lower = value.trim_ascii().to_ascii_lowercase();
        let starts = |list: &[String]| list.iter().any(|p| lower.starts_with(p.as_bytes()) && lower.len() > p.len());
        if starts(&self.not_model_prefixes) {
            return None;
        }
        if starts(&self.model_prefixes) {
            return Some(Owner::Ours);
        }
        let (head, tail) = lower.split_at(lower.iter().position(|b| *b == b'/')?);
        if tail.len() < 2 || lower.contains(&b' ') || lower.starts_with(b"http") {
            return None;
        }
        let joined = words(head).concat();
        let known = lexicon().owner(&joined).map(str::to_owned);
        known.map(Owner::Other)
    }

    /// Whose a class, function or module is by its name.
    pub(super) fn callee(&self, name: &[u8]) -> Option<(Owner, Known)> {
        let last = name.rsplit(|b| matches!(b, b'.' | b':' | b'!')).find(|p| !p.is_empty()).unwrap_or(name);
        let is = |list: &[String], name: &[u8]| list.iter().any(|c| c.as_bytes() == name);
        let trimmed = name.strip_suffix(b"!").unwrap_or(name);
        let any_part = trimmed.split(|b| matches!(b, b'.' | b':' | b'!')).any(|p| is(&self.classes, p));
        if is(&self.classes, trimmed)
            || is(&self.functions, trimmed)
            || is(&self.classes, last)
            || is(&self.functions, last)
            || any_part
        {
            return Some((Owner::Ours, Known::Listed));
        }
        let sense = self.sense(trimmed);
        let named = |s: &Sense| s.stem.iter().all(|w| CLIENT_WORDS.contains(&w.as_str()));
        let plain = named(&sense)
            || last.len() < trimmed.len() && {
                let part = self.sense(last);
                part.owner == sense.owner && named(&part)
            };
        sense.owner.map(|owner| (owner, if plain { Known::ByName } else { Known::Loosely }))
    }

    /// Whether a file's own name says that it holds the provider's key or settings.
    pub(super) fn file(&self, stem: &[u8]) -> Option<Known> {
        let lower = String::from_utf8_lossy(stem).to_lowercase();
        if self.files.contains(&lower) {
            return Some(Known::Listed);
        }
        let sense = self.sense(stem);
        let plain = sense.stem.iter().all(|w| w == "client");
        let ours = sense.owner == Some(Owner::Ours) && plain && sense.fit() != Fit::Not;
        ours.then_some(Known::ByName)
    }
}

/// How a name was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// Its words hold the owner's name among others.
    Loosely,
    /// Its words are the owner's name and such as mean nothing.
    ByName,
    /// It stands in the rule.
    Listed,
}

fn host_and_path(text: &str) -> (String, String) {
    match text.find('/') {
        Some(at) => (text[..at].to_owned(), text[at..].to_owned()),
        None => (text.to_owned(), String::new()),
    }
}

/// Whether the text is made of words like key, api, token: `apikey` in `mistralapikey`.
fn is_role_words(text: &str) -> bool {
    const PIECES: [&str; 10] =
        ["api", "key", "token", "secret", "auth", "ai", "credentials", "credential", "keys", "s"];
    let mut rest = text;
    while !rest.is_empty() {
        match PIECES.iter().find_map(|p| rest.strip_prefix(p)) {
            Some(less) => rest = less,
            None => return false,
        }
    }
    !text.is_empty()
}
