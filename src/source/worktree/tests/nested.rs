//! Repositories in repositories, and beside each other.

use super::*;

#[test]
fn nested_repositories_are_named_or_scanned_by_their_own_rules() {
    let git = Git::new();
    git.write("a", b"x");
    git.write(".gitignore", b"*.log\n");
    git.write("inner/b.log", b"x");
    git.write("inner/tracked", b"x");
    git.run(&["add", "."]);
    git.run(&["init", "-q", "inner"]);
    git.write("inner/.gitignore", b"c\n");
    git.write("inner/c", b"x");
    git.write("fake/.git", b"no link");
    git.write("fake/d", b"x");
    git.write("empty/.git/x", b"x");
    git.write("empty/e", b"x");
    let sink = scan(git.root());
    assert_eq!(below(&sink, git.root()), [".gitignore", "a", "empty/e", "fake/d", "inner/tracked"]);
    assert_eq!(skips(&sink, git.root()), [(NestedRepository, "inner".to_owned())]);

    let options = Options { nested: Nested::Scanned, ..Options::default() };
    let sink = scan_with(&[git.root().to_owned()], options);
    let inner = ["inner/.gitignore", "inner/b.log", "inner/tracked"];
    assert_eq!(below(&sink, git.root())[4..], inner);
    assert!(sink.repo_paths().contains(&"b.log".to_owned()));
    assert!(sink.skips().is_empty());

    let named = scan(git.root().join("inner"));
    assert_eq!(below(&named, git.root()), inner);
    assert_eq!(named.repo_paths(), [".gitignore", "b.log", "tracked"]);
    let both = scan_with(&[git.root().to_owned(), git.root().join("inner")], Options::default());
    assert!(both.skips().is_empty() && both.paths().len() == 7, "{:?}", both.paths());
}

#[test]
fn submodules_are_named_whether_they_are_there_or_not() {
    let other = Git::new();
    other.write("s", b"x");
    other.commit_all("s");
    let git = Git::new();
    git.write("a", b"x");
    git.run(&["submodule", "add", "-q", other.root().to_str().unwrap(), "there"]);
    git.run(&["submodule", "add", "-q", other.root().to_str().unwrap(), "gone"]);
    git.commit_all("modules");
    git.run(&["submodule", "-q", "deinit", "-f", "gone"]);
    let sink = scan(git.root());
    assert_eq!(below(&sink, git.root()), [".gitmodules", "a"]);
    assert_eq!(skips(&sink, git.root()), [(Submodule, "gone".to_owned()), (Submodule, "there".to_owned())]);
    let options = Options { nested: Nested::Scanned, ..Options::default() };
    let sink = scan_with(&[git.root().to_owned()], options);
    assert_eq!(below(&sink, git.root()), [".gitmodules", "a", "there/s"]);
    assert_eq!(skips(&sink, git.root()), [(Submodule, "gone".to_owned())]);
}

#[test]
fn below_a_plain_folder_each_repository_has_its_own_rules() {
    let git = Git::new();
    git.write("x.log", b"x");
    git.write("y", b"y");
    git.write(".gitignore", b"*.log\n");
    git.run(&["init", "-q", "--bare", "../bare.git"]);
    let linked = git.outside().join("linked");
    git.commit_all("all");
    git.run(&["worktree", "add", "-q", linked.to_str().unwrap(), "-b", "side"]);
    fs::write(git.outside().join("z.log"), "z").unwrap();
    fs::write(linked.join("w.log"), "w").unwrap();
    let sink = scan(git.outside());
    let files: Vec<_> = below(&sink, &git.outside()).into_iter().filter(|path| !path.starts_with("bare.git")).collect();
    assert_eq!(files, ["linked/.gitignore", "linked/y", "repository/.gitignore", "repository/y", "z.log"]);
    assert_eq!(skips(&sink, &git.outside()), [(NestedRepository, "bare.git".to_owned())]);
    assert!(below(&sink, &git.outside()).contains(&"bare.git/config".to_owned()));
    assert_eq!(sink.repo_paths().iter().filter(|path| *path == "y").count(), 2);
}
