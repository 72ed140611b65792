use super::*;
use crate::blob::Kind as BlobKind;
use crate::detect::{Detector, Path};
use crate::rule::{Confidence, RuleSet};
use proptest::prelude::*;
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
    assert!(
        misses.is_empty() && extra.is_empty(),
        "{hits} found, {} missed, {clean} clean files silent\nmissed: {misses:#?}\nextra: {extra:#?}",
        misses.len()
    );
    assert!(hits >= 250 && clean >= 70);
}

/// Whatever its path makes of a file, the same without its path finds it too: a history asks before it knows paths.
#[test]
fn an_unknown_path_finds_what_any_path_finds() {
    let detector = detector();
    for (file, _) in labels() {
        let text = std::fs::read(&file).unwrap();
        for m in found(&detector, &file, Confidence::Medium) {
            assert!(detector.probe(&text, m.2), "{}: {}", file.display(), m.1);
        }
    }
}

/// Spans and secrets of all that the generic rules find; the spans lie in the text.
fn detect(detector: &Detector, text: &[u8], path: Path<'_>) -> usize {
    let found = detector.detect(text, Place { kind: BlobKind::Worktree, path });
    for m in &found {
        assert!(m.span.start < m.span.end && m.span.end <= text.len());
    }
    detector.refusals(text, Place { kind: BlobKind::Worktree, path });
    found.len()
}

#[test]
fn time_is_linear() {
    let detector = detector();
    for unit in [
        "password: ",
        "token=\"",
        "key ",
        "\"api_key\",",
        "secret=&",
        "{password:",
        "pass_",
        "name: key value",
        "Bearer ",
        "mysql ",
        "(\"password\"",
        "a.token.",
        "<password>",
        "password password ",
        "[key]\nkey=q8Zt2LmX9vRb4KcW7yHsq8Zt2LmX9v\n",
        "x api key ",
    ] {
        let text = unit.repeat((48 << 10) / unit.len());
        let start = std::time::Instant::now();
        for path in ["a.py", "a.yml", "a.ini", "a.xml"] {
            detect(&detector, text.as_bytes(), Path::Known(path.into()));
        }

        assert!(start.elapsed().as_secs() < 30, "{unit}");
    }
}

proptest! {
    #[test]
    fn any_mixture_is_borne(parts in proptest::collection::vec(proptest::sample::select(vec![
        "password", "API_KEY", "token", "пароль", "密码", "mot de passe", "key", "=", ":", " ", "\n", "\"", "'", "`", "(", ")", "[", "]", "{", "}",
        "<", ">", ",", ";", "&", "?", "--", "-", "q8Zt2LmX9vRb4KcW7yHs", "hunter2!", "é", "\\", "\\r", "value", "name", "default", "variable",
        "Bearer ", "IDENTIFIED BY ", "mysql -p", "curl -u a:", "expect", "send", "is ", "\u{3000}", "login ", "0 ", "forHTTPHeaderField:", "||",
    ]), 0..40), path in proptest::sample::select(vec!["a.py", "a.json", "a.yml", "a.ini", "a.sh", "a.xml", "a.md", "a", ".pgpass"])) {
        let detector = detector_once();
        detect(detector, parts.concat().as_bytes(), Path::Known(path.into()));
        detect(detector, parts.concat().as_bytes(), Path::Unknown);
    }

    #[test]
    fn any_bytes_are_borne(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        detect(detector_once(), &text, Path::None);
    }
}

fn detector_once() -> &'static Detector {
    static ONE: OnceLock<Detector> = OnceLock::new();
    ONE.get_or_init(detector)
}

/// The search for stems leaves overlapping ones out as they come; none of them holds another but at its beginning.
#[test]
fn no_stem_hides_another_one() {
    for (a, b) in words::STEMS.iter().flat_map(|a| words::STEMS.iter().map(move |b| (a, b))) {
        assert!(a == b || a.find(b).is_none_or(|at| at == 0), "{a} holds {b}");
    }
}
