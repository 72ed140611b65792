//! Redaction: no planted secret anywhere, whatever is asked for.

use crate::support::{Sandbox, key, line};

const FORMATS: [&str; 5] = ["human", "json", "jsonl", "sarif", "github"];

/// A repository with secrets in lines, a name, a message, a branch, a tag, a note and the configuration.
fn planted() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::repository();
    let keys: Vec<String> = (1..=6).map(key).collect();
    let password = ["Zq8-vv7K", "p2LmN"].concat();
    sandbox.write("a.py", format!("{}db_password = \"{password}\" # {}\n", line(&keys[0]), line(&keys[1])));
    sandbox.write(format!("mistral_api_key={}.txt", keys[2]), format!("password = \"{password}\"\n"));
    sandbox.commit(&format!("MISTRAL_API_KEY=\"{}\"", keys[3]));
    sandbox.git(["branch", &format!("mistral_api_key={}", keys[4])]);
    sandbox.git(["tag", "-a", "v1", "-m", &line(&keys[5])]);
    sandbox.git(["notes", "add", "-m", &line(&keys[0])]);
    sandbox.git(["config", "remote.o.url", &format!("https://bob:{password}@db.corp-internal.net/x")]);
    sandbox.write("b.py", format!("{}db_password = \"{password}\"\n", line(&keys[1])));
    sandbox.git(["add", "-A"]);
    (sandbox, [keys, vec![password]].concat())
}

#[test]
fn no_format_source_or_selection_shows_a_secret() {
    let (sandbox, secrets) = planted();
    let selections: [&[&str]; 5] = [
        &["--verbose", "--timings", "--show-suppressed"],
        &["--select", "mistral-api-key", "--quiet"],
        &["--select", "generic-password", "--min-confidence", "low"],
        &["--select", "url-credentials"],
        &["--ignore", "mistral-api-key", "--min-confidence", "low", "--no-inline"],
    ];
    for source in [&["."][..], &["--staged"], &["--history", "--unreachable"], &["--range", "HEAD"]] {
        for format in FORMATS {
            for selection in selections {
                let args = [&["scan", "--format", format][..], source, selection].concat();
                let done = format!("{:?}", sandbox.leakbreak(&args));
                for secret in &secrets {
                    assert!(!done.contains(secret), "{args:?}: {done}");
                }
            }
        }
    }
}

#[test]
fn a_redacted_value_shows_an_eighth_at_most() {
    let (sandbox, _) = planted();
    for finding in sandbox.leakbreak(["scan", "--format", "jsonl", "--reveal", "."]).findings() {
        let (secret, redacted) = (finding["secret"].as_str().unwrap(), finding["redacted"].as_str().unwrap());
        let shown = redacted.chars().filter(|c| *c != '*').count();
        let most = if secret.chars().count() < 16 { 0 } else { secret.chars().count() / 8 };
        assert!(shown <= most, "{redacted}");
    }
}

#[test]
fn a_message_that_repeats_a_reflog_is_one_finding() {
    let sandbox = Sandbox::repository();
    sandbox.commit(line(&key(1)).trim());
    let done = sandbox.leakbreak(["scan", "--history", "--format", "jsonl"]);
    let origins: Vec<_> = done.findings().iter().map(|f| f["origin"].clone()).collect();
    assert_eq!(origins, ["message"], "{done:?}");
}

/// What a user typed is repeated in a message, and what a file is called.
#[test]
fn messages_repeat_no_secret() {
    let sandbox = Sandbox::repository();
    let token = ["ghp", "_9382DFFX1Kvzq2TQmNmClrKboZzu3g4A6Li3"].concat();
    let name = format!("MISTRAL_API_KEY={}.txt", key(3));
    sandbox.write(&name, "nothing\n");
    sandbox.write(format!("d-{token}/x"), "nothing\n");
    sandbox.commit("Start");
    for args in [
        vec!["scan".to_owned(), format!("gone-{token}")],
        vec!["scan".into(), "--range".into(), format!("{token}..HEAD")],
        vec!["scan".into(), "--config".into(), format!("{token}.toml")],
        vec!["scan".into(), "--output".into(), format!("no/{token}/x")],
        vec!["scan".into(), "--since".into(), token.clone()],
        vec!["scan".into(), "--max-size".into(), token.clone()],
        vec!["scan".into(), format!("--{token}")],
        vec!["rules".into(), "show".into(), token.clone()],
        vec!["explain".into(), format!("{name}:9")],
        vec!["explain".into(), format!("d-{token}:1")],
    ] {
        let done = sandbox.leakbreak(&args);
        assert_eq!(done.status, 2, "{args:?}: {done:?}");
        assert!(!done.stderr.contains(&token) && !done.stderr.contains(&key(3)), "{args:?}: {done:?}");
    }
}

/// The branch is named in no finding of its own where its name alone holds the secret and the tree is scanned.
#[test]
fn a_branch_that_is_called_like_a_secret_is_told_without_it() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.txt", "nothing\n");
    sandbox.commit("Start");
    let token = ["ghp", "_9382DFFX1Kvzq2TQmNmClrKboZzu3g4A6Li3"].concat();
    sandbox.git(["checkout", "-q", "-b", &format!("b/{token}")]);
    for source in [".", "--staged", "--history", "--range=HEAD"] {
        for format in ["human", "json", "jsonl", "sarif", "github"] {
            let done = sandbox.leakbreak(["scan", "--format", format, source]);
            assert!(!format!("{done:?}").contains(&token), "{source} {format}: {done:?}");
        }
    }
}
