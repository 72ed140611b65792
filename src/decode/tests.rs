use super::*;
use ::base64::Engine as _;
use proptest::prelude::*;

fn last(text: &str) -> String {
    all(text, None).pop().unwrap_or_default()
}

fn all(text: &str, path: Option<&str>) -> Vec<String> {
    let views = views(text.as_bytes(), path.map(str::as_bytes));
    assert!(!views.truncated, "{text}");
    for view in &views.views {
        check(text.as_bytes(), view);
    }
    views.views.into_iter().map(|v| String::from_utf8_lossy(&v.text).into_owned()).collect()
}

/// Every byte maps into the text, in order; what was not changed is the same byte.
fn check(text: &[u8], view: &View) {
    let mut before = 0..0;
    for at in 0..view.text.len() {
        let span = view.original(at..at + 1);
        assert!(span.end <= text.len() && !span.is_empty(), "{at} of {} maps to {span:?}", view.text.len());
        assert!(span.start >= before.start && span.end >= before.end, "{at}: {before:?} then {span:?}");
        if view.encoding(at..at + 1).is_none() {
            assert_eq!(&text[span.clone()], &view.text[at..at + 1]);
        }
        before = span;
    }
    let whole = view.original(0..view.text.len());
    assert!(whole.end <= text.len());
    assert!(view.original(7..usize::MAX).end <= text.len());
}

fn points_at(text: &str, token: &str, source: &str) {
    let views = views(text.as_bytes(), None);
    let found = views.views.iter().find_map(|v| {
        let at = memchr::memmem::find(&v.text, token.as_bytes())?;
        Some(v.original(at..at + token.len()))
    });
    let span = found.unwrap_or_else(|| panic!("{token} in no view of {text}: {:?}", all(text, None)));
    assert_eq!(&text[span], source, "{text}");
}

const KEY: &str = "q8Zt2LmX9vRb4KcW7yHs";

#[test]
fn ordinary_text_has_no_view() {
    for text in [
        "",
        "fn main() { println!(\"a \\\"word\\\" here\\n\"); }",
        "let url = \"https://example.org/a%20b?x=1&y=2\";",
        "printf(\"%3d %%\", key); // R&D; a &amp; b",
        "<p>Tom &amp; Jerry &lt;tj@example.org&gt;</p>",
        "re.compile(r\"\\d+\\.\\d+\\/x\")",
        "integrity sha512-abcDEF0123456789abcDEF0123456789abcDEF0123456789",
        "a = x + 'b' if y else ['one', 'two']",
        "C:\\new\\table\\user",
    ] {
        assert_eq!(all(text, None), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn escaped_json_becomes_fields() {
    let text = format!(r#"{{"body": "{{\"api_key\": \"{KEY}\"}}", "n": 1}}"#);
    assert_eq!(last(&text), format!(r#"{{"body": {{"api_key": "{KEY}"}}, "n": 1}}"#));
    points_at(&text, KEY, KEY);
    // Twice.
    let twice = format!(r#"x = "{{\"body\": \"{{\\\"api_key\\\": \\\"{KEY}\\\"}}\"}}""#);
    assert_eq!(last(&twice), format!(r#"x = {{"body": {{"api_key": "{KEY}"}}}}"#));
    points_at(&twice, KEY, KEY);
}

#[test]
fn escapes_of_lines_characters_and_quotes() {
    assert_eq!(last(&format!(r#"env = "A=1\nTOKEN={KEY}\nB=2""#)), format!("env = A=1\nTOKEN={KEY}\nB=2"));
    points_at(r#""s": "q8Zt2LmX9vRb\/4KcW7yHs""#, "q8Zt2LmX9vRb/4KcW7yHs", r"q8Zt2LmX9vRb\/4KcW7yHs");
    points_at(r#""token": "q8Zt2LmX9vRb\u002b4KcW7yHs""#, "q8Zt2LmX9vRb+4KcW7yHs", r"q8Zt2LmX9vRb\u002b4KcW7yHs");
    assert_eq!(last(&format!(r#"p = '{{\x22token\x22: \x22{KEY}\x22}}'"#)), format!(r#"p = {{"token": "{KEY}"}}"#));
    assert_eq!(last(&format!(r"run -H \'Authorization: {KEY}\'")), format!("run -H 'Authorization: {KEY}'"));
    points_at("export TOKEN=q8Zt2LmX9\\\n  vRb4KcW7yHs", KEY, "q8Zt2LmX9\\\n  vRb4KcW7yHs");
}

#[test]
fn percent_entities_and_quoted_printable() {
    assert_eq!(last(&format!("GET /?q=%7B%22token%22%3A%22{KEY}%22%7D")), format!("GET /?q={{\"token\":\"{KEY}\"}}"));
    points_at("u?key%3Dq8Zt2LmX9vRb4KcW7yHs", KEY, KEY);
    points_at("u?key%253Dq8Zt2LmX9vRb4KcW7yHs", &format!("key={KEY}"), &format!("key%253D{KEY}"));
    assert_eq!(
        last(&format!("<a d=\"{{&quot;key&quot;:&quot;{KEY}&quot;}}\">")),
        format!("<a d=\"{{'key':'{KEY}'}}\">")
    );
    points_at("token&#61;q8Zt2LmX9vRb4KcW7yHs", &format!("token={KEY}"), &format!("token&#61;{KEY}"));
    let mail = "Content-Transfer-Encoding: quoted-printable\n\ntoken=3Dq8Zt2LmX9v=\nRb4KcW7yHs";
    points_at(mail, &format!("token={KEY}"), "token=3Dq8Zt2LmX9v=\nRb4KcW7yHs");
}

#[test]
fn split_literals_are_joined() {
    for (left, between, right) in [
        ("k = \"", "\" + \"", "\""),
        ("k = (\"", "\"\n     \"", "\")"),
        ("$k = '", "' . '", "';"),
        ("k = '", "' \\\n    '", "'"),
        ("k <> \"", "\" <> \"", "\""),
        ("k = f\"", "\" f\"", "\""),
        ("k = ['", "', '", "'].join('')"),
        ("k = \"\".join([\"", "\", \"", "\"])"),
        ("k := strings.Join([]string{\"", "\", \"", "\"}, \"\")"),
        ("const K: &str = concat!(\"", "\", \"", "\");"),
        ("k <- paste0('", "', '", "')"),
        ("var k = string.Concat(\"", "\",\n    \"", "\");"),
        ("SELECT CONCAT('", "','", "')"),
    ] {
        let text = format!("{left}q8Zt2LmX9v{between}Rb4KcW7yHs{right}");
        points_at(&text, KEY, &format!("q8Zt2LmX9v{between}Rb4KcW7yHs"));
    }
}

#[test]
fn a_joined_list_is_bound_as_its_call_was() {
    for text in
        ["k = ''.join(['{}', '{}'])", "k = concat!('{}', '{}',)", "k = ['{}', '{}'].join('')", "k = paste0('{}', '{}')"]
    {
        let text = text.replacen("{}", &KEY[..9], 1).replacen("{}", &KEY[9..], 1);
        assert_eq!(last(&text), format!("k = '{KEY}'"), "{text}");
    }
}

#[test]
fn tokens_may_be_spelled() {
    let spelled = |write: &dyn Fn(u8) -> String| KEY.bytes().map(write).collect::<String>();
    for escape in [
        &(|b| format!("\\x{b:02x}")) as &dyn Fn(u8) -> String,
        &|b| format!("\\u{b:04x}"),
        &|b| format!("%{b:02X}"),
        &|b| if b == KEY.as_bytes()[7] { format!("%{b:02X}") } else { char::from(b).to_string() },
    ] {
        assert_eq!(last(&format!("token={}", spelled(escape))), format!("token={KEY}"));
    }
    for text in ["printf '%41d of %42d'", "a \\x41\\x42 b", "100%20of%20them"] {
        assert!(views(text.as_bytes(), None).views.is_empty(), "{text}");
    }
}

#[test]
fn base64_and_hex_of_text() {
    let encode = |s: &str| ::base64::engine::general_purpose::STANDARD.encode(s);
    let secret = format!("kind: Secret\ndata:\n  API_TOKEN: {}\n  pin: {}\n", encode(KEY), encode("Tr0ub4dor"));
    assert_eq!(last(&secret), format!("kind: Secret\ndata:\n  API_TOKEN: {KEY}\n  pin: Tr0ub4dor\n"));
    points_at(&secret, KEY, encode(KEY).trim_end_matches('='));
    let basic = format!("Authorization: Basic {}", encode("me:q8Zt2"));
    assert_eq!(last(&basic), "Authorization: Basic me:q8Zt2");
    let wide: Vec<u8> = format!("$t='{KEY}'").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let command = format!("powershell -enc {}", ::base64::engine::general_purpose::STANDARD.encode(wide));
    assert_eq!(last(&command), format!("powershell -enc $t='{KEY}'"));
    let hex: String = format!("key={KEY}").bytes().map(|b| format!("{b:02x}")).collect();
    points_at(&format!("x {hex}"), &format!("key={KEY}"), &hex);
    // Over lines, the way `base64` writes them, and with text around it.
    let long = encode(&format!("# settings\nendpoint: https://api.example.org\ntoken: {KEY}\nregion: eu-west\n"));
    let wrapped = long.as_bytes().chunks(76).map(|l| format!("  {}\n", String::from_utf8_lossy(l))).collect::<String>();
    assert!(last(&format!("data: |\n{wrapped}end")).contains(&format!("token: {KEY}\nregion")));
}

#[test]
fn notebooks_are_their_cells() {
    let cell = format!(
        "{{\n \"cells\": [\n  {{\n   \"cell_type\": \"code\",\n   \"outputs\": [{{\"name\": \"stdout\", \"text\": [\n \
         \"{{\\\"api_key\\\": \\\"{{\\\\\\\"k\\\\\\\": \\\\\\\"{KEY}\\\\\\\"}}\\\"}}\\n\"]}}],\n   \"source\": [\n    \"client = Mistral(\\n\",\n    \
         \"    api_key=\\\"{KEY}\\\",\\n\",\n    \")\"\n   ]\n  }}\n ]\n}}"
    );
    let views = all(&cell, Some("a.ipynb"));
    assert!(views[0].contains(&format!("client = Mistral(\n    api_key=\"{KEY}\",\n)\n")), "{}", views[0]);
    assert_eq!(all(&cell, None).len(), views.len());
    assert!(views.last().unwrap().contains(&format!("{{\"api_key\": {{\"k\": \"{KEY}\"}}}}")), "{views:?}");
    points_at(&cell, KEY, KEY);
}

#[test]
fn a_limit_is_visible() {
    let mut text = format!("\"token\": \"{KEY}\"");
    for _ in 0..=DEPTH + 1 {
        text = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    }
    let views = views(text.as_bytes(), None);
    assert!(views.truncated && views.views.len() == DEPTH);
}

#[test]
fn a_large_text_is_seen_near_its_changes() {
    let filler = "let ordinary = line(of, text);\n".repeat(20_000);
    let text = format!("{filler}b = \"{{\\\"token\\\": \\\"{KEY}\\\"}}\"\n{filler}");
    let views = views(text.as_bytes(), None);
    assert!(views.views[0].text.len() < 64 << 10);
    check(text.as_bytes(), &views.views[0]);
    points_at(&text, KEY, KEY);
}

#[test]
fn time_is_linear() {
    // Each of these once made some reader look back or ahead without end; 4 MB take a moment, not minutes.
    for unit in [
        "\\\"",
        "\\n a=",
        "%22",
        "&quot;=",
        "'a1'+",
        "\"a1\" ",
        "aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ",
        "=3D=\n",
        "\\\\",
        "[\"a1\",",
        ".join(\"\")",
        "token%3Da",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let start = std::time::Instant::now();
        views(text.as_bytes(), None);
        assert!(start.elapsed().as_secs() < 20, "{unit}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_borne(text in proptest::collection::vec(any::<u8>(), 0..400)) {
        for view in views(&text, Some(b"a.ipynb")).views {
            check(&text, &view);
        }
    }

    #[test]
    fn any_mixture_of_encodings_is_borne(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "\\\"", "\"", "'", "\\", "\\\\", "token", ":", "=", "%22", "%3D", "%", "&quot;", "&#61;", "&", "=3D", "=\n",
            "\n", " ", "+", ".", "q8Zt2LmX9v", "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo", "{", "\"source\": [", "]", ",",
            "\"cell_type\"", "\\u0022", "\\u", "\\x2", "\\u{1", "\\ud83d\\ude00", "\\n", "join(", ".join('')", "é",
            "quoted-printable", "kind: Secret", "Basic bWU6", "\u{1b}[0m", "\\u001b[31m",
        ]), 0..40)) {
        let text = format!("{{{}", parts.concat());
        for path in [None, Some(&b"a.ipynb"[..])] {
            for view in views(text.as_bytes(), path).views {
                check(text.as_bytes(), &view);
            }
        }
    }
}
