//! Whether a value is worth what its name claims, and how sure that is.

use super::bind::Form;
use super::context::{Context, Syntax};
use super::name::{Claim, Kind, Sure};
use super::unfit::{self, unfit};
use crate::decode;
use crate::detect::placeholder::{self, Stand};
use crate::detect::value::Makeup;
use crate::rule::Confidence;

/// Which rule owns the value, and how sure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Weight {
    pub(super) kind: Kind,
    pub(super) confidence: Confidence,
    /// Why, for people; no secret in it.
    pub(super) why: String,
}

/// What is known of a value besides itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) name: &'a [u8],
    pub(super) claim: &'a Claim,
    pub(super) form: Form,
    /// It stands in quotes.
    pub(super) quoted: bool,
    pub(super) context: Context,
    /// Within the tests that stand in the file itself.
    pub(super) in_test: bool,
    /// A user, host or account stands beside it.
    pub(super) beside_login: bool,
    /// The value stands a second time beside it: `user: gitea`, `password: gitea`.
    pub(super) echoed: bool,
}

/// Weighs `value`; the error says why it is refused.
pub(super) fn weigh(value: &[u8], asked: Asked<'_>) -> Result<Weight, &'static str> {
    // Django marks the keys that it generates for a new project; they are keys all the same.
    let makeup = Makeup::of(value.strip_prefix(b"django-insecure-").unwrap_or(value));
    if is_phrase(value, &makeup, &asked) {
        let kind = asked.claim.kind;
        let confidence = if asked.context.tame { Confidence::Low } else { Confidence::Medium };
        return Ok(weight(kind, confidence, &makeup));
    }
    if let Some(why) = refusal(value, &makeup, (asked.name, asked.quoted, asked.claim.kind)) {
        return Err(why);
    }
    let stand = placeholder::stands_for(value);
    let mut weight = match asked.claim.kind {
        Kind::Secret => secret(value, &makeup, asked)?,
        Kind::Password => password(value, &makeup, asked)?,
    };
    let sinks = [
        asked.context.tame,
        asked.in_test || asked.claim.test,
        asked.context.foreign,
        asked.form == Form::Compared && (weight.confidence == Confidence::High || makeup.digits == 0),
        stand.is_some(),
    ];
    for _ in sinks.iter().filter(|s| **s) {
        weight.confidence = lower(weight.confidence);
    }
    Ok(weight)
}

/// Why a value is refused under any name of this kind, in any file and in any form.
pub(super) fn hopeless(value: &[u8], name: &[u8], quoted: bool, kind: Kind) -> Option<&'static str> {
    // It may be a phrase.
    if value.contains(&b' ') {
        return None;
    }
    let makeup = Makeup::of(value.strip_prefix(b"django-insecure-").unwrap_or(value));
    refusal(value, &makeup, (name, quoted, kind))
}

/// What speaks against a value, whatever is said of it.
fn refusal(value: &[u8], makeup: &Makeup, (name, quoted, kind): (&[u8], bool, Kind)) -> Option<&'static str> {
    let bare = || unfit::unfit_bare(value, makeup).filter(|_| !quoted);
    let encoded = || decode::hides_text(value).then_some("encoded text, which is read itself");
    let repeated = || same_words(value, name).then_some("the value repeats the name");
    let placeholder = || placeholder::stands_for(value).filter(|s| *s != Stand::Pattern).map(Stand::why);
    let example = || placeholder::why(value).filter(|_| kind == Kind::Secret);
    unfit(value, makeup)
        .or_else(|| unfit::sealed(value, makeup))
        .or_else(|| unfit::open(value, name))
        .or_else(bare)
        .or_else(encoded)
        .or_else(repeated)
        .or_else(placeholder)
        .or_else(example)
}

fn lower(confidence: Confidence) -> Confidence {
    if confidence == Confidence::High { Confidence::Medium } else { Confidence::Low }
}

fn weight(kind: Kind, confidence: Confidence, makeup: &Makeup) -> Weight {
    let why = match kind {
        Kind::Secret => format!("{} characters, {:.0} bits more random than text", makeup.len, makeup.random),
        Kind::Password => format!("{} characters of {} kinds", makeup.len, makeup.classes()),
    };
    Weight { kind, confidence, why }
}

/// Bits of randomness that a name asks for before its value is believed.
fn needed(sure: Sure) -> f32 {
    match sure {
        Sure::Strong => 16.0,
        Sure::Fair => 22.0,
        Sure::Weak => 40.0,
    }
}

fn secret(value: &[u8], makeup: &Makeup, asked: Asked<'_>) -> Result<Weight, &'static str> {
    let sure = asked.claim.sure;
    if value.last() == Some(&b'*') {
        return Err("a pattern");
    }
    let symbols = value.iter().filter(|b| b.is_ascii_punctuation() && !b"-_+/=.~:".contains(b)).count();
    // Code is full of symbols; only a value that nobody could have written may have them.
    let need = needed(sure) + if symbols > 0 { 20.0 } else { 0.0 };
    let shortest = match sure {
        Sure::Strong if makeup.classes() >= 3 => 12,
        Sure::Strong | Sure::Fair => 16,
        Sure::Weak => 24,
    };
    if makeup.len < shortest || makeup.random < need || makeup.letters() == 0 {
        return thought_up(value, makeup, asked);
    }
    if is_uuid(value) {
        return match sure {
            Sure::Strong => Ok(weight(Kind::Secret, Confidence::Medium, makeup)),
            Sure::Fair => Ok(weight(Kind::Secret, Confidence::Low, makeup)),
            Sure::Weak => Err("an identifier"),
        };
    }
    if !asked.form_binds() && sure < Sure::Strong {
        return Ok(weight(Kind::Secret, Confidence::Low, makeup));
    }
    let confidence = match sure {
        // Test vectors are hexadecimal.
        _ if makeup.hex && asked.context.tame => Confidence::Low,
        // Half a digest, the id of a key.
        _ if makeup.hex && makeup.len < 24 => Confidence::Low,
        Sure::Strong if makeup.random >= 30.0 && makeup.len >= 20 => Confidence::High,
        Sure::Strong => Confidence::Medium,
        Sure::Fair if makeup.random >= 30.0 && makeup.len >= 20 => Confidence::Medium,
        // Digests and identifiers are hexadecimal too.
        Sure::Weak if !makeup.hex && makeup.classes() >= 3 && asked.claim.owner.is_some() => Confidence::Medium,
        // A bare `key` that is as long and as random as only keys are.
        Sure::Weak
            if !makeup.hex
                && makeup.classes() >= 3
                && makeup.random >= 80.0
                && asked.form == Form::Assigned
                && asked.context.syntax != Syntax::Data =>
        {
            Confidence::Medium
        }
        Sure::Fair | Sure::Weak => Confidence::Low,
    };
    Ok(weight(Kind::Secret, confidence, makeup))
}

impl Asked<'_> {
    /// Whether the form binds a value to a name, and nothing but that.
    fn form_binds(&self) -> bool {
        self.form != Form::Spoken
    }

    /// Whether the file holds settings rather than a program.
    fn is_configuration(&self) -> bool {
        matches!(self.context.syntax, Syntax::Yaml | Syntax::Lines | Syntax::Data | Syntax::Shell | Syntax::Markup)
    }
}

/// A secret that somebody thought up, like a password: only where the name leaves no doubt.
fn thought_up(value: &[u8], makeup: &Makeup, asked: Asked<'_>) -> Result<Weight, &'static str> {
    if asked.claim.sure < Sure::Strong || !asked.form_binds() || asked.context.labels {
        return Err("not random enough");
    }
    if makeup.len < 8 || makeup.classes() < 3 || is_words(value) {
        return Err("not random enough");
    }
    // Under these names a key mostly names a place: `STORAGE_KEY = "app.settings.v2"`.
    if matches!(asked.claim.what.as_str(), "storage key" | "session key" | "cookie key" | "registry key") {
        return Err("not random enough");
    }
    // Where the name itself says secret, letters of both cases with digits among them are one that somebody thought up.
    let both = makeup.lower > 0 && makeup.upper > 0;
    let mixed = makeup.symbols > 0 || both && makeup.len >= 12 && asked.claim.what.contains("secret");
    let among_settings = asked.claim.what.contains("secret") && asked.is_configuration() && is_mixed(value, makeup);
    let spoken = among_settings || mixed && makeup.digits > 0 && is_password_like(value, makeup);
    Ok(weight(Kind::Secret, if spoken { Confidence::Medium } else { Confidence::Low }, makeup))
}

fn password(value: &[u8], makeup: &Makeup, asked: Asked<'_>) -> Result<Weight, &'static str> {
    if asked.context.labels {
        return Err("a file of labels or styles");
    }
    if makeup.len < 5 {
        return Err("too short");
    }
    if makeup.len > 64 && makeup.random < 30.0 {
        return Err("too long for a password");
    }
    let shouted = makeup.lower + makeup.digits == 0 && value.contains(&b'_');
    if matches!(asked.form, Form::Given | Form::Placed) && shouted {
        return Err("the name of a constant");
    }
    if matches!(asked.form, Form::Argument | Form::Spoken) && makeup.classes() < 3 {
        return Err("not clearly a password");
    }
    // In prose and code to pass is a verb: "you can pass `strict=False`", "PASS: TestName".
    let verb = asked.name.rsplit(|b| *b == b'.').next().is_some_and(|word| word.eq_ignore_ascii_case(b"pass"));
    let verbal = matches!(asked.form, Form::Word | Form::Spoken | Form::Inside | Form::Called);
    if verb
        && (verbal
            || asked.form == Form::Flag && is_words(value)
            || is_identifier(value) && !asked.is_configuration()
            || asked.name == b"PASS" && !matches!(asked.context.syntax, Syntax::Shell | Syntax::Lines | Syntax::Yaml))
    {
        return Err("not clearly a password");
    }
    if ["\\u", "\\x", "\\U", "\\0"].iter().any(|e| memchr::memmem::find(value, e.as_bytes()).is_some()) {
        return Err("text with escapes");
    }
    if asked.context.syntax == Syntax::Prose
        && !asked.beside_login
        && !matches!(asked.form, Form::Flag | Form::Given)
        && makeup.classes() < 3
    {
        return Err("not clearly a password");
    }
    // Labels, fields and messages speak of passwords; passwords rarely do.
    if names_itself(value) {
        return if makeup.classes() >= 3 && makeup.symbols > 0 && asked.is_configuration() {
            Ok(weight(Kind::Password, Confidence::Low, makeup))
        } else {
            Err("speaks of passwords")
        };
    }
    let confidence = if is_words(value) || makeup.letters() + makeup.foreign == 0 {
        if is_chosen(value, makeup, &asked) { Confidence::Medium } else { Confidence::Low }
    } else if makeup.len < 6 || !is_password_like(value, makeup) {
        let settled = asked.quoted || asked.is_configuration() || matches!(asked.form, Form::Given | Form::Assigned);
        let placed = matches!(asked.form, Form::Given | Form::Placed) && makeup.digits > 0;
        let beside = asked.beside_login && makeup.digits > 0 && makeup.letters() > 0;
        if settled && is_mixed(value, makeup) || makeup.len >= 6 && (placed || beside) {
            Confidence::Medium
        } else {
            Confidence::Low
        }
    } else if makeup.len >= 8 && (makeup.classes() == 4 || makeup.classes() == 3 && makeup.random >= 12.0) {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Ok(weight(Kind::Password, confidence, makeup))
}

/// Whether a word can be nothing but somebody's password: it is assigned as one among settings, and is neither a label
/// nor the name of what it belongs to.
fn is_chosen(value: &[u8], makeup: &Makeup, asked: &Asked<'_>) -> bool {
    if matches!(asked.form, Form::Given | Form::Placed) {
        let number = makeup.letters() == 0
            && makeup.digits >= if asked.form == Form::Given { 6 } else { 8 }
            && makeup.digits == makeup.len;
        let drawn = makeup.random >= 8.0 && makeup.len >= 8;
        let word = asked.form == Form::Given && makeup.letters() >= 6 && !asked.echoed && !NO_CHOICE.contains(&value);
        return number || drawn || word;
    }
    let settings = match asked.context.syntax {
        Syntax::Yaml | Syntax::Lines | Syntax::Shell => true,
        Syntax::Data | Syntax::Markup => asked.beside_login && asked.quoted,
        _ => false,
    };
    let named = ["password", "passwd", "_pass", "pwd"]
        .iter()
        .any(|word| memchr::memmem::find(&asked.name.to_ascii_lowercase(), word.as_bytes()).is_some());
    // `update_password: on_create` says what becomes of passwords.
    let manner =
        ["update", "force", "reset", "require", "allow", "use_", "no_", "enable", "disable", "change", "show", "hide"]
            .iter()
            .any(|verb| asked.name.starts_with(verb.as_bytes()));
    settings
        && named
        && !manner
        && matches!(asked.form, Form::Assigned | Form::Pair)
        && !asked.echoed
        && makeup.len >= 6
        && makeup.len <= 24
        && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-'))
        && (makeup.upper == 0 || makeup.symbols > 0 && makeup.lower > makeup.upper)
        && !NO_CHOICE.contains(&value)
}

/// What a setting of passwords is set to when it holds none.
const NO_CHOICE: [&[u8]; 15] = [
    b"public",
    b"private",
    b"community",
    b"random",
    b"generate",
    b"generated",
    b"disabled",
    b"enabled",
    b"prompt",
    b"always",
    b"never",
    b"plaintext",
    b"default",
    b"internal",
    b"inherit",
];

/// Whether a value mixes its characters as a password does: digits within words, several kinds, symbols.
fn is_password_like(value: &[u8], makeup: &Makeup) -> bool {
    if makeup.letters() == 0 || makeup.digits + makeup.symbols == 0 {
        return makeup.symbols > 0 && makeup.digits > 0;
    }
    if is_name(value) {
        return false;
    }
    let tail = value.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let strange = value.iter().filter(|b| !b.is_ascii_alphanumeric() && !b"_-./:".contains(b)).count();
    // `settings-2024`, `key_v2`: digits that are a word of their own make a name of it.
    let glued = value.len() > tail && value[value.len() - tail - 1].is_ascii_alphabetic();
    // Digits before or within the letters, three or more behind them, or a symbol that names don't have.
    makeup.digits > tail || tail >= 3 && glued || strange > 0 && (makeup.digits > 0 || makeup.classes() >= 3)
}

/// `Sonnblick_3106`, `kestrel-9-Lime`: small letters and a capital, a separator and a digit; a name of code that ends so
/// (`Config_V2`) has one digit behind one letter.
fn is_mixed(value: &[u8], makeup: &Makeup) -> bool {
    let shape = makeup.len >= 8 && makeup.lower >= 3 && makeup.upper > 0 && makeup.digits > 0 && makeup.symbols > 0;
    let version =
        value.windows(3).any(|w| b"_-.".contains(&w[0]) && matches!(w[1], b'v' | b'V') && w[2].is_ascii_digit());
    shape && !version && !value.iter().any(|b| b"/:".contains(b))
}

/// Small letters, digits and underscores: a name of code.
fn is_identifier(value: &[u8]) -> bool {
    value.contains(&b'_') && value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
}

/// Words that sentences and labels have, and passphrases rarely.
#[rustfmt::skip]
const SENTENCE: &[&str] = &[
    "the", "a", "an", "to", "of", "is", "are", "for", "your", "you", "must", "not", "and", "or", "with", "be", "in", "if", "this",
    "that", "it", "no", "can", "new", "use", "used", "enter", "please", "from", "by", "on", "at", "as", "will", "was", "has", "have",
    "should", "when", "my", "our", "please", "bitte", "ihr", "der", "die", "das", "und", "oder", "nicht", "ist", "le", "la", "les",
    "de", "et", "el", "su", "key", "value", "example", "test", "change", "me", "keyboard", "secret", "here", "only", "least",
    "characters", "some", "string", "text", "field", "show", "hide", "reset", "update", "set", "get", "none", "null", "cat",
];

/// A passphrase of several words, where the name says that it is one or settings leave no doubt.
fn is_phrase(value: &[u8], makeup: &Makeup, asked: &Asked<'_>) -> bool {
    if !value.contains(&b' ') || makeup.len < 12 || makeup.len > 64 || asked.context.labels || asked.context.foreign {
        return false;
    }
    let fine = |b: &u8| b.is_ascii_alphanumeric() || b" -_'.!".contains(b) || !b.is_ascii();
    let words: Vec<&[u8]> = value.split(|b| *b == b' ').collect();
    // Words alone, all small, are more often a label than a phrase.
    if makeup.upper + makeup.digits == 0 && words.len() < 5 || words.iter().any(|w| w.starts_with(b"-")) {
        return false;
    }
    let is = |w: &&[u8], word: &str| w.eq_ignore_ascii_case(word.as_bytes());
    if !value.iter().all(fine)
        || !(2..=8).contains(&words.len())
        || words.iter().any(|w| w.is_empty() || SENTENCE.iter().any(|s| is(w, s)))
        || names_itself(value)
        || placeholder::stands_for(value).is_some()
    {
        return false;
    }
    let name = asked.name.to_ascii_lowercase();
    let named = ["passphrase", "psk"].iter().any(|n| memchr::memmem::find(&name, n.as_bytes()).is_some());
    let settings = asked.is_configuration() && matches!(asked.form, Form::Assigned | Form::Flag | Form::Word);
    let numbered = makeup.digits > 0 && words.len() <= 4;
    match asked.claim.kind {
        _ if named => words.len() >= 3 && (asked.quoted || settings) || numbered,
        Kind::Password => settings && numbered || asked.form == Form::Given && words.len() >= 3,
        Kind::Secret => {
            asked.claim.sure == Sure::Strong
                && name.ends_with(b"secret")
                && asked.quoted
                && asked.form == Form::Assigned
                && words.len() >= 3
        }
    }
}

/// `python3.11-dev`, `Win32_Security`: several parts, each a word with at most a few digits behind it, or a number.
fn is_name(value: &[u8]) -> bool {
    let part = |part: &[u8]| {
        let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let digits = part.len() - letters;
        part[letters..].iter().all(u8::is_ascii_digit) && (letters == 0 || digits <= 2)
    };
    let mut parts = value.split(|b| b"_-./:".contains(b));
    value.iter().any(|b| b"_-./:".contains(b)) && parts.all(part)
}

/// Words alone, with separators or capitals between them.
fn is_words(value: &[u8]) -> bool {
    value.iter().all(|b| b.is_ascii_alphabetic() || b"_-. :".contains(b) || !b.is_ascii())
}

/// Whether the value speaks of passwords and tokens, as labels, names of fields and messages do.
fn names_itself(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    ["password", "passwd", "passwort", "passphrase", "secret", "token", "credential", "username", "login", "required"]
        .iter()
        .any(|w| memchr::memmem::find(&lower, w.as_bytes()).is_some())
}

/// Whether value and name are the same letters.
fn same_words(value: &[u8], name: &[u8]) -> bool {
    let letters = |text: &[u8]| -> Vec<u8> {
        text.iter().filter(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_lowercase).collect()
    };
    let (value, name) = (letters(value), letters(name));
    !value.is_empty() && (value == name || (value.len() >= 6 && memchr::memmem::find(&name, &value).is_some()))
}

pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}
