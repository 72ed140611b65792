//! Finds the files that a scanned tree brings along. The tree may be a stranger's: what is not plainly a file of
//! its own is refused with a word on it, neither followed nor passed over in silence.

use super::Layer;
use super::place::lies_below;
use super::text::file_error;
use crate::{Error, Result};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The name of a tree's configuration.
pub const CONFIG_NAME: &str = ".leakbreak.toml";
/// The baseline that is used without being named, if it stands at the root.
pub const BASELINE_NAME: &str = ".leakbreak-baseline";

/// The nearest configuration, from `start` (its folder, if it is a file) upwards to the folder `stop` and not above.
/// `stop` is the repository's root; None outside one: then only the folder itself is looked at, and likewise where
/// `start` does not lie below `stop`.
///
/// # Errors
/// [`Error::Path`] if `start` can't be looked at; [`Error::File`] for something of that name that is no regular file,
/// or a symbolic link that leads out of the tree.
pub fn find(start: &Path, stop: Option<&Path>) -> Result<Option<PathBuf>> {
    Ok(find_with_root(start, stop)?.map(|(path, _)| path))
}

/// The nearest configuration, found as by [`find`] and read by [`Layer::read_below`] the root.
///
/// # Errors
/// As these two.
pub fn discover(start: &Path, stop: Option<&Path>) -> Result<Option<Layer>> {
    find_with_root(start, stop)?.map(|(path, root)| Layer::read_below(&path, &root)).transpose()
}

/// The baseline at `root`, if there is one.
///
/// # Errors
/// [`Error::File`] as for [`find`].
pub fn find_baseline(root: &Path) -> Result<Option<PathBuf>> {
    own_file(root, BASELINE_NAME, root, "--baseline FILE")
}

fn find_with_root(start: &Path, stop: Option<&Path>) -> Result<Option<(PathBuf, PathBuf)>> {
    let real = |path: &Path| path.canonicalize().map_err(|e| Error::path(path, e));
    let mut folder = real(start)?;
    if !folder.is_dir() {
        folder.pop();
    }
    let root = match stop {
        Some(stop) => Some(real(stop)?).filter(|stop| folder.starts_with(stop)),
        None => None,
    };
    let root = root.unwrap_or_else(|| folder.clone());
    for folder in folder.ancestors().take_while(|folder| folder.starts_with(&root)) {
        if let Some(path) = own_file(folder, CONFIG_NAME, &root, "--config FILE or --no-config")? {
            return Ok(Some((path, root)));
        }
    }
    Ok(None)
}

/// The file `name` in `folder`, if there is one. `instead`: the options that help where it is refused.
fn own_file(folder: &Path, name: &str, root: &Path, instead: &str) -> Result<Option<PathBuf>> {
    let path = folder.join(name);
    let refused = |what: &str| Err(file_error(&path, None, format!("{what}; use {instead}")));
    let kind = match path.symlink_metadata() {
        Ok(metadata) => metadata.file_type(),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        // Nobody may look into the folder: nothing in it is scanned either, and the scan says so.
        Err(e) if e.kind() == ErrorKind::PermissionDenied => return Ok(None),
        Err(e) => return refused(&format!("cannot be looked at: {e}")),
    };
    if kind.is_symlink() && !lies_below(&path, root) {
        return refused("is a symbolic link that leads out of the scanned tree, or nowhere, and is not followed");
    }
    if !path.is_file() {
        return refused("is not a regular file");
    }
    Ok(Some(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("repo");
        fs::create_dir_all(root.join("a/b")).unwrap();
        fs::write(root.join("a/b/file"), "").unwrap();
        (folder, root)
    }

    #[test]
    fn the_nearest_one_up_to_the_root_and_not_above() {
        let (_keep, root) = tree();
        let at = |start: &str| find(&root.join(start), Some(&root)).unwrap();
        fs::write(root.join("../.leakbreak.toml"), "").unwrap();
        assert_eq!(at("a/b/file"), None);
        fs::write(root.join(CONFIG_NAME), "").unwrap();
        assert_eq!(at("a/b/file"), Some(root.join(CONFIG_NAME)));
        assert_eq!(at("."), Some(root.join(CONFIG_NAME)));
        fs::write(root.join("a").join(CONFIG_NAME), "").unwrap();
        assert_eq!(at("a/b"), Some(root.join("a").join(CONFIG_NAME)));
        assert_eq!(at("a/b/../.."), Some(root.join(CONFIG_NAME)));
    }

    #[test]
    fn outside_a_repository_only_the_folder_itself() {
        let (_keep, root) = tree();
        fs::write(root.join(CONFIG_NAME), "").unwrap();
        assert_eq!(find(&root.join("a"), None).unwrap(), None);
        assert_eq!(find(&root, None).unwrap(), Some(root.join(CONFIG_NAME)));
        assert_eq!(find(&root.join("a"), Some(&root.join("a/b"))).unwrap(), None);
        assert!(find(&root.join("gone"), None).is_err());
    }

    #[test]
    fn what_is_no_file_is_refused_aloud() {
        let (_keep, root) = tree();
        fs::create_dir(root.join("a").join(CONFIG_NAME)).unwrap();
        let error = find(&root.join("a/b"), Some(&root)).unwrap_err().to_string();
        assert!(error.contains("is not a regular file") && error.contains("--no-config"), "{error}");
        fs::create_dir(root.join(BASELINE_NAME)).unwrap();
        assert!(find_baseline(&root).is_err());
        assert_eq!(find_baseline(&root.join("a")).unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed_within_the_tree_alone() {
        use std::os::unix::fs::symlink;
        let (_keep, root) = tree();
        fs::write(root.join("../outside.toml"), "[scan]\nthreads = 1\n").unwrap();
        fs::write(root.join("inside.toml"), "[scan]\nthreads = 2\n").unwrap();
        symlink("../inside.toml", root.join("a").join(CONFIG_NAME)).unwrap();
        assert_eq!(discover(&root.join("a"), Some(&root)).unwrap().unwrap().threads, Some(2));
        symlink("../outside.toml", root.join(CONFIG_NAME)).unwrap();
        let error = find(&root, Some(&root)).unwrap_err().to_string();
        assert!(error.contains("leads out of the scanned tree"), "{error}");
        symlink("/dev/zero", root.join(BASELINE_NAME)).unwrap();
        assert!(find_baseline(&root).is_err());
    }

    #[test]
    fn what_a_found_file_names_lies_below_the_root() {
        let (_keep, root) = tree();
        let config = root.join("a").join(CONFIG_NAME);
        fs::write(&config, "baseline = '../known'\n[rules]\ndirs = ['rules']\n[[allow]]\nrule='x'\nreason='r'\n")
            .unwrap();
        let layer = discover(&root.join("a/b"), Some(&root)).unwrap().unwrap();
        assert_eq!(layer.baseline, Some(root.join("a/../known")));
        assert_eq!(layer.rule_dirs, [root.join("a/rules")]);
        assert_eq!(layer.allow[0].place, "a/.leakbreak.toml:4");
        for text in ["baseline = '../../known'", "baseline = '/etc/passwd'", "[rules]\ndirs = ['r', '../..']"] {
            fs::write(&config, text).unwrap();
            let error = discover(&root.join("a/b"), Some(&root)).unwrap_err().to_string();
            assert!(error.contains("leads out of the scanned tree"), "{error}");
            assert!(Layer::read(&config).is_ok(), "a file that the user names may");
        }
    }
}
