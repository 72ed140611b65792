//! Any bytes as a text: nothing panics, every span lies inside the text, none overlaps another, and the same text gives
//! the same matches again.

#![no_main]

use leakbreak::blob::{Content, Kind, Text};
use leakbreak::detect::{Detector, Path, Place};
use leakbreak::rule::RuleSet;
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, OnceLock};

fn detector() -> &'static Detector {
    static DETECTOR: OnceLock<Detector> = OnceLock::new();
    DETECTOR.get_or_init(|| Detector::new(Arc::new(RuleSet::load(&[]).expect("the built-in rules"))))
}

fuzz_target!(|data: &[u8]| {
    let Some((&mode, raw)) = data.split_first() else { return };
    let names: [&[u8]; 6] = [b"a.py", b"b.ipynb", b"c.yaml", b".env", b"d.md", b"mistral.json"];
    let path = match usize::from(mode) {
        n @ 0..6 => Path::Known(names[n].into()),
        6 => Path::Unknown,
        _ => Path::None,
    };
    let Content::Text(text) = Text::decode(raw) else { return };
    let place = Place { kind: Kind::Worktree, path };
    let matches = detector().detect(&text.bytes, place);
    let mut last = 0;
    for found in &matches {
        assert!(found.span.start >= last && found.span.start <= found.span.end && found.span.end <= text.bytes.len());
        last = found.span.end;
        for span in found.evidence.iter().filter_map(|e| e.span.as_ref()) {
            assert!(span.start <= span.end && span.end <= text.bytes.len());
        }
    }
    let again: Vec<_> = detector().detect(&text.bytes, place).into_iter().map(|m| (m.span, m.rule.id.clone())).collect();
    assert_eq!(again, matches.into_iter().map(|m| (m.span, m.rule.id.clone())).collect::<Vec<_>>());
});
