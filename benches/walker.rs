//! The floor under a scan of a tree: walks a folder, reads every byte of every file, and does nothing with them.
//!
//! usage: walker FOLDER

#![allow(clippy::print_stdout)]

use rayon::prelude::*;
use std::cell::RefCell;
use std::fs::{File, read_dir};
use std::io::Read;
use std::path::Path;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 << 10]);
}

fn main() {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| ".".into());
    println!("{}", walk(Path::new(&folder)));
}

/// How many bytes lie below.
fn walk(folder: &Path) -> u64 {
    let entries: Vec<_> = read_dir(folder).into_iter().flatten().flatten().collect();
    let sizes = entries.into_par_iter().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => walk(&entry.path()),
        Ok(kind) if kind.is_file() => read(&entry.path()),
        _ => 0,
    });
    sizes.sum()
}

fn read(path: &Path) -> u64 {
    let Ok(mut file) = File::open(path) else { return 0 };
    BUFFER.with_borrow_mut(|buffer| {
        let mut sum = 0;
        while let Ok(n @ 1..) = file.read(buffer) {
            // Looked at, so that nobody can leave the reading out.
            sum += n as u64 + u64::from(std::hint::black_box(buffer[0]) & 0);
        }
        sum
    })
}
