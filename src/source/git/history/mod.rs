//! Everything reachable, and what is not marked as such: contents, messages, tags, notes, names, configuration.
//!
//! [`survey`] goes through all objects once and asks of each content whether it is worth it. Only if something is,
//! commits and trees are asked where it stands: [`trees`] finds the folders that lead to it, [`attribute`] the first
//! commit and the paths, [`emit`] hands it over. What is no file is in [`texts`]. Nothing is executed, and neither
//! attributes, replace references nor grafts are looked at.

pub(in crate::source::git) mod attribute;
mod emit;
mod gather;
pub(in crate::source::git) mod graph;
mod holes;
mod known;
pub(in crate::source::git) mod lookup;
pub(in crate::source::git) mod parse;
mod paths;
pub(in crate::source::git) mod people;
mod resume;
mod roots;
mod survey;
pub(in crate::source::git) mod texts;
mod trees;
mod versions;

#[cfg(test)]
pub(in crate::source::git) mod recorder;
#[cfg(test)]
pub(in crate::source::git) mod sandbox;
#[cfg(test)]
mod tests;

use super::objects::{ObjectError, Objects, Unread};
use super::open::Repository;
use super::provenance;
use super::refs::{self, References};
use crate::Result;
use crate::blob::{Provenance, Reach, Skip, SkipReason};
use crate::clock::Stage;
use crate::source::{Sink, Source, Unit};
use attribute::{Attribution, Holder, Places};
use bstr::BStr;
use emit::Teller;
use gix_hash::ObjectId;
use gix_object::Kind as ObjectKind;
use graph::Graph;
use holes::Holes;
pub use known::Memory;
use people::People;
use roots::Roots;
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use survey::{Survey, Surveyor};
use trees::{Targets, Trees, barren};

/// Says whether a repository-relative path is to be scanned.
pub type PathFilter = Arc<dyn Fn(&BStr) -> bool + Send + Sync>;

/// What a scan of a history can be told.
#[derive(Clone, Default)]
pub struct Options {
    /// Blobs of more bytes are skipped; 0: none.
    pub max_size: u64,
    /// What becomes of a history that was cut off.
    pub shallow: ShallowHistory,
    /// Which paths are scanned; None: all.
    pub paths: Option<PathFilter>,
    /// What is known from earlier scans; None: nothing.
    pub memory: Option<Memory>,
    /// How contents are looked at.
    pub looks: Looks,
}

/// How the contents of a history are looked at. The result is the same; the tests hold one against the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Looks {
    /// What is copied from version to version is looked at once.
    #[default]
    Once,
    /// Each version is looked at as a whole.
    Whole,
}

/// What becomes of a history that was cut off (a shallow clone).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShallowHistory {
    /// It is incomplete.
    #[default]
    Fails,
    /// It is only noted (--allow-shallow).
    Allowed,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Options { max_size, shallow, paths, memory, looks } = self;
        let (paths, memory) = (paths.as_ref().map(|_| "..."), memory.as_ref().map(|_| "..."));
        let mut out = f.debug_struct("Options");
        out.field("max_size", max_size)
            .field("shallow", shallow)
            .field("paths", &paths)
            .field("memory", &memory)
            .field("looks", looks)
            .finish()
    }
}

/// Up to so many trees are read one by one; more of them in one walk.
const GATHERED: usize = if cfg!(test) { 3 } else { 200 };

/// The whole history of a repository.
#[derive(Debug)]
pub struct History {
    repository: Repository,
    asked: Vec<String>,
    options: Options,
    head: lookup::Head,
}

impl History {
    /// The history of `repository`; `asked` is what the user called it.
    pub fn new(repository: Repository, asked: Vec<String>, options: Options) -> Self {
        History { repository, asked, options, head: lookup::Head::default() }
    }
}

impl Source for History {
    fn name(&self) -> &'static str {
        "history"
    }

    fn asked(&self) -> Vec<String> {
        self.asked.clone()
    }

    fn expects_entries(&self) -> bool {
        true
    }

    fn is_whole(&self) -> bool {
        self.options.paths.is_none()
    }

    fn holds_path(&self, repo_path: &[u8]) -> bool {
        self.head.holds(&self.repository, repo_path)
    }

    fn provenance(&self) -> Option<Provenance> {
        provenance::of(&self.repository)
    }

    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let clock = sink.clock();
        let objects = clock.stage(Stage::Open, || Objects::open(&self.repository));
        let survey = self.survey(&objects, sink);
        if sink.cancelled() {
            return Ok(());
        }
        let references = clock.stage(Stage::Open, || References::read(&self.repository));
        clock.stage(Stage::Commits, || Scan::new(self, sink, &objects, &survey, &references)).run();
        Ok(())
    }
}

impl History {
    fn survey(&self, objects: &Objects, sink: &dyn Sink) -> Survey {
        let (limit, hash) = (self.options.max_size, self.repository.hash);
        let surveyor = || Surveyor::new(sink, hash, self.options.looks);
        match &self.options.memory {
            Some(memory) => {
                let kept = Arc::default();
                known::survey(memory, objects, (limit, hash), sink, || surveyor().sharing(&kept))
            }
            None => {
                let surveyor = surveyor();
                sink.clock().stage(Stage::Survey, || {
                    objects.for_each(limit, &surveyor);
                    surveyor.finish()
                })
            }
        }
    }
}

/// A scan after its survey.
struct Scan<'a> {
    history: &'a History,
    sink: &'a dyn Sink,
    survey: &'a Survey,
    references: &'a References,
    objects: &'a Objects,
    graph: Graph,
    roots: Roots,
    /// Commits that roots lead to; those of notes in the second.
    reached: Vec<bool>,
    noted: Vec<bool>,
}

impl<'a> Scan<'a> {
    fn new(
        history: &'a History,
        sink: &'a dyn Sink,
        objects: &'a Objects,
        survey: &'a Survey,
        references: &'a References,
    ) -> Self {
        let graph = Graph::new(&survey.commits, &history.repository.shallow);
        let roots = Roots::of(references, &graph, survey);
        let reached = graph.reach(roots.commits.iter().copied());
        let noted = graph.reach(roots.notes.values().flatten().copied());
        Scan { history, sink, survey, references, objects, graph, roots, reached, noted }
    }

    fn run(&self) {
        let either: Vec<bool> = self.reached.iter().zip(&self.noted).map(|(a, b)| *a || *b).collect();
        let hash = self.history.repository.hash;
        let clock = self.sink.clock();
        let holes = clock.stage(Stage::Commits, || {
            Holes::find((self.objects, hash), self.survey, &self.graph, &either, &self.roots, self.sink)
        });
        self.tell_damage(&holes);
        self.tell_boundaries();
        self.sink.count(Unit::Entry, self.roots.direct.len() as u64);

        let order = clock.stage(Stage::Commits, || self.graph.order(&either));
        // Damage may have hidden the way to anything.
        let lost = if holes.hide_something { Reach::Reachable } else { Reach::Unreachable };
        let mut teller = Teller {
            sink: self.sink,
            objects: self.objects,
            graph: &self.graph,
            options: &self.history.options,
            hash,
            ranks: graph::ranks(&order),
            people: People::new(self.objects),
            notes: BTreeMap::new(),
            quiet: HashSet::new(),
            is_remembered: false,
            found_quiet: Mutex::default(),
        };
        clock.stage(Stage::Emit, || self.tell_texts(&teller, &either, lost));
        let targets = self.targets();
        if !targets.is_empty() && !self.sink.cancelled() {
            let places = clock.stage(Stage::Trees, || self.places(&targets, &order, lost, &mut teller));
            clock.stage(Stage::Emit, || self.tell_places(&teller, &places, lost));
            self.remember(&targets, lost, &places, &teller);
        }
    }

    fn tell_damage(&self, holes: &Holes) {
        let repository = &self.history.repository;
        for note in &repository.notes {
            self.sink.note(note.clone());
        }
        if repository.partial {
            self.sink.note("a partial clone: nothing is fetched".into());
        }
        if self.references.dangling > 0 {
            self.sink.note(format!("symbolic references that lead nowhere: {}", self.references.dangling));
        }
        if self.roots.forgotten > 0 {
            self.sink.note(format!("ids in reflogs that git has forgotten: {}", self.roots.forgotten));
        }
        let known = repository.skips.iter().chain(&self.references.skips).chain(&self.roots.skips).cloned();
        known.chain(holes.skips(repository.partial)).for_each(|skip| self.sink.skip(skip));
        for Unread { id, error, .. } in &self.survey.unread {
            match (id, error) {
                // Told with its path.
                (Some(_), ObjectError::TooLarge(_)) => {}
                (Some(id), error) => self.sink.skip(error.skip(id)),
                (None, ObjectError::Corrupt(why)) => {
                    self.sink.skip(Skip::new(SkipReason::Corrupt, "objects", why.clone()));
                }
                (None, error) => self.sink.skip(Skip::new(SkipReason::Corrupt, "objects", format!("{error:?}"))),
            }
        }
    }

    fn tell_boundaries(&self) {
        let boundaries: Vec<_> = (0..self.graph.len() as u32).filter(|at| self.graph.is_boundary(*at)).collect();
        if self.history.options.shallow == ShallowHistory::Allowed {
            if !boundaries.is_empty() {
                self.sink.note(format!("a shallow history: cut off at {} commits", boundaries.len()));
            }
            return;
        }
        for at in boundaries {
            self.sink.skip(shallow_skip(self.graph.id(at)));
        }
    }

    /// Everything that is no file.
    fn tell_texts(&self, teller: &Teller<'_>, reached: &[bool], lost: Reach) {
        let reach = |is: bool| if is { Reach::Reachable } else { lost };
        let commit = |id: &ObjectId| reach(self.graph.find(id).is_some_and(|at| reached[at as usize]));
        let tag = |id: &ObjectId| reach(self.roots.tags.contains(id));
        texts::messages(teller, &self.survey.messages, commit);
        texts::tags(teller, &self.survey.tag_messages, &self.survey.tags, self.references, tag);
        texts::names(teller, self.references, &self.survey.tags);
        texts::logs(teller, self.references);
        texts::configuration(self.sink, &self.history.repository);
    }

    fn targets(&self) -> Targets {
        Targets {
            blobs: self.survey.blobs.iter().copied().chain(self.too_large().map(|(id, _)| *id)).collect(),
            names: self.survey.names.iter().cloned().collect(),
            submodules: self.survey.submodules,
        }
    }

    fn too_large(&self) -> impl Iterator<Item = (&ObjectId, u64)> {
        self.survey.unread.iter().filter_map(|u| match (&u.id, &u.error) {
            (Some(id), ObjectError::TooLarge(bytes)) => Some((id, *bytes)),
            _ => None,
        })
    }

    /// Where everything stands: commits that roots lead to are asked first, then what hangs loose.
    fn attribute(&self, targets: &Targets, order: &[graph::Index], lost: Reach, notes: &mut emit::Notes) -> Places {
        let places = barren(&self.survey.places, targets);
        let mut trees = Trees::new(self.objects, self.history.repository.hash, targets, places);
        let cancelled = || self.sink.cancelled();
        let fruitful: Vec<ObjectId> = self.survey.trees.iter().filter(|id| !trees.is_barren(id)).copied().collect();
        if fruitful.len() > GATHERED {
            trees.gather(&fruitful, &cancelled);
        } else {
            let roots: Vec<ObjectId> = order.iter().map(|at| *self.graph.tree(*at)).collect();
            trees.look_into(&roots, &cancelled);
        }
        let trees = trees;

        let mut all = Attribution::new(&trees, &self.graph, &cancelled);
        let files = all.root();
        all.mark(files, &self.head(), |places| &mut places.head);
        let is_cut = |at: &graph::Index| self.reached[*at as usize] && self.graph.is_boundary(*at);
        let boundary: Vec<ObjectId> = order.iter().filter(|at| is_cut(at)).map(|at| *self.graph.tree(*at)).collect();
        all.mark(files, &boundary, |places| &mut places.boundary);

        let reached = |at: &graph::Index| self.reached[*at as usize];
        all.commits(files, order.iter().copied().filter(reached), Reach::Reachable);
        for id in self.roots.direct.keys().filter(|id| self.survey.trees.binary_search(id).is_ok()) {
            all.tree(files, id, Holder { commit: None, reach: Reach::Reachable });
        }
        for (reference, commits) in &self.roots.notes {
            let root = all.root();
            notes.insert(root, reference.clone());
            let mine = self.graph.reach(commits.iter().copied());
            all.commits(root, order.iter().copied().filter(|at| mine[*at as usize]), Reach::Reachable);
        }
        let loose = |at: &graph::Index| !self.reached[*at as usize] && !self.noted[*at as usize];
        all.commits(files, order.iter().copied().filter(loose), lost);
        // With a tree lost, what nobody points at may be a part of it: its path is not known.
        if !self.survey.unread.iter().any(|u| u.kind != Some(ObjectKind::Blob)) {
            for id in self.survey.trees.iter().filter(|id| !self.survey.is_wanted(id)) {
                all.tree(files, id, Holder { commit: None, reach: lost });
            }
        }
        for (id, error) in trees.failed() {
            if !self.survey.is_unread(&id) && error != ObjectError::Missing {
                self.sink.skip(error.skip(&id));
            }
        }
        all.finish()
    }

    /// The tree of HEAD.
    fn head(&self) -> Vec<ObjectId> {
        let id = refs::head(&self.history.repository).ok().flatten();
        id.and_then(|id| self.graph.find(&id)).map(|at| *self.graph.tree(at)).into_iter().collect()
    }

    fn tell_places(&self, teller: &Teller<'_>, places: &Places, lost: Reach) {
        emit::names(teller, places);
        let mut by_blob = emit::origins(teller, places);
        for (id, bytes) in self.too_large() {
            let path = places.blobs.iter().find(|(blob, ..)| blob == id).map(|(_, path, _)| places.paths.full(*path));
            let place = path.unwrap_or_else(|| id.to_string().into());
            self.sink.skip(Skip::new(SkipReason::TooLarge, place, format!("{bytes} bytes")));
            by_blob.remove(id);
        }
        let lost = if places.overflow { Reach::Reachable } else { lost };
        for id in &self.survey.blobs {
            let is_loose = !by_blob.contains_key(id);
            let known = by_blob.entry(*id).or_default();
            match self.roots.direct.get(id) {
                Some(name) if known.iter().all(|o| o.reach == Reach::Unreachable) => {
                    known.push(emit::without_path(id, Some(name.clone()), Reach::Reachable));
                }
                None if is_loose => known.push(emit::without_path(id, None, lost)),
                _ => {}
            }
        }
        if places.overflow || places.is_crowded {
            let why = match places.overflow {
                true => "too many places to name them all; those left have no path",
                false => "one content at too many paths to name them all",
            };
            self.sink.skip(Skip::new(SkipReason::DecodeLimit, "history", why));
        }
        emit::blobs(teller, &by_blob, &self.survey.kept);
    }
}

/// The skip for a commit at which the history was cut off.
pub(in crate::source::git) fn shallow_skip(id: &ObjectId) -> Skip {
    let why = "a shallow clone: the history before this commit is not here; git fetch --unshallow gets it";
    Skip::new(SkipReason::Shallow, id.to_string(), why)
}
