//! Which commits a range holds: read as they are needed, parents first in the end.

use crate::blob::Skip;
use crate::source::git::history::graph::Graph;
use crate::source::git::history::parse::{self, Links};
use crate::source::git::objects::{ObjectError, Objects};
use crate::source::git::open::Repository;
use gix_hash::ObjectId;
use gix_object::Kind;
use std::cell::RefCell;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::rc::Rc;

/// When all that is left to visit is excluded, so many commits older than the range are visited yet, and all that are
/// not a day older: a clock that was wrong could make one of the range's commits look older than what excludes it.
const SLOP: u32 = 256;
const DAY: i64 = 86_400;

/// Reads commits, each once.
pub(super) struct Commits<'a> {
    pub(super) objects: &'a Objects,
    pub(super) repository: &'a Repository,
    shallow: HashSet<ObjectId>,
    known: RefCell<HashMap<ObjectId, Rc<Commit>>>,
}

/// A commit, as far as it could be read.
#[derive(Debug)]
pub(super) enum Commit {
    /// It is here.
    Here(Links),
    /// It is here, but its parents were cut off.
    Boundary(Links),
    /// It can't be read.
    Unread(ObjectError),
}

impl Commit {
    pub(super) fn links(&self) -> Option<&Links> {
        match self {
            Commit::Here(links) | Commit::Boundary(links) => Some(links),
            Commit::Unread(_) => None,
        }
    }

    /// Parents that can be followed.
    fn parents(&self) -> &[ObjectId] {
        match self {
            Commit::Here(links) => &links.parents,
            _ => &[],
        }
    }
}

impl<'a> Commits<'a> {
    pub(super) fn new(objects: &'a Objects, repository: &'a Repository) -> Self {
        let shallow = repository.shallow.iter().copied().collect();
        Commits { objects, repository, shallow, known: RefCell::default() }
    }

    pub(super) fn get(&self, id: &ObjectId) -> Rc<Commit> {
        if let Some(known) = self.known.borrow().get(id) {
            return known.clone();
        }
        let read = Rc::new(self.read(id));
        self.known.borrow_mut().insert(*id, read.clone());
        read
    }

    fn read(&self, id: &ObjectId) -> Commit {
        let mut data = Vec::new();
        match self.objects.get(id, 0, &mut data) {
            Ok(Kind::Commit) => {}
            Ok(kind) => return Commit::Unread(ObjectError::Corrupt(format!("a {kind} where a commit is expected"))),
            Err(error) => return Commit::Unread(error),
        }
        match parse::links(&data, self.repository.hash) {
            Some(links) if self.shallow.contains(id) && !links.parents.is_empty() => Commit::Boundary(links),
            Some(links) => Commit::Here(links),
            None => Commit::Unread(ObjectError::Corrupt("no commit as git writes it".into())),
        }
    }

    /// The commit that an object is, or that a tag of it tags, and the tags on the way; the last object otherwise.
    pub(super) fn peel(&self, id: &ObjectId) -> Result<Peeled, ObjectError> {
        let (mut id, mut tags, mut data) = (*id, Vec::new(), Vec::new());
        loop {
            match self.objects.get(&id, 0, &mut data)? {
                Kind::Commit => return Ok(Peeled { id, tags, kind: Kind::Commit }),
                Kind::Tag => {
                    let target = parse::header(&data, "object").and_then(|hex| parse::hex(hex, self.repository.hash));
                    let target = target.filter(|target| *target != id && !tags.contains(target));
                    tags.push(id);
                    id = target.ok_or_else(|| ObjectError::Corrupt("no tag as git writes it".into()))?;
                }
                kind => return Ok(Peeled { id, tags, kind }),
            }
        }
    }
}

/// An object behind tags.
#[derive(Debug)]
pub(super) struct Peeled {
    pub(super) id: ObjectId,
    pub(super) tags: Vec<ObjectId>,
    pub(super) kind: Kind,
}

/// Colours of commits: bits that spread to parents.
type Colour = u8;
const WANTED: Colour = 1;
const OTHER: Colour = 2;

/// A walk that spreads colours, newest commits first.
struct Walk<'c, 'a> {
    commits: &'c Commits<'a>,
    colours: HashMap<ObjectId, Colour>,
    /// Commits to visit, by time. One may stand here twice; `visited` tells the colour it was visited with.
    queue: BinaryHeap<(i64, ObjectId)>,
    visited: HashMap<ObjectId, Colour>,
    /// How many of the queue are not settled: their colour may still matter.
    live: usize,
    is_live: fn(Colour) -> bool,
}

impl<'c, 'a> Walk<'c, 'a> {
    fn new(commits: &'c Commits<'a>, is_live: fn(Colour) -> bool) -> Self {
        Walk { commits, colours: HashMap::new(), queue: BinaryHeap::new(), visited: HashMap::new(), live: 0, is_live }
    }

    fn paint(&mut self, id: &ObjectId, colour: Colour) {
        let known = self.colours.entry(*id).or_default();
        let (old, new) = (*known, *known | colour);
        *known = new;
        if old == new {
            return;
        }
        let waiting = old != 0 && self.visited.get(id) != Some(&old);
        if waiting {
            self.live -= usize::from((self.is_live)(old) && !(self.is_live)(new));
        } else {
            let time = self.commits.get(id).links().map_or(0, |l| l.time);
            self.queue.push((time, *id));
            self.live += usize::from((self.is_live)(new));
        }
    }

    /// Spreads the colours as far as they can matter.
    fn run(&mut self, cancelled: &dyn Fn() -> bool) {
        let (mut oldest, mut slop) = (i64::MAX, SLOP);
        while let Some((time, id)) = self.queue.pop() {
            let colour = self.colours.get(&id).copied().unwrap_or_default();
            let is_live = (self.is_live)(colour);
            self.live -= usize::from(is_live);
            if is_live {
                oldest = oldest.min(time);
            } else if self.live == 0 && time < oldest.saturating_sub(DAY) {
                slop -= 1;
            }
            if slop == 0 || oldest == i64::MAX && self.live == 0 || cancelled() {
                return;
            }
            self.visited.insert(id, colour);
            for parent in self.commits.get(&id).parents() {
                self.paint(parent, colour);
            }
        }
    }
}

/// The commits of a range.
#[derive(Debug, Default)]
pub(super) struct Selected {
    /// Parents first, ties by date.
    pub(super) commits: Vec<ObjectId>,
    /// Those that could not be read.
    pub(super) skips: Vec<Skip>,
}

/// What `tips` lead to and `known` don't.
pub(super) fn between(
    commits: &Commits<'_>,
    tips: &[ObjectId],
    known: &[ObjectId],
    cancelled: &dyn Fn() -> bool,
) -> Selected {
    let mut walk = Walk::new(commits, |colour| colour == WANTED);
    known.iter().for_each(|id| walk.paint(id, OTHER));
    tips.iter().for_each(|id| walk.paint(id, WANTED));
    walk.run(cancelled);
    let mut selected = Selected::default();
    let mut all = Vec::new();
    for (id, _) in walk.colours.iter().filter(|(_, colour)| **colour == WANTED) {
        match &*commits.get(id) {
            Commit::Here(links) | Commit::Boundary(links) => all.push((*id, links.clone())),
            Commit::Unread(error) => selected.skips.push(error.skip(id)),
        }
    }
    all.sort_unstable_by_key(|(id, _)| *id);
    let graph = Graph::new(&all, &[]);
    selected.commits = graph.order(&vec![true; graph.len()]).into_iter().map(|at| *graph.id(at)).collect();
    selected.skips.sort();
    selected
}

/// Commits that both lead to, among them all that lead to the rest of those.
pub(super) fn common(
    commits: &Commits<'_>,
    one: &ObjectId,
    other: &ObjectId,
    cancelled: &dyn Fn() -> bool,
) -> Vec<ObjectId> {
    let mut walk = Walk::new(commits, |colour| colour != WANTED | OTHER);
    walk.paint(one, WANTED);
    walk.paint(other, OTHER);
    walk.run(cancelled);
    let both = walk.colours.iter().filter(|(_, colour)| **colour == WANTED | OTHER);
    let mut out: Vec<ObjectId> = both.map(|(id, _)| *id).collect();
    out.sort_unstable();
    out
}
