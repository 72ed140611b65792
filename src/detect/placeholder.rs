//! Values that stand where a secret would: fakes, templates and references.
//!
//! A fake says that it is one (EXAMPLE, changeme, your-key-here), is masked (xxxx, ****), counts (abcdef, 123456),
//! repeats itself, or is published (the keys of documentation and emulators). A template is filled in later
//! (`${KEY}`, `{{ key }}`, `<key>`, `%s`). A reference says where the secret is (`os.environ/KEY`, `op://`,
//! `vault:`, `ENC[`). Where this ends: what a value is worth, and whether it is a word, is asked elsewhere.

use aho_corasick::AhoCorasick;
use std::sync::OnceLock;

/// What a value is instead of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Says that it is none, or is masked.
    Fake,
    /// Counts up or repeats itself: no key, but somebody's password may.
    Pattern,
    /// Printed in some documentation.
    Published,
    /// Filled in later.
    Template,
    /// Says where the secret is.
    Reference,
}

impl Stand {
    /// Why such a value is refused, for people.
    pub fn why(self) -> &'static str {
        match self {
            Stand::Fake => "a placeholder",
            Stand::Pattern => "counts or repeats itself",
            Stand::Published => "a published example",
            Stand::Template => "a template",
            Stand::Reference => "a reference to a secret",
        }
    }
}

/// What `value` is instead of a secret; None if nothing says so.
pub fn stands_for(value: &[u8]) -> Option<Stand> {
    let value = value.trim_ascii();
    if is_reference(value) {
        return Some(Stand::Reference);
    }
    if is_template(value) {
        return Some(Stand::Template);
    }
    if is_published(value) {
        return Some(Stand::Published);
    }
    if is_masked(value) || is_marked(value) {
        return Some(Stand::Fake);
    }
    (is_repeated(value) || is_counting(value)).then_some(Stand::Pattern)
}

/// Words that no random value holds, letters only: the value is looked at without case and separators.
#[rustfmt::skip]
const IN_TOKENS: &[&str] = &[
    "example", "placeholder", "changeme", "changethis", "replaceme", "replacewith", "redacted", "removed", "dummy",
    "sample", "yourkey", "yourapi", "yourtoken", "yoursecret", "youraccess", "yourpass", "yourown", "insertyour",
    "notreal", "notasecret", "notavalid", "fakekey", "faketoken", "fakesecret", "fakeapi", "testkey", "testtoken",
    "testsecret", "mysecret", "secretkey", "accesstoken", "apikeyhere", "keyhere", "tokenhere", "foobar", "deadbeef",
    "qwerty", "abcdefgh", "loremipsum", "xxxxxx", "apikey", "randomapi", "invalidtoken", "invalidkey", "whatever",
];

/// Why a token (without its provider's prefix), or any value that should be random, is none; None if it may be one.
/// Stricter than [`stands_for`]: what would be a word of a password is none of a token's.
pub fn why(value: &[u8]) -> Option<&'static str> {
    let squeezed: Vec<u8> = value.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    if in_tokens().is_some_and(|words| words.is_match(&squeezed)) {
        return Some("a placeholder's word stands in it");
    }
    if longest_sequence(value) >= 8 || interleaved(value) >= 8 {
        return Some("it counts");
    }
    stands_for(value).map(Stand::why)
}

/// The search for [`IN_TOKENS`], made once. (Few short words: it can always be made.)
fn in_tokens() -> Option<&'static AhoCorasick> {
    static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    SEARCH.get_or_init(|| AhoCorasick::new(IN_TOKENS).ok()).as_ref()
}

/// Starts of values that name a place, in lower case.
#[rustfmt::skip]
const REFERENCES: &[&str] = &[
    "$env:", "env:", "env.", "env[", "env(", "env/", "environ", "process.env", "os.environ", "os.getenv", "getenv",
    "system.getenv", "std::env", "import.meta.env", "vault:", "vault://", "vault/", "op://", "ssm:", "ssm://",
    "arn:", "secretsmanager:", "aws-secret", "awssm:", "gcpsm:", "gcp-secret", "projects/", "azurekeyvault",
    "@microsoft.keyvault", "keyring:", "keychain:", "ref+", "ref:", "!ref", "!sub", "!vault", "!env", "!secret",
    "!getatt", "!importvalue", "file:", "/run/secrets/", "/var/run/", "enc[", "enc(", "{cipher}", "encrypted:", "encrypted_", "encrypted-",
    "$ansible_vault", "secret:", "secret://", "secrets.", "lookup(", "var.", "local.", "data.", "module.",
    "secretkeyref",
];

fn is_reference(value: &[u8]) -> bool {
    let starts =
        |prefix: &str| value.len() >= prefix.len() && value[..prefix.len()].eq_ignore_ascii_case(prefix.as_bytes());
    // `$NAME`, `$1`, `$(command)`; `$2a$`, `$6$` and their kin are hashes, which are refused elsewhere.
    let variable =
        matches!(value, [b'$', b'A'..=b'Z' | b'a'..=b'z' | b'_', rest @ ..] if rest.iter().all(is_name_byte));
    variable || matches!(value, [b'$', b'1'..=b'9' | b'@' | b'*']) || REFERENCES.iter().any(|p| starts(p))
}

fn is_name_byte(b: &u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-' | b'>' | b'[' | b']')
}

/// Pairs that enclose what is filled in later; anywhere in the value, or around all of it.
const OPENERS: [&[u8]; 9] = [b"${", b"$(", b"$[[", b"{{", b"<%", b"#{", b"@{", b"%(", b"%{"];
const AROUND: [(u8, u8); 6] = [(b'<', b'>'), (b'{', b'}'), (b'[', b']'), (b'%', b'%'), (b'@', b'@'), (b'`', b'`')];

fn is_template(value: &[u8]) -> bool {
    if OPENERS.iter().any(|open| memchr::memmem::find(value, open).is_some()) {
        return true;
    }
    if let [first, inner @ .., last] = value
        && !inner.is_empty()
        && AROUND.contains(&(*first, *last))
        && inner.iter().all(|b| b.is_ascii_alphanumeric() || b" _-.:,/|'\"()$!".contains(b) || !b.is_ascii())
    {
        return true;
    }
    // `__NAME__`, a whole `$NAME$`; and what a format fills in.
    let macro_name = matches!(value, [b'$', inner @ .., b'$'] if inner.len() >= 3
        && inner.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_'));
    if macro_name {
        return true;
    }
    let dunder = value.starts_with(b"__") && value.ends_with(b"__") && value.len() > 4;
    let formats: [&[u8]; 8] = [b"%s", b"%d", b"%v", b"%@", b"{}", b"{0}", b"{1}", b"%q"];
    dunder || formats.iter().any(|f| memchr::memmem::find(value, f).is_some() && value.len() <= f.len() + 12)
}

/// Words that say "not a secret" wherever they stand; the longer ones, for random values must not hold them by chance.
#[rustfmt::skip]
const ANYWHERE: &[&[u8]] = &[
    b"example", b"placeholder", b"changeme", b"change_me", b"change-me", b"changethis", b"change-this", b"changeit",
    b"replace", b"redacted", b"filtered", b"undefined", b"not-a-", b"not_a_", b"notreal", b"insecure-dev", b"your_",
    b"your-", b"_here", b"-here", b"dummy", b"xxxxxx", b"mysecret", b"my-secret", b"my_secret", b"lorem", b"foobar",
    b"deadbeef", b"to-be-", b"-abc123", b"goeshere",
];

/// Words that say so where they stand as words.
#[rustfmt::skip]
const AS_WORDS: &[&[u8]] = &[
    b"your", b"my", b"fake", b"mock", b"sample", b"todo", b"fixme", b"tbd", b"none", b"null", b"nil", b"hidden",
    b"masked", b"removed", b"censored", b"insert", b"enter", b"here", b"some", b"test", b"testing", b"tests",
    b"demo", b"invalid", b"wrong", b"notset", b"unset", b"unused", b"empty", b"default", b"stub", b"bogus", b"foo",
    b"bar", b"baz", b"secret",
];

fn is_marked(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    if ANYWHERE.iter().any(|word| memchr::memmem::find(&lower, word).is_some()) {
        return true;
    }
    // `your` and its kin: as words of the value, split as names are. A real password of words may hold one of them,
    // so two words are asked for, or one that is most of the value.
    let words = words(value);
    let marked: usize = words.iter().filter(|w| AS_WORDS.contains(&w.as_slice())).map(Vec::len).sum();
    marked * 2 >= lower.iter().filter(|b| b.is_ascii_alphabetic()).count().max(1) && marked > 0
        || words.first().is_some_and(|w| {
            matches!(w.as_slice(), b"your" | b"my" | b"fake" | b"mock" | b"dummy" | b"insert" | b"enter")
        }) && words.len() > 1
            && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' ' | b'.'))
}

/// The words of a value, in lower case: split at anything but letters and where a capital follows a small letter.
fn words(value: &[u8]) -> Vec<Vec<u8>> {
    let (mut all, mut word, mut before) = (Vec::new(), Vec::new(), 0u8);
    for &b in value {
        let seam = !b.is_ascii_alphabetic() || (b.is_ascii_uppercase() && before.is_ascii_lowercase());
        if seam && !word.is_empty() {
            all.push(std::mem::take(&mut word));
        }
        if b.is_ascii_alphabetic() {
            word.push(b.to_ascii_lowercase());
        }
        before = b;
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}

/// Masks: `********`, `xxxx`, `....`, `####`, `…`.
fn is_masked(value: &[u8]) -> bool {
    let (mut run, mut last) = (0, 0u8);
    for &b in value {
        run = if b == last { run + 1 } else { 1 };
        last = b;
        let enough = match b {
            b'*' | b'.' => 3,
            // A long random value may hold four of them by chance.
            b'x' | b'X' | b'#' | b'?' | b'-' | b'_' if value.len() < 24 => 4,
            _ if value.len() > 60 => 12,
            _ => 6,
        };
        if run >= enough && b != b' ' {
            return true;
        }
    }
    memchr::memmem::find(value, "…".as_bytes()).is_some() || memchr::memmem::find(value, "•".as_bytes()).is_some()
}

/// `abcabcabc`, `0123012301230123`, or hardly any different characters.
fn is_repeated(value: &[u8]) -> bool {
    let n = value.len();
    let mut seen = [false; 256];
    value.iter().for_each(|&b| seen[usize::from(b)] = true);
    let distinct = seen.iter().filter(|s| **s).count();
    let period = (1..=n / 2)
        .take(24)
        .any(|p| n >= 2 * p + usize::from(!n.is_multiple_of(p)) * 4 && value[p..] == value[..n - p]);
    (n >= 6 && (period || distinct <= 2)) || (n >= 16 && distinct <= 5)
}

/// `abcdef123456`, `0123456789`, `987654`, `qwertyuiop`: steps of one make up half of it.
fn is_counting(value: &[u8]) -> bool {
    const ROWS: [&[u8]; 4] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm", b"1234567890"];
    let step = |a: u8, b: u8| {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        let row = |row: &&[u8]| row.windows(2).any(|w| w == [a, b]);
        let near = a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && (b == a + 1 || a == b + 1);
        // Runs of hexadecimal digits count on from 9 to a.
        near || (a, b) == (b'9', b'a') || ROWS.iter().any(row)
    };
    let (mut run, mut counted) = (1, 0);
    for w in value.windows(2) {
        if step(w[0], w[1]) {
            run += 1;
        } else {
            counted += if run >= 4 { run } else { 0 };
            run = 1;
        }
    }
    counted += if run >= 4 { run } else { 0 };
    value.len() >= 6 && counted.max(interleaved(value)) * 2 >= value.len()
}

/// The longest stretch in which every second character counts up: `a1b2c3d4`; 0 if it is a short one.
fn interleaved(value: &[u8]) -> usize {
    let (mut best, mut run) = (0, 0);
    for w in value.windows(3) {
        let kinds = w[0].is_ascii_digit() != w[1].is_ascii_digit() && w.iter().all(u8::is_ascii_alphanumeric);
        let counts = w[2] == w[0].wrapping_add(1) || (w[0], w[2]) == (b'9', b'0');
        run = if kinds && counts { run + 1 } else { 0 };
        best = best.max(run);
    }
    if best >= 4 { best + 2 } else { 0 }
}

/// The longest stretch that counts up or down: 0123456789, abcdef, 987654; 9 goes on with 0.
fn longest_sequence(value: &[u8]) -> usize {
    let step = |a: u8, b: u8| match (a, b) {
        (b'9', b'0') => 1,
        (b'0', b'9') => -1,
        _ => i16::from(b.to_ascii_lowercase()) - i16::from(a.to_ascii_lowercase()),
    };
    let (mut best, mut up, mut down) = (1, 1, 1);
    for pair in value.windows(2) {
        let &[a, b] = pair else { continue };
        let by = step(a, b);
        up = if by == 1 { up + 1 } else { 1 };
        down = if by == -1 { down + 1 } else { 1 };
        best = best.max(up).max(down);
    }
    best
}

/// Published values, each in two pieces, so that no scanner takes this file for a leak.
const PUBLISHED: [(&str, &str); 27] = [
    // The walkthrough of OAuth signatures in Twitter's documentation.
    ("xvz1evFS4wE", "EPTGEFPHBog"),
    ("GmHxMAgYyLbNEtIK", "ZeRNFsMKPR9EyMZeS9weJAEb"),
    // AWS documentation; most of its examples say EXAMPLE.
    ("wJalrXUtnFEMI/K7MDENG", "/bPxRfiCY"),
    ("je7MtGbClwBF/2Zp9Utk", "/h3yCo8nvb"),
    // Storage and Cosmos DB emulators.
    ("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq", "/K1SZFPTOtr/KBHBeksoGMGw"),
    ("C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw", "/Jw"),
    // reCAPTCHA's test secret.
    ("6LeIxAcTAAAAAGG-", "vFI1TnRWxMZNFuojJ4WifJWe"),
    // The OAuth and HTTP standards.
    ("czZCaGRSa3F0Mz", "pnWDFmQmF0M2JW"),
    ("QWxhZGRpbjpvcGVu", "IHNlc2FtZQ"),
    ("gX1fB", "at3bV"),
    ("7Fjfp0ZBr1KtD", "RbnfVdmIw"),
    ("mF_9.B5f", "-4.1JqM"),
    ("2YotnFZFEjr1", "zCsicMWpAA"),
    ("tGzv3JOkF0XG", "5Qx2TlKWIA"),
    ("kd94hf93", "k423kf44"),
    ("pfkkdhi9", "sl3r4s00"),
    ("dpf43f3p", "2l4k3l03"),
    ("nnch734d", "00sl2jdk"),
    ("kkk9d7dh", "3k39sjv7"),
    ("0685bd91", "84jfhq22"),
    ("9djdj82h", "48djs9d2"),
    ("werxhqb98rpaxn39848", "xrunpaw3489ruxnpa98w4rxn"),
    // The manual of Rust's registry client.
    ("854DvwSlUwEHtIo3", "kWy6x7UCPKHfzCmy"),
    // Stripe's and Google's documentation, without the prefix.
    ("4eC39HqLyjWD", "arjtT1zdp7dc"),
    ("BQokikJOvBiI", "2HlWgH4olfQ2"),
    ("tR3PYbcVNZZ7", "96tH88S4VQ2u"),
    ("SyDaGmWKa4JsXZ-Hj", "Gw7ISLn_3namBGewQe"),
];

fn is_published(value: &[u8]) -> bool {
    PUBLISHED.iter().any(|(a, b)| {
        memchr::memmem::find(value, a.as_bytes()).is_some_and(|at| value[at + a.len()..].starts_with(b.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_recognised() {
        for (value, stand) in [
            ("AKIAIOSFODNN7EXAMPLE", Stand::Fake),
            ("changeme", Stand::Fake),
            ("your-api-key-here", Stand::Fake),
            ("YOUR_API_TOKEN", Stand::Fake),
            ("yourApiKey", Stand::Fake),
            ("xxxxxxxxxxxx", Stand::Fake),
            ("tok_live_XXXXXXXX", Stand::Fake),
            ("********", Stand::Fake),
            ("test-key", Stand::Fake),
            ("<your key>", Stand::Template),
            ("[your_key_here]", Stand::Template),
            ("${API_KEY}", Stand::Template),
            ("${{ secrets.API_KEY }}", Stand::Template),
            ("$(cat /run/key)", Stand::Template),
            ("{{ api_key }}", Stand::Template),
            ("%(api_key)s", Stand::Template),
            ("__API_KEY__", Stand::Template),
            ("$API_KEY", Stand::Reference),
            ("os.environ/MISTRAL_API_KEY", Stand::Reference),
            ("op://vault/item/field", Stand::Reference),
            ("vault:secret/data/app#key", Stand::Reference),
            ("ENC[AES256_GCM,data:abc]", Stand::Reference),
            ("0123456789abcdef", Stand::Pattern),
            ("abcdef123456", Stand::Pattern),
            ("abcabcabcabc", Stand::Pattern),
            ("00000000000000000000000000000000", Stand::Fake),
            (concat!("wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYzzz"), Stand::Published),
        ] {
            assert_eq!(stands_for(value.as_bytes()), Some(stand), "{value}");
        }
    }

    #[test]
    fn secrets_stand_for_themselves() {
        for value in [
            "q8Zt2LmX9vRb4KcW7yHs",
            "hunter2",
            "Tr0ub4dor&3",
            "correct-horse",
            "P@ssw0rd",
            "$kd92Lq!",
            "Wq7!rTn2#vLp",
            "k1ngf1sher",
            "9f86d081884c7d659a2feaa0c55ad015",
            "Herr1ng&Gull",
            "hJ7$kd92Lq",
            "",
        ] {
            assert_eq!(stands_for(value.as_bytes()), None, "{value}");
        }
    }

    #[test]
    fn fakes() {
        for fake in [
            "IOSFODNN7EXAMPLE",
            "your_api_key_here_0000",
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "1234567890abcdef",
            "abababababababab",
            "aB3dE6aB3dE6aB3dE6aB3dE6",
            "k9********3f",
            "00000000000000000000",
            "qwertyuiopasdfghjkl1",
            "9876543210zyx",
        ] {
            assert!(why(fake.as_bytes()).is_some(), "{fake}");
        }
    }

    #[test]
    fn real_ones() {
        for real in ["q8Zk2vXb7Lw0Rn5Tc9Yd3Hs6JmA", "7f3a9c1e5b2d8046f1a3", "Zk2+vXb/7Lw0Rn5Tc9Yd3Hs6JmAq8PoIuYtReWqL"]
        {
            assert_eq!(why(real.as_bytes()), None, "{real}");
        }
    }
}
