//! Trees made by hand and by the real git.

mod ignored;
mod named;
mod nested;
mod odd;

use super::*;
use crate::blob::SkipReason::{self, *};
use crate::glob::Globs;
use crate::source::Unit;
use crate::source::git::testing::Git;
use crate::source::testing::Recorder;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

fn scan_with(paths: &[PathBuf], options: Options) -> Recorder {
    let sink = Recorder::default();
    Worktree::new(paths.to_vec(), options).unwrap().scan(&sink).unwrap();
    sink
}

fn scan(path: impl AsRef<Path>) -> Recorder {
    scan_with(&[path.as_ref().to_owned()], Options::default())
}

/// The paths of the blobs below `root`.
fn below(sink: &Recorder, root: &Path) -> Vec<String> {
    let root = format!("{}/", root.display());
    sink.paths().iter().map(|path| path.strip_prefix(&root).unwrap_or(path).to_owned()).collect()
}

fn skips(sink: &Recorder, root: &Path) -> Vec<(SkipReason, String)> {
    let root = format!("{}/", root.display());
    sink.skips().into_iter().map(|(r, path)| (r, path.strip_prefix(&root).unwrap_or(&path).to_owned())).collect()
}

#[test]
fn tracked_and_addable_files_are_read_and_ignored_ones_are_not() {
    let git = Git::new();
    for path in ["a.py", ".env", "sub/b.py", "sub/.hidden/c", "build/out.o", "build/kept.o", "deep/x.log", "deep/y"] {
        git.write(path, path.as_bytes());
    }
    git.write(".gitignore", b"build/\n*.log\n");
    git.write("sub/.gitignore", b"!b.py\nlocal\n");
    git.write("sub/local", b"x");
    git.write(".git/info/exclude", b"/deep/y\n");
    git.run(&["add", "-f", "build/kept.o", "a.py"]);
    let sink = scan(git.root());
    let wanted = [".env", ".gitignore", "a.py", "build/kept.o", "sub/.gitignore", "sub/.hidden/c", "sub/b.py"];
    assert_eq!(below(&sink, git.root()), wanted);
    assert_eq!(sink.repo_paths(), wanted);
    assert_eq!((sink.counted(Unit::Entry), sink.counted(Unit::File)), (7, 7));
    assert_eq!(sink.names().len(), 7);

    let options = Options { ignored: Ignored::Scanned, ..Options::default() };
    let all = scan_with(&[git.root().to_owned()], options);
    assert_eq!(all.paths().len(), 11);
    assert!(all.paths().iter().all(|path| !path.contains("/.git/")));
}

#[test]
fn outside_a_repository_everything_is_read() {
    let git = Git::new();
    let root = git.outside().join("plain");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(root.join(".gitignore"), "*\n").unwrap();
    fs::write(root.join("sub/a"), "x").unwrap();
    let sink = scan(&root);
    assert_eq!(below(&sink, &root), [".gitignore", "sub/a"]);
    assert_eq!(sink.repo_paths(), [".gitignore", "sub/a"]);
    assert_eq!(scan(root.join("sub/a")).repo_paths(), ["a"]);
    assert_eq!(scan(root.join("sub")).repo_paths(), ["a"]);
}

#[test]
fn sizes_filters_and_pointers_are_policy() {
    let git = Git::new();
    git.write("large", &[b'x'; 101]);
    git.write("fits", &[b'x'; 100]);
    git.write("vendor/a/b", b"x");
    git.write("src/c.min.js", b"x");
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 123\n", "ab".repeat(32));
    git.write("pointer", pointer.as_bytes());
    git.write("no-pointer", format!("{pointer}key = 1\n").as_bytes());
    let exclude = Globs::new(&["vendor", "*.min.js"]).unwrap();
    let options = |max_size| Options {
        max_size,
        filter: PathFilter::new(Globs::default(), exclude.clone()),
        ..Options::default()
    };
    let sink = scan_with(&[git.root().to_owned()], options(140));
    assert_eq!(below(&sink, git.root()), ["fits", "large", "no-pointer"]);
    let named = |reason, path: &str| (reason, path.to_owned());
    let (excluded, lfs) = ([named(Excluded, "src/c.min.js"), named(Excluded, "vendor/")], named(LfsPointer, "pointer"));
    assert_eq!(skips(&sink, git.root()), [lfs.clone(), excluded[0].clone(), excluded[1].clone()]);
    assert_eq!(sink.counted(Unit::Entry), 6);
    assert_eq!(sink.counted(Unit::Byte), 201 + pointer.len() as u64 + 8);
    assert!(!sink.names().iter().any(|name| name.contains("min.js")));

    let sink = scan_with(&[git.root().to_owned()], options(100));
    assert!(skips(&sink, git.root()).contains(&named(TooLarge, "large")));
    assert!(sink.details().contains(&"101 bytes".to_owned()));
    let sink = scan_with(&[git.root().to_owned()], options(0));
    assert!(below(&sink, git.root()).contains(&"large".to_owned()));
}

#[test]
fn an_empty_folder_has_no_entry() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert_eq!(scan(folder.path()).counted(Unit::Entry), 0);
    assert_eq!(scan(Git::new().root()).counted(Unit::Entry), 0);
}

#[test]
fn the_baseline_can_ask_for_files() {
    let git = Git::new();
    git.write("sub/a", b"x");
    symlink("sub", git.root().join("link")).unwrap();
    let whole = Worktree::new(vec![git.root().to_owned()], Options::default()).unwrap();
    let part = Worktree::new(vec![git.root().join("sub")], Options::default()).unwrap();
    assert!(whole.is_whole() && !part.is_whole());
    assert!(whole.holds_path(b"sub/a") && part.holds_path(b"sub/a") && whole.holds_path(b"link"));
    for path in [&b"sub"[..], b"sub/b", b"link/a", b"../repository/sub/a", b"/etc/passwd", b"", b"sub/a/x"] {
        assert!(!whole.holds_path(path), "{:?}", path.as_bstr());
    }
}

#[test]
fn it_stops_when_it_is_told_to() {
    let git = Git::new();
    git.write("a", b"x");
    let sink = Recorder::default();
    sink.stop.store(true, std::sync::atomic::Ordering::Relaxed);
    Worktree::new(vec![git.root().to_owned()], Options::default()).unwrap().scan(&sink).unwrap();
    assert!(sink.paths().is_empty());
}
