//! Reads what git tells a pre-push hook: a line for each reference that is pushed.

use super::range::Update;
use crate::{Error, Result};
use bstr::ByteSlice;
use gix_hash::ObjectId;

/// The references of a push: lines of `LOCAL-REF SP LOCAL-ID SP REMOTE-REF SP REMOTE-ID`, where an id of zeros stands
/// for none (githooks(5)). The local name can be any expression, spaces included.
///
/// # Errors
/// A line that git would not write; its text is not repeated.
pub fn updates(text: &[u8]) -> Result<Vec<Update>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| update(line).ok_or_else(|| Error::Usage(malformed(at + 1)))).collect()
}

fn update(line: &[u8]) -> Option<Update> {
    let mut words = line.trim_end().rsplitn(4, |b| *b == b' ');
    let (remote, name, local) = (words.next()?, words.next()?, words.next()?);
    words.next()?;
    let id = |hex: &[u8]| ObjectId::from_hex(hex).ok().map(|id| (!id.is_null()).then_some(id));
    Some(Update { name: name.into(), local: id(local)?, remote: id(remote)? })
}

fn malformed(line: usize) -> String {
    format!(
        "line {line} of the standard input is not what git gives a pre-push hook \
         (LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID); `leakbreak hook run pre-push` is called by the hook itself"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_deleted_references() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let text = format!(
            "refs/heads/x {a} refs/heads/x {zero}\n\
             HEAD^{{/fix a bug}} {a} refs/heads/y {b}\n\n\
             (delete) {zero} refs/heads/z {b}\n"
        );
        let all = updates(text.as_bytes()).unwrap();
        let known: Vec<_> = all.iter().map(|u| (u.name.to_string(), u.local.is_some(), u.remote.is_some())).collect();
        let expected = [("refs/heads/x", true, false), ("refs/heads/y", true, true), ("refs/heads/z", false, true)];
        assert_eq!(known, expected.map(|(name, local, remote)| (name.to_owned(), local, remote)));
    }

    #[test]
    fn ids_of_either_hash() {
        let line = format!("refs/heads/x {} refs/heads/x {}\n", "a".repeat(64), "0".repeat(64));
        assert!(updates(line.as_bytes()).unwrap()[0].remote.is_none());
        assert!(updates(b"").unwrap().is_empty());
    }

    #[test]
    fn a_malformed_line_is_refused_without_its_text() {
        for text in ["refs/heads/x abc refs/heads/x def\n", "word\n", "a b c d\n"] {
            let error = updates(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with("line 1 ") && !error.contains("abc"), "{error}");
        }
    }
}
