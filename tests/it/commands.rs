//! The commands beside `scan`: what they say, and what they refuse.

use crate::support::{Sandbox, key, leaky, line};
use std::fs;

#[test]
fn explain_says_why_and_why_not() {
    let sandbox = leaky();
    sandbox.write("app.py", format!("import os\n{}checksum = \"{}\"\n", line(&key(5)), "0".repeat(32)));
    let done = sandbox.leakbreak(["explain", "app.py:2"]);
    assert_eq!(done.status, 0, "{done:?}");
    for word in [
        "app.py:2:",
        "mistral-api-key",
        "shape",
        "changes of class",
        "confidence",
        "because",
        "reported    yes",
        "fingerprint",
    ] {
        assert!(done.stdout.contains(word), "no {word}: {done:?}");
    }
    assert!(!done.stdout.contains(&key(5)));
    // What was refused is told with the same figures.
    sandbox.write("words.py", "x = 'MistralCompletionRequestV1Option'\n");
    let words = sandbox.leakbreak(["explain", "words.py:1"]);
    assert!(words.stdout.contains("it reads like words") && words.stdout.contains("wordiness"), "{words:?}");
    let none = sandbox.leakbreak(["explain", "app.py:1"]);
    assert!(none.status == 0 && none.stdout.contains("nothing here"), "{none:?}");
    // By its fingerprint, from any folder; also where only the history has it.
    let fingerprint = |path: &str| {
        let found = sandbox.leakbreak(["scan", "--format", "jsonl", path]).findings();
        found[0]["fingerprint"].as_str().unwrap().to_owned()
    };
    let (app, old) = (fingerprint("app.py"), fingerprint("old.py"));
    assert!(sandbox.leakbreak(["explain", &app]).stdout.contains("app.py:2:"));
    fs::remove_file(sandbox.path().join("old.py")).unwrap();
    let gone = sandbox.leakbreak(["explain", &old]);
    assert!(gone.status == 0 && gone.stdout.contains("in commit"), "{gone:?}");
    // What keeps it from being reported is said.
    let silenced = format!("# leakbreak:allow mistral-api-key -- made up\n{}", line(&key(6)));
    sandbox.write("quiet.py", silenced);
    let quiet = sandbox.leakbreak(["explain", "quiet.py:2"]);
    assert!(quiet.stdout.contains("reported    no: silenced by inline"), "{quiet:?}");
    let ignored = sandbox.leakbreak(["explain", "--ignore", "mistral-api-key", "app.py:2"]);
    assert!(ignored.stdout.contains("not selected"), "{ignored:?}");
    // A name that is a secret is not repeated.
    let name = format!("MISTRAL_API_KEY={}", key(8));
    sandbox.write(&name, "nothing\n");
    let named = sandbox.leakbreak(["explain", &format!("{name}:1")]);
    assert!(named.status == 0 && !named.stdout.contains(&key(8)), "{named:?}");
    sandbox.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert!(sandbox.leakbreak(["explain", "image.png:1"]).stdout.contains("not read: binary"));
}

#[test]
fn a_key_in_test_code_is_told_at_lower_confidence() {
    let sandbox = leaky();
    for (n, path) in ["src/app.py", "tests/app.py", "src/app.spec.ts", "test_app.py"].iter().enumerate() {
        sandbox.write(path, line(&key(70 + n as u64)));
        let found = sandbox.leakbreak(["scan", "--format", "jsonl", path]).findings();
        let expected = if n == 0 { "high" } else { "medium" };
        assert_eq!((found.len(), found[0]["confidence"].as_str()), (1, Some(expected)), "{path}");
    }
}

#[test]
fn rules_are_listed_shown_tested_and_begun() {
    let sandbox = Sandbox::new();
    for format in ["human", "markdown", "json"] {
        let list = sandbox.leakbreak(["rules", "list", "--format", format]);
        assert!(list.status == 0 && list.stdout.contains("mistral-api-key"), "{list:?}");
    }
    let list = sandbox.leakbreak(["rules", "list"]).stdout;
    let ids: Vec<_> = list.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert!(ids.is_sorted(), "{list}");
    let shown = sandbox.leakbreak(["rules", "show", "github-personal-access-token"]);
    assert!(shown.status == 0 && shown.stdout.contains("found in"), "{shown:?}");
    assert_eq!(sandbox.leakbreak(["rules", "test"]).status, 0);
    let template = sandbox.leakbreak(["rules", "new"]).stdout;
    sandbox.write("mine/acme.toml", &template);
    let good = sandbox.leakbreak(["rules", "test", "mine"]);
    assert!(good.status == 0 && good.stdout.contains("0 failed"), "{good:?}");
    let other = template.replace("acme_key = \"acme_live_Zq", "acme_key = \"acme_test_Zq");
    assert_ne!(other, template);
    sandbox.write("mine/acme.toml", other);
    let bad = sandbox.leakbreak(["rules", "test", "mine/acme.toml"]);
    assert!(bad.status == 1 && bad.stdout.contains("acme.toml: rule acme-api-key: example 1"), "{bad:?}");
    // What a file gets wrong is told by file, rule and field, whichever command reads it.
    let head = "provider = \"Acme\"\n[[rule]]\nid = \"acme-key\"\ntitle = \"Acme key\"\nseverity = \"high\"\n";
    for (rest, field) in [
        ("pattern = \"(\"\n", "`pattern`"),
        ("pattern = \"acme-[a-z]+\"\n", "`pattern`"),
        ("pattern = '(?<secret>(x{999}){999})'\n", "`pattern`"),
        ("tokn = 1\n", "`token`"),
        ("token = { alphabet = \"A-Z\", length = 32 }\n", "evidence"),
        ("token = { alphabet = \"A-Z\", length = 32 }\n[rule.evidence]\nnmes = []\n", "`names`"),
    ] {
        sandbox.write("mine/acme.toml", format!("{head}{rest}"));
        for args in
            [&["rules", "test", "mine"][..], &["rules", "list", "--rules", "mine"], &["scan", "--rules", "mine", "-"]]
        {
            let wrong = sandbox.leakbreak(args);
            assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""), "{rest} {args:?}: {wrong:?}");
            for word in ["acme.toml:", "rule acme-key", field] {
                assert!(wrong.stderr.contains(word), "{rest} {args:?}: no {word}: {wrong:?}");
            }
        }
    }
    sandbox.write("mine/acme.toml", template.replace("severity", "sevrity"));
    let broken = sandbox.leakbreak(["rules", "test", "mine"]);
    assert!(
        broken.status == 2 && broken.stderr.contains("acme.toml") && broken.stderr.contains("severity"),
        "{broken:?}"
    );
}

#[test]
fn completions_and_manual_pages() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let done = sandbox.leakbreak(["completions", shell]);
        assert!(done.status == 0 && done.stdout.contains("leakbreak"), "{shell}: {done:?}");
    }
    let page = sandbox.leakbreak(["man", "hook", "install"]);
    assert!(page.status == 0 && page.stdout.contains(".TH leakbreak-hook-install"), "{page:?}");
    assert!(sandbox.leakbreak(["man"]).stdout.contains(".SH NAME"));
}
