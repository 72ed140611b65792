use super::*;
use crate::blob::Kind as BlobKind;
use crate::detect::{Detector, Path};
use crate::rule::{Confidence, RuleSet};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path as FilePath, PathBuf};

fn detector() -> Detector {
    Detector::new(Arc::new(RuleSet::load(&[]).unwrap()))
}

fn fixtures() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// What is found in a file, at `floor` or above.
fn found(detector: &Detector, file: &FilePath, floor: Confidence) -> Vec<(String, String, Confidence)> {
    let text = std::fs::read(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let place = Place { kind: BlobKind::Worktree, path: Path::Known(name.as_str().into()) };
    detector
        .detect(&text, place)
        .into_iter()
        .filter(|m| m.confidence >= floor)
        .map(|m| (m.rule.id.clone(), String::from_utf8_lossy(m.secret.reveal()).into_owned(), m.confidence))
        .collect()
}

/// Rule and value of every labelled secret, by file.
fn labels() -> BTreeMap<PathBuf, BTreeSet<(String, String)>> {
    let mut all: BTreeMap<PathBuf, BTreeSet<_>> = BTreeMap::new();
    for line in std::fs::read_to_string(fixtures().join("labels/generic.tsv")).unwrap().lines() {
        if let [rule, file, value] = line.splitn(3, '\t').collect::<Vec<_>>()[..] {
            all.entry(fixtures().join(file)).or_default().insert((rule.into(), value.into()));
        }
    }
    all
}

#[test]
fn labelled_secrets_are_found_and_nothing_else() {
    let detector = detector();
    let (mut hits, mut misses, mut extra) = (0, Vec::new(), Vec::new());
    for (file, wanted) in labels() {
        let found = found(&detector, &file, Confidence::Medium);
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (rule, value) in &wanted {
            // Whether a generic rule owns a value or a provider's is another question; that it is found is this one.
            if found.iter().any(|(_, v, _)| v == value) {
                hits += 1;
            } else {
                misses.push(format!("{name}: {rule} {value}"));
            }
        }
        let values: BTreeSet<&str> = wanted.iter().map(|(_, v)| v.as_str()).collect();
        extra.extend(
            found
                .iter()
                .filter(|(r, v, _)| r.starts_with("generic-") && !values.contains(v.as_str()))
                .map(|(r, v, _)| format!("{name}: {r} {v}")),
        );
    }
    let mut clean = 0;
    for entry in std::fs::read_dir(fixtures().join("clean")).unwrap() {
        let file = entry.unwrap().path();
        let mut found = found(&detector, &file, Confidence::Medium);
        found.retain(|(rule, _, _)| rule.starts_with("generic-"));
        clean += usize::from(found.is_empty());
        extra.extend(
            found.iter().map(|(r, v, c)| format!("{}: {r} {v} {c:?}", file.file_name().unwrap().to_string_lossy())),
        );
    }
    assert!(
        misses.is_empty() && extra.is_empty(),
        "{hits} found, {} missed, {clean} clean files silent\nmissed: {misses:#?}\nextra: {extra:#?}",
        misses.len()
    );
    assert!(hits >= 250 && clean >= 70);
}

/// Whatever its path makes of a file, the same without its path finds it too: a history asks before it knows paths.
#[test]
fn an_unknown_path_finds_what_any_path_finds() {
    let detector = detector();
    for (file, _) in labels() {
        let text = std::fs::read(&file).unwrap();
        for m in found(&detector, &file, Confidence::Medium) {
            assert!(detector.probe(&text, m.2), "{}: {}", file.display(), m.1);
        }
    }
}

/// What stands at a place where a password is due, whatever announces it.
#[test]
fn passwords_by_their_place() {
    #[rustfmt::skip]
    const FOUND: &[(&str, &str, &str)] = &[
        ("a.php", "$db = new mysqli('db7', 'shop', 'kranich-ZUG4uhr', 'lager');", "kranich-ZUG4uhr"),
        ("a.c", "mysql_real_connect(c, \"db2\", \"meter\", \"Fuchsbau1907\", \"reads\", 0, NULL, 0);", "Fuchsbau1907"),
        ("a.pl", "DBI->connect(\"DBI:mysql:host=sql9\", \"import\", \"73310482\", {});", "73310482"),
        ("a.cs", "c.Credentials = new NetworkCredential(\"lh\", \"Mondnacht_2207\");", "Mondnacht_2207"),
        ("a.rb", "sig = OpenSSL::HMAC.hexdigest('SHA256', 'w8Kq2ZtR5mXv9LpN3sYc7Bd1Hf4Jg6Qa', body)", "w8Kq2ZtR5mXv9LpN3sYc7Bd1Hf4Jg6Qa"),
        ("a.java", "new SecretKeySpec(\"hq7Zr2Km9Xv4Lp8Tn3Wc6Yd1Bf5Jg0Sa\".getBytes(), \"HmacSHA256\")", "hq7Zr2Km9Xv4Lp8Tn3Wc6Yd1Bf5Jg0Sa"),
        ("a.sh", "mongodump --host db -u backup -p 'Seenot&Boje4' --gzip", "Seenot&Boje4"),
        ("a.sh", "smbclient //nas/in -U 'scan%Kleber+Band7' -c 'put a.pdf'", "Kleber+Band7"),
        ("a.sh", "lftp -u wind,Boe7kmh -e quit ftp.example.net", "Boe7kmh"),
        ("a.sh", "echo 'Dachstuhl_2OG' | sudo -S reboot", "Dachstuhl_2OG"),
        ("a.cmd", "net use Q: \\\\fs3\\in bergwacht1998 /user:CORP\\svc", "bergwacht1998"),
        ("a.sh", "sqlplus -s leser/Almanach_7q@BUCH @x.sql", "Almanach_7q"),
        ("db.go", "const dsn = \"stats:Leuchtboje2031@tcp(db4:3306)/stats\"", "Leuchtboje2031"),
        ("a.cfg", "snmp-server community p3gel-lesen-rw RW 10", "p3gel-lesen-rw"),
        ("a.cfg", "tacacs-server host 10.1.0.5 key W4sser-Turm", "W4sser-Turm"),
        ("haproxy.cfg", "    stats auth waechter:seehund81", "seehund81"),
        ("fstab", "//nas/x /mnt cifs username=scan,password=Drucker5og,uid=1000 0 0", "Drucker5og"),
        ("inventory.ini", "w1 ansible_user=adm ansible_password=Rotor%7MW ansible_connection=winrm", "Rotor%7MW"),
        ("a.yml", "chpasswd:\n  list: |\n    root:Oregon1859!\n", "Oregon1859!"),
        ("etc/ppp/chap-secrets", "filiale7 * r4Nd9kelp 10.0.0.2\n", "r4Nd9kelp"),
        ("sasl_passwd", "[smtp.example.net]:587 relay@example.org:Brief.Taube6\n", "Brief.Taube6"),
        ("users.acl", "user cache on >Lagerhalle_9Nord ~cache:* +@all\n", "Lagerhalle_9Nord"),
        ("openvpn/auth.txt", "vpn-sued\n7Kw2mzq9RtXc4Lp8v\n", "7Kw2mzq9RtXc4Lp8v"),
        ("a.yml", "datenbank:\n  passwort: Hafen.Kran47\n", "Hafen.Kran47"),
        ("wpa_supplicant.conf", "    psk=\"sieben Raben 1812\"", "sieben Raben 1812"),
        ("a.ts", "password: live ? 'qx7vmt2kd' : '',", "qx7vmt2kd"),
        ("a.yaml", "  DbPassword:\n    Type: String\n    NoEcho: true\n    Default: Ebbe4Fluttor\n", "Ebbe4Fluttor"),
        ("a.xml", "<Password>\n  <Value>Seestern88x</Value>\n</Password>", "Seestern88x"),
        ("a.h", " * login: dienst  password: Pegel9stand!\n", "Pegel9stand!"),
    ];
    let detector = detector();
    for (path, text, secret) in FOUND {
        for path in [Path::Known((*path).into()), Path::Unknown] {
            let found = detector.detect(text.as_bytes(), Place { kind: BlobKind::Worktree, path });
            // Where the path is not known, the value may be read as another syntax has it.
            let holds = |m: &Match| memchr::memmem::find(m.secret.reveal(), secret.as_bytes()).is_some();
            let exact = |m: &Match| m.secret.reveal() == secret.as_bytes() || path == Path::Unknown && holds(m);
            let is = |m: &Match| m.confidence >= Confidence::Medium && exact(m);
            assert!(found.iter().any(is), "{path:?}: {text}");
        }
    }
}

/// The same places with what is no password, and what is meant to be seen.
#[test]
fn what_stands_there_and_is_none() {
    #[rustfmt::skip]
    const CLEAN: &[(&str, &str)] = &[
        ("a.js", "client.connect('key', null, '472044');"),
        ("a.py", "session.login(user, \"password\")"),
        ("a.sh", "mysql -password $dbpass; mysqldump --port 3306"),
        ("a.sh", "curl -u me:OPTIONAL_ACME_IGNORES_THIS https://example.net"),
        ("a.cfg", "command_line $USER1$/check_mysql -u nagios -p $USER5$"),
        ("a.md", "The .net user interface2 is described below."),
        ("services", "kpasswd\t\t464/tcp"),
        ("a.sh", "SECRET=`openssl rand -hex 32`"),
        ("a.rs", "ClientSecret => \"c hs traffic label\","),
        ("a.yaml", "password: \"![9c2Kq7Zt4Lm8Xv3Rb6Wp1Yd==]\""),
        ("settings.xml", "<password>{q8Zt2LmX9vRb4KcW7yHsQ3n5Tf6Gj1Ua=}</password>"),
        ("push.js", "applicationServerKey: 'BujJSVwkgKDCVKPQ7CkireKyWpKt98jpMXqgQYp6sfmPmKI0GApDL725fpEq8Zt2LmX9vRb4KcW7yHsQ3n5Tf6'"),
        ("a.json", "{ \"token\": \"0x319f34a19493b62586a0a1e3a1f975beeb71f70b\" }"),
        ("a.svg.json", "{ \"d\": \"q8Zt2LmX9vRb4KcW7yHsQ3n5Tf6Gj1Uaq8Zt2LmX9vRb\" }"),
        ("a.tf", "description = \"Secret of the service 7\""),
    ];
    let detector = detector();
    for (path, text) in CLEAN {
        let found =
            detector.detect(text.as_bytes(), Place { kind: BlobKind::Worktree, path: Path::Known((*path).into()) });
        let medium: Vec<_> = found.iter().filter(|m| m.confidence >= Confidence::Medium).map(|m| &m.evidence).collect();
        assert!(medium.is_empty(), "{path}: {text} {medium:?}");
    }
}

/// Spans and secrets of all that the generic rules find; the spans lie in the text.
fn detect(detector: &Detector, text: &[u8], path: Path<'_>) -> usize {
    let found = detector.detect(text, Place { kind: BlobKind::Worktree, path });
    for m in &found {
        assert!(m.span.start < m.span.end && m.span.end <= text.len());
    }
    detector.refusals(text, Place { kind: BlobKind::Worktree, path });
    found.len()
}

#[test]
fn time_is_linear() {
    let detector = detector();
    for unit in [
        "password: ",
        "token=\"",
        "key ",
        "\"api_key\",",
        "secret=&",
        "{password:",
        "pass_",
        "name: key value",
        "Bearer ",
        "mysql ",
        "(\"password\"",
        "a.token.",
        "<password>",
        "password password ",
        "[key]\nkey=q8Zt2LmX9vRb4KcW7yHsq8Zt2LmX9v\n",
        "x api key ",
        "curl -u a:b ",
        "lftp ",
        "chpasswd:\n list:",
        "\"d\":\"kty\"",
        "user,password=a1,",
    ] {
        let text = unit.repeat((48 << 10) / unit.len());
        let start = std::time::Instant::now();
        for path in ["a.py", "a.yml", "a.ini", "a.xml"] {
            detect(&detector, text.as_bytes(), Path::Known(path.into()));
        }

        assert!(start.elapsed().as_secs() < 30, "{unit}");
    }
}

proptest! {
    #[test]
    fn any_mixture_is_borne(parts in proptest::collection::vec(proptest::sample::select(vec![
        "password", "API_KEY", "token", "пароль", "密码", "mot de passe", "key", "=", ":", " ", "\n", "\"", "'", "`", "(", ")", "[", "]", "{", "}",
        "<", ">", ",", ";", "&", "?", "--", "-", "q8Zt2LmX9vRb4KcW7yHs", "hunter2!", "é", "\\", "\\r", "value", "name", "default", "variable",
        "Bearer ", "IDENTIFIED BY ", "mysql -p", "curl -u a:", "expect", "send", "is ", "\u{3000}", "login ", "0 ", "forHTTPHeaderField:", "||",
        "mysqli(", "a:b@tcp(", "net use ", "\\\\fs", "sudo -S", "echo ", " | ", "chpasswd:", "list: |", "auth sha ", " : EAP ", "\"d\":", "\"kty\"",
        "Default:", " Type:", "? ", "auth=(", "SecretKeySpec(", "q{", "<Value>", "oracle:thin:", "/", "@", "%",
    ]), 0..40), path in proptest::sample::select(vec!["a.py", "a.json", "a.yml", "a.ini", "a.sh", "a.xml", "a.md", "a", ".pgpass"])) {
        let detector = detector_once();
        detect(detector, parts.concat().as_bytes(), Path::Known(path.into()));
        detect(detector, parts.concat().as_bytes(), Path::Unknown);
    }

    #[test]
    fn any_bytes_are_borne(text in proptest::collection::vec(any::<u8>(), 0..300)) {
        detect(detector_once(), &text, Path::None);
    }
}

fn detector_once() -> &'static Detector {
    static ONE: OnceLock<Detector> = OnceLock::new();
    ONE.get_or_init(detector)
}

/// The search for stems leaves overlapping ones out as they come; none of them holds another but at its beginning.
#[test]
fn no_stem_hides_another_one() {
    for (a, b) in words::STEMS.iter().flat_map(|a| words::STEMS.iter().map(move |b| (a, b))) {
        assert!(a == b || a.find(b).is_none_or(|at| at == 0), "{a} holds {b}");
    }
}
