//! Asks providers whether keys are live (--verify): a request for each key and host, one at a time. The only room that
//! opens a network connection, and only it knows the HTTP client. What is asked stands in the rules that are built in
//! (`[rule.verify]`); that it goes to another address, or by way of a proxy, is for the caller to say. No variable of
//! the environment has a say, and nothing that a host writes is ever shown.

mod answer;
mod client;
mod place;
#[cfg(test)]
mod tests;

use crate::finding::{Finding, Outcome, Secret, Verified};
use crate::rule::{Life, RuleSet, VerifySpec};
use crate::{Error, Result};
use answer::{Answer, Silence};
use client::Client;
use place::{Endpoints, Url};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// How providers are asked.
#[derive(Clone)]
pub struct Options {
    /// Addresses to ask in place of the rules' own: `URL` for all hosts, `HOST=URL` for one. https, or http to this
    /// machine.
    pub endpoints: Vec<String>,
    /// A proxy, `http://HOST:PORT`.
    pub proxy: Option<String>,
    /// How long one request may take, with all that belongs to it.
    pub timeout: Duration,
    /// How long to wait between two requests to a host.
    pub pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            endpoints: Vec::new(),
            proxy: None,
            timeout: Duration::from_secs(10),
            pause: Duration::from_millis(200),
        }
    }
}

/// A host that asks for a longer pause than this is not asked again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So many time-outs in a row, and a host is given up: nobody waits ten seconds for each of a hundred keys.
const SILENT: u32 = 3;

/// What is known of a host by now.
#[derive(Default)]
struct Host {
    requests: u32,
    /// Time-outs in a row.
    silent: u32,
    /// How long to wait before the next one, if the host said so.
    wait: Option<Duration>,
    /// It asked for a pause once.
    limited: bool,
    /// Why it is not asked any more.
    closed: Option<&'static str>,
}

/// Asks, and remembers the answers.
pub struct Verifier {
    client: Client,
    endpoints: Endpoints,
    pause: Duration,
    hosts: BTreeMap<String, Host>,
    answers: HashMap<(String, Secret), (Life, String)>,
}

impl Verifier {
    /// # Errors
    /// [`Error::Usage`]: an endpoint or a proxy that makes no sense or is not safe.
    pub fn new(options: &Options) -> Result<Verifier> {
        let endpoints = Endpoints::new(&options.endpoints).map_err(Error::Usage)?;
        let rules = RuleSet::load(&[])?;
        let urls = rules.rules.iter().filter_map(|rule| rule.verify()).flat_map(|spec| &spec.url);
        endpoints.check(urls.map(String::as_str)).map_err(Error::Usage)?;
        let client = Client::new(options.proxy.as_deref(), options.timeout, &endpoints).map_err(Error::Usage)?;
        Ok(Verifier { client, endpoints, pause: options.pause, hosts: BTreeMap::new(), answers: HashMap::new() })
    }

    /// Asks for every finding that is not suppressed and whose rule says how. The receipt says who was asked.
    pub fn verify(&mut self, outcome: &mut Outcome) {
        for finding in outcome.findings.iter_mut().filter(|f| f.suppressed.is_none()) {
            finding.verified = self.finding(finding);
        }
        for (name, host) in self.hosts.iter().filter(|(_, host)| host.requests > 0) {
            let requests = if host.requests == 1 { "request" } else { "requests" };
            outcome.receipt.notes.push(format!("--verify sent {} {requests} to {name}", host.requests));
        }
        outcome.receipt.notes.sort();
    }

    /// Asks one host after the other, as long as none takes the key.
    fn finding(&mut self, finding: &Finding) -> Option<Verified> {
        let spec = finding.rule.verify()?;
        let mut refused: Vec<String> = Vec::new();
        let mut last = None;
        for url in &spec.url {
            let url = self.endpoints.of(url)?;
            if refused.contains(&url.host) {
                continue;
            }
            let (status, why) = self.ask(spec, &url, &finding.secret);
            let detail = match (status, refused.is_empty()) {
                (Life::NotAccepted, _) => not_accepted(&why, &refused),
                (_, true) => why,
                (_, false) => format!("{why}; not accepted by {}", refused.join(" and ")),
            };
            last = Some(Verified { status, host: url.host.clone(), detail });
            if status != Life::NotAccepted {
                break;
            }
            refused.push(url.host);
        }
        last
    }

    /// One request for each key and host, however many findings there are.
    fn ask(&mut self, spec: &VerifySpec, url: &Url, secret: &Secret) -> (Life, String) {
        let asked = (url.text.clone(), secret.clone());
        if let Some(known) = self.answers.get(&asked) {
            return known.clone();
        }
        let host = self.hosts.entry(url.host.clone()).or_default();
        if let Some(why) = host.closed {
            return (Life::Unknown, format!("not asked: {why}"));
        }
        if host.requests > 0 {
            std::thread::sleep(host.wait.take().unwrap_or_default().max(self.pause));
        }
        host.requests += 1;
        let answer = self.client.ask(spec, url, secret);
        host.heed(&answer);
        let meant = answer.meaning(spec);
        self.answers.insert(asked, meant.clone());
        meant
    }
}

impl Host {
    /// What an answer means for the requests after it.
    fn heed(&mut self, answer: &Answer) {
        self.silent = if matches!(answer, Answer::Silence(Silence::TimeOut(_))) { self.silent + 1 } else { 0 };
        if self.silent >= SILENT {
            self.closed = Some("the host gave no answer several times");
        }
        let retry_after = match answer {
            Answer::Status { code: 429, retry_after, .. } => retry_after,
            Answer::Status { code: 503, retry_after, .. } if retry_after.is_some() => retry_after,
            _ => return,
        };
        if self.limited {
            self.closed = Some("the host asked for a pause again");
        } else if retry_after.is_some_and(|wait| wait > LONGEST_PAUSE) {
            self.closed = Some("the host wants a longer pause");
        }
        self.limited = true;
        self.wait = *retry_after;
    }
}

fn not_accepted(why: &str, before: &[String]) -> String {
    let also = if before.is_empty() { String::new() } else { format!(", nor is it by {}", before.join(" and ")) };
    format!("{why}{also}; another host may accept it")
}
