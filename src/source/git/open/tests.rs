use super::*;
use std::process::Command;
use tempfile::TempDir;

/// A scratch folder with the real git.
struct Scratch(TempDir);

impl Scratch {
    fn new() -> Self {
        Scratch(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    fn git(&self, dir: &str, args: &[&str]) {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        let done = command
            .current_dir(self.path(dir))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"])
            .args(args)
            .output()
            .unwrap();
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    fn init(&self, name: &str) {
        self.git(".", &["init", "-q", name]);
        self.git(name, &["commit", "-q", "--allow-empty", "-m", "first"]);
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    fn open(&self, name: &str) -> Result<Repository> {
        Repository::open(&self.path(name), &GitEnv::default())
    }
}

#[test]
fn every_way_to_name_a_repository_leads_to_it() {
    let s = Scratch::new();
    s.init("r");
    s.write("r/sub/file", "x");
    for name in ["r", "r/sub", "r/sub/file", "r/.git", "r/.git/refs"] {
        let r = s.open(name).unwrap();
        assert_eq!((r.git_dir, r.work_tree), (s.path("r/.git"), Some(s.path("r"))), "{name}");
        assert_eq!(r.object_dirs, [s.path("r/.git/objects")]);
        assert!(r.notes.is_empty() && r.skips.is_empty() && !r.partial && r.shallow.is_empty());
    }
    assert_eq!(Repository::discover(&s.path("r/sub/file")).unwrap().unwrap().work_tree, Some(s.path("r")));
    assert!(Repository::discover(&s.path("r/.git/refs")).unwrap().is_none());
    assert!(Repository::discover(&s.path(".")).unwrap().is_none());
    assert!(matches!(s.open("."), Err(Error::Repository { .. })));
    assert!(matches!(s.open("gone"), Err(Error::Path { .. })));
}

#[test]
fn bare_folders_have_no_work_tree() {
    let s = Scratch::new();
    s.git(".", &["init", "-q", "--bare", "b.git"]);
    let r = s.open("b.git").unwrap();
    assert_eq!((r.git_dir, r.work_tree), (s.path("b.git"), None));
    assert!(Repository::discover(&s.path("b.git/hooks")).unwrap().is_none());
}

#[test]
fn linked_worktrees_share_objects_and_have_their_own_index() {
    let s = Scratch::new();
    s.init("r");
    s.git("r", &["worktree", "add", "-q", "../w"]);
    for name in ["w", "w/.git", "r/.git/worktrees/w"] {
        let r = s.open(name).unwrap();
        assert_eq!(r.git_dir, s.path("r/.git/worktrees/w"), "{name}");
        assert_eq!(r.common_dir, s.path("r/.git"));
        assert_eq!(r.index_file, s.path("r/.git/worktrees/w/index"));
        assert_eq!(r.work_tree, Some(s.path("w")), "{name}");
    }
    std::fs::remove_dir_all(s.path("r/.git/worktrees/w")).unwrap();
    assert!(matches!(s.open("w"), Err(Error::Repository { .. })));
    assert!(matches!(Repository::discover(&s.path("w")), Err(Error::Repository { .. })));
}

#[test]
fn a_linked_worktree_of_a_bare_repository_has_a_work_tree() {
    let s = Scratch::new();
    s.init("r");
    s.git(".", &["clone", "-q", "--bare", "r", "b.git"]);
    s.git("b.git", &["worktree", "add", "-q", "../w"]);
    assert_eq!(s.open("w").unwrap().work_tree, Some(s.path("w")));
}

#[test]
fn submodules_are_opened_by_their_file_and_by_their_folder() {
    let s = Scratch::new();
    s.init("inner");
    s.init("outer");
    s.git("outer", &["submodule", "--quiet", "add", "../inner", "x"]);
    let r = s.open("outer/x").unwrap();
    assert_eq!(r.git_dir, s.path("outer/.git/modules/x"));
    assert_eq!(r.work_tree, Some(s.path("outer/x")));
    assert!(r.notes.is_empty(), "{:?}", r.notes);
    assert_eq!(s.open("outer/.git/modules/x").unwrap().work_tree, None);
}

#[test]
fn a_git_file_that_leads_nowhere_is_an_error_and_an_invalid_folder_is_passed_by() {
    let s = Scratch::new();
    s.init("r");
    s.write("r/a/.git", "gitdir: ../nowhere\n");
    s.write("r/b/.git", "nonsense");
    std::fs::create_dir_all(s.path("r/c/.git")).unwrap();
    s.write("r/d/.git/HEAD", "nonsense");
    for name in ["r/a", "r/b"] {
        assert!(matches!(s.open(name), Err(Error::Repository { .. })), "{name}");
        assert!(matches!(Repository::discover(&s.path(name)), Err(Error::Repository { .. })), "{name}");
    }
    for name in ["r/c", "r/d"] {
        assert_eq!(s.open(name).unwrap().git_dir, s.path("r/.git"), "{name}");
    }
}

#[test]
fn a_damaged_head_does_not_hide_the_rest() {
    let s = Scratch::new();
    s.init("r");
    s.write("r/.git/HEAD", "");
    assert_eq!(s.open("r").unwrap().git_dir, s.path("r/.git"));
    assert!(Repository::discover(&s.path("r")).unwrap().is_none());
}

#[test]
fn the_environment_wins() {
    let s = Scratch::new();
    s.init("r");
    s.init("other");
    let env = GitEnv { git_dir: Some(s.path("r/.git")), ..GitEnv::default() };
    let r = Repository::open(&s.path("other"), &env).unwrap();
    assert_eq!((r.git_dir, r.work_tree), (s.path("r/.git"), Some(s.path("r"))));

    s.git(".", &["clone", "-q", "--bare", "r", "b.git"]);
    s.git("b.git", &["config", "core.bare", "false"]);
    let env = GitEnv { git_dir: Some(s.path("b.git")), index_file: Some(s.path("i")), ..GitEnv::default() };
    let r = Repository::open(&s.path("other"), &env).unwrap();
    assert_eq!((r.work_tree, r.index_file), (Some(s.path("other")), s.path("i")));

    let env = GitEnv {
        work_tree: Some(s.path("other")),
        index_file: Some("i".into()),
        object_directory: Some(s.path("other/.git/objects")),
        githeads: vec!["1".repeat(40), "xyz".into()],
        ..GitEnv::default()
    };
    let r = Repository::open(&s.path("r"), &env).unwrap();
    assert_eq!((r.git_dir, r.work_tree), (s.path("r/.git"), Some(s.path("other"))));
    assert_eq!(r.index_file, s.path("other/i"));
    assert_eq!(r.object_dirs, [s.path("other/.git/objects")]);
    assert_eq!(r.githeads.len(), 1);

    let env = GitEnv { git_dir: Some(s.path(".")), ..GitEnv::default() };
    assert!(matches!(Repository::open(&s.path("r"), &env), Err(Error::Repository { .. })));
}

#[test]
fn core_worktree_does_not_lead_out() {
    let s = Scratch::new();
    s.init("r");
    s.git("r", &["config", "core.worktree", "/"]);
    let r = s.open("r").unwrap();
    assert_eq!(r.work_tree, Some(s.path("r")));
    assert_eq!(r.notes.len(), 1);
}

#[test]
fn extensions_are_understood_or_refused() {
    let s = Scratch::new();
    s.init("r");
    let text = |version: u8, extension: &str| {
        s.write(
            "r/.git/config",
            &format!("[core]\n\trepositoryformatversion = {version}\n[extensions]\n\t{extension}\n"),
        );
        s.open("r")
    };
    for known in
        ["noop", "preciousObjects = true", "relativeWorktrees", "compatObjectFormat = sha256", "refStorage = files"]
    {
        assert_eq!(text(1, known).unwrap().hash, Kind::Sha1, "{known}");
    }
    assert_eq!(text(1, "objectFormat = sha256").unwrap().hash, Kind::Sha256);
    assert!(text(1, "partialClone = origin").unwrap().partial);
    assert!(text(0, "whatever = 1").is_ok());
    for refused in ["refStorage = reftable", "objectFormat = md5", "whatever = 1"] {
        assert!(matches!(text(1, refused), Err(Error::Repository { .. })), "{refused}");
    }
    assert!(matches!(text(0, "objectFormat = sha256"), Err(Error::Repository { .. })));
    assert!(matches!(text(2, "noop"), Err(Error::Repository { .. })));
    s.write("r/.git/config", "[core]\n\trepositoryformatversion = 1\n[extensions \"a\"]\n\tnoop = 1\n");
    assert!(matches!(s.open("r"), Err(Error::Repository { .. })));
}

#[test]
fn a_configuration_that_does_not_parse_is_named_by_its_line_alone() {
    let s = Scratch::new();
    s.init("r");
    let value = ["Zq8", "vT3nLw"].concat();
    s.write("r/.git/config", &format!("[core]\n\tbare = false\n[remote \"o\"\n\turl = {value}\n"));
    let Err(error) = s.open("r") else { panic!("opened") };
    assert!(matches!(&error, Error::File { line: Some(3), .. }), "{error:?}");
    assert!(!error.to_string().contains(&value) && !format!("{error:?}").contains(&value));
    assert!(Repository::discover(&s.path("r")).is_err());
}

#[test]
fn promisors_and_shallow_boundaries_are_seen() {
    let s = Scratch::new();
    s.init("r");
    s.git("r", &["config", "remote.o.promisor", "true"]);
    s.write("r/.git/shallow", &format!("{}\nnonsense\n", "a1".repeat(20)));
    let r = s.open("r").unwrap();
    assert!(r.partial);
    assert_eq!((r.shallow.len(), r.skips.len()), (1, 1));
}

#[test]
fn alternates_are_followed_and_a_circle_ends() {
    let s = Scratch::new();
    for name in ["a", "b", "c"] {
        s.init(name);
    }
    s.write("a/.git/objects/info/alternates", "# far\n../../../b/.git/objects\n");
    s.write("b/.git/objects/info/alternates", &format!("{}\n", s.path("c/.git/objects").display()));
    s.write("c/.git/objects/info/alternates", &format!("\"{}\"\n", s.path("a/.git/objects").display()));
    let r = s.open("a").unwrap();
    assert_eq!(r.object_dirs, ["a", "b", "c"].map(|n| s.path(n).join(".git/objects")));
    assert_eq!((r.notes.len(), r.skips.len()), (1, 0), "{:?}", r.skips);

    s.write("b/.git/objects/info/alternates", "/no/such/folder\n");
    let r = s.open("a").unwrap();
    assert_eq!(r.object_dirs.len(), 2);
    assert!(r.skips.len() == 1 && r.skips[0].reason.is_failure());
    assert!(!r.skips[0].detail.contains("such"));

    let env = GitEnv {
        alternates: Some(format!("{}::/gone", s.path("c/.git/objects").display()).into()),
        ..GitEnv::default()
    };
    let r = Repository::open(&s.path("b"), &env).unwrap();
    assert_eq!(r.object_dirs.len(), 4 - 1, "{:?}", r.object_dirs);
    assert_eq!(r.skips.len(), 2);
}

#[test]
fn alternates_nested_too_deep_are_told() {
    let s = Scratch::new();
    for n in 0..9 {
        std::fs::create_dir_all(s.path(&format!("o{n}"))).unwrap();
        s.write(&format!("o{n}/info/alternates"), &format!("../o{}\n", n + 1));
    }
    let (mut notes, mut skips) = (Vec::new(), Vec::new());
    let dirs = alternates::object_dirs(s.path("o0"), None, &mut notes, &mut skips);
    assert_eq!(dirs.len(), 7);
    assert_eq!(skips.len(), 1);
    assert!(notes[0].contains("nested 6 deep"), "{notes:?}");
}

#[test]
#[cfg(unix)]
fn a_fifo_does_not_hold_the_scan_up() {
    let s = Scratch::new();
    s.init("r");
    for name in ["config", "shallow", "objects/info/alternates", "commondir"] {
        let path = s.path("r/.git").join(name);
        let old = std::fs::read(&path).ok();
        let _ = std::fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        if let Ok(r) = s.open("r") {
            assert_eq!(r.skips.len(), 1, "{name}");
        }
        std::fs::remove_file(&path).unwrap();
        if let Some(old) = old {
            std::fs::write(&path, old).unwrap();
        }
    }
}
