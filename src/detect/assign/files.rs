//! Files that are lists of users and passwords, and say so by their name alone.
//!
//! Where this ends: it knows a handful of names, and reads files of a few kilobytes.

use super::command::{login, value};
use super::literal::{Literal, byte, solid};
use crate::detect::Path;
use std::ops::Range;

/// No list of this kind is longer.
pub(super) const LONGEST: usize = 1 << 12;

/// The passwords of the file at `path`, if its name says that it holds nothing else; where there is no path yet, those in
/// `parts`, of whole lines.
pub(super) fn passwords(text: &[u8], parts: &[Range<usize>], path: Path<'_>) -> Vec<Literal> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    // Whatever a path could make of it: a history asks before it knows paths.
    let unknown = |text: &[u8], at: usize, line: &[u8]| {
        let list = memchr::memmem::find(line, b" * ").or_else(|| memchr::memmem::find(line, b"\t*")).is_some();
        let acl = line.starts_with(b"user ").then(|| behind_greater(text, at, line)).flatten();
        acl.or_else(|| list.then(|| third_word(text, at, line))?)
            .or_else(|| behind_last_colon(text, at, line))
            .or_else(|| login(text, at))
    };
    let path = match path {
        Path::Known(path) => path,
        Path::Unknown => {
            let mut all: Vec<Literal> = parts.iter().flat_map(|part| each(text, part.clone(), unknown)).collect();
            all.extend(second_line(text));
            return all;
        }
        Path::None => return Vec::new(),
    };
    let path = path.to_ascii_lowercase();
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let read: fn(&[u8], usize, &[u8]) -> Option<Literal> = match name {
        b"chap-secrets" | b"pap-secrets" => third_word,
        b"sasl_passwd" | b"sasl_password" | b"smtp_auth" => behind_last_colon,
        b"users.acl" | b"redis.acl" => behind_greater,
        _ if name.ends_with(b".user") => |text, at, _| login(text, at),
        b"auth.txt" | b"login.txt" | b"userpass.txt" | b"up.txt" | b"credentials.txt" | b"auth.conf" | b"userpass" => {
            return second_line(text).into_iter().collect();
        }
        _ => return Vec::new(),
    };
    each(text, 0..text.len(), read)
}

/// What `read` finds on each line of a part that is no comment.
fn each(text: &[u8], part: Range<usize>, read: impl Fn(&[u8], usize, &[u8]) -> Option<Literal>) -> Vec<Literal> {
    let mut all = Vec::new();
    let mut start = part.start;
    for line in text[part].split(|b| *b == b'\n') {
        if !line.trim_ascii_start().starts_with(b"#") {
            all.extend(read(text, start, line));
        }
        start += line.len() + 1;
    }
    all
}

/// `client server secret addresses`
fn third_word(text: &[u8], start: usize, line: &[u8]) -> Option<Literal> {
    let mut at = start;
    for _ in 0..2 {
        let word = value(text, solid(text, at)).filter(|w| w.span.end < start + line.len())?;
        at = word.span.end + usize::from(word.quoted);
    }
    value(text, solid(text, at)).filter(|w| w.span.end <= start + line.len())
}

/// `[host]:port user:secret`
fn behind_last_colon(text: &[u8], start: usize, line: &[u8]) -> Option<Literal> {
    let space = line.iter().position(|b| b.is_ascii_whitespace())?;
    login(text, solid(text, start + space))
}

/// `user name on >secret ~keys`
fn behind_greater(text: &[u8], start: usize, line: &[u8]) -> Option<Literal> {
    let at = memchr::memmem::find(line, b" >")? + 2;
    value(text, start + at)
}

/// A file of two lines: the user's name, and the password.
fn second_line(text: &[u8]) -> Option<Literal> {
    let mut lines = text.split(|b| *b == b'\n');
    let (first, second) = (lines.next()?, lines.next()?.trim_ascii_end());
    let user =
        !first.trim_ascii().is_empty() && !first.contains(&b' ') && !first.contains(&b'=') && !first.contains(&b':');
    let alone = lines.all(|line| line.trim_ascii().is_empty()) && !second.is_empty() && byte(text, 0) != b'#';
    let span = first.len() + 1..first.len() + 1 + second.len();
    (user && alone).then_some(Literal { span, quoted: false })
}
