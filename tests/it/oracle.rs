//! libgit2 as a second reader: whatever it reads of a repository, our own reader reads the same, and the other way round.

use crate::support::{Sandbox, key, line};
use leakbreak::source::git::objects::{Kind, Object, Objects, Unread, Visitor};
use leakbreak::source::git::open::{GitEnv, Repository};
use std::collections::BTreeMap;
use std::sync::Mutex;

type Contents = BTreeMap<String, (String, Vec<u8>)>;

#[derive(Default)]
struct All(Mutex<Contents>);

impl Visitor for All {
    fn object(&self, object: Object<'_>) -> Option<leakbreak::source::Memo> {
        let before =
            self.0.lock().unwrap().insert(object.id.to_string(), (name(object.kind).into(), object.data.to_vec()));
        assert!(before.is_none(), "{} came twice", object.id);
        None
    }

    fn unread(&self, unread: Unread) {
        panic!("{unread:?}");
    }

    fn cancelled(&self) -> bool {
        false
    }
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Commit => "commit",
        Kind::Tag => "tag",
    }
}

fn ours(sandbox: &Sandbox) -> Contents {
    let repository = Repository::open(&sandbox.path(), &GitEnv::default()).unwrap();
    let all = All::default();
    Objects::open(&repository).for_each(0, &all);
    all.0.into_inner().unwrap()
}

fn theirs(sandbox: &Sandbox) -> Contents {
    let repository = git2::Repository::open(sandbox.path()).unwrap();
    let odb = repository.odb().unwrap();
    let mut ids = Vec::new();
    odb.foreach(|id| {
        ids.push(*id);
        true
    })
    .unwrap();
    let read = |id: git2::Oid| {
        let object = odb.read(id).unwrap();
        (id.to_string(), (object.kind().str().to_owned(), object.data().to_vec()))
    };
    ids.into_iter().map(read).collect()
}

/// Sixty commits of growing and changing files, merged, tagged and annotated.
fn history() -> Sandbox {
    let sandbox = Sandbox::repository();
    let mut text = String::new();
    for n in 0..60 {
        text += &format!("value_{n} = {}\n{}", n * 7, if n % 9 == 0 { line(&key(n)) } else { String::new() });
        sandbox.write(format!("dir{}/file.py", n % 5), &text);
        sandbox.write("all.txt", text.repeat(3));
        sandbox.commit(&format!("Change {n}"));
    }
    sandbox.git(["tag", "-a", "-m", "a tag", "v1"]);
    sandbox
}

#[test]
fn libgit2_reads_the_same_loose_and_packed() {
    let sandbox = history();
    assert_eq!(ours(&sandbox), theirs(&sandbox));
    for repack in
        [&["repack", "-q", "-a", "-d", "--depth=50", "-f"][..], &["repack", "-q", "-a", "-d", "-F", "--depth=3"]]
    {
        sandbox.git(repack);
        sandbox.write("more.txt", format!("{repack:?}"));
        sandbox.commit("More, loose beside the pack");
        let ours = ours(&sandbox);
        assert!(ours.len() > 200, "{}", ours.len());
        assert_eq!(ours, theirs(&sandbox), "{repack:?}");
    }
}
