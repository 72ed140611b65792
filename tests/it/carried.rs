//! What is copied from version to version is looked at once, and the report is the same as when all is looked at.

use crate::support::{Sandbox, key, run};
use leakbreak::detect::Detector;
use leakbreak::report::{self, Format};
use leakbreak::rule::{Confidence, RuleSet};
use leakbreak::scan::{Empty, InlineComments, Scan, Selection, Unreachable, Watch};
use leakbreak::source::git::history::{History, Looks, Options};
use leakbreak::source::git::open::{GitEnv, Repository};
use leakbreak::suppress::Allowlist;
use std::path::Path;
use std::sync::Arc;

fn report(repository: &Path, looks: Looks, min_confidence: Confidence) -> String {
    let scan = Scan {
        detector: Detector::new(Arc::new(RuleSet::load(&[]).unwrap())),
        selection: Selection::default(),
        min_confidence,
        inline: InlineComments::Honoured,
        allow: Allowlist::default(),
        baseline: None,
        unreachable: Unreachable::Reported,
        empty: Empty::Incomplete,
        strict: false,
    };
    let repository = Repository::open(repository, &GitEnv::default()).unwrap();
    let history = History::new(repository, vec!["h".into()], Options { looks, ..Options::default() });
    let outcome = scan.run(&history, &Watch::default()).unwrap();
    let mut out = Vec::new();
    report::write(Format::Jsonl, &outcome, report::Options::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn same(repository: &Path) -> usize {
    let mut findings = 0;
    for floor in [Confidence::Medium, Confidence::Low] {
        let whole = report(repository, Looks::Whole, floor);
        assert_eq!(report(repository, Looks::Once, floor), whole);
        findings = whole.lines().count() - 1;
    }
    findings
}

/// Numbers that look random, from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }
}

/// Lines of all that the fixtures hold.
fn fixtures() -> Vec<Vec<Vec<u8>>> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let text = files.iter().map(|file| std::fs::read(file).unwrap()).filter(|text| text.len() < 3000);
    text.map(|text| text.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()).collect()
}

fn edit(lines: &mut Vec<Vec<u8>>, dice: &mut Dice, fixtures: &[Vec<Vec<u8>>]) {
    let at = dice.below(lines.len());
    let end = (at + 1 + dice.below(6)).min(lines.len());
    match dice.below(8) {
        0 => {
            let new = &fixtures[dice.below(fixtures.len())];
            lines.splice(at..at, new.iter().cloned());
        }
        1 | 2 => {
            let file = &fixtures[dice.below(fixtures.len())];
            lines.insert(at, file[dice.below(file.len())].clone());
        }
        3 | 4 => drop(lines.drain(at..end)),
        5 => {
            let moved: Vec<_> = lines.drain(at..end).collect();
            let to = dice.below(lines.len());
            lines.splice(to..to, moved);
        }
        6 => lines.insert(at, format!("API_KEY = \"{}\"\n", key(dice.below(50) as u64)).into_bytes()),
        _ => {
            let cut = dice.below(lines[at].len());
            lines[at].truncate(cut);
        }
    }
}

/// A stream for `git fast-import`: some files over many versions.
fn stream(seed: u64, versions: usize) -> Vec<u8> {
    let (mut dice, fixtures) = (Dice(seed), fixtures());
    let line = |n: usize| format!("line {n} of what is the same in every version, {}\n", n * 37 % 101).into_bytes();
    let names = ["a.py", "b.yml", "c.md", "d.json", "e", "f.rs"];
    let mut files: Vec<Vec<Vec<u8>>> = names.iter().map(|_| (0..300).map(line).collect()).collect();
    let mut out = Vec::new();
    for n in 0..versions {
        out.extend(
            format!("commit refs/heads/main\ncommitter A <a@example.org> {} +0000\ndata 1\nx\n", 1_600_000_000 + n)
                .bytes(),
        );
        for (name, lines) in names.iter().zip(&mut files) {
            (0..1 + dice.below(3)).for_each(|_| edit(lines, &mut dice, &fixtures));
            // Now and then it begins anew, so that not all that was ever found stays.
            if dice.below(12) == 0 {
                *lines = (0..300).map(line).collect();
            }
            let text = lines.concat();
            out.extend(format!("M 100644 inline {name}\ndata {}\n", text.len()).bytes());
            out.extend(text);
            out.push(b'\n');
        }
    }
    out
}

#[test]
fn random_histories_are_told_the_same() {
    for seed in 1..3 {
        let sandbox = Sandbox::new();
        sandbox.git(["init", "-q", "--bare", "h.git"]);
        let import = run(
            sandbox.command("git").args(["-C", "h.git", "fast-import", "--quiet", "--depth=50"]),
            &stream(seed, 40),
        );
        assert_eq!(import.status, 0, "{import:?}");
        sandbox.git(["-C", "h.git", "repack", "-adfq", "--depth=50", "--window=50"]);
        assert!(same(&sandbox.path().join("h.git")) > 10);
    }
}

#[test]
fn generated_histories_are_told_the_same() {
    let sandbox = Sandbox::new();
    let maker = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/make_history.py");
    let args = ["h.git", "--commits", "120", "--secrets", "22", "--files", "60", "--lock-kb", "60"];
    let made = run(sandbox.command("python3").arg(maker).args(args), b"");
    assert_eq!(made.status, 0, "{made:?}");
    assert!(same(&sandbox.path().join("h.git")) >= 20);
}
