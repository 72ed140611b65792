//! What a scan of a tree is held against: a walk that reads all bytes and does nothing with them.
//!
//! `cargo bench --bench walker -- MODE PATH...`, where MODE is
//! * `read`: folders and files on all cores, each file into a buffer that is used again. No patterns, no index;
//! * `source`: this project's own walk with a sink that drops what it gets;
//! * `text`: the same, and each content is decoded, or found to be binary;
//! * `look`: the same, and each text and name is looked at by the built-in rules; nothing is kept.
//!
//! So the differences are what the walk's own rules, the text and the look cost. Each run prints files, bytes and
//! seconds; for CPU seconds and memory run the program that cargo names under `time`.

#![allow(clippy::print_stdout)]

use leakbreak::blob::{Blob, Content, Kind, Origin, Skip, Text};
use leakbreak::detect::{Detector, Path as Named, Place};
use leakbreak::rule::RuleSet;
use leakbreak::source::worktree::{Ignored, Options, Worktree};
use leakbreak::source::{Sink, Source, Unit};
use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // cargo adds `--bench`.
    let mut args = std::env::args_os().skip(1).filter(|arg| arg != "--bench");
    let Some(mode) = args.next().and_then(|mode| mode.into_string().ok()) else {
        println!("usage: walker read|source|text|look PATH...");
        return Ok(());
    };
    let paths: Vec<PathBuf> = args.map(PathBuf::from).collect();
    let start = Instant::now();
    let counted = if mode == "read" { read_all(&paths) } else { through_source(&mode, paths)? };
    let [files, bytes] = [&counted.files, &counted.bytes].map(|n| n.load(Relaxed));
    let seconds = start.elapsed().as_secs_f64();
    println!("{mode}: {files} files, {bytes} bytes, {seconds:.3} s, {} matches", counted.matches.load(Relaxed));
    Ok(())
}

#[derive(Default)]
struct Counted {
    files: AtomicU64,
    bytes: AtomicU64,
    matches: AtomicU64,
}

fn read_all(paths: &[PathBuf]) -> Counted {
    let counted = Counted::default();
    rayon::scope(|scope| {
        for path in paths {
            let counted = &counted;
            scope.spawn(move |scope| folder(path, counted, scope));
        }
    });
    counted
}

fn folder<'s>(path: &Path, counted: &'s Counted, scope: &rayon::Scope<'s>) {
    let Ok(entries) = std::fs::read_dir(path) else { return };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => {
                let below = entry.path();
                scope.spawn(move |scope| folder(&below, counted, scope));
            }
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
    while !files.is_empty() {
        let some = files.split_off(files.len().saturating_sub(16));
        scope.spawn(move |_| some.iter().for_each(|file| read(file, counted)));
    }
}

fn read(path: &Path, counted: &Counted) {
    thread_local!(static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 << 10]));
    let Ok(mut file) = File::open(path) else { return };
    BUFFER.with_borrow_mut(|buffer| {
        while let Ok(n @ 1..) = file.read(buffer) {
            counted.bytes.fetch_add(n as u64, Relaxed);
        }
    });
    counted.files.fetch_add(1, Relaxed);
}

fn through_source(mode: &str, paths: Vec<PathBuf>) -> leakbreak::Result<Counted> {
    let source = Worktree::new(paths, Options { ignored: Ignored::Scanned, ..Options::default() })?;
    let detector = Detector::new(Arc::new(RuleSet::load(&[])?));
    let drop =
        Drop { counted: Counted::default(), decodes: mode != "source", detector: (mode == "look").then_some(detector) };
    source.scan(&drop)?;
    Ok(drop.counted)
}

struct Drop {
    counted: Counted,
    decodes: bool,
    detector: Option<Detector>,
}

impl Sink for Drop {
    fn blob(&self, blob: Blob<'_>) {
        if !self.decodes {
            return;
        }
        if let (Content::Text(text), Some(detector)) = (Text::decode(&blob.bytes), &self.detector) {
            let path = blob.origin.repo_path.as_ref().map_or(Named::None, |path| Named::Known(path.as_ref()));
            let found = detector.detect(&text.bytes, Place { kind: Kind::Worktree, path });
            self.counted.matches.fetch_add(found.len() as u64, Relaxed);
        }
    }

    fn name(&self, origin: Origin) {
        if let (Some(name), Some(detector)) = (&origin.path, &self.detector) {
            let found = detector.detect(name, Place { kind: Kind::Worktree, path: Named::None });
            self.counted.matches.fetch_add(found.len() as u64, Relaxed);
        }
    }

    fn skip(&self, _: Skip) {}

    fn count(&self, unit: Unit, n: u64) {
        match unit {
            Unit::File => self.counted.files.fetch_add(n, Relaxed),
            Unit::Byte => self.counted.bytes.fetch_add(n, Relaxed),
            _ => 0,
        };
    }

    fn note(&self, _: String) {}

    fn worth(&self, _: &[u8]) -> bool {
        false
    }

    fn cancelled(&self) -> bool {
        false
    }
}
