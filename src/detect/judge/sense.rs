//! What a name says about the value that bears it, and how well that fits a credential.

use super::lexicon::role;
use super::terms::Owner;

/// What a name says about the value that bears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sense {
    /// Whom it names.
    pub(super) owner: Option<Owner>,
    /// Whether it is one of the rule's own whole names.
    pub(super) exact: bool,
    /// The union of its words' roles.
    pub(super) roles: u16,
    /// Words that say which of several: without the owner's, roles' and neutral ones.
    pub(super) stem: Vec<String>,
    /// The same with the neutral ones: `LLM_KEY` goes with `LLM_URL` before it goes with `EMBED_URL`.
    pub(super) full: Vec<String>,
    /// Whether a word of it names a thing that is no credential's slot.
    pub(super) odd: bool,
    /// Whether behind the owner's name stand but words of the slot: `NAME_API_KEY`, not `NAME_GATEWAY_KEY`.
    pub(super) ends_well: bool,
    /// Whether that is so and the words before it are those of a project: `SHOP_NAME_API_KEY`.
    pub(super) led: bool,
    /// Whether it is one of the rule's own whole names and a word of nobody's behind it: `NAME_API_KEY_ANNE`.
    pub(super) trailed: bool,
    /// How many words it has.
    pub(super) count: usize,
    /// The words, where they are few.
    pub(super) words: Vec<String>,
}

/// How well a name fits a slot that holds a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It names something else: a checksum, an id, a session.
    Not,
    /// It says nothing known.
    Unknown,
    /// It says nothing.
    Neutral,
    /// It names a credential.
    Secret,
}

/// Words before a provider's name that tell another thing of the name, or who stands between.
pub(super) const THINGS: [&str; 28] = [
    "gw",
    "gateway",
    "proxy",
    "relay",
    "internal",
    "self",
    "selfhosted",
    "hosted",
    "onprem",
    "vllm",
    "ollama",
    "mock",
    "fake",
    "dummy",
    "az",
    "bedrock",
    "vertex",
    "station",
    "not",
    "no",
    "non",
    "cluster",
    "server",
    "node",
    "host",
    "ship",
    "db",
    "fallback",
];

/// Words in the names of clients and of what makes them.
pub(super) const CLIENT_WORDS: [&str; 25] = [
    "client",
    "aillm",
    "executor",
    "simple",
    "direct",
    "builder",
    "factory",
    "create",
    "init",
    "make",
    "connect",
    "moderation",
    "converter",
    "platform",
    "generator",
    "embedder",
    "async",
    "http",
    "wrapper",
    "language",
    "with",
    "new",
    "open",
    "llmclient",
    "service",
];

/// Words for one more of a kind.
const OTHERS: [&str; 10] =
    ["other", "another", "alt", "alternate", "alternative", "additional", "extra", "spare", "legacy", "previous"];

/// Whether a word only tells which of several: `2`, `b`, `other`.
pub(super) fn counts(word: &str) -> bool {
    word.chars().count() == 1 || word.bytes().all(|b| b.is_ascii_digit()) || OTHERS.contains(&word)
}

impl Sense {
    /// Whether the words that say which of several do no more than count: `KEY_2`, `KEY_B`, `OTHER_KEY`.
    pub(super) fn only_counts(&self) -> bool {
        self.stem.iter().all(|word| counts(word))
    }

    /// How well the name fits a credential.
    pub(super) fn fit(&self) -> Fit {
        if self.roles & (role::ID | role::FOREIGN) != 0 && !self.exact {
            Fit::Not
        } else if self.roles & role::SECRET != 0 {
            Fit::Secret
        } else if !self.odd {
            Fit::Neutral
        } else {
            Fit::Unknown
        }
    }
}
