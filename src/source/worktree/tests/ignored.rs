//! What is ignored, compared with the real git.

use super::*;

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

/// Random patterns in three folders: nothing that git would add is passed over.
#[test]
fn random_rules_hide_nothing_that_git_would_add() {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |n: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random % n as u64) as usize
    };
    let git = Git::new();
    for upper in ["a", "b", "ab", "c.x"] {
        for folder in ["a", "b.x", "ba", "d"] {
            for name in ["a", "b", "ab.x", "c"] {
                git.write(&format!("{upper}/{folder}/{name}"), b"x");
            }
        }
        git.write(&format!("f{upper}"), b"x");
    }
    git.run(&["add", "-f", "a/a/a", "b/d/c"]);
    let pieces: Vec<&str> =
        "a b * ? / ** / [ab] .x ! c [!a] \\a f d **/ /** *.x [a-c] []a] \\* [^b] [[:alpha:]] [.-a] \
                             [\\a] [a- {a,b} ab /*"
            .split(' ')
            .collect();
    let mut more = 0;
    for _ in 0..120 {
        for place in [".gitignore", "a/.gitignore", "ab/ba/.gitignore"] {
            let mut pattern = || (0..1 + next(5)).map(|_| pieces[next(pieces.len())]).collect::<String>() + "\n";
            let rules: String = [pattern(), pattern(), pattern()].concat();
            git.write(place, rules.as_bytes());
        }
        let listed = git.run(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let found = below(&scan(git.root()), git.root());
        let wanted: Vec<_> = listed.split_terminator('\0').map(str::to_owned).collect();
        let missing: Vec<_> = wanted.iter().filter(|path| !found.contains(path)).collect();
        let rules = || fs::read_to_string(git.root().join(".gitignore")).unwrap();
        assert!(missing.is_empty(), "{missing:?} by {:?} and the like", rules());
        more += usize::from(found.len() > wanted.len());
    }
    assert!(more <= 2, "{more} of 120 times more was read than git would add");
}
