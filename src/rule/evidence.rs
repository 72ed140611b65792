//! What counts as evidence for a rule without a prefix, as written in `[rule.evidence]`: plain data. What it means is
//! the judge's business.

use serde::Deserialize;

/// Evidence for and against a token's being the provider's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSpec {
    /// Words of a name that make it the provider's: `mistral` in `MISTRAL_API_KEY`.
    pub names: Vec<String>,
    /// Whole names that are the provider's whatever their words.
    pub env: Vec<String>,
    /// Hosts whose requests carry such a key.
    pub api_hosts: Vec<String>,
    /// The provider's other hosts: a token there is no key.
    pub account_hosts: Vec<String>,
    /// Values of a sibling field such as `provider` that mean this provider.
    pub provider_values: Vec<String>,
    /// Classes whose constructor takes the key.
    pub classes: Vec<String>,
    /// Functions that take the key.
    pub functions: Vec<String>,
    /// Names of the argument that holds the key, besides those that say so in anybody's words (`api_key`, `token`).
    pub key_args: Vec<String>,
    /// Names of the argument that holds the address, besides those that say so in anybody's words (`base_url`).
    pub base_args: Vec<String>,
    /// Headers that carry the key.
    pub headers: Vec<String>,
    /// Modules and packages whose import says that the file uses the provider.
    pub imports: Vec<String>,
    /// Beginnings of the provider's model names.
    pub model_prefixes: Vec<String>,
    /// Beginnings of model names that others serve under their own keys.
    pub not_model_prefixes: Vec<String>,
    /// Words in a name that make it something else: checksum, id.
    pub excluded_words: Vec<String>,
    /// Other things of the provider's name, and the words that betray them.
    pub homonyms: Vec<String>,
    /// Words of which two betray another thing of the provider's name, if the text has fewer of `kin`.
    pub homonym_hints: Vec<String>,
    /// Words of the provider's trade.
    pub kin: Vec<String>,
    /// Names of files that are themselves evidence.
    pub files: Vec<String>,
}
