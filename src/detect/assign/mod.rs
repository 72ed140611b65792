//! Values assigned to secret-like names: the generic rules.
//!
//! One search for a few dozen stems finds the names; `name` says what a name claims, `bind` what it is bound to in
//! any of the forms that languages and files have, `weigh` whether the value is worth the claim. Passwords on command
//! lines, which no name announces, are read by `command`. Where this ends: it knows no provider's tokens (their rules
//! win over these), no structure beyond a name's own line and the next, and it looks at the text as it stands: encodings
//! are undone before.

mod bind;
mod call;
mod command;
mod context;
mod literal;
mod name;
mod pair;
mod section;
mod table;
mod unfit;
mod weigh;
mod words;

use super::carry::anchor::What;
use super::hits::Hits;
use super::{Evidence, Match, Place};
use crate::finding::Secret;
use crate::rule::{Confidence, Rule};
use crate::spotter::Spotter;
use aho_corasick::AhoCorasick;
use bind::{Bound, Form};
use command::Part;
use context::{Context, Syntax};
use name::{Claim, Kind, Sure};
use std::ops::Range;
use std::sync::{Arc, OnceLock};
use weigh::Asked;

/// Arguments that begin further behind their bracket make a call one that is judged by far text.
const FAR: usize = 700;

/// Rows of a table that are longer altogether make it one that is judged by far text.
const ROWS: usize = 1200;

/// The rules that own generic findings.
#[derive(Clone, Debug, Default)]
pub struct GenericRules {
    /// A random value under a secret-like name (`kind = "generic-secret"`).
    pub secret: Option<Arc<Rule>>,
    /// A password (`kind = "generic-password"`).
    pub password: Option<Arc<Rule>>,
}

impl GenericRules {
    fn of(&self, kind: Kind) -> Option<&Arc<Rule>> {
        match kind {
            Kind::Secret => self.secret.as_ref(),
            Kind::Password => self.password.as_ref(),
        }
    }
}

/// Whether the path is that of somebody else's published package.
pub(super) fn is_foreign(path: super::Path<'_>) -> bool {
    Context::of(path).foreign
}

/// Finds assignments of secrets to names in `parts` of a text.
pub(super) fn find((text, parts): (&[u8], &[Range<usize>]), place: Place<'_>, rules: &GenericRules, hits: &mut Hits) {
    if rules.secret.is_none() && rules.password.is_none() {
        return;
    }
    let contexts = Context::all(place.path);
    let Some(&context) = contexts.last().filter(|c| !c.refused) else { return };
    let Some(stems) = stems() else { return };
    let mut search = Search { text, contexts, context, rules, hits, rows: 0..0, tests: None, done: 0 };
    for part in parts {
        search.within(stems, part);
    }
    if context.password_file {
        search.password_file(parts);
    }
}

/// The stems, and behind them the signs of a password file.
fn stems() -> Option<&'static Spotter> {
    static STEMS: OnceLock<Option<Spotter>> = OnceLock::new();
    let all = || words::STEMS.iter().chain(&command::PASSWORD_FILES).map(|stem| stem.as_bytes());
    STEMS.get_or_init(|| Spotter::new(all())).as_ref()
}

/// A search through one text.
struct Search<'a> {
    text: &'a [u8],
    /// What the path says; several where it is not known yet.
    contexts: Vec<Context>,
    /// The one of them that is looked with.
    context: Context,
    rules: &'a GenericRules,
    hits: &'a mut Hits,
    /// Rows of a table whose header was read: no headers themselves.
    rows: Range<usize>,
    /// Where the tests begin that stand in the file itself; asked once.
    tests: Option<usize>,
    /// Up to here names have been read.
    done: usize,
}

impl Search<'_> {
    /// Looks at the stems in a part; of those that begin at one place at the shortest, and at none that overlaps.
    fn within(&mut self, stems: &Spotter, part: &Range<usize>) {
        let Some(text) = self.text.get(..part.end) else { return };
        let (mut at, mut end) = (part.start, part.start);
        while let Some(start) = stems.next(text, at..part.end) {
            at = start + 1;
            for (stem, len) in stems.at(text, start) {
                if stem >= words::STEMS.len() {
                    self.hits.ports |= self.context.password_file;
                } else if start >= end {
                    end = start + len;
                    if start >= self.done {
                        self.look(stem, start..end);
                    }
                }
            }
        }
    }

    /// The lines of a PostgreSQL password file, if it may be one.
    fn password_file(&mut self, parts: &[Range<usize>]) {
        let text = self.text;
        if !self.hits.ports {
            return;
        }
        for part in parts {
            for literal in command::password_file(&text[part.clone()]) {
                let span = part.start + literal.span.start..part.start + literal.span.end;
                self.command(Some(literal::Literal { span, ..literal }));
            }
        }
    }

    fn look(&mut self, stem: usize, hit: Range<usize>) {
        self.hits.anchor(hit.start, What::Name);
        match words::STEMS[stem] {
            "earer " => return self.bearer(hit.end),
            "asic\"" => return self.command(command::basic(self.text, hit.end - 1)),
            "asic " => return self.command(command::basic(self.text, hit.end)),
            "dentified by" | "DENTIFIED BY" => return self.command(command::identified_by(self.text, hit.end)),
            "mysql" | "curl " | "redis-cli" | "sqlcmd" | "docker login" | "ldapsearch" | "ldapmodify" | "ldapadd"
            | "zip -P" => {
                return self.command(command::argument(self.text, hit));
            }
            "login(" | "createAccount(" => return self.positional(hit.end, 1),
            "onnection(" | "connect(" | "PDO(" | "mysqli(" | "ldap_bind(" | "FTP(" => {
                return self.positional(hit.end, 2);
            }
            _ => {}
        }
        // `pw =` is looked for with its operator, for `pw` alone stands in too many words.
        let stem = self.text[hit.clone()].trim_ascii_end();
        let stem = stem.strip_suffix(b"=").or_else(|| stem.strip_suffix(b":")).unwrap_or(stem).trim_ascii_end();
        let span = name::extent(self.text, hit.start..hit.start + stem.len(), self.done);
        self.done = span.end;
        let span = name::in_prose(self.text, &span);
        let name = &self.text[span.clone()];
        match name {
            b"sshpass" => return self.command(command::argument(self.text, span)),
            b"htpasswd" => return self.command(command::argument(self.text, span)),
            b"chpasswd" => return self.command(command::piped(self.text, span.start, Part::BehindColon)),
            b"password-stdin" => return self.command(command::piped(self.text, span.start, Part::Whole)),
            _ => {}
        }
        if let Some(open) = credentials(self.text, &span) {
            return self.positional(open, 1);
        }
        if call::sets_for_user(name) && literal::byte(self.text, span.end) == b'(' {
            self.hits.far |= command::positional(self.text, span.end + 1, 3).1 > FAR;
        }
        let Some(claim) = name::claim(name) else {
            // Nothing around it makes it one.
            self.hits.anchors.pop_if(|anchor| anchor.at() == hit.start);
            return;
        };
        if self.text[..span.start].ends_with(b"checksum/") {
            return;
        }
        for n in 0..self.contexts.len() {
            self.context = self.contexts[n];
            self.assigned(claim.clone(), &span);
        }
    }

    /// What the name at `span`, which makes `claim`, is bound to.
    fn assigned(&mut self, claim: Claim, span: &Range<usize>) {
        let bound = bind::bound(self.text, span, self.context.syntax);
        if bound.as_ref().is_some_and(|b| is_filled_in(self.text, span.start, b)) {
            return;
        }
        if let Some(mut bound) = bound {
            let start = bind::scheme(self.text, bound.literal.span.start).min(bound.literal.span.end);
            bound.literal.span.start = start;
            let claim = self.under_heading(claim, span, &bound);
            self.weigh(&claim, span, &bound);
        } else if self.context.syntax == Syntax::Prose && !self.rows.contains(&span.start) {
            let (values, rows) = table::column(self.text, span);
            self.hits.far |= rows.len() > ROWS;
            self.rows = rows;
            for literal in values {
                self.weigh(&claim, span, &Bound { literal, form: Form::Pair });
            }
        }
    }

    /// Whether the file's own tests stand before `at`: Rust keeps them at a module's end.
    fn in_test(&mut self, at: usize) -> bool {
        let text = self.text;
        let tests = *self.tests.get_or_insert_with(|| {
            memchr::memmem::find(text, b"#[cfg(test)]\nmod ")
                .or_else(|| memchr::memmem::find(text, b"#[cfg(test)]\r\nmod "))
                .unwrap_or(text.len())
        });
        at > tests
    }

    /// What a name says together with the heading that it stands under, where it says little alone.
    fn under_heading(&mut self, claim: Claim, name: &Range<usize>, bound: &Bound) -> Claim {
        let enough = claim.sure > Sure::Weak && claim.owner.is_some();
        if claim.kind == Kind::Password || enough || bound.literal.span.len() < 16 {
            return claim;
        }
        if self.hits.floor.is_some_and(|floor| self.most(name, bound) >= Some(floor)) {
            self.hits.anchor(name.start, What::Headed);
        }
        let Some(heading) = section::heading(self.text, name, self.context.syntax) else { return claim };
        let joined = [heading, b".", &self.text[name.clone()]].concat();
        name::claim(&joined).filter(|more| more.kind == claim.kind && more.sure >= claim.sure).unwrap_or(claim)
    }

    /// How sure a value is under the most telling heading that there could be.
    fn most(&mut self, name: &Range<usize>, bound: &Bound) -> Option<Confidence> {
        let owner = Some(String::new());
        let claim = Claim { kind: Kind::Secret, sure: Sure::Strong, what: String::new(), owner, test: false };
        let asked = self.asked(&claim, name, bound);
        weigh::weigh(&self.text[bound.literal.span.clone()], asked).ok().map(|weight| weight.confidence)
    }

    /// A token behind `Bearer `, whatever the name before it.
    fn bearer(&mut self, at: usize) {
        let claim =
            Claim { kind: Kind::Secret, sure: Sure::Strong, what: "bearer token".into(), owner: None, test: false };
        if let Some(literal) = literal::inside(self.text, at) {
            let name = at - "bearer ".len()..at - 1;
            self.weigh(&claim, &name, &Bound { literal, form: Form::Assigned });
        }
    }

    /// The password among the arguments of a call.
    fn positional(&mut self, open: usize, n: usize) {
        let (literal, reach) = command::positional(self.text, open, n);
        self.hits.far |= reach > FAR;
        if let Some(literal) = literal {
            let claim = Claim::password();
            let name = open - 1..open;
            self.weigh(&claim, &name, &Bound { literal, form: Form::Argument });
        }
    }

    fn command(&mut self, found: Option<literal::Literal>) {
        let Some(literal) = found else { return };
        let claim = Claim::password();
        let span = literal.span.start..literal.span.start;
        self.weigh(&claim, &span, &Bound { literal, form: Form::Flag });
    }

    fn asked<'c>(&mut self, claim: &'c Claim, name: &Range<usize>, bound: &Bound) -> Asked<'c>
    where
        Self: 'c,
    {
        let span = &bound.literal.span;
        Asked {
            name: &self.text[name.clone()],
            claim,
            form: bound.form,
            quoted: bound.literal.quoted,
            context: self.context,
            in_test: self.in_test(span.start),
            echoed: is_echoed(self.text, span),
            beside_login: claim.kind == Kind::Password && beside_login(self.text, span),
        }
    }

    fn weigh(&mut self, claim: &Claim, name: &Range<usize>, bound: &Bound) {
        let span = bound.literal.span.clone();
        let value = &self.text[span.clone()];
        let asked = self.asked(claim, name, bound);
        let weight = match weigh::weigh(value, asked) {
            Ok(weight) => weight,
            Err(why) => {
                if let Some(rule) = self.rules.of(claim.kind) {
                    self.hits.refuse(rule, span, || why.to_owned());
                }
                return;
            }
        };
        self.hits.far |= asked.in_test;
        let Some(rule) = self.rules.of(weight.kind) else { return };
        let mut evidence = vec![Evidence { reason: bound_to(claim, asked.name), span: Some(name.clone()) }];
        evidence.push(Evidence { reason: weight.why, span: None });
        if self.context.tame {
            evidence.push(Evidence { reason: "in a test, example or document: one less sure".into(), span: None });
        }
        let title = claim.owner.as_ref().filter(|_| claim.kind == Kind::Secret).map(|o| format!("{o} {}", claim.what));
        self.hits.matches.push(Match {
            rule: rule.clone(),
            title,
            secret: Secret::new(value),
            span,
            confidence: weight.confidence,
            evidence,
        });
    }
}

/// Whether a name and what it is bound to stand within a template: `{{ $password := .Values.password }}`. What is
/// assigned there in quotes is a value all the same.
fn is_filled_in(text: &[u8], at: usize, bound: &Bound) -> bool {
    if bound.literal.quoted && matches!(bound.form, Form::Assigned | Form::Pair | Form::Fallback) {
        return false;
    }
    let line = &text[at.saturating_sub(400)..at];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..];
    let open = memchr::memmem::rfind(line, b"{{");
    open.is_some_and(|open| memchr::memmem::find(&line[open..], b"}}").is_none())
}

/// Behind the bracket of a call that takes a user and a password: `NetworkCredential(`, `HTTPBasicAuth(`, `auth=(`.
fn credentials(text: &[u8], name: &Range<usize>) -> Option<usize> {
    let rest = &text[name.end..];
    let lower = text[name.clone()].to_ascii_lowercase();
    let ends = |words: &[&[u8]]| words.iter().any(|w| lower.ends_with(w));
    if rest.starts_with(b"(")
        && ends(&[b"credential", b"credentials", b"basicauth", b"basic_auth", b"authentication", b"_pw_set"])
    {
        return Some(name.end + 1);
    }
    (lower == b"auth" && rest.starts_with(b"=(")).then_some(name.end + 2)
}

/// Says what the value is bound to; a name that could hold a secret itself is not repeated.
fn bound_to(claim: &Claim, name: &[u8]) -> String {
    let shown = String::from_utf8_lossy(name);
    if name.is_empty() || name.len() > 48 || super::value::randomness(name) > 10.0 {
        return format!("bound to the name of a {}", claim.what);
    }
    format!("bound to {shown}")
}

/// Whether a user, host or account stands near: what it is beside tells a password from a word about passwords.
fn beside_login(text: &[u8], span: &Range<usize>) -> bool {
    const WORDS: [&str; 12] = [
        "user",
        "login",
        "host",
        "account",
        "smtp",
        "uid",
        "ssid",
        "usuario",
        "benutzer",
        "identifiant",
        "database",
        "server",
    ];
    static SEARCH: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let search = SEARCH.get_or_init(|| AhoCorasick::builder().ascii_case_insensitive(true).build(WORDS).ok());
    let near = &text[span.start.saturating_sub(200)..(span.end + 120).min(text.len())];
    search.as_ref().is_some_and(|s| s.is_match(near))
}

/// Whether the value stands a second time near it, in any case of letters.
fn is_echoed(text: &[u8], span: &Range<usize>) -> bool {
    // Asked of words alone.
    let value = &text[span.clone()];
    if !value.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'_' | b'-')) {
        return false;
    }
    let before = text[span.start.saturating_sub(200)..span.start].to_ascii_lowercase();
    let after = text[span.end..(span.end + 200).min(text.len())].to_ascii_lowercase();
    [before, after].iter().any(|near| memchr::memmem::find(near, value).is_some())
}

#[cfg(test)]
mod tests;
