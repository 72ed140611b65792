//! Credentials in URLs: `scheme://user:password@host`, and a token alone before the `@`.

mod value;

use super::hits::Hits;
use super::{Evidence, Match, Place, assign};
use crate::blob::Kind;
use crate::finding::Secret;
use crate::rule::{Confidence, Rule};
use std::ops::Range;
use std::sync::Arc;

/// The longest scheme, and the longest text before the `@`.
const SCHEME: usize = 32;
const USERINFO: usize = 2048;

/// Schemes whose passwords people write with `/`, `#` and `?` in them, unescaped, and without a user.
const DATABASES: &str = "postgres postgresql mysql mysql2 mariadb mongodb mongodb+srv redis rediss amqp amqps mssql \
                         sqlserver clickhouse cockroachdb oracle couchbase ldap ldaps";

/// Schemes that name a node by its public key.
const PUBLIC: &str = "enode enrtree enr";

/// Passwords that say that the user is a token.
const TOKEN_PASSWORDS: &str = "x-oauth-basic x-token-auth x";

/// A URL with something before an `@`.
struct Url {
    scheme: Range<usize>,
    /// The scheme is one of [`DATABASES`].
    database: bool,
    user: Range<usize>,
    /// None: no colon.
    password: Option<Range<usize>>,
    host: Range<usize>,
}

/// Looks at the URL whose `://` stands at `at`.
pub(super) fn look(rule: &Arc<Rule>, (text, place): (&[u8], Place<'_>), at: usize, hits: &mut Hits) {
    let Some(url) = read(text, at).filter(|url| !one_of(&text[url.scheme.clone()], PUBLIC)) else { return };
    // A repository's configuration is used, whatever its hosts are called: no manual.
    let host = if place.kind == Kind::Config { b"used." } else { &text[url.host.clone()] };
    let password = url.password.clone().filter(|p| !one_of(&text[p.clone()], TOKEN_PASSWORDS));
    let (value, confidence, reason) = match password {
        Some(password) => {
            let user = (url.database || url.user.end > url.user.start).then(|| &text[url.user.clone()]);
            let confidence = value::password(&text[password.clone()], user, host);
            (password, confidence, "a password stands before the host")
        }
        None => {
            let after = &text[url.host.end..];
            let confidence = value::token(&text[url.user.clone()], host, after);
            (url.user.clone(), confidence, "a token stands before the host")
        }
    };
    // What a published package writes into its documentation opens nothing of whoever uses it.
    let foreign = assign::is_foreign(place.path);
    match confidence.map(|c| if foreign && c == Confidence::Medium { Confidence::Low } else { c }) {
        Err(why) => hits.refuse(rule, value.clone(), || why.to_owned()),
        Ok(confidence) => hits.matches.push(Match {
            rule: rule.clone(),
            title: None,
            span: value.clone(),
            secret: Secret::new(percent_decoded(&text[value.clone()])),
            confidence: confidence.min(rule.spec.confidence.unwrap_or(Confidence::High)),
            evidence: vec![Evidence { reason: reason.into(), span: Some(url.scheme.start..url.host.end) }],
        }),
    }
}

fn read(text: &[u8], at: usize) -> Option<Url> {
    let scheme = scheme(text, at)?;
    let start = at + 3;
    let rest = &text[start..text.len().min(start + USERINFO)];
    let database = one_of(&text[scheme.clone()], DATABASES);
    // Where another URL begins, this one has ended.
    let rest = &rest[..memchr::memmem::find(rest, b"://").unwrap_or(rest.len())];
    let end = rest.iter().position(|b| ends_url(*b)).unwrap_or(rest.len());
    let path = rest[..end].iter().position(|b| b"/?#".contains(b)).unwrap_or(end);
    // Without an `@` before the path it may stand in a password with a `/`, if no port came first.
    let authority = match memchr::memrchr(b'@', &rest[..path]) {
        Some(sign) => sign,
        None if database => unescaped_password(&rest[..end])?,
        None => return None,
    };
    let userinfo = &rest[..authority];
    let colon = memchr::memchr(b':', userinfo);
    let host_len = text[start + authority + 1..]
        .iter()
        .take(256)
        .take_while(|b| b.is_ascii_alphanumeric() || b".-_[]:".contains(b) || !b.is_ascii())
        .count();
    let host = start + authority + 1..start + authority + 1 + host_len;
    Some(Url {
        scheme,
        database,
        user: start..start + colon.unwrap_or(authority),
        password: colon.map(|c| start + c + 1..start + authority),
        host,
    })
}

fn scheme(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = &text[at.saturating_sub(SCHEME)..at];
    let len = before.iter().rev().take(256).take_while(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b)).count();
    let start = at - len;
    let letter = text[start..at].iter().position(u8::is_ascii_alphabetic)?;
    Some(start + letter..at)
}

fn unescaped_password(rest: &[u8]) -> Option<usize> {
    let sign = memchr::memrchr(b'@', rest)?;
    let (_, password) = rest[..sign].split_at_checked(memchr::memchr(b':', &rest[..sign])? + 1)?;
    let head = password.split(|b| b"/?#".contains(b)).next()?;
    // host:5432/path@thing
    (!head.is_empty() && !head.iter().all(u8::is_ascii_digit)).then_some(sign)
}

fn ends_url(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f || b"\"'`<>\\".contains(&byte)
}

/// Whether the value is one of the words of a list, whatever its case.
fn one_of(value: &[u8], list: &str) -> bool {
    list.split_ascii_whitespace().any(|word| word.as_bytes().eq_ignore_ascii_case(value))
}

fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).map(|d| d as u8);
    let (mut out, mut i) = (Vec::with_capacity(value.len()), 0);
    while let Some(&byte) = value.get(i) {
        match (byte, digit(value.get(i + 1)), digit(value.get(i + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push(high << 4 | low);
                i += 3;
            }
            _ => {
                out.push(byte);
                i += 1;
            }
        }
    }
    out
}
