//! Where a path leads, for files that a scanned tree names: none of them may lead out of it.

use std::path::{Component, Path, PathBuf};

/// Whether `path`, with every symbolic link followed, lies in the folder `root`. What does not exist (yet) is judged
/// by its nearest folder that does.
pub(super) fn lies_below(path: &Path, root: &Path) -> bool {
    let (Ok(root), Ok(path)) = (root.canonicalize(), std::path::absolute(path)) else { return false };
    if let Ok(real) = path.canonicalize() {
        return real.starts_with(root);
    }
    let Some(path) = without_dots(&path) else { return false };
    let mut there = path.ancestors().filter(|part| part.symlink_metadata().is_ok());
    // A link that leads nowhere can't be followed, so nobody knows where to.
    there.next().and_then(|part| part.canonicalize().ok()).is_some_and(|real| real.starts_with(root))
}

/// The path without `.` and `..`, taken as they are written; None if it begins above the top.
fn without_dots(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if !out.pop() => return None,
            Component::ParentDir => {}
            part => out.push(part),
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_leads_out() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(folder.path().join("outside"), "").unwrap();
        for (path, inside) in [
            ("sub", true),
            ("sub/new", true),
            ("sub/../new", true),
            ("new/new", true),
            ("sub/../../root/new", true),
            ("../outside", false),
            ("../new", false),
            ("sub/../../new", false),
            ("new/../../new", false),
        ] {
            assert_eq!(lies_below(&root.join(path), &root), inside, "{path}");
        }
        assert!(!lies_below(Path::new("/"), &root));
    }

    #[cfg(unix)]
    #[test]
    fn follows_links() {
        let folder = tempfile::tempdir().unwrap();
        let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        for (link, to) in [("in", "sub"), ("out", "../outside"), ("dead", "../nowhere")] {
            std::os::unix::fs::symlink(to, root.join(link)).unwrap();
        }
        for (path, inside) in
            [("in", true), ("in/new", true), ("out", false), ("out/new", false), ("dead", false), ("dead/x", false)]
        {
            assert_eq!(lies_below(&root.join(path), &root), inside, "{path}");
        }
    }
}
