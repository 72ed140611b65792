//! Which list of ignored files a user's and a repository's settings name (core.excludesFile), read as git layers them,
//! with what they include. Nothing else of them is looked at.

use super::excludes::{UserGit, read};
use super::open::Repository;
use crate::glob::fits_setting;
use bstr::{BStr, BString, ByteSlice};
use std::path::{Path, PathBuf};

/// Deeper includes are a circle; git's own limit.
const MAX_DEPTH: usize = 10;

/// What core.excludesFile says in the strongest place; an empty path: that there is no such file.
pub(super) fn excludes_file(repository: &Repository, user: &UserGit) -> Option<PathBuf> {
    let mut reader = Reader { repository, user, excludes_file: None, worktree_config: false };
    let own = [
        Some(PathBuf::from("/etc/gitconfig")),
        user.config_home().map(|folder| folder.join("git/config")),
        user.home.as_ref().map(|home| home.join(".gitconfig")),
        Some(repository.common_dir.join("config")),
    ];
    own.into_iter().flatten().for_each(|file| reader.file(&file, 0));
    if reader.worktree_config {
        reader.file(&repository.git_dir.join("config.worktree"), 0);
    }
    reader.excludes_file
}

struct Reader<'a> {
    repository: &'a Repository,
    user: &'a UserGit,
    excludes_file: Option<PathBuf>,
    worktree_config: bool,
}

impl Reader<'_> {
    /// Takes a file in; what comes later is stronger. One that is not there or does not parse says nothing.
    fn file(&mut self, path: &Path, depth: usize) {
        let Some(bytes) = read(path).filter(|_| depth <= MAX_DEPTH) else { return };
        let Ok(events) = gix_config::parse::Events::from_bytes(&bytes, None) else { return };
        let file = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
        for section in file.sections() {
            let header = section.header();
            match (header.name().to_ascii_lowercase().as_slice(), header.subsection_name()) {
                (b"core", None) => {
                    if let Some(value) = section.value("excludesFile") {
                        let root = self.repository.work_tree.as_deref().unwrap_or(Path::new(""));
                        self.excludes_file = self.path(value.as_bstr(), root).or(Some(PathBuf::new()));
                    }
                }
                (b"extensions", None) => {
                    if let Some(value) = section.value_implicit("worktreeConfig") {
                        let is_true = |value| gix_config::Boolean::try_from(value).is_ok_and(|value| value.0);
                        self.worktree_config = value.is_none_or(is_true);
                    }
                }
                (b"include", None) => self.include(&section.values("path"), path, depth),
                (b"includeif", Some(condition)) if self.holds(condition, path) => {
                    self.include(&section.values("path"), path, depth);
                }
                _ => {}
            }
        }
    }

    fn include(&mut self, values: &[BString], from: &Path, depth: usize) {
        let folder = from.parent().unwrap_or(Path::new(""));
        for value in values {
            if let Some(path) = self.path(value.as_bstr(), folder) {
                self.file(&path, depth + 1);
            }
        }
    }

    /// A path as settings write it; None for none, and for a home that is not known.
    fn path(&self, value: &BStr, folder: &Path) -> Option<PathBuf> {
        match value.strip_prefix(b"~/") {
            _ if value.is_empty() => None,
            Some(rest) => Some(self.user.home.as_ref()?.join(rest.to_path_lossy())),
            None if value.starts_with(b"~") => None,
            None => Some(folder.join(value.to_path_lossy())),
        }
    }

    /// Whether a condition of an `includeIf` holds (git-config(1)); one that is not known does not.
    fn holds(&self, condition: &BStr, file: &Path) -> bool {
        let Some((keyword, pattern)) = condition.split_once_str(":") else { return false };
        match keyword {
            b"gitdir" => self.is_git_dir(pattern, file, false),
            b"gitdir/i" => self.is_git_dir(pattern, file, true),
            b"onbranch" => {
                let head = read(&self.repository.git_dir.join("HEAD")).unwrap_or_default();
                let branch = head.trim_end().strip_prefix(b"ref: refs/heads/").map(<[u8]>::to_vec);
                branch.is_some_and(|branch| fits_setting(&whole(pattern.to_str_lossy().into()), &branch, false))
            }
            _ => false,
        }
    }

    fn is_git_dir(&self, pattern: &[u8], file: &Path, any_case: bool) -> bool {
        let below = |folder: Option<&Path>, rest: &[u8]| {
            let folder = folder?.canonicalize().ok()?;
            Some(format!("{}/{}", escaped(&folder), rest.to_str_lossy()))
        };
        let pattern = match (pattern.strip_prefix(b"~/"), pattern.strip_prefix(b"./")) {
            (Some(rest), _) => below(self.user.home.as_deref(), rest),
            (None, Some(rest)) => below(file.parent(), rest),
            (None, None) if pattern.starts_with(b"/") => Some(pattern.to_str_lossy().into_owned()),
            (None, None) => Some(format!("**/{}", pattern.to_str_lossy())),
        };
        let Some(pattern) = pattern.map(whole) else { return false };
        let git_dir = &self.repository.git_dir;
        let fits = |path: &Path| fits_setting(&pattern, path.as_os_str().as_encoded_bytes(), any_case);
        fits(git_dir) || git_dir.canonicalize().is_ok_and(|path| fits(&path))
    }
}

/// With a `/` at its end a pattern means all that is below.
fn whole(pattern: String) -> String {
    if pattern.ends_with('/') { pattern + "**" } else { pattern }
}

/// A folder's own name in a pattern.
fn escaped(folder: &Path) -> String {
    folder
        .to_string_lossy()
        .chars()
        .flat_map(|c| ["\\"].into_iter().filter(move |_| "*?[]\\".contains(c)).flat_map(str::chars).chain([c]))
        .collect()
}
