use super::*;
use std::path::Path;

const GOOD: &str = "provider = 'Acme'\n[[rule]]\nid = 'acme-key'\ntitle = 'Acme key'\n";

fn error(rest: &str) -> String {
    match read_str(&format!("{GOOD}{rest}"), Path::new("acme.toml")) {
        Ok(_) => panic!("no error"),
        Err(e) => e.to_string(),
    }
}

#[test]
fn forms_say_their_kind() {
    let kind = |rest: &str| read_str(&format!("{GOOD}{rest}"), Path::new("x")).unwrap().remove(0).kind();
    assert_eq!(kind("token = { prefix = 'acme_', alphabet = 'a-z', length = 20 }"), RuleKind::Token);
    assert_eq!(kind("token = [{ prefix = ['ab_', 'cd_'], alphabet = 'a-z', length = [20, 40] }]"), RuleKind::Token);
    assert_eq!(
        kind("[[rule.token]]\nprefix = 'ab_'\nalphabet = 'a-z'\nlength = { min = 20, max = 30 }"),
        RuleKind::Token
    );
    assert_eq!(kind("pattern = '(?<secret>x)'\nliterals = ['x']"), RuleKind::Pattern);
    assert_eq!(kind("kind = 'generic-secret'"), RuleKind::GenericSecret);
    let contextual = "token = { alphabet = 'A-Za-z0-9', length = 32 }\n[rule.evidence]\nnames = ['acme']";
    assert_eq!(kind(contextual), RuleKind::Contextual);
}

#[test]
fn errors_name_file_line_rule_and_field() {
    let unknown = error("sevirity = 'low'\n");
    assert_eq!(unknown, "acme.toml:5: rule acme-key: unknown field `sevirity`: did you mean `severity`?");
    let value = error("kind = 'generic-secret'\nseverity = 'hunter2hunter2'\n");
    assert!(value.starts_with("acme.toml:6: rule acme-key: `severity`: expected one of `low`"), "{value}");
    let length = error("token = { prefix = 'acme_', alphabet = 'a-z', length = 'hunter2' }\n");
    assert!(length.starts_with("acme.toml:5: rule acme-key: `length`: expected"), "{length}");
    let inner = error("token = { prefix = 'acme_', alphabet = 'a-z', lenght = 3 }\n");
    assert_eq!(inner, "acme.toml:5: rule acme-key: unknown field `lenght`: did you mean `length`?");
    let missing = error("token = { prefix = 'acme_', alphabet = 'a-z' }\n");
    assert!(missing.contains("rule acme-key: missing field `length`"), "{missing}");
    assert!(error("").contains("rule acme-key: `token` or `pattern` is missing"), "{}", error(""));
}

#[test]
fn errors_hold_no_value() {
    for rest in [
        "severity = 'hunter2hunter2'",
        "entropy = 'hunter2hunter2'",
        "tags = 'hunter2hunter2'",
        "kind = 'hunter2hunter2'",
        "token = 'hunter2hunter2'",
        "pattern = 'hunter2hunter2\n",
        "hunter2hunter2Hunter2hunter2 = 1",
        "password hunter2hunter2",
        "remedy = { text = hunter2hunter2 }",
        "[[rule.example]]\ntext = 'hunter2hunter2'\nsecrets = 'hunter2hunter2'",
        "token = { prefix = 'hunter2hunter2', alphabet = 'hunter2é', length = 40 }",
    ] {
        let text = error(rest);
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (rest, part) in [
        ("token = { prefix = 'ab_', alphabet = 'a-z', length = 5 }", "under 20 characters"),
        ("token = { prefix = 'a', alphabet = 'a-z', length = 25 }", "at least two"),
        ("token = { prefix = 'ab_', alphabet = 'z-a', length = 25 }", "`alphabet`"),
        ("token = { prefix = 'ab_', alphabet = 'a-z', length = 0 }", "`length`"),
        ("token = { alphabet = 'a-z', length = 25 }", "[rule.evidence]"),
        ("token = { prefix = 'ab_', alphabet = 'a-z', length = 25 }\npattern = 'x'", "exclude"),
        ("kind = 'private-key'", "`labels`"),
        ("kind = 'generic-secret'\nfiles = ['a[']", "`files`: number 1"),
        ("kind = 'generic-secret'\nentropy = 9.0", "`entropy`"),
    ] {
        assert!(error(rest).contains(part), "{rest}: {}", error(rest));
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::create_dir_all(dir.path().join(name).parent().unwrap()).unwrap();
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

#[test]
fn folders_are_read_deep_and_ids_are_unique() {
    let rule = format!("{GOOD}kind = 'generic-secret'\n");
    let dir = folder(&[("a.toml", &rule), ("deep/b.toml", &rule.replace("acme-key", "acme-other")), ("c.txt", "x")]);
    let rules = RuleSet::load(&[dir.path().into()]).unwrap();
    assert!(rules.get("acme-key").is_some() && rules.get("acme-other").is_some());
    let twice = folder(&[("a.toml", &rule), ("b.toml", &rule)]);
    let text = RuleSet::load(&[twice.path().into()]).unwrap_err().to_string();
    assert!(text.contains("a.toml") && text.contains("b.toml") && text.contains("acme-key"), "{text}");
    assert!(RuleSet::load(&["/nowhere/at/all".into()]).is_err());
}

#[test]
fn user_patterns_are_tried_when_read() {
    for (pattern, part) in
        [("(?<secret>a", "regular expression"), ("abc", "(?<secret>"), ("(?<secret>[\\pL]{1000}{100})", "too large")]
    {
        let dir = folder(&[("a.toml", &format!("{GOOD}pattern = '{pattern}'\n"))]);
        let text = RuleSet::load(&[dir.path().into()]).unwrap_err().to_string();
        assert!(text.contains("a.toml") && text.contains("acme-key") && text.contains(part), "{text}");
    }
}

#[test]
fn embedded_files_read_alike_with_and_without_their_cases() {
    for file in embedded::FILES {
        let whole = read_str(file.whole, Path::new(file.name)).unwrap();
        let read = |head: &embedded::Head| serde_json::from_str::<RuleSpec>(head.json).is_ok();
        assert!(file.rules.iter().all(read), "{}", file.name);
        let heads: Vec<Rule> = file.rules.iter().map(|head| read::built(file, head)).collect();
        let bare = |rules: &[Rule]| -> Vec<String> {
            rules
                .iter()
                .map(|r| {
                    let Rule { id, provider, title, severity, tags, reference, spec } = r;
                    let told = (id, provider, title, severity, tags, reference);
                    // What the head says stands in the body of a built-in rule too.
                    let mut body = RuleSpec::clone(spec);
                    (body.title, body.tags, body.reference) = (String::new(), Vec::new(), None);
                    (body.example, body.counterexample) = (Vec::new(), Vec::new());
                    format!("{told:?} {body:?}")
                })
                .collect()
        };
        assert_eq!(bare(&heads), bare(&whole), "{}", file.name);
        assert!(heads.iter().all(|r| r.spec.example.is_empty()), "{}: cases were left in", file.name);
        for rule in &whole {
            check::pattern(&rule.spec).unwrap_or_else(|why| panic!("{}: {why}", file.name));
        }
    }
}
