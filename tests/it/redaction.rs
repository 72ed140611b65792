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
