//! Differences (patches) hold two texts: what was and what is. Each is read on its own, the other's lines blanked, so
//! that places stay the same.

use crate::structure::{Dialect, PART as HUNK};

/// How much of a text is looked at to tell a difference.
const HEAD: usize = 64 << 10;

/// The new and the old side of a text that is a difference.
pub(super) fn sides(text: &[u8]) -> Option<[Vec<u8>; 2]> {
    let head = &text[..text.len().min(HEAD)];
    let has = |mark: &[u8]| memchr::memmem::find(head, mark).is_some();
    if has(b"[-") && has(b"-]") && has(b"{+") && has(b"+}") {
        return Some([words(text, b"[-", b"-]", b"{+", b"+}"), words(text, b"{+", b"+}", b"[-", b"-]")]);
    }
    let mut lines = head.split(|b| *b == b'\n');
    let hunk = lines.any(|l| l.starts_with(b"@@ ") && l[3..].windows(3).any(|w| w == b" @@"));
    hunk.then(|| [blank(text, b'-'), blank(text, b'+')])
}

/// The text without the lines that begin with `mark`, and without the first column of the others.
fn blank(text: &[u8], mark: u8) -> Vec<u8> {
    let mut side = Vec::with_capacity(text.len());
    let mut hunks = false;
    for line in text.split_inclusive(|b| *b == b'\n') {
        hunks |= line.starts_with(b"@@ ");
        let header = line.starts_with(b"+++ ")
            || line.starts_with(b"--- ")
            || line.starts_with(b"@@ ")
            || line.starts_with(b"diff ")
            || line.starts_with(b"index ");
        match line.first() {
            _ if header || !hunks => {
                let from = side.len();
                side.extend(line.iter().map(|&b| if header && b != b'\n' { b' ' } else { b }));
                if line.starts_with(b"@@ ") {
                    side[from] = HUNK;
                }
            }
            Some(&first) if first == mark => side.extend(line.iter().map(|&b| if b == b'\n' { b } else { b' ' })),
            Some(b'+' | b'-' | b' ') => {
                side.push(b' ');
                side.extend_from_slice(&line[1..]);
            }
            _ => side.extend_from_slice(line),
        }
    }
    side
}

/// The text of a difference by words without what stands between `from` and `to`, and without the other marks.
fn words(text: &[u8], from: &[u8], to: &[u8], open: &[u8], close: &[u8]) -> Vec<u8> {
    let mut side = text.to_vec();
    let mut at = 0;
    while let Some(start) = memchr::memmem::find(&text[at..], from).map(|n| at + n) {
        let Some(end) = memchr::memmem::find(&text[start..], to).map(|n| start + n + to.len()) else { break };
        side[start..end].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
        at = end;
    }
    for mark in [open, close] {
        for at in memchr::memmem::find_iter(text, mark) {
            side[at..at + mark.len()].fill(b' ');
        }
    }
    side
}

/// Whether the byte at `offset` stands in words that are taken away.
fn is_old_word(text: &[u8], offset: usize) -> bool {
    let open = memchr::memmem::rfind(&text[..offset], b"[-");
    open.is_some_and(|o| memchr::memmem::find(&text[o..offset], b"-]").is_none())
}

/// Whether the byte at `offset` stands on a line that is taken away.
pub(super) fn is_old(text: &[u8], offset: usize) -> bool {
    let start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |n| n + 1);
    text.get(start) == Some(&b'-') || is_old_word(text, offset)
}

/// The dialect of the file that is changed, where a difference is of one kind of file.
pub(super) fn dialect(text: &[u8]) -> Option<Dialect> {
    let head = &text[..text.len().min(HEAD)];
    let mut names = head.split(|b| *b == b'\n').filter_map(|l| l.strip_prefix(b"+++ "));
    let first = Dialect::of(Some(names.next()?.trim_ascii()), b"");
    names.all(|n| Dialect::of(Some(n.trim_ascii()), b"") == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_keep_their_places() {
        let text = b"--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b = 3\n";
        let [new, old] = sides(text).unwrap();
        assert_eq!((new.len(), old.len()), (text.len(), text.len()));
        assert!(
            new.ends_with(b" a = 1\n      \n b = 3\n") && old.ends_with(b" a = 1\n b = 2\n      \n"),
            "{:?}",
            String::from_utf8_lossy(&new)
        );
        assert!(sides(b"a = 1\n- b\n+ c\n").is_none());
    }
}
