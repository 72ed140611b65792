//! Which files of a project may say what its settings are for: programs, scripts and manifests near the settings, a
//! bounded number of them.

use crate::blob::Neighbour;
use bstr::{BStr, BString, ByteSlice};

/// So many names are looked at.
pub(super) const NAMES: usize = 4000;
/// So many files are read...
const FILES: usize = 200;
/// ... of at most so many bytes each...
pub(super) const SIZE: u64 = 256 << 10;
/// ... and so many in all.
const TOTAL: usize = 8 << 20;
/// A project's root is looked for so many folders above its settings.
pub(super) const ABOVE: usize = 3;

/// Folders of what others wrote or programs made; hidden ones are left too.
const FOREIGN: [&[u8]; 12] = [
    b"node_modules",
    b"vendor",
    b"target",
    b"dist",
    b"build",
    b"out",
    b"venv",
    b"env",
    b"site-packages",
    b"__pycache__",
    b"bower_components",
    b"coverage",
];

/// Endings of programs, and of what starts or describes them.
const ENDINGS: [&[u8]; 42] = [
    b"py", b"ipynb", b"js", b"mjs", b"cjs", b"jsx", b"ts", b"mts", b"cts", b"tsx", b"vue", b"svelte", b"go", b"rs",
    b"java", b"kt", b"kts", b"scala", b"groovy", b"cs", b"fs", b"rb", b"php", b"swift", b"dart", b"ex", b"exs", b"r",
    b"jl", b"lua", b"pl", b"ps1", b"sh", b"bash", b"zsh", b"fish", b"yml", b"yaml", b"http", b"toml", b"clj",
    b"gradle",
];

/// Names of files that stand at a project's root.
pub(super) const MANIFESTS: [&[u8]; 16] = [
    b"package.json",
    b"pyproject.toml",
    b"requirements.txt",
    b"setup.py",
    b"Pipfile",
    b"go.mod",
    b"Cargo.toml",
    b"Gemfile",
    b"composer.json",
    b"pom.xml",
    b"build.gradle",
    b"build.gradle.kts",
    b"mix.exs",
    b"pubspec.yaml",
    b"Package.swift",
    b"deno.json",
];

/// Whether a folder of this name is a project's own.
pub(super) fn is_own(name: &[u8]) -> bool {
    !name.starts_with(b".") && !FOREIGN.contains(&name)
}

/// Whether a file of this name may say what settings are for.
pub(super) fn is_wanted(name: &[u8]) -> bool {
    let ending = name.rfind_byte(b'.').map(|dot| name[dot + 1..].to_ascii_lowercase());
    MANIFESTS.contains(&name)
        || matches!(name, b"Dockerfile" | b"Makefile" | b"justfile" | b"Rakefile")
        || ending.is_some_and(|ending| ENDINGS.contains(&ending.as_slice()))
}

/// Reads wanted files, those of the upper folders first, until there are enough.
pub(super) fn read(mut paths: Vec<BString>, mut content: impl FnMut(&BStr) -> Option<Vec<u8>>) -> Vec<Neighbour> {
    paths.sort_by_cached_key(|path| (path.iter().filter(|b| **b == b'/').count(), path.clone()));
    let mut all = Vec::new();
    let mut left = TOTAL;
    for path in paths.into_iter().take(FILES) {
        let Some(bytes) = content(path.as_ref()).filter(|bytes| bytes.len() <= left) else { continue };
        left -= bytes.len();
        all.push(Neighbour { path, bytes });
    }
    all
}

/// `folder`, a `/` where one is needed, and `rest`.
pub(super) fn join(folder: &[u8], rest: &[u8]) -> BString {
    let mut out = Vec::with_capacity(folder.len() + 1 + rest.len());
    out.extend_from_slice(folder);
    if !folder.is_empty() && !rest.is_empty() && !folder.ends_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(rest);
    out.into()
}
