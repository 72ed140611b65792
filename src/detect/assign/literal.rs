//! Reads the value at a place: a quoted literal, or a bare word as the file's syntax writes it.

use super::context::Syntax;
use std::ops::Range;

/// The longest value that is read.
const LONGEST: usize = 512;

/// A value as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Without its quotes.
    pub(super) span: Range<usize>,
    pub(super) quoted: bool,
}

/// The byte at `at`; NUL past the end.
pub(super) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}

/// Behind spaces and tabs.
pub(super) fn solid(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(200).take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// Behind space of any kind, a few lines at most.
pub(super) fn solid_over_lines(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(200).take_while(|b| b.is_ascii_whitespace()).count()
}

pub(super) fn is_quote(b: u8) -> bool {
    matches!(b, b'"' | b'\'' | b'`')
}

/// Calls around a literal that change nothing about it.
#[rustfmt::skip]
const WRAPPERS: &[&[u8]] = &[
    b"std::string(", b"string(", b"Buffer.from(", b"bytes(", b"[]byte(", b"base64.b64decode(", b"bytes.fromhex(",
    b"String::from(", b"Some(", b"SecretStr(", b"SecretString(", b"SecretString::from(", b"SecretString::new(",
    b"Secret(", b"Secret.from_token(", b"Secret::new(", b"new String(", b"String(", b"str(", b"Password(",
    b"SecureString(", b"ConvertTo-SecureString ", b"(ConvertTo-SecureString ", b"ptr(", b"aws.String(",
    b"to_string(", b"Just(", b"<<", b"atob(", b"base64_decode(", b"Base64.decode64(", b"(", b"[", b"\\",
];

/// A quoted literal at `at`, behind a literal's prefix or a harmless call.
pub(super) fn quoted(text: &[u8], at: usize) -> Option<Literal> {
    let mut at = solid(text, at);
    for wrapper in WRAPPERS {
        if text.get(at..).is_some_and(|rest| rest.starts_with(wrapper)) {
            at = solid(text, at + wrapper.len());
            break;
        }
    }
    at = hashed(text, at);
    if let Some(literal) = braced(text, at) {
        return Some(literal);
    }
    let prefix = text
        .get(at..)?
        .iter()
        .take(3)
        .take_while(|b| matches!(**b, b'f' | b'r' | b'b' | b'u' | b'L' | b'@' | b'$' | b'N' | b'#'));
    let open = at + prefix.count();
    let quote = byte(text, open);
    if !is_quote(quote) {
        return None;
    }
    // In a string within a string the closing quote is escaped as the opening one is.
    let escaped = open > 0 && text[open - 1] == b'\\';
    let triple = byte(text, open + 1) == quote && byte(text, open + 2) == quote;
    let start = open + if triple { 3 } else { 1 };
    let mut end = start;
    while end < text.len().min(start + LONGEST) {
        match text[end] {
            b'\n' | b'\r' if !triple => return None,
            b'\\' if escaped && byte(text, end + 1) == quote => {
                return (end > start).then_some(Literal { span: start..end, quoted: true });
            }
            b'\\' => end += 1,
            b if b == quote => return (end > start).then_some(Literal { span: start..end, quoted: true }),
            _ => {}
        }
        end += 1;
    }
    None
}

/// Perl's `q{value}`.
fn braced(text: &[u8], at: usize) -> Option<Literal> {
    let rest = text.get(at..(at + LONGEST).min(text.len()))?.strip_prefix(b"q{")?;
    let len = rest.iter().position(|b| matches!(b, b'}' | b'\n'))?;
    (len > 0 && rest[len] == b'}').then(|| Literal { span: at + 2..at + 2 + len, quoted: true })
}

/// Behind `await bcrypt.hash(` and its kin: what is hashed here is the secret itself.
fn hashed(text: &[u8], at: usize) -> usize {
    let rest = &text[at..(at + 48).min(text.len())];
    let word = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'.' | b':' | b' ');
    let len = rest.iter().take_while(word).count();
    let callee = rest[..len].to_ascii_lowercase();
    let hashes = ["hash", "encode", "bcrypt", "crypt", "digest"]
        .iter()
        .any(|w| memchr::memmem::find(&callee, w.as_bytes()).is_some());
    if len > 0 && hashes && byte(rest, len) == b'(' { solid(text, at + len + 1) } else { at }
}

/// What ends a value that stands within something else: a query, a connection string, a string of code.
pub(super) fn inside(text: &[u8], at: usize) -> Option<Literal> {
    let at = solid(text, at);
    let ends = |b: &u8| {
        b.is_ascii_whitespace() || matches!(b, b'&' | b';' | b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b',' | b')')
    };
    until(text, at, ends)
}

/// A bare value as `syntax` writes it.
pub(super) fn bare(text: &[u8], at: usize, syntax: Syntax) -> Option<Literal> {
    let at = solid(text, at);
    match syntax {
        Syntax::Code | Syntax::Data | Syntax::Markup => None,
        Syntax::Yaml => line(text, block(text, at)),
        Syntax::Lines => line(text, at),
        Syntax::Shell => until(text, at, |b| {
            b.is_ascii_whitespace() || matches!(b, b';' | b'|' | b'&' | b')' | b'"' | b'\'' | b'`' | b'<')
        }),
        Syntax::Prose | Syntax::Unknown => {
            let word = until(text, at, |b| {
                b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';')
            })?;
            let value = &text[word.span.clone()];
            // `pypi-AgEI...`: cut off by who wrote the document.
            if value.ends_with(b"...") {
                return None;
            }
            let tail = value.iter().rev().take_while(|b| matches!(b, b'.' | b')' | b']' | b':')).count();
            (tail < value.len()).then(|| Literal { span: word.span.start..word.span.end - tail, quoted: false })
        }
    }
}

/// The next line, where a YAML value is a block of one line: `>-`, `|`.
fn block(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let mark = rest.iter().take(3).take_while(|b| matches!(b, b'>' | b'|' | b'-' | b'+')).count();
    let end = solid(text, at + mark);
    if mark == 0 || !matches!(rest[0], b'>' | b'|') || !matches!(byte(text, end), b'\n' | b'\r') {
        return at;
    }
    solid_over_lines(text, end)
}

/// To the line's end, without a comment.
fn line(text: &[u8], at: usize) -> Option<Literal> {
    let whole = until(text, at, |b| matches!(b, b'\n' | b'\r'))?;
    let value = &text[whole.span.clone()];
    let comment = value.windows(2).position(|w| w[0].is_ascii_whitespace() && matches!(w[1], b'#' | b';'));
    // A flow mapping goes on behind a comma.
    let flow = memchr::memmem::find(value, b", ")
        .or_else(|| value.iter().position(|b| *b == b'}').filter(|_| !value.contains(&b'{')));
    let end = comment.unwrap_or(value.len()).min(flow.unwrap_or(value.len()));
    let value = value[..end].trim_ascii_end();
    (!value.is_empty()).then(|| Literal { span: at..at + value.len(), quoted: false })
}

fn until(text: &[u8], at: usize, ends: impl Fn(&u8) -> bool) -> Option<Literal> {
    let rest = text.get(at..(at + LONGEST).min(text.len()))?;
    let len = rest.iter().position(ends).unwrap_or(rest.len());
    (len > 0 && len < LONGEST).then(|| Literal { span: at..at + len, quoted: false })
}
