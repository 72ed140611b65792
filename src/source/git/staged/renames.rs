//! Which new files are old ones under another name, as git tells it by default: the same content first, then the same
//! name with three quarters of it, then whatever is at least half alike.

use crate::source::git::objects::Objects;
use bstr::BString;
use gix_hash::ObjectId;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

/// git's default for diff.renameLimit: more pairs than its square are not compared.
const LIMIT: usize = 1000;
/// What comparing all pairs may cost, in pieces looked at: some seconds.
const MAX_WORK: u64 = 2_000_000_000;
/// Pieces of a content are lines, but at most so many bytes.
const PIECE: usize = 64;
/// The most alike, as in git (diffcore.h).
const ALIKE: u64 = 60_000;
const HALF: u64 = ALIKE / 2;
/// Asked of files whose names say that they belong together.
const THREE_QUARTERS: u64 = HALF + (ALIKE - HALF) / 2;
/// How many old files are kept in mind for each new one.
const CANDIDATES: usize = 4;

/// A file that is gone, or new.
#[derive(Clone, Debug)]
pub(super) struct Version {
    /// Its path.
    pub(super) path: BString,
    /// Its content.
    pub(super) id: ObjectId,
    /// Whether it is a file; links are renamed only as they are.
    pub(super) is_file: bool,
}

/// What became of what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Renames {
    /// For each new file the place of the one it was.
    pub(super) from: Vec<Option<usize>>,
    /// There were too many files to compare them all.
    pub(super) cut: bool,
}

/// Finds them. Contents of more than `limit` bytes (0: none) are not compared, nor those that can't be read.
pub(super) fn find(objects: &Objects, gone: &[Version], new: &[Version], limit: u64) -> Renames {
    let mut pairing = Pairing { gone, new, from: vec![None; new.len()], used: vec![false; gone.len()] };
    pairing.same_content();
    let (old_left, new_left) = pairing.left();
    if old_left.is_empty() || new_left.is_empty() {
        return Renames { from: pairing.from, cut: false };
    }
    let bounded = |list: &[usize]| list.len() <= LIMIT * LIMIT;
    if !bounded(&old_left) || !bounded(&new_left) {
        return Renames { from: pairing.from, cut: true };
    }
    let named = pairing.same_names(&old_left, &new_left);
    let pieces = |list: &[Version], at: usize| Pieces::of(objects, &list[at].id, limit);
    for (old, at) in named {
        if let (Some(a), Some(b)) = (pieces(gone, old), pieces(new, at))
            && a.alike(&b) >= THREE_QUARTERS
        {
            pairing.pair(old, at);
        }
    }
    let (old_left, new_left) = pairing.left();
    if old_left.len().saturating_mul(new_left.len()) > LIMIT * LIMIT {
        return Renames { from: pairing.from, cut: true };
    }
    let read = |left: &[usize], list: &[Version]| -> Vec<(usize, Pieces)> {
        left.par_iter().filter_map(|&at| Some((at, pieces(list, at)?))).collect()
    };
    let (old, fresh) = (read(&old_left, gone), read(&new_left, new));
    let size = |list: &[(usize, Pieces)]| list.iter().map(|(_, p)| p.counts.len() as u64 + 1).sum::<u64>();
    if size(&old) * fresh.len() as u64 + size(&fresh) * old.len() as u64 > MAX_WORK {
        return Renames { from: pairing.from, cut: true };
    }
    pairing.most_alike(&old, &fresh);
    Renames { from: pairing.from, cut: false }
}

struct Pairing<'a> {
    gone: &'a [Version],
    new: &'a [Version],
    from: Vec<Option<usize>>,
    used: Vec<bool>,
}

impl Pairing<'_> {
    fn pair(&mut self, old: usize, new: usize) {
        if !self.used[old] && self.from[new].is_none() {
            self.used[old] = true;
            self.from[new] = Some(old);
        }
    }

    /// Files of both sides that have no partner. Links find theirs by content or not at all.
    fn left(&self) -> (Vec<usize>, Vec<usize>) {
        let old = (0..self.gone.len()).filter(|&i| !self.used[i] && self.gone[i].is_file).collect();
        let new = (0..self.new.len()).filter(|&i| self.from[i].is_none() && self.new[i].is_file).collect();
        (old, new)
    }

    /// The same content; the same name decides between several.
    fn same_content(&mut self) {
        let mut by_id: HashMap<(ObjectId, bool), Vec<usize>> = HashMap::new();
        for (at, old) in self.gone.iter().enumerate() {
            by_id.entry((old.id, old.is_file)).or_default().push(at);
        }
        for (at, new) in self.new.iter().enumerate() {
            let Some(olds) = by_id.get_mut(&(new.id, new.is_file)).filter(|olds| !olds.is_empty()) else { continue };
            let same_name = |&old: &usize| base(&self.gone[old].path) == base(&new.path);
            let old = olds.remove(olds.iter().position(same_name).unwrap_or(0));
            self.pair(old, at);
        }
    }

    /// Pairs whose file name is the only one of its kind among the old and among the new.
    fn same_names(&self, old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
        let unique = |list: &[usize], of: &[Version]| {
            let mut by_name: HashMap<Vec<u8>, Option<usize>> = HashMap::new();
            for &at in list {
                by_name.entry(base(&of[at].path).to_vec()).and_modify(|only| *only = None).or_insert(Some(at));
            }
            by_name
        };
        let (old, new) = (unique(old, self.gone), unique(new, self.new));
        let mut pairs: Vec<_> = new.iter().filter_map(|(name, at)| Some(((*old.get(name)?)?, (*at)?))).collect();
        pairs.sort_unstable();
        pairs
    }

    /// The best pairs first, each file once.
    fn most_alike(&mut self, old: &[(usize, Pieces)], new: &[(usize, Pieces)]) {
        let mut scored: Vec<Scored> = new
            .par_iter()
            .flat_map_iter(|(new, pieces)| {
                let score = |(old, other): &(usize, Pieces)| {
                    let same_name = base(&self.gone[*old].path) == base(&self.new[*new].path);
                    Scored { alike: other.alike(pieces), same_name, old: *old, new: *new }
                };
                let mut best: Vec<_> = old.iter().map(score).filter(|s| s.alike >= HALF).collect();
                best.sort_by(Scored::order);
                best.truncate(CANDIDATES);
                best
            })
            .collect();
        scored.sort_by(Scored::order);
        for pair in scored {
            self.pair(pair.old, pair.new);
        }
    }
}

struct Scored {
    alike: u64,
    same_name: bool,
    old: usize,
    new: usize,
}

impl Scored {
    fn order(&self, other: &Scored) -> std::cmp::Ordering {
        let key = |s: &Scored| (std::cmp::Reverse((s.alike, s.same_name)), s.new, s.old);
        key(self).cmp(&key(other))
    }
}

/// A content, as lines without their order: how many bytes of each there are.
struct Pieces {
    size: u64,
    counts: Vec<(u64, u32)>,
}

impl Pieces {
    fn of(objects: &Objects, id: &ObjectId, limit: u64) -> Option<Pieces> {
        let mut content = Vec::new();
        objects.get(id, limit, &mut content).ok()?;
        Some(Pieces::new(&content))
    }

    fn new(content: &[u8]) -> Pieces {
        let is_text = memchr::memchr(0, &content[..content.len().min(8000)]).is_none();
        let mut counts: Vec<(u64, u32)> = Vec::new();
        let (mut hasher, mut length) = (DefaultHasher::new(), 0);
        for (at, &byte) in content.iter().enumerate() {
            // The CR of a CRLF is no difference.
            if is_text && byte == b'\r' && content.get(at + 1) == Some(&b'\n') {
                continue;
            }
            hasher.write_u8(byte);
            length += 1;
            if length as usize == PIECE || byte == b'\n' {
                counts.push((hasher.finish(), length));
                (hasher, length) = (DefaultHasher::new(), 0);
            }
        }
        if length > 0 {
            counts.push((hasher.finish(), length));
        }
        counts.sort_unstable();
        counts.dedup_by(|next, kept| {
            next.0 == kept.0 && {
                kept.1 = kept.1.saturating_add(next.1);
                true
            }
        });
        Pieces { size: content.len() as u64, counts }
    }

    /// How alike two contents are, up to [`ALIKE`]: the part of the larger one that both have.
    fn alike(&self, other: &Pieces) -> u64 {
        let (large, small) = (self.size.max(other.size), self.size.min(other.size));
        if small == 0 || (large - small) * 2 > large {
            return 0;
        }
        let (mut i, mut j, mut common) = (0, 0, 0);
        while let (Some(a), Some(b)) = (self.counts.get(i), other.counts.get(j)) {
            match a.0.cmp(&b.0) {
                std::cmp::Ordering::Less => i += 1,
                std::cmp::Ordering::Greater => j += 1,
                std::cmp::Ordering::Equal => {
                    common += u64::from(a.1.min(b.1));
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        common * ALIKE / large
    }
}

fn base(path: &[u8]) -> &[u8] {
    memchr::memrchr(b'/', path).map_or(path, |at| &path[at + 1..])
}
