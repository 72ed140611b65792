//! Who may say where a key is sent: flags and the user's own configuration, and nobody else.

use super::{Host, MODELS, answer, head, one_key, told, verify};
use crate::support::{Sandbox, key, run};
use std::io::Write;
use std::net::TcpListener;

/// Variables that other programs obey send nothing anywhere.
#[test]
fn the_environment_has_no_say() {
    let (sandbox, host, proxy) = (one_key(), Host::saying(200, MODELS), Host::saying(200, MODELS));
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, proxy.url());
    }
    let log = sandbox.root().join("keys.log");
    command.env("SSLKEYLOGFILE", &log).env("RUST_LOG", "trace");
    command.args(["scan", "--format", "jsonl", "--verify", "--verify-endpoint", &host.url()]);
    let done = run(&mut command, b"");
    assert_eq!((told(&done).split(':').next(), proxy.heads().len()), (Some("live"), 0), "{done:?}");
    assert!(!log.exists() && !done.stderr.contains(&key(1)));
    assert_eq!(host.heads().len(), 1);
}

#[test]
fn a_proxy_that_is_named_is_gone_through() {
    let (sandbox, host) = (one_key(), Host::saying(200, MODELS));
    let proxy = Host::new(|_| answer(403, "", ""));
    let done = verify(&sandbox, &host, &["--verify-proxy", &proxy.url()]);
    assert!(told(&done).starts_with("unknown: the proxy"), "{}", told(&done));
    assert_eq!((proxy.heads().len(), host.heads().len()), (1, 0));
    assert!(proxy.heads()[0].starts_with(&format!("CONNECT {} ", host.address)), "{:?}", proxy.heads());
    assert!(!proxy.heads()[0].contains(&key(1)));
}

/// Through the tunnel the question is the same; the proxy's own password goes to the proxy alone, and is never shown.
#[test]
fn a_proxy_lets_the_question_through() {
    let sandbox = one_key();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://user:hunter2@{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let connect = head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        let asked = head(&mut stream);
        stream.write_all(&answer(200, "", MODELS)).unwrap();
        (connect, asked)
    });
    let endpoint = "http://127.0.0.1:1";
    let args = ["scan", "--format", "jsonl", "--verify", "--verify-endpoint", endpoint, "--verify-proxy", &proxy];
    let done = sandbox.leakbreak(args);
    assert!(told(&done).starts_with("live: it sees 3 models"), "{done:?}");
    let (connect, asked) = server.join().unwrap();
    assert!(
        connect.starts_with("CONNECT 127.0.0.1:1 ") && connect.contains("Proxy-Authorization: Basic "),
        "{connect}"
    );
    assert!(
        !connect.contains(&key(1)) && asked.contains(&key(1)) && !asked.to_lowercase().contains("proxy"),
        "{asked}"
    );
    assert!(!format!("{done:?}").contains("hunter2"), "{done:?}");
}

#[test]
fn the_users_own_configuration_names_an_endpoint_and_a_repositorys_may_not() {
    let (sandbox, mine, flag) = (one_key(), Host::saying(200, MODELS), Host::saying(401, ""));
    let folder = sandbox.root().join("home/.config/leakbreak");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), format!("[verify]\nendpoint = \"{}\"\n", mine.url())).unwrap();
    let done = sandbox.leakbreak(["scan", "--format", "jsonl", "--verify"]);
    assert!(told(&done).starts_with("live"), "{done:?}");
    verify(&sandbox, &flag, &[]);
    assert_eq!((mine.heads().len(), flag.heads().len()), (1, 1), "the flag goes before");

    for text in [
        format!("[verify]\nendpoint = \"{}\"\n", flag.url()),
        format!("[verify]\nproxy = \"{}\"\n", flag.url()),
        "[verify]\n".to_owned(),
    ] {
        sandbox.write(".leakbreak.toml", text);
        for args in [&["scan", "--verify"][..], &["scan"], &["scan", "--config", ".leakbreak.toml", "--verify"]] {
            let done = sandbox.leakbreak(args);
            assert_eq!(done.status, 2, "{args:?}: {done:?}");
            assert!(
                done.stderr.contains("where keys are sent") && done.stderr.contains(".leakbreak.toml:"),
                "{done:?}"
            );
        }
    }
    assert_eq!((mine.heads().len(), flag.heads().len()), (1, 1));
}

/// A rule file can come with a repository: what it says of --verify is not used.
#[test]
fn a_rule_of_a_repository_sends_nothing_anywhere() {
    let (sandbox, host) = (Sandbox::repository(), Host::saying(200, MODELS));
    let rule = "provider = \"Acme\"\n[[rule]]\nid = \"acme-key\"\ntitle = \"Acme key\"\n\
                token = { prefix = \"acme_\", alphabet = \"A-Za-z0-9\", length = 32 }\n[rule.verify]\nmethod = \"GET\"\n\
                url = \"https://api.acme.example/\"\nheader = [\"X: {secret}\"]\nstatus = { 200 = \"live\" }\n";
    sandbox.write("rules/acme.toml", rule);
    sandbox.write("a.txt", format!("acme_{}\n", key(5)));
    sandbox.write(".leakbreak.toml", "[rules]\ndirs = [\"rules\"]\n");
    let done = verify(&sandbox, &host, &["a.txt"]);
    assert_eq!((done.findings()[0]["rule"].clone(), host.heads().len()), ("acme-key".into(), 0), "{done:?}");
    assert!(done.findings()[0]["verified"].is_null());
}

#[test]
fn what_cannot_be_asked_so_is_said_before_the_scan() {
    let sandbox = one_key();
    for (args, words) in [
        (&["scan", "--verify", "--verify-endpoint", "http://models.example"][..], "unencrypted"),
        (&["scan", "--verify", "--verify-endpoint", "models.example"], "--verify-endpoint"),
        (&["scan", "--verify", "--verify-endpoint", "api.mistrl.ai=http://127.0.0.1:1"], "api.mistral.ai"),
        (&["scan", "--verify", "--verify-proxy", "socks5://127.0.0.1:1"], "--verify-proxy"),
        (&["scan", "--verify-endpoint", "https://models.example"], "--verify"),
        (&["scan", "--verify-proxy", "http://127.0.0.1:1"], "--verify"),
        (&["hook", "run", "pre-commit", "--verify"], "hooks"),
        (&["hook", "run", "pre-push", "--verify"], "hooks"),
        (&["hook", "run", "framework", "--verify"], "hooks"),
        (&["scan", "--as-hook", ".", "--verify"], "hooks"),
        (&["explain", "a.py:1", "--verify"], "--verify"),
        (&["baseline", "create", "--reason", "x", "--verify"], "--verify"),
    ] {
        let done = sandbox.leakbreak(args);
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{args:?}: {done:?}");
        assert!(done.stderr.contains(words), "{args:?}: {done:?}");
    }
}

/// Each hook of the list calls something that refuses the flag.
#[test]
fn the_hooks_of_the_framework_never_ask() {
    let sandbox = one_key();
    let list = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml")).unwrap();
    let entries: Vec<_> = list.lines().filter_map(|line| line.trim().strip_prefix("entry: leakbreak ")).collect();
    assert_eq!(entries.len(), 2);
    for entry in entries {
        let done = sandbox.leakbreak(entry.split(' ').chain(["--verify"]));
        assert!(done.status == 2 && done.stderr.contains("hooks"), "{entry}: {done:?}");
    }
}
