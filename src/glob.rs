//! Which paths: the globs of settings and options. Knows nobody; every room that asks about a path uses these, so
//! that `exclude`, `--exclude` and an `[[allow]]`'s `path` mean the same.
//!
//! A pattern is read as in a .gitignore file:
//!
//! * without a `/` (but for one at the end) it is a name, at any depth: `*.pem`, `vendor`;
//! * with one it is a path from the root: `docs/*.md`, `/build`, `src/**/gen`;
//! * `*` and `?` stop at `/`, `**` does not; `[a-z]`, `{a,b}` and `\` (takes the next character as it is) work;
//! * what names a folder covers everything below it; with a `/` at the end it names folders alone.
//!
//! Case counts, there is no negation, and names are bytes: one that is no UTF-8 matches as any other does.

mod class;

pub(crate) use class::Class;

use globset::{Candidate, ErrorKind, GlobBuilder, GlobSet, GlobSetBuilder};
use std::fmt;

/// Longer patterns are a mistake, or an attack on the compiler of patterns.
const MAX_LENGTH: usize = 1024;

/// A set of globs, compiled.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    /// Fit a file's own path.
    files: GlobSet,
    /// Fit a folder of which everything is covered.
    folders: GlobSet,
}

/// A glob that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobError {
    /// Which one of those that were given, from 0.
    pub index: usize,
    /// What is wrong, without the pattern's text: it may come from a file that holds a secret.
    pub why: &'static str,
}

impl fmt::Display for GlobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

impl std::error::Error for GlobError {}

impl Globs {
    /// Whether a pattern can be used, without the cost of compiling it.
    ///
    /// # Errors
    /// What is wrong with it, without its text.
    pub fn check(pattern: &str) -> Result<(), &'static str> {
        build(&Pattern::read(pattern)?.glob).map(|_| ())
    }

    /// Compiles patterns.
    ///
    /// # Errors
    /// The first one that does not compile.
    pub fn new<P: AsRef<str>>(patterns: &[P]) -> Result<Globs, GlobError> {
        let (mut files, mut folders) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for (index, pattern) in patterns.iter().enumerate() {
            let fail = |why| GlobError { index, why };
            let pattern = Pattern::read(pattern.as_ref()).map_err(fail)?;
            let own = build(&pattern.glob).map_err(fail)?;
            if !pattern.only_folders {
                files.add(own.clone());
            }
            folders.add(own);
            let below = if pattern.glob == "**" { pattern.glob } else { format!("{}/**", pattern.glob) };
            let below = build(&below).map_err(fail)?;
            files.add(below.clone());
            folders.add(below);
        }
        let whole = |set: GlobSetBuilder| {
            set.build()
                .map_err(|_| GlobError { index: patterns.len().saturating_sub(1), why: "the globs are too large" })
        };
        Ok(Globs { files: whole(files)?, folders: whole(folders)? })
    }

    /// Whether there is none; then nothing matches.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether one of them fits the path of a file (or symlink, or submodule): relative to the root, `/` between its
    /// parts, no leading `./`.
    pub fn matches(&self, path: &[u8]) -> bool {
        !self.is_empty() && self.files.is_match_candidate(&Candidate::from_bytes(path))
    }

    /// Whether one of them fits everything below the folder with this path, so that it need not be opened.
    pub fn covers_folder(&self, path: &[u8]) -> bool {
        !self.is_empty() && self.folders.is_match_candidate(&Candidate::from_bytes(path))
    }
}

/// What is scanned, by path: `include` and `exclude` together. The default keeps everything.
#[derive(Clone, Debug, Default)]
pub struct PathFilter {
    include: Globs,
    exclude: Globs,
}

impl PathFilter {
    /// With these two; an empty `include` takes everything, and `exclude` wins.
    pub fn new(include: Globs, exclude: Globs) -> Self {
        PathFilter { include, exclude }
    }

    /// Whether it keeps everything.
    pub fn is_everything(&self) -> bool {
        self.include.is_empty() && self.exclude.is_empty()
    }

    /// Whether a file is scanned, by its path relative to the root.
    pub fn keeps(&self, path: &[u8]) -> bool {
        (self.include.is_empty() || self.include.matches(path)) && !self.exclude.matches(path)
    }

    /// Whether nothing below the folder is scanned. (A folder that no `include` names can still hold what one names.)
    pub fn prunes(&self, folder: &[u8]) -> bool {
        self.exclude.covers_folder(folder)
    }
}

/// A pattern as written, translated: `glob` fits the path of what it names.
struct Pattern {
    glob: String,
    only_folders: bool,
}

impl Pattern {
    fn read(text: &str) -> Result<Pattern, &'static str> {
        if text.len() > MAX_LENGTH {
            return Err("the glob is longer than 1024 bytes");
        }
        if text.starts_with('!') {
            return Err(
                "a glob can't be negated with '!': use `include` and `exclude` (a name's own '!' is written '\\!')",
            );
        }
        let mut body = text.strip_prefix("./").unwrap_or(text);
        let mut only_folders = false;
        // Of `a/` and `a/**` both the folder is the thing named, and what is below it is covered anyway.
        while let Some(rest) = body.strip_suffix('/').or_else(|| body.strip_suffix("/**")) {
            (body, only_folders) = (rest, true);
        }
        let anchored = body.contains('/') || text.ends_with("/**");
        let body = match body.trim_start_matches('/') {
            "" if text.ends_with("/**") => "**",
            body => body,
        };
        if body.is_empty() || body == "." {
            return Err("the glob is empty (`**` fits everything)");
        }
        if body.split('/').any(|part| part == "..") {
            return Err("a glob can't hold '..': paths are those below the root");
        }
        let glob =
            if anchored || body.starts_with("**/") || body == "**" { body.to_owned() } else { format!("**/{body}") };
        Ok(Pattern { only_folders: only_folders && glob != "**", glob })
    }
}

fn build(glob: &str) -> Result<globset::Glob, &'static str> {
    let compile = |glob: &str| GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build();
    let as_written = compile(glob).map_err(|e| match e.kind() {
        ErrorKind::UnclosedClass => "the glob has '[' without ']' (a name's own '[' is written '\\[')",
        ErrorKind::InvalidRange(..) => "the glob has a range that runs backwards",
        ErrorKind::UnopenedAlternates => "the glob has '}' without '{' (a name's own '}' is written '\\}')",
        ErrorKind::UnclosedAlternates => "the glob has '{' without '}' (a name's own '{' is written '\\{')",
        ErrorKind::DanglingEscape => "the glob ends with a '\\' that escapes nothing",
        _ => "the glob can't be compiled",
    })?;
    if !glob.contains('[') {
        return Ok(as_written);
    }
    let translated = with_classes(glob).ok_or("the glob has a class between '[' and ']' that fits nothing")?;
    compile(&translated).map_err(|_| "the glob can't be compiled")
}

/// The glob with each class as [`Class`] has it; None where one fits nothing.
fn with_classes(glob: &str) -> Option<String> {
    let mut out = String::with_capacity(glob.len());
    let mut chars = glob.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '[' => out.push_str(&Class::read(&mut chars)?.as_glob()?),
            '\\' => out.extend(['\\', chars.next()?]),
            c => out.push(c),
        }
    }
    Some(out)
}

/// Whether a path fits a pattern as git's settings have it: as here, but braces are letters, and nothing is anchored.
pub(crate) fn fits_setting(pattern: &str, path: &[u8], any_case: bool) -> bool {
    let letters = pattern.replace('{', "\\{").replace('}', "\\}");
    let glob = GlobBuilder::new(&letters).literal_separator(true).case_insensitive(any_case).build();
    pattern.len() <= MAX_LENGTH
        && glob.is_ok_and(|g| g.compile_matcher().is_match_candidate(&Candidate::from_bytes(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, path: &[u8]) -> bool {
        Globs::new(&[pattern]).unwrap().matches(path)
    }

    #[test]
    fn a_name_fits_at_any_depth() {
        for path in ["a.pem", "x/a.pem", "x/y/a.pem"] {
            assert!(fits("*.pem", path.as_bytes()), "{path}");
        }
        assert!(!fits("*.pem", b"a.pem.txt"));
        assert!(!fits("*.pem", b"A.PEM"));
        assert!(fits("{vendor,dist}", b"x/dist/a.js"));
        assert!(fits(".env*", b"x/.env.local"));
    }

    #[test]
    fn no_class_fits_a_slash() {
        for pattern in ["src[!a]a.py", "src[^a]a.py", "src[.-0]a.py", "src[[:punct:]]a.py"] {
            assert!(!fits(pattern, b"src/a.py"), "{pattern}");
            assert!(fits(pattern, b"src.a.py"), "{pattern}");
        }
        assert!(fits("[!a]rc/**", b"src/x/y") && !fits("[!a]rc/**", b"arc/x") && fits("x[]]y", b"x]y"));
        assert!(Globs::new(&["a[/]b"]).is_err() && Globs::new(&["a[[:odd:]]"]).is_err());
    }

    #[test]
    fn a_path_is_anchored_at_the_root() {
        assert!(fits("docs/*.md", b"docs/a.md"));
        assert!(!fits("docs/*.md", b"x/docs/a.md"));
        assert!(!fits("docs/*.md", b"docs/x/a.md"));
        assert!(fits("docs/**/*.md", b"docs/x/y/a.md"));
        assert!(fits("docs/**/*.md", b"docs/a.md"));
        assert!(fits("**/docs/*.md", b"x/docs/a.md"));
        assert!(fits("/build", b"build/x") && !fits("/build", b"x/build"));
        assert!(fits("./src/a.rs", b"src/a.rs"));
        for all in ["**", "/**", "./**", "**/**", "**/*"] {
            assert!(fits(all, b"any/thing") && fits(all, b"x"), "{all}");
        }
        assert!(fits("*", b"any/thing"));
        assert!(fits("/*", b"top") && fits("/*", b"a/b"));
    }

    #[test]
    fn a_folder_covers_what_is_below_it() {
        assert!(fits("vendor", b"x/vendor/y/z.c"));
        assert!(fits("vendor", b"vendor"));
        assert!(fits("vendor/", b"x/vendor/y") && !fits("vendor/", b"x/vendor"));
        assert!(fits("a/b/", b"a/b/c") && !fits("a/b/", b"a/b") && !fits("a/b/", b"x/a/b/c"));
        assert!(fits("a/**", b"a/b") && !fits("a/**", b"a") && !fits("a/**", b"x/a/b"));
    }

    #[test]
    fn folders_are_pruned_when_all_of_them_is_covered() {
        let globs = Globs::new(&["vendor/", "a/**", "*.min.js", "x/y"]).unwrap();
        for folder in ["vendor", "q/vendor", "vendor/deep", "a", "a/b", "x/y"] {
            assert!(globs.covers_folder(folder.as_bytes()), "{folder}");
        }
        assert!(!globs.covers_folder(b"x") && !globs.covers_folder(b"q/a"));
    }

    #[test]
    fn names_are_bytes() {
        assert!(fits("*.key", b"x/\xff\xfe.key"));
        assert!(fits("x/?.key", b"x/\xff.key"));
        assert!(fits("caf\u{e9}", "caf\u{e9}/a".as_bytes()));
        assert!(fits("a b\nc", b"a b\nc"));
        assert!(fits("\\[x\\]", b"[x]") && fits("\\!x", b"!x"));
    }

    #[test]
    fn errors_say_which_and_not_what() {
        let planted = "s3cr3t";
        for (pattern, words) in [
            ("[s3cr3t", "']'"),
            ("{s3cr3t", "'}'"),
            ("s3cr3t}", "'{'"),
            ("s3cr3t\\", "escapes"),
            ("[z-a]s3cr3t", "backwards"),
            ("!s3cr3t", "negated"),
            ("../s3cr3t", "'..'"),
            ("", "empty"),
            ("/", "empty"),
            (".", "empty"),
        ] {
            let error = Globs::new(&["ok", pattern]).unwrap_err();
            assert_eq!((error.index, Globs::check(pattern)), (1, Err(error.why)));
            assert!(error.why.contains(words), "{pattern}: {}", error.why);
            assert!(!error.to_string().contains(planted));
        }
        assert!(Globs::new(&["{".repeat(1000)]).is_err());
        assert!(Globs::new(&["{a,".repeat(300) + &"}".repeat(300)]).is_err());
    }

    #[test]
    fn a_filter_keeps_what_is_included_and_not_excluded() {
        let filter = PathFilter::new(Globs::new(&["src"]).unwrap(), Globs::new(&["*.lock"]).unwrap());
        assert!(filter.keeps(b"src/a.rs"));
        assert!(!filter.keeps(b"src/a.lock") && !filter.keeps(b"docs/a.rs"));
        assert!(!filter.prunes(b"docs") && PathFilter::default().keeps(b"x"));
    }
}
