//! Embeds rules/: a new file there is a new set of built-in rules, with no list to keep beside the folder.
//!
//! Each file is embedded twice: whole, and without its examples and counterexamples, which are most of it and which
//! only `rules test` and `rules show` ask for. So a start reads little.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo:rustc-env=LEAKBREAK_BUILD={:016x}", build(&root)?);
    let folder = root.join("rules");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(e),
    };
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut out = String::from("&[\n");
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let whole = fs::read_to_string(file)?;
        let _ = writeln!(
            out,
            "    Embedded {{ name: {:?}, heads: {:?}, whole: include_str!({:?}) }},",
            format!("rules/{name}"),
            without_cases(&whole),
            file.display().to_string()
        );
    }
    out.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("rules.rs"), out)
}

/// A hash of all that this program is made from: what one program remembers, another one must not believe.
fn build(root: &Path) -> io::Result<u64> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> =
        ["src", "rules", "Cargo.toml", "Cargo.lock"].iter().map(|name| root.join(name)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            open.extend(fs::read_dir(&path)?.flatten().map(|entry| entry.path()));
        } else if path.is_file() {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files.sort();
    // FNV-1a: the same on every machine.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in &files {
        let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().into_owned();
        for byte in name.bytes().chain([0]).chain(fs::read(file)?) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(hash)
}

/// The file without its `[[rule.example]]` and `[[rule.counterexample]]` tables. A test compares what both say.
fn without_cases(whole: &str) -> String {
    let (mut out, mut in_case, mut quote) = (String::new(), false, None::<&str>);
    for line in whole.lines() {
        if quote.is_none() {
            let line = line.trim_start();
            if line.starts_with('[') {
                in_case = line.starts_with("[[rule.example]]") || line.starts_with("[[rule.counterexample]]");
            }
        }
        if !in_case && !(quote.is_none() && (line.trim().is_empty() || line.trim_start().starts_with('#'))) {
            out.push_str(line);
            out.push('\n');
        }
        quote = quote_after(line, quote);
    }
    out
}

/// Which multi-line quote is open behind a line.
fn quote_after(line: &str, open: Option<&'static str>) -> Option<&'static str> {
    let (mut rest, mut open) = (line, open);
    loop {
        match open {
            Some(quote) => {
                let Some(at) = rest.find(quote) else { return Some(quote) };
                rest = &rest[at + quote.len()..];
                open = None;
            }
            None => {
                let next = ["'''", "\"\"\""].into_iter().filter_map(|q| Some((rest.find(q)?, q))).min();
                let (at, quote) = next?;
                rest = &rest[at + quote.len()..];
                open = Some(quote);
            }
        }
    }
}
