//! Untrusted input: nothing is run, nothing is followed out, nothing arrives raw.

use crate::support::{Sandbox, key, line, run};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

const SOURCES: [&[&str]; 6] = [
    &["."],
    &["--staged"],
    &["--history"],
    &["--history", "--unreachable"],
    &["--range", "HEAD"],
    &["--no-ignore", "."],
];

/// A program that leaves a mark, and what names it in a configuration.
fn marker(sandbox: &Sandbox) -> String {
    let program = sandbox.root().join("marker");
    fs::write(&program, format!("#!/bin/sh\ntouch {}\n", sandbox.root().join("ran").display())).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.display().to_string()
}

#[test]
fn nothing_that_a_repository_names_is_run() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    sandbox.write("b.txt", "x\n");
    sandbox.commit("Start");
    sandbox.write("c.py", line(&key(2)));
    sandbox.git(["add", "-A"]);
    // git itself must not run any more from here on.
    let id = sandbox.git(["rev-parse", "HEAD:b.txt"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let m = marker(&sandbox);
    let mut config = fs::read_to_string(sandbox.path().join(".git/config")).unwrap();
    config += &format!(
        "[core]\nfsmonitor={m}\nsshCommand={m}\ngitProxy={m}\npager={m}\neditor={m}\naskPass={m}\nhooksPath=hooks\n\
         alternateRefsCommand={m}\n[filter \"f\"]\nclean={m}\nsmudge={m}\nprocess={m}\nrequired=true\n\
         [diff]\nexternal={m}\n[diff \"d\"]\ntextconv={m}\ncommand={m}\n[credential]\nhelper=\"!{m}\"\n\
         [alias]\nstatus=\"!{m}\"\n[gpg]\nprogram={m}\n[log]\nshowSignature=true\n[uploadpack]\npackObjectsHook={m}\n\
         [remote \"origin\"]\nurl=ext::{m}\npromisor=true\nuploadpack={m}\n[extensions]\npartialClone=origin\n\
         [merge \"m\"]\ndriver={m}\n[include]\npath=/etc/passwd\n"
    );
    sandbox.write(".git/config", config);
    for hook in ["hooks", ".git/hooks"] {
        for name in ["pre-commit", "post-index-change", "fsmonitor-watchman", "reference-transaction"] {
            let path = sandbox.write(format!("{hook}/{name}"), format!("#!/bin/sh\n{m}\n"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    for file in [".gitattributes", ".git/info/attributes"] {
        sandbox.write(file, "* filter=f diff=d merge=m\n");
    }
    for source in SOURCES {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        for name in ["GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_PAGER", "PAGER", "GIT_ASKPASS", "LESSOPEN"] {
            command.env(name, &m);
        }
        let done = run(command.arg("scan").args(source), b"");
        assert_eq!(done.status, 1, "{source:?}: {done:?}");
        assert!(!sandbox.root().join("ran").exists(), "{source:?}");
    }
}

#[test]
fn no_way_leads_out_of_the_tree() {
    let sandbox = Sandbox::repository();
    let outside = sandbox.root().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("secret.py"), line(&key(1))).unwrap();
    sandbox.write("a.py", "x = 1\n");
    sandbox.commit("Start");
    sandbox.git(["config", "core.worktree", outside.to_str().unwrap()]);
    for source in [&["."][..], &["--staged"], &["--history"]] {
        let done = sandbox.leakbreak([&["scan"], source].concat());
        assert!(done.status == 0 && !format!("{done:?}").contains("secret.py"), "{source:?}: {done:?}");
    }
    for name in [".leakbreak.toml", ".leakbreak-baseline"] {
        symlink(outside.join("secret.py"), sandbox.path().join(name)).unwrap();
        let done = sandbox.leakbreak(["scan", "."]);
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{done:?}");
        assert!(!format!("{done:?}").contains(&key(1)), "{done:?}");
        fs::remove_file(sandbox.path().join(name)).unwrap();
    }
}

/// Whether a character could do something to whoever looks at it.
fn harmful(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[test]
fn nothing_arrives_raw() {
    let sandbox = Sandbox::repository();
    let evil = "\u{1b}]0;pwn\u{7}\u{1b}[2J\u{202e}\u{200b}\u{2066}\u{9b}31m\r";
    let name = format!("x{evil}\n::warning file=a::pwn.py");
    let text = format!("{evil} MISTRAL_API_KEY=\"{}\" # {evil}\n::set-output name=x::y\n", key(1));
    sandbox.write(&name, &text);
    sandbox.commit(&format!("{evil}\n\n::error::pwn\nMISTRAL_API_KEY=\"{}\" {evil}", key(2)));
    sandbox.git(["branch", &format!("b\u{202e}mistral_api_key={}", key(3))]);
    sandbox.write(&name, format!("{text}{}", line(&key(4))));
    sandbox.git(["add", "-A"]);
    for source in SOURCES {
        for format in ["human", "github", "json", "jsonl", "sarif"] {
            let done = sandbox.leakbreak([&["scan", "--verbose", "--format", format][..], source].concat());
            for text in [&done.stdout, &done.stderr] {
                assert!(!text.contains(harmful), "{format} {source:?}: {text:?}");
                let commands = text.lines().filter(|l| l.trim_start().starts_with("::"));
                let ours = |l: &str| ["::error ", "::warning ", "::notice "].iter().any(|c| l.starts_with(c));
                assert!(commands.into_iter().all(|l| format == "github" && ours(l)), "{text}");
            }
        }
    }
}

#[test]
fn a_blob_that_is_small_only_in_its_pack_is_a_policy_skip() {
    let sandbox = Sandbox::repository();
    fs::File::create(sandbox.path().join("big")).unwrap().set_len(300 << 20).unwrap();
    sandbox.write("a.py", line(&key(1)));
    sandbox.commit("Big");
    for source in [&["."][..], &["--history"], &["--range", "HEAD"]] {
        let done = sandbox.leakbreak([&["scan", "--format", "jsonl"][..], source].concat());
        assert_eq!(done.findings().len(), 1, "{source:?}: {done:?}");
        assert!(done.receipt()["complete"] == true && done.stdout.contains("too-large"), "{source:?}: {done:?}");
    }
}
