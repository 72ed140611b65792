//! Any text as a configuration, a baseline or a foreign baseline: an error that shows nothing of the text, or settings.

#![no_main]

use leakbreak::config::Layer;
use leakbreak::suppress::Baseline;
use libfuzzer_sys::fuzz_target;
use std::path::Path;

/// Words of the text that no message may repeat: long, and no part of the file formats themselves.
fn secret_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| w.len() >= 20 && w.bytes().any(|b| b.is_ascii_digit()))
}

fuzz_target!(|text: &str| {
    let config = Layer::parse(text, Path::new(".leakbreak.toml")).err();
    let baseline = Baseline::parse(text, Path::new(".leakbreak-baseline")).err();
    for error in [config, baseline].into_iter().flatten() {
        let message = error.to_string();
        assert!(!secret_words(text).any(|word| message.contains(word)), "a message repeats the file's text");
    }
});
