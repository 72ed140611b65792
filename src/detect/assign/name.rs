//! Whether a name is secret-like, by its words: the last one says what it names, those before it say whose.

use super::words::{
    NEUTRAL_ENDINGS, NO_PROVIDER, NO_SECRET, NO_SECRET_NEXT, OTHER_KEYS, PASS_PREFIXES, PASSWORD, PASSWORD_ENDINGS,
    PASSWORD_FIRST, SECRET, SURE,
};
use std::ops::Range;

/// What kind of value a name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that somebody thought up.
    Password,
    /// Something that was drawn at random.
    Secret,
}

/// How much a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// `key`, `acme_key`: the value must say the rest.
    Weak,
    /// `token`, `acme_token`.
    Fair,
    /// `api_key`, `client_secret`, `password`.
    Strong,
}

/// What a name claims about its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) kind: Kind,
    pub(super) sure: Sure,
    /// What it names, for people: "API key".
    pub(super) what: String,
    /// Whose it is, if the name says so.
    pub(super) owner: Option<String>,
    /// A word says that it is for tests.
    pub(super) test: bool,
}

impl Claim {
    /// That of a place where only a password stands.
    pub(super) fn password() -> Self {
        Claim { kind: Kind::Password, sure: Sure::Strong, what: "password".into(), owner: None, test: false }
    }
}

/// The longest name that is read.
const LONGEST: usize = 96;

fn is_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.') || !b.is_ascii()
}

/// The name around `at..end`, without separators at its edges; not before `floor`.
pub(super) fn extent(text: &[u8], at: Range<usize>, floor: usize) -> Range<usize> {
    let least = at.start.saturating_sub(LONGEST).max(floor.min(at.start));
    let start = text[least..at.start].iter().rposition(|&b| !is_name_byte(b)).map_or(least, |i| least + i + 1);
    let most = (at.end + LONGEST).min(text.len());
    let end = text[at.end..most].iter().position(|&b| !is_name_byte(b)).map_or(most, |i| at.end + i);
    // Two dashes in prose part words: `positions--pass`.
    let start = text[start..at.start].windows(2).rposition(|w| w == b"--").map_or(start, |i| start + i + 2);
    let edge = |b: &&u8| matches!(**b, b'_' | b'-' | b'.');
    let front = text[start..at.start].iter().take_while(edge).count();
    let back = text[at.end..end].iter().rev().take_while(edge).count();
    start + front..end - back
}

/// The name with the words before it that belong to it where names are written in prose: `API key`, `mot de passe`.
pub(super) fn in_prose(text: &[u8], name: &Range<usize>) -> Range<usize> {
    let word = &text[name.clone()];
    let head = &text[name.start.saturating_sub(24)..name.start];
    if word.eq_ignore_ascii_case(b"passe") && head.len() >= 7 && head[head.len() - 7..].eq_ignore_ascii_case(b"mot de ")
    {
        return name.start - 7..name.end;
    }
    let alone = [&b"key"[..], b"token", b"secret"].iter().any(|w| word.eq_ignore_ascii_case(w));
    let Some(head) = head.strip_suffix(b" ").filter(|_| alone) else { return name.clone() };
    let len = head.iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
    let first = String::from_utf8_lossy(&head[head.len() - len..]).to_lowercase();
    let known = len > 1 && [SURE, OTHER_KEYS, NO_SECRET].iter().any(|words| words.contains(&first.as_str()));
    if known { name.start - 1 - len..name.end } else { name.clone() }
}

/// The words of a name: split at separators, where a capital follows a small letter, and before the last capital of
/// several (`APIKey`). Trailing digits are dropped.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let name = String::from_utf8_lossy(name);
    let letters: Vec<char> = name.chars().collect();
    let (mut all, mut word) = (Vec::new(), String::new());
    let mut close = |word: &mut String| {
        let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
        // A word of digits alone says nothing; `oauth2` and `s3` lose nothing that matters.
        if !bare.is_empty() {
            let keep = matches!(word.as_str(), "oauth2" | "s3" | "i18n" | "b64" | "base64" | "k8s");
            all.push(if keep { word.clone() } else { bare.to_string() });
        }
        word.clear();
    };
    for (i, &c) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|i| letters[i]);
        let capital = c.is_uppercase()
            && (before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit())
                || (before.is_some_and(char::is_uppercase) && letters.get(i + 1).is_some_and(|n| n.is_lowercase())));
        if !c.is_alphanumeric() || capital {
            close(&mut word);
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
    }
    close(&mut word);
    all
}

/// What the name claims; None if it is not secret-like.
pub(super) fn claim(name: &[u8]) -> Option<Claim> {
    let mut words: Vec<String> = words(name).into_iter().flat_map(split_compound).collect();
    let test = words.iter().any(|w| matches!(w.as_str(), "test" | "testing" | "tests"));
    let all = words.len();
    while words.len() > 1 && words.last().is_some_and(|w| NEUTRAL_ENDINGS.contains(&w.as_str())) {
        words.pop();
    }
    // `pass_value` passes one.
    if words.len() < all && words.last().is_some_and(|w| w == "pass") && words.len() == 1 {
        return None;
    }
    let (last, before) = words.split_last()?;
    // What makes hashes is secret, what they make is not.
    let makes = matches!(last.as_str(), "salt" | "key") && before.last().is_some_and(|w| w == "hash");
    if !makes && before.iter().rev().take(3).any(|w| NO_SECRET.contains(&w.as_str())) {
        return None;
    }
    if before.last().is_some_and(|w| NO_SECRET_NEXT.contains(&w.as_str())) {
        return None;
    }
    let (kind, sure, core) = if is_password(last, before) {
        (Kind::Password, Sure::Strong, 1)
    } else {
        let (sure, core) = secret(last, before)?;
        (Kind::Secret, sure, core)
    };
    let (core, qualifiers) = (words[words.len() - core..].to_vec(), &words[..words.len() - core]);
    Some(Claim { kind, sure, what: what(kind, &core), owner: owner(name, qualifiers), test })
}

/// `apikey`, `authtoken`, `clientsecret` as two words, where the first is known.
fn split_compound(word: String) -> Vec<String> {
    for tail in ["token", "secret", "key"] {
        if let Some(head) = word.strip_suffix(tail)
            && head.len() > 1
            && (SURE.contains(&head) || OTHER_KEYS.contains(&head) || matches!(head, "csrf" | "x" | "xsrf"))
        {
            return vec![head.to_string(), tail.to_string()];
        }
    }
    vec![word]
}

fn is_password(last: &str, before: &[String]) -> bool {
    let of = |i: usize| before.len().checked_sub(i).map(|at| before[at].as_str());
    // `mot de passe`
    let passe = last == "passe" && of(1) == Some("de") && of(2) == Some("mot");
    let ending = PASSWORD_ENDINGS.iter().any(|e| last.ends_with(e)) && !last.starts_with("split");
    let glued = ["pass", "pw", "pwd"].iter().any(|e| last.strip_suffix(e).is_some_and(|p| PASS_PREFIXES.contains(&p)));
    // `expected_pass` is a test's, `one_pass` a counter's.
    let other = last == "pass"
        && matches!(
            of(1),
            Some("one" | "all" | "to" | "first" | "second" | "two" | "single" | "multi" | "by" | "render")
        );
    let first = before.len() == 1 && PASSWORD_FIRST.contains(&before[0].as_str());
    let pair = (last == "community" && of(1) == Some("snmp")) || (last == "material" && of(1) == Some("key"));
    first || pair || !other && (PASSWORD.contains(&last) || passe || ending || glued)
}

/// How sure a name of a token is, and how many words name it.
fn secret(last: &str, before: &[String]) -> Option<(Sure, usize)> {
    let qualifier = before.last().map(String::as_str);
    let sure = qualifier.is_some_and(|q| SURE.contains(&q));
    match last {
        "key" | "ключ" => match qualifier {
            None => Some((Sure::Weak, 1)),
            Some(q) if OTHER_KEYS.contains(&q) => None,
            // A project's key is its name with whoever builds or tracks it; one binds keys of a keyboard.
            Some("project" | "bind") => Some((Sure::Weak, 1)),
            Some(_) if sure => Some((Sure::Strong, 2)),
            Some(_) => Some((Sure::Weak, 1)),
        },
        "keys" => sure.then_some((Sure::Fair, 2)),
        "clave" | "chave" | "chiave" | "jeton" => Some((Sure::Weak, 1)),
        // `clave_api`: the language puts it the other way round.
        "api" => matches!(qualifier, Some("clave" | "chave" | "chiave" | "cle" | "clé")).then_some((Sure::Strong, 2)),
        "auth" => Some((if sure { Sure::Fair } else { Sure::Weak }, 1)),
        "pepper" => Some((Sure::Fair, 1)),
        "salt" => sure.then_some((Sure::Fair, 2)),
        "secret" | "secrets" => Some((Sure::Strong, if sure { 2 } else { 1 })),
        "authorization" => Some((Sure::Fair, 1)),
        _ if sure && SECRET.contains(&last) => Some((Sure::Strong, 2)),
        _ if SECRET.contains(&last) => Some((Sure::Fair, 1)),
        _ => None,
    }
}

/// The words that name the thing, as people write them.
fn what(kind: Kind, core: &[String]) -> String {
    if kind == Kind::Password {
        return "password".into();
    }
    let word = |w: &String| match w.as_str() {
        "api" | "jwt" | "hmac" | "aes" | "sas" | "ci" | "npm" => w.to_uppercase(),
        "oauth" | "oauth2" => "OAuth".into(),
        other => other.to_string(),
    };
    core.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The provider that the words before the thing name: at most two words, none of those that every project uses.
fn owner(name: &[u8], qualifiers: &[String]) -> Option<String> {
    let named: Vec<&String> = qualifiers
        .iter()
        .rev()
        .skip_while(|w| NO_PROVIDER.contains(&w.as_str()))
        .take_while(|w| !NO_PROVIDER.contains(&w.as_str()))
        .take(2)
        .collect();
    if named.is_empty() || named.iter().any(|w| w.len() > 24 || !w.is_ascii()) || named[0].len() < 3 {
        return None;
    }
    let shout = !name.iter().any(u8::is_ascii_lowercase);
    let word = |w: &&String| {
        if shout {
            return w.to_uppercase();
        }
        let mut letters = w.chars();
        letters.next().map(|c| c.to_uppercase().chain(letters).collect()).unwrap_or_default()
    };
    Some(named.iter().rev().map(word).collect::<Vec<String>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(name: &str) -> Option<(Kind, Sure, String)> {
        claim(name.as_bytes()).map(|c| {
            let title = c.owner.map(|o| format!("{o} ")).unwrap_or_default() + &c.what;
            (c.kind, c.sure, title)
        })
    }

    #[test]
    fn names_of_secrets() {
        use Kind::*;
        use Sure::*;
        for (name, kind, sure, title) in [
            ("password", Password, Strong, "password"),
            ("DB_PASSWORD_PROD", Password, Strong, "password"),
            ("password2", Password, Strong, "password"),
            ("dbpass", Password, Strong, "password"),
            ("sshPassphrase", Password, Strong, "Ssh password"),
            ("contraseña", Password, Strong, "password"),
            ("пароль", Password, Strong, "password"),
            ("数据库密码", Password, Strong, "password"),
            ("API_KEY", Secret, Strong, "API key"),
            ("apikey", Secret, Strong, "API key"),
            ("X-Api-Key", Secret, Strong, "API key"),
            ("ACME_API_KEY", Secret, Strong, "ACME API key"),
            ("spring.ai.acme.api-key", Secret, Strong, "Acme API key"),
            ("acmeApiKey", Secret, Strong, "Acme API key"),
            ("access_token", Secret, Strong, "access token"),
            ("clientSecret", Secret, Strong, "client secret"),
            ("secret_key_base", Secret, Strong, "secret key"),
            ("token", Secret, Fair, "token"),
            ("FASTLY_TOKEN", Secret, Fair, "FASTLY token"),
            ("key", Secret, Weak, "key"),
            ("acme_key", Secret, Weak, "Acme key"),
        ] {
            assert_eq!(says(name), Some((kind, sure, title.to_string())), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "password_field_label",
            "primary_key",
            "keyboard",
            "token_count",
            "public_key",
            "cache_key",
            "author",
            "compass",
            "passed",
            "password_hash",
            "hashed_password",
            "csrf_token",
            "next_page_token",
            "pad_token",
            "secret_name",
            "tokenizer",
            "monkey",
            "key_id",
            "keys",
            "bypass",
            "turkey",
            "password_reset_url",
            "TokenKind",
            "credentials_file",
            "expected_token",
        ] {
            assert_eq!(says(name), None, "{name}");
        }
    }
}
