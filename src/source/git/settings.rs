//! Which list of ignored files a user's and a repository's settings name (core.excludesFile), and whether case tells
//! names apart (core.ignoreCase), read as git layers them, with what they include. Nothing else of them is looked at.

use super::excludes::{UserGit, read};
use super::open::Repository;
use crate::glob::fits_setting;
use bstr::{BStr, BString, ByteSlice};
use std::path::{Path, PathBuf};

/// Deeper includes are a circle; git's own limit.
const MAX_DEPTH: usize = 10;

/// What the strongest place says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// core.excludesFile; an empty path: that there is no such file.
    pub(super) excludes_file: Option<PathBuf>,
    /// core.ignoreCase.
    pub(super) ignore_case: bool,
    worktree_config: bool,
}

/// Reads the settings.
pub(super) fn read_all(repository: &Repository, user: &UserGit) -> Settings {
    let mut reader = Reader { repository, user, said: Settings::default() };
    let own = [
        Some(PathBuf::from("/etc/gitconfig")),
        user.config_home().map(|folder| folder.join("git/config")),
        user.home.as_ref().map(|home| home.join(".gitconfig")),
        Some(repository.common_dir.join("config")),
    ];
    own.into_iter().flatten().for_each(|file| reader.file(&file, 0));
    if reader.said.worktree_config {
        reader.file(&repository.git_dir.join("config.worktree"), 0);
    }
    reader.said
}

struct Reader<'a> {
    repository: &'a Repository,
    user: &'a UserGit,
    said: Settings,
}

impl Reader<'_> {
    /// Takes a file in; what comes later is stronger. One that is not there or does not parse says nothing.
    fn file(&mut self, path: &Path, depth: usize) {
        let Some(bytes) = read(path).filter(|_| depth <= MAX_DEPTH) else { return };
        let Ok(events) = gix_config::parse::Events::from_bytes(&bytes, None) else { return };
        let file = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
        let is_true = |value: Option<BString>| {
            value.is_none_or(|value| gix_config::Boolean::try_from(value).is_ok_and(|value| value.0))
        };
        for section in file.sections() {
            let header = section.header();
            match (header.name().to_ascii_lowercase().as_slice(), header.subsection_name()) {
                (b"core", None) => {
                    if let Some(value) = section.value("excludesFile") {
                        let root = self.repository.work_tree.as_deref().unwrap_or(Path::new(""));
                        self.said.excludes_file = self.path(value.as_bstr(), root).or(Some(PathBuf::new()));
                    }
                    if let Some(value) = section.value_implicit("ignoreCase") {
                        self.said.ignore_case = is_true(value);
                    }
                }
                (b"extensions", None) => {
                    if let Some(value) = section.value_implicit("worktreeConfig") {
                        self.said.worktree_config = is_true(value);
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
        let Some(named) = value.strip_prefix(b"~") else {
            return (!value.is_empty()).then(|| folder.join(value.to_path_lossy()));
        };
        let (name, rest) = named.split_once_str("/").unwrap_or((named, b""));
        let home = match name {
            b"" => self.user.home.clone()?,
            name => home_of(&read(Path::new("/etc/passwd"))?, name)?,
        };
        Some(home.join(rest.to_path_lossy()))
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

/// The home of a user whom the list of users names. (git asks the system, which may know users of a network too.)
fn home_of(list: &[u8], name: &[u8]) -> Option<PathBuf> {
    let entry = |line: &[u8]| Some(line.strip_prefix(name)?.strip_prefix(b":")?.split_str(":").nth(4)?.to_vec());
    let home = list.lines().find_map(entry).filter(|home| home.starts_with(b"/"))?;
    Some(home.to_path_lossy().into_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_of_others() {
        let list =
            b"root:x:0:0:root:/root:/bin/sh\nadam:x:1:1::/home/adam:/bin/sh\nada:x:2:2:Ada,,:/home/ada:\nbad:x\n";
        assert_eq!(home_of(list, b"ada"), Some("/home/ada".into()));
        assert_eq!(home_of(list, b"root"), Some("/root".into()));
        assert_eq!((home_of(list, b"ad"), home_of(list, b"bad"), home_of(list, b"eve")), (None, None, None));
    }
}
