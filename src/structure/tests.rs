//! Properties of the reader: it bears anything, and what it says lies within the text.

use super::*;
use proptest::prelude::*;

const NAMES: [&str; 16] = [
    "a.py", "a.yml", "a.json", "a.env", "a.sh", "a.sql", "a.md", "a.html", "a.csv", "a.el", "a.rs", "a.toml", "a.txt",
    "a.ps1", "a.hs", "a.bat",
];

fn read(text: &[u8], name: &str) -> Structure<'static> {
    Structure::new(Tree::read(text.to_vec(), Dialect::of(Some(name.as_bytes()), text)))
}

fn check(text: &[u8], name: &str) {
    let s = read(text, name);
    let tree = &s.tree;
    let mut last = 0;
    for id in 0..tree.len() as Id {
        let node = tree.node(id);
        assert!(node.start <= node.end && node.end as usize <= text.len(), "{name}: {node:?}");
        assert!(node.start >= last, "{name}: nodes are in the order of the text");
        last = node.start;
        assert!(node.after > id && node.after as usize <= tree.len());
        let parent = tree.node(node.parent);
        assert!(id == 0 || node.parent < id && parent.after >= node.after, "{name}: {node:?}");
        assert!(node.start >= parent.start && node.end <= parent.end, "{name}: {node:?} {parent:?}");
        let _ = tree.content(id);
    }
    for id in 0..tree.len() as Id {
        if tree.kind(id).is_container() {
            let holding = s.holding(id);
            let row = tree.kind(id) == Kind::Row;
            assert!(holding.items.iter().all(|r| (r.start < r.end || row) && r.end <= holding.kids.len()), "{name}");
            assert!(holding.items.windows(2).all(|w| w[0].end <= w[1].start), "{name}");
        }
        for found in s.names(id) {
            assert!(found.span.start <= found.span.end && found.span.end <= text.len());
        }
        s.head(id);
        s.place(id);
    }
    for offset in 0..text.len() {
        assert!(tree.span(tree.at(offset)).contains(&offset) || tree.at(offset) == 0);
    }
}

/// Pieces of which broken text is made.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "\n",
        "\n  ",
        "\n    ",
        "\n\n",
        " ",
        "\t",
        "- ",
        "# ",
        "// ",
        "/* ",
        " */",
        "-- ",
        "; ",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        "\"",
        "'",
        "`",
        "\"\"\"",
        "\\",
        "\\n",
        "\\\"",
        "key",
        "Name",
        "x.y",
        "=",
        ":",
        " => ",
        ":=",
        ",",
        ";",
        "<a b=\"",
        "<a>",
        "</a>",
        "/>",
        ">",
        "<!-- ",
        "-->",
        "|",
        "$",
        "${",
        "@",
        "https://h.example/p?q=1",
        "<<EOF\n",
        "EOF",
        "```py\n",
        "```",
        "[section]",
        "## Title",
        "é",
        "“",
        "\u{3000}",
        "%",
        "&&",
        "::",
        "->",
        "--flag",
        "\r\n",
        "\u{0}",
        "VALUES",
        "INSERT INTO",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn bears_any_bytes(text in proptest::collection::vec(any::<u8>(), 0..300), n in 0..NAMES.len()) {
        check(&text, NAMES[n]);
    }

    #[test]
    fn bears_broken_text(pieces in proptest::collection::vec(piece(), 0..80), n in 0..NAMES.len()) {
        check(pieces.concat().as_bytes(), NAMES[n]);
    }
}

#[test]
fn a_million_brackets() {
    for bracket in ["(", "[", "{", "<a>", "\"'", "- ", "(\n", "{\n "] {
        let text = bracket.repeat(1_000_000 / bracket.len());
        for name in ["a.js", "a.yml"] {
            let s = read(text.as_bytes(), name);
            let last = s.tree.at(text.len() - 1);
            assert!(s.tree.ancestors(last).count() < 300);
        }
    }
}

#[test]
fn items_of_the_common_layouts() {
    for (name, text, expected) in [
        ("a.js", "f({a: 1, b: 'x', // last\n c: [1,2]})", 1),
        ("a.py", "a = 1\nb = (2,\n  3)\nif x:\n  y\n", 3),
        ("a.yml", "a: 1\nb:\n- c: 1\n  d: 2\n- e\nf: 3\n", 3),
        ("a.env", "A=1;2\nB=2 # x\n\nC='a b'\n", 3),
        ("a.sql", "INSERT INTO t (a)\n  VALUES (1),\n  (2);\nSELECT 1;\n", 2),
    ] {
        let s = read(text.as_bytes(), name);
        let solid = s.holding(0).items.len();
        assert_eq!(solid, expected, "{name}: {text}");
    }
}

fn names_of(name: &str, text: &str) -> Vec<String> {
    let s = read(text.as_bytes(), name);
    let at = text.find("TOKEN").unwrap();
    let mut id = s.tree.at(at);
    loop {
        let names: Vec<String> = s.names(id).into_iter().map(|n| text[n.span].to_owned()).collect();
        if !names.is_empty() || id == 0 {
            return names;
        }
        id = s.tree.parent(id).unwrap_or(0);
    }
}

#[test]
fn names_to_the_left() {
    for (name, text, expected) in [
        ("a.py", "api_key: str = \"TOKEN\"", "api_key"),
        ("a.py", "os.environ[\"KEY\"] = \"TOKEN\"", "KEY"),
        ("a.go", "url, tok := \"x\", \"TOKEN\"", "tok"),
        ("a.ts", "const k = process.env.KEY ?? \"TOKEN\"", "process.env.KEY k"),
        ("a.py", "k = os.getenv(\"KEY\") or \"TOKEN\"", "KEY k"),
        ("a.sh", "export KEY=TOKEN", "KEY"),
        ("a.bat", "setx KEY \"TOKEN\"", "KEY"),
        ("a.rs", "const KEY: &'static str = \"TOKEN\";", "KEY"),
        ("a.http", "Authorization: Bearer TOKEN", "Authorization"),
        ("Makefile", "t: KEY = TOKEN", "KEY t"),
        ("a.json", "{\"a\": {\"b\": \"TOKEN\"}}", "b"),
    ] {
        let found = names_of(name, text).join(" ");
        assert!(
            found.ends_with(expected.split(' ').next_back().unwrap())
                && found.contains(expected.split(' ').next().unwrap()),
            "{text}: {found}"
        );
    }
}
