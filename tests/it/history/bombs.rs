//! Repositories that are small on disk and large when read: they end, in bounded memory, and say what was left out.

use super::{expect, loose, scan, skipped};
use crate::support::{Run, Sandbox, key, line, run};
use std::io::Write;
use std::path::Path;

/// Writes a loose object, without asking git whether it makes sense; its id.
fn write(s: &Sandbox, kind: &str, content: &[u8]) -> String {
    let done = run(s.command("git").args(["hash-object", "--literally", "-w", "--stdin", "-t", kind]), content);
    assert_eq!(done.status, 0, "{done:?}");
    done.stdout.trim_end().to_owned()
}

/// A tree's entry.
fn entry(mode: &str, name: &str, id: &str) -> Vec<u8> {
    let id = (0..id.len()).step_by(2).map(|at| u8::from_str_radix(&id[at..at + 2], 16).unwrap());
    format!("{mode} {name}\0").into_bytes().into_iter().chain(id).collect()
}

/// Commits a tree; the commit's id.
fn commit(s: &Sandbox, tree: &str) -> String {
    let people = "author A <a> 1700000000 +0000\ncommitter A <a> 1700000000 +0000";
    let id = write(s, "commit", format!("tree {tree}\n{people}\n\nm\n").as_bytes());
    s.git(["update-ref", "refs/heads/made", &id]);
    id
}

/// A tree of ten folders of ten folders, `deep` times, with ten names of one file.
fn bomb(s: &Sandbox, file: &str, deep: usize) -> String {
    let ten = |mode: &str, what: &str, id: &str| -> Vec<u8> {
        (0..10).flat_map(|n| entry(mode, &format!("{what}{n}"), id)).collect()
    };
    let mut tree = write(s, "tree", &ten("100644", "f", file));
    for _ in 0..deep {
        tree = write(s, "tree", &ten("40000", "d", &tree));
    }
    tree
}

#[test]
fn countless_paths_of_nothing() {
    let s = Sandbox::repository();
    let k = key(1);
    s.write("a.py", line(&k));
    s.commit("in");
    let file = write(&s, "blob", b"nothing\n");
    commit(&s, &bomb(&s, &file, 10));
    let r = expect(&s, &[], 1, &[&k]);
    assert_eq!(r.receipt()["complete"], true, "{r:?}");
    // What a range adds is looked at path by path.
    let r = scan(&s, ["--range", "made"]);
    assert_eq!((r.status, skipped(&r, "decode-limit").len()), (3, 1), "{r:?}");
}

#[test]
fn folders_in_folders_without_end() {
    let s = Sandbox::repository();
    let k = key(2);
    let file = write(&s, "blob", line(&k).as_bytes());
    let mut tree = write(&s, "tree", &entry("100644", "a.py", &file));
    for _ in 0..1500 {
        tree = write_tree(&s, &tree);
    }
    commit(&s, &tree);
    for args in [&[][..], &["--range", "made"]] {
        let r = expect(&s, args, 1, &[&k]);
        assert_eq!(r.findings()[0]["path"].as_str().unwrap().len(), 1500 * 2 + 4);
    }
}

/// A folder with one folder, written without a process: there are many.
fn write_tree(s: &Sandbox, below: &str) -> String {
    let content = entry("40000", "d", below);
    let object = [format!("tree {}\0", content.len()).as_bytes(), &content].concat();
    let id = sha1(&object);
    let path = loose(&s.path().join(".git"), &id);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, zlib(&object)).unwrap();
    id
}

fn blob_id(content: &[u8]) -> String {
    sha1(&[format!("blob {}\0", content.len()).as_bytes(), content].concat())
}

fn sha1(bytes: &[u8]) -> String {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().unwrap().to_string()
}

/// A zlib stream.
fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut stream = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    stream.write_all(bytes).unwrap();
    stream.finish().unwrap()
}

/// A pack's entry header: kind and size.
fn header(kind: u8, mut size: u64) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    size >>= 4;
    while size > 0 {
        *out.last_mut().unwrap() |= 0x80;
        out.push((size & 0x7f) as u8);
        size >>= 7;
    }
    out
}

/// A delta's number.
fn number(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n > 0x7f {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

/// A delta entry that makes `content` of nothing that its base has.
fn delta(base: &str, base_size: u64, content: &[u8]) -> Vec<u8> {
    let mut delta = [number(base_size), number(content.len() as u64)].concat();
    for piece in content.chunks(127) {
        delta.push(piece.len() as u8);
        delta.extend_from_slice(piece);
    }
    let id = entry("", "", base).split_off(2);
    [header(7, delta.len() as u64), id, zlib(&delta)].concat()
}

/// Writes a pack with its index.
fn pack(s: &Sandbox, entries: &[Vec<u8>]) {
    let mut bytes = [&b"PACK"[..], &2_u32.to_be_bytes(), &(entries.len() as u32).to_be_bytes()].concat();
    bytes.extend(entries.iter().flatten());
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(&bytes);
    bytes.extend_from_slice(hasher.try_finalize().unwrap().as_slice());
    let path = s.path().join(".git/objects/pack/pack-made.pack");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    s.git([Path::new("index-pack"), &path]);
}

/// What a receipt says of each skip: reason, place.
fn skips(r: &Run) -> Vec<(String, String)> {
    let receipt = r.receipt();
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for group in receipt["skipped"].as_array().unwrap() {
        let places = group["places"].as_array().unwrap().iter();
        all.extend(places.map(|p| (text(&group["reason"]), text(&p["place"]))));
    }
    all.sort();
    all
}

#[test]
fn what_is_too_large_to_be_built_is_not_called_corrupt() {
    // Deltas against 600 MiB: larger than is built for what is smaller.
    let s = Sandbox::repository();
    let (own, k, next) = (key(3), key(4), key(5));
    s.write("own.py", line(&own));
    s.commit("own");
    let zeros = vec![0; 600 << 20];
    let size = zeros.len() as u64;
    let (big, small, second) = (blob_id(&zeros), line(&k).into_bytes(), line(&next).into_bytes());
    let (small_id, second_id) = (blob_id(&small), blob_id(&second));
    let whole = [header(3, size), zlib(&zeros)].concat();
    drop(zeros);
    pack(&s, &[whole, delta(&big, size, &small), delta(&small_id, small.len() as u64, &second)]);
    let files = [("a.py", &small_id), ("b.py", &second_id), ("big.bin", &big)];
    let tree: Vec<u8> = files.iter().flat_map(|(name, id)| entry("100644", name, id)).collect();
    let tip = commit(&s, &write(&s, "tree", &tree));
    let mut limited = vec![("decode-limit".to_owned(), small_id), ("decode-limit".into(), second_id)];
    limited.sort();
    limited.push(("too-large".into(), "big.bin".into()));
    let r = expect(&s, &[], 1, &[&own]);
    assert_eq!((r.receipt()["complete"].as_bool(), skips(&r)), (Some(false), limited.clone()), "{r:?}");
    let r = expect(&s, &["--range", &tip], 3, &[]);
    assert_eq!(skips(&r), limited, "{r:?}");
    // Who asks for all of it gets it.
    let r = expect(&s, &["--max-size", "0"], 1, &[&own, &k, &next]);
    assert_eq!(r.receipt()["complete"], true, "{r:?}");
}
