//! Values assigned to secret-like names: the generic rules.
//!
//! One search for a few dozen stems finds the names; `name` says what a name claims, `bind` what it is bound to in
//! any of the forms that languages and files have, `weigh` whether the value is worth the claim. Passwords that
//! no name announces are read by `known` (a table of calls, commands and directives that take one), `command` (their
//! words and arguments) and `files` (lists of users that say so by their file's name alone). Where this ends: it knows no provider's tokens (their rules
//! win over these), no structure beyond a name's own line and the next, and it looks at the text as it stands: encodings
//! are undone before.

mod bind;
mod call;
mod command;
mod context;
mod files;
mod known;
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
pub(super) use context::is_test_code;
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
    let mut search = Search {
        text,
        contexts,
        context,
        rules,
        hits,
        rows: 0..0,
        tests: None,
        done: 0,
        refused: Vec::new(),
        browsers: None,
    };
    for part in parts {
        search.within(stems, part);
    }
    if context.password_file {
        search.password_file(parts);
    }
    for literal in files::passwords(text, parts, place.path) {
        // What follows from a file as a whole is not carried over to a changed one.
        search.hits.far = true;
        if parts.iter().any(|part| part.start <= literal.span.start && literal.span.end <= part.end) {
            search.command(Some(literal));
        }
    }
}

/// Whether a text that has become so short may now be a list of passwords from end to end.
pub(super) fn may_be_list(before: usize, now: usize) -> bool {
    before > files::LONGEST && now <= files::LONGEST
}

/// The stems, the signs of the tables, and behind them those of a password file.
fn stems() -> Option<&'static Spotter> {
    static STEMS: OnceLock<Option<Spotter>> = OnceLock::new();
    let calls = known::CALLS.iter().map(|(call, ..)| call);
    let commands = known::COMMANDS.iter().map(|(command, _)| command);
    let all = words::STEMS.iter().chain(calls).chain(commands).chain(&command::PASSWORD_FILES);
    STEMS.get_or_init(|| Spotter::new(all.map(|stem| stem.as_bytes()))).as_ref()
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
    /// What the name that is looked at was bound to in another syntax, and is no secret in any.
    refused: Vec<Bound>,
    /// Whether its line hands a key to a browser; asked once.
    browsers: Option<bool>,
}

impl Search<'_> {
    /// Looks at the stems in a part; of those that begin at one place at the shortest, and at none that overlaps.
    fn within(&mut self, stems: &Spotter, part: &Range<usize>) {
        let Some(text) = self.text.get(..part.end) else { return };
        let (mut at, mut end) = (part.start, part.start);
        while let Some(start) = stems.next(text, at..part.end) {
            at = start + 1;
            for (stem, len) in stems.at(text, start) {
                if stem >= words::STEMS.len() + known::CALLS.len() + known::COMMANDS.len() {
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
        let Some(stem) = words::STEMS.get(stem) else { return self.known(stem - words::STEMS.len(), hit) };
        match *stem {
            "\"d\":" => return self.secret(known::private_member(self.text, hit.end)),
            "earer " => return self.bearer(hit.end),
            "asic\"" => return self.command(command::basic(self.text, hit.end - 1)),
            "asic " => return self.command(command::basic(self.text, hit.end)),
            "dentified by" | "DENTIFIED BY" => return self.command(command::identified_by(self.text, hit.end)),
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
            b"chpasswd" if self.text[span.end..].starts_with(b":") => {
                return known::password_list(self.text, span.end).into_iter().for_each(|l| self.command(Some(l)));
            }
            b"chpasswd" => return self.command(command::piped(self.text, span.start, Part::BehindColon)),
            b"password-stdin" | b"passwd-on-stdin" => {
                return self.command(command::piped(self.text, span.start, Part::Whole));
            }
            _ => {}
        }
        if let Some((open, n)) = known::call_named(self.text, name, span.end) {
            return self.positional(open, n, Kind::Password);
        }
        if let Some(literal) = known::directive(self.text, &span) {
            return self.command(Some(literal));
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
        self.refused.clear();
        self.browsers = None;
        for n in 0..self.contexts.len() {
            self.context = self.contexts[n];
            // A comment is prose; what follows it is not.
            let code = self.context.syntax == Syntax::Code;
            if code && claim.kind == Kind::Password && in_comment(self.text, span.start) {
                self.context.syntax = Syntax::Prose;
            }
            self.assigned(&claim, &span);
            self.context = self.contexts[n];
        }
    }

    /// What the name at `span`, which makes `claim`, is bound to.
    fn assigned(&mut self, claim: &Claim, span: &Range<usize>) {
        let bound = bind::bound(self.text, span, self.context.syntax);
        if bound.as_ref().is_some_and(|b| self.refused.contains(b)) {
            return;
        }
        if bound.as_ref().is_some_and(|b| is_filled_in(self.text, span.start, b)) {
            return;
        }
        if let Some(bound) = &bound
            && self.text[span.clone()].to_ascii_lowercase().ends_with(b"auth")
            && let Some(literal) = command::login(self.text, bound.literal.span.start)
            && literal.span.end <= bound.literal.span.end
        {
            return self.command(Some(literal));
        }
        if *self.browsers.get_or_insert_with(|| is_browsers(self.text, span.start)) {
            return;
        }
        if let Some(mut bound) = bound {
            let whole = bound.clone();
            let start = bind::scheme(self.text, bound.literal.span.start).min(bound.literal.span.end);
            bound.literal.span.start = start;
            if let Some(why) = self.hopeless(claim, span, &bound) {
                // In any syntax.
                self.refused.push(whole);
                return self.refuse(claim.kind, bound.literal.span, why);
            }
            let claim = self.under_heading(claim.clone(), span, &bound);
            self.weigh(&claim, span, &bound);
        } else if self.context.syntax == Syntax::Prose && !self.rows.contains(&span.start) {
            let (values, rows) = table::column(self.text, span);
            self.hits.far |= rows.len() > ROWS;
            self.rows = rows;
            for literal in values {
                self.weigh(claim, span, &Bound { literal, form: Form::Pair });
            }
        }
    }

    /// Why a value is none whatever else is said of it.
    fn hopeless(&self, claim: &Claim, name: &Range<usize>, bound: &Bound) -> Option<&'static str> {
        let value = &self.text[bound.literal.span.clone()];
        weigh::hopeless(value, &self.text[name.clone()], bound.literal.quoted, claim.kind)
    }

    fn refuse(&mut self, kind: Kind, span: Range<usize>, why: &str) {
        if let Some(rule) = self.rules.of(kind) {
            self.hits.refuse(rule, span, || why.to_owned());
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

    /// What a call or command of the tables is given.
    fn known(&mut self, n: usize, hit: Range<usize>) {
        if let Some(&(_, argument, kind)) = known::CALLS.get(n) {
            // The connection that is opened is the first argument itself.
            let more = usize::from(self.text[..hit.start].ends_with(b"mysql_real_"));
            return self.positional(hit.end, argument + more, kind);
        }
        if self.text[..hit.end].ends_with(b"check_mysql") {
            return self.command(known::find(self.text, hit.start, hit.end, known::At::Option(" -p ", Part::Whole)));
        }
        if self.text[hit.clone()] == *b"mysql" && self.text[hit.end..].starts_with(b"i(") {
            return self.positional(hit.end + 2, 2, Kind::Password);
        }
        let Some((sign, _)) = known::COMMANDS.get(n - known::CALLS.len()) else { return };
        // A sign with several options stands there several times, and the search tells one of them.
        let open = !sign.as_bytes()[0].is_ascii_alphanumeric() || *sign == "freerdp ";
        let word = open || hit.start == 0 || !(self.text[hit.start - 1].is_ascii_alphanumeric());
        for (_, at) in known::COMMANDS.iter().filter(|(other, _)| other == sign && word) {
            self.command(known::find(self.text, hit.start, hit.end, *at));
        }
    }

    /// The password among the arguments of a call.
    fn positional(&mut self, open: usize, n: usize, kind: Kind) {
        let (literal, reach) = known::argument(self.text, open, n);
        self.hits.far |= reach > FAR;
        if let Some(literal) = literal {
            let claim = match kind {
                Kind::Password => Claim::password(),
                Kind::Secret => Claim { kind, what: "secret key".into(), ..Claim::password() },
            };
            let name = open - 1..open;
            self.weigh(&claim, &name, &Bound { literal, form: Form::Placed });
        }
    }

    fn secret(&mut self, found: Option<literal::Literal>) {
        let Some(literal) = found else { return };
        let claim = Claim { kind: Kind::Secret, what: "private key".into(), ..Claim::password() };
        let span = literal.span.start..literal.span.start;
        self.weigh(&claim, &span, &Bound { literal, form: Form::Given });
    }

    fn command(&mut self, found: Option<literal::Literal>) {
        let Some(literal) = found else { return };
        let claim = Claim::password();
        let span = literal.span.start..literal.span.start;
        self.weigh(&claim, &span, &Bound { literal, form: Form::Given });
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
            Err(why) => return self.refuse(claim.kind, span, why),
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

/// Whether the line is a comment that speaks of a login too.
fn in_comment(text: &[u8], at: usize) -> bool {
    let line = &text[at.saturating_sub(120)..at];
    let line = line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..].trim_ascii_start();
    let comment = [&b"* "[..], b"// ", b"# ", b"-- ", b"' ", b"; "].iter().any(|mark| line.starts_with(mark));
    if !comment {
        return false;
    }
    let lower = line.to_ascii_lowercase();
    [&b"login"[..], b"user", b"account", b"benutzer"].iter().any(|w| memchr::memmem::find(&lower, w).is_some())
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

/// Whether the line hands a key to what runs in the visitor's browser: everybody sees it.
fn is_browsers(text: &[u8], at: usize) -> bool {
    let line = &text[at.saturating_sub(120)..at];
    let line = &line[memchr::memrchr(b'\n', line).map_or(0, |i| i + 1)..];
    // All of them are longer, and all but two call something.
    if line.len() < 12 || memchr::memchr2(b'(', b'-', line).is_none() {
        return false;
    }
    [&b"Bugsnag.start("[..], b"TrackJS.install(", b"data-cf-beacon", b"shopify-features", b"mixpanel.init("]
        .iter()
        .any(|sign| memchr::memmem::find(line, sign).is_some())
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
