//! Which files of patterns say what git does not add, besides the tree's own .gitignore files.

use super::open::Repository;
use super::settings;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Of a file of patterns or settings so much is read.
const LIMIT: u64 = 1 << 20;

/// Where the user's own settings of git are; the binary reads the environment, the library is handed it.
#[derive(Clone, Debug, Default)]
pub struct UserGit {
    /// HOME.
    pub home: Option<PathBuf>,
    /// XDG_CONFIG_HOME; without it, `.config` in HOME.
    pub config_home: Option<PathBuf>,
}

impl UserGit {
    /// Where settings are kept.
    pub(super) fn config_home(&self) -> Option<PathBuf> {
        self.config_home.clone().or_else(|| self.home.as_ref().map(|home| home.join(".config")))
    }
}

/// What holds for a whole work tree.
#[derive(Clone, Debug, Default)]
pub struct Excludes {
    /// Files of patterns, weakest first: the user's own (core.excludesFile), then the repository's `info/exclude`. They
    /// may be missing.
    pub files: Vec<PathBuf>,
    /// Patterns fit names in any case, and so does the index (core.ignoreCase).
    pub ignore_case: bool,
}

/// What the settings say of it.
pub fn of(repository: &Repository, user: &UserGit) -> Excludes {
    let said = settings::read_all(repository, user);
    let own = said.excludes_file.or_else(|| user.config_home().map(|folder| folder.join("git/ignore")));
    let files = own.into_iter().chain([repository.common_dir.join("info/exclude")]).collect();
    Excludes { files, ignore_case: said.ignore_case }
}

/// The first megabyte of a regular file, if it is one; anything else could hold the scan up for ever.
pub fn read(path: &Path) -> Option<Vec<u8>> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LIMIT).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
