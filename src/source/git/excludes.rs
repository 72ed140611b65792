//! Which files of patterns say what git does not add, besides the tree's own .gitignore files.

use super::open::Repository;
use bstr::ByteSlice;
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

/// The files of patterns that hold for the whole work tree, weakest first: the user's own (core.excludesFile), then
/// the repository's `info/exclude`. Files, not contents: they may be missing.
pub fn files(repository: &Repository, user: &UserGit) -> Vec<PathBuf> {
    let config_home = user.config_home.clone().or_else(|| user.home.as_ref().map(|home| home.join(".config")));
    let settings = [
        Some(repository.common_dir.join("config")),
        user.home.as_ref().map(|home| home.join(".gitconfig")),
        config_home.as_ref().map(|folder| folder.join("git/config")),
        Some(PathBuf::from("/etc/gitconfig")),
    ];
    let named = settings.into_iter().flatten().find_map(|file| excludes_file(&file, user));
    let own = named.or_else(|| config_home.map(|folder| folder.join("git/ignore")));
    own.into_iter().chain([repository.common_dir.join("info/exclude")]).collect()
}

/// What core.excludesFile says in one file of settings.
fn excludes_file(settings: &Path, user: &UserGit) -> Option<PathBuf> {
    let bytes = read(settings)?;
    let events = gix_config::parse::Events::from_bytes(&bytes, None).ok()?;
    let file = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
    let value = file.string("core.excludesFile")?;
    match value.strip_prefix(b"~/") {
        Some(rest) => Some(user.home.as_ref()?.join(rest.to_path_lossy())),
        None => Some(value.to_path_lossy().into_owned()),
    }
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
