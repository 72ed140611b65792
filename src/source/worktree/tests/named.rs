//! Arguments: what they are called, what they reach, what they may be.

use super::*;

#[test]
fn paths_are_the_argument_and_the_rest() {
    let git = Git::new();
    git.write("sub/a", b"x");
    let cases = [("sub/", "sub/a"), ("./sub//.", "sub/a"), ("sub/../sub", "sub/../sub/a"), ("sub/a", "sub/a")];
    for (argument, path) in cases {
        // Absolute, so that no test changes the current folder: only the shape behind the root counts.
        let sink = scan(PathBuf::from(format!("{}/{argument}", git.root().display())));
        assert_eq!(below(&sink, git.root()), [path], "{argument}");
        assert_eq!(sink.repo_paths(), ["sub/a"], "{argument}");
    }
}

#[test]
fn the_current_folder_adds_nothing_to_a_path() {
    let root = roots::of(&[PathBuf::from(".")]).unwrap().remove(0);
    assert_eq!(root.shown, "");
    assert_eq!(roots::of(&[PathBuf::from("./src/")]).unwrap()[0].shown, "src");
    assert_eq!(roots::of(&[PathBuf::from("..")]).unwrap()[0].shown, "..");
}

#[test]
fn a_file_reached_twice_is_read_once() {
    let git = Git::new();
    git.write("sub/a", b"x");
    git.write("b", b"x");
    git.write("ignored", b"x");
    git.write(".gitignore", b"ignored\n");
    let root = git.root().to_owned();
    let scan = |paths: &[&str]| {
        let paths: Vec<_> = paths.iter().map(|path| root.join(path)).collect();
        below(&scan_with(&paths, Options::default()), &root)
    };
    let all = [".gitignore", "b", "sub/a"];
    for paths in [&[".", "sub"][..], &["sub", "."], &[".", "."], &["sub/a", ".", "sub"], &["sub/../.", "b", "b"]] {
        let found: Vec<_> = scan(paths).into_iter().map(|path| path.replace("sub/../", "")).collect();
        assert_eq!(found, all, "{paths:?}");
    }
    assert_eq!(scan(&[".", "ignored"]), [".gitignore", "b", "ignored", "sub/a"]);
    assert_eq!(scan(&["sub/../", "sub"]), ["sub/../.gitignore", "sub/../b", "sub/../sub/a"]);
}

#[test]
fn what_is_named_is_read() {
    let git = Git::new();
    git.write("build/out/x.log", b"x");
    git.write("build/.gitignore", b"y\n");
    git.write("build/y", b"y");
    git.write("target.txt", b"text");
    git.write(".gitignore", b"build/\n*.log\n");
    symlink("target.txt", git.root().join("link")).unwrap();
    symlink("build", git.root().join("folder-link")).unwrap();
    assert_eq!(below(&scan(git.root().join("build/out/x.log")), git.root()), ["build/out/x.log"]);
    assert_eq!(below(&scan(git.root().join("build")), git.root()), ["build/.gitignore", "build/out/x.log"]);
    assert_eq!(below(&scan(git.root().join("build/out")), git.root()), ["build/out/x.log"]);

    let link = scan(git.root().join("link"));
    assert_eq!((below(&link, git.root()), link.repo_paths()), (vec!["link".to_owned()], vec!["link".to_owned()]));
    assert_eq!(link.contents()[0].1, "text");
    let folder = scan(git.root().join("folder-link"));
    assert_eq!(below(&folder, git.root()), ["folder-link/.gitignore", "folder-link/out/x.log"]);
    assert_eq!(folder.repo_paths(), ["build/.gitignore", "build/out/x.log"]);
    let both = scan_with(&[git.root().join("link"), git.root().to_owned()], Options::default());
    assert_eq!(both.contents().iter().filter(|(_, text)| text == "text").count(), 1);
}

#[test]
fn a_missing_path_stops_everything() {
    let git = Git::new();
    git.write("a", b"x");
    for missing in ["gone", "a/below", ""] {
        let path = if missing.is_empty() { PathBuf::new() } else { git.root().join(missing) };
        let error = Worktree::new(vec![git.root().to_owned(), path], Options::default()).unwrap_err();
        assert!(matches!(error, crate::Error::Path { .. }), "{error:?}");
    }
}
