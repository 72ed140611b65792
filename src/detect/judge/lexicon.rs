//! What words mean in names, whoever the provider is, and who else there is: the shared tables, read once.

use foldhash::HashMap;
use serde::Deserialize;
use std::sync::OnceLock;

/// What a word can mean; a set of bits.
pub(super) mod role {
    pub(in super::super) const SECRET: u16 = 1;
    pub(in super::super) const ID: u16 = 2;
    pub(in super::super) const FOREIGN: u16 = 4;
    pub(in super::super) const NEUTRAL: u16 = 8;
    pub(in super::super) const ENDPOINT: u16 = 16;
    pub(in super::super) const ASIDE: u16 = 32;
    pub(in super::super) const PROVIDER: u16 = 64;
    pub(in super::super) const NAMING: u16 = 128;
    pub(in super::super) const PAIR_NAME: u16 = 256;
    pub(in super::super) const PAIR_VALUE: u16 = 512;
    pub(in super::super) const MODEL: u16 = 1024;
    pub(in super::super) const PROTOCOL: u16 = 2048;
    pub(in super::super) const KEYWORD: u16 = 4096;
    pub(in super::super) const MODULE: u16 = 8192;
}

#[derive(Deserialize)]
struct WordLists {
    secret: Vec<String>,
    id: Vec<String>,
    foreign: Vec<String>,
    neutral: Vec<String>,
    endpoint: Vec<String>,
    aside: Vec<String>,
    provider: Vec<String>,
    naming: Vec<String>,
    pair_name: Vec<String>,
    pair_value: Vec<String>,
    model: Vec<String>,
    protocol: Vec<String>,
    keyword: Vec<String>,
    module: Vec<String>,
    relay: Vec<String>,
}

#[derive(Deserialize)]
struct OwnerLists {
    owners: HashMap<String, Vec<String>>,
}

/// The tables.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    roles: HashMap<String, u16>,
    names: HashMap<String, String>,
    hosts: HashMap<String, String>,
    /// Hosts that hand on the key of the provider whom their path names.
    pub(super) relays: Vec<String>,
    /// Words of writing without spaces.
    wide: Vec<(String, u16)>,
}

/// The shared tables. They are part of the program; a test reads them, and were they broken the judge would know nobody.
pub(super) fn lexicon() -> &'static Lexicon {
    static TABLES: OnceLock<Lexicon> = OnceLock::new();
    TABLES.get_or_init(|| {
        let words = toml::from_str(include_str!("data/words.toml")).ok();
        let owners = toml::from_str(include_str!("data/owners.toml")).ok();
        words.zip(owners).map(|(w, o)| Lexicon::new(w, o)).unwrap_or_default()
    })
}

impl Lexicon {
    fn new(words: WordLists, owners: OwnerLists) -> Self {
        let mut lexicon = Lexicon { relays: words.relay.clone(), ..Lexicon::default() };
        for (list, bit) in [
            (words.secret, role::SECRET),
            (words.id, role::ID),
            (words.foreign, role::FOREIGN),
            (words.neutral, role::NEUTRAL),
            (words.endpoint, role::ENDPOINT),
            (words.aside, role::ASIDE),
            (words.provider, role::PROVIDER),
            (words.naming, role::NAMING),
            (words.pair_name, role::PAIR_NAME),
            (words.pair_value, role::PAIR_VALUE),
            (words.model, role::MODEL),
            (words.protocol, role::PROTOCOL),
            (words.keyword, role::KEYWORD),
            (words.module, role::MODULE),
        ] {
            for word in list {
                *lexicon.roles.entry(word).or_default() |= bit;
            }
        }
        let wide = lexicon.roles.iter().filter(|(w, _)| w.chars().all(|c| c >= '\u{2e80}'));
        lexicon.wide = wide.map(|(w, r)| (w.clone(), *r)).collect();
        for (owner, marks) in owners.owners {
            for mark in marks {
                let table = if mark.contains('.') { &mut lexicon.hosts } else { &mut lexicon.names };
                table.insert(mark, owner.clone());
            }
        }
        lexicon
    }

    /// What a word means.
    pub(super) fn roles(&self, word: &str) -> u16 {
        self.roles.get(word).copied().unwrap_or(0)
    }

    /// What the words mean that stand in a piece of writing without spaces.
    pub(super) fn inside(&self, piece: &[u8]) -> u16 {
        if piece.first().is_none_or(|b| *b < 0xe2) {
            return 0;
        }
        let found = self.wide.iter().filter(|(w, _)| memchr::memmem::find(piece, w.as_bytes()).is_some());
        found.fold(0, |all, (_, roles)| all | roles)
    }

    /// The owner of this name (words joined, lower case).
    pub(super) fn owner(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    /// The owner of a host or of a domain above it.
    pub(super) fn owner_of_host(&self, host: &str) -> Option<&str> {
        let mut rest = host;
        loop {
            if let Some(owner) = self.hosts.get(rest) {
                return Some(owner);
            }
            rest = rest.split_once('.')?.1;
        }
    }

    /// Whether the tables know this word at all.
    fn knows(&self, word: &str) -> bool {
        self.roles.contains_key(word) || self.names.contains_key(word)
    }
}

/// The words of a name in lower case: `VITE_MistralAPIKey2` is vite, mistral, api, key, 2.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(name.get(..200).unwrap_or(name));
    let mut words = Vec::new();
    for piece in text.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty() && !is_value(p)) {
        camel(piece, &mut words);
    }
    words
}

/// Whether a piece of a name is a value drawn at random rather than words.
fn is_value(piece: &str) -> bool {
    piece.len() >= 20
        && piece.bytes().any(|b| b.is_ascii_digit())
        && crate::detect::shape::looks_random(piece.as_bytes())
}

fn camel(piece: &str, words: &mut Vec<String>) {
    let lower = piece.to_lowercase();
    if lexicon().knows(&lower) || !piece.bytes().any(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
        return words.push(lower);
    }
    let chars: Vec<char> = piece.chars().collect();
    let mut from = 0;
    let mut i = 1;
    while i <= chars.len() {
        if i == from + 1
            && let Some(n) = mixed(&chars[from..])
        {
            i = from + n;
            words.push(chars[from..i].iter().collect::<String>().to_lowercase());
            from = i;
        } else if i == chars.len() || ends(&chars, i) {
            words.push(chars[from..i].iter().collect::<String>().to_lowercase());
            from = i;
        }
        i += 1;
    }
    words.retain(|w| !w.is_empty());
}

/// Whether a word ends before the `i`-th character.
fn ends(chars: &[char], i: usize) -> bool {
    let (a, b) = (chars[i - 1], chars[i]);
    let next_lower = chars.get(i + 1).is_some_and(|c| c.is_lowercase());
    a.is_lowercase() && b.is_uppercase()
        || a.is_uppercase() && b.is_uppercase() && next_lower
        || a.is_numeric() != b.is_numeric()
}

/// The length of a word of letters and digits that these characters begin with.
fn mixed(chars: &[char]) -> Option<usize> {
    const MIXED: [&str; 18] = [
        "sha512", "sha256", "sha1", "md5", "n8n", "k8s", "neo4j", "ai21", "s3", "r2", "b2", "v1", "v2", "v3", "2fa",
        "3rdparty", "oauth2", "base64",
    ];
    MIXED.iter().find(|m| starts(chars, m)).map(|m| m.len())
}

fn starts(chars: &[char], word: &str) -> bool {
    let n = word.len();
    let same = chars.len() >= n && chars.iter().zip(word.chars()).all(|(a, b)| a.to_ascii_lowercase() == b);
    same && chars.get(n).is_none_or(|c| c.is_uppercase() || c.is_numeric() != chars[n - 1].is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_read() {
        assert_eq!(lexicon().owner_of_host("api.studio.nebius.com"), Some("nebius"));
        assert_eq!(lexicon().owner("togetherai"), Some("together"));
        assert_ne!(lexicon().roles("apikey") & role::SECRET, 0);
    }

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("VITE_MISTRAL_API_KEY", "vite mistral api key"),
            ("mistralApiKey", "mistral api key"),
            ("MistralAIKey", "mistral ai key"),
            ("x-mistral-api-key", "x mistral api key"),
            ("spring.ai.mistralai.api-key", "spring ai mistralai api key"),
            ("PROVIDER_3_KEY", "provider 3 key"),
            ("docMD5", "doc md5"),
            ("KEY2", "key 2"),
            ("ChatMistralAI", "chat mistral ai"),
            ("n8nKey", "n8n key"),
            ("schlüsselWert", "schlüssel wert"),
        ] {
            assert_eq!(words(name.as_bytes()).join(" "), expected, "{name}");
        }
    }
}
