//! Words of a baseline's lines. A word with anything in it that a line, an editor or a terminal could take for
//! something else is quoted as git quotes paths: `"`, with `\"`, `\\`, `\n`, `\t`, `\r` and three octal digits for
//! every other byte.

/// The word for these bytes: as they are where that is safe, otherwise quoted.
pub(in crate::suppress) fn word(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && text.chars().all(|c| is_plain(c) && !c.is_whitespace() && c != '=') => {
            text.into()
        }
        _ => quoted(bytes),
    }
}

/// The bytes between quotes, whatever they are.
pub(super) fn quoted(bytes: &[u8]) -> String {
    let mut out = String::from('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '"' | '\\' => out.extend(['\\', c]),
                c if is_plain(c) => out.push(c),
                c => octal(&mut out, c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        octal(&mut out, chunk.invalid());
    }
    out.push('"');
    out
}

/// Whether a character shows itself, and as nothing else: no control, no direction, no width zero, no mark that
/// joins what stands before it.
fn is_plain(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
    !(c.is_control() || hidden || matches!(c, '"' | '\\'))
}

fn octal(out: &mut String, bytes: &[u8]) {
    for b in bytes {
        out.push_str(&format!("\\{b:03o}"));
    }
}

/// Reads the word at the beginning of `text`: its bytes and what stands behind it. None: no word, a quote that is not
/// closed, or an escape that is none.
pub(super) fn read(text: &str) -> Option<(Vec<u8>, &str)> {
    let Some(body) = text.strip_prefix('"') else {
        let end = text.find([' ', '\t']).unwrap_or(text.len());
        return (end > 0).then(|| (text.as_bytes()[..end].to_vec(), &text[end..]));
    };
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let at = rest.find(['"', '\\'])?;
        out.extend_from_slice(&rest.as_bytes()[..at]);
        if rest[at..].starts_with('"') {
            return Some((out, &rest[at + 1..]));
        }
        let (byte, length) = escape(&rest.as_bytes()[at + 1..])?;
        out.push(byte);
        rest = rest.get(at + 1 + length..)?;
    }
}

/// The byte that an escape (behind its `\`) stands for, and how long it is.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    Some(match text {
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'r', ..] => (b'\r', 1),
        [b @ (b'"' | b'\\'), ..] => (*b, 1),
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => ((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 3),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_readable() {
        for (bytes, shown) in [
            (&b"src/app.py"[..], "src/app.py"),
            ("caf\u{e9}/\u{5bc6}.txt".as_bytes(), "caf\u{e9}/\u{5bc6}.txt"),
            (b"a b", "\"a b\""),
            (b"", "\"\""),
            (b"a=b", "\"a=b\""),
            (b"a\"b\\c\n\t\r\x07", "\"a\\\"b\\\\c\\n\\t\\r\\007\""),
            (b"x\xffy", "\"x\\377y\""),
            ("a\u{202e}b".as_bytes(), "\"a\\342\\200\\256b\""),
        ] {
            assert_eq!(word(bytes), shown);
            assert_eq!(read(&format!("{shown} rest")), Some((bytes.to_vec(), " rest")));
        }
    }

    #[test]
    fn what_is_no_word_is_refused() {
        for text in ["", " a", "\"a", "\"a\\", "\"\\x\"", "\"\\400\"", "\"\\12\"", "\"\\\u{e9}\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>, text in "\\PC*") {
            for bytes in [bytes, text.into_bytes()] {
                for shown in [word(&bytes), quoted(&bytes)] {
                    let splits = shown.contains(['\n', '\r', '\t', '\u{85}', '\u{2028}']);
                    proptest::prop_assert!(!splits, "{}", shown);
                    let line = format!("{shown} x=1");
                    proptest::prop_assert_eq!(read(&line), Some((bytes.clone(), " x=1")));
                }
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "(\\\\|\"|[0-9a]|\\PC)*") {
            let _ = read(&text);
        }
    }
}
