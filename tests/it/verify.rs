//! `--verify`, against hosts of our own: what is sent, how often, what each answer means, and what is never shown.

mod route;

use crate::support::{Run, Sandbox, key, line, run};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const FORMATS: [&str; 5] = ["human", "json", "jsonl", "sarif", "github"];

/// A host that answers each request with what `play` makes of its head; nothing: it hangs up.
struct Host {
    address: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Host {
    fn new(play: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = head(&mut stream);
                seen.lock().unwrap().push(head.clone());
                let _ = stream.write_all(&play(&head));
            }
        });
        Host { address, heads }
    }

    /// One that always answers with a status and a body.
    fn saying(status: u16, body: &'static str) -> Host {
        Host::new(move |_| answer(status, "", body))
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

const MODELS: &str =
    r#"{"object": "list", "data": [{"id": "a-small"}, {"id": "b-large"}, {"id": "ft:a-small:0:1:2"}]}"#;

/// A folder with one key in it.
fn one_key() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    sandbox
}

fn verify(sandbox: &Sandbox, host: &Host, more: &[&str]) -> Run {
    let url = host.url();
    let done =
        sandbox.leakbreak([&["scan", "--format", "jsonl", "--verify", "--verify-endpoint", &url], more].concat());
    assert_eq!(done.status, 1, "the answer leaves the status alone: {done:?}");
    done
}

/// "status: detail" of the first finding.
fn told(run: &Run) -> String {
    let verified = run.findings()[0]["verified"].clone();
    format!("{}: {}", verified["status"].as_str().unwrap(), verified["detail"].as_str().unwrap())
}

#[test]
fn each_answer_means_what_it_means() {
    let many = format!("{{\"data\": [{}]}}", vec![r#"{"id": "m"}"#; 500].join(","));
    let huge = format!("{{\"data\": [], \"x\": \"{}\"}}", "x".repeat(5 << 20));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (answer(200, "", MODELS), "live: it sees 3 models, 1 fine-tune among them"),
        (answer(200, "", &many), "live: it sees 500 models, 0 fine-tunes among them"),
        (answer(200, "", "{\"data\": []}"), "live: it sees 0 models"),
        (answer(401, "", "{\"detail\": \"Unauthorized\"}"), "not-accepted: status 401"),
        (answer(402, "", ""), "unknown: status 402"),
        (answer(403, "", "{}"), "unknown: status 403"),
        (answer(404, "", "{}"), "unknown: status 404"),
        (answer(418, "", ""), "unknown: status 418"),
        (answer(429, "Retry-After: 1\r\n", ""), "unknown: status 429"),
        (answer(429, "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\n", ""), "unknown: status 429"),
        (answer(500, "", "oops"), "unknown: status 500"),
        (answer(503, "Retry-After: 99999999999999999999\r\n", ""), "unknown: status 503"),
        (answer(204, "", ""), "unknown: status 204"),
        (answer(299, "", MODELS), "unknown: status 299"),
        (answer(999, "", MODELS), "unknown: "),
        (answer(200, "", "<html>log in</html>"), "unknown: status 200, but"),
        (answer(200, "", "[]"), "unknown: status 200, but"),
        (answer(200, "", "{\"data\": {}}"), "unknown: status 200, but"),
        (answer(200, "", ""), "unknown: status 200, but"),
        (answer(200, "", &huge), "unknown: "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"data\"".to_vec(), "unknown: the connection broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_vec(), "unknown: "),
        (b"garbage\r\n\r\n".to_vec(), "unknown: "),
        (b"\0\xff\x16\x03\x01".repeat(40000), "unknown: "),
        (b"HTTP/1.1 200".to_vec(), "unknown: "),
        (b"SSH-2.0-OpenSSH_9\r\n".to_vec(), "unknown: "),
        (Vec::new(), "unknown: the connection broke off"),
    ];
    let sandbox = one_key();
    for (bytes, expected) in cases {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let host = Host::new(move |_| bytes.clone());
        let done = verify(&sandbox, &host, &[]);
        assert!(told(&done).starts_with(expected), "{shown}: {}", told(&done));
        assert_eq!(host.heads().len(), 1, "{shown}: one request");
        assert!(!told(&done).contains("dead") && !format!("{done:?}").contains(&key(1)), "{shown}: {done:?}");
        assert_eq!(done.findings()[0]["verified"]["host"], Value::from(host.address.clone()));
    }
}

#[test]
fn the_request_is_a_get_with_a_bearer_and_nothing_else_of_the_scan() {
    let (sandbox, host) = (one_key(), Host::saying(200, MODELS));
    let done = verify(&sandbox, &host, &["."]);
    let heads = host.heads();
    let mut lines = heads[0].lines();
    assert_eq!(lines.next(), Some("GET /v1/models HTTP/1.1"));
    // The names of headers have no case.
    let headers: Vec<(String, &str)> =
        lines.filter_map(|l| l.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value)).collect();
    let of = |name: &str| headers.iter().filter(|(n, _)| n == name).map(|(_, v)| *v).collect::<Vec<_>>();
    assert_eq!(of("authorization"), [format!("Bearer {}", key(1))]);
    assert_eq!(of("host"), [&host.address]);
    assert!(
        headers.iter().all(|(name, _)| {
            ["authorization", "host", "user-agent", "accept", "accept-encoding"].contains(&name.as_str())
        }),
        "{headers:?}"
    );
    assert!(done.receipt()["notes"].to_string().contains(&format!("--verify sent 1 request to {}", host.address)));
}

#[test]
fn a_key_is_asked_for_once_however_often_it_stands() {
    let sandbox = Sandbox::repository();
    for name in ["a.py", "b.py", "c/d.py"] {
        sandbox.write(name, [line(&key(1)), line(&key(1)), line(&key(2))].concat());
    }
    sandbox.write("codestral.env", format!("CODESTRAL_API_KEY={}\n", key(1)));
    sandbox.commit("Add");
    let second = key(2);
    let host = Host::new(move |head| answer(if head.contains(&second) { 401 } else { 200 }, "", MODELS));
    for source in [".", "--history"] {
        let before = host.heads().len();
        let start = Instant::now();
        let done = verify(&sandbox, &host, &[source]);
        assert_eq!(host.heads().len() - before, 2, "{source}");
        assert!(start.elapsed() >= Duration::from_millis(200), "there is a pause between the two");
        for finding in done.findings() {
            let live = finding["redacted"].as_str().unwrap().starts_with(&key(1)[..4]);
            assert_eq!(finding["verified"]["status"], if live { "live" } else { "not-accepted" }, "{finding}");
        }
    }
}

/// The second host is asked where the first does not accept the key, and only there.
#[test]
fn the_hosts_of_a_rule_are_asked_in_order() {
    let sandbox = one_key();
    for (first, second, asked, expected) in [
        (200, 401, 0, "live: it sees 3 models, 1 fine-tune among them"),
        (401, 200, 1, "live: it sees 3 models, 1 fine-tune among them; not accepted by"),
        (401, 401, 1, "not-accepted: status 401, nor is it by"),
        (401, 429, 1, "unknown: status 429"),
        (403, 200, 0, "unknown: status 403"),
        (500, 200, 0, "unknown: status 500"),
    ] {
        let (api, code) = (Host::saying(first, MODELS), Host::saying(second, MODELS));
        let other = format!("codestral.mistral.ai={}", code.url());
        let done = verify(&sandbox, &api, &["--verify-endpoint", &other]);
        assert!(told(&done).starts_with(expected), "{first} {second}: {}", told(&done));
        assert_eq!((api.heads().len(), code.heads().len()), (1, asked), "{first} {second}");
        let host = if asked == 1 { &code } else { &api };
        assert_eq!(done.findings()[0]["verified"]["host"], Value::from(host.address.clone()));
    }
}

#[test]
fn a_redirect_is_not_followed_anywhere() {
    let sandbox = one_key();
    for status in [300, 301, 302, 303, 307, 308] {
        let elsewhere = Host::saying(200, MODELS);
        let location = format!("Location: {}/v1/models\r\n", elsewhere.url());
        let host = Host::new(move |_| answer(status, &location, ""));
        let done = verify(&sandbox, &host, &[]);
        assert!(told(&done).contains("a redirect, which is not followed"), "{status}: {}", told(&done));
        assert_eq!((host.heads().len(), elsewhere.heads().len()), (1, 0), "{status}");
    }
    let host = Host::new(|_| answer(302, "Location: /v1/other\r\n", ""));
    verify(&sandbox, &host, &[]);
    assert_eq!(host.heads().len(), 1);
}

#[test]
fn every_format_tells_the_answer_and_none_the_key() {
    let sandbox = one_key();
    let reply = [MODELS.trim_end_matches("]}"), r#", {"id": ""#, &key(1), r#""}], "x": ""#, &key(1), "\"}"].concat();
    let host = Host::new(move |_| answer(200, "", &reply));
    let url = host.url();
    for format in FORMATS {
        for more in [&[][..], &["--verbose", "--timings"], &["--quiet"]] {
            let args = [&["scan", "--format", format, "--verify", "--verify-endpoint", &url], more].concat();
            let done = sandbox.leakbreak(args);
            assert!(!format!("{done:?}").contains(&key(1)), "{format}: {done:?}");
            for word in ["it sees 4 models", "live", &host.address] {
                assert!(done.stdout.contains(word), "{format}: no {word}: {done:?}");
            }
        }
    }
    let document: Value = serde_json::from_str(
        &sandbox.leakbreak(["scan", "--format", "sarif", "--verify", "--verify-endpoint", &url]).stdout,
    )
    .unwrap();
    assert_eq!(document["runs"][0]["results"][0]["properties"]["verified"]["status"], "live");
}

/// Without the flag nobody is asked; what is silenced, has no rule that says how, or is of low confidence is not asked for.
#[test]
fn only_what_counts_is_asked_for() {
    let sandbox = Sandbox::repository();
    let host = Host::saying(200, MODELS);
    sandbox.write("a.py", format!("{}# leakbreak:allow -- known\n{}", line(&key(1)), line(&key(2))));
    sandbox.write("b.py", format!("db_password = \"{}\"\n", ["Zq8-vv7K", "p2LmN"].concat()));
    sandbox.write("c.env", format!("# mistral\nTHING={}\n", key(3)));
    let done = verify(&sandbox, &host, &["--show-suppressed"]);
    let verified = |f: &Value| !f["verified"].is_null();
    let told: Vec<_> = done.findings().iter().map(|f| (f["rule"].clone(), verified(f))).collect();
    assert_eq!(
        told,
        [("mistral-api-key".into(), true), ("mistral-api-key".into(), false), ("generic-password".into(), false)]
    );
    assert_eq!(host.heads().len(), 1);
    let without = sandbox.leakbreak(["scan", "--format", "jsonl"]);
    assert!(without.findings().iter().all(|f| f["verified"].is_null()));
    assert_eq!(host.heads().len(), 1);
}

/// Before the host has proved who it is, nothing of the key is sent.
#[test]
fn a_host_without_encryption_learns_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = vec![0; 16384];
        let n = stream.read(&mut hello).unwrap();
        let _ = stream.write_all(&answer(200, "", MODELS));
        hello.truncate(n);
        let _ = stream.read_to_end(&mut hello);
        String::from_utf8_lossy(&hello).into_owned()
    });
    let done = one_key().leakbreak(["scan", "--format", "jsonl", "--verify", "--verify-endpoint", &url]);
    assert!(told(&done).starts_with("unknown: no encrypted connection"), "{}", told(&done));
    let received = server.join().unwrap();
    assert!(!received.contains(&key(1)) && !received.contains("Bearer"));
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let done = one_key().leakbreak(["scan", "--format", "jsonl", "--verify", "--verify-endpoint", &url]);
    assert_eq!((done.status, told(&done).as_str()), (1, "unknown: no connection could be made"), "{done:?}");
}

/// A host that says nothing holds nobody up who wants to go.
#[test]
fn an_interrupt_ends_it_at_once() {
    let sandbox = one_key();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    let mut child = command.args(["scan", "--verify", "--verify-endpoint", &url]).spawn().unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    assert!(head(&mut stream).contains("/v1/models"));
    let start = Instant::now();
    run(sandbox.command("kill").args(["-INT", &child.id().to_string()]), b"");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}
