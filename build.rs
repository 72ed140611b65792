//! Embeds rules/: a new file there is a new set of built-in rules, with no list to keep beside the folder.
//!
//! Each file is embedded twice: as written, and as what each of its rules says of itself (plain constants, which every
//! start needs) with the rest of it as JSON (read when somebody asks), without examples and counterexamples, which are
//! most of it and which only `rules test` and `rules show` ask for. JSON is read some twenty times as fast as TOML.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    println!("cargo:rustc-env=LEAKBREAK_BUILD={:016x}", build(&root)?);
    let folder = root.join("rules");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(e.into()),
    };
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let mut out = String::from("&[\n");
    for file in &files {
        println!("cargo:rerun-if-changed={}", file.display());
        let name = format!("rules/{}", file.file_name().unwrap_or_default().to_string_lossy());
        let heads = heads(&fs::read_to_string(file)?).map_err(|e| format!("{name}: {e}"))?;
        let whole = file.display().to_string();
        let _ = writeln!(out, "    Embedded {{ name: {name:?}, {heads}, whole: include_str!({whole:?}) }},");
    }
    out.push_str("]\n");
    fs::write(Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("rules.rs"), out)?;
    Ok(())
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

/// What the rules of a file say of themselves, as constants. A test compares it with the file.
fn heads(whole: &str) -> Result<String, Box<dyn Error>> {
    let mut file: toml::Table = whole.parse()?;
    let text =
        |table: &toml::Table, key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let list = |table: &toml::Table, key: &str| {
        let all = table.get(key).and_then(toml::Value::as_array).into_iter().flatten();
        all.filter_map(toml::Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let provider = text(&file, "provider");
    let mut out = format!("provider: {provider:?}, rules: &[");
    let rules = file.get_mut("rule").and_then(toml::Value::as_array_mut);
    for rule in rules.into_iter().flatten().filter_map(toml::Value::as_table_mut) {
        rule.remove("example");
        rule.remove("counterexample");
        let severity = match text(rule, "severity").as_str() {
            "low" => "Low",
            "high" => "High",
            "critical" => "Critical",
            _ => "Medium",
        };
        let (id, title, tags) = (text(rule, "id"), text(rule, "title"), list(rule, "tags"));
        let reference = rule.get("reference").and_then(toml::Value::as_str);
        let json = serde_json::to_string(&rule)?;
        let _ = write!(
            out,
            "Head {{ id: {id:?}, title: {title:?}, severity: Severity::{severity}, tags: &{tags:?}, \
             reference: {reference:?}, json: {json:?} }},"
        );
    }
    Ok(out + "]")
}
