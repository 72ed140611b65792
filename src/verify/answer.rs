//! What an answer means.

use crate::rule::{Life, ListSpec, VerifySpec};
use serde_json::Value;
use std::time::Duration;

/// What came of a request.
pub(super) enum Answer {
    /// An answer; of one that is not 200 nothing more is read.
    Status { code: u16, retry_after: Option<Duration>, body: Vec<u8> },
    /// None.
    Silence(Silence),
    /// The secret can't stand in a header, so that it can't be a key of this kind.
    Unsent,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Silence {
    TimeOut(Duration),
    Refused,
    Closed,
    NoSuchHost,
    Tls,
    Proxy,
    Garbage,
}

impl Answer {
    /// Whether the key is live, and why we think so.
    pub(super) fn meaning(&self, spec: &VerifySpec) -> (Life, String) {
        let (code, body) = match self {
            Answer::Status { code, body, .. } => (*code, body),
            Answer::Silence(why) => return (Life::Unknown, why.words()),
            Answer::Unsent => return (Life::Unknown, "not asked: it has characters that no header takes".into()),
        };
        let life = spec.status.get(&code.to_string()).copied().unwrap_or(Life::Unknown);
        if life != Life::Live {
            return (life, format!("status {code}{}", remark(code)));
        }
        // A page of somebody between us and the host is no answer of the host.
        let seen = match (serde_json::from_slice::<Value>(body), &spec.list) {
            (Ok(value), Some(list)) => counted(&value, list),
            (Ok(_), None) => Some(format!("status {code}")),
            (Err(_), _) => None,
        };
        match seen {
            Some(seen) => (Life::Live, seen),
            None => (Life::Unknown, format!("status {code}, but what came with it is not what this host answers")),
        }
    }
}

/// "it sees 12 models, 2 of them fine-tunes".
fn counted(answer: &Value, list: &ListSpec) -> Option<String> {
    let entries = answer.get(&list.field)?.as_array()?;
    let id = |entry: &Value| entry.get("id").and_then(Value::as_str).map(str::to_owned).unwrap_or_default();
    let all = count(entries.len(), &list.what);
    let (Some(prefix), Some(prefixed)) = (&list.prefix, &list.prefixed) else { return Some(format!("it sees {all}")) };
    let apart = entries.iter().filter(|entry| id(entry).starts_with(prefix.as_str())).count();
    Some(format!("it sees {all}, {} among them", count(apart, prefixed)))
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// What is known of a status beyond its number.
fn remark(code: u16) -> &'static str {
    match code {
        300..=399 => ": a redirect, which is not followed",
        402 => ": the host wants to be paid, which says nothing about the key",
        403 => ": the key may not do this, which does not say that it is none",
        429 => ": too many requests, which says nothing about the key",
        500..=599 => ": the host has a fault of its own",
        _ => "",
    }
}

impl Silence {
    fn words(self) -> String {
        let words = match self {
            Silence::TimeOut(after) if after.subsec_millis() == 0 => {
                return format!("time-out: no answer within {} s", after.as_secs());
            }
            Silence::TimeOut(after) => return format!("time-out: no answer within {} ms", after.as_millis()),
            Silence::Refused => "no connection could be made",
            Silence::Closed => "the connection broke off before there was an answer",
            Silence::NoSuchHost => "no such host is known",
            Silence::Tls => "no encrypted connection that can be trusted could be made",
            Silence::Proxy => "the proxy did not let the question through",
            Silence::Garbage => "what came back is no answer in HTTP",
        };
        words.into()
    }
}
