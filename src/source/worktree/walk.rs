//! Walks folders on all cores: each folder is a task, and so is every handful of its files.

use super::context::{Context, Loaded, not_used};
use super::roots::{Root, RootKind};

use super::rules::{Case, Rules, TooMany};
use super::{Ignored, Nested, Options, file};
use crate::blob::{Kind, Origin, Skip, SkipReason};
use crate::source::beside::join;
use crate::source::git::excludes;
use crate::source::git::open::{GitEnv, Repository};
use crate::source::stream;
use crate::source::{Sink, Unit};
use bstr::{BString, ByteSlice};
use rayon::Scope;
use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many files one task reads.
const HANDFUL: usize = 16;

/// A walk over some roots.
pub(super) struct Walk<'a> {
    options: &'a Options,
    sink: &'a dyn Sink,
    /// The roots, where they are: another root's walk leaves them alone.
    roots: HashSet<&'a Path>,
}

/// A folder to walk.
#[derive(Clone, Debug)]
struct Folder {
    /// Where to open it.
    path: PathBuf,
    /// Where it is, without any link; kept only if other roots have to be told apart.
    real: Option<PathBuf>,
    shown: BString,
    repo_path: BString,
    context: Arc<Context>,
    rules: Option<Arc<Rules>>,
    part: Part,
}

/// What of a folder is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Everything,
    /// What is tracked and what is not ignored.
    Added,
    /// What is tracked: the folder itself is ignored, or another repository's.
    Tracked,
}

/// An entry of a folder.
type Listed = (OsString, FileType);

impl<'a> Walk<'a> {
    pub(super) fn new(roots: &'a [Root], options: &'a Options, sink: &'a dyn Sink) -> Self {
        let roots = roots.iter().map(|root| &root.real).chain(&options.elsewhere);
        Walk { options, sink, roots: roots.map(PathBuf::as_path).collect() }
    }

    /// Begins at a root.
    pub(super) fn root<'s>(&'s self, root: &Root, scope: &Scope<'s>) {
        match root.kind {
            RootKind::Folder => {
                let folder = self.root_folder(root);
                scope.spawn(move |scope| self.folder(folder, scope));
            }
            kind => {
                let origin = origin(root.shown.clone(), root.repo_path.clone());
                let path = root.path.clone();
                scope.spawn(move |_| {
                    if let Some(origin) = self.meet(origin) {
                        match kind {
                            RootKind::Stream => file::scan_stream(&path, origin, self.options.max_size, self.sink),
                            _ => file::scan(&path, origin, self.options.max_size, self.sink),
                        }
                    }
                });
            }
        }
    }

    /// A folder that was named: it is walked though it is ignored, and then nothing above it has a say.
    fn root_folder(&self, root: &Root) -> Folder {
        let index_name = match root.repo_path.is_empty() {
            true => join(&root.shown, b".git/index"),
            false => ".git/index".into(),
        };
        let loaded = root.context.load(&self.options.user, index_name, self.sink);
        let (part, mut rules) = self.start(&root.context, loaded);
        if let (Part::Added, Some(tree)) = (part, root.context.work_tree()) {
            let ends = root.repo_path.iter().enumerate().filter(|(_, b)| **b == b'/').map(|(at, _)| at);
            let mut above: &[u8] = b"";
            for end in ends.chain((!root.repo_path.is_empty()).then_some(root.repo_path.len())) {
                rules = self.own_rules(rules, &tree.join(above.to_path_lossy()), above, loaded.case);
                above = &root.repo_path[..end];
                if rules.as_ref().is_some_and(|rules| rules.ignore(&above.to_path_lossy(), true)) {
                    rules = None;
                    break;
                }
            }
        }
        Folder {
            path: root.path.clone(),
            real: (self.roots.len() > 1).then(|| root.real.clone()),
            shown: root.shown.clone(),
            repo_path: root.repo_path.clone(),
            context: root.context.clone(),
            rules,
            part,
        }
    }

    /// What is wanted of a repository's, or of nobody's, work tree, and the rules at its root.
    fn start(&self, context: &Context, loaded: &Loaded) -> (Part, Option<Arc<Rules>>) {
        let ignores = self.options.ignored == Ignored::Passed && context.work_tree().is_some() && loaded.knows_tracked;
        if ignores { (Part::Added, loaded.rules.clone()) } else { (Part::Everything, None) }
    }

    /// Adds the patterns of the folder with this path in the repository. A link is no file of patterns, for git neither.
    fn own_rules(&self, above: Option<Arc<Rules>>, folder: &Path, repo_path: &[u8], case: Case) -> Option<Arc<Rules>> {
        let file = folder.join(".gitignore");
        let is_file = std::fs::symlink_metadata(&file).is_ok_and(|meta| meta.is_file());
        let patterns = is_file.then(|| excludes::read(&file)).flatten().unwrap_or_default();
        Rules::add(above.clone(), repo_path, &patterns, case).unwrap_or_else(|TooMany| {
            self.sink.note(not_used(&join(repo_path, b".gitignore").to_str_lossy()));
            above
        })
    }

    fn folder<'s>(&'s self, folder: Folder, scope: &Scope<'s>) {
        if self.sink.cancelled() {
            return;
        }
        let entries = match self.list(&folder) {
            Ok(entries) => entries,
            Err(e) => {
                self.sink.count(Unit::Entry, 1);
                return self.sink.skip(file::trouble(folder.name(), &e));
            }
        };
        let Some(mut folder) = self.enter(folder, &entries) else { return };
        if folder.part == Part::Added && has(&entries, ".gitignore", |kind| kind.is_file()) {
            let case = folder.loaded(self).case;
            folder.rules = self.own_rules(folder.rules.take(), &folder.path, &folder.repo_path, case);
        }
        let folder = Arc::new(folder);
        let mut files = Vec::new();
        for entry in entries {
            if entry.0 == ".git" || folder.real.as_ref().is_some_and(|r| self.roots.contains(&*r.join(&entry.0))) {
                continue;
            }
            if entry.1.is_dir() {
                if let Some(below) = self.below(&folder, &entry.0) {
                    scope.spawn(move |scope| self.folder(below, scope));
                }
            } else if self.wanted(&folder, &entry.0) {
                files.push(entry);
            }
        }
        self.files(folder, files, scope);
    }

    /// The entries of a folder. One that can't be told makes the folder a failure; the others are still scanned.
    fn list(&self, folder: &Folder) -> io::Result<Vec<Listed>> {
        let mut entries = Vec::new();
        for entry in std::fs::read_dir(&folder.path)? {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok(listed) => entries.push(listed),
                Err(e) => self.sink.skip(file::trouble(folder.name(), &e)),
            }
        }
        Ok(entries)
    }

    /// What a folder turns out to be: a part of the tree, a submodule, a repository of its own. None: not walked.
    fn enter(&self, mut folder: Folder, entries: &[Listed]) -> Option<Folder> {
        let loaded = folder.loaded(self);
        let in_repository = folder.context.work_tree().is_some();
        if in_repository && folder.repo_path.is_empty() {
            return Some(folder);
        }
        let own = if has(entries, ".git", |_| true) { repository_at(&folder.path) } else { None };
        let submodule = loaded.is_submodule(&folder.repo_path);
        if own.is_none() && !submodule {
            self.note_bare(&folder, entries);
            return Some(folder);
        }
        if in_repository && self.options.nested == Nested::Named || own.is_none() && entries.is_empty() {
            return self.pass_by(folder, submodule);
        }
        if let Some(repository) = own {
            folder.context = Arc::new(Context::of(repository));
            folder.repo_path = BString::default();
            (folder.part, folder.rules) = self.start(&folder.context, folder.loaded(self));
        }
        Some(folder)
    }

    /// Names a repository that is not walked. What the outer one tracks in it is scanned all the same.
    fn pass_by(&self, mut folder: Folder, submodule: bool) -> Option<Folder> {
        let (reason, what) = match submodule {
            true => (SkipReason::Submodule, "a submodule"),
            false => (SkipReason::NestedRepository, "a repository of its own"),
        };
        let how = match self.options.nested {
            Nested::Named => "--recurse-submodules scans it",
            Nested::Scanned => "it is not here: git submodule update --init",
        };
        self.sink.count(Unit::Entry, 1);
        self.sink.skip(Skip::new(reason, folder.name(), format!("{what}; {how}")));
        let tracked = !folder.loaded(self).index.range_below(&folder.repo_path).is_empty();
        folder.part = Part::Tracked;
        tracked.then_some(folder)
    }

    /// A bare repository is files like others here; that its history is not read must not go unsaid.
    fn note_bare(&self, folder: &Folder, entries: &[Listed]) {
        let looks = has(entries, "HEAD", |kind| !kind.is_dir())
            && has(entries, "objects", |kind| !kind.is_file())
            && has(entries, "refs", |kind| !kind.is_file());
        if looks && Repository::open(&folder.path, &GitEnv::default()).is_ok_and(|r| same(&r.git_dir, &folder.path)) {
            let why = "a git folder: scanned as files; --history scans what is in it";
            self.sink.skip(Skip::new(SkipReason::NestedRepository, folder.name(), why));
        }
    }

    /// The folder `name` in `folder`, if it is wanted.
    fn below(&self, folder: &Folder, name: &OsStr) -> Option<Folder> {
        let (shown, repo_path) = folder.names_of(name);
        let part = match folder.part {
            Part::Added if folder.ignores(&repo_path, true) => Part::Tracked,
            part => part,
        };
        if part == Part::Tracked && !folder.loaded(self).tracks_below(&repo_path) {
            return None;
        }
        if self.options.filter.prunes(&repo_path) {
            self.sink.count(Unit::Entry, 1);
            self.sink.skip(Skip::new(SkipReason::Excluded, [&shown[..], b"/"].concat(), "everything in it"));
            return None;
        }
        Some(Folder {
            path: folder.path.join(name),
            real: folder.real.as_ref().map(|real| real.join(name)),
            shown,
            repo_path,
            context: folder.context.clone(),
            rules: folder.rules.clone(),
            part,
        })
    }

    /// Whether a file is tracked or would be added.
    fn wanted(&self, folder: &Folder, name: &OsStr) -> bool {
        let tracked = |path: &[u8]| folder.loaded(self).is_tracked(path);
        match folder.part {
            Part::Everything => true,
            Part::Added => {
                let path = join(&folder.repo_path, &stream::bytes(name));
                !folder.ignores(&path, false) || tracked(&path)
            }
            Part::Tracked => tracked(&join(&folder.repo_path, &stream::bytes(name))),
        }
    }

    fn files<'s>(&'s self, folder: Arc<Folder>, mut files: Vec<Listed>, scope: &Scope<'s>) {
        while files.len() > HANDFUL {
            let handful = files.split_off(files.len() - HANDFUL);
            let folder = folder.clone();
            scope.spawn(move |_| self.handful(&folder, handful));
        }
        self.handful(&folder, files);
    }

    fn handful(&self, folder: &Folder, files: Vec<Listed>) {
        for (name, kind) in files {
            if self.sink.cancelled() {
                return;
            }
            let (shown, repo_path) = folder.names_of(&name);
            let path = folder.path.join(name);
            let Some(origin) = self.meet(origin(shown, repo_path)) else { continue };
            if kind.is_file() {
                file::scan(&path, origin, self.options.max_size, self.sink);
            } else if kind.is_symlink() {
                file::scan_link(&path, origin, self.sink);
            } else {
                let why = "a FIFO, socket or device; it is read only if it is named";
                self.sink.skip(Skip::new(SkipReason::Special, origin.path.unwrap_or_default(), why));
            }
        }
    }

    /// Counts a file and gives its name to the sink. None where it is excluded.
    fn meet(&self, origin: Origin) -> Option<Origin> {
        self.sink.count(Unit::Entry, 1);
        if !self.options.filter.keeps(origin.repo_path.as_deref().map_or(b"", |path| path)) {
            self.sink.skip(Skip::new(SkipReason::Excluded, origin.path.unwrap_or_default(), ""));
            return None;
        }
        self.sink.name(origin.clone());
        Some(origin)
    }
}

impl Folder {
    /// What a report calls it.
    fn name(&self) -> BString {
        if self.shown.is_empty() { ".".into() } else { self.shown.clone() }
    }

    /// What a report calls an entry of it, and its path in the repository.
    fn names_of(&self, entry: &OsStr) -> (BString, BString) {
        let entry = stream::bytes(entry);
        (join(&self.shown, &entry), join(&self.repo_path, &entry))
    }

    fn ignores(&self, path: &[u8], is_folder: bool) -> bool {
        self.rules.as_ref().is_some_and(|rules| rules.ignore(&path.to_path_lossy(), is_folder))
    }

    fn loaded(&self, walk: &Walk<'_>) -> &Loaded {
        self.context.load(&walk.options.user, join(&self.shown, b".git/index"), walk.sink)
    }
}

fn origin(shown: BString, repo_path: BString) -> Origin {
    Origin { path: Some(shown), repo_path: Some(repo_path), ..Origin::nowhere(Kind::Worktree) }
}

fn has(entries: &[Listed], name: &str, fits: impl Fn(&FileType) -> bool) -> bool {
    entries.iter().any(|(entry, kind)| entry == name && fits(kind))
}

/// The repository whose work tree's root is this folder. What can't be opened as one is a folder like others.
fn repository_at(folder: &Path) -> Option<Repository> {
    let found = Repository::discover(folder).ok().flatten()?;
    found.work_tree.as_ref().is_some_and(|tree| same(tree, folder)).then_some(found)
}

fn same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}
