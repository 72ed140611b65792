//! Second scans: nothing new, a commit more, packed anew, damaged, under other rules.

use super::*;

#[test]
fn a_second_scan_says_the_same_in_every_format() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    grow(&sandbox, 2);
    settle();
    for format in ["human", "json", "jsonl", "sarif", "github"] {
        let run = expect_same(&sandbox, &["--format", format], format);
        assert_eq!(run.status, 1, "{run:?}");
    }
    assert!(!entries(&sandbox).is_empty());
    expect_same(&sandbox, &["--format", "json", "--verbose", "--reveal", "--unreachable"], "more of it");
}

#[test]
fn a_second_scan_reads_no_pack() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    settle();
    scan(&sandbox, &[]);
    scan(&sandbox, &[]);
    let timed = scan(&sandbox, &["--timings"]).stderr;
    let all = scan(&sandbox, &["--timings", "--no-cache"]).stderr;
    assert!(timed.contains("recall") && !timed.contains("index"), "{timed}");
    assert!(all.contains("survey: look") && !all.contains("recall"), "{all}");
}

#[test]
fn a_key_in_one_more_commit_is_found() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    settle();
    expect_same(&sandbox, &["--format", "jsonl"], "packed");
    grow(&sandbox, 3);
    let run = expect_same(&sandbox, &["--format", "jsonl", "--reveal"], "a commit more");
    assert!(run.stdout.contains(&key(3)) && run.stdout.contains(&key(103)), "{run:?}");
    for repack in [&["repack", "-q", "-d"][..], &["gc", "-q"], &["repack", "-q", "-a", "-d", "-f"]] {
        sandbox.git(repack);
        let run = expect_same(&sandbox, &["--format", "jsonl", "--reveal"], "packed anew");
        assert!(run.stdout.contains(&key(3)), "{run:?}");
    }
}

#[test]
fn keys_that_no_reference_leads_to_any_more() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    grow(&sandbox, 4);
    settle();
    expect_same(&sandbox, &["--format", "json"], "on the branch");
    sandbox.git(["reset", "-q", "--hard", "HEAD~2"]);
    sandbox.git(["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    let run = expect_same(&sandbox, &["--format", "json"], "off it");
    assert!(
        run.stdout.contains("\"unreachable_findings\": 2") || run.stdout.contains("\"unreachable_findings\":2"),
        "{run:?}"
    );
    expect_same(&sandbox, &["--format", "json", "--unreachable"], "asked for");
}

#[test]
fn what_is_damaged_later_is_told() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    settle();
    assert_eq!(expect_same(&sandbox, &["--format", "json"], "whole").status, 1);
    let pack = packs(&sandbox).remove(0);
    let whole = std::fs::read(&pack).unwrap();
    let mut damaged = whole.clone();
    let last = damaged.len() - 20;
    damaged[last / 2..last / 2 + 30].iter_mut().for_each(|byte| *byte ^= 0x33);
    replace(&pack, &damaged);
    let run = expect_same(&sandbox, &["--format", "json"], "the same end, damaged inside");
    assert!(run.stdout.contains("corrupt"), "{run:?}");
    replace(&pack, &whole[..whole.len() - 300]);
    expect_same(&sandbox, &["--format", "json"], "cut off");
    std::fs::remove_file(&pack).unwrap();
    expect_same(&sandbox, &["--format", "json"], "gone");
    replace(&pack, &whole);
    assert!(!expect_same(&sandbox, &["--format", "json"], "whole again").stdout.contains("corrupt"));
}

#[test]
fn damage_that_was_there_before_is_told_each_time() {
    let sandbox = history();
    let blob = sandbox.git(["rev-parse", "HEAD~1:src/settings.py"]);
    let file = sandbox.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    replace(&file, "no object");
    settle();
    let run = expect_same(&sandbox, &["--format", "json"], "damaged");
    assert!(run.stdout.contains("\"complete\": false") || run.stdout.contains("\"complete\":false"), "{run:?}");
    std::fs::remove_file(&file).unwrap();
    expect_same(&sandbox, &["--format", "json"], "missing");
}

#[test]
fn other_rules_and_options_are_another_scan() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    sandbox.write("notes.txt", format!("token {}{}\n", "zq7_", key(77)));
    sandbox.commit("Notes");
    settle();
    expect_same(&sandbox, &["--format", "json"], "first");
    let rule = |prefix: &str| {
        let token = format!("token = {{ prefix = \"{prefix}\", alphabet = \"A-Za-z0-9\", length = 32 }}");
        let rule = "[[rule]]\nid = \"house-key\"\ntitle = \"House key\"\nseverity = \"high\"";
        format!("provider = \"House\"\n{rule}\n{token}\n[rule.remedy]\ntext = \"Change it.\"\n")
    };
    for (prefix, found) in [("other_", false), ("zq7_", true), ("else_", false)] {
        sandbox.write("../rules/house.toml", rule(prefix));
        let rules = sandbox.root().join("rules");
        let run = expect_same(&sandbox, &["--format", "json", "--rules", rules.to_str().unwrap()], prefix);
        assert_eq!(run.stdout.contains("house-key"), found, "{run:?}");
    }
    for level in ["low", "high", "medium"] {
        expect_same(&sandbox, &["--format", "json", "--min-confidence", level], level);
    }
    for size in ["30", "0", "64M"] {
        expect_same(&sandbox, &["--format", "json", "--max-size", size], size);
    }
    expect_same(&sandbox, &["--format", "json", "--no-inline", "--exclude", "src/**"], "paths");
    expect_same(&sandbox, &["--format", "json", "--threads", "1"], "one thread");
}

#[test]
fn without_it_nothing_is_read_or_written() {
    let sandbox = history();
    scan(&sandbox, &["--no-cache"]);
    assert!(!sandbox.root().join("home/.cache").exists());
    scan(&sandbox, &[]);
    let before = entries(&sandbox);
    grow(&sandbox, 5);
    scan(&sandbox, &["--no-cache"]);
    assert_eq!(entries(&sandbox), before);
}

#[test]
fn neither_secrets_nor_paths_nor_words_are_kept() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    grow(&sandbox, 6);
    settle();
    scan(&sandbox, &["--reveal"]);
    scan(&sandbox, &["--reveal"]);
    let found = [key(1), key(6), key(101), key(501), key(506), "Remove".into()];
    for path in entries(&sandbox) {
        let bytes = std::fs::read(&path).unwrap();
        let holds = |text: &String| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!found.iter().any(holds), "{}", path.display());
    }
}
