//! What a file's path says: how values are written in it, and how much is to be believed.

use crate::detect::Path;

/// How values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// A programming language: what has no quotes is a variable or a call.
    Code,
    /// JSON, TOML, HCL: values have quotes, others are numbers and references.
    Data,
    /// YAML: a value runs to the line's end.
    Yaml,
    /// INI, properties, .env, configuration files: a value runs to the line's end.
    Lines,
    /// Shells, Dockerfiles, makefiles, command lines: values are words.
    Shell,
    /// XML and HTML.
    Markup,
    /// Documents, mails, logs, messages.
    Prose,
    /// The path is not known, or says nothing.
    Unknown,
}

/// What the path of a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) syntax: Syntax,
    /// A test, fixture, example or document: what stands there is less often real.
    pub(super) tame: bool,
    /// Somebody else's published package: what stands there is known already.
    pub(super) foreign: bool,
    /// Words for people (translations) or styles: nothing there is a password.
    pub(super) labels: bool,
    /// PostgreSQL's password file: a format of its own.
    pub(super) password_file: bool,
    /// Lock files, checksums, test vectors: nothing there is a generic secret.
    pub(super) refused: bool,
}

impl Context {
    /// Every context that a path could give: one where it is known, and all syntaxes where it is not known yet, for
    /// whatever some path could lift to a finding must be one.
    pub(super) fn all(path: Path<'_>) -> Vec<Self> {
        let own = Self::of(path);
        if path != Path::Unknown {
            return vec![own];
        }
        use Syntax::{Code, Data, Lines, Markup, Prose, Shell, Unknown, Yaml};
        let with = |syntax| Context { syntax, password_file: syntax == Unknown, ..own };
        [Code, Data, Yaml, Lines, Shell, Markup, Prose, Unknown].map(with).to_vec()
    }

    pub(super) fn of(path: Path<'_>) -> Self {
        let none = Context {
            syntax: Syntax::Unknown,
            tame: false,
            foreign: false,
            labels: false,
            password_file: false,
            refused: false,
        };
        match path {
            Path::Known(path) => Self::of_path(&String::from_utf8_lossy(path).to_lowercase()),
            Path::None => Context { syntax: Syntax::Prose, ..none },
            Path::Unknown => none,
        }
    }

    fn of_path(path: &str) -> Self {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let ending = name.rsplit_once('.').map_or("", |(_, e)| e);
        Context {
            syntax: syntax(name, ending),
            tame: is_test(path) || folders.split('/').any(|f| TAME_FOLDERS.contains(&f)) || is_sample(name),
            foreign: folders.split('/').any(|f| FOREIGN_FOLDERS.contains(&f)),
            labels: LABEL_ENDINGS.contains(&ending)
                || folders.split('/').any(|f| LABEL_FOLDERS.contains(&f))
                || name.starts_with("messages") && matches!(ending, "properties" | "json" | "yml"),
            password_file: name.contains("pgpass"),
            refused: LOCK_ENDINGS.contains(&ending)
                || LOCK_NAMES.contains(&name)
                || folders.split('/').any(|f| f.contains("vectors"))
                || name.contains("vectors"),
        }
    }
}

/// Folders of tests, of what they read and of what they recorded.
const TEST_FOLDERS: [&str; 22] = [
    "test",
    "tests",
    "__tests__",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mock",
    "mocks",
    "__mocks__",
    "e2e",
    "cypress",
    "cassettes",
    "androidtest",
    "unittest",
    "unittests",
    "integrationtest",
];

/// Whether a path is that of test code: a key there is less often a real one.
pub(in crate::detect) fn is_test_code(path: &[u8]) -> bool {
    is_test(&String::from_utf8_lossy(path).to_lowercase())
}

/// The same of a path in lower case.
fn is_test(path: &str) -> bool {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let said = |part: &str| matches!(part, "test" | "tests" | "spec" | "mock");
    folders.split('/').any(|f| TEST_FOLDERS.contains(&f))
        || name.split('.').skip(1).any(said)
        || stem(name).split(['_', '-']).any(|part| said(part) || part == "conftest")
        || is_test_class(name, stem(name))
}

#[rustfmt::skip]
const TAME_FOLDERS: &[&str] = &[
    "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "tutorial", "tutorials", "snippets",
    "stories", "benches", "playground",
];

const FOREIGN_FOLDERS: [&str; 8] = [
    "vendor",
    "node_modules",
    "third_party",
    "site-packages",
    "dist-packages",
    "bower_components",
    "third-party",
    "external",
];

const LABEL_FOLDERS: [&str; 10] =
    ["locale", "locales", "i18n", "l10n", "lang", "langs", "translations", "translation", "languages", "lc_messages"];

const LABEL_ENDINGS: [&str; 13] =
    ["po", "pot", "arb", "xlf", "xliff", "strings", "resx", "css", "scss", "less", "svg", "sass", "styl"];

const LOCK_ENDINGS: [&str; 12] =
    ["lock", "sum", "rsp", "sha256", "sha512", "md5", "sig", "asc", "map", "pem", "crt", "ipynb_checkpoints"];

const LOCK_NAMES: [&str; 8] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "go.sum",
    "packages.lock.json",
    "pubspec.lock",
    "deno.lock",
    "project.assets.json",
];

/// Whether a file's name says that it is an example or a document.
fn is_sample(name: &str) -> bool {
    let ending = |part| matches!(part, "example" | "sample" | "dist" | "template" | "tmpl" | "stories" | "feature");
    let word =
        |part| matches!(part, "example" | "examples" | "sample" | "fixture" | "fixtures" | "readme" | "changelog");
    name.split('.').skip(1).any(ending) || stem(name).split(['_', '-']).any(word)
}

/// A file's name up to its first dot.
fn stem(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// `LoginTest.java`; in other languages a word that ends with "test" is more often `contest` or `latest`.
fn is_test_class(name: &str, stem: &str) -> bool {
    let classes = [".java", ".kt", ".cs", ".scala", ".php", ".swift", ".groovy"].iter().any(|e| name.ends_with(e));
    classes && (stem.ends_with("test") || stem.ends_with("tests"))
}

fn syntax(name: &str, ending: &str) -> Syntax {
    match ending {
        "py" | "pyi" | "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "java" | "kt" | "kts" | "go" | "rs" | "php"
        | "rb" | "cs" | "c" | "h" | "cc" | "cpp" | "hpp" | "cxx" | "m" | "mm" | "swift" | "dart" | "scala" | "ex"
        | "exs" | "erl" | "clj" | "cljs" | "pl" | "pm" | "lua" | "r" | "jl" | "hs" | "ml" | "fs" | "vb" | "vue"
        | "svelte" | "razor" | "cshtml" | "groovy" | "gradle" | "ino" | "nim" | "zig" | "d" | "pas" | "bas" | "sql"
        | "proto" | "graphql" | "sol" | "tcl" | "el" | "lisp" | "coffee" | "jsp" | "erb" | "twig" | "blade" | "asp"
        | "aspx" | "ipynb" => Syntax::Code,
        "json" | "json5" | "jsonc" | "toml" | "tf" | "tfvars" | "hcl" | "har" | "jsonl" | "ndjson" | "nix"
        | "bicep" => Syntax::Data,
        "yml" | "yaml" => Syntax::Yaml,
        "ini" | "cfg" | "conf" | "cnf" | "properties" | "env" | "config"
            if !(ending == "config" && name.len() > 7 && is_xml(name)) =>
        {
            Syntax::Lines
        }
        "config" | "xml" | "html" | "htm" | "xhtml" | "plist" | "csproj" | "props" | "xaml" | "wsdl" | "pom"
        | "xsd" | "rdp" => Syntax::Markup,
        "sh" | "bash" | "zsh" | "fish" | "ps1" | "psm1" | "psd1" | "bat" | "cmd" | "mk" | "dockerfile" | "exp"
        | "service" | "http" | "rest" => Syntax::Shell,
        "md" | "mdx" | "markdown" | "rmd" | "qmd" | "rst" | "adoc" | "txt" | "log" | "eml" | "org" | "tex" | "csv"
        | "tsv" | "out" | "text" => Syntax::Prose,
        _ => by_name(name),
    }
}

/// .NET's `web.config` and `app.config` are XML.
fn is_xml(name: &str) -> bool {
    matches!(name, "web.config" | "app.config" | "nuget.config" | "packages.config") || name.ends_with(".exe.config")
}

fn by_name(name: &str) -> Syntax {
    let bare = name.trim_start_matches('.');
    if bare.starts_with("env")
        || matches!(bare, "netrc" | "npmrc" | "pypirc" | "pgpass" | "my.cnf" | "credentials" | "config" | "boto")
    {
        return Syntax::Lines;
    }
    if bare.starts_with("dockerfile")
        || bare.starts_with("makefile")
        || bare.ends_with("rc")
        || bare.ends_with("profile")
        || bare.contains("history")
    {
        return Syntax::Shell;
    }
    if matches!(bare, "rakefile" | "gemfile" | "vagrantfile" | "jenkinsfile" | "podfile" | "fastfile") {
        return Syntax::Code;
    }
    Syntax::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Context {
        Context::of(Path::Known(path.into()))
    }

    #[test]
    fn paths_tell_syntax_and_trust() {
        assert_eq!(of("src/a.py").syntax, Syntax::Code);
        assert_eq!(of(".env.production").syntax, Syntax::Lines);
        assert_eq!(of("Web.config").syntax, Syntax::Markup);
        assert_eq!(of("haproxy.config").syntax, Syntax::Lines);
        assert_eq!(of("Dockerfile.dev").syntax, Syntax::Shell);
        assert_eq!(of("LICENSE").syntax, Syntax::Unknown);
        assert!(of("src/tests/a.py").tame && of("a_test.go").tame && of("a.spec.ts").tame && of(".env.example").tame);
        assert!(of("node_modules/a/b.js").foreign);
        assert!(
            of("LoginTest.java").tame && of("README.md").tame && !of("src/latest.py").tame && !of("contest.py").tame
        );
        assert!(of("go.sum").refused && of("yarn.lock").refused && !of("a.py").refused);
        assert!(of("locales/de.json").labels && of("x.po").labels && !of("a.json").labels);
    }
}
