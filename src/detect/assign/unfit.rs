//! What can't be a secret at all, whatever its name: hashes and ciphertext, public halves, addresses, and code.
//!
//! Where this ends: placeholders and templates are told elsewhere, and whether what is left is worth its name too.

use crate::detect::value::{Makeup, randomness};

/// Starts of values that are hashes, ciphertext, public halves, or something else altogether.
#[rustfmt::skip]
const OTHER: &[&[u8]] = &[
    b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$1$", b"$5$", b"$6$", b"$apr1$", b"$P$", b"$S$", b"{SHA", b"{SSHA", b"{bcrypt}", b"{noop}",
    b"pbkdf2", b"bcrypt", b"scrypt", b"SCRAM-SHA", b"sha1-", b"sha256", b"sha384", b"sha512", b"SHA256:", b"md5:", b"MD5:", b"SHA1",
    b"ssh-rsa", b"ssh-ed25519", b"ssh-dss", b"ecdsa-sha2", b"AAAAB3Nza", b"AAAAC3Nza", b"AAAAE2Vj", b"-----BEGIN", b"MIIB", b"MIIC", b"MIID",
    b"MIIE", b"MIIF", b"MIIG", b"MFkw", b"MFww", b"AQICAH", b"AQECAH", b"U2FsdGVkX1", b"AgA", b"AgB", b"gAAAAA", b"vault:v", b"data:", b"age1",
    b"http:", b"https:", b"file:", b"mailto:", b"W/\"", b"IPY_MODEL_", b"refs/", b"urn:", b"com.", b"org.", b"net.", b"io.", b"java.", b"javax.",
    b"{CRYPT", b"{crypt", b"$bcrypt", b"$scrypt", b"$pbkdf2", b"argon2$", b"{AQA", b"AQIAAA", b"phc_", b"pk_live_", b"pk_test_", b"![", b"01000000D08C9DDF", b"01000000d08c9ddf", b"pubkey-", b"pub_", b"NRJS-", b"Mid-client-", b"SB-Mid-client-", b"live_gck_", b"test_gck_", b"live_ck_", b"test_ck_", b"hmac-sha256:", b"hmac-sha1:", b"credentialsJSON:", b"sandbox_", b"production_", b"pk.eyJ",
    b"./", b"../", b"~/", b"/", b"C:\\", b"\\\\", b"@string/", b"@+id", b"--", b"#",
];

/// What can't be a secret at all.
pub(super) fn unfit(value: &[u8], makeup: &Makeup) -> Option<&'static str> {
    let has = |needle: &[u8]| memchr::memmem::find(value, needle).is_some();
    // A key in base64 begins with any of its characters.
    let key = value.len() == 44 && value.ends_with(b"=") && makeup.random >= 60.0;
    if !key && OTHER.iter().any(|start| value.starts_with(start)) {
        return Some("a hash, ciphertext, address, path or public key");
    }
    if value.iter().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return Some("several words");
    }
    if [&b":$2a$"[..], b":$2b$", b":$2y$", b":$apr1$", b":{SHA}"].iter().any(|hash| has(hash)) {
        return Some("a hash");
    }
    if has(b"](") {
        return Some("a link");
    }
    if is_plain_word(value) {
        return Some("a word of code");
    }
    // What nobody could have written is no code, whatever its characters.
    if makeup.random >= 40.0 && makeup.len >= 16 && makeup.classes() >= 3 {
        return None;
    }
    if has(b"://")
        || has(b"::")
        || has(b"->")
        || has(b"=>")
        || has(b"</")
        || has(b"/>")
        || has(b"&#")
        || has(b"&lt;")
        || has(b"&gt;")
    {
        return Some("code or an address");
    }
    // What stands between two strings: `"Password:"),e.create("x"`.
    let between = value.first().is_some_and(|b| b"),;]}+".contains(b)) && value.contains(&b'(');
    if between || is_call(value) || is_class(value) {
        return Some("code");
    }
    if is_checked(value) {
        return Some("a rule of validation");
    }
    if [&b"\\d"[..], b"\\w", b"\\s", b"[^", b"(?", b".*", b".+", b"|^", b"]+", b"[a-z", b"[A-Z", b"[0-9"]
        .iter()
        .any(|r| has(r))
    {
        return Some("a regular expression");
    }
    if value.contains(&b'*') && value.len() == 41 && value[0] == b'*' {
        return Some("a hash");
    }
    if value.last().is_some_and(|b| matches!(b, b':' | b',')) && makeup.digits == 0 {
        return Some("a label");
    }
    if is_dotted(value) || is_address(value) {
        return Some("a name or an address");
    }
    (makeup.letters() == 0 && makeup.symbols > 0 && makeup.digits + makeup.symbols == value.len() && makeup.len < 12)
        .then_some("a number, date or version")
}

/// Ciphertext: `{base64=}` as Maven writes it, and long base64 of a version byte, as sealed secrets are.
pub(super) fn sealed(value: &[u8], makeup: &Makeup) -> Option<&'static str> {
    let base64 = |text: &[u8]| text.len() >= 24 && text.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b));
    let braced = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).is_some_and(base64);
    let sealed = value.starts_with(b"Ag") && makeup.len >= 200 && base64(value);
    (braced || sealed).then_some("ciphertext")
}

/// Values that are meant to be seen: keys of browsers and addresses.
pub(super) fn open(value: &[u8], name: &[u8]) -> Option<&'static str> {
    let hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
    if value.len() == 42 && value.starts_with(b"0x") && hex(&value[2..]) {
        return Some("an address");
    }
    if matches!(value, [b'd', b'-', id @ ..] if id.len() == 32 && hex(id)) {
        return Some("an identifier");
    }
    if matches!(value, [b'p', b'u', b'b', id @ ..] if id.len() == 32 && hex(id)) {
        return Some("a public key");
    }
    let name: Vec<u8> = name.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let names: [&[u8]; 4] = [b"applicationserverkey", b"instrumentationkey", b"sitekey", b"publishablekey"];
    if names.iter().any(|n| name.ends_with(n)) {
        return Some("a public key");
    }
    (name.ends_with(b"clientkey")
        && (value.starts_with(b"live_") || value.starts_with(b"test_") || value.starts_with(b"sdk-")))
    .then_some("a public key")
}

/// `name(`, `name[i]`, `{ ... }`.
fn is_call(value: &[u8]) -> bool {
    let open = value.iter().position(|b| matches!(b, b'(' | b'[' | b'{'));
    open.is_some_and(|i| {
        let close = match value[i] {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        let end = value.last();
        (end == Some(&close) || end == Some(&b';'))
            && (i == 0 || value[..i].iter().all(|b| b.is_ascii_alphanumeric() || b"_.$".contains(b)))
    })
}

/// `a.b.c`, where every part is a word: a name of code, a host, a file.
fn is_dotted(value: &[u8]) -> bool {
    let parts: Vec<&[u8]> = value.split(|b| *b == b'.').collect();
    let word = |p: &&[u8]| {
        p.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_')
            && p.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    // `Wr3n.in.Hedge` is no name of anything.
    let leet =
        value.windows(3).any(|w| w[0].is_ascii_alphabetic() && w[1].is_ascii_digit() && w[2].is_ascii_alphabetic());
    // `Harbour.Crane31`: capitals and a number behind the last word.
    let tail = value.last().is_some_and(u8::is_ascii_digit);
    let capital = |p: &&[u8]| p.first().is_some_and(u8::is_ascii_uppercase) && p.iter().any(u8::is_ascii_lowercase);
    let thought_up = tail && digits >= 1 && parts.iter().any(capital);
    parts.len() >= 2
        && !leet
        && !thought_up
        && parts.iter().all(word)
        && (digits <= 2 || parts.len() >= 4)
        && randomness(value) < 10.0
}

/// `user@host.tld`, `host:port`, `10.0.0.1`.
fn is_address(value: &[u8]) -> bool {
    if let Some(at) = value.iter().position(|b| *b == b'@').filter(|at| *at > 0) {
        let host = &value[at + 1..];
        let tld = host.rsplit(|b| *b == b'.').next().unwrap_or_default();
        if host.contains(&b'.') && (2..=6).contains(&tld.len()) && tld.iter().all(u8::is_ascii_alphabetic) {
            return true;
        }
    }
    value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':')) && value.contains(&b'.')
}

/// Types, truth values and encodings: what code and schemas put where a value stands.
#[rustfmt::skip]
const PLAIN_WORDS: &[&str] = &[
    "true", "false", "yes", "no", "on", "off", "string", "str", "text", "boolean", "bool", "integer", "int", "number", "float",
    "object", "undefined", "null", "nil", "none", "function", "array", "bytes", "any", "optional", "required", "nullable", "hashed",
    "encrypted", "utf-8", "utf8", "utf-16", "latin1", "latin-1", "iso-8859-1", "ascii", "us-ascii", "hex", "base64", "binary",
    "append", "include", "varchar", "char", "early", "late", "self", "void",
];

fn is_plain_word(value: &[u8]) -> bool {
    value.len() <= 10 && PLAIN_WORDS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(value))
}

/// Why what has no quotes is code: a call or an index that was begun, the name of a constant, a placeholder of a format.
pub(super) fn unfit_bare(value: &[u8], makeup: &Makeup) -> Option<&'static str> {
    if makeup.random >= 40.0 {
        return None;
    }
    let inner = value.strip_prefix(b"{").unwrap_or(value);
    let name = inner.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_.$".contains(b)).count();
    let (callee, rest) = inner.split_at(name);
    let starts = callee.first().is_some_and(|b| b.is_ascii_alphabetic() || b"_$".contains(b));
    if let [b'(' | b'[', arguments @ ..] = rest
        && starts
    {
        let word = arguments.first().is_none_or(|b| !b.is_ascii_digit());
        if word && (callee.contains(&b'.') || callee.contains(&b'_') || !arguments.iter().any(u8::is_ascii_digit)) {
            return Some("code");
        }
    }
    // `[Service Principal secret]`, `<the key>`: what the reader fills in, cut off at its first word.
    if let [b'[' | b'<', word @ ..] = value
        && word.iter().all(|b| b.is_ascii_alphabetic() || b"_-'".contains(b))
    {
        return Some("a placeholder");
    }
    // `.Values.auth.password`, `$.Values.x`: a path within a template's data.
    let path = value.strip_prefix(b"$").unwrap_or(value);
    let dotted = path.strip_prefix(b".").is_some_and(|p| {
        p.len() > 3 && p.iter().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(b)) && p[0].is_ascii_alphabetic()
    });
    if dotted && makeup.random < 16.0 {
        return Some("code");
    }
    let constant = value.contains(&b'_')
        && makeup.lower == 0
        && makeup.digits <= 3
        && value.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b','))
        && makeup.random < 12.0;
    constant.then_some("the name of a constant")
}

/// `required|min:8|confirmed`: rules of validation, each a word with its parameters.
fn is_checked(value: &[u8]) -> bool {
    let part = |part: &[u8]| {
        let word = part.split(|b| *b == b':').next().unwrap_or_default();
        part.is_empty() || word.len() >= 2 && word.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
    };
    let single = value.split(|b| *b == b':').next();
    const LIMITS: [&[u8]; 8] =
        [b"min", b"max", b"between", b"required_if", b"required_with", b"same", b"regex", b"size"];
    single.is_some_and(|word| word.len() < value.len() && LIMITS.contains(&word))
        || value.contains(&b'|') && value.len() > 1 && value.split(|b| *b == b'|').all(part)
}

/// `Auth\PasswordController`: the name of a class in its namespace.
fn is_class(value: &[u8]) -> bool {
    let word = |part: &&[u8]| {
        part.first().is_some_and(u8::is_ascii_uppercase) && part.iter().all(u8::is_ascii_alphanumeric) && part.len() > 2
    };
    let parts: Vec<&[u8]> = value.split(|b| *b == b'\\').filter(|part| !part.is_empty()).collect();
    parts.len() >= 2 && parts.iter().all(word) && randomness(value) < 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_no_secret() {
        let bare = |value: &str| unfit_bare(value.as_bytes(), &Makeup::of(value.as_bytes()));
        for code in [
            "Secret.from_env_var(",
            "Optional[str",
            "{len(DB_PW)*",
            "E2B_API_KEY",
            ".Values.auth.rootPassword",
            "passToPass.join(",
            "get_secret(key))",
            "Secret.from_env_var([",
            "[Service",
            "CLIENT_PASSWORD1,CLIENT_PASSWORD2",
        ] {
            assert!(bare(code).is_some(), "{code}");
        }
        for value in
            ["Summer(2020", "Tr0ub4dor&3", "T3RN_COLONY_8842_77", "p[4]ss", ".Wq7!rTn2", "q8Zt2LmX9vRb4KcW7yHs"]
        {
            assert_eq!(bare(value), None, "{value}");
        }
    }

    #[test]
    fn words_rules_and_classes_are_no_secrets() {
        let why = |value: &str| unfit(value.as_bytes(), &Makeup::of(value.as_bytes()));
        for other in [
            "latin-1",
            "False",
            "string",
            "nullable|min:8|confirmed",
            "min:12",
            "Auth\\LoginController",
            "registry:$2y$10$abcdefghijk",
            "token](#part-2)",
        ] {
            assert!(why(other).is_some(), "{other}");
        }
        for value in ["Her0n|Reed", "mind:the-gap7", "strings!8", "B\\ack5lash"] {
            assert_eq!(why(value), None, "{value}");
        }
    }
}
