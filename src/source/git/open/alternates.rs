//! The object folders that a repository reads besides its own, as git finds them.

use super::file;
use crate::blob::{Skip, SkipReason};
use bstr::{BString, ByteSlice};
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How many alternates of alternates git follows.
const DEPTH: usize = 5;
/// Entries in all; more is no repository but a trap.
const MOST: usize = 1000;
/// What receipts call the environment's list.
const VARIABLE: &str = "GIT_ALTERNATE_OBJECT_DIRECTORIES";

/// All object folders, `own` first, each once. What is named and can't be read goes to `skips`, without its path:
/// that is no place in the repository, and a report holds no absolute path.
pub(super) fn object_dirs(
    own: PathBuf,
    variable: Option<&OsStr>,
    notes: &mut Vec<String>,
    skips: &mut Vec<Skip>,
) -> Vec<PathBuf> {
    let mut list = List { dirs: Vec::new(), seen: HashSet::new(), deepest: 0, skips };
    // An own folder that is gone is the walk's to tell.
    list.seen.insert(own.canonicalize().unwrap_or_else(|_| own.clone()));
    list.dirs.push(own.clone());
    if let Some(variable) = variable {
        let separator = if cfg!(windows) { b';' } else { b':' };
        for (at, entry) in entries(&bytes_of(variable), separator).into_iter().enumerate() {
            list.add(Path::new("."), &entry, || (VARIABLE.to_owned(), format!("entry {}", at + 1)), 0);
        }
    }
    list.read(&own, 0);
    let List { dirs, deepest, .. } = list;
    match (dirs.len() - 1, deepest) {
        (0, _) => {}
        (n, 0) => notes.push(format!("objects are also read from {}", folders(n))),
        (n, deepest) => {
            notes.push(format!("objects are also read from {}, nested {} deep", folders(n), deepest + 1));
        }
    }
    dirs
}

fn folders(n: usize) -> String {
    if n == 1 { "1 alternate folder".to_owned() } else { format!("{n} alternate folders") }
}

struct List<'a> {
    dirs: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
    deepest: usize,
    skips: &'a mut Vec<Skip>,
}

impl List<'_> {
    /// Follows `dir`'s own list.
    fn read(&mut self, dir: &Path, depth: usize) {
        let place = || "objects/info/alternates".to_owned();
        let bytes = match file::read(&dir.join("info/alternates"), file::LIST) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => return,
            Err(e) => return self.skips.push(Skip::new(SkipReason::Unreadable, place(), e.to_string())),
        };
        let entries = entries(&bytes, b'\n');
        if depth > DEPTH && !entries.is_empty() {
            let why = format!("alternates are nested more than {DEPTH} deep; the deeper ones are not read");
            return self.skips.push(Skip::new(SkipReason::DecodeLimit, place(), why));
        }
        for (at, entry) in entries.iter().enumerate() {
            self.add(dir, entry, || (place(), format!("entry {}", at + 1)), depth);
        }
    }

    /// Adds one entry of the list of `base`, and what it lists itself.
    fn add(&mut self, base: &Path, entry: &[u8], place: impl Fn() -> (String, String), depth: usize) {
        let path = base.join(file::path_from_bytes(entry));
        let why = match path.canonicalize() {
            Ok(real) if self.seen.contains(&real) => return,
            Ok(_) if self.dirs.len() > MOST => format!("more than {MOST} alternates"),
            Ok(real) if real.is_dir() => {
                self.seen.insert(real.clone());
                self.dirs.push(real.clone());
                self.deepest = self.deepest.max(depth);
                return self.read(&real, depth + 1);
            }
            Ok(_) => "it is no folder".to_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                "the object folder does not exist; objects may be missing".to_owned()
            }
            Err(e) => e.to_string(),
        };
        let (place, entry) = place();
        self.skips.push(Skip::new(SkipReason::Unreadable, place, format!("{entry}: {why}")));
    }
}

/// The entries of a list: comments and empty ones left out, quoted ones unquoted.
fn entries(bytes: &[u8], separator: u8) -> Vec<BString> {
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.find_byte(separator).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        // A quoted entry may hold the separator.
        let (entry, used) = match rest.first() {
            Some(b'#') => (BString::default(), end),
            Some(b'"') => unquote(rest).unwrap_or_else(|| (line.into(), end)),
            _ => (line.into(), end),
        };
        if !entry.is_empty() {
            found.push(entry);
        }
        let after = rest.get(used..).unwrap_or_default();
        rest = match after.find_byte(separator) {
            Some(at) => after.get(at + 1..).unwrap_or_default(),
            None => &[],
        };
    }
    found
}

/// What git quotes in the way of C: the text, and how many bytes its quoted form has. None where it is no such form.
fn unquote(bytes: &[u8]) -> Option<(BString, usize)> {
    let mut text = BString::default();
    let mut at = 1;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'"' => return Some((text, at)),
            b'\\' => {
                let escape = *bytes.get(at)?;
                at += 1;
                text.push(match escape {
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'v' => 11,
                    b'\\' | b'"' => escape,
                    b'0'..=b'3' => {
                        let low = |b: u8| (b'0'..=b'7').contains(&b).then(|| b - b'0');
                        let (b, c) = (low(*bytes.get(at)?)?, low(*bytes.get(at + 1)?)?);
                        at += 2;
                        ((escape - b'0') << 6) | (b << 3) | c
                    }
                    _ => return None,
                });
            }
            _ => text.push(byte),
        }
    }
}

#[cfg(unix)]
fn bytes_of(text: &OsStr) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    text.as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(text: &OsStr) -> Vec<u8> {
    text.to_string_lossy().into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_git_reads_it() {
        let lines = entries(b"/a\n# comment\n\n\"/b\\303\\244\\n\\\"c\"\n\"/broken\n../d", b'\n');
        assert_eq!(lines, ["/a".into(), BString::from("/bä\n\"c"), "\"/broken".into(), "../d".into()]);
        assert_eq!(entries(b"/a:\"/b:c\"::/d", b':'), ["/a", "/b:c", "/d"]);
        assert!(entries(b"", b':').is_empty());
    }
}
