//! Walks a pack along its trees of deltas: each object is built once, from its base that is still at hand, on all
//! cores.
//!
//! A task is a subtree. It goes depth first with reused buffers; a base is dropped when its last child is made. Where a
//! base has several heavy children, all but the last become tasks of their own and share it, so that one large tree
//! keeps every core busy. A node that can't be built is asked for elsewhere; what hangs on it goes on from there.

use super::ObjectError;
use super::cache::Base;
use super::chain::{MOST, Tools, too_large};
use super::delta::Delta;
use super::forest::{Forest, NONE};
use super::pack::{Entry, Header, Pack};
use crate::blob::Copied;
use crate::source::{Lineage, Memo};
use gix_hash::ObjectId;
use gix_object::Kind;
use rayon::Scope;
use std::sync::{Arc, Mutex, PoisonError};

/// Tasks for each thread, so that none ends much later than the others.
const TASKS: u64 = 16;
/// A task of less work (about bytes) is not worth its while.
const SMALLEST: u64 = 256 << 10;
/// A delta larger than this is opened first, to see what it makes.
const LARGE_DELTA: u64 = 1 << 20;
/// Larger buffers, and more of them, are not kept for reuse.
const KEPT: (usize, usize) = (4 << 20, 12);

/// Takes what a walk builds. Nodes are those of its forest.
pub(super) trait Taker: Sync {
    /// An object that was built. `proven`: checksums vouch for it.
    fn take(&self, node: u32, kind: Kind, data: &[u8], proven: bool, made: Option<Lineage<'_>>) -> Taken;
    /// A blob over the limit, not built.
    fn too_large(&self, node: u32, size: u64);
    /// A node that could not be built; its content if it is to be had elsewhere.
    fn lost(&self, node: u32, kind: Option<Kind>, error: ObjectError) -> Option<Base>;
    /// The id that a node should have, where one is known.
    fn id(&self, node: u32) -> Option<ObjectId>;
    /// The base of a delta that is none of this forest's nodes.
    fn base(&self, header: &Header) -> Result<Base, ObjectError>;
    /// The object at an offset, whatever its size: the base of something smaller.
    fn large_base(&self, offset: u64) -> Result<Base, ObjectError>;
    /// Whether to stop.
    fn cancelled(&self) -> bool;
}

/// What a taker says of an object.
pub(super) struct Taken {
    /// Whether it is what its id says.
    pub(super) is_true: bool,
    /// What to give back with what is made from it.
    pub(super) memo: Option<Memo>,
}

/// A walk over a pack.
pub(super) struct Walk<'a> {
    pub(super) pack: &'a Pack,
    pub(super) forest: &'a Forest,
    pub(super) taker: &'a dyn Taker,
    /// Blobs of more bytes are not built.
    pub(super) limit: u64,
    grain: u64,
    scratch: Mutex<Vec<Scratch>>,
}

/// What a task needs and the next one can use again.
struct Scratch {
    tools: Tools,
    copied: Vec<Copied>,
    free: Vec<Vec<u8>>,
}

impl Scratch {
    fn buffer(&mut self) -> Vec<u8> {
        self.free.pop().unwrap_or_default()
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() <= KEPT.0 && self.free.len() < KEPT.1 {
            self.free.push(buffer);
        }
    }
}

/// A node whose children are being made.
struct Frame {
    node: u32,
    child: u32,
    made: Made,
}

/// What became of a node.
#[derive(Clone)]
struct Made {
    kind: Option<Kind>,
    content: Content,
    proven: bool,
    memo: Option<Memo>,
}

impl Made {
    /// A base from elsewhere.
    fn of(base: Base) -> Made {
        Made { kind: Some(base.kind), content: Content::Shared(base.content), proven: base.proven, memo: None }
    }

    /// What is known of an object that `delta` made of this one.
    fn lineage<'c>(&'c self, delta: &[u8], copied: &'c mut Vec<Copied>) -> Option<Lineage<'c>> {
        let (memo, base) = (self.memo.as_ref()?, self.content.bytes()?);
        Delta::open(delta)?.copied(copied);
        Some(Lineage { memo, size: base.len(), copied })
    }
}

#[derive(Clone)]
enum Content {
    Own(Vec<u8>),
    Shared(Arc<Vec<u8>>),
    /// Over the limit: built only for the sake of something smaller.
    Later,
    /// Nowhere to be had; why.
    Lost(ObjectError),
}

impl Content {
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Content::Own(bytes) => Some(bytes),
            Content::Shared(bytes) => Some(bytes),
            Content::Later | Content::Lost(_) => None,
        }
    }

    /// The same, to be had by several tasks.
    fn share(&mut self) -> Content {
        if let Content::Own(bytes) = self {
            *self = Content::Shared(Arc::new(std::mem::take(bytes)));
        }
        self.clone()
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(pack: &'a Pack, forest: &'a Forest, taker: &'a dyn Taker, limit: u64) -> Self {
        let total: u64 = forest.roots.iter().fold(0, |sum, &root| forest.weight(root).saturating_add(sum));
        let grain = (total / (TASKS * rayon::current_num_threads() as u64)).max(SMALLEST);
        Walk { pack, forest, taker, limit, grain, scratch: Mutex::default() }
    }

    /// Walks over all trees, on the threads of the current pool.
    pub(super) fn run(&self) {
        rayon::scope(|scope| {
            let mut rest = &self.forest.roots[..];
            while !rest.is_empty() {
                let mut weight = 0u64;
                let heavy = |&root: &u32| {
                    weight = weight.saturating_add(self.forest.weight(root));
                    weight >= self.grain
                };
                let (group, after) = rest.split_at(rest.iter().position(heavy).map_or(rest.len(), |at| at + 1));
                rest = after;
                scope.spawn(move |scope| {
                    self.with_scratch(|scratch| {
                        let worth = |&&root: &&u32| self.forest.weight(root) > 0 && !self.taker.cancelled();
                        group.iter().filter(worth).for_each(|&root| {
                            let made = self.root(root, scratch);
                            self.tree(root, made, scope, scratch);
                        });
                    });
                });
            }
        });
        for &node in &self.forest.circles {
            let why = "it is, by and by, a delta against itself";
            drop(self.taker.lost(node, None, ObjectError::Corrupt(why.into())));
        }
    }

    fn with_scratch(&self, work: impl FnOnce(&mut Scratch)) {
        let lock = || self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let free = lock().pop();
        let mut scratch = free.unwrap_or_else(|| Scratch { tools: Tools::new(), copied: Vec::new(), free: Vec::new() });
        work(&mut scratch);
        lock().push(scratch);
    }

    /// Makes all that hangs on `node`, which is made.
    fn tree<'s>(&'s self, node: u32, made: Made, scope: &Scope<'s>, scratch: &mut Scratch) {
        let mut stack = Vec::new();
        self.enter(node, made, &mut stack, scratch);
        while let Some(frame) = stack.last_mut() {
            if self.taker.cancelled() {
                return;
            }
            let child = frame.child;
            frame.child = self.forest.next(child);
            let last = frame.child == NONE;
            if !last && self.forest.weight(child) > self.grain {
                let made = Made { content: frame.made.content.share(), memo: frame.made.memo.clone(), ..frame.made };
                let parent = frame.node;
                scope.spawn(move |scope| {
                    self.with_scratch(|scratch| {
                        let mut parent = Frame { node: parent, child: NONE, made };
                        let made = self.child(child, &mut parent, scratch);
                        drop(parent);
                        self.tree(child, made, scope, scratch);
                    });
                });
                continue;
            }
            let made = self.child(child, frame, scratch);
            if last && let Some(Frame { made: Made { content: Content::Own(buffer), .. }, .. }) = stack.pop() {
                scratch.keep(buffer);
            }
            self.enter(child, made, &mut stack, scratch);
        }
    }

    fn enter(&self, node: u32, made: Made, stack: &mut Vec<Frame>, scratch: &mut Scratch) {
        match (self.forest.first(node), made.content) {
            (NONE, Content::Own(buffer)) => scratch.keep(buffer),
            (NONE, _) => {}
            (child, content) => stack.push(Frame { node, child, made: Made { content, ..made } }),
        }
    }

    /// Makes a root: a whole object, or a delta against something outside of the forest.
    fn root(&self, node: u32, scratch: &mut Scratch) -> Made {
        let offset = self.forest.offset(node);
        let Some(entry) = self.pack.entry(offset) else {
            return self.lost(node, None, ObjectError::Corrupt("its entry in the pack is damaged".into()));
        };
        let kind = match entry.header {
            Header::Whole(kind) => kind,
            _ => {
                return match self.taker.base(&entry.header) {
                    Ok(base) => {
                        let made = Made::of(base);
                        self.child(node, &mut Frame { node: NONE, child: NONE, made }, scratch)
                    }
                    Err(error) => self.lost(node, None, error),
                };
            }
        };
        if entry.size > self.most(kind) {
            let id = self.taker.id(node);
            let whole = id.as_ref().map(|id| (id.as_ref(), kind));
            return match too_large(&mut scratch.tools.inflater, self.pack, offset, &entry, whole) {
                ObjectError::TooLarge(size) => self.too_large(node, kind, size),
                error => self.lost(node, None, error),
            };
        }
        let mut out = scratch.buffer();
        match self.inflate(node, offset, &entry, &mut scratch.tools, &mut out) {
            Ok(proven) => self.take(node, kind, out, proven, None),
            Err(error) => {
                scratch.keep(out);
                // What is damaged may be its header.
                self.lost(node, None, error)
            }
        }
    }

    /// Makes a child of `parent`.
    fn child(&self, node: u32, parent: &mut Frame, scratch: &mut Scratch) -> Made {
        let mut delta = std::mem::take(&mut scratch.tools.delta);
        let mut out = scratch.buffer();
        let made = self.apply(node, parent, &mut scratch.tools, &mut delta, &mut out);
        let made = made.map(|proven| (proven, parent.made.lineage(&delta, &mut scratch.copied)));
        scratch.tools.delta = delta;
        match (made, parent.made.kind) {
            (Ok((proven, lineage)), Some(kind)) => self.take(node, kind, out, proven, lineage),
            (Err(ObjectError::TooLarge(size)), Some(kind)) => {
                scratch.keep(out);
                self.too_large(node, kind, size)
            }
            (Err(error), kind) => {
                scratch.keep(out);
                let intact = kind.filter(|_| self.pack.proves_unread(self.forest.offset(node)));
                self.lost(node, intact, error)
            }
            (Ok(_), None) => self.lost(node, None, ObjectError::Corrupt("its delta base can't be read".into())),
        }
    }

    fn apply(
        &self,
        node: u32,
        parent: &mut Frame,
        tools: &mut Tools,
        bytes: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<bool, ObjectError> {
        let offset = self.forest.offset(node);
        let most = self.most(parent.made.kind.unwrap_or(Kind::Blob));
        let damaged = |why: &str| ObjectError::Corrupt(why.to_owned());
        let entry = self.pack.entry(offset).ok_or_else(|| damaged("its entry in the pack is damaged"))?;
        match &parent.made.content {
            Content::Lost(ObjectError::TooMuch(why)) => return Err(ObjectError::TooMuch(why.clone())),
            Content::Lost(_) => return Err(damaged("its delta base can't be read")),
            _ => {}
        }
        if entry.size > LARGE_DELTA {
            let mut head = [0; 24];
            let head = tools.inflater.head(self.pack.from(entry.data), &mut head).unwrap_or_default();
            let size = Delta::open(head).map(|delta| delta.size);
            if let Some(size) = size.filter(|&size| size > most) {
                return match too_large(&mut tools.inflater, self.pack, offset, &entry, None) {
                    ObjectError::TooLarge(_) => Err(ObjectError::TooLarge(size)),
                    error => Err(error),
                };
            }
            // No delta has a reason to be larger than what it makes by this much.
            if entry.size > size.unwrap_or(0).saturating_mul(8).saturating_add(LARGE_DELTA) {
                return Err(damaged("its delta is larger than it can need to be"));
            }
        }
        let proven = self.inflate(node, offset, &entry, tools, bytes)?;
        let delta = Delta::open(bytes).ok_or_else(|| damaged("its delta is damaged"))?;
        if delta.size > most {
            return Err(ObjectError::TooLarge(delta.size));
        }
        if matches!(parent.made.content, Content::Later) {
            let base = self.taker.large_base(self.forest.offset(parent.node))?;
            parent.made = Made::of(base);
        }
        let base = parent.made.content.bytes().ok_or_else(|| damaged("its delta base can't be read"))?;
        delta.apply(base, out).ok_or_else(|| damaged("its delta does not fit its base"))?;
        Ok(proven && parent.made.proven)
    }

    fn inflate(
        &self,
        node: u32,
        offset: u64,
        entry: &Entry,
        tools: &mut Tools,
        out: &mut Vec<u8>,
    ) -> Result<bool, ObjectError> {
        let used = tools.inflater.exact(self.pack.from(entry.data), entry.size, out);
        let used = used.map_err(|broken| ObjectError::Corrupt(broken.why().to_owned()))?;
        Ok(self.pack.proves(self.pack.order().get(node as usize).copied(), offset, entry.data + used as u64))
    }

    fn most(&self, kind: Kind) -> u64 {
        if kind == Kind::Blob { self.limit.min(MOST) } else { MOST }
    }

    fn take(&self, node: u32, kind: Kind, content: Vec<u8>, proven: bool, made: Option<Lineage<'_>>) -> Made {
        let Taken { is_true, memo } = self.taker.take(node, kind, &content, proven, made);
        Made { kind: Some(kind), content: Content::Own(content), proven: is_true, memo }
    }

    fn too_large(&self, node: u32, kind: Kind, size: u64) -> Made {
        self.taker.too_large(node, size);
        Made { kind: Some(kind), content: Content::Later, proven: false, memo: None }
    }

    fn lost(&self, node: u32, kind: Option<Kind>, error: ObjectError) -> Made {
        match self.taker.lost(node, kind, error.clone()) {
            Some(base) => Made::of(base),
            None => Made { kind, content: Content::Lost(error), proven: false, memo: None },
        }
    }
}
