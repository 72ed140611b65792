//! Links, pipes, names and depths that are no ordinary files'.

use super::*;

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
