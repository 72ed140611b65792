//! A history that was cut off: nothing that it still holds is called the first commit of what may be older.

use super::{one, scan, skipped};
use crate::support::{Run, Sandbox, key, line};

/// Ten commits that each bring a key, with folders of their own.
fn long() -> (Sandbox, Vec<String>, String) {
    let s = Sandbox::repository();
    let keys: Vec<String> = (0..5).map(key).collect();
    for (n, k) in keys.iter().enumerate() {
        s.write(format!("d{n}/a.py"), line(k));
        s.commit(&format!("c{n}"));
    }
    let from = format!("file://{}", s.path().display());
    (s, keys, from)
}

fn clone(s: &Sandbox, depth: &str, from: &str) -> Run {
    let _ = std::fs::remove_dir_all(s.root().join("clone"));
    s.git(["clone", "-q", "--depth", depth, from, "../clone"]);
    scan(s, ["../clone"])
}

#[test]
fn a_file_that_changed_since_is_not_younger_for_it() {
    let (s, keys, from) = long();
    s.write("d1/a.py", format!("# more\n{}", line(&keys[1])));
    s.commit("touched");
    let r = clone(&s, "2", &from);
    let f = one(&r, &keys[1]);
    assert_eq!(
        (f["commit"].is_null(), &f["occurrences"], &f["line"], &f["in_head"]),
        (true, &2.into(), &1.into(), &true.into())
    );
    // Gone and back again.
    s.git(["rm", "-q", "d2/a.py"]);
    s.commit("gone");
    s.write("d2/a.py", format!("{}# again\n", line(&keys[2])));
    s.commit("back");
    let r = clone(&s, "3", &from);
    assert!(one(&r, &keys[2])["commit"].is_null(), "{r:?}");
    // What is new since is known, also under a new name.
    s.git(["mv", "d0/a.py", "d0/moved.py"]);
    let moved = s.commit("moved");
    let r = clone(&s, "2", &from);
    let of = |path: &str| r.findings().into_iter().find(|f| f["path"] == path).unwrap()["commit"].clone();
    assert!(of("d0/a.py").is_null());
    assert_eq!(of("d0/moved.py")["id"], moved);
}

#[test]
fn each_side_of_a_merge_has_its_boundary() {
    let (s, keys, from) = long();
    s.git(["checkout", "-q", "-b", "side", "main~3"]);
    let side = key(10);
    s.write("side.py", line(&side));
    let side_tip = s.commit("side");
    s.git(["checkout", "-q", "main"]);
    let main_tip = s.git(["rev-parse", "HEAD"]);
    s.git(["merge", "-q", "--no-ff", "--no-edit", "side"]);
    let new = key(11);
    s.write("new.py", line(&new));
    let last = s.commit("new");
    let r = clone(&s, "3", &from);
    let mut boundary = vec![side_tip, main_tip];
    boundary.sort();
    assert_eq!(skipped(&r, "shallow"), boundary, "{r:?}");
    assert_eq!(one(&r, &new)["commit"]["id"], last);
    assert!(keys.iter().chain([&side]).all(|k| one(&r, k)["commit"].is_null()), "{r:?}");
}

#[test]
fn versions_at_two_boundaries_are_two() {
    let s = Sandbox::repository();
    let k = key(20);
    s.write("a.py", line(&k));
    s.commit("base");
    s.git(["checkout", "-q", "-b", "side"]);
    s.write("a.py", format!("{}# side\n", line(&k)));
    s.commit("side");
    s.git(["checkout", "-q", "main"]);
    s.write("b.py", "x\n");
    s.commit("main");
    s.git(["merge", "-q", "--no-ff", "--no-edit", "side"]);
    let from = format!("file://{}", s.path().display());
    let r = clone(&s, "2", &from);
    let f = one(&r, &k);
    assert_eq!((f["commit"].is_null(), &f["occurrences"]), (true, &2.into()), "{r:?}");
}

#[test]
fn a_message_at_the_boundary_is_its_commits() {
    let (s, _, from) = long();
    let t = super::token(1);
    let tip = s.commit(&format!("see {t}"));
    assert_eq!(one(&clone(&s, "1", &from), &t)["commit"]["id"], tip);
}
