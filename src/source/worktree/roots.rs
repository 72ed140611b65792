//! The arguments, looked at before anything is read: where each is, what it is called, whose it is.

use super::context::Context;
use crate::source::beside::join;
use crate::source::git::open::Repository;
use crate::source::stream;
use crate::{Error, Result};
use bstr::BString;
use std::collections::{HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What a root is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RootKind {
    /// A folder, to be walked.
    Folder,
    /// A file.
    File,
    /// Something else that can be read from: a FIFO, a device.
    Stream,
    /// It lies where we may not search, so that it can't even be told whether it is there.
    Barred,
}

/// A place to begin at.
#[derive(Clone, Debug)]
pub(super) struct Root {
    pub(super) kind: RootKind,
    /// Where to open it: as it was given.
    pub(super) path: PathBuf,
    /// Where it is, without any link.
    pub(super) real: PathBuf,
    /// What reports call it: the argument with `/` between its parts, without `./`; empty for `.`.
    pub(super) shown: BString,
    /// Relative to the repository's root, else below the argument.
    pub(super) repo_path: BString,
    /// The repository that holds it, or none.
    pub(super) context: Arc<Context>,
}

/// The roots of the arguments, each place once.
///
/// # Errors
/// [`Error::Path`] for the first one that is not there; [`Error::Repository`] for a repository that can't be read.
pub(super) fn of(paths: &[PathBuf]) -> Result<Vec<Root>> {
    let mut contexts = Contexts::default();
    let looked = paths.iter().map(|path| look(path)).collect::<Result<Vec<_>>>()?;
    let mut roots: Vec<Root> = Vec::new();
    let mut seen = HashSet::new();
    for (n, look) in looked.iter().enumerate() {
        if seen.insert(&look.real) {
            roots.push(root(look, holder(look, n, &looked), &mut contexts)?);
        }
    }
    Ok(roots)
}

/// An argument, resolved.
struct Look {
    path: PathBuf,
    kind: RootKind,
    real: PathBuf,
    /// Where it stands: as `real`, but a link to a file where the link is.
    place: PathBuf,
}

fn look(path: &Path) -> Result<Look> {
    let fail = |e: std::io::Error| Error::path(path, stream::why(&e));
    let meta = match std::fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            let place = std::path::absolute(path).map_err(fail)?;
            return Ok(Look { path: path.to_owned(), kind: RootKind::Barred, real: place.clone(), place });
        }
        meta => meta.map_err(fail)?,
    };
    let kind = match meta.file_type() {
        t if t.is_dir() => RootKind::Folder,
        t if t.is_file() => RootKind::File,
        _ => RootKind::Stream,
    };
    // A pipe behind /dev/fd has no other path.
    let real =
        path.canonicalize().or_else(|e| if kind == RootKind::Stream { std::path::absolute(path) } else { Err(e) });
    let real = real.map_err(fail)?;
    let place = match (kind, path.parent(), path.file_name()) {
        (RootKind::File | RootKind::Stream, Some(parent), Some(name)) => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize().map_err(fail)?.join(name)
        }
        _ => real.clone(),
    };
    Ok(Look { path: path.to_owned(), kind, real, place })
}

impl Look {
    /// Whether it is a link to a file.
    fn is_link(&self) -> bool {
        self.place != self.real
    }
}

/// The folder among the arguments that gives argument `n` its name: the first one before it that holds it. A link to
/// a file that any folder holds anyway is that file.
fn holder<'a>(look: &Look, n: usize, all: &'a [Look]) -> Option<&'a Look> {
    let candidates = if look.is_link() { all } else { &all[..n] };
    candidates.iter().find(|other| other.kind == RootKind::Folder && look.real.starts_with(&other.real))
}

fn root(look: &Look, holder: Option<&Look>, contexts: &mut Contexts) -> Result<Root> {
    let place = if holder.is_some() { &look.real } else { &look.place };
    let context = contexts.of(look.kind, place)?;
    let below = |base: &Path| place.strip_prefix(base).map(slashed).unwrap_or_default();
    let name = || place.file_name().map(|name| stream::bytes(name).into_owned().into()).unwrap_or_default();
    let shown = match holder {
        Some(holder) => join(&shown(&holder.path), &below(&holder.real)),
        None if look.kind == RootKind::Barred && shown(&look.path).is_empty() => ".".into(),
        None => shown(&look.path),
    };
    let repo_path = match (context.work_tree(), holder, look.kind) {
        (Some(tree), _, _) => below(tree),
        (None, Some(holder), _) => below(&holder.real),
        (None, None, RootKind::Folder) => BString::default(),
        (None, None, _) => name(),
    };
    Ok(Root { kind: look.kind, path: look.path.clone(), real: look.real.clone(), shown, repo_path, context })
}

/// Repositories found so far, by folder, each opened once.
#[derive(Default)]
struct Contexts {
    by_folder: HashMap<PathBuf, Arc<Context>>,
    by_git_dir: HashMap<PathBuf, Arc<Context>>,
    none: Arc<Context>,
}

impl Contexts {
    fn of(&mut self, kind: RootKind, place: &Path) -> Result<Arc<Context>> {
        let folder = match kind {
            RootKind::Folder => place,
            RootKind::Barred => return Ok(self.none.clone()),
            _ => place.parent().unwrap_or(place),
        };
        if let Some(known) = self.by_folder.get(folder) {
            return Ok(known.clone());
        }
        let found = match Repository::discover(folder)? {
            Some(repository) if repository.work_tree.is_some() => {
                let context = self.by_git_dir.entry(repository.git_dir.clone());
                context.or_insert_with(|| Arc::new(Context::of(repository))).clone()
            }
            _ => self.none.clone(),
        };
        self.by_folder.insert(folder.to_owned(), found.clone());
        Ok(found)
    }
}

/// A path as reports show it.
fn shown(path: &Path) -> BString {
    let mut out = BString::default();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::RootDir => out.push(b'/'),
            part => out = join(&out, &stream::bytes(part.as_os_str())),
        }
    }
    out
}

/// A relative path with `/` between its parts.
fn slashed(path: &Path) -> BString {
    path.components().fold(BString::default(), |all, part| join(&all, &stream::bytes(part.as_os_str())))
}
