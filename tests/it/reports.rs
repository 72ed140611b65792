//! Reports: what travels says nothing of the machine, and what a name holds never acts.

use crate::support::{Run, Sandbox, key, line, run};
use serde_json::Value;

fn sarif(sandbox: &Sandbox, args: &[&str], stdin: &str) -> Value {
    let done = sandbox.leakbreak_with([&["scan", "--format", "sarif"], args].concat(), stdin.as_bytes());
    serde_json::from_str(&done.stdout).unwrap_or_else(|e| panic!("{e}: {done:?}"))
}

fn uris(document: &Value) -> Vec<&str> {
    let results = document["runs"][0]["results"].as_array().unwrap();
    results.iter().filter_map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str()).collect()
}

/// Whatever is scanned, however it is named, and whether it could be read.
#[test]
fn sarif_holds_no_absolute_path() {
    for sandbox in [Sandbox::new(), Sandbox::repository()] {
        sandbox.write("sub/a.py", line(&key(1)));
        sandbox.write("sub/image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        std::os::unix::fs::symlink("/nowhere/at/all", sandbox.path().join("sub/link")).unwrap();
        std::os::unix::net::UnixListener::bind(sandbox.path().join("sub/socket")).unwrap();
        let top = sandbox.path().to_string_lossy().into_owned();
        let machine = sandbox.root().to_string_lossy().into_owned();
        for argument in [top.clone(), format!("{top}/sub"), format!("{top}//sub/./"), format!("{top}/sub/a.py")] {
            let document = sarif(&sandbox, &[&argument], "");
            assert!(!document.to_string().contains(&machine), "{argument}: {document}");
            assert_eq!(uris(&document).len(), 1, "{argument}");
            assert!(uris(&document)[0].ends_with("a.py"), "{argument}: {document}");
        }
    }
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    sandbox.commit("Add");
    let id = sandbox.git(["rev-parse", "HEAD:a.py"]);
    std::fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let machine = sandbox.root().to_string_lossy().into_owned();
    for source in ["--history", "--staged"] {
        let document = sarif(&sandbox, &[source, &sandbox.path().to_string_lossy()], "");
        assert!(!document.to_string().contains(&machine), "{source}: {document}");
    }
    for name in ["/abs/x.py", "../../x.py", "//x.py"] {
        let document = sarif(&sandbox, &["--stdin-name", name, "-"], &line(&key(2)));
        assert!(matches!(uris(&document)[..], ["x.py" | "abs/x.py"]), "{name}: {document}");
    }
}

#[test]
fn two_secrets_on_a_line_are_two_results() {
    let sandbox = Sandbox::repository();
    for text in [
        format!("MISTRAL_API_KEY = \"{}\"; OTHER_MISTRAL_API_KEY = \"{}\"\n", key(1), key(2)),
        format!("MISTRAL_API_KEY_1={} MISTRAL_API_KEY_2={}\n", key(1), key(2)),
        format!("a, b = Mistral(api_key='{}'), Mistral(api_key='{}')\n", key(1), key(2)),
    ] {
        sandbox.write("a.py", &text);
        let document = sarif(&sandbox, &["."], "");
        let results = document["runs"][0]["results"].as_array().unwrap();
        assert_eq!(results.len(), 2, "{text}: {document}");
        assert_ne!(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
        let shown = document.to_string();
        assert!(!shown.contains(&key(1)) && !shown.contains(&key(2)), "{shown}");
    }
}

#[test]
fn a_remote_with_credentials_is_told_without_them() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.txt", "nothing\n");
    sandbox.commit("Start");
    let secret = key(9);
    sandbox.git(["remote", "add", "origin", "x"]);
    for (url, told) in [
        (format!("https://user:{secret}@example.org/x.git"), Some("https://example.org/x.git")),
        (format!("https://{secret}@example.org/x"), Some("https://example.org/x")),
        (format!("https://example.org/x?private_token={secret}#{secret}"), Some("https://example.org/x")),
        (format!("https://user:p@ss{secret}@example.org/x"), Some("https://example.org/x")),
        ("git@example.org:x/y.git".into(), Some("ssh://example.org/x/y.git")),
        ("/srv/git/x.git".into(), None),
        ("file:///srv/git/x.git".into(), None),
    ] {
        sandbox.git(["remote", "set-url", "origin", &url]);
        let document = sarif(&sandbox, &["."], "");
        let uri = document["runs"][0]["versionControlProvenance"][0]["repositoryUri"].as_str();
        assert_eq!(uri, told, "{url}");
        assert!(!document.to_string().contains(&secret), "{document}");
    }
}

/// Names that look like options, commands, addresses or places; each exactly once, in each format.
#[test]
fn odd_names_are_told_and_do_nothing() {
    let sandbox = Sandbox::repository();
    let names = [
        "a b.py",
        "a%b.py",
        "a::b,c=d.py",
        "x\n::error::y.py",
        "c:/x.py",
        "dir:1/x.py",
        "\u{1b}[31mx.py",
        "##[error]x.py",
        "-",
        "--x.py",
    ];
    for (n, name) in (0..).zip(names) {
        sandbox.write(name, line(&key(n)));
    }
    sandbox.commit("Names");
    for source in [".", "--history"] {
        let of = |format: &str| -> Run { sandbox.leakbreak(["scan", "--format", format, source]) };
        let mut paths: Vec<_> = of("jsonl").findings().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
        let mut expected = names.map(str::to_owned).to_vec();
        paths.sort();
        expected.sort();
        assert_eq!(paths, expected);
        for format in ["human", "json", "jsonl", "sarif", "github"] {
            let shown = of(format).stdout;
            assert!(!shown.contains('\u{1b}') && !shown.contains("##["), "{format}: {shown}");
            let commands = shown.lines().filter(|l| l.starts_with("::")).count();
            assert_eq!(commands, if format == "github" { names.len() + 1 } else { 0 }, "{format}: {shown}");
        }
        assert!(of("github").stdout.contains("file=a%3A%3Ab%2Cc=d.py,line=1"), "{:?}", of("github"));
        assert!(uris(&sarif(&sandbox, &[source], "")).contains(&"c%3A/x.py"));
    }
}

/// Who silenced a finding and why stands in every format that shows it.
#[test]
fn what_is_silenced_says_by_whom_and_why() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    assert_eq!(sandbox.leakbreak(["baseline", "create", "--reason", "known since spring"]).status, 0);
    for format in ["human", "json", "jsonl", "sarif", "github"] {
        let done = sandbox.leakbreak(["scan", "--show-suppressed", "--format", format, "."]);
        assert_eq!(done.status, 0, "{format}: {done:?}");
        for word in ["baseline", "known since spring"] {
            assert!(done.stdout.contains(word), "{format}: no {word}: {done:?}");
        }
        let without = sandbox.leakbreak(["scan", "--format", format, "."]).stdout;
        assert!(format == "sarif" || !without.contains("known since spring"), "{format}: {without}");
    }
}

/// A commit of so many days ago.
fn commit_days_ago(sandbox: &Sandbox, days: u64, message: &str) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let date = format!("@{} +0000", now - days * 24 * 60 * 60 - 60);
    sandbox.git(["add", "-A"]);
    let mut commit = sandbox.command("git");
    commit.env("GIT_AUTHOR_DATE", &date).env("GIT_COMMITTER_DATE", &date).args(["commit", "-q", "-m", message]);
    assert_eq!(run(&mut commit, b"").status, 0);
}

/// Of a key in a history: since when, whether it is still there, and that its removal is no remedy.
#[test]
fn a_key_in_a_history_is_told_with_its_exposure() {
    let sandbox = Sandbox::repository();
    sandbox.write("gone.py", line(&key(1)));
    commit_days_ago(&sandbox, 400, "Old");
    std::fs::remove_file(sandbox.path().join("gone.py")).unwrap();
    sandbox.write("here.py", line(&key(2)));
    commit_days_ago(&sandbox, 30, "New");
    sandbox.write("later.py", line(&key(2)));
    commit_days_ago(&sandbox, 1, "Again");
    commit_days_ago_message(&sandbox);
    let shown = sandbox.leakbreak(["scan", "--history"]).stdout;
    let exposed: Vec<_> =
        shown.lines().filter_map(|l| l.trim().strip_prefix("= exposed: first committed on ")).collect();
    let after = |line: &str| line.split_once(", ").map(|(_, rest)| rest.to_owned()).unwrap();
    let words: Vec<_> = exposed.iter().map(|line| after(line)).collect();
    let gone = "400 days ago; no longer in HEAD, and in the history all the same";
    assert_eq!(words, ["less than a day ago", gone, "30 days ago; still in HEAD"], "{shown}");
    assert_eq!(shown.matches("removing it from the history does not un-leak it.").count(), 3, "{shown}");
    let machine = sandbox.leakbreak(["scan", "--history", "--format", "jsonl"]);
    for finding in machine.findings() {
        let told = finding["remediation"].as_str().unwrap();
        let head = if finding["in_head"] == true { "still in HEAD" } else { "no longer in HEAD" };
        let named = finding["path"].is_null() || told.contains(head);
        assert!(told.starts_with("Exposed since 20") && told.contains("un-leak") && named, "{told}");
    }
    // A tree says nothing of commits, and a report for machines holds no time.
    assert!(!sandbox.leakbreak(["scan", "."]).stdout.contains("exposed:") && !machine.stdout.contains("days ago"));
}

fn commit_days_ago_message(sandbox: &Sandbox) {
    sandbox.git(["commit", "-q", "--allow-empty", "-m", line(&key(3)).trim()]);
}

/// What to do is short, exact, and for each kind of Mistral key its own; in SARIF it is a list in Markdown.
#[test]
fn what_to_do_is_told_in_steps() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.env", format!("MISTRAL_API_KEY={}\n", key(1)));
    sandbox.write("b.env", format!("CODESTRAL_API_KEY={}\n", key(2)));
    sandbox.write("c.env", format!("MISTRAL_ADMIN_API_KEY={}\n", key(3)));
    let consoles = ["console.mistral.ai/api-keys", "console.mistral.ai/codestral", "admin.mistral.ai"];
    let words =
        ["Revoke it at once", "expiration date", "secret store", "otate", "environment", "billed to the organization"];
    let document = sarif(&sandbox, &["."], "");
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 3);
    for (finding, console) in sandbox.leakbreak(["scan", "--format", "jsonl"]).findings().iter().zip(consoles) {
        let told = finding["remediation"].as_str().unwrap();
        let rule = rules.iter().find(|rule| rule["id"] == finding["rule"]).unwrap();
        let help = rule["help"]["markdown"].as_str().unwrap();
        for text in [told, help, rule["help"]["text"].as_str().unwrap()] {
            for word in words.into_iter().chain([console]) {
                assert!(text.contains(word), "{}: no {word}: {text}", finding["rule"]);
            }
        }
        assert!(help.contains("\n1. Revoke it at once") && help.contains("\n5. "), "{help}");
        assert!(help.contains("does not un-leak it") && told.len() < 600, "{told}");
    }
}
