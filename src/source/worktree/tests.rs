//! Trees made by hand and by the real git.

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

/// Whatever the rules, the files are those that git lists.
#[test]
fn the_files_are_those_that_git_would_add() {
    let git = Git::new();
    let names = [
        "a",
        "b.o",
        "keep.o",
        "#x",
        "!y",
        "sp ace",
        "{a}",
        "x[1]",
        "d/e",
        "d/f/g.o",
        "d/f/keep.o",
        "q/d/e",
        "q/z/k.txt",
    ];
    for name in names {
        git.write(name, b"x");
    }
    let rules = [
        "*.o\n!keep.o\n",
        "d/\n",
        "/d/e\n",
        "d/**\n",
        "**/e\n",
        "d/**/*.o\n",
        "\\#x\n\\!y\n",
        "sp\\ ace\n",
        "{a}\n",
        "x[[]1]\n",
        "x[1]\n",
        "d/f/*\n!d/f/keep.o\n",
        "*\n!*/\n!*.o\n",
        "q/*\n!q/z\n",
        "a \nb.o\t\n",
        "\u{feff}a\n",
        "/\n",
        "q/**/k.txt\r\na\r\n",
        "f/g.o\n",
        "f/\n",
        "[!a-c]\n",
        "?\n",
        "d/f",
        "#a\n\n  \n",
        "{a\n",
        "[a\n",
        "\\\n",
        "**\n!a\n",
        "q/d\n!q/d/e\n",
        "*/\n",
        "z/*.txt",
        "\\a",
        "**/f/**",
        "a**",
        "d/*/g.o",
        "x?1]",
        "!\n",
        "//\n",
        "d//e\n",
    ];
    for rule in rules {
        git.write(".gitignore", rule.as_bytes());
        let listed = git.run(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let mut wanted: Vec<_> = listed.split_terminator('\0').map(str::to_owned).collect();
        wanted.sort();
        assert_eq!(below(&scan(git.root()), git.root()), wanted, "{rule:?}");
    }
}

#[test]
fn patterns_beyond_number_are_not_used_and_that_is_said() {
    let git = Git::new();
    git.write("a", b"x");
    git.write("sub/b", b"x");
    git.write("sub/.gitignore", &[&b"b\n"[..], &b"*a?b*c\n".repeat(5_000)].concat());
    let sink = scan(git.root());
    assert_eq!(below(&sink, git.root()), ["a", "sub/.gitignore", "sub/b"]);
    assert_eq!(sink.notes(), ["sub/.gitignore is too long to be used: what it ignores is scanned"]);
}

#[test]
fn the_users_own_patterns_hold_too() {
    let git = Git::new();
    git.write("a.swp", b"x");
    git.write("b", b"x");
    let home = git.outside().join("home");
    fs::create_dir_all(home.join(".config/git")).unwrap();
    fs::write(home.join(".config/git/ignore"), "*.swp\n").unwrap();
    let options = || Options { user: UserGit { home: Some(home.clone()), config_home: None }, ..Options::default() };
    assert_eq!(below(&scan_with(&[git.root().to_owned()], options()), git.root()), ["b"]);
    fs::write(home.join(".gitconfig"), "[core]\n\texcludesFile = ~/other\n").unwrap();
    fs::write(home.join("other"), "/b\n").unwrap();
    assert_eq!(below(&scan_with(&[git.root().to_owned()], options()), git.root()), ["a.swp"]);
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

#[test]
fn links_and_special_files_are_named_and_not_opened() {
    let git = Git::new();
    let outside = git.outside().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret"), "outside").unwrap();
    symlink(&outside, git.root().join("folder")).unwrap();
    symlink(outside.join("secret"), git.root().join("file")).unwrap();
    symlink("nowhere", git.root().join("broken")).unwrap();
    symlink("loop", git.root().join("loop")).unwrap();
    let status = std::process::Command::new("mkfifo").arg(git.root().join("pipe")).status().unwrap();
    assert!(status.success());
    let _socket = std::os::unix::net::UnixListener::bind(git.root().join("socket")).unwrap();
    let sink = scan(git.root());
    let named = |reason, path: &str| (reason, path.to_owned());
    assert_eq!(
        skips(&sink, git.root()),
        [
            named(Symlink, "broken"),
            named(Symlink, "file"),
            named(Symlink, "folder"),
            named(Symlink, "loop"),
            named(Special, "pipe"),
            named(Special, "socket"),
        ]
    );
    assert!(sink.contents().iter().all(|(_, text)| text != "outside"));
    assert!(sink.contents().iter().any(|(path, text)| path.ends_with("broken") && text == "nowhere"));
    assert_eq!((sink.counted(Unit::Entry), sink.counted(Unit::File), sink.names().len()), (6, 0, 6));
}

#[test]
fn a_named_pipe_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = pipe.clone();
    let writer = std::thread::spawn(move || fs::write(writer, "through").unwrap());
    let sink = scan(&pipe);
    writer.join().unwrap();
    assert_eq!(sink.contents()[0].1, "through");
    assert_eq!(sink.repo_paths(), ["pipe"]);
}

#[test]
fn unreadable_things_are_failures() {
    let git = Git::new();
    git.write("closed/a", b"x");
    git.write("file", b"x");
    fs::set_permissions(git.root().join("closed"), fs::Permissions::from_mode(0o0)).unwrap();
    fs::set_permissions(git.root().join("file"), fs::Permissions::from_mode(0o0)).unwrap();
    let privileged = fs::read(git.root().join("file")).is_ok();
    let sink = scan(git.root());
    fs::set_permissions(git.root().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    if !privileged {
        let wanted = [(Unreadable, "closed".to_owned()), (Unreadable, "file".to_owned())];
        assert_eq!(skips(&sink, git.root()), wanted);
        assert!(sink.details().iter().all(|detail| detail == "permission denied"));
    }
}

#[test]
fn a_damaged_index_is_a_failure_and_hides_nothing() {
    let git = Git::new();
    git.write("a", b"x");
    git.write("ignored", b"x");
    git.write(".gitignore", b"ignored\n");
    git.run(&["add", "-f", "."]);
    fs::write(git.root().join(".git/index"), "DIRC nonsense").unwrap();
    let sink = scan(git.root());
    assert_eq!(below(&sink, git.root()), [".gitignore", "a", "ignored"]);
    assert_eq!(skips(&sink, git.root()), [(Corrupt, ".git/index".to_owned())]);
}

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
fn odd_names_and_deep_folders() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let odd = std::ffi::OsStr::from_bytes(b"\xff\xfe name");
    fs::write(root.join(odd), "1").unwrap();
    fs::write(root.join("line\nbreak"), "2").unwrap();
    fs::write(root.join("n".repeat(255)), "3").unwrap();
    let deep = root.join(["d".repeat(99); 1].join("/")).join(vec!["e".repeat(100); 28].join("/"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("f"), "4").unwrap();
    let sink = scan(&root);
    assert!(sink.skips().is_empty(), "{:?}", sink.skips());
    let texts: Vec<_> = sink.contents().into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), 4);
    assert!(sink.blobs().iter().any(|b| b.origin.repo_path.as_ref().unwrap() == &b"\xff\xfe name"[..]));
}

/// Deeper than any path may be: said, not passed over.
#[test]
fn what_no_path_reaches_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let half = || vec!["d".repeat(100); 22].join("/");
    let (upper, lower) = (folder.path().join(half()), folder.path().join("lower"));
    fs::create_dir_all(&upper).unwrap();
    fs::create_dir_all(lower.join(half())).unwrap();
    fs::write(lower.join(half()).join("file"), "deep").unwrap();
    fs::rename(&lower, upper.join("lower")).unwrap();
    let sink = scan(folder.path());
    assert_eq!(sink.skips().iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), [Unreadable]);
    assert!(sink.details()[0].contains("longer than"), "{:?}", sink.details());
    fs::rename(upper.join("lower"), &lower).unwrap();
}

#[test]
fn a_hostile_repository_leads_nowhere() {
    let git = Git::new();
    let outside = git.outside().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("o"), "outside").unwrap();
    git.write("a", b"x");
    git.write("folder/tracked", b"x");
    git.run(&["add", "."]);
    git.run(&["config", "core.worktree", outside.to_str().unwrap()]);
    fs::remove_dir_all(git.root().join("folder")).unwrap();
    symlink(&outside, git.root().join("folder")).unwrap();
    fs::write(outside.join("tracked"), "outside").unwrap();
    assert!(std::process::Command::new("mkfifo").arg(git.root().join(".gitignore")).status().unwrap().success());
    let sink = scan(git.root());
    assert!(sink.contents().iter().all(|(_, text)| text != "outside"));
    assert_eq!(below(&sink, git.root()), ["a", "folder"]);
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
