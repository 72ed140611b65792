//! Where words, addresses, strings, comments and signs end. Functions over bytes, nothing remembered.

use super::dialect::{self, Dialect, Family};

/// How far the end of a string that may run over lines is looked for.
const LONG_STRING: usize = 64 << 10;

/// Whether a byte can begin or continue a plain word. Bytes beyond ASCII do, where they are letters.
pub(super) fn is_word_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

/// The character at `at`, if it is beyond ASCII: its length, and whether it is a letter.
fn wide(text: &[u8], at: usize) -> (usize, bool) {
    let (c, size) = bstr::decode_utf8(&text[at..]);
    (size.max(1), c.is_some_and(char::is_alphanumeric))
}

/// The end of the plain word at `at`; `at` itself if there is none.
fn plain_word(text: &[u8], mut at: usize, limit: usize) -> usize {
    while at < limit {
        let b = text[at];
        if b >= 0x80 {
            let (size, letter) = wide(text, at);
            if !letter {
                break;
            }
            at = (at + size).min(limit);
        } else if b.is_ascii_alphanumeric() || b == b'_' {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// The end of the word at `at`: plain words joined by `.`, `-`, `::`, `?.`, `@`, with `$`, `@` or `:` before the first.
pub(super) fn word(text: &[u8], start: usize, limit: usize) -> usize {
    let mut at = start;
    while at < limit && at - start < 2 && matches!(text[at], b'$' | b'@') {
        at += 1;
    }
    let mut end = plain_word(text, at, limit);
    if end == at {
        return start;
    }
    loop {
        let joint = match (text.get(end), text.get(end + 1), text.get(end + 2)) {
            (Some(b'.' | b'-' | b'@'), Some(_), _) => 1,
            (Some(b':'), Some(b':'), Some(_)) | (Some(b'?'), Some(b'.'), Some(_)) => 2,
            _ => break,
        };
        let next = plain_word(text, (end + joint).min(limit), limit);
        if next <= end + joint {
            break;
        }
        end = next;
    }
    // `host.example:443`
    if text[start..end].contains(&b'.') && end + 1 < limit && text[end] == b':' {
        let digits = text[end + 1..limit].iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        let ends = text.get(end + 1 + digits).is_none_or(|b| !is_word_byte(*b) && *b != b'.');
        if (2..=5).contains(&digits) && ends {
            return end + 1 + digits;
        }
    }
    // `new!(`: a part of the name.
    if matches!(text.get(end..end + 2), Some(b"!(")) && end < limit { end + 1 } else { end }
}

/// The end of the symbol at `at` (`:name`), if there is one.
pub(super) fn symbol(text: &[u8], at: usize, limit: usize) -> Option<usize> {
    let free = at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'\n' | b'(' | b'[' | b'{' | b',' | b'|' | b'>');
    let named = text.get(at + 1).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    (free && named && at + 1 < limit).then(|| word(text, at + 1, limit))
}

/// The end of a flag (`-x`, `--name`, `/name` not) at `at`, if there is one.
pub(super) fn flag(text: &[u8], at: usize, limit: usize) -> Option<usize> {
    let free =
        at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'[' | b'(' | b',' | b'`' | b'=');
    let dashes = text[at..limit].iter().take_while(|b| **b == b'-').count();
    let named = text.get(at + dashes).is_some_and(u8::is_ascii_alphabetic);
    if !((1..=2).contains(&dashes) && free && named && at + dashes < limit) {
        return None;
    }
    let end = word(text, at + dashes, limit);
    // `-define(...)`: an attribute.
    (text.get(end) != Some(&b'(')).then_some(end)
}

/// The end of the address whose scheme ends at `colon` (`://`).
pub(super) fn url(text: &[u8], colon: usize, limit: usize, stop: Option<u8>) -> usize {
    let mut open = 0i32;
    let mut at = colon + 3;
    while at < limit {
        match text[at] {
            b if b <= b' ' || b == 0x7f || Some(b) == stop => break,
            b'"' | b'\'' | b'`' | b'<' | b'>' | b'|' | b'\\' | b'^' | b';' => break,
            b',' if text.get(at + 1).is_none_or(|b| !b.is_ascii_alphanumeric())
                || matches!(text.get(at + 1..at + 5), Some(b"http")) =>
            {
                break;
            }
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => {
                open -= 1;
                if open < 0 {
                    break;
                }
            }
            b if b >= 0x80 => {
                let (size, letter) = wide(text, at);
                if !letter {
                    break;
                }
                at += size - 1;
            }
            _ => {}
        }
        at += 1;
    }
    at = at.min(limit);
    while at > colon + 3 && matches!(text[at - 1], b'.' | b',' | b':' | b'!' | b'?') {
        at -= 1;
    }
    at
}

/// A quoted text at `at`: the length of its quote and where it ends (behind the closing quote). None: no string.
pub(super) fn string(text: &[u8], at: usize, limit: usize, dialect: Dialect) -> Option<(usize, usize)> {
    let quote = text[at];
    let before = at.checked_sub(1).map(|i| text[i]);
    if !opens(quote, before, text, at, dialect) {
        return None;
    }
    if text[at..limit].starts_with(&[quote; 3]) && quote != b'`' {
        let body = at + 3;
        let end = memchr::memmem::find(&text[body..limit], &[quote; 3])?;
        return Some((3, body + end + 3));
    }
    if let Some(end) = closing(text, at + 1, limit, Some(b'\n'), quote, dialect) {
        return Some((1, end + 1));
    }
    let long = quote == b'`' && !matches!(dialect.family, Family::Markdown | Family::Prose) || dialect.long_strings;
    if !long {
        return None;
    }
    let end = closing(text, at + 1, limit.min(at + LONG_STRING), None, quote, dialect)?;
    let closed = text.get(end + 1).is_none_or(|b| b.is_ascii_whitespace() || b",;)]}:.|&>+<#\"'".contains(b));
    let opened = before.is_none_or(|b| b.is_ascii_whitespace() || b"=([{,:+>|@$".contains(&b));
    (closed && opened).then_some((1, end + 1))
}

fn opens(quote: u8, before: Option<u8>, text: &[u8], at: usize, dialect: Dialect) -> bool {
    let after_word = before.is_some_and(is_word_byte);
    match quote {
        // An apostrophe; prefixes like b'…' are one or two letters that begin a word.
        b'\'' if !dialect.single => {
            // Character literals and lifetimes: a string only where it is long and closed soon.
            text.get(at + 1..(at + 200).min(text.len()))
                .and_then(|t| t.iter().position(|b| matches!(b, b'\'' | b'\n')))
                .is_some_and(|n| n >= 2 && text[at + 1 + n] == b'\'')
                && !after_word
        }
        b'\'' | b'"' if after_word => is_prefix(text, at),
        _ => true,
    }
}

/// Whether the letters before the quote are a string prefix (`b"`, `rb'`, `f"`), a letter that stands alone.
pub(super) fn is_prefix(text: &[u8], at: usize) -> bool {
    let n = text[..at].iter().rev().take(4).take_while(|b| is_word_byte(**b)).count();
    (1..=2).contains(&n) && text[at - n..at].iter().all(|b| b"bBrRuUfFlLxXqQeEsSnNcC".contains(b))
        || text[at] == b'"' && n > 2 && text[..at].ends_with(b"raw")
}

/// The closing quote in `at..limit`, and before the first `stop`. (To look for the line's end first would read a text of
/// one line once for each of its strings.)
fn closing(text: &[u8], mut at: usize, limit: usize, stop: Option<u8>, quote: u8, dialect: Dialect) -> Option<usize> {
    let doubled =
        matches!(dialect.family, Family::Sql | Family::Yaml | Family::Table) || dialect.comments == dialect::BASIC;
    let escapes =
        !(dialect.family == Family::Table || quote == b'\'' && matches!(dialect.family, Family::Yaml | Family::Shell));
    loop {
        let found = at + memchr::memchr3(quote, b'\\', stop.unwrap_or(quote), text.get(at..limit)?)?;
        if Some(text[found]) == stop {
            return None;
        } else if text[found] == b'\\' && quote != b'\\' {
            if escapes && stop.is_some() && text.get(found + 1).copied() == stop {
                return None;
            }
            at = if escapes { (found + 2).min(limit) } else { found + 1 };
        } else if doubled && found + 1 < limit && text[found + 1] == quote {
            at = found + 2;
        } else {
            return Some(found);
        }
    }
}

/// A comment's marker at `at`, if one begins there: its length, and the text that ends it (None: the line's end).
pub(super) fn comment(
    text: &[u8],
    at: usize,
    dialect: Dialect,
    line_start: bool,
) -> Option<(usize, Option<&'static [u8]>)> {
    let here = &text[at..];
    let set = dialect.comments;
    let free = line_start || at == 0 || matches!(text[at - 1], b' ' | b'\t' | b';' | b',' | b')' | b'}' | b']');
    match here[0] {
        b'#' if set & dialect::HASH != 0 && free && !here.starts_with(b"#{") && !here.starts_with(b"#[") => {
            Some((1, None))
        }
        b'/' if set & dialect::SLASH != 0 && free && here.starts_with(b"//") => Some((2, None)),
        b'/' if set & dialect::SLASH != 0 && here.starts_with(b"/*") => Some((2, Some(b"*/"))),
        b'(' if set & dialect::STAR != 0 && here.starts_with(b"(*") && !here.starts_with(b"(*)") => {
            Some((2, Some(b"*)")))
        }
        b'-' if set & dialect::DASH != 0 && free && here.starts_with(b"--[[") => Some((4, Some(b"]]"))),
        b'-' if set & dialect::DASH != 0 && free && here.starts_with(b"--") => Some((2, None)),
        b'{' if set & dialect::DASH != 0 && here.starts_with(b"{-") => Some((2, Some(b"-}"))),
        b';' if set & dialect::SEMICOLON != 0 && (line_start || dialect.family == Family::Lisp) => Some((1, None)),
        b'!' if set & dialect::BANG != 0 && line_start => Some((1, None)),
        b'%' if set & dialect::PERCENT != 0 && free => Some((1, None)),
        b'"' if set & dialect::VIM != 0 && line_start => Some((1, None)),
        b'\'' if set & dialect::BASIC != 0 && free => Some((1, None)),
        b'<' if here.starts_with(b"<!--") => Some((4, Some(b"-->"))),
        b'<' if here.starts_with(b"<#") && set & dialect::HASH != 0 && line_start => Some((2, Some(b"#>"))),
        b'R' | b'r'
            if set & dialect::BASIC != 0 && line_start && here.len() > 4 && here[..4].eq_ignore_ascii_case(b"rem ") =>
        {
            Some((4, None))
        }
        b':' if set & dialect::BASIC != 0 && line_start && here.starts_with(b":: ") => Some((3, None)),
        _ => None,
    }
}

/// Signs of two and three characters, the longest first.
const SIGNS: [&[u8]; 27] = [
    b"===", b"!==", b"||=", b"??=", b"...", b":=", b"=>", b"->", b"<-", b"==", b"!=", b"<=", b">=", b"&&", b"||",
    b"??", b"?:", b"+=", b"?=", b"<<", b">>", b"|>", b"=~", b"~>", b":-", b"..", b"::",
];

/// The end of the sign at `at`.
pub(super) fn sign(text: &[u8], at: usize, limit: usize) -> usize {
    let here = &text[at..limit];
    at + SIGNS.iter().find(|s| here.starts_with(s)).map_or(1, |s| s.len())
}

/// The bracket that closes this one.
pub(super) fn mate(open: u8) -> u8 {
    match open {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// Whether a line that begins here goes on with the one before it.
pub(super) fn continues(line: &[u8], dialect: Dialect) -> bool {
    if !matches!(dialect.family, Family::Code | Family::Shell) {
        return false;
    }
    match line {
        [b'.', b, ..] => b.is_ascii_alphabetic() || *b == b'_',
        [b'?', b'.', ..]
        | [b'|', b'>', ..]
        | [b'|', b'|', ..]
        | [b'&', b'&', ..]
        | [b'?', b'?', ..]
        | [b':', b':', ..] => true,
        [b'-', b'>', ..] => true,
        [b'+' | b'?' | b':', b' ', ..] => true,
        [b'|', b' ', ..] => dialect.family == Family::Shell,
        _ => false,
    }
}

/// How many bytes of the word at `start..end` are the end of an escape that stands before it (`\nTOKEN`, `%3DTOKEN`),
/// if a token follows.
pub(super) fn escape_tail(text: &[u8], start: usize, end: usize) -> usize {
    const TOKEN: usize = 20;
    let before = start.checked_sub(1).map(|i| text[i]);
    let rest = &text[start..end];
    let hex = |from: usize, n: usize| rest.get(from..from + n).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit));
    let digits = rest.iter().take(3).take_while(|b| b.is_ascii_digit()).count();
    let tail = match (before, rest.first()) {
        (Some(b'\\'), Some(b'x')) if hex(1, 2) => 3,
        (Some(b'\\'), Some(b'u')) if hex(1, 4) => 5,
        (Some(b'\\'), Some(b'n' | b'r' | b't' | b'0')) => 1,
        (Some(b'%' | b'='), _) if hex(0, 2) => 2,
        (Some(b'[' | b';'), _) if digits > 0 && rest.get(digits) == Some(&b'm') => digits + 1,
        _ => 0,
    };
    let token = rest.len() - tail;
    // A key may begin with hexadecimal digits itself: only what is too long by the tail has one.
    let exact = matches!(before, Some(b'=')) && !matches!(token, 32 | 40 | 64);
    if token >= TOKEN && !exact { tail } else { 0 }
}

/// The length of a terminal's colour sequence at `at`, its escape character stripped or not.
pub(super) fn color(text: &[u8], at: usize) -> usize {
    let from = at + usize::from(text[at] == 0x1b);
    if text.get(from) != Some(&b'[') {
        return 0;
    }
    let n = text[from + 1..].iter().take(12).take_while(|b| b.is_ascii_digit() || **b == b';').count();
    let plain = text[at] != 0x1b && n == 0;
    if text.get(from + 1 + n) == Some(&b'm') && !plain { from + 2 + n - at } else { 0 }
}
