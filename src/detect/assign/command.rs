//! Passwords that no name announces: arguments of commands, and SQL's IDENTIFIED BY.

use super::literal::{Literal, byte, is_quote, quoted, solid, solid_over_lines};
use std::ops::Range;

/// How far from a command its argument may stand.
const LINE: usize = 240;

/// `IDENTIFIED BY 'password'`.
pub(super) fn identified_by(text: &[u8], at: usize) -> Option<Literal> {
    // In prose a thing is identified by a name too.
    let head = &text[at.saturating_sub(120)..at];
    let statement = head.ends_with(b"DENTIFIED BY")
        || ["user", "grant"].iter().any(|w| memchr::memmem::find(head, w.as_bytes()).is_some());
    quoted(text, at).filter(|literal| statement && literal.span.start <= at + 2 && text[literal.span.start - 1] != b'`')
}

/// The password argument of the command at `command`: `mysql -psecret`, `curl -u me:secret`, `sshpass -p secret`.
pub(super) fn argument(text: &[u8], command: Range<usize>) -> Option<Literal> {
    let word = text[command.clone()].trim_ascii_end();
    let start = command.end - usize::from(text[command.end - 1] == b' ');
    let line = &text[start..(start + LINE).min(text.len())];
    // A command's line may go on behind a backslash; any other line end ends it.
    let end = line.iter().enumerate().position(|(i, b)| *b == b'\n' && (i == 0 || line[i - 1] != b'\\'));
    let line = &line[..end.unwrap_or(line.len())];
    if word == b"htpasswd" {
        return last_word(text, start, line);
    }
    let (option, glued): (&[u8], bool) = match word {
        b"mysql" => (b" -p", true),
        b"sshpass" | b"docker login" => (b" -p", false),
        b"sqlcmd" => (b" -P", false),
        b"zip -P" => (b" ", false),
        b"ldapsearch" | b"ldapmodify" | b"ldapadd" => (b" -w", false),
        b"redis-cli" => (b" -a", false),
        _ => (b" -u", false),
    };
    let at = start + memchr::memmem::find(line, option)? + option.len();
    let next = byte(text, at);
    if glued == (next == b' ') && word != b"sshpass" && word != b"zip -P" {
        return None;
    }
    let literal = value(text, solid(text, at))?;
    if word != b"curl" {
        return Some(literal);
    }
    behind_colon(text, literal)
}

/// `htpasswd -b file user password`: the last word, where it is given at all.
fn last_word(text: &[u8], start: usize, line: &[u8]) -> Option<Literal> {
    let batch = line.split(|b| *b == b' ').any(|w| w.starts_with(b"-") && w.contains(&b'b'));
    let end = line.iter().position(|b| b"|;&)`".contains(b)).unwrap_or(line.len());
    let line = line[..end].trim_ascii_end();
    let word = line.iter().rposition(|b| *b == b' ')? + 1;
    (batch && word < line.len()).then(|| value(text, start + word))?
}

/// `"Basic " + base64("user:password")`: the literal that is encoded.
pub(super) fn basic(text: &[u8], at: usize) -> Option<Literal> {
    let line = &text[at..(at + LINE).min(text.len())];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let mut quotes = memchr::memchr2_iter(b'"', b'\'', line);
    // The first quote ends the literal that `Basic ` stands in.
    quotes.next()?;
    while let (Some(open), Some(close)) = (quotes.next(), quotes.next()) {
        let inner = &line[open + 1..close];
        let colon = inner.iter().position(|b| *b == b':').filter(|c| *c > 0 && *c + 1 < inner.len());
        let single = !inner.contains(&b' ') && inner.iter().filter(|b| **b == b':').count() == 1;
        if let Some(colon) = colon.filter(|_| single) {
            return Some(Literal { span: at + open + 1 + colon + 1..at + close, quoted: true });
        }
    }
    None
}

/// What is piped into the command whose name or option stands at `at`: `echo secret | tool --password-stdin`,
/// `echo 'user:secret' | chpasswd`.
pub(super) fn piped(text: &[u8], at: usize, part: Part) -> Option<Literal> {
    let floor = at.saturating_sub(LINE);
    let head = &text[floor..at];
    let line = memchr::memrchr(b'\n', head).map_or(0, |i| i + 1);
    let pipe = line + memchr::memrchr(b'|', &head[line..])?;
    let echo = line + memchr::memmem::rfind(&head[line..pipe], b"echo ")? + 5;
    let start = solid(text, floor + echo);
    let start = if text[start..].starts_with(b"-n ") { solid(text, start + 3) } else { start };
    let literal = value(text, start)?;
    match part {
        Part::Whole => Some(literal),
        Part::BehindColon => behind_colon(text, literal),
    }
}

/// Which part of a word is the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    BehindColon,
}

fn behind_colon(text: &[u8], literal: Literal) -> Option<Literal> {
    let colon = memchr::memchr(b':', &text[literal.span.clone()])?;
    Some(Literal { span: literal.span.start + colon + 1..literal.span.end, ..literal })
}

/// The argument number `n` (from 0) of a call whose bracket opens before `open`, if it is a literal:
/// `login("me", "secret")`; and how far behind the bracket it was looked for.
pub(super) fn positional(text: &[u8], open: usize, n: usize) -> (Option<Literal>, usize) {
    let mut at = solid_over_lines(text, open);
    (nth(text, &mut at, n), at - open)
}

fn nth(text: &[u8], place: &mut usize, n: usize) -> Option<Literal> {
    for _ in 0..n {
        let at = *place;
        // What stands before may be a variable; a nested call or an assignment makes it another kind of call.
        let end = match quoted(text, at) {
            Some(literal) => literal.span.end + 1,
            None => {
                at + text
                    .get(at..)?
                    .iter()
                    .take(80)
                    .position(|b| !(b.is_ascii_alphanumeric() || b"_.$->[]'".contains(b)))?
            }
        };
        let comma = solid_over_lines(text, end);
        if byte(text, comma) != b',' {
            return None;
        }
        *place = solid_over_lines(text, comma + 1);
    }
    let at = *place;
    let literal = quoted(text, at).filter(|l| l.span.start <= at + 16)?;
    let end = solid_over_lines(text, literal.span.end + 1);
    matches!(byte(text, end), b',' | b')').then_some(literal)
}

/// The signs of a PostgreSQL password file.
pub(super) const PASSWORD_FILES: [&str; 3] = [":*:", ":543", ":6432:"];

/// The passwords of a PostgreSQL password file: the last of five fields between colons.
pub(super) fn password_file(text: &[u8]) -> Vec<Literal> {
    let mut all = Vec::new();
    let mut start = 0;
    for line in text.split(|b| *b == b'\n') {
        let field = line.iter().enumerate().filter(|(_, b)| **b == b':').nth(3).map(|(i, _)| i + 1);
        let end = line.trim_ascii_end().len();
        let fields = line.split(|b| *b == b':').collect::<Vec<_>>();
        let port = fields.get(1).is_some_and(|p| *p == b"*" || (!p.is_empty() && p.iter().all(u8::is_ascii_digit)));
        if let Some(field) = field.filter(|f| *f < end && port && line.first() != Some(&b'#')) {
            all.push(Literal { span: start + field..start + end, quoted: false });
        }
        start += line.len() + 1;
    }
    all
}

fn value(text: &[u8], at: usize) -> Option<Literal> {
    if is_quote(byte(text, at)) {
        return quoted(text, at);
    }
    let rest = text.get(at..(at + LINE).min(text.len()))?;
    let len =
        rest.iter().position(|b| b.is_ascii_whitespace() || is_quote(*b) || matches!(b, b';' | b'|' | b')' | b'\\'));
    let len = len.unwrap_or(rest.len());
    (len > 0).then(|| Literal { span: at..at + len, quoted: false })
}
