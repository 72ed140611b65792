//! A rule as written in TOML: plain data, nothing compiled. The reader (`read.rs`) fills it, the check (`check.rs`)
//! says whether it makes sense.

use super::{Confidence, EvidenceSpec, Remedy, Severity};
use serde::Deserialize;
use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor, value};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// A file of rules: one provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// The provider's name, for all rules of the file.
    pub provider: String,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<RuleSpec>,
}

/// A rule as written: one `[[rule]]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// provider-kind, lower case with hyphens, as in `github-app-token`.
    pub id: String,
    /// What it finds, for people: "GitHub personal access token".
    pub title: String,
    /// How bad a leak is.
    #[serde(default)]
    pub severity: Severity,
    /// Confidence of a match that nothing speaks for or against; without it what the form of the rule is worth.
    pub confidence: Option<Confidence>,
    /// Words to select rules by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The provider's page about such secrets.
    pub reference: Option<String>,
    /// What finds it; only written where neither `token` nor `pattern` says it.
    pub kind: Option<RuleKind>,
    /// A token with a prefix of its own, or (with `[rule.evidence]`) only a shape; several forms, if it has them.
    #[serde(default, deserialize_with = "one_or_many")]
    pub token: Vec<TokenSpec>,
    /// A regular expression with a group named `secret`.
    pub pattern: Option<String>,
    /// Words of which one stands in every match of `pattern`: only around them it is tried.
    #[serde(default)]
    pub literals: Vec<String>,
    /// Block labels of `kind = "private-key"`: "RSA PRIVATE KEY".
    #[serde(default)]
    pub labels: Vec<String>,
    /// Least Shannon entropy of the secret (without its prefix), in bits a character.
    pub entropy: Option<f64>,
    /// Globs of the files in which alone it is looked for; empty: all.
    #[serde(default)]
    pub files: Vec<String>,
    /// What says whose a token without a prefix is.
    pub evidence: Option<EvidenceSpec>,
    /// The other half of a secret that has two.
    #[serde(default)]
    pub part: Vec<PartSpec>,
    /// How --verify asks whether one is live. Only that of a built-in rule is used: an address never comes from what is
    /// scanned.
    pub verify: Option<VerifySpec>,
    /// What to do with a leaked one.
    #[serde(default)]
    pub remedy: Remedy,
    /// Texts in which it must find `secret`.
    #[serde(default)]
    pub example: Vec<ExampleSpec>,
    /// Texts in which it must find nothing (at medium confidence or above).
    #[serde(default)]
    pub counterexample: Vec<CounterexampleSpec>,
}

/// What finds a rule's secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// A token known by its prefix.
    Token,
    /// A token known by its shape and by what stands around it (`[rule.evidence]`).
    Contextual,
    /// A regular expression near a literal.
    Pattern,
    /// A block between two lines that name it.
    PrivateKey,
    /// `scheme://user:password@host`.
    UrlCredentials,
    /// A token of three parts whose first decodes to JSON.
    JsonWebToken,
    /// A random value assigned to a secret-like name.
    GenericSecret,
    /// A password assigned to a password-like name.
    GenericPassword,
}

/// A token: prefix, alphabet, length.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// What it begins with: one text or several. None: a shape only.
    #[serde(default, deserialize_with = "one_or_many")]
    pub prefix: Vec<String>,
    /// The characters behind the prefix, as in a character class without brackets: "A-Za-z0-9_-".
    pub alphabet: String,
    /// How many characters stand behind the prefix.
    pub length: Length,
    /// Something that stands within it.
    pub contains: Option<String>,
    /// What it ends with.
    pub suffix: Option<String>,
    /// A regular expression for all that stands behind the prefix.
    pub format: Option<String>,
    /// What its last characters prove.
    pub checksum: Option<Checksum>,
}

/// How long a token is: `36`, `[36, 40]` or `{ min = 20, max = 60 }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Length {
    /// This one.
    Exact(usize),
    /// One of these.
    OneOf(Vec<usize>),
    /// From `min` to `max`.
    Range {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
}

impl Default for Length {
    fn default() -> Self {
        Length::Exact(0)
    }
}

/// By hand, since an untagged enum reads everything twice.
impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Range {
            min: usize,
            max: usize,
        }
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length: a number, a list of numbers, or { min, max }")
            }

            fn visit_u64<E: serde::de::Error>(self, n: u64) -> Result<Length, E> {
                usize::deserialize(n.into_deserializer()).map(Length::Exact)
            }

            fn visit_i64<E: serde::de::Error>(self, n: i64) -> Result<Length, E> {
                usize::deserialize(n.into_deserializer()).map(Length::Exact)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Length, A::Error> {
                Vec::deserialize(value::SeqAccessDeserializer::new(list)).map(Length::OneOf)
            }

            fn visit_map<A: MapAccess<'de>>(self, range: A) -> Result<Length, A::Error> {
                let Range { min, max } = Range::deserialize(value::MapAccessDeserializer::new(range))?;
                Ok(Length::Range { min, max })
            }
        }
        from.deserialize_any(Any)
    }
}

impl Length {
    /// Whether a token may be this long.
    pub fn holds(&self, n: usize) -> bool {
        match self {
            Length::Exact(only) => n == *only,
            Length::OneOf(all) => all.contains(&n),
            Length::Range { min, max } => (*min..=*max).contains(&n),
        }
    }

    /// The shortest.
    pub fn min(&self) -> usize {
        match self {
            Length::Exact(only) => *only,
            Length::OneOf(all) => all.iter().copied().min().unwrap_or(0),
            Length::Range { min, .. } => *min,
        }
    }

    /// The longest.
    pub fn max(&self) -> usize {
        match self {
            Length::Exact(only) => *only,
            Length::OneOf(all) => all.iter().copied().max().unwrap_or(0),
            Length::Range { max, .. } => *max,
        }
    }
}

/// A check that a token carries in itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checksum {
    /// The last six characters are the CRC-32 of what stands between prefix and them, in base 62 (GitHub, npm).
    Crc32Base62,
    /// GitLab's routable tokens: payload, length and CRC-32 in base 36.
    GitlabRoutable,
}

/// A second half that belongs to a rule's token: an id's secret, a secret's id.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartSpec {
    /// What it is, for people: "secret access key".
    pub id: String,
    /// Its form.
    pub token: TokenSpec,
    /// How many lines away it may stand.
    pub within: usize,
    /// Names that it is bound to; a part so named is taken before others.
    #[serde(default)]
    pub names: Vec<String>,
    /// Whether this part is the secret, and the rule's token only says whose it is.
    #[serde(default)]
    pub secret: bool,
    /// Least Shannon entropy of the part.
    pub entropy: Option<f64>,
    /// Confidence of the rule's token where the part is missing; without it nothing changes.
    pub alone: Option<Confidence>,
}

/// How the life of a secret is asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VerifySpec {
    /// "GET": to ask must change nothing.
    pub method: String,
    /// Where, https only: the next one is asked where the one before does not accept the secret.
    #[serde(deserialize_with = "one_or_many")]
    pub url: Vec<String>,
    /// Header lines, `Name: value`; `{secret}` stands for the secret.
    pub header: Vec<String>,
    /// What each status means: "live", "not-accepted" or "unknown"; one that is not named is unknown.
    #[serde(default)]
    pub status: BTreeMap<String, Life>,
    /// What a live one's answer lists.
    pub list: Option<ListSpec>,
}

/// Whether a secret works. Never "dead": a host can only say that it does not take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Life {
    /// The host takes it.
    Live,
    /// The host does not take it; another one may.
    NotAccepted,
    /// Nobody can tell from the answer, or there was none.
    Unknown,
}

impl Life {
    /// The name in reports and rule files.
    pub fn name(self) -> &'static str {
        ["live", "not-accepted", "unknown"][self as usize]
    }
}

/// What an answer lists: only counted, never shown.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSpec {
    /// The field of the answer that holds the list; its entries have an `id`.
    pub field: String,
    /// What an entry is: "model".
    pub what: String,
    /// How the ids of those begin that are counted apart: "ft:".
    pub prefix: Option<String>,
    /// What these are: "fine-tune".
    pub prefixed: Option<String>,
}

/// A text in which the rule must find a secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleSpec {
    /// The text.
    pub text: String,
    /// The file it would stand in; none: a text without a path.
    pub path: Option<String>,
    /// What must be found, decoded.
    pub secret: String,
    /// The confidence that it must have at least; medium if not said.
    pub confidence: Option<Confidence>,
}

/// A text in which the rule must find nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CounterexampleSpec {
    /// The text.
    pub text: String,
    /// The file it would stand in; none: a text without a path.
    pub path: Option<String>,
    /// Why it is none.
    pub why: String,
    /// The confidence from which on a finding would be wrong; medium if not said ("low": not even that).
    pub confidence: Option<Confidence>,
}

impl RuleSpec {
    /// What finds it: as written, or as its form says.
    pub fn kind(&self) -> RuleKind {
        match (self.kind, self.token.first()) {
            (Some(kind), _) => kind,
            (None, Some(token)) if token.prefix.is_empty() => RuleKind::Contextual,
            (None, Some(_)) => RuleKind::Token,
            (None, None) => RuleKind::Pattern,
        }
    }
}

/// One `T` or a list of them. By hand, since an untagged enum would swallow what is wrong with either.
fn one_or_many<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct OneOrMany<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one, or a list")
        }

        fn visit_str<E: serde::de::Error>(self, one: &str) -> Result<Vec<T>, E> {
            T::deserialize(one.into_deserializer()).map(|one| vec![one])
        }

        fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<Vec<T>, A::Error> {
            T::deserialize(value::MapAccessDeserializer::new(one)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, many: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(value::SeqAccessDeserializer::new(many))
        }
    }
    from.deserialize_any(OneOrMany(PhantomData))
}
