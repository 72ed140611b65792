//! Values for the patterns of labelled cases: drawn at random, the same ones each time.

use crate::labelled::template::{ALNUM, BASE64, Draw, HEX, base64};
use std::fmt::Write as _;

/// A value of this pattern, for this case.
pub fn value(case: &str, pattern: &str) -> String {
    let mut draw = Draw::of(&format!("{case} {pattern}"));
    let pattern = pattern.replace('~', "");
    match pattern.strip_prefix('@') {
        Some(format) => {
            let (kind, argument) = format.split_once(' ').unwrap_or((format, ""));
            special(&mut draw, kind, argument.trim()).unwrap_or_else(|| panic!("{case}: what is {pattern}?"))
        }
        None => classes(&mut draw, &pattern),
    }
}

/// Text with character classes, each with a count.
fn classes(draw: &mut Draw, pattern: &str) -> String {
    let mut out = String::new();
    let mut rest = pattern.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => out.extend(rest.next()),
            '[' => {
                let class = class(&mut rest);
                let mut count = String::new();
                if rest.next_if_eq(&'{').is_some() {
                    count.extend(std::iter::from_fn(|| rest.next_if(|c| *c != '}')));
                    rest.next();
                }
                out.push_str(&draw.from(class.as_bytes(), count.parse().unwrap_or(1)));
            }
            c => out.push(c),
        }
    }
    out
}

/// The characters of a class; its opening bracket is read.
fn class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut all = String::new();
    while let Some(c) = rest.next().filter(|c| *c != ']') {
        let first = if c == '\\' { rest.next().unwrap_or(c) } else { c };
        let mut ahead = rest.clone();
        let last = (ahead.next() == Some('-')).then(|| ahead.next()).flatten().filter(|c| *c != ']');
        match last {
            Some(last) if c != '\\' => {
                rest.nth(1);
                all.extend(first..=last);
            }
            _ => all.push(first),
        }
    }
    all
}

/// Formats with a checksum or an inner structure.
fn special(draw: &mut Draw, kind: &str, argument: &str) -> Option<String> {
    let number = || argument.parse::<usize>().ok();
    let url_safe =
        |bytes: &[u8]| unpadded(&String::from_utf8_lossy(&base64(bytes))).replace('+', "-").replace('/', "_");
    Some(match kind {
        "github" => checked(draw, argument),
        "npm" => checked(draw, "npm_"),
        "github-fine" => format!("github_pat_{}_{}", draw.from(ALNUM, 22), draw.from(ALNUM, 59)),
        "jwt" => {
            let claims =
                format!("{{\"sub\":\"{}\",\"name\":\"{}\"}}", draw.from(b"0123456789", 9), draw.from(ALNUM, 8));
            let signature = draw.bytes(32);
            let parts = [br#"{"alg":"HS256","typ":"JWT"}"#, claims.as_bytes(), &signature];
            parts.map(url_safe).join(".")
        }
        "pem" => pem(draw, argument),
        "uuid" => [8, 4, 4, 4, 12].map(|n| draw.from(HEX, n)).join("-"),
        "b64" => String::from_utf8(base64(&draw.bytes(number()?))).ok()?,
        "b64url" => url_safe(&draw.bytes(number()?)),
        "crockford" => draw.from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", number()?),
        "words" => (0..number()?).map(|_| WORDS[draw.below(WORDS.len())]).collect::<Vec<_>>().join("-"),
        _ => return None,
    })
}

const WORDS: [&str; 12] = [
    "copper", "orbit", "meadow", "lantern", "rocket", "saddle", "walnut", "harbor", "puzzle", "mirror", "canyon",
    "violet",
];

fn unpadded(text: &str) -> &str {
    text.trim_end_matches('=')
}

/// 30 characters and their CRC-32 in base 62, as GitHub and npm write them.
fn checked(draw: &mut Draw, prefix: &str) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = draw.from(ALNUM, 30);
    let mut sum = crc32fast::hash(body.as_bytes()) as usize;
    let mut tail = [b'0'; 6];
    for digit in tail.iter_mut().rev() {
        *digit = DIGITS[sum % 62];
        sum /= 62;
    }
    format!("{prefix}{body}{}", String::from_utf8_lossy(&tail))
}

/// A block of this kind, with a body that begins as such a body does.
fn pem(draw: &mut Draw, kind: &str) -> String {
    let (head, size): (&[u8], usize) = match kind {
        "OPENSSH PRIVATE KEY" => (b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01", 399),
        "EC PRIVATE KEY" => (b"\x30\x77\x02\x01\x01\x04\x20", 121),
        "PUBLIC KEY" => (b"\x30\x82\x01\x22\x30\x0d\x06\x09", 294),
        "CERTIFICATE" => (b"\x30\x82\x03\x80\x30\x82\x02\x68", 900),
        _ => (b"\x30\x82\x04\xa2\x02\x01\x00", 1190),
    };
    let body = [head, &draw.bytes(size - head.len())].concat();
    let mut out = format!("-----BEGIN {kind}-----\n");
    for line in base64(&body).chunks(64) {
        let _ = writeln!(out, "{}", String::from_utf8_lossy(line));
    }
    out + &format!("-----END {kind}-----")
}

#[test]
fn patterns_are_what_they_say() {
    assert_eq!(value("c", r"a~b\[[x]{3}[\]]-[a]"), "ab[xxx]-a");
    let drawn = value("c", "k_[A-C0-1_-]{40}");
    assert!(drawn.strip_prefix("k_").is_some_and(|t| t.len() == 40 && t.bytes().all(|b| b"ABC01_-".contains(&b))));
    assert_eq!(drawn, value("c", "k_[A-C0-1_-]{40}"));
    assert_eq!(value("c", "@jwt").split('.').count(), 3);
    assert_eq!(value("c", &format!("@github {}", "ghp_")).len(), 40);
    assert_eq!(value("c", "@b64 24").len(), 32);
    assert!(!BASE64.is_empty());
}
