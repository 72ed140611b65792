//! A generated history with planted keys: every one is found, where and when it came in, and nothing else.

use crate::support::{Sandbox, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What the generator says of a planted key.
struct Label {
    place: String,
    path: Option<String>,
    commit: String,
    reachable: bool,
}

fn labels(repository: &Path) -> BTreeMap<String, Label> {
    let text = std::fs::read_to_string(repository.join("labels.jsonl")).unwrap();
    let text_of = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let read = |line: &str| {
        let v: Value = serde_json::from_str(line).unwrap();
        let label = Label {
            place: text_of(&v["where"]),
            path: v["path"].as_str().map(str::to_owned),
            commit: text_of(&v["commit"]),
            reachable: v["reachable"] == true,
        };
        (text_of(&v["value"]), label)
    };
    text.lines().map(read).collect()
}

/// The Mistral findings by their secret, each (path, commit or tag).
fn found(sandbox: &Sandbox, args: &[&str]) -> BTreeMap<String, Vec<(Option<String>, String)>> {
    let mut all = vec!["scan", "--history", "--format", "jsonl", "--reveal", "--select", "Mistral AI"];
    all.extend_from_slice(args);
    all.push("h.git");
    let done = sandbox.leakbreak(all);
    assert_eq!(done.status, 1, "{}", done.stderr);
    let mut by_secret: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for f in done.findings() {
        let place = if f["origin"] == "tag" { f["ref"].clone() } else { f["commit"]["id"].clone() };
        let secret = f["secret"].as_str().unwrap().to_owned();
        by_secret
            .entry(secret)
            .or_default()
            .push((f["path"].as_str().map(str::to_owned), place.as_str().unwrap_or_default().to_owned()));
    }
    by_secret
}

fn check(sandbox: &Sandbox, unreachable: bool) {
    let labels = labels(&sandbox.path().join("h.git"));
    let found = found(sandbox, if unreachable { &["--unreachable"] } else { &[] });
    for (secret, label) in &labels {
        let places = found.get(secret);
        if !label.reachable && !unreachable {
            assert!(places.is_none(), "{} is not reachable", label.place);
            continue;
        }
        let places = places.unwrap_or_else(|| panic!("missed: {} {:?} {}", label.place, label.path, label.commit));
        let right = places
            .iter()
            .any(|(path, place)| *path == label.path && place.trim_start_matches("refs/tags/") == label.commit);
        assert!(right, "{} {:?} {}: {places:?}", label.place, label.path, label.commit);
        // A renamed file is two places; nothing else is more than one.
        assert!(places.len() <= 1 + usize::from(label.place == "renamed"), "{}: {places:?}", label.place);
    }
    assert!(found.keys().all(|secret| labels.contains_key(secret)), "something that was not planted");
}

#[test]
fn every_planted_key_is_found() {
    let sandbox = Sandbox::new();
    let maker = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/make_history.py");
    let made = run(
        sandbox.command("python3").arg(maker).args(["h.git", "--commits", "300", "--secrets", "22", "--files", "120"]),
        b"",
    );
    assert_eq!(made.status, 0, "{made:?}");
    check(&sandbox, true);
    check(&sandbox, false);
}
