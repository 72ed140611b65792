//! What the reader has to know of a language to split its text: comments, quotes, what ends a statement. Told from
//! the file's name, or from its first bytes. Not a grammar: a wrong guess costs some structure and nothing else.

/// How a text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Brackets and statements.
    Code,
    /// JSON and its kin.
    Json,
    /// YAML.
    Yaml,
    /// `name = value` a line, perhaps with `[sections]`.
    Lines,
    /// Shell commands.
    Shell,
    /// Statements that end with a semicolon alone.
    Sql,
    /// Round brackets, atoms separated by white space.
    Lisp,
    /// XML, HTML.
    Markup,
    /// Rows of cells.
    Table,
    /// Markdown and other structured prose.
    Markdown,
    /// Text for people, logs, requests as sent: lines.
    Prose,
}

impl Family {
    /// Whether such a text can hold programs: in itself, or in its fences.
    pub fn has_code(self) -> bool {
        matches!(self, Family::Code | Family::Markdown | Family::Json | Family::Prose)
    }
}

/// What a dialect is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// How it is laid out.
    pub family: Family,
    /// Comment markers, a set of the `*_COMMENT` bits.
    pub(super) comments: u16,
    /// Whether a plain quoted string may run over line ends.
    pub(super) long_strings: bool,
    /// Whether `'` opens a string.
    pub(super) single: bool,
    /// The number of a list's first element.
    first: u8,
}

/// `#`
pub(super) const HASH: u16 = 1;
/// `//` and `/* */`
pub(super) const SLASH: u16 = 2;
/// `--`
pub(super) const DASH: u16 = 4;
/// `;`
pub(super) const SEMICOLON: u16 = 8;
/// `%`
pub(super) const PERCENT: u16 = 16;
/// `<!-- -->`
pub(super) const MARKUP: u16 = 32;
/// `'` at the beginning of a line, `REM`
pub(super) const BASIC: u16 = 64;
/// `!` at the beginning of a line
pub(super) const BANG: u16 = 128;
/// `"` at the beginning of a line
pub(super) const VIM: u16 = 256;
/// `(* *)`
pub(super) const STAR: u16 = 512;

impl Dialect {
    const fn new(family: Family, comments: u16, long_strings: bool, single: bool) -> Self {
        Dialect { family, comments, long_strings, single, first: 0 }
    }

    /// Text of which nothing is known.
    pub const UNKNOWN: Dialect = Dialect::new(Family::Code, HASH | SLASH | MARKUP, false, true);
    /// Text for people.
    pub const PROSE: Dialect = Dialect::new(Family::Prose, 0, false, true);
    /// How the language numbers the element at `index`.
    pub fn counted(self, index: usize) -> usize {
        index + usize::from(self.first)
    }

    const SHELL: Dialect = Dialect::new(Family::Shell, HASH, true, true);

    /// The dialect of a file, by its name (a path, any case) and its text.
    pub fn of(path: Option<&[u8]>, text: &[u8]) -> Dialect {
        let named = path.and_then(by_name);
        // The cells of a notebook, taken out of it.
        let cells = path.is_some_and(|p| p.ends_with(b".ipynb")) && text.trim_ascii_start().first() != Some(&b'{');
        if cells {
            return by_extension(b"py").unwrap_or(Dialect::UNKNOWN);
        }
        // Objective-C and Matlab have the same ending.
        let matlab = path.is_some_and(|p| p.ends_with(b".m"))
            && ![&b"@interface"[..], b"@implementation", b"@end", b"#import", b"#include"]
                .iter()
                .any(|w| memchr::memmem::find(&text[..text.len().min(4096)], w).is_some());
        if matlab {
            return Dialect { first: 1, ..Dialect::new(Family::Code, PERCENT, false, true) };
        }
        // Classes of Basic and of Apex have the same ending.
        if named.is_some_and(|d| d.comments == BASIC) && text[..text.len().min(4096)].contains(&b'{') {
            return Dialect::new(Family::Code, SLASH, false, true);
        }
        named.unwrap_or_else(|| by_text(text))
    }

    /// The dialect of a fenced block or an embedded document, by the name of its language.
    pub(super) fn named(language: &[u8]) -> Option<Dialect> {
        let lower = language.to_ascii_lowercase();
        let name = match lower.as_slice() {
            b"bash" | b"shell" | b"console" | b"sh-session" | b"shell-session" | b"zsh" => b"sh".as_slice(),
            b"python" | b"python3" | b"ipython" | b"pycon" => b"py",
            b"javascript" | b"node" => b"js",
            b"typescript" => b"ts",
            b"yaml" => b"yml",
            b"golang" => b"go",
            b"rust" => b"rs",
            b"ruby" => b"rb",
            b"csharp" | b"c#" => b"cs",
            b"kotlin" => b"kt",
            b"powershell" | b"pwsh" => b"ps1",
            b"elixir" => b"ex",
            b"dotenv" | b"env" => b"env",
            b"dockerfile" | b"docker" => b"dockerfile",
            other => other,
        };
        by_extension(name)
    }
}

fn by_name(path: &[u8]) -> Option<Dialect> {
    let name = path.rsplit(|b| matches!(b, b'/' | b'\\')).next().unwrap_or_default().to_ascii_lowercase();
    by_whole_name(&name).or_else(|| {
        // `config.yml.j2`, `.env.local`, `app.env.example`: what stands before says more.
        let mut parts = name.rsplit(|b| *b == b'.');
        (0..3).find_map(|_| parts.next().and_then(by_extension))
    })
}

fn by_whole_name(name: &[u8]) -> Option<Dialect> {
    let starts = |list: &[&[u8]]| list.iter().any(|p| name.starts_with(p));
    if starts(&[b".env", b"environment", b".npmrc", b".pypirc", b".netrc", b"authinfo", b".authinfo", b"_netrc"]) {
        return Some(Dialect::new(Family::Lines, HASH | SEMICOLON, false, true));
    }
    if starts(&[b"dockerfile", b"containerfile", b"makefile", b"gnumakefile", b"justfile", b"procfile", b"vagrantfile"])
        || name.ends_with(b"dockerfile") && !name.contains(&b' ')
    {
        return Some(Dialect::SHELL);
    }
    if starts(&[b".bash", b".zsh", b".profile", b".sh_history", b".envrc", b"fish_history"]) {
        return Some(Dialect::SHELL);
    }
    None
}

fn by_extension(ext: &[u8]) -> Option<Dialect> {
    let first = u8::from(matches!(
        ext,
        b"r" | b"rmd" | b"jl" | b"lua" | b"luau" | b"moon" | b"fish" | b"zsh" | b"f90" | b"f" | b"ahk"
    ));
    extension(ext).map(|d| Dialect { first, ..d })
}

#[rustfmt::skip]
fn extension(ext: &[u8]) -> Option<Dialect> {
    use Family::*;
    let d = Dialect::new;
    Some(match ext {
        b"py" | b"pyi" | b"pyw" | b"ipy" | b"nim" | b"gd" | b"sage" | b"mojo" | b"star" | b"bzl" => d(Code, HASH, false, true),
        b"rb" | b"rake" | b"gemspec" | b"ru" | b"cr" | b"ex" | b"exs" | b"pl" | b"pm" | b"r" | b"rmd" | b"jl" | b"coffee" => d(Code, HASH, true, true),
        b"php" | b"phtml" | b"inc" => d(Code, HASH | SLASH, true, true),
        b"js" | b"jsx" | b"mjs" | b"cjs" | b"ts" | b"tsx" | b"mts" | b"cts" | b"dart" | b"groovy" | b"gradle" | b"gvy" | b"qml" => d(Code, SLASH, false, true),
        b"java" | b"kt" | b"kts" | b"scala" | b"sc" | b"swift" | b"cs" | b"csx" | b"go" | b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp"
        | b"m" | b"mm" | b"zig" | b"v" | b"d" | b"sol" | b"proto" | b"css" | b"scss" | b"less" | b"jsonnet" | b"libsonnet" | b"cue" | b"odin" | b"hx" | b"as" | b"ino" | b"pde" | b"sas" | b"apex" | b"vala" => d(Code, SLASH, false, true),
        b"rs" | b"ml" | b"mli" | b"hs" | b"lhs" | b"elm" | b"purs" | b"fs" | b"fsx" | b"fsi" | b"adb" | b"ads" => {
            d(Code, match ext {
                b"hs" | b"lhs" | b"elm" | b"purs" | b"adb" | b"ads" => DASH,
                b"rs" => SLASH,
                _ => SLASH | STAR,
            }, matches!(ext, b"rs"), false)
        }
        b"lua" | b"moon" | b"luau" => d(Code, DASH, false, true),
        b"erl" | b"hrl" | b"tex" | b"pro" => d(Code, PERCENT, false, true),
        b"vb" | b"bas" | b"vbs" | b"cls" | b"frm" => d(Code, BASIC, false, false),
        b"vim" | b"nvim" => d(Code, VIM, false, true),
        b"f90" | b"f" | b"for" => d(Code, BANG, false, true),
        b"pas" | b"dpr" | b"pp" => d(Code, SLASH | STAR, false, true),
        b"nix" => d(Code, HASH, true, false),
        b"tf" | b"tfvars" | b"hcl" | b"nomad" | b"conf" | b"cfg" | b"cnf" | b"bru" | b"nginx" | b"vcl" => d(Code, HASH | if ext == b"bru" { 0 } else { SLASH }, false, true),
        b"json" | b"json5" | b"jsonc" | b"jsonl" | b"ndjson" | b"har" | b"geojson" | b"webmanifest" | b"map" | b"avsc" | b"ipynb" | b"code-workspace" => d(Json, SLASH, false, true),
        b"yml" | b"yaml" | b"eyaml" | b"sls" | b"raml" => d(Yaml, HASH, true, true),
        b"env" | b"envrc" | b"properties" | b"ini" | b"toml" | b"lock" | b"desktop" | b"service" | b"socket" | b"timer" | b"editorconfig" | b"reg" | b"inf" | b"rc" | b"prefs" | b"netrc" => {
            d(Lines, if ext == b"reg" { SEMICOLON } else { HASH | SEMICOLON | BANG }, false, true)
        }
        b"sh" | b"bash" | b"zsh" | b"ksh" | b"fish" | b"csh" | b"command" | b"dockerfile" | b"containerfile" | b"mk" | b"mak" | b"just" | b"tcl" => Dialect::SHELL,
        b"bat" | b"cmd" => d(Shell, BASIC, false, false),
        b"ps1" | b"psm1" | b"psd1" => d(Code, HASH, true, true),
        b"sql" | b"psql" | b"ddl" | b"dml" | b"cql" => d(Sql, DASH | SLASH, true, true),
        b"el" | b"lisp" | b"cl" | b"scm" | b"rkt" | b"clj" | b"cljs" | b"cljc" | b"edn" | b"fnl" | b"hy" => d(Lisp, SEMICOLON, true, false),
        b"xml" | b"html" | b"htm" | b"xhtml" | b"svg" | b"plist" | b"config" | b"csproj" | b"props" | b"targets" | b"xaml" | b"resx" | b"vue" | b"svelte"
        | b"jsp" | b"aspx" | b"rss" | b"xsd" | b"xsl" | b"xslt" | b"wsdl" | b"pom" | b"storyboard" | b"xib" | b"xcu" | b"fods" | b"fodt" | b"nuspec" | b"jmx" | b"mobileconfig" => d(Markup, MARKUP, true, true),
        b"csv" | b"tsv" | b"psv" => d(Table, 0, true, false),
        b"md" | b"markdown" | b"mdx" | b"qmd" => d(Markdown, MARKUP, false, true),
        b"rst" | b"txt" | b"log" | b"out" | b"err" | b"adoc" | b"asciidoc" | b"org" | b"eml" | b"mbox" | b"wiki" | b"trace" | b"srt" | b"vtt" | b"ics" | b"vcf" | b"prt" | b"lst" | b"rpt" | b"mail" | b"msg" | b"nfo" | b"text" => Dialect::PROSE,
        b"http" | b"rest" | b"hurl" => d(Prose, HASH, false, true),
        _ => return None,
    })
}

/// A guess from the text itself.
fn by_text(text: &[u8]) -> Dialect {
    let head = &text[..text.len().min(4096)];
    let first = head.iter().position(|b| !b.is_ascii_whitespace()).map_or(&head[..0], |i| &head[i..]);
    if let Some(line) = first.strip_prefix(b"#!") {
        return by_shebang(line);
    }
    match first.first() {
        Some(b'<') if first.get(1).is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'?' | b'!')) => {
            if first.starts_with(b"<?php") {
                return by_extension(b"php").unwrap_or(Dialect::UNKNOWN);
            }
            Dialect::new(Family::Markup, MARKUP, true, true)
        }
        Some(b'{') => Dialect::new(Family::Json, SLASH, false, true),
        Some(b'[') if first.get(1).is_some_and(|b| matches!(b, b'{' | b'"' | b'[' | b'\n' | b'\r')) => {
            Dialect::new(Family::Json, SLASH, false, true)
        }
        _ => by_lines(head),
    }
}

fn by_shebang(line: &[u8]) -> Dialect {
    let line = line.split(|b| *b == b'\n').next().unwrap_or_default();
    let has = |name: &[u8]| line.windows(name.len()).any(|w| w == name);
    let ext: &[u8] = if has(b"python") {
        b"py"
    } else if has(b"node") || has(b"deno") || has(b"bun") {
        b"js"
    } else if has(b"ruby") || has(b"perl") || has(b"elixir") || has(b"Rscript") {
        b"rb"
    } else if has(b"php") {
        b"php"
    } else {
        b"sh"
    };
    by_extension(ext).unwrap_or(Dialect::UNKNOWN)
}

/// Assignments in most lines, keys with colons, or sentences?
fn by_lines(head: &[u8]) -> Dialect {
    let (mut assigned, mut keyed, mut prose, mut all, mut ends) = (0, 0, 0, 0, 0);
    for line in head.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|l| !l.is_empty()).take(60) {
        let word = line.iter().take_while(|b| b.is_ascii_alphanumeric() || b"_-.\"'".contains(b)).count();
        let rest = &line[word..];
        all += 1;
        if matches!(line[0], b'#' | b'[' | b';') {
            continue;
        }
        ends += usize::from(matches!(line[line.len() - 1], b';' | b'{' | b'}' | b')' | b','));
        match rest.trim_ascii_start().first() {
            Some(b'=') if word > 0 => assigned += 1,
            Some(b':') if word > 0 && rest.get(1).is_none_or(|b| *b == b' ' || *b == b'\r') => keyed += 1,
            _ if line.starts_with(b"- ") => keyed += 1,
            _ => prose += usize::from(line.iter().filter(|b| **b == b' ').count() >= 4 && !line.contains(&b'(')),
        }
    }
    if all == 0 || ends * 3 > all {
        Dialect::UNKNOWN
    } else if keyed * 2 > all {
        Dialect::new(Family::Yaml, HASH, true, true)
    } else if assigned * 3 > all * 2 {
        Dialect::new(Family::Lines, HASH | SEMICOLON, false, true)
    } else if prose * 2 > all {
        Dialect::PROSE
    } else {
        Dialect::UNKNOWN
    }
}
