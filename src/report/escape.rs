//! Text from outside on its way to a terminal, a log or a document: nothing in it acts, nothing in it hides.

use std::fmt::Write as _;

/// Whether a character must not arrive as it is: controls (terminal escapes), bidirectional marks, zero-width and
/// other invisible format characters, line and paragraph separators, private use tags.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// For a terminal or a log: unsafe characters as escapes that can be read (`\n`, `\x1b`, `\u{202e}`), and the old
/// form of workflow commands (`##[...]`, which runners find anywhere in a line) broken up.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if is_unsafe(c) && u32::from(c) < 0x100 => drop(write!(out, "\\x{:02x}", u32::from(c))),
            c if is_unsafe(c) => drop(write!(out, "\\u{{{:x}}}", u32::from(c))),
            '[' if out.ends_with("##") => out.push_str("\\["),
            c => out.push(c),
        }
    }
    out
}

/// Bytes as printable text; invalid UTF-8 as U+FFFD.
pub(crate) fn printable_bytes(bytes: &[u8]) -> String {
    printable(&String::from_utf8_lossy(bytes))
}

/// A path as a relative URI reference (RFC 3986): everything but unreserved characters and `/` as percent escapes; a
/// colon in the first part too, so that it reads as no scheme. A name that the user made up for a stream can lead out
/// of the root: what does so is left out.
pub(crate) fn uri(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    let parts: Vec<_> = path.split(|b| *b == b'/').filter(|part| !matches!(*part, b"" | b"." | b"..")).collect();
    for &b in &parts.join(&b'/') {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(b)),
            _ => drop(write!(out, "%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_is_left() {
        let nasty = "a\u{1b}[31m\u{202e}b\u{200b}\n##[error]\u{85}";
        let out = printable(nasty);
        assert_eq!(out, "a\\x1b[31m\\u{202e}b\\u{200b}\\n##\\[error]\\x85");
        assert!(!out.chars().any(is_unsafe));
    }

    #[test]
    fn uris_are_ascii() {
        assert_eq!(uri("a b/c:d/é%".as_bytes()), "a%20b/c%3Ad/%C3%A9%25");
        assert_eq!((uri(b"/abs//x.py"), uri(b"../..x/./y")), ("abs/x.py".into(), "..x/y".into()));
    }
}
