//! What takes time: a host that hangs, drips, or asks for a pause. The rest is asked of the binary (tests/it/verify.rs).

use super::*;
use crate::finding::testing::finding;
use crate::rule::RuleSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Instant;

/// A host that does as `play` says with each connection, once the request has come; how many there were.
fn host(play: impl Fn(u32, &mut TcpStream) + Send + Sync + 'static) -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                head.push(byte[0]);
            }
            play(count.fetch_add(1, Ordering::SeqCst), &mut stream);
        }
    });
    (url, requests)
}

fn outcome(keys: u32) -> Outcome {
    let rules = RuleSet::load(&[]).unwrap();
    let rule = rules.rules.iter().find(|rule| rule.verify().is_some_and(|spec| spec.url.len() > 1)).unwrap();
    let made_up = |n: u32| finding("made-up", &format!("made-up-{n}"), b"a");
    let finding = |n: u32| Finding { rule: Arc::clone(rule), ..made_up(n) };
    Outcome { findings: (0..keys).map(finding).collect(), ..Outcome::default() }
}

fn details(url: &str, timeout: u64, keys: u32) -> Vec<String> {
    let options = Options {
        endpoints: vec![url.to_owned()],
        timeout: Duration::from_millis(timeout),
        pause: Duration::from_millis(1),
        ..Options::default()
    };
    let mut outcome = outcome(keys);
    Verifier::new(&options).unwrap().verify(&mut outcome);
    let told = outcome.findings.iter().map(|f| f.verified.as_ref().unwrap());
    told.map(|v| format!("{}: {}", v.status.name(), v.detail)).collect()
}

#[test]
fn a_host_that_hangs_or_drips_is_left_after_the_time_out() {
    let (held, _hold) = mpsc::channel();
    let hang = host(move |_, stream| held.send(stream.try_clone().unwrap()).unwrap());
    // Each byte comes in time; all of them do not.
    let drip = host(|_, stream| {
        for byte in "HTTP/1.1 200 OK\r\nX: y\r\n".repeat(20).bytes() {
            let _ = stream.write_all(&[byte]).map(|()| std::thread::sleep(Duration::from_millis(40)));
        }
    });
    let body = host(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
        for _ in 0..50 {
            let _ = stream.write_all(b" ").map(|()| std::thread::sleep(Duration::from_millis(40)));
        }
    });
    for (url, _) in [hang, drip, body] {
        let start = Instant::now();
        assert_eq!(details(&url, 300, 1), ["unknown: time-out: no answer within 300 ms"]);
        assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    }
}

#[test]
fn a_silent_host_is_given_up_and_one_that_hangs_up_is_not() {
    let (held, _hold) = mpsc::channel();
    let (url, requests) = host(move |_, stream| held.send(stream.try_clone().unwrap()).unwrap());
    let told = details(&url, 100, 6);
    assert_eq!(requests.load(Ordering::SeqCst), 3);
    assert!(told[2].contains("time-out") && told[5].contains("not asked: the host gave no answer"), "{told:?}");

    let (url, requests) = host(|_, _| ());
    let told = details(&url, 2000, 6);
    assert!(told.iter().all(|told| told.contains("broke off")), "{told:?}");
    assert_eq!(requests.load(Ordering::SeqCst), 6);
}

#[test]
fn a_pause_that_a_host_asks_for_is_made_once() {
    let busy = |code: u32, wait: u32| {
        let head = format!("HTTP/1.1 {code} Slow\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n");
        host(move |_, stream| stream.write_all(head.as_bytes()).unwrap())
    };
    for code in [429, 503] {
        let (url, requests) = busy(code, 1);
        let start = Instant::now();
        let told = details(&url, 2000, 4);
        assert_eq!(requests.load(Ordering::SeqCst), 2, "{told:?}");
        assert!((1..3).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());
        assert!(told[1].starts_with(&format!("unknown: status {code}")) && told[3].contains("not asked"), "{told:?}");
    }
    let (url, requests) = busy(429, 3600);
    let told = details(&url, 2000, 2);
    assert_eq!(requests.load(Ordering::SeqCst), 1);
    assert!(told[1].contains("wants a longer pause"), "{told:?}");
}

#[test]
fn what_no_header_takes_is_not_sent() {
    let (url, requests) = host(|_, _| ());
    let options = Options { endpoints: vec![url], ..Options::default() };
    for secret in [&b"a\r\nX: y"[..], b"a b", b"\xff", "é".as_bytes()] {
        let mut outcome = outcome(1);
        outcome.findings[0].secret = Secret::new(secret);
        Verifier::new(&options).unwrap().verify(&mut outcome);
        let told = outcome.findings[0].verified.clone().unwrap();
        assert!(told.status == Life::Unknown && told.detail.contains("not asked"), "{told:?}");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 0);
}

#[test]
fn proxies_are_checked_and_not_shown() {
    let with = |proxy: &str, endpoint: &str| {
        let options = Options {
            endpoints: Some(endpoint.to_owned()).into_iter().filter(|e| !e.is_empty()).collect(),
            proxy: Some(proxy.to_owned()),
            ..Options::default()
        };
        Verifier::new(&options).map(drop).map_err(|e| e.to_string())
    };
    assert_eq!(with("http://user:hunter2@proxy.example:3128", ""), Ok(()));
    assert_eq!(with("http://127.0.0.1:3128", "http://127.0.0.1:1"), Ok(()));
    for (proxy, endpoint) in [
        ("hunter2:80", ""),
        ("socks5://hunter2:80", ""),
        ("http://", ""),
        ("http://hunter2 x", ""),
        ("http://hunter2.example:80", "http://127.0.0.1:1"),
    ] {
        let why = with(proxy, endpoint).unwrap_err();
        assert!(why.contains("--verify-proxy") && !why.contains("hunter2"), "{proxy}: {why}");
    }
}
