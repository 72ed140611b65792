//! --include and --exclude: globs of the repository-relative path, wherever somebody stands.

use super::{paths, scan};
use crate::support::{Sandbox, key, line, run};

fn tree() -> Sandbox {
    let sandbox = Sandbox::repository();
    for path in [".hid.py", "docs/e.md", "src/a.py", "src/t/c.py", "src/t/u/d.py", "top.py", "{x,y}/g.py"] {
        sandbox.write(path, line(&key(1)));
    }
    sandbox
}

const ALL: [&str; 7] = [".hid.py", "docs/e.md", "src/a.py", "src/t/c.py", "src/t/u/d.py", "top.py", "{x,y}/g.py"];

/// All paths without these.
fn without(gone: &[&str]) -> Vec<String> {
    ALL.into_iter().filter(|path| !gone.iter().any(|gone| path.starts_with(gone))).map(str::to_owned).collect()
}

#[test]
fn each_kind_of_glob() {
    let sandbox = tree();
    for (glob, gone) in [
        ("src[!a]a.py", &[][..]),
        ("src[+-9]a.py", &[]),
        ("src?a.py", &[]),
        ("[!a]rc/**", &["src"]),
        ("**/t/**", &["src/t"]),
        ("src/**/d.py", &["src/t/u"]),
        ("/top.py", &["top.py"]),
        ("/a.py", &[]),
        ("./src", &["src"]),
        ("src/", &["src"]),
        ("top.py/", &[]),
        ("{src,docs}", &["src", "docs"]),
        ("src/{t,x}", &["src/t"]),
        ("\\{x,y\\}", &["{x,y}"]),
        ("src/*", &["src"]),
        ("u", &["src/t/u"]),
        (".*", &[".hid.py"]),
        ("**", &ALL),
    ] {
        let done = scan(&sandbox, &["--exclude", glob, "."]);
        assert_eq!(paths(&done), without(gone), "{glob}");
        assert_eq!(done.status, i32::from(gone.len() < ALL.len()), "{glob}: a tree of policy skips alone is 0");
        // --include keeps what --exclude of the same takes away, and the index is told apart as the tree is.
        let kept = ALL.map(str::to_owned).into_iter().filter(|path| !without(gone).contains(path)).collect::<Vec<_>>();
        assert_eq!(paths(&scan(&sandbox, &["--include", glob, "."])), kept, "{glob}");
        sandbox.git(["add", "-A"]);
        assert_eq!(paths(&scan(&sandbox, &["--staged", "--exclude", glob])), without(gone), "{glob}");
    }
    for glob in ["", "!src", "[a", "{a", "../x", "a[/]b", "a\\"] {
        let done = scan(&sandbox, &["--exclude", glob, "."]);
        assert!(done.status == 2 && done.stdout.is_empty() && done.stderr.contains("--exclude"), "{glob}: {done:?}");
    }
}

#[test]
fn the_working_directory_changes_nothing() {
    let sandbox = tree();
    let from = |folder: &str, args: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        let command = command.current_dir(sandbox.path().join(folder)).args(["scan", "--format", "jsonl"]);
        paths(&run(command.args(args), b""))
    };
    assert_eq!(from("src", &["--exclude", "src/t", "."]), ["a.py"]);
    assert_eq!(from("src", &["--exclude", "/t", "."]), ["a.py", "t/c.py", "t/u/d.py"]);
    assert_eq!(from("src/t", &["--include", "src/*.py", ".."]), ["../a.py"]);
    assert_eq!(from("docs", &["--exclude", "src", "../src/a.py", "e.md"]), ["e.md"], "a named file too");
    // Outside a repository the path below the argument counts.
    std::fs::remove_dir_all(sandbox.path().join(".git")).unwrap();
    assert_eq!(from(".", &["--exclude", "/t", "src"]), ["src/a.py"]);
    assert_eq!(from(".", &["--exclude", "src/t", "src"]).len(), 3);
}
