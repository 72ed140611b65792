//! Finds a repository and reads what says how to read it. Nothing is executed; ownership does not matter.
//!
//! [`locate`] finds the folder as git does, [`config`] reads the format (version, extensions) and refuses what is not
//! understood, [`alternates`] lists the object folders. Objects, references and the index are read elsewhere.

mod alternates;
mod config;
pub(in crate::source::git) mod file;
mod locate;

use crate::blob::{Skip, SkipReason};
use crate::{Error, Result};
use bstr::ByteSlice;
use gix_hash::{Kind, ObjectId};
use locate::Place;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the environment says about the repository; the binary reads it, the library is handed it.
#[derive(Clone, Debug, Default)]
pub struct GitEnv {
    /// GIT_DIR.
    pub git_dir: Option<PathBuf>,
    /// GIT_WORK_TREE.
    pub work_tree: Option<PathBuf>,
    /// GIT_INDEX_FILE.
    pub index_file: Option<PathBuf>,
    /// GIT_COMMON_DIR.
    pub common_dir: Option<PathBuf>,
    /// GIT_OBJECT_DIRECTORY.
    pub object_directory: Option<PathBuf>,
    /// GIT_ALTERNATE_OBJECT_DIRECTORIES, as it stands.
    pub alternates: Option<OsString>,
    /// Each `GITHEAD_<id>`: the id in hexadecimal. (All that names the merged parent while pre-merge-commit runs.)
    pub githeads: Vec<String>,
}

/// A repository, opened.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The folder with HEAD and index; of a linked worktree its own one.
    pub git_dir: PathBuf,
    /// The folder with objects and references.
    pub common_dir: PathBuf,
    /// The work tree's root; None in a bare repository.
    pub work_tree: Option<PathBuf>,
    /// The index file.
    pub index_file: PathBuf,
    /// The object folders: its own first, then all alternates, each once (also those of alternates; depth bounded).
    pub object_dirs: Vec<PathBuf>,
    /// SHA-1 or SHA-256.
    pub hash: Kind,
    /// The commits at the shallow boundary.
    pub shallow: Vec<ObjectId>,
    /// Whether it is a partial clone: missing objects are expected, and are a failure all the same.
    pub partial: bool,
    /// GITHEAD_ ids, parsed.
    pub githeads: Vec<ObjectId>,
    /// Words for the receipt: alternates read, depth reached.
    pub notes: Vec<String>,
    /// What belongs to the repository and could not be read: alternates that are gone, a damaged shallow file.
    pub skips: Vec<Skip>,
}

impl Repository {
    /// Opens the repository that `path` names: a work tree, a folder in one, its .git (folder or file), a bare folder.
    /// `env` counts as it does for git: GIT_DIR wins over discovery (only where the binary hands it down).
    ///
    /// # Errors
    /// [`crate::Error::Repository`] where there is none, or where an `extensions.*` or a version is not understood;
    /// [`crate::Error::File`] where its configuration can't be read.
    pub fn open(path: &Path, env: &GitEnv) -> Result<Repository> {
        let start = locate::real(path)?;
        let place = match &env.git_dir {
            Some(dir) => locate::named(dir, env)?,
            None => locate::from(&start, env)?.ok_or_else(|| {
                Error::repository(path, "not a git repository, nor is any folder above it; name one, or run git init")
            })?,
        };
        read(place, &start, env)
    }

    /// The repository whose work tree holds `path`, if any: looks upwards for a valid .git (folder or file).
    ///
    /// # Errors
    /// A repository that is there but unreadable or unsupported is an error, not None.
    pub fn discover(path: &Path) -> Result<Option<Repository>> {
        let env = GitEnv::default();
        let start = locate::real(path)?;
        match locate::work_tree_of(&start)? {
            Some(place) => read(place, &start, &env).map(Some),
            None => Ok(None),
        }
    }
}

/// Reads the repository at `place`. `start` is where the search began: with GIT_DIR the work tree, if nothing else says.
fn read(place: Place, start: &Path, env: &GitEnv) -> Result<Repository> {
    let Place { git_dir, holder } = place;
    let common_dir = locate::common_dir(&git_dir, env)?;
    let settings = config::read(&git_dir, &common_dir)?;
    let mut notes = Vec::new();
    let mut skips = Vec::new();

    let linked = git_dir != common_dir;
    let bare = settings.bare && !linked && !git_dir.join("index").exists();
    let work_tree = match &env.work_tree {
        Some(tree) => Some(locate::real(tree)?),
        None if bare => None,
        None if env.git_dir.is_some() => holder.or_else(|| Some(folder_of(start))),
        None => holder,
    };
    if let (Some(named), Some(tree)) = (&settings.work_tree, &work_tree)
        && env.work_tree.is_none()
        && !same_folder(&git_dir.join(named), tree)
    {
        notes.push("core.worktree names another folder; it is not followed".to_owned());
    }

    let own = env.object_directory.clone().unwrap_or_else(|| common_dir.join("objects"));
    let object_dirs = alternates::object_dirs(own, env.alternates.as_deref(), &mut notes, &mut skips);
    let shallow = shallow(&common_dir, settings.hash, &mut skips);
    let index_file = match &env.index_file {
        None => git_dir.join("index"),
        // git changes to the work tree's root before it looks for a relative one.
        Some(file) => match &work_tree {
            Some(tree) if env.git_dir.is_none() || env.work_tree.is_some() => tree.join(file),
            _ => file.clone(),
        },
    };
    let githeads = env.githeads.iter().filter_map(|hex| id(hex.as_bytes(), settings.hash)).collect();
    Ok(Repository {
        git_dir,
        common_dir,
        work_tree,
        index_file,
        object_dirs,
        hash: settings.hash,
        shallow,
        partial: settings.partial,
        githeads,
        notes,
        skips,
    })
}

/// The ids in the `shallow` file. A line that is none is told; git would refuse the repository.
fn shallow(common_dir: &Path, hash: Kind, skips: &mut Vec<Skip>) -> Vec<ObjectId> {
    let bytes = match file::read(&common_dir.join("shallow"), file::LIST) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(e) => {
            skips.push(Skip::new(SkipReason::Unreadable, "shallow", e.to_string()));
            return Vec::new();
        }
    };
    let mut ids = Vec::new();
    for (at, line) in bytes.lines().enumerate() {
        match id(line.trim(), hash) {
            Some(id) => ids.push(id),
            None if line.trim().is_empty() => {}
            None => {
                skips.push(Skip::new(SkipReason::Corrupt, "shallow", format!("line {} is no object id", at + 1)));
            }
        }
    }
    ids
}

/// A full id of the right length.
fn id(hex: &[u8], hash: Kind) -> Option<ObjectId> {
    ObjectId::from_hex(hex).ok().filter(|id| id.kind() == hash)
}

fn folder_of(path: &Path) -> PathBuf {
    if path.is_dir() { path.to_owned() } else { path.parent().unwrap_or(path).to_owned() }
}

fn same_folder(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
