//! Names in calls: which of the arguments is bound to them, and which calls only look something up.

use super::bind::{Bound, Form};
use super::command::positional;
use super::literal::{Literal, byte, quoted, solid_over_lines};

/// `call("name", "value")`: the name is the first argument, and the call sets something or has a default.
pub(super) fn argument(text: &[u8], open: usize, at: usize) -> Option<Bound> {
    let head = text[open.saturating_sub(48)..open].trim_ascii_end();
    // Go's `StringVar(&variable, "name", "value")` has its variable first.
    let callee = head.strip_suffix(b"(").or_else(|| head.strip_suffix(b"[")).or_else(|| {
        let head = head.strip_suffix(b",")?;
        Some(&head[..memchr::memmem::rfind(head, b"Var(")? + 3])
    })?;
    let start = callee
        .iter()
        .rposition(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'-' | b'>')))
        .map_or(0, |i| i + 1);
    let callee = callee[start..].to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|w| memchr::memmem::find(&callee, w.as_bytes()).is_some());
    if has(&[
        "assert", "expect", "equal", "fill", "type", "has", "contain", "field", "label", "find", "match", "replace",
        "remove", "test", "is_", "input",
    ]) {
        return None;
    }
    let literal = quoted(text, solid_over_lines(text, at))?;
    let form = if has(&["get", "env", "lookup", "fetch", "read", "default"]) && !has(&["set", "put"]) {
        Form::Fallback
    } else {
        Form::Argument
    };
    Some(Bound { literal, form })
}

/// `get_secret("name")`, `loadToken("name")`: what is asked for is named, not given.
pub(super) fn looks_up(name: &[u8]) -> bool {
    let call = name.rsplit(|b| *b == b'.').next().unwrap_or_default().to_ascii_lowercase();
    ["get", "fetch", "load", "read", "lookup", "find", "resolve", "require", "retrieve", "request", "ask", "prompt"]
        .iter()
        .any(|verb| call.starts_with(verb.as_bytes()))
}

/// Calls whose last argument is the password, behind whose it is: `set_password("service", "user", "value")`.
pub(super) fn sets_for_user(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    [&b"set_password"[..], b"add_password"].iter().any(|call| name.ends_with(call))
}

pub(super) fn last_argument(text: &[u8], open: usize) -> Option<Literal> {
    let last = |literal: &Literal| byte(text, solid_over_lines(text, literal.span.end + 1)) == b')';
    (0..4).find_map(|n| positional(text, open, n).0.filter(last))
}
