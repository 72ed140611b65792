//! Commits, tags and trees as bytes. Tolerant: what git once wrote, or somebody else, is read as far as it goes.

use bstr::ByteSlice;
use gix_hash::{Kind, ObjectId};

/// What a commit links to, and when it was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source::git) struct Links {
    pub(in crate::source::git) tree: ObjectId,
    pub(in crate::source::git) parents: Vec<ObjectId>,
    /// Committer's time in seconds; 0 where it can't be read.
    pub(in crate::source::git) time: i64,
}

/// Reads a commit's links; None where it has no tree, so is no commit.
pub(in crate::source::git) fn links(data: &[u8], hash: Kind) -> Option<Links> {
    let mut lines = data.lines();
    let tree = hex(lines.next()?.strip_prefix(b"tree ")?, hash)?;
    let (mut parents, mut time) = (Vec::new(), 0);
    for line in lines.take_while(|line| !line.is_empty()) {
        if let Some(id) = line.strip_prefix(b"parent ") {
            parents.push(hex(id, hash)?);
        } else if let Some(who) = line.strip_prefix(b"committer ") {
            time = Person::parse(who).time;
            break;
        }
    }
    Some(Links { tree, parents, time })
}

/// An id in hexadecimal, of the repository's hash.
pub(in crate::source::git) fn hex(text: &[u8], hash: Kind) -> Option<ObjectId> {
    ObjectId::from_hex(text).ok().filter(|id| id.kind() == hash)
}

/// Where an object's header ends and where its message begins.
pub(in crate::source::git) fn split(data: &[u8]) -> (&[u8], &[u8]) {
    match data.find(b"\n\n") {
        Some(at) => (&data[..at + 1], &data[at + 2..]),
        None => (data, b""),
    }
}

/// The value of the first header of this name, first line only.
pub(in crate::source::git) fn header<'a>(data: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (header, _) = split(data);
    header.lines().find_map(|line| line.strip_prefix(name.as_bytes())?.strip_prefix(b" "))
}

/// The headers that hold words: without links and signatures, continued lines unfolded. `leave_out` names more headers
/// to leave out.
pub(in crate::source::git) fn words(data: &[u8], leave_out: &[&str]) -> Vec<u8> {
    const NO_WORDS: [&str; 6] = ["tree", "parent", "object", "type", "gpgsig", "gpgsig-sha256"];
    let mut out = Vec::new();
    let mut keep = true;
    for line in split(data).0.lines() {
        let rest = match line.strip_prefix(b" ") {
            Some(continued) => continued,
            None => {
                let name = line.split_once_str(" ").map_or(line, |(name, _)| name);
                keep = !NO_WORDS.iter().chain(leave_out).any(|n| n.as_bytes() == name);
                line
            }
        };
        if keep {
            out.extend_from_slice(rest);
            out.push(b'\n');
        }
    }
    without_signatures(&mut out);
    out
}

/// Blanks the armoured signatures in a text, line for line, so that the places of everything else stay. A block that
/// never ends is left: nothing hides behind a line that only looks like a signature's beginning.
pub(in crate::source::git) fn without_signatures(text: &mut [u8]) {
    const KINDS: [&str; 3] = ["PGP SIGNATURE-----", "SSH SIGNATURE-----", "SIGNED MESSAGE-----"];
    for kind in KINDS {
        let (begin, end) = (format!("-----BEGIN {kind}"), format!("-----END {kind}"));
        let mut from = 0;
        while let Some(start) = text[from..].find(&begin).map(|at| from + at) {
            let Some(stop) = text[start..].find(&end).map(|at| start + at + end.len()) else { break };
            if start == 0 || text[start - 1] == b'\n' {
                text[start..stop].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
            }
            from = stop;
        }
    }
}

/// Who and when, from an `author`, `committer` or `tagger` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::source::git) struct Person<'a> {
    pub(in crate::source::git) name: &'a [u8],
    pub(in crate::source::git) email: &'a [u8],
    /// Seconds since the epoch; 0 where it can't be read.
    pub(in crate::source::git) time: i64,
    /// Seconds east of Greenwich; 0 where it can't be read.
    pub(in crate::source::git) offset: i32,
}

impl<'a> Person<'a> {
    /// Reads `Name <email> seconds +hhmm`; names may hold anything, so the last `>` counts.
    pub(in crate::source::git) fn parse(text: &'a [u8]) -> Person<'a> {
        let (who, when) = match text.rfind_byte(b'>') {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text, &b""[..]),
        };
        let (name, email) = who.split_once_str("<").unwrap_or((who, b""));
        let mut when = when.fields().map(|f| f.to_str().unwrap_or(""));
        let time = when.next().and_then(|t| t.parse().ok()).unwrap_or(0);
        let offset = when.next().and_then(offset).unwrap_or(0);
        Person { name: name.trim(), email: email.trim(), time, offset }
    }
}

/// `+hhmm` in seconds; None where no clock shows it.
fn offset(text: &str) -> Option<i32> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: i32 = text.get(1..).filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let (hours, minutes) = (digits / 100, digits % 100);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes) * 60)
}

/// What a tree's entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::source::git) enum EntryKind {
    /// A file.
    File,
    /// A symbolic link; its blob holds the target.
    Link,
    /// A folder.
    Tree,
    /// A submodule's commit, which is in another repository.
    Submodule,
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source::git) struct Entry<'a> {
    pub(in crate::source::git) kind: EntryKind,
    pub(in crate::source::git) name: &'a [u8],
    pub(in crate::source::git) id: ObjectId,
}

/// The entries of a tree, in its order. Ends early, and says so, where the tree is damaged.
pub(in crate::source::git) struct Entries<'a> {
    rest: &'a [u8],
    hash: Kind,
    damaged: bool,
}

impl<'a> Entries<'a> {
    pub(in crate::source::git) fn of(data: &'a [u8], hash: Kind) -> Self {
        Entries { rest: data, hash, damaged: false }
    }

    /// Whether the end came before its time.
    pub(in crate::source::git) fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// How many bytes are left.
    pub(in crate::source::git) fn left(&self) -> usize {
        self.rest.len()
    }

    fn entry(&mut self) -> Option<Entry<'a>> {
        let space = self.rest.iter().take(8).position(|b| *b == b' ')?;
        let mode = self.rest[..space].iter().try_fold(0u32, |mode, digit| match digit {
            b'0'..=b'7' => Some(mode << 3 | u32::from(digit - b'0')),
            _ => None,
        })?;
        let end = space + 1 + memchr::memchr(0, &self.rest[space + 1..])?;
        let id = self.rest.get(end + 1..end + 1 + self.hash.len_in_bytes())?;
        let entry = Entry { kind: kind(mode), name: &self.rest[space + 1..end], id: ObjectId::try_from(id).ok()? };
        self.rest = &self.rest[end + 1 + id.len()..];
        Some(entry)
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() || self.damaged {
            return None;
        }
        let entry = self.entry();
        self.damaged = entry.is_none();
        entry
    }
}

fn kind(mode: u32) -> EntryKind {
    match mode & 0o170_000 {
        0o040_000 => EntryKind::Tree,
        0o120_000 => EntryKind::Link,
        0o160_000 => EntryKind::Submodule,
        _ => EntryKind::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_commit_links_to_tree_and_parents() {
        let text = format!(
            "tree {ID}\nparent {ID}\nparent {ID}\nauthor A <a@b> 1 +0000\ncommitter C > D <c@d> 1234 -0130\n\nparent x\n"
        );
        let links = links(text.as_bytes(), Kind::Sha1).unwrap();
        assert_eq!((links.tree.to_string().as_str(), links.parents.len(), links.time), (ID, 2, 1234));
        assert_eq!(super::links(b"hello\n", Kind::Sha1), None);
        assert_eq!(super::links(text.as_bytes(), Kind::Sha256), None);
    }

    #[test]
    fn people_with_odd_names_and_clocks() {
        let p = Person::parse(b"C > D <c@d> 1234 -0130");
        assert_eq!((p.name, p.email, p.time, p.offset), (&b"C > D"[..], &b"c@d"[..], 1234, -5400));
        assert_eq!(Person::parse(b"A <a@b> 99999999999999999999 +9999").time, 0);
        assert_eq!(Person::parse(b"A <a@b> -5 +9999"), Person { name: b"A", email: b"a@b", time: -5, offset: 0 });
        assert_eq!(Person::parse(b"nobody").name, b"nobody");
    }

    #[test]
    fn words_leave_signatures_and_links_out() {
        let text = format!(
            "tree {ID}\nauthor A <a@b> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n SECRET1\n -----END PGP SIGNATURE-----\n\
             mergetag object {ID}\n type commit\n tag v1\n \n SECRET2\n -----BEGIN PGP SIGNATURE-----\n SECRET3\n -----END PGP SIGNATURE-----\n\
             encoding latin1\n\nSECRET4\n"
        );
        let words = words(text.as_bytes(), &["encoding"]);
        let words = String::from_utf8(words).unwrap();
        assert!(words.starts_with("author A <a@b> 1 +0000\nmergetag object"), "{words}");
        assert!(words.contains("\nSECRET2\n"));
        for absent in ["SECRET1", "SECRET3", "SECRET4", "latin1", "tree"] {
            assert!(!words.contains(absent), "{absent} in {words}");
        }
    }

    #[test]
    fn signatures_are_blanked_in_place_and_open_ones_stay() {
        let text = b"a\n-----BEGIN SSH SIGNATURE-----\nKEY\n-----END SSH SIGNATURE-----\nb".to_vec();
        let mut blank = text.clone();
        without_signatures(&mut blank);
        assert_eq!(blank.len(), text.len());
        assert_eq!(blank.lines().count(), 5);
        assert!(blank.find("KEY").is_none() && blank.ends_with(b"\nb"));
        let mut open = b"-----BEGIN PGP SIGNATURE-----\nKEY".to_vec();
        without_signatures(&mut open);
        assert!(open.find("KEY").is_some());
    }

    #[test]
    fn trees_end_where_they_are_damaged() {
        let mut tree = b"100644 a\0".to_vec();
        tree.extend([1; 20]);
        tree.extend(b"40000 d\0");
        tree.extend([2; 20]);
        let all: Vec<_> = Entries::of(&tree, Kind::Sha1).map(|e| (e.kind, e.name)).collect();
        assert_eq!(all, [(EntryKind::File, &b"a"[..]), (EntryKind::Tree, b"d")]);
        let mut cut = Entries::of(&tree[..tree.len() - 1], Kind::Sha1);
        assert_eq!((cut.by_ref().count(), cut.is_damaged()), (1, true));
        let mut junk = Entries::of(b"what is this", Kind::Sha1);
        assert_eq!((junk.by_ref().count(), junk.is_damaged()), (0, true));
    }
}
