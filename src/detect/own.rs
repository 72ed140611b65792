//! What a token's own line says of it before anybody asks whose it is: whether it is a sum or an id, and whether its
//! file's name could make it a key. Bytes alone, since every hash in a lock file is asked.

use std::ops::Range;

/// How far before a token its name may begin.
const REACH: usize = 120;
/// What a file that is a key holds besides.
const BESIDE: usize = 80;
/// Lines of encoded blocks are at least so long.
const LINE: usize = 48;
/// A line of encoded bytes is no longer than this.
const WIDE: usize = 4 << 10;
/// Longer files hold more than a list of keys.
const SHORT: usize = 4 << 10;

/// Last words of names that are a sum's, a version's or an id's.
const SUMS: [&str; 33] = [
    "sha",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "crc",
    "crc32",
    "blake2b",
    "blake3",
    "sum",
    "sums",
    "checksum",
    "checksums",
    "hash",
    "hashes",
    "digest",
    "integrity",
    "commit",
    "revision",
    "rev",
    "etag",
    "fingerprint",
    "thumbprint",
    "guid",
    "uuid",
    "oid",
    "shasum",
    "sha256sum",
    "h1",
    "treeish",
    "gitsha",
];

/// Words of names that are a secret's.
const SECRETS: [&str; 12] = [
    "key",
    "token",
    "secret",
    "auth",
    "bearer",
    "authorization",
    "pass",
    "password",
    "pat",
    "credential",
    "cred",
    "apikey",
];

/// Whether what the token is bound to, on its own line, says that it is a sum or an id.
pub(super) fn is_sum(text: &[u8], span: &Range<usize>) -> bool {
    let before = before(text, span.start);
    if is_block_line(before, text, span) {
        return true;
    }
    if let Some(name) = name(before) {
        let mut words: Vec<&[u8]> = words(name).collect();
        let last = words.pop().unwrap_or(name);
        let is = |word: &[u8], text: &str| word.eq_ignore_ascii_case(text.as_bytes());
        let of_key = words.last().is_some_and(|word| is(word, "key") || is(word, "access"));
        return SUMS.iter().any(|sum| is(last, sum)) || is(last, "id") && !of_key;
    }
    let is_hex = text[span.clone()].iter().all(|b| b.is_ascii_hexdigit() || *b == b'-');
    is_hex && (is_address(before) || is_listed(before, text, span.end))
}

/// Whether it is a piece of an address that names a version: `#5f3a...`, `checkout@5f3a...`, `/commit/5f3a...`.
fn is_address(before: &[u8]) -> bool {
    match before {
        [.., b'#'] => true,
        [.., a, b'@'] => a.is_ascii_alphanumeric(),
        _ => [&b"/commit/"[..], b"/commits/", b"/blob/", b"/tree/", b"/raw/", b"commit ", b"..."]
            .iter()
            .any(|sign| before.ends_with(sign)),
    }
}

/// Whether it is one of several lines of encoded bytes: a certificate's.
fn is_block_line(before: &[u8], text: &[u8], span: &Range<usize>) -> bool {
    let is_bare = before.iter().all(|b| matches!(b, b' ' | b'\t' | b'#' | b'*' | b'"'));
    let is_encoded = |line: &[u8]| {
        let line = line.trim_ascii();
        line.len() >= span.len() && line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    };
    // Lines of encoded bytes are short: a line of megabytes is not gone through for each token on it.
    let from = span.end + text[span.end..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
    let ends = text.get(from).is_none_or(|b| *b == b'\n');
    if span.len() < LINE || !is_bare || !ends {
        return false;
    }
    let above = text[..span.start - before.len()].strip_suffix(b"\n");
    let above = above.map(|above| &above[above.len().saturating_sub(WIDE)..]);
    let above = above.map(|above| &above[memchr::memrchr(b'\n', above).map_or(0, |at| at + 1)..]);
    let below = text.get(from + 1..).map(|below| &below[..below.len().min(WIDE)]);
    let below = below.map(|below| &below[..memchr::memchr(b'\n', below).unwrap_or(below.len())]);
    above.is_some_and(is_encoded) || below.is_some_and(is_encoded)
}

/// Whether it is a line of a list of sums: the sum, two spaces (or one and `*`), a file.
fn is_listed(before: &[u8], text: &[u8], end: usize) -> bool {
    before.is_empty() && matches!(text.get(end..), Some([b' ', b' ' | b'*', next, ..]) if next.is_ascii_graphic())
}

/// Whether the path alone could make it a key: it is nearly all that the file holds, or its slot is a secret's.
pub(super) fn may_be_filed(text: &[u8], span: &Range<usize>) -> bool {
    if text.trim_ascii().len().saturating_sub(span.len()) <= BESIDE {
        return true;
    }
    match name(before(text, span.start)) {
        Some(name) => words(name).any(|word| SECRETS.iter().any(|s| word.eq_ignore_ascii_case(s.as_bytes()))),
        None => text.len() <= SHORT,
    }
}

/// What stands before the token on its line.
fn before(text: &[u8], start: usize) -> &[u8] {
    let near = &text[start.saturating_sub(REACH)..start];
    memchr::memrchr2(b'\n', b'\r', near).map_or(near, |at| &near[at + 1..])
}

/// The name that a value behind this is bound to: `name = "`, `name: `, `name=>`.
fn name(before: &[u8]) -> Option<&[u8]> {
    let value = trim(before, |b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\t'));
    let sign = trim(value, |b| matches!(b, b'=' | b':' | b'>' | b'-'));
    let bound = value.len() > sign.len() && memchr::memchr3(b'=', b':', b'>', &value[sign.len()..]).is_some();
    let left = trim(sign, |b| matches!(b, b'"' | b'\'' | b'`' | b'\\' | b' ' | b'\t' | b']' | b')' | b'?'));
    let length = left.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    let name = &left[left.len() - length..];
    // `--id VALUE`
    let is_flag = name.starts_with(b"--") && value.len() == sign.len() && before.len() > value.len();
    (length > 0 && (bound || is_flag)).then_some(name)
}

fn trim(text: &[u8], is: impl Fn(u8) -> bool) -> &[u8] {
    &text[..text.len() - text.iter().rev().take_while(|b| is(**b)).count()]
}

/// What signs and changes from lower to upper case part in a name.
fn words(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let pieces = name.split(|b| matches!(b, b'_' | b'-' | b'.')).filter(|piece| !piece.is_empty());
    pieces.flat_map(|piece| piece.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUM: &str = "865cfbe8e9c0db29e748dca4bd41d172865cfbe8";

    fn of(line: &str) -> (Vec<u8>, Range<usize>) {
        let at = line.find('@').unwrap_or(0);
        (line.replacen('@', SUM, 1).into_bytes(), at..at + SUM.len())
    }

    #[test]
    fn sums_are_told_by_their_line() {
        for line in [
            "checksum = \"@\"",
            "  \"gitSha\": \"x\", packageSha256: '@'",
            "--hash=sha256:@",
            "MD5 => @",
            "x.tgz#@\"",
            "see https://host/a/commit/@",
            "@  dist/a.whl",
            "@ *dist/a.whl",
            "commit @",
            "\"etag\": \"@\"",
        ] {
            let (text, span) = of(line);
            assert!(is_sum(&text, &span), "{line}");
        }
        for line in [
            "hash_key = \"@\"",
            "token: @",
            "@",
            "Authorization: Token @",
            "https://host/v1/@/x",
            "key @",
            "--api-key @",
        ] {
            let (text, span) = of(line);
            assert!(!is_sum(&text, &span), "{line}");
        }
    }

    #[test]
    fn a_path_can_speak_for_a_lone_or_secret_slot() {
        let much = "words of a text\n".repeat(400);
        let filed = |line: &str| {
            let (text, span) = of(line);
            may_be_filed(&[text.as_slice(), b"\n", much.as_bytes()].concat(), &span)
        };
        assert!(filed("apiToken = '@'") && filed("x-api-key: @") && !filed("author = '@'") && !filed("see @ there"));
        let (text, span) = of(" @\n");
        assert!(may_be_filed(&text, &span));
    }
}
