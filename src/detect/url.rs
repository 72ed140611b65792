//! Credentials in URLs: `scheme://user:password@host`, and a token alone before the `@`.

use super::hits::Hits;
use super::{Evidence, Match, entropy, placeholder};
use crate::blob::Kind;
use crate::finding::Secret;
use crate::rule::{Confidence, Rule};
use std::ops::Range;
use std::sync::Arc;

/// The longest scheme, and the longest text before the `@`.
const SCHEME: usize = 32;
const USERINFO: usize = 2048;

/// Schemes whose passwords people write with `/`, `#` and `?` in them, unescaped.
const DATABASES: &[&[u8]] = &[
    b"postgres",
    b"postgresql",
    b"mysql",
    b"mysql2",
    b"mariadb",
    b"mongodb",
    b"mongodb+srv",
    b"redis",
    b"rediss",
    b"amqp",
    b"amqps",
    b"mssql",
    b"sqlserver",
    b"clickhouse",
    b"cockroachdb",
    b"oracle",
    b"couchbase",
    b"ldap",
    b"ldaps",
];

/// Users that stand beside a token, and passwords that say that the user is one.
const TOKEN_PASSWORDS: &[&[u8]] = &[b"x-oauth-basic", b"x-token-auth", b"x"];

/// Passwords of manuals and of containers' first starts.
const WEAK: &[&[u8]] = &[
    b"pass",
    b"password",
    b"passwd",
    b"pwd",
    b"pw",
    b"secret",
    b"secrets",
    b"changeme",
    b"change_me",
    b"test",
    b"tests",
    b"testing",
    b"admin",
    b"root",
    b"user",
    b"username",
    b"guest",
    b"demo",
    b"default",
    b"postgres",
    b"mysql",
    b"mongo",
    b"redis",
    b"rabbitmq",
    b"rabbit",
    b"token",
    b"mypassword",
    b"mypass",
    b"my_password",
    b"my-password",
    b"mypwd",
    b"yourpassword",
    b"your_password",
    b"your-password",
    b"foo",
    b"bar",
    b"baz",
    b"foobar",
    b"qux",
    b"hunter2",
    b"letmein",
    b"dev",
    b"local",
    b"p",
    b"pass1",
    b"pass123",
    b"password1",
    b"password123",
    b"1234",
    b"12345",
    b"123456",
    b"12345678",
    b"secret123",
    b"s3cret",
    b"p4ssw0rd",
    b"p@ssw0rd",
    b"passw0rd",
    b"db_password",
    b"dbpassword",
    b"dbpass",
    b"db_pass",
    b"api_key",
    b"apikey",
    b"key",
    b"abc",
    b"abc123",
    b"xxx",
    b"xxxx",
    b"somepassword",
    b"some_password",
    b"thepassword",
    b"userpassword",
    b"user_password",
    b"pswd",
    b"hello",
    b"world",
    b"nopass",
    b"redacted",
    b"hidden",
    b"masked",
    b"example",
];

/// A URL with something before an `@`.
struct Url {
    scheme: Range<usize>,
    user: Range<usize>,
    /// None: no colon.
    password: Option<Range<usize>>,
    host: Range<usize>,
    /// It stands where a program takes it from, not in a manual.
    is_used: bool,
}

/// Looks at the URL whose `://` stands at `at`.
pub(super) fn look(rule: &Arc<Rule>, (text, kind): (&[u8], Kind), at: usize, hits: &mut Hits) {
    let Some(mut url) = read(text, at) else { return };
    url.is_used = kind == Kind::Config;
    let (value, confidence, reason) = match &url.password {
        Some(password) if TOKEN_PASSWORDS.contains(&&text[password.clone()]) => {
            (&url.user, token_alone(text, &url), "a token stands before the host")
        }
        Some(password) => (password, password_in(text, &url, password), "a password stands before the host"),
        None => (&url.user, token_alone(text, &url), "a token stands before the host"),
    };
    match confidence {
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
    let database = DATABASES.iter().any(|d| text[scheme.clone()].eq_ignore_ascii_case(d));
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
    let host_len = rest[authority + 1..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || b".-_[]:".contains(b) || !b.is_ascii())
        .count();
    let host = start + authority + 1..start + authority + 1 + host_len;
    Some(Url {
        scheme,
        user: start..start + colon.unwrap_or(authority),
        password: colon.map(|c| start + c + 1..start + authority),
        host,
        is_used: false,
    })
}

fn scheme(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = &text[at.saturating_sub(SCHEME)..at];
    let len = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || b"+.-".contains(b)).count();
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

/// Whether a password is one, and how sure.
fn password_in(text: &[u8], url: &Url, password: &Range<usize>) -> Result<Confidence, &'static str> {
    let (value, user) = (&text[password.clone()], &text[url.user.clone()]);
    if value.is_empty() {
        return Err("there is no password");
    }
    if url.host.is_empty() {
        return Err("no host follows");
    }
    template(value).or_else(|| template(user)).map_or(Ok(()), Err)?;
    if placeholder::why(value).is_some() {
        return Err("the password is a placeholder");
    }
    let decoded = percent_decoded(value).to_ascii_lowercase();
    let weak = WEAK.contains(&decoded.as_slice()) || value.eq_ignore_ascii_case(user) || value.len() < 4;
    Ok(match (weak, strong(value), nowhere(text, url)) {
        (true, ..) => Confidence::Low,
        (false, true, Host::Somewhere) => Confidence::High,
        (false, true, Host::Local) => Confidence::Medium,
        (false, false, Host::Somewhere) => Confidence::Medium,
        (false, false, Host::Local) | (false, _, Host::Example) => Confidence::Low,
    })
}

/// Whether what stands alone before the `@` is a token.
fn token_alone(text: &[u8], url: &Url) -> Result<Confidence, &'static str> {
    let value = &text[url.user.clone()];
    if value.len() < 20 || entropy::shannon(value) < 3.5 || !value.iter().any(u8::is_ascii_digit) {
        return Err("a user's name, no token");
    }
    template(value).map_or(Ok(()), Err)?;
    if placeholder::why(value).is_some() {
        return Err("the token is a placeholder");
    }
    let host = &text[url.host.clone()];
    // A Sentry DSN holds a public key.
    let dsn = memchr::memmem::find(host, b"sentry").is_some()
        || text.get(url.host.end) == Some(&b'/') && {
            let path = text[url.host.end + 1..].iter().take(24).take_while(|b| b.is_ascii_digit()).count();
            path > 0
                && !text.get(url.host.end + 1 + path).is_some_and(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(b))
        };
    Ok(match nowhere(text, url) {
        _ if dsn => Confidence::Low,
        Host::Somewhere => Confidence::Medium,
        _ => Confidence::Low,
    })
}

/// Why a value is filled in elsewhere.
fn template(value: &[u8]) -> Option<&'static str> {
    let has = |what: &[u8]| memchr::memmem::find(value, what).is_some();
    let sign = |n: usize| value.get(n..).unwrap_or_default();
    let named = |rest: &[u8]| rest.first().is_some_and(|b| b.is_ascii_alphabetic() || b"_{(".contains(b));
    let dollar = memchr::memchr(b'$', value).is_some_and(|i| {
        i == 0 && named(sign(i + 1)) || sign(i + 1).starts_with(b"{") || sign(i + 1).starts_with(b"(")
    });
    if dollar || has(b"{{") || has(b"#{") || value.starts_with(b"{") && value.ends_with(b"}") || has(b"{}") {
        return Some("it is filled in elsewhere");
    }
    if value == b"%s" || value.starts_with(b"%(") || value.starts_with(b"%{") || value == b"%v" || value == b"%d" {
        return Some("it is filled in elsewhere");
    }
    if value.starts_with(b"[") && value.ends_with(b"]")
        || value.starts_with(b"(")
        || has(b"[^")
        || has(b".*")
        || has(b".+")
    {
        return Some("it is a pattern");
    }
    (value.contains(&b'*') || has("…".as_bytes()) || has(b"...")).then_some("it is masked")
}

/// Long and mixed: nobody's demonstration.
fn strong(value: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| usize::from(value.iter().any(test));
    let classes = has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|b| !b.is_ascii_alphanumeric());
    value.len() >= 8 && classes >= 2 && entropy::shannon(value) >= 2.8
        || value.len() >= 16 && entropy::shannon(value) >= 3.3
}

enum Host {
    Somewhere,
    /// This machine, or a container beside it.
    Local,
    /// A host of manuals.
    Example,
}

fn nowhere(text: &[u8], url: &Url) -> Host {
    let host = text[url.host.clone()].to_ascii_lowercase();
    let name = match host.strip_prefix(b"[") {
        Some(_) => host.as_slice(),
        None => host.split(|b| *b == b':').next().unwrap_or_default(),
    };
    let ends = |tail: &[&[u8]]| tail.iter().any(|t| name.ends_with(t));
    let domain = |d: &[u8]| name == d || name.strip_suffix(d).is_some_and(|head| head.ends_with(b"."));
    if [
        &b"example.com"[..],
        b"example.org",
        b"example.net",
        b"example",
        b"invalid",
        b"test",
        b"domain.com",
        b"yourdomain.com",
        b"mydomain.com",
        b"foo.com",
        b"foo.bar",
        b"bar.com",
        b"host.com",
        b"server.com",
        b"site.com",
        b"company.com",
        b"acme.com",
        b"hostname",
        b"host",
        b"somehost",
        b"myhost",
        b"yourhost",
    ]
    .iter()
    .any(|d| domain(d))
    {
        return if url.is_used { Host::Somewhere } else { Host::Example };
    }
    let local = name.is_empty()
        || !name.contains(&b'.')
        || ends(&[b".local", b".localhost", b".internal", b".localdomain"])
        || name.starts_with(b"127.")
        || name == b"0.0.0.0"
        || name.starts_with(b"[");
    if local { Host::Local } else { Host::Somewhere }
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
