//! What is damaged or not there is named, and everything else is found.

use super::{check, expect, loose, one, only, overwrite, scan, skipped};
use crate::support::{Run, Sandbox, key, line};
use std::path::{Path, PathBuf};

/// Three commits with a key each, in folders of their own, without logs.
fn three() -> (Sandbox, Vec<String>, Vec<String>) {
    let s = Sandbox::repository();
    let keys: Vec<String> = (0..3).map(key).collect();
    let mut commits = Vec::new();
    for (n, k) in keys.iter().enumerate() {
        s.write(format!("d{n}/a.py"), line(k));
        commits.push(s.commit(&format!("c{n}")));
    }
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    (s, keys, commits)
}

fn git_dir(s: &Sandbox) -> PathBuf {
    s.path().join(".git")
}

/// Whether any skip of a failure's reason stands for the id.
fn named(run: &Run, id: &str) -> bool {
    ["corrupt", "missing", "unreadable"].iter().any(|reason| skipped(run, reason).iter().any(|p| p == id))
}

/// Ways to spoil a loose object.
fn ways(path: &Path) -> Vec<(&'static str, Option<Vec<u8>>)> {
    let whole = std::fs::read(path).unwrap();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    let truncated = whole[..whole.len() - 6].to_vec();
    let half = whole[..whole.len() / 2].to_vec();
    vec![
        ("gone", None),
        ("empty", Some(Vec::new())),
        ("garbage", Some(b"garbage".to_vec())),
        ("flipped", Some(flipped)),
        ("truncated", Some(truncated)),
        ("half", Some(half)),
    ]
}

#[test]
fn a_spoiled_loose_object_is_named() {
    let (s, keys, commits) = three();
    let wanted: Vec<&String> = keys.iter().collect();
    expect(&s, &[], 1, &wanted);
    let blob = s.git(["rev-parse", &format!("{}:d1/a.py", commits[1])]);
    let folder = s.git(["rev-parse", &format!("{}:d1", commits[1])]);
    let root = s.git(["rev-parse", &format!("{}^{{tree}}", commits[1])]);
    for (what, id) in [("blob", &blob), ("folder", &folder), ("root", &root), ("commit", &commits[1])] {
        let path = loose(&git_dir(&s), id);
        let whole = std::fs::read(&path).unwrap();
        for (how, bytes) in ways(&path) {
            match bytes {
                None => std::fs::remove_file(&path).unwrap(),
                Some(bytes) => overwrite(&path, &bytes),
            }
            let r = scan(&s, [""; 0]);
            assert_eq!((r.status, &r.receipt()["complete"]), (1, &false.into()), "{what} {how}: {r:?}");
            assert!(named(&r, id), "{what} {how}: {r:?}");
            let left: Vec<&String> = if what == "blob" { vec![&keys[0], &keys[2]] } else { wanted.clone() };
            check(&r, 1, &left);
            if what == "root" || what == "folder" {
                assert_eq!(one(&r, &keys[2])["path"], "d2/a.py", "{what} {how}");
            }
            let _ = std::fs::remove_file(&path);
            std::fs::write(&path, &whole).unwrap();
        }
    }
    // The last commit: its content hangs on nothing that can be read, and might be reachable.
    let path = loose(&git_dir(&s), &commits[2]);
    overwrite(&path, b"garbage");
    let r = scan(&s, [""; 0]);
    assert!(named(&r, &commits[2]), "{r:?}");
    check(&r, 1, &wanted);
}

#[test]
fn an_object_under_anothers_name_is_damage() {
    // Well-formed, but not what its name says.
    let (s, keys, commits) = three();
    let blob = s.git(["rev-parse", &format!("{}:d1/a.py", commits[1])]);
    let other = super::git_with(&s, ["hash-object", "-w", "--stdin"], b"harmless\n");
    let bytes = std::fs::read(loose(&git_dir(&s), &other)).unwrap();
    overwrite(&loose(&git_dir(&s), &blob), &bytes);
    let r = scan(&s, [""; 0]);
    assert!(named(&r, &blob), "{r:?}");
    check(&r, 1, &[&keys[0], &keys[2]]);
}

#[test]
fn an_unreadable_object_is_named() {
    if nix_is_root() {
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let (s, keys, commits) = three();
    let blob = s.git(["rev-parse", &format!("{}:d1/a.py", commits[1])]);
    let path = loose(&git_dir(&s), &blob);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0)).unwrap();
    let r = scan(&s, [""; 0]);
    assert!(named(&r, &blob), "{r:?}");
    check(&r, 1, &[&keys[0], &keys[2]]);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o444)).unwrap();
    s.git(["repack", "-q", "-ad"]);
    let folder = git_dir(&s).join("objects/pack");
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0)).unwrap();
    let r = scan(&s, [""; 0]);
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((r.status, &r.receipt()["complete"]), (3, &false.into()), "{r:?}");
    assert!(skipped(&r, "unreadable").iter().any(|p| p.contains("pack")), "{r:?}");
}

/// Permissions mean nothing to root.
fn nix_is_root() -> bool {
    let probe = tempfile::tempdir().unwrap();
    let file = probe.path().join("x");
    std::fs::write(&file, "x").unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0)).unwrap();
    std::fs::read(&file).is_ok()
}

#[test]
fn broken_references_are_named() {
    let (s, keys, _) = three();
    let wanted: Vec<&String> = keys.iter().collect();
    for (name, content) in [
        ("refs/heads/absent", "0123456789012345678901234567890123456789\n"),
        ("refs/heads/garbage", "not an id\n"),
        ("refs/heads/empty", ""),
        ("refs/tags/short", "0123\n"),
        ("refs/foo/absent", "0123456789012345678901234567890123456789\n"),
    ] {
        let path = git_dir(&s).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        let r = scan(&s, [""; 0]);
        check(&r, 1, &wanted);
        assert_eq!(r.receipt()["complete"], false, "{name}");
        assert_eq!(skipped(&r, "broken-reference"), [name], "{r:?}");
        std::fs::remove_file(&path).unwrap();
    }
    std::fs::write(git_dir(&s).join("packed-refs"), "# pack-refs with: peeled\nnonsense\n").unwrap();
    let r = scan(&s, [""; 0]);
    check(&r, 1, &wanted);
    assert_eq!(r.receipt()["complete"], false, "{r:?}");
    std::fs::remove_file(git_dir(&s).join("packed-refs")).unwrap();
    // A circle of symbolic references ends, and hides nothing.
    std::fs::write(git_dir(&s).join("refs/heads/one"), "ref: refs/heads/two\n").unwrap();
    std::fs::write(git_dir(&s).join("refs/heads/two"), "ref: refs/heads/one\n").unwrap();
    let r = scan(&s, [""; 0]);
    check(&r, 1, &wanted);
    assert_eq!(r.receipt()["complete"], false, "{r:?}");
}

#[test]
fn a_broken_head_is_never_clean() {
    let (s, keys, commits) = three();
    let wanted: Vec<&String> = keys.iter().collect();
    std::fs::remove_file(git_dir(&s).join("refs/heads/main")).unwrap();
    std::fs::write(git_dir(&s).join("HEAD"), "0123456789012345678901234567890123456789\n").unwrap();
    let r = scan(&s, [""; 0]);
    assert_eq!(r.receipt()["complete"], false, "{r:?}");
    check(&r, 1, &wanted);
    std::fs::write(git_dir(&s).join("HEAD"), "garbage\n").unwrap();
    let r = scan(&s, [""; 0]);
    assert!(r.status == 1 || r.status == 2, "{r:?}");
    std::fs::write(git_dir(&s).join("HEAD"), format!("{}\n", commits[2])).unwrap();
    expect(&s, &[], 1, &wanted);
    // An unborn branch beside others is no damage.
    std::fs::write(git_dir(&s).join("HEAD"), "ref: refs/heads/unborn\n").unwrap();
    std::fs::write(git_dir(&s).join("refs/heads/other"), format!("{}\n", commits[2])).unwrap();
    let r = expect(&s, &[], 1, &wanted);
    assert_eq!(r.receipt()["complete"], true);
}

/// A packed history of one growing file; a key in every other commit. Blob ids with their keys.
fn packed(deltas: bool) -> (Sandbox, PathBuf, Vec<(String, String)>) {
    let s = Sandbox::repository();
    let filler: String = (0..120).map(|n| format!("value_{n} = compute({}, {})\n", &key(n)[..9], n * 7)).collect();
    let mut blobs = Vec::new();
    for n in 0..24_u64 {
        let k = key(500 + n);
        let text = if deltas {
            format!("{filler}# {n}\n{}", line(&k))
        } else {
            format!("# {n} {}\n{}", key(900 + n), line(&k))
        };
        s.write(format!("d{}/a{}.py", n % 3, n % 6), text);
        s.commit("c");
        blobs.push((s.git(["rev-parse", &format!("HEAD:d{}/a{}.py", n % 3, n % 6)]), k));
    }
    let depth = if deltas { "--depth=20" } else { "--depth=0" };
    s.git(["repack", "-q", "-adf", depth, "--window=30"]);
    s.git(["prune-packed"]);
    let pack = only(&git_dir(&s).join("objects/pack"), "pack");
    (s, pack, blobs)
}

/// Scans a damaged pack and compares with what git can still read of the planted blobs.
fn compare_with_git(s: &Sandbox, blobs: &[(String, String)], what: &str) -> Run {
    let r = scan(s, [""; 0]);
    let found: Vec<String> = super::secrets(&r);
    let mut all = true;
    for (id, k) in blobs {
        if !found.contains(k) {
            let readable = s.try_git(["cat-file", "blob", id]).status == 0;
            assert!(!readable, "{what}: {id} can be read; {}", r.receipt());
            assert!(named(&r, id), "{what}: {id} is not named; {}", r.receipt());
            all = false;
        }
    }
    if !all {
        assert_eq!(r.receipt()["complete"], false, "{what}: {r:?}");
        assert!(r.status == 1 || r.status == 3, "{what}: {r:?}");
    }
    r
}

fn flip_everywhere(deltas: bool, width: usize) {
    let (s, pack, blobs) = packed(deltas);
    let whole = std::fs::read(&pack).unwrap();
    let places = 10;
    for n in 0..places {
        let at = 12 + n * (whole.len() - 12 - 20 - width) / (places - 1);
        let mut bytes = whole.clone();
        bytes[at..at + width].iter_mut().for_each(|b| *b ^= 0xa5);
        overwrite(&pack, &bytes);
        let r = compare_with_git(&s, &blobs, &format!("{width} bytes at {at} of {}", whole.len()));
        assert_eq!(r.receipt()["complete"], false, "at {at}: {r:?}");
    }
}

#[test]
fn flipped_bytes_in_a_pack_with_deltas() {
    flip_everywhere(true, 1);
    flip_everywhere(true, 8);
}

#[test]
fn flipped_bytes_in_a_pack_without_deltas() {
    flip_everywhere(false, 1);
    flip_everywhere(false, 8);
}

#[test]
fn a_truncated_pack_and_a_spoiled_header() {
    let (s, pack, blobs) = packed(true);
    let whole = std::fs::read(&pack).unwrap();
    for keep in [whole.len() - 1, whole.len() - 30, whole.len() / 2, 100, 12, 4, 0] {
        overwrite(&pack, &whole[..keep]);
        let r = compare_with_git(&s, &blobs, &format!("{keep} of {}", whole.len()));
        assert!(r.status != 0 && r.receipt()["complete"] == false, "{keep}: {r:?}");
    }
    for (at, byte) in [(0, b'X'), (7, 9), (11, 200)] {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        overwrite(&pack, &bytes);
        let r = compare_with_git(&s, &blobs, &format!("header byte {at}"));
        assert!(r.status != 0 && r.receipt()["complete"] == false, "{at}: {r:?}");
    }
}

#[test]
fn a_spoiled_pack_index() {
    let (s, pack, blobs) = packed(true);
    let idx = pack.with_extension("idx");
    let whole = std::fs::read(&idx).unwrap();
    let rev = pack.with_extension("rev");
    let _ = std::fs::remove_file(rev);
    std::fs::remove_file(&idx).unwrap();
    // The pack says itself what it holds.
    let wanted: Vec<&String> = blobs.iter().map(|(_, k)| k).collect();
    check(&scan(&s, [""; 0]), 1, &wanted);
    std::fs::write(&idx, &whole).unwrap();
    assert_eq!(compare_with_git(&s, &blobs, "whole").receipt()["complete"], true);
    for keep in [whole.len() / 2, 1032, 8, 0] {
        overwrite(&idx, &whole[..keep]);
        check(&scan(&s, [""; 0]), 1, &wanted);
    }
    let count = u32::from_be_bytes(whole[1028..1032].try_into().unwrap()) as usize;
    for at in [
        0,
        7,
        9,
        1031,
        1032 + 5,
        1032 + 20 * (count / 2),
        1032 + 24 * count + 4,
        1032 + 24 * count + 4 * (count / 2) + 2,
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        overwrite(&idx, &bytes);
        let r = scan(&s, [""; 0]);
        assert_eq!(super::secrets(&r).len(), wanted.len(), "{at}: {}", r.receipt());
    }
    overwrite(&idx, &whole);
    std::fs::remove_file(&pack).unwrap();
    let r = scan(&s, [""; 0]);
    assert!(r.status == 3 && r.receipt()["complete"] == false, "no pack: {r:?}");
}

#[test]
fn damage_that_another_copy_makes_good_is_harmless() {
    let (s, pack, blobs) = packed(true);
    let mut bytes = std::fs::read(&pack).unwrap();
    s.git(["clone", "-q", "--mirror", "--no-local", ".", "../copy.git"]);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    overwrite(&pack, &bytes);
    let alternates = git_dir(&s).join("objects/info/alternates");
    std::fs::write(alternates, format!("{}\n", s.root().join("copy.git/objects").display())).unwrap();
    let r = scan(&s, [""; 0]);
    let wanted: Vec<&String> = blobs.iter().map(|(_, k)| k).collect();
    check(&r, 1, &wanted);
}

#[test]
fn a_shallow_clone_is_incomplete() {
    let (s, keys, commits) = three();
    let from = format!("file://{}", s.path().display());
    s.git(["clone", "-q", "--depth", "1", &from, "../shallow"]);
    let wanted: Vec<&String> = keys.iter().collect();
    let r = scan(&s, ["../shallow"]);
    check(&r, 1, &wanted);
    assert_eq!((&r.receipt()["complete"], skipped(&r, "shallow")), (&false.into(), vec![commits[2].clone()]));
    assert!(r.findings().iter().all(|f| f["commit"].is_null()), "{r:?}");
    assert!(r.stdout.contains("--unshallow"), "{r:?}");
    let r = scan(&s, ["../shallow", "--allow-shallow"]);
    check(&r, 1, &wanted);
    assert_eq!(r.receipt()["complete"], true, "{r:?}");
    assert!(r.findings().iter().all(|f| f["commit"].is_null()), "{r:?}");
    // Without findings.
    let ignored = ["--ignore", "mistral-api-key", "../shallow"];
    assert_eq!(scan(&s, ignored).status, 3);
    assert_eq!(scan(&s, [&ignored[..], &["--allow-shallow"]].concat()).status, 0);
    assert_eq!(scan(&s, [&ignored[..], &["--exit-zero"]].concat()).status, 0);
    // Deeper: the last one's first commit is known.
    s.git(["clone", "-q", "--depth", "2", &from, "../two"]);
    let r = scan(&s, ["../two"]);
    check(&r, 1, &wanted);
    assert_eq!(one(&r, &keys[2])["commit"]["id"], commits[2]);
    assert!(one(&r, &keys[1])["commit"].is_null() && one(&r, &keys[0])["commit"].is_null());
}

#[test]
fn a_partial_clone_is_incomplete_and_fetches_nothing() {
    let (s, keys, commits) = three();
    s.git(["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", s.path().display());
    s.git(["rm", "-q", "-r", "d0"]);
    s.commit("gone");
    for (filter, status) in [("blob:none", 1), ("tree:0", 1)] {
        let to = s.root().join(filter.replace(':', "-"));
        let to = to.to_str().unwrap();
        s.git(["clone", "-q", "--filter", filter, &from, to]);
        let before = s.git(["-C", to, "count-objects", "-v"]);
        let r = scan(&s, [to]);
        check(&r, status, &[&keys[1], &keys[2]]);
        assert_eq!(r.receipt()["complete"], false, "{r:?}");
        if filter == "blob:none" {
            let blob = s.git(["rev-parse", &format!("{}:d0/a.py", commits[0])]);
            assert!(named(&r, &blob), "{r:?}");
        }
        assert_eq!(s.git(["-C", to, "count-objects", "-v"]), before);
        assert_eq!(scan(&s, [to, "--ignore", "mistral"]).status, 3);
    }
}

#[test]
fn one_output_for_all_formats_when_incomplete() {
    let (s, _, commits) = three();
    let blob = s.git(["rev-parse", &format!("{}:d1/a.py", commits[1])]);
    std::fs::remove_file(loose(&git_dir(&s), &blob)).unwrap();
    for format in ["human", "json", "jsonl", "sarif", "github"] {
        let r = s.leakbreak(["scan", "--history", "--format", format, "--ignore", "mistral"]);
        assert_eq!(r.status, 3, "{format}: {r:?}");
        assert!(r.stdout.contains(&blob), "{format}: {r:?}");
        let quiet = s.leakbreak(["scan", "--history", "--format", format, "--ignore", "mistral", "--quiet"]);
        assert_eq!(quiet.status, 3, "{format}: {quiet:?}");
        assert!(
            format!("{}{}", quiet.stdout, quiet.stderr).contains("incomplete")
                || format!("{}{}", quiet.stdout, quiet.stderr).contains("INCOMPLETE")
                || format!("{}{}", quiet.stdout, quiet.stderr).contains("executionSuccessful\":false"),
            "{format}: {quiet:?}"
        );
    }
    let sarif = s.leakbreak(["scan", "--history", "--format", "sarif"]);
    assert!(sarif.stdout.replace(' ', "").contains("\"executionSuccessful\":false"), "{sarif:?}");
}
