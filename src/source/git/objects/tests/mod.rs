//! What git reads is read, whatever lies where; what is damaged is told, and costs nothing else.

mod damage;
mod hostile;
mod scratch;

use super::*;
use scratch::*;

#[test]
fn packed_and_loose_objects_are_read_as_git_reads_them() {
    for format in ["sha1", "sha256"] {
        let s = Scratch::new();
        s.history("a", format, 1, 60);
        same_as_git(&s, "a");
        s.git("a", &["repack", "-qadf", "--depth=50"]);
        same_as_git(&s, "a");
        s.git(".", &["init", "-q", "--bare", &format!("--object-format={format}"), "b"]);
        let pack = std::fs::read(&s.packs("a", ".pack")[0]).unwrap();
        s.feed("b", &["unpack-objects", "-q"], &pack);
        same_as_git(&s, "b");
    }
}

#[test]
fn every_way_to_pack_is_read() {
    for (format, seed) in [("sha1", 2), ("sha256", 3)] {
        let s = Scratch::new();
        for (n, name) in ["one", "two", "three"].into_iter().enumerate() {
            s.history(name, format, seed * 10 + n as u64, 30);
            s.git(name, &["branch", "-m", "main", name]);
        }
        // Several packs with something in common, and with loose objects beside them.
        for name in ["two", "three"] {
            s.git("one", &["-c", "fetch.unpackLimit=1", "fetch", "-q", &format!("../{name}"), name]);
            s.git("one", &["update-ref", &format!("refs/heads/{name}"), "FETCH_HEAD"]);
        }
        s.feed("one", &["hash-object", "-w", "--stdin"], b"loose\n");
        std::fs::copy(&s.packs("two", ".pack")[0], s.path("one/objects/pack/pack-copy.pack")).unwrap();
        std::fs::copy(&s.packs("two", ".idx")[0], s.path("one/objects/pack/pack-copy.idx")).unwrap();
        assert!(s.packs("one", ".pack").len() >= 3);
        same_as_git(&s, "one");
        s.git("one", &["multi-pack-index", "write"]);
        same_as_git(&s, "one");
        s.git("one", &["branch", "-D", "three"]);
        s.git("one", &["repack", "-qd", "--cruft", "--cruft-expiration=never"]);
        assert!(!s.packs("one", ".mtimes").is_empty());
        same_as_git(&s, "one");
        s.git("one", &["-c", "repack.useDeltaBaseOffset=false", "repack", "-qadfk", "--depth=20"]);
        same_as_git(&s, "one");
        s.git("one", &["-c", "pack.indexVersion=1", "repack", "-qadfk"]);
        same_as_git(&s, "one");
    }
}

#[test]
fn deltas_against_other_packs_and_loose_objects_are_read() {
    let s = Scratch::new();
    s.history("a", "sha1", 4, 40);
    s.git("a", &["repack", "-qadf"]);
    let thin = s.feed("a", &["pack-objects", "-q", "--thin", "--revs", "--stdout"], b"main\n^main~20\n");
    let rest = s.feed("a", &["pack-objects", "-q", "--revs", "--stdout"], b"main~20\n");
    s.git(".", &["init", "-q", "--bare", "b"]);
    s.feed("b", &["unpack-objects", "-q"], &rest);
    // git itself completes a thin pack. Left thin, and without an index, it is read all the same.
    std::fs::write(s.path("b/objects/pack/pack-thin.pack"), thin).unwrap();
    let (all, unread) = walk(&s.open("b"), 0);
    assert!(unread.is_empty(), "{unread:?}");
    let git = s.by_git("a");
    let tag = git.values().filter(|(kind, _)| *kind == Kind::Tag).count();
    assert_eq!(all.len(), git.len() - tag);
    assert!(all.iter().all(|(id, found)| git[id] == *found));
}

#[test]
fn alternates_are_read_and_nothing_comes_twice() {
    let s = Scratch::new();
    s.history("a", "sha1", 5, 20);
    s.git(".", &["clone", "-q", "--bare", "--shared", "a", "b"]);
    s.feed("b", &["hash-object", "-w", "--stdin"], b"its own\n");
    s.feed("a", &["hash-object", "-w", "--stdin"], b"its own\n");
    same_as_git(&s, "b");
}

#[test]
fn what_is_not_there_is_missing() {
    let s = Scratch::new();
    s.history("a", "sha1", 1, 5);
    let objects = s.open("a");
    let id = ObjectId::from_hex("1".repeat(40).as_bytes()).unwrap();
    assert_eq!(objects.get(&id, 0, &mut Vec::new()), Err(ObjectError::Missing));
    assert_eq!(objects.header(&id), Err(ObjectError::Missing));
    assert!(!objects.contains(&id));
    let id = ObjectId::from_hex("1".repeat(64).as_bytes()).unwrap();
    assert_eq!(objects.get(&id, 0, &mut Vec::new()), Err(ObjectError::Missing));
}

#[test]
fn blobs_over_the_limit_are_told_and_what_hangs_on_them_is_read() {
    let s = Scratch::new();
    s.history("a", "sha1", 6, 80);
    s.git("a", &["repack", "-qadf"]);
    let git = s.by_git("a");
    for limit in [1, 900, 1500, 3000] {
        let objects = s.open("a");
        let (all, unread) = walk(&objects, limit);
        let large: Vec<_> = git.iter().filter(|(_, (k, data))| *k == Kind::Blob && data.len() as u64 > limit).collect();
        assert_eq!(unread.len(), large.len(), "{unread:?}");
        assert_eq!(all.len(), git.len() - large.len());
        for (id, (kind, data)) in large {
            let told = unread.iter().find(|unread| unread.id == Some(*id)).unwrap();
            assert_eq!((told.kind, &told.error), (Some(*kind), &ObjectError::TooLarge(data.len() as u64)));
            assert_eq!(objects.get(id, limit, &mut Vec::new()), Err(told.error.clone()));
        }
    }
}

#[test]
fn one_thread_and_many_read_the_same() {
    let s = Scratch::new();
    s.history("a", "sha1", 7, 300);
    s.git("a", &["repack", "-qadf", "--depth=250", "--window=50"]);
    let objects = s.open("a");
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| walk(&objects, 0).0)
    };
    assert!(run(1) == run(8));
}

#[test]
fn packs_that_come_and_go_cost_nothing() {
    let s = Scratch::new();
    s.history("a", "sha1", 8, 60);
    // Drops what no commit holds; the repacks below would do so too.
    s.git("a", &["repack", "-qad"]);
    let before = s.by_git("a");
    let objects = s.open("a");
    s.git("a", &["repack", "-qadf"]);
    let new = s.feed("a", &["hash-object", "-w", "--stdin"], b"new\n");
    let new = ObjectId::from_hex(&new[..40]).unwrap();
    s.git("a", &["update-ref", "refs/new", &new.to_string()]);
    s.git("a", &["repack", "-qad"]);
    let mut out = Vec::new();
    assert_eq!(objects.get(&new, 0, &mut out), Ok(Kind::Blob));
    for id in before.keys() {
        assert!(objects.get(id, 0, &mut out).is_ok());
    }
    std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            for n in 0..8 {
                s.git(
                    "a",
                    &["repack", "-qad", if n % 2 == 0 { "-f" } else { "-F" }, &format!("--depth={}", n * 5 + 1)],
                );
            }
        });
        while !busy.is_finished() {
            let (all, unread) = walk(&objects, 0);
            assert!(unread.is_empty(), "{unread:?}");
            assert!(before.keys().all(|id| all.contains_key(id)));
        }
        busy.join().unwrap();
    });
}
