//! Which new file is an old one renamed: as git tells by default (diffcore-rename: identical ones first, then those of
//! the same name, then whatever is at least half alike; copies are none).

use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What git calls 100 % alike.
const MAX_SCORE: u64 = 60_000;
/// Half alike is a rename.
const MIN_SCORE: u64 = MAX_SCORE / 2;
/// Files of the same name are not compared with others if they are at least so much alike.
const NAME_SCORE: u64 = MIN_SCORE + (MAX_SCORE - MIN_SCORE) / 2;
/// More pairs than this many squared are not compared (diff.renameLimit).
const LIMIT: usize = 1000;
/// Of each new file so many candidates are kept.
const CANDIDATES: usize = 4;

/// A file that is new, or gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) path: BString,
    pub(super) id: ObjectId,
}

/// For files that are new the file that was gone with them, if any: pairs of indices (new, gone). `read` gives a
/// content, or nothing where it can't be had: such a file is only ever identical to another.
pub(super) fn pairs(
    new: &[File],
    gone: &[File],
    read: &mut dyn FnMut(&ObjectId) -> Option<Vec<u8>>,
) -> BTreeMap<usize, usize> {
    let mut found = Pairs { new, gone, pairs: BTreeMap::new(), used: HashSet::new(), spans: HashMap::new(), read };
    found.identical();
    let (new_left, gone_left) = (new.len() - found.pairs.len(), gone.len() - found.used.len());
    if new_left > 0 && gone_left > 0 {
        found.same_name();
        let (new_left, gone_left) = (new.len() - found.pairs.len(), gone.len() - found.used.len());
        if new_left * gone_left <= LIMIT * LIMIT {
            found.alike();
        }
    }
    found.pairs
}

struct Pairs<'a> {
    new: &'a [File],
    gone: &'a [File],
    pairs: BTreeMap<usize, usize>,
    /// Files that are gone and found again.
    used: HashSet<usize>,
    spans: HashMap<ObjectId, Option<Spans>>,
    read: &'a mut dyn FnMut(&ObjectId) -> Option<Vec<u8>>,
}

/// The last part of a path.
fn base(path: &[u8]) -> &[u8] {
    path.rsplit_once_str("/").map_or(path, |(_, name)| name)
}

impl Pairs<'_> {
    fn pair(&mut self, new: usize, gone: usize) {
        if self.used.insert(gone) {
            self.pairs.insert(new, gone);
        }
    }

    fn identical(&mut self) {
        let mut by_id: HashMap<&ObjectId, Vec<usize>> = HashMap::new();
        for (at, file) in self.gone.iter().enumerate() {
            by_id.entry(&file.id).or_default().push(at);
        }
        for (at, file) in self.new.iter().enumerate() {
            let Some(all) = by_id.get_mut(&file.id).filter(|all| !all.is_empty()) else { continue };
            let named = all.iter().position(|gone| base(&self.gone[*gone].path) == base(&file.path));
            let gone = all.remove(named.unwrap_or(0));
            self.pair(at, gone);
        }
    }

    /// Names that only one file on either side has.
    fn same_name(&mut self) {
        let mut names: HashMap<&[u8], (Vec<usize>, Vec<usize>)> = HashMap::new();
        for at in (0..self.new.len()).filter(|at| !self.pairs.contains_key(at)) {
            names.entry(base(&self.new[at].path)).or_default().0.push(at);
        }
        for at in (0..self.gone.len()).filter(|at| !self.used.contains(at)) {
            names.entry(base(&self.gone[at].path)).or_default().1.push(at);
        }
        let mut once: Vec<(usize, usize)> = names
            .into_values()
            .filter_map(|(new, gone)| match (&new[..], &gone[..]) {
                ([new], [gone]) => Some((*new, *gone)),
                _ => None,
            })
            .collect();
        once.sort_unstable();
        for (new, gone) in once {
            if self.score(new, gone) >= NAME_SCORE {
                self.pair(new, gone);
            }
        }
    }

    fn alike(&mut self) {
        let mut all = Vec::new();
        for new in 0..self.new.len() {
            if self.pairs.contains_key(&new) {
                continue;
            }
            let mut best = Vec::new();
            for gone in 0..self.gone.len() {
                let score = if self.used.contains(&gone) { 0 } else { self.score(new, gone) };
                if score >= MIN_SCORE {
                    let named = base(&self.new[new].path) == base(&self.gone[gone].path);
                    best.push((Reverse((score, named)), new, gone));
                }
            }
            best.sort_unstable();
            best.truncate(CANDIDATES);
            all.extend(best);
        }
        all.sort_unstable();
        for (_, new, gone) in all {
            if !self.pairs.contains_key(&new) {
                self.pair(new, gone);
            }
        }
    }

    /// How much of the larger one of the two came from the gone one.
    fn score(&mut self, new: usize, gone: usize) -> u64 {
        let (new, gone) = (self.new[new].id, self.gone[gone].id);
        self.load(&new);
        self.load(&gone);
        match (self.spans.get(&new), self.spans.get(&gone)) {
            (Some(Some(new)), Some(Some(gone))) => gone.score(new),
            _ => 0,
        }
    }

    fn load(&mut self, id: &ObjectId) {
        if !self.spans.contains_key(id) {
            let spans = (self.read)(id).map(|content| Spans::of(&content));
            self.spans.insert(*id, spans);
        }
    }
}

/// A content as pieces of a line, or of 64 bytes of one.
struct Spans {
    size: u64,
    /// How many bytes stand in pieces of each hash.
    bytes: HashMap<u32, u64>,
}

impl Spans {
    fn of(content: &[u8]) -> Spans {
        let is_text = memchr::memchr(0, &content[..content.len().min(8000)]).is_none();
        let mut spans = Spans { size: content.len() as u64, bytes: HashMap::new() };
        let (mut a, mut b, mut n) = (0u32, 0u32, 0u64);
        for (at, &byte) in content.iter().enumerate() {
            if is_text && byte == b'\r' && content.get(at + 1) == Some(&b'\n') {
                continue;
            }
            // The hash of diffcore-delta.c.
            let old = a;
            a = (a << 7) ^ (b >> 25);
            b = (b << 7) ^ (old >> 25);
            a = a.wrapping_add(u32::from(byte));
            n += 1;
            if n == 64 || byte == b'\n' {
                spans.add(a, b, n);
                (a, b, n) = (0, 0, 0);
            }
        }
        if n > 0 {
            spans.add(a, b, n);
        }
        spans
    }

    fn add(&mut self, a: u32, b: u32, n: u64) {
        let hash = a.wrapping_add(b.wrapping_mul(0x61)) % 107_927;
        *self.bytes.entry(hash).or_default() += n;
    }

    fn score(&self, new: &Spans) -> u64 {
        let (small, large) = (self.size.min(new.size), self.size.max(new.size));
        if new.size == 0 || large * (MAX_SCORE - MIN_SCORE) < (large - small) * MAX_SCORE {
            return 0;
        }
        let copied: u64 = self.bytes.iter().map(|(hash, n)| *n.min(new.bytes.get(hash).unwrap_or(&0))).sum();
        copied * MAX_SCORE / large
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::Git;
    use super::*;

    /// What git itself pairs between HEAD~ and HEAD, as (old, new).
    fn by_git(git: &Git) -> Vec<(String, String)> {
        let out = git.run(&["diff-tree", "-r", "-M", "--name-status", "HEAD~", "HEAD"]);
        let pair = |line: &str| {
            let mut words = line.split('\t');
            words.next()?.starts_with('R').then(|| (words.next().unwrap().into(), words.next().unwrap().into()))
        };
        let mut all: Vec<_> = out.lines().filter_map(pair).collect();
        all.sort();
        all
    }

    fn files(git: &Git, filter: &str) -> Vec<File> {
        let out = git.run(&["diff-tree", "-r", "--no-renames", filter, "HEAD~", "HEAD"]);
        out.lines()
            .map(|line| {
                let (meta, path) = line.split_once('\t').unwrap();
                let words: Vec<_> = meta.split(' ').collect();
                let id = words[if filter.ends_with('D') { 2 } else { 3 }];
                File { path: path.into(), id: ObjectId::from_hex(id.as_bytes()).unwrap() }
            })
            .collect()
    }

    fn by_us(git: &Git) -> Vec<(String, String)> {
        let (new, gone) = (files(git, "--diff-filter=A"), files(git, "--diff-filter=D"));
        let mut read = |id: &ObjectId| Some(git.run(&["cat-file", "blob", &id.to_string()]).into_bytes());
        let pairs = pairs(&new, &gone, &mut read);
        let mut all: Vec<_> =
            pairs.iter().map(|(n, g)| (gone[*g].path.to_string(), new[*n].path.to_string())).collect();
        all.sort();
        all
    }

    fn lines(range: std::ops::Range<u32>, word: &str) -> Vec<u8> {
        range.map(|n| format!("line {n} says {}\n", word.repeat(n as usize % 5))).collect::<String>().into_bytes()
    }

    #[test]
    fn as_git_tells_them() {
        let git = Git::new();
        for (path, range) in [("a/one", 0..50), ("a/two", 100..150), ("b/three", 200..260), ("c/x", 0..50)] {
            git.write(path, &lines(range, "old"));
        }
        git.write("half", &lines(300..340, "old"));
        git.write("less", &lines(400..440, "old"));
        git.write("crlf", &lines(500..540, "old"));
        git.commit_all("before");
        git.run(&["rm", "-qr", "."]);
        git.write("z/one", &lines(0..50, "old"));
        git.write("a/x", &lines(0..50, "old"));
        git.write("two", &[lines(100..150, "old"), lines(600..610, "new")].concat());
        git.write("four", &[lines(200..245, "old"), lines(700..715, "new")].concat());
        git.write("half-new", &[lines(300..325, "old"), lines(800..820, "new")].concat());
        git.write("less-new", &[lines(400..415, "old"), lines(900..930, "new")].concat());
        git.write("crlf-new", &lines(500..540, "old").replace("\n", "\r\n"));
        git.commit_all("after");
        let expected = by_git(&git);
        assert_eq!(by_us(&git), expected);
        assert!(expected.len() >= 5 && !expected.iter().any(|(old, _)| old == "less"), "{expected:?}");
    }

    #[test]
    fn what_cannot_be_read_is_only_ever_identical() {
        let id = |n: u8| ObjectId::Sha1([n; 20]);
        let file = |path: &str, n: u8| File { path: path.into(), id: id(n) };
        let pairs = pairs(&[file("x", 1), file("y", 2)], &[file("a", 3), file("b", 1)], &mut |_| None);
        assert_eq!(pairs.into_iter().collect::<Vec<_>>(), [(0, 1)]);
    }
}
