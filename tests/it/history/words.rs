//! What is no file: messages, notes, headers, names, configuration; and what reports may say of them.

use super::{check, expect, git_on, git_with, leakbreak, one, scan, token};
use crate::support::{Sandbox, key, line, run};

/// A repository with one commit and nothing to find.
fn base() -> Sandbox {
    let s = Sandbox::repository();
    s.write("x", "x\n");
    s.commit("base");
    s
}

#[test]
fn messages_of_commits() {
    let s = base();
    let (subject, body, named) = (token(1), token(2), key(3));
    let first = s.commit(&format!("use {subject}"));
    let second = s.commit(&format!("subject\n\nline three\nmore {body}"));
    let third = s.commit(&format!("subject\n\nMISTRAL_API_KEY={named}"));
    let r = expect(&s, &[], 1, &[&subject, &body, &named]);
    for (secret, commit, at) in [(&subject, &first, 1), (&body, &second, 4), (&named, &third, 3)] {
        let f = one(&r, secret);
        assert_eq!((&f["origin"], &f["path"]), (&"message".into(), &serde_json::Value::Null));
        assert_eq!((f["line"].as_u64(), f["commit"]["id"].as_str()), (Some(at), Some(&**commit)));
    }
    assert_eq!(one(&r, &subject)["column"], 5);
    // The summary shows it redacted.
    let hidden = s.leakbreak(["scan", "--history", "--format", "jsonl"]);
    assert!(!hidden.stdout.contains(&subject) && hidden.stdout.contains("\"summary\":\"use **"), "{hidden:?}");
}

#[test]
fn headers_of_commits_without_signatures() {
    let s = base();
    let keys: Vec<String> = (10..16).map(token).collect();
    let tree = s.git(["write-tree"]);
    let commit = format!(
        "tree {tree}\nauthor {} <a@e.org> 1600000000 +0000\ncommitter C <{}@e.org> 1600000000 +0000\n\
         mergetag object {tree}\n type commit\n tag v1\n tagger T <t@e.org> 1 +0000\n \n see {}\n\
         gpgsig -----BEGIN PGP SIGNATURE-----\n \n {}\n -----END PGP SIGNATURE-----\nodd {}\n\nno secret\n",
        keys[0], keys[1], keys[2], keys[3], keys[4]
    );
    let id = git_with(&s, ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], commit.as_bytes());
    s.git(["update-ref", "refs/heads/odd", &id]);
    let r = expect(&s, &[], 1, &[&keys[0], &keys[1], &keys[2], &keys[4]]);
    assert_eq!(one(&r, &keys[0])["commit"]["id"], id);
    let hidden = s.leakbreak(["scan", "--history", "--format", "json"]);
    assert!(keys.iter().all(|k| !hidden.stdout.contains(k) && !hidden.stderr.contains(k)), "{hidden:?}");
}

#[test]
fn notes_of_any_reference() {
    let s = base();
    let (usual, other, old) = (token(20), key(21), token(22));
    let noted = s.git(["rev-parse", "HEAD"]);
    s.git(["notes", "add", "-m", &format!("see {old}")]);
    s.git(["notes", "add", "-f", "-m", &format!("a\n\nsee {usual}")]);
    s.git(["notes", "--ref", "review", "add", "-m", &format!("MISTRAL_API_KEY={other}")]);
    let r = expect(&s, &[], 1, &[&usual, &other, &old]);
    for (secret, reference, at) in [(&usual, "refs/notes/commits", 3), (&other, "refs/notes/review", 1)] {
        let f = one(&r, secret);
        assert_eq!((&f["origin"], &f["ref"], &f["line"]), (&"note".into(), &reference.into(), &at.into()));
        assert!(f["path"].is_null(), "{f}");
        assert_eq!(f["commit"]["id"], noted);
    }
}

#[test]
fn messages_of_tags() {
    let s = base();
    let (plain, outer, gone) = (token(30), token(31), token(32));
    let commit = s.git(["rev-parse", "HEAD"]);
    s.git(["tag", "-a", "-m", &format!("one\n\nsee {plain}"), "v1"]);
    s.git(["tag", "-a", "-m", &format!("see {outer}"), "v2", "v1"]);
    s.git(["tag", "-a", "-m", &format!("see {gone}"), "v3"]);
    s.git(["tag", "-d", "v3"]);
    let r = expect(&s, &[], 1, &[&plain, &outer]);
    assert_eq!(r.receipt()["unreachable_findings"], 1);
    let f = one(&r, &plain);
    assert_eq!(
        (&f["origin"], f["line"].as_u64(), f["commit"]["id"].as_str()),
        (&"tag".into(), Some(3), Some(&*commit))
    );
    assert!(f["ref"].as_str().unwrap().ends_with("v1") && f["path"].is_null(), "{f}");
    assert_eq!(one(&r, &outer)["commit"]["id"], commit);
    expect(&s, &["--unreachable"], 1, &[&plain, &outer, &gone]);
}

#[test]
fn names_of_files_branches_and_tags() {
    let s = base();
    let keys: Vec<String> = (40..46).map(token).collect();
    s.write(format!("dir/{}.txt", keys[0]), "x\n");
    s.write(format!("{}/inner.txt", keys[1]), "x\n");
    let first = s.commit("names");
    s.git(["rm", "-q", "-r", "dir", &keys[1]]);
    let last = s.commit("gone");
    s.git(["branch", &format!("feature/{}", keys[2])]);
    s.git(["tag", &keys[3]]);
    s.git(["tag", "-a", "-m", "m", &format!("v-{}", keys[4])]);
    s.git(["update-ref", &format!("refs/foo/{}", keys[5]), "HEAD"]);
    let wanted: Vec<&String> = keys.iter().collect();
    let r = expect(&s, &[], 1, &wanted);
    let file = one(&r, &keys[0]);
    assert_eq!((&file["line"], &file["column"], &file["end_column"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(file["commit"]["id"], first);
    let branch = one(&r, &keys[2]);
    assert_eq!((&branch["origin"], &branch["line"]), (&"ref".into(), &serde_json::Value::Null));
    assert_eq!(branch["commit"]["id"], last);
    for format in ["human", "json", "jsonl", "sarif", "github"] {
        let hidden = s.leakbreak(["scan", "--history", "--format", format, "--verbose"]);
        assert_eq!(hidden.status, 1, "{hidden:?}");
        assert!(keys.iter().all(|k| !hidden.stdout.contains(k) && !hidden.stderr.contains(k)), "{format}: {hidden:?}");
    }
    s.git(["pack-refs", "--all"]);
    expect(&s, &[], 1, &wanted);
}

#[test]
fn configuration_and_reflog_lines() {
    let s = base();
    let (url, logged, tree) = (key(50), token(51), token(52));
    s.git(["config", "remote.origin.url", &format!("https://user:{url}@git.example.org/x.git")]);
    git_on(
        &s,
        "2024-01-01T00:00:00Z",
        ["update-ref", "--create-reflog", "-m", &format!("fetch {logged}"), "refs/heads/b", "HEAD"],
    );
    s.git(["config", "extensions.worktreeConfig", "true"]);
    s.git(["config", "--worktree", "remote.p.url", &format!("https://user:{tree}@git.example.org/x.git")]);
    let r = scan(&s, [""; 0]);
    assert_eq!(r.status, 1, "{r:?}");
    let config = one(&r, &url);
    assert_eq!((&config["origin"], &config["path"], &config["commit"]), (&"config".into(), &().into(), &().into()));
    let text = std::fs::read_to_string(s.path().join(".git/config")).unwrap();
    let at = text.lines().position(|l| l.contains(&url)).unwrap() + 1;
    assert_eq!(config["line"], at);
    assert_eq!(one(&r, &tree)["origin"], "config");
    assert_eq!(one(&r, &logged)["origin"], "ref");
}

#[test]
fn a_reflog_line_repeats_no_message() {
    let s = base();
    let t = token(60);
    s.commit(&format!("use {t}"));
    let r = expect(&s, &[], 1, &[&t]);
    assert_eq!(one(&r, &t)["origin"], "message");
}

#[test]
fn nothing_planted_is_told_without_reveal() {
    let s = base();
    let t: Vec<String> = (70..80).map(token).collect();
    s.write("a.py", format!("a = \"{}\"; b = \"{}\"\n", t[0], t[1]));
    s.write(format!("{}.py", t[2]), line(&key(79)));
    s.commit(&format!("see {} and {}", t[0], t[3]));
    s.git(["notes", "add", "-m", &format!("note {}", t[4])]);
    s.git(["branch", &t[5]]);
    s.git(["tag", "-a", "-m", &format!("tag {}", t[6]), &t[7]]);
    s.git(["config", "remote.o.url", &format!("https://u:{}@h.example/x", t[8])]);
    let all: Vec<&String> = t.iter().take(9).collect();
    for format in ["human", "json", "jsonl", "sarif", "github"] {
        for more in ["--verbose", "--quiet", "--timings", "--unreachable", "--show-suppressed"] {
            let r = s.leakbreak(["scan", "--history", "--format", format, more, "--output", "report"]);
            assert_eq!(r.status, 1, "{r:?}");
            let report = std::fs::read_to_string(s.path().join("report")).unwrap();
            for place in [&r.stdout, &r.stderr, &report] {
                assert!(
                    !all.iter().any(|k| place.contains(k.as_str())) && !place.contains(&key(79)),
                    "{format} {more}"
                );
            }
        }
    }
    let mut revealing = leakbreak(&s);
    let r = run(&mut revealing, b"");
    assert!(all.iter().all(|k| r.findings().iter().any(|f| f["secret"] == k.as_str())), "{r:?}");
}

#[test]
fn messages_in_other_encodings() {
    let s = base();
    let (latin, crlf) = (key(80), key(81));
    let tree = s.git(["write-tree"]);
    let commit = |encoding: &str, text: &[u8]| {
        let head = format!("tree {tree}\nauthor A <a@e.org> 1 +0000\ncommitter A <a@e.org> 1 +0000\n{encoding}\n");
        let id = git_with(&s, ["hash-object", "-t", "commit", "-w", "--stdin"], &[head.as_bytes(), text].concat());
        s.git(["update-ref", &format!("refs/heads/{id}"), &id]);
    };
    commit("encoding ISO-8859-1\n", &[b"caf\xe9\n\n".as_slice(), line(&latin).as_bytes()].concat());
    commit("", line(&crlf).replace('\n', "\r\n").as_bytes());
    check(&scan(&s, [""; 0]), 1, &[&latin, &crlf]);
}
