//! The HTTP client, held short: rustls with the roots that are built in, one connection for each request, no redirect,
//! no proxy but the one that was named, one time-out over all. Its errors are told in words of our own, since some of
//! them repeat what was sent.

use super::answer::{Answer, Silence};
use super::place::{Endpoints, Url, is_here};
use crate::finding::Secret;
use crate::rule::VerifySpec;
use std::io::ErrorKind;
use std::time::Duration;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Proxy};

/// A list of some hundred models is a tenth of it.
const LONGEST_BODY: u64 = 4 << 20;

/// Sends requests.
pub(super) struct Client {
    agent: Agent,
    timeout: Duration,
}

impl Client {
    pub(super) fn new(proxy: Option<&str>, timeout: Duration, endpoints: &Endpoints) -> Result<Client, String> {
        let proxy = proxy.map(|text| read_proxy(text, endpoints)).transpose()?;
        let tls = TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(RootCerts::WebPki).build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Without this line the client would take one from the environment.
            .proxy(proxy)
            .timeout_global(Some(timeout))
            .max_idle_connections(0)
            .user_agent(concat!("leakbreak/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .tls_config(tls)
            .build();
        Ok(Client { agent: config.new_agent(), timeout })
    }

    /// Asks once.
    pub(super) fn ask(&self, spec: &VerifySpec, url: &Url, secret: &Secret) -> Answer {
        let Some(headers) = headers(spec, secret) else { return Answer::Unsent };
        let mut request = self.agent.get(&url.text);
        if let Some(own) = request.headers_mut() {
            own.extend(headers);
        }
        let mut response = match request.call() {
            Ok(response) => response,
            Err(error) => return Answer::Silence(self.silence(&error)),
        };
        let code = response.status().as_u16();
        let retry_after = wish(response.headers());
        // Only a good answer is read.
        if code != 200 {
            return Answer::Status { code, retry_after, body: Vec::new() };
        }
        match response.body_mut().with_config().limit(LONGEST_BODY).read_to_vec() {
            Ok(body) => Answer::Status { code, retry_after, body },
            Err(ureq::Error::BodyExceedsLimit(_)) => Answer::Status { code, retry_after, body: Vec::new() },
            Err(error) => Answer::Silence(self.silence(&error)),
        }
    }

    fn silence(&self, error: &ureq::Error) -> Silence {
        use ureq::Error as E;
        match error {
            E::Timeout(_) => Silence::TimeOut(self.timeout),
            E::Io(io) if io.kind() == ErrorKind::TimedOut => Silence::TimeOut(self.timeout),
            E::Io(io) if io.kind() == ErrorKind::ConnectionRefused => Silence::Refused,
            // rustls hands its own through as this.
            E::Io(io) if io.kind() == ErrorKind::InvalidData => Silence::Tls,
            E::Io(_) => Silence::Closed,
            E::HostNotFound => Silence::NoSuchHost,
            E::Tls(_) | E::Rustls(_) => Silence::Tls,
            E::ConnectProxyFailed(_) | E::InvalidProxyUrl => Silence::Proxy,
            E::ConnectionFailed => Silence::Refused,
            _ => Silence::Garbage,
        }
    }
}

/// The header lines of a rule with the secret in them; None: it holds what no header can.
fn headers(spec: &VerifySpec, secret: &Secret) -> Option<HeaderMap> {
    let secret = std::str::from_utf8(secret.reveal()).ok().filter(|s| s.bytes().all(|b| b.is_ascii_graphic()))?;
    let mut headers = HeaderMap::new();
    for (name, value) in spec.header.iter().filter_map(|line| line.split_once(": ")) {
        let mut value = HeaderValue::from_str(&value.replace("{secret}", secret)).ok()?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
    }
    Some(headers)
}

/// How many seconds a host wants to be left alone; a date counts as none.
fn wish(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?;
    text.trim().parse().ok().map(Duration::from_secs)
}

fn read_proxy(text: &str, endpoints: &Endpoints) -> Result<Proxy, String> {
    const FORM: &str = "--verify-proxy must be http://[USER:PASSWORD@]HOST:PORT, or https://";
    if !text.starts_with("http://") && !text.starts_with("https://") {
        return Err(FORM.into());
    }
    let proxy = Proxy::new(text).map_err(|_| FORM.to_owned())?;
    if endpoints.has_plain() && !is_here(proxy.host()) {
        return Err("--verify-proxy: what is asked unencrypted on this machine can't go by way of another one".into());
    }
    Ok(proxy)
}
