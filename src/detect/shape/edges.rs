//! Whether a token stands on its own, or is a piece of something longer: an encoded blob, a digest, a path of ids, a
//! token of another format.

use std::ops::Range;

/// How far a neighbouring run is read.
const REACH: usize = 64;
/// A neighbouring base64 run of this length makes the token a piece of it.
const BLOB: usize = 16;

/// Why the bytes around `span` make the token a piece of something longer; None: it stands on its own.
pub fn edge(text: &[u8], span: Range<usize>) -> Option<&'static str> {
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let escaped = (1..=9.min(before.len())).any(|n| super::super::tokens::escape_tail(text, span.start - n) == n);
    left(before).filter(|_| !escaped).or_else(|| right(after)).or_else(|| around(before, after))
}

/// What both sides say together.
fn around(before: &[u8], after: &[u8]) -> Option<&'static str> {
    let blank = |b: &&u8| **b == b' ';
    let inner = before.iter().rev().skip_while(blank).take(2).copied();
    let close = after.iter().find(|b| !blank(b)).copied();
    match (inner.clone().next(), inner.clone().nth(1), close) {
        (Some(b'{'), Some(b'$' | b'#' | b'{'), Some(b'}')) => Some("it is the name of a variable"),
        _ if after.first() == Some(&b'@') && after.get(1).is_some_and(|b| is_word(*b)) => {
            let user = before.last().is_none_or(|b| !matches!(b, b':' | b'/' | b'@'));
            user.then_some("it is the name of a mailbox")
        }
        _ => None,
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric()
}

fn is_base64(b: u8) -> bool {
    is_word(b) || matches!(b, b'+' | b'/')
}

/// Length and whether both cases stand in the base64 run that ends `before`.
fn run_before(before: &[u8]) -> (usize, bool) {
    let tail = &before[before.len().saturating_sub(REACH)..];
    let n = tail.iter().rev().take_while(|b| is_base64(**b)).count();
    (n, looks_encoded(&tail[tail.len() - n..]))
}

fn run_after(after: &[u8]) -> (usize, bool) {
    let head = &after[..after.len().min(REACH)];
    let n = head.iter().take_while(|b| is_base64(**b)).count();
    (n, looks_encoded(&head[..n]))
}

/// A piece of encoded bytes rather than of a path: both cases and a digit or a plus, and no short path segments.
fn looks_encoded(run: &[u8]) -> bool {
    run.iter().any(u8::is_ascii_lowercase)
        && run.iter().any(u8::is_ascii_uppercase)
        && run.iter().any(|b| b.is_ascii_digit() || *b == b'+')
        && run
            .split(|b| matches!(b, b'/' | b'+'))
            .any(|piece| piece.len() >= 6 && super::changes(piece) * 4 >= piece.len())
}

fn left(before: &[u8]) -> Option<&'static str> {
    let (&last, rest) = before.split_last()?;
    let touches = rest.last().is_some_and(|b| is_word(*b));
    match last {
        b if is_word(b) || b >= 0x80 && !is_space_or_quote(before) => Some("it goes on to the left"),
        b'+' => touches.then_some("a piece of base64 stands before it"),
        b'/' => {
            let (n, encoded) = run_before(rest);
            (n >= BLOB && encoded || rest.last() == Some(&b'+')).then_some("a piece of base64 stands before it")
        }
        b'-' | b'_' => touches.then_some("it is the end of a longer word"),
        b'.' => touches.then_some("it is a part of a dotted word"),
        _ => None,
    }
}

/// Characters beyond ASCII that end a word: typographic quotes, no-break and ideographic spaces, full-width marks.
fn is_space_or_quote(before: &[u8]) -> bool {
    let (c, size) = bstr::decode_last_utf8(before);
    size == 0 || !c.is_some_and(char::is_alphanumeric)
}

fn right(after: &[u8]) -> Option<&'static str> {
    let (&first, rest) = after.split_first()?;
    let touches = rest.first().is_some_and(|b| is_word(*b));
    match first {
        b if is_word(b) => Some("it goes on to the right"),
        b if b >= 0x80 => {
            let (c, _) = bstr::decode_utf8(after);
            c.is_some_and(char::is_alphanumeric).then_some("it goes on to the right")
        }
        b'+' => touches.then_some("a piece of base64 stands behind it"),
        b'/' => {
            let (n, encoded) = run_after(rest);
            (n >= BLOB && encoded || rest.first() == Some(&b'+')).then_some("a piece of base64 stands behind it")
        }
        b'-' | b'_' => touches.then_some("it is the beginning of a longer word"),
        b'.' => touches.then_some("it is a part of a dotted word"),
        // Padding ends a blob; `key=value` makes it a name. A query (`?k=TOKEN&...`) has no equals sign behind it.
        b'=' => Some("an equals sign follows it: padding, or it is a name"),
        b'(' => Some("it is called: a name"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = concat!("q7ZbT2xNf4Lr", "W8sVh3JkD6mYc1PgAe9U");

    fn stands(before: &str, after: &str) -> bool {
        let text = format!("{before}{KEY}{after}");
        edge(text.as_bytes(), before.len()..before.len() + KEY.len()).is_none()
    }

    #[test]
    fn names_and_quotes_are_boundaries() {
        for (before, after) in [
            ("MISTRAL_API_KEY=", ""),
            ("key:", "\n"),
            ("Bearer ", "\""),
            ("mistral/", " "),
            ("https://host/path/", "/x"),
            ("--api-key=", " "),
            ("„", "“"),
            ("**", "**"),
            ("_", "_ "),
            ("", "."),
            ("user:", "@host"),
            ("https://", "@host"),
            ("{\"k\": ", "}"),
            ("${K:-", "}"),
            ("$", ""),
            ("'", "'+x"),
            ("\\n", "\\n"),
            ("%3D", "%26"),
            ("\\x22", ""),
            (";", ";"),
        ] {
            assert!(stands(before, after), "{before}…{after}");
        }
    }

    #[test]
    fn pieces_of_longer_runs_are_refused() {
        for (before, after) in [
            ("sha512-PRs7Ne8Z00nTwZhpGZThdoPd+", ""),
            ("sha512-PRs7Ne8Z00nTwZhpGZThdoPd/", ""),
            ("", "/PRs7Ne8Z00nTwZhpGZThdoPd"),
            ("", "+j6b3"),
            ("", "="),
            ("", "=="),
            ("hf_", ""),
            ("key-", ""),
            ("", "-beFh"),
            ("eyJh.", ""),
            ("", ".pdf"),
            ("é", ""),
            ("", "("),
            ("ab+/", ""),
            ("", "/+cd=="),
            ("=", "@example.com"),
            ("${", "}"),
            ("{{ ", " }}"),
            ("#{", "}"),
        ] {
            assert!(!stands(before, after), "{before}…{after}");
        }
    }
}
