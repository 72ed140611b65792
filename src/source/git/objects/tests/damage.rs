//! Accidents: flipped bytes, files cut off or gone.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Where each object of a pack stands, and what it is made from.
struct Layout {
    end: u64,
    /// By offset: the id and the base.
    entries: BTreeMap<u64, (ObjectId, Option<ObjectId>)>,
}

impl Layout {
    fn of(s: &Scratch, name: &str, pack: &Path) -> Layout {
        let text = s.git(name, &["verify-pack", "-v", pack.to_str().unwrap()]);
        let id = |hex: &str| ObjectId::from_hex(hex.as_bytes()).ok();
        let entries = String::from_utf8(text).unwrap();
        let entries = entries.lines().filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let base = words.get(6).and_then(|hex| id(hex));
            Some((words.get(4)?.parse().ok()?, (id(words[0])?, base)))
        });
        let len = std::fs::metadata(pack).unwrap().len();
        let trailer = if name.contains("256") { 32 } else { 20 };
        Layout { end: len - trailer, entries: entries.collect() }
    }

    /// The objects that need a byte of `damaged`.
    fn hurt(&self, damaged: std::ops::Range<u64>) -> BTreeSet<ObjectId> {
        let mut ends: Vec<u64> = self.entries.keys().skip(1).copied().collect();
        ends.push(self.end);
        let mut hurt = BTreeSet::new();
        for ((&start, (id, _)), end) in self.entries.iter().zip(ends) {
            if start < damaged.end && damaged.start < end {
                hurt.insert(*id);
            }
        }
        loop {
            let more = self
                .entries
                .values()
                .filter(|(id, base)| base.is_some_and(|b| hurt.contains(&b)) && !hurt.contains(id));
            let more: Vec<ObjectId> = more.map(|&(id, _)| id).collect();
            if more.is_empty() {
                return hurt;
            }
            hurt.extend(more);
        }
    }
}

/// A repository with one pack, and that pack.
fn packed(format: &str, seed: u64) -> (Scratch, All, std::path::PathBuf) {
    let s = Scratch::new();
    let name = if format == "sha256" { "p256" } else { "p" };
    s.history(name, format, seed, 40);
    s.git(name, &["repack", "-qadf", "--depth=50"]);
    let pack = s.packs(name, ".pack").remove(0);
    for path in s.packs(name, "") {
        Scratch::writable(&path);
    }
    let git = s.by_git(name);
    (s, git, pack)
}

fn flip(path: &Path, at: u64, n: usize) -> Vec<u8> {
    let whole = std::fs::read(path).unwrap();
    let mut damaged = whole.clone();
    for byte in &mut damaged[at as usize..][..n] {
        *byte ^= 0x55;
    }
    std::fs::write(path, damaged).unwrap();
    whole
}

/// Nothing false comes, and each object comes or is told.
fn honest(git: &All, all: &All, unread: &[Unread], what: &str) {
    for (id, found) in all {
        assert!(git.get(id) == Some(found), "{what}: false content as {id}");
    }
    let told: BTreeSet<_> = unread.iter().filter_map(|unread| unread.id).collect();
    let unnamed = unread.iter().any(|unread| unread.id.is_none());
    for (id, (kind, _)) in git {
        assert!(all.contains_key(id) || told.contains(id) || unnamed, "{what}: {id} is lost in silence");
        assert!(!(all.contains_key(id) && told.contains(id)), "{what}: {id} is read and not read");
        if let Some(Unread { kind: Some(said), .. }) = unread.iter().find(|unread| unread.id == Some(*id)) {
            assert_eq!(said, kind, "{what}: {id}");
        }
    }
}

#[test]
fn flipped_bytes_in_a_pack_cost_only_what_needs_them() {
    for (format, name) in [("sha1", "p"), ("sha256", "p256")] {
        let (s, git, pack) = packed(format, 11);
        let layout = Layout::of(&s, name, &pack);
        let mut dice = Dice(5);
        for round in 0..60 {
            let n = if round % 2 == 0 { 8 } else { 1 };
            let at = 12 + dice.roll(layout.end - 12 - n);
            let whole = flip(&pack, at, n as usize);
            let objects = s.open(name);
            let (all, unread) = walk(&objects, 0);
            let what = format!("{n} bytes at {at}");
            honest(&git, &all, &unread, &what);
            let hurt = layout.hurt(at..at + n);
            for id in git.keys().filter(|id| !hurt.contains(*id)) {
                assert!(all.contains_key(id), "{what}: {id} is intact");
            }
            assert!(unread.iter().all(|unread| hurt.contains(&unread.id.unwrap())), "{what}");
            let objects = s.open(name);
            let mut out = Vec::new();
            for (id, (kind, content)) in &git {
                match objects.get(id, 0, &mut out) {
                    Ok(found) => assert!(found == *kind && out == *content, "{what}: false content as {id}"),
                    Err(error) => assert!(hurt.contains(id), "{what}: {id} is intact: {error:?}"),
                }
            }
            std::fs::write(&pack, whole).unwrap();
        }
    }
}

#[test]
fn a_pack_without_an_index_is_read_and_so_is_what_is_intact_of_a_damaged_one() {
    let (s, git, pack) = packed("sha1", 12);
    let layout = Layout::of(&s, "p", &pack);
    std::fs::remove_file(pack.with_extension("idx")).unwrap();
    let objects = s.open("p");
    let (all, unread) = walk(&objects, 0);
    assert!(unread.is_empty() && all == git, "{unread:?}");
    let objects = s.open("p");
    for (id, (kind, _)) in &git {
        assert!(objects.contains(id));
        assert_eq!(objects.get(id, 0, &mut Vec::new()), Ok(*kind));
    }
    let mut dice = Dice(6);
    for _ in 0..30 {
        let at = 12 + dice.roll(layout.end - 20);
        let whole = flip(&pack, at, 8);
        let (all, unread) = walk(&s.open("p"), 0);
        let what = format!("8 bytes at {at}");
        honest(&git, &all, &unread, &what);
        // (Some bytes of a long run of zeros can be changed without changing it.)
        assert!(all == git || unread.iter().any(|unread| unread.id.is_none()), "{what}: {unread:?}");
        let hurt = layout.hurt(at..at + 8);
        for id in git.keys().filter(|id| !hurt.contains(*id)) {
            assert!(all.contains_key(id), "{what}: {id} is intact");
        }
        std::fs::write(&pack, whole).unwrap();
    }
}

#[test]
fn deltas_by_id_are_indexed_anew_too() {
    let (s, git, _) = packed("sha1", 13);
    s.git("p", &["-c", "repack.useDeltaBaseOffset=false", "repack", "-qadf"]);
    std::fs::remove_file(s.packs("p", ".idx").remove(0)).unwrap();
    let (all, unread) = walk(&s.open("p"), 0);
    assert!(unread.is_empty() && all == git, "{unread:?}");
}

#[test]
fn a_damaged_index_is_made_anew() {
    let (s, git, pack) = packed("sha1", 14);
    let idx = pack.with_extension("idx");
    let len = std::fs::metadata(&idx).unwrap().len();
    let mut places: Vec<u64> = vec![0, 4, 7, 8, 500, 1031, 1032, len - 1, len - 20, len - 40];
    let mut dice = Dice(7);
    places.extend((0..40).map(|_| dice.roll(len)));
    for at in places {
        let whole = flip(&idx, at, 1);
        let (all, unread) = walk(&s.open("p"), 0);
        assert!(unread.is_empty() && all == git, "{at}: {unread:?}");
        // One by one, the first ones are read before the index is examined.
        let objects = s.open("p");
        for (id, (kind, content)) in &git {
            let mut out = Vec::new();
            match objects.get(id, 0, &mut out) {
                Ok(found) => assert!(found == *kind && out == *content, "{at}: false content as {id}"),
                Err(error) => panic!("{at}: {id}: {error:?}"),
            }
        }
        std::fs::write(&idx, whole).unwrap();
    }
}

#[test]
fn a_pack_that_is_cut_off_gives_what_it_has() {
    let (s, git, pack) = packed("sha1", 15);
    let layout = Layout::of(&s, "p", &pack);
    let whole = std::fs::read(&pack).unwrap();
    for keep in [0, 5, 12, 40, whole.len() / 3, whole.len() / 2, whole.len() - 21, whole.len() - 20, whole.len() - 1] {
        for with_index in [true, false] {
            std::fs::write(&pack, &whole[..keep]).unwrap();
            let idx = pack.with_extension("idx");
            let saved = std::fs::read(&idx).unwrap();
            if !with_index {
                std::fs::remove_file(&idx).unwrap();
            }
            let (all, unread) = walk(&s.open("p"), 0);
            let what = format!("{keep} bytes kept, index: {with_index}");
            honest(&git, &all, &unread, &what);
            let hurt = layout.hurt(keep as u64..whole.len() as u64);
            for id in git.keys().filter(|id| !hurt.contains(*id)) {
                assert!(all.contains_key(id), "{what}: {id} is intact");
            }
            std::fs::write(&idx, saved).unwrap();
        }
    }
}

#[test]
fn what_is_damaged_in_one_place_is_read_in_another() {
    let (s, git, pack) = packed("sha1", 16);
    let layout = Layout::of(&s, "p", &pack);
    // A second pack with all, made otherwise; and the loose objects of a third.
    let all_ids: String = git.keys().map(|id| format!("{id}\n")).collect();
    for other in ["pack", "loose"] {
        s.git(".", &["init", "-q", "--bare", other]);
    }
    let bytes = s.feed("p", &["pack-objects", "-q", "--window=2", "--stdout"], all_ids.as_bytes());
    s.feed("loose", &["unpack-objects", "-q"], &bytes);
    s.feed("pack", &["index-pack", "--stdin", "--fix-thin"], &bytes);
    let mut dice = Dice(8);
    for other in ["pack", "loose"] {
        std::fs::write(s.path("p/objects/info/alternates"), format!("../../{other}/objects\n")).unwrap();
        for _ in 0..10 {
            let whole = flip(&pack, 12 + dice.roll(layout.end - 20), 8);
            let objects = s.open("p");
            let (all, unread) = walk(&objects, 0);
            assert!(unread.is_empty() && all == git, "{other}: {unread:?}");
            let objects = s.open("p");
            assert!(git.iter().all(|(id, (kind, _))| objects.get(id, 0, &mut Vec::new()) == Ok(*kind)));
            std::fs::write(&pack, whole).unwrap();
        }
    }
}

#[test]
fn a_damaged_loose_object_is_told() {
    let s = Scratch::new();
    s.history("a", "sha1", 17, 3);
    let pack = std::fs::read(&s.packs("a", ".pack")[0]).unwrap();
    s.git(".", &["init", "-q", "--bare", "b"]);
    s.feed("b", &["unpack-objects", "-q"], &pack);
    let git = s.by_git("b");
    let ids: Vec<ObjectId> = git.keys().copied().collect();
    for (n, id) in ids.iter().enumerate() {
        let path = loose::path(&s.path("b/objects"), id);
        Scratch::writable(&path);
        let whole = std::fs::read(&path).unwrap();
        let other = std::fs::read(loose::path(&s.path("b/objects"), &ids[(n + 1) % ids.len()])).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for damaged in [vec![], b"x".to_vec(), flipped, whole[..whole.len() - 1].to_vec(), other] {
            std::fs::write(&path, &damaged).unwrap();
            let objects = s.open("b");
            let (all, unread) = walk(&objects, 0);
            assert_eq!(all.len(), git.len() - 1);
            assert_eq!(unread.len(), 1);
            assert!(unread[0].id == Some(*id) && matches!(unread[0].error, ObjectError::Corrupt(_)), "{unread:?}");
            assert!(matches!(objects.get(id, 0, &mut Vec::new()), Err(ObjectError::Corrupt(_))));
        }
        std::fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_loose_blob_over_the_limit_must_really_be_so_large() {
    let s = Scratch::new();
    s.git(".", &["init", "-q", "--bare", "a"]);
    let large = "some text ".repeat(50_000);
    let id = s.feed("a", &["hash-object", "-w", "--stdin"], large.as_bytes());
    let id = ObjectId::from_hex(&id[..40]).unwrap();
    let error = ObjectError::TooLarge(500_000);
    assert_eq!(s.open("a").get(&id, 1000, &mut Vec::new()), Err(error.clone()));
    let (_, unread) = walk(&s.open("a"), 1000);
    assert_eq!((unread.len(), unread[0].kind, &unread[0].error), (1, Some(Kind::Blob), &error));
    let path = loose::path(&s.path("a/objects"), &id);
    Scratch::writable(&path);
    for lie in ["blob 500001\0", "blob 900000000\0", "blob 2000\0"] {
        let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut z, [lie, &large].concat().as_bytes()).unwrap();
        std::fs::write(&path, z.finish().unwrap()).unwrap();
        assert!(matches!(s.open("a").get(&id, 1000, &mut Vec::new()), Err(ObjectError::Corrupt(_))), "{lie}");
    }
}

#[test]
fn files_that_can_not_be_read_are_named() {
    let s = Scratch::new();
    s.history("a", "sha1", 18, 3);
    let pack = s.packs("a", ".pack").remove(0);
    let file = pack.file_name().unwrap().to_str().unwrap().to_owned();
    std::fs::rename(&pack, s.path("a/kept")).unwrap();
    let (all, unread) = walk(&s.open("a"), 0);
    assert!(all.is_empty() && unread.len() == 1, "{unread:?}");
    let ObjectError::Corrupt(why) = &unread[0].error else { panic!("{unread:?}") };
    assert!(why.contains(&file.replace(".pack", ".idx")), "{why}");
    std::fs::create_dir(&pack).unwrap();
    let (_, unread) = walk(&s.open("a"), 0);
    let ObjectError::Corrupt(why) = &unread[0].error else { panic!("{unread:?}") };
    assert!(why.starts_with("objects/pack/") && why.contains(&file), "{why}");
    std::fs::remove_dir_all(s.path("a/objects")).unwrap();
    std::fs::create_dir_all(s.path("a/objects")).unwrap();
    std::fs::write(s.path("a/objects/pack"), "").unwrap();
    let (_, unread) = walk(&s.open("a"), 0);
    assert_eq!(unread.len(), 1, "{unread:?}");
}
