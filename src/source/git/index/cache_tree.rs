//! The TREE extension: which folders of the index are, as a whole, which tree objects.

use std::ops::Range;

/// The folders of an index in the order of a walk that takes each before what is in it.
#[derive(Clone, Debug, Default)]
pub struct CacheTree {
    /// The nodes; the first one is the root.
    pub nodes: Vec<Node>,
}

/// A folder.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where its name stands.
    pub(super) name: Range<u32>,
    /// Where its tree's id stands; None where it is out of date.
    pub(super) id_at: Option<u32>,
    /// How many entries of the index are below it; meaningless where it is out of date.
    pub entries: usize,
    /// The node behind the last one below it.
    pub end: usize,
}

impl CacheTree {
    /// The nodes right below the one at `at`.
    pub fn children(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes.get(at).map_or(0, |n| n.end);
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let this = next;
            (this < end).then(|| next = self.nodes[this].end.max(this + 1))?;
            Some(this)
        })
    }
}

/// Reads the extension that stands at `range` of `data`. None where it makes no sense: it is only a cache.
pub(super) fn parse(data: &[u8], range: Range<usize>, hash_len: usize) -> Option<CacheTree> {
    let mut nodes: Vec<Node> = Vec::new();
    // How many children each open node still waits for, and which node it is.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = range.start;
    loop {
        let name = until(data, &mut at, range.end, 0)?;
        let entries = until(data, &mut at, range.end, b' ')?;
        let children = until(data, &mut at, range.end, b'\n')?;
        let entries: i64 = std::str::from_utf8(&data[entries]).ok()?.parse().ok()?;
        let children: usize = std::str::from_utf8(&data[children]).ok()?.parse().ok()?;
        let id_at = if entries < 0 {
            None
        } else {
            let id_at = at;
            at = at.checked_add(hash_len).filter(|&end| end <= range.end)?;
            Some(u32::try_from(id_at).ok()?)
        };
        let name = u32::try_from(name.start).ok()?..u32::try_from(name.end).ok()?;
        nodes.push(Node { name, id_at, entries: usize::try_from(entries).unwrap_or(0), end: nodes.len() + 1 });
        open.push((nodes.len() - 1, children));
        while let Some(&(node, 0)) = open.last() {
            nodes[node].end = nodes.len();
            open.pop();
            if let Some((_, left)) = open.last_mut() {
                *left -= 1;
            }
        }
        if open.is_empty() {
            return (at == range.end).then_some(CacheTree { nodes });
        }
    }
}

/// The range up to `stop`, which is stepped over.
fn until(data: &[u8], at: &mut usize, end: usize, stop: u8) -> Option<Range<usize>> {
    let len = memchr::memchr(stop, data.get(*at..end)?)?;
    let range = *at..*at + len;
    *at = range.end + 1;
    Some(range)
}
