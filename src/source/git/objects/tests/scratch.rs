//! Scratch repositories, made with the real git, and what git itself reads of them.

use super::*;
use crate::source::git::open::{GitEnv, Repository};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use tempfile::TempDir;

/// A folder that goes away.
pub(super) struct Scratch(TempDir);

/// Every object: its kind and content.
pub(super) type All = BTreeMap<ObjectId, (Kind, Vec<u8>)>;

impl Scratch {
    pub(super) fn new() -> Self {
        Scratch(tempfile::tempdir().unwrap())
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs git in `dir`; its output.
    pub(super) fn git(&self, dir: &str, args: &[&str]) -> Vec<u8> {
        self.feed(dir, args, b"")
    }

    /// Runs git in `dir` with `input`; its output.
    pub(super) fn feed(&self, dir: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        let mut child = command
            .current_dir(self.path(dir))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "gc.auto=0"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let done = std::thread::scope(|s| {
            s.spawn(move || stdin.write_all(input));
            child.wait_with_output().unwrap()
        });
        assert!(done.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    /// A bare repository with a history of some files over many versions, from one seed.
    pub(super) fn history(&self, name: &str, format: &str, seed: u64, commits: usize) {
        self.git(".", &["init", "-q", "--bare", &format!("--object-format={format}"), name]);
        self.feed(
            name,
            &["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force"],
            &stream(seed, commits),
        );
    }

    pub(super) fn open(&self, name: &str) -> Objects {
        Objects::open(&Repository::open(&self.path(name), &GitEnv::default()).unwrap())
    }

    /// What git reads.
    pub(super) fn by_git(&self, name: &str) -> All {
        let mut rest = &self.git(name, &["cat-file", "--batch-all-objects", "--batch"])[..];
        let mut all = All::new();
        while let Some(end) = rest.iter().position(|&b| b == b'\n') {
            let line = std::str::from_utf8(&rest[..end]).unwrap();
            let [id, kind, size] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let size: usize = size.parse().unwrap();
            let content = rest[end + 1..][..size].to_vec();
            let kind = Kind::from_bytes(kind.as_bytes()).unwrap();
            all.insert(ObjectId::from_hex(id.as_bytes()).unwrap(), (kind, content));
            rest = &rest[end + 1 + size + 1..];
        }
        all
    }

    /// The files of a pack folder that end so.
    pub(super) fn packs(&self, name: &str, end: &str) -> Vec<PathBuf> {
        let folder = self.path(name).join("objects/pack");
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.to_str().unwrap().ends_with(end));
        found.sort();
        found
    }

    /// Makes every file below a folder writable, to damage it.
    pub(super) fn writable(path: &Path) {
        let mut mode = std::fs::metadata(path).unwrap().permissions();
        #[allow(clippy::permissions_set_readonly_false)]
        mode.set_readonly(false);
        std::fs::set_permissions(path, mode).unwrap();
    }
}

/// A small generator of numbers; the same from the same seed.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % below
    }
}

/// A history for `git fast-import`: files that grow and change, in a folder and beside it, tags and odd contents.
fn stream(seed: u64, commits: usize) -> Vec<u8> {
    let mut dice = Dice(seed);
    let mut files: Vec<Vec<String>> =
        (0..6).map(|f| (0..40).map(|l| format!("file {f} line {l}\n")).collect()).collect();
    let mut out = Vec::new();
    for commit in 0..commits {
        let message = format!("commit {commit} {}\n", dice.roll(1000));
        writeln!(
            out,
            "commit refs/heads/main\nmark :{}\ncommitter A <a@example.org> {} +0000",
            commit + 1,
            1_600_000_000 + commit
        )
        .unwrap();
        writeln!(out, "data {}\n{message}", message.len()).unwrap();
        for _ in 0..=dice.roll(3) {
            let f = dice.roll(files.len() as u64) as usize;
            let at = dice.roll(files[f].len() as u64) as usize;
            match dice.roll(4) {
                0 => drop(files[f].remove(at)),
                1 => files[f][at] = format!("changed {}\n", dice.roll(1 << 30)),
                _ => {
                    files[f].insert(at, format!("new {} {}\n", dice.roll(1 << 30), "x".repeat(dice.roll(60) as usize)))
                }
            }
            if files[f].is_empty() {
                files[f].push("again\n".into());
            }
            let text = files[f].concat();
            writeln!(out, "M 100644 inline dir{}/file{f}\ndata {}\n{text}", f % 3, text.len()).unwrap();
        }
        if commit == 3 {
            writeln!(out, "M 100644 inline empty\ndata 0\n").unwrap();
            writeln!(out, "M 100644 inline zeros\ndata 100000\n{}", "\0".repeat(100_000)).unwrap();
        }
    }
    writeln!(out, "tag v1\nfrom :{commits}\ntagger A <a@example.org> 1700000000 +0000\ndata 4\nnote").unwrap();
    out
}

/// Collects a walk.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) objects: Mutex<Vec<(ObjectId, Kind, Vec<u8>)>>,
    pub(super) unread: Mutex<Vec<Unread>>,
}

impl Visitor for Seen {
    fn object(&self, object: Object<'_>) -> Option<crate::source::Memo> {
        self.objects.lock().unwrap().push((object.id, object.kind, object.data.to_vec()));
        None
    }
    fn unread(&self, unread: Unread) {
        self.unread.lock().unwrap().push(unread);
    }
    fn cancelled(&self) -> bool {
        false
    }
}

/// A walk's objects, each of which must come once, and what it could not read.
pub(super) fn walk(objects: &Objects, limit: u64) -> (All, Vec<Unread>) {
    let seen = Seen::default();
    objects.for_each(limit, &seen);
    let mut all = All::new();
    for (id, kind, data) in seen.objects.into_inner().unwrap() {
        assert!(all.insert(id, (kind, data)).is_none(), "{id} came twice");
    }
    (all, seen.unread.into_inner().unwrap())
}

/// That the walk and `get` read exactly what git reads.
pub(super) fn same_as_git(s: &Scratch, name: &str) {
    let git = s.by_git(name);
    let objects = s.open(name);
    let mut out = Vec::new();
    for (id, (kind, content)) in &git {
        assert_eq!(objects.header(id), Ok((*kind, content.len() as u64)), "{id}");
        assert_eq!(objects.get(id, 0, &mut out), Ok(*kind), "{id}");
        assert_eq!(&out, content, "{id}");
        assert!(objects.contains(id));
    }
    for objects in [objects, s.open(name)] {
        let (all, unread) = walk(&objects, 0);
        assert!(unread.is_empty(), "{unread:?}");
        assert_eq!(all.keys().collect::<Vec<_>>(), git.keys().collect::<Vec<_>>());
        assert!(all == git, "a content differs");
    }
}
