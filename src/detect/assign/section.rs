//! Under which heading an entry stands: the key of the object, mapping or section around it.
//!
//! Only asked for names that say too little alone (`Key` under `Jwt`). Where this ends: one level, a few kilobytes
//! back, and no real parser; a wrong heading makes a name more telling than it is, never a value.

use super::context::Syntax;
use std::ops::Range;

/// How far back a heading may stand.
const BACK: usize = 2048;

/// The heading of the entry whose name stands at `name`.
pub(super) fn heading<'t>(text: &'t [u8], name: &Range<usize>, syntax: Syntax) -> Option<&'t [u8]> {
    let before = &text[name.start.saturating_sub(BACK)..name.start];
    match syntax {
        Syntax::Data => object(before).or_else(|| section(before)),
        Syntax::Code | Syntax::Unknown => object(before),
        Syntax::Yaml => mapping(before),
        Syntax::Lines => section(before),
        Syntax::Shell | Syntax::Markup | Syntax::Prose => None,
    }
}

/// `name: {`, `name = {`, `"name": {`, `name {`: what opens the innermost brace that is still open.
fn object(before: &[u8]) -> Option<&[u8]> {
    let mut depth = 0;
    let open = before.iter().rposition(|b| {
        match b {
            b'}' => depth += 1,
            b'{' => depth -= 1,
            _ => {}
        }
        depth < 0
    })?;
    let head = before[..open].trim_ascii_end();
    let head = head.strip_suffix(b":").or_else(|| head.strip_suffix(b"=")).unwrap_or(head);
    last_name(head.trim_ascii_end())
}

/// The nearest line above that is indented less and ends with a colon.
fn mapping(before: &[u8]) -> Option<&[u8]> {
    let indent = |line: &[u8]| line.iter().take_while(|b| matches!(b, b' ' | b'-')).count();
    let mut lines = before.rsplit(|b| *b == b'\n');
    let own = lines
        .next()
        .map(|line| if line.iter().all(|b| matches!(b, b' ' | b'-' | b'"' | b'\'')) { indent(line) } else { 0 })?;
    let above = lines
        .filter(|l| !l.trim_ascii().is_empty() && l.trim_ascii().first() != Some(&b'#'))
        .find(|l| indent(l) < own)?;
    last_name(above.trim_ascii().strip_suffix(b":")?)
}

/// The last `[section]` line.
fn section(before: &[u8]) -> Option<&[u8]> {
    let line = before.rsplit(|b| *b == b'\n').skip(1).map(<[u8]>::trim_ascii).find(|l| l.first() == Some(&b'['))?;
    last_name(line.trim_ascii_end().strip_suffix(b"]")?)
}

/// The name that `text` ends with, in quotes or not.
fn last_name(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'")).unwrap_or(text);
    let len =
        text.iter().rev().take(64).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    (len > 1).then(|| &text[text.len() - len..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, syntax: Syntax) -> Option<&str> {
        let at = text.find("Key").unwrap();
        heading(text.as_bytes(), &(at..at + 3), syntax).map(|n| std::str::from_utf8(n).unwrap())
    }

    #[test]
    fn headings() {
        assert_eq!(of(r#"{"a": {"b": 1}, "Jwt": {"x": {}, "Key": "#, Syntax::Data), Some("Jwt"));
        assert_eq!(of("provider \"edge\" {\n  Key = ", Syntax::Data), Some("edge"));
        assert_eq!(of("[jwt.signing]\na = 1\nKey = ", Syntax::Lines), Some("jwt.signing"));
        assert_eq!(of("jwt:\n  a: 1\n  b:\n    c: 2\n  Key: ", Syntax::Yaml), Some("jwt"));
        assert_eq!(of("Key: ", Syntax::Yaml), None);
    }
}
