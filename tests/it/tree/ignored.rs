//! What git does not add, told by git itself: lists of ignored files in every place where git looks for them.

use super::{paths, scan};
use crate::support::{Sandbox, key, line};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

/// What is found is what git would add.
#[track_caller]
fn as_git(sandbox: &Sandbox, case: &str) -> Vec<String> {
    let added = sandbox.git(["-c", "core.quotePath=false", "ls-files", "-co", "--exclude-standard"]);
    let has_key = |path: &&str| path.to_lowercase().ends_with(".py");
    let mut added: Vec<_> = added.lines().filter(has_key).map(str::to_owned).collect();
    added.sort();
    assert_eq!(paths(&scan(sandbox, &["."])), added, "{case}");
    added
}

fn home(sandbox: &Sandbox, name: &str, text: &str) {
    let path = sandbox.root().join("home").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn patterns_of_every_kind() {
    let sandbox = Sandbox::repository();
    for path in
        ["logs/keep/x.py", "logs/y.py", "build/z.py", "a/b/w.py", "crlf.py", "sp.py", "tr .py", "bom.py", "U.PY"]
    {
        sandbox.write(path, line(&key(1)));
    }
    let list =
        "\u{feff}bom.py\n/logs/*\n!/logs/keep\nbuild/\n!build/z.py\ncrlf.py\r\nsp.py   \ntr\\ .py\nu.py\na/**/w.py\n";
    sandbox.write(".gitignore", list);
    assert_eq!(as_git(&sandbox, "all"), ["U.PY", "logs/keep/x.py"]);
    // Lists of other programs are none of ours; a list behind a link is none of git's.
    for name in [".ignore", ".rgignore"] {
        sandbox.write(name, "*\n");
    }
    sandbox.write("d/s.py", line(&key(2)));
    symlink("../.gitignore", sandbox.path().join("d/.gitignore")).unwrap();
    assert_eq!(as_git(&sandbox, "others"), ["U.PY", "d/s.py", "logs/keep/x.py"]);
}

#[test]
fn the_users_own_list_wherever_it_is_named() {
    let sandbox = Sandbox::repository();
    sandbox.write("s.py", line(&key(1)));
    sandbox.write("t.py", line(&key(2)));
    home(&sandbox, "ign", "s.py\n");
    home(&sandbox, "more/cfg", "[core]\n\texcludesFile = ~/ign\n");
    let work = sandbox.path().canonicalize().unwrap();
    let parent = work.parent().unwrap().display();
    for (settings, found) in [
        ("[core]\n\texcludesFile = ~/ign\n".to_owned(), 1),
        ("[include]\n\tpath = more/cfg\n".into(), 1),
        ("[include]\n\tpath = ~/more/cfg\n[core]\n\texcludesFile = /nowhere\n".into(), 2),
        (format!("[includeIf \"gitdir:{parent}/\"]\n\tpath = ~/more/cfg\n"), 1),
        (format!("[includeIf \"gitdir/i:{}/\"]\n\tpath = ~/more/cfg\n", parent.to_string().to_uppercase()), 1),
        ("[includeIf \"gitdir:work/\"]\n\tpath = ~/more/cfg\n".into(), 1),
        ("[includeIf \"gitdir:~/\"]\n\tpath = ~/more/cfg\n".into(), 2),
        ("[includeIf \"onbranch:ma*\"]\n\tpath = ~/more/cfg\n".into(), 1),
        ("[includeIf \"onbranch:ma/\"]\n\tpath = ~/more/cfg\n".into(), 2),
        ("[includeIf \"hasconfig:remote.*.url:x\"]\n\tpath = ~/more/cfg\n".into(), 2),
    ] {
        home(&sandbox, ".gitconfig", &settings);
        assert_eq!(as_git(&sandbox, &settings).len(), found, "{settings}");
    }
    fs::remove_file(sandbox.root().join("home/.gitconfig")).unwrap();
    home(&sandbox, ".config/git/ignore", "t.py\n");
    assert_eq!(as_git(&sandbox, "the default list"), ["s.py"]);
    home(&sandbox, ".gitconfig", "[core]\n\texcludesFile =\n");
    assert_eq!(as_git(&sandbox, "no list").len(), 2);
}

#[test]
fn names_in_any_case_where_the_repository_says_so() {
    let sandbox = Sandbox::repository();
    sandbox.write("logs/Kept.PY", line(&key(1)));
    sandbox.commit("Start");
    sandbox.write(".gitignore", "A.py\nLOGS/\n/x/[A-C]*\n");
    for (n, name) in ["a.py", "Logs/c.py", "x/b1.py", "x/D.py"].iter().enumerate() {
        sandbox.write(name, line(&key(2 + n as u64)));
    }
    assert_eq!(as_git(&sandbox, "case counts"), ["Logs/c.py", "a.py", "logs/Kept.PY", "x/D.py", "x/b1.py"]);
    sandbox.git(["config", "core.ignoreCase", "true"]);
    assert_eq!(as_git(&sandbox, "case does not"), ["logs/Kept.PY", "x/D.py"]);
    // What the index knows under another case is tracked.
    fs::rename(sandbox.path().join("logs/Kept.PY"), sandbox.path().join("logs/kept.py")).unwrap();
    assert_eq!(paths(&scan(&sandbox, &["."])), ["logs/kept.py", "x/D.py"]);
}

#[test]
fn lists_of_repository_and_worktree() {
    let sandbox = Sandbox::repository();
    sandbox.write("sub/s.py", line(&key(1)));
    sandbox.commit("Start");
    fs::write(sandbox.root().join("list"), "*.py\n").unwrap();
    sandbox.write("t.py", line(&key(2)));
    // From the work tree's root, wherever somebody stands; what is tracked is scanned all the same.
    sandbox.git(["config", "core.excludesFile", "../list"]);
    assert_eq!(as_git(&sandbox, "relative"), ["sub/s.py"]);
    assert_eq!(paths(&scan(&sandbox, &[sandbox.path().to_str().unwrap()])).len(), 1);
    sandbox.git(["config", "--unset", "core.excludesFile"]);
    sandbox.git(["config", "extensions.worktreeConfig", "true"]);
    sandbox.git(["config", "--worktree", "core.excludesFile", "../list"]);
    assert_eq!(as_git(&sandbox, "a worktree's own"), ["sub/s.py"]);
    sandbox.git(["config", "--worktree", "--unset", "core.excludesFile"]);
    // Includes in a circle end, and what is no file is not opened.
    let config = sandbox.path().join(".git/config");
    let before = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("{before}[include]\n\tpath = config\n[core]\n\texcludesFile = /dev/zero\n")).unwrap();
    assert_eq!(paths(&scan(&sandbox, &["."])), ["sub/s.py", "t.py"]);
    fs::write(&config, before).unwrap();
    // info/exclude is shared by all worktrees.
    sandbox.git(["worktree", "add", "-q", "../linked"]);
    fs::write(sandbox.path().join(".git/info/exclude"), "t.py\n").unwrap();
    let linked = sandbox.root().join("linked");
    fs::write(linked.join("t.py"), line(&key(2))).unwrap();
    assert_eq!(paths(&scan(&sandbox, &[Path::new("../linked").to_str().unwrap()])), ["../linked/sub/s.py"]);
}
