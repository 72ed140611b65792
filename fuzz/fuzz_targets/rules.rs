//! Any text as a rule file: an error or rules, whose own examples can be run; nothing panics.

#![no_main]

use leakbreak::detect::{Detector, Path, Place};
use leakbreak::rule::{RuleSet, read_str};
use libfuzzer_sys::fuzz_target;
use std::sync::Arc;

fuzz_target!(|text: &str| {
    let Ok(rules) = read_str(text, std::path::Path::new("fuzz.toml")) else { return };
    let detector = Detector::new(Arc::new(RuleSet { rules: rules.into_iter().map(Arc::new).collect() }));
    let place = Place { kind: leakbreak::blob::Kind::Worktree, path: Path::Unknown };
    detector.detect(text.as_bytes(), place);
});
