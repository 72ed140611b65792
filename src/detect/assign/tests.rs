use super::*;
use crate::blob::Kind as BlobKind;
use crate::detect::{Detector, Path};
use crate::rule::{Confidence, RuleSet};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path as FilePath, PathBuf};

fn detector() -> Detector {
    Detector::new(Arc::new(RuleSet::load(&[]).unwrap()))
}

fn fixtures() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// What the generic rules find in a file, at `floor` or above.
fn found(detector: &Detector, file: &FilePath, floor: Confidence) -> Vec<(String, String, Confidence)> {
    let text = std::fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let place = Place { kind: BlobKind::Worktree, path: Path::Known(name.as_str().into()) };
    detector
        .detect(&text, place)
        .into_iter()
        .filter(|m| m.confidence >= floor && m.rule.id.starts_with("generic-"))
        .map(|m| (m.rule.id.clone(), String::from_utf8_lossy(m.secret.reveal()).into_owned(), m.confidence))
        .collect()
}

/// Rule and value of every labelled secret, by file.
fn labels() -> BTreeMap<PathBuf, BTreeSet<(String, String)>> {
    let mut all: BTreeMap<PathBuf, BTreeSet<_>> = BTreeMap::new();
    for line in std::fs::read_to_string(fixtures().join("labels/generic.tsv")).unwrap().lines() {
        if let [rule, file, value] = line.splitn(3, '\t').collect::<Vec<_>>()[..] {
            all.entry(fixtures().join(file)).or_default().insert((rule.into(), value.into()));
        }
    }
    all
}

#[test]
fn labelled_secrets_are_found_and_nothing_else() {
    let detector = detector();
    let (mut hits, mut misses, mut extra) = (0, Vec::new(), Vec::new());
    for (file, wanted) in labels() {
        let found = found(&detector, &file, Confidence::Medium);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (rule, value) in &wanted {
            // Which of the two generic rules owns a value is a matter of taste; that it is found is not.
            if found.iter().any(|(_, v, _)| v == value) {
                hits += 1;
            } else {
                misses.push(format!("{name}: {rule} {value}"));
            }
        }
        let values: BTreeSet<&str> = wanted.iter().map(|(_, v)| v.as_str()).collect();
        extra.extend(
            found.iter().filter(|(_, v, _)| !values.contains(v.as_str())).map(|(r, v, _)| format!("{name}: {r} {v}")),
        );
    }
    let mut clean = 0;
    for entry in std::fs::read_dir(fixtures().join("clean")).unwrap() {
        let file = entry.unwrap().path();
        let found = found(&detector, &file, Confidence::Medium);
        clean += usize::from(found.is_empty());
        extra.extend(
            found.iter().map(|(r, v, c)| format!("{}: {r} {v} {c:?}", file.file_name().unwrap().to_string_lossy())),
        );
    }
    println!(
        "{hits} found, {} missed, {clean} clean files silent\nmissed: {misses:#?}\nextra: {extra:#?}",
        misses.len()
    );
    assert!(misses.is_empty() && extra.is_empty());
}
