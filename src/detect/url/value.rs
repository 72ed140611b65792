//! What stands before the `@` of a URL: is it a password, or a token, and one that opens something?

use super::{one_of, percent_decoded};
use crate::detect::{entropy, placeholder};
use crate::rule::Confidence;

/// Passwords of manuals and of containers' first starts.
const WEAK: &str = "pass password passwd pwd pw pswd secret secrets changeme change_me test tests testing admin root \
    user username guest demo default postgres mysql mongo mongodb redis rabbitmq rabbit token mypassword mypass my_password \
    my-password mypwd yourpassword your_password your-password foo bar baz qux foobar hunter2 letmein xyzzy dev local \
    pass1 pass123 password1 password123 1234 12345 123456 1234567 12345678 123456789 secret123 s3cret p4ssw0rd p@ssw0rd \
    p@ssword passw0rd db_password dbpassword dbpass db_pass api_key apikey key abc abc123 xxx xxxx somepassword some_password \
    thepassword userpassword user_password hello world nopass redacted hidden masked example anonymous anoncvs";

/// What a manual writes where the reader's own go: `user:password@`.
const MANUAL_USERS: &str =
    "user username usr u user1 your_user youruser db_user dbuser name login me userid myuser someuser";
const MANUAL_PASSWORDS: &str =
    "pass password passwd pwd pw p pswd secret pass1 password1 db_password dbpassword db_pass dbpass mypass passwort";

/// Hosts of manuals, with all that stands below them.
const EXAMPLES: &str = "example.com example.org example.net example invalid test domain.com yourdomain.com mydomain.com \
    test.com other-host.com foo.com foo.bar bar.com host.com server.com site.com company.com acme.com hostname host somehost myhost yourhost";

/// Whether a password is one, and how sure. No user: it stands where one is always given.
pub(super) fn password(value: &[u8], user: Option<&[u8]>, host: &[u8]) -> Result<Confidence, &'static str> {
    if value.is_empty() {
        return Err("there is no password");
    }
    if host.is_empty() {
        return Err("no host follows");
    }
    filled_in(value).or_else(|| pattern(value)).or_else(|| pattern(user.unwrap_or_default())).map_or(Ok(()), Err)?;
    if placeholder::why(value).is_some() {
        return Err("the password is a placeholder");
    }
    if user.is_some_and(|user| one_of(user, MANUAL_USERS) && one_of(value, MANUAL_PASSWORDS)) {
        return Err("the words of a manual");
    }
    let same = user.is_none_or(|user| value.eq_ignore_ascii_case(user));
    let weak = same || value.len() < 4 || one_of(&percent_decoded(value), WEAK) || says_password(value);
    Ok(match (weak, strong(value), whereabouts(host)) {
        // Nobody writes a random password into a manual.
        (false, true, Host::Example) if is_random(value) => Confidence::Medium,
        (true, ..) | (_, _, Host::Example) | (_, false, Host::Local) => Confidence::Low,
        (_, true, Host::Local) | (_, false, Host::Somewhere) => Confidence::Medium,
        (_, true, Host::Somewhere) => Confidence::High,
    })
}

/// Whether nothing but the word is left without its signs: `p=ssword`, `pass%20pass`, `p@$$w0rd`.
fn says_password(value: &[u8]) -> bool {
    let letters: Vec<u8> = percent_decoded(value)
        .into_iter()
        .filter_map(|b| match b.to_ascii_lowercase() {
            b'0' => Some(b'o'),
            b'$' | b'5' => Some(b's'),
            b if b.is_ascii_alphabetic() => Some(b),
            _ => None,
        })
        .collect();
    one_of(&letters, "pass passpass password pssword passwrd psswrd passwd somepassword userpassword dbpassword")
        && value.iter().filter(|b| b.is_ascii_digit()).count() <= 3
}

/// Long and without anything of a word.
fn is_random(value: &[u8]) -> bool {
    value.len() >= 16 && entropy::shannon(value) >= 3.5 && value.iter().filter(|b| b.is_ascii_digit()).count() >= 2
}

/// Whether what stands alone before the `@` is a token; `after` is what follows the host.
pub(super) fn token(value: &[u8], host: &[u8], after: &[u8]) -> Result<Confidence, &'static str> {
    if value.len() < 20 || entropy::shannon(value) < 3.5 || !value.iter().any(u8::is_ascii_digit) {
        return Err("a user's name, no token");
    }
    filled_in(value).or_else(|| pattern(value)).map_or(Ok(()), Err)?;
    if placeholder::why(value).is_some() {
        return Err("the token is a placeholder");
    }
    Ok(match whereabouts(host) {
        Host::Somewhere if !is_dsn(host, after) => Confidence::Medium,
        _ => Confidence::Low,
    })
}

/// A Sentry DSN holds a public key: the path is a project's number.
fn is_dsn(host: &[u8], after: &[u8]) -> bool {
    let digits = after.iter().skip(1).take(24).take_while(|b| b.is_ascii_digit()).count();
    let ends = !after.get(1 + digits).is_some_and(|b| b.is_ascii_alphanumeric() || b"/-_.".contains(b));
    memchr::memmem::find(host, b"sentry").is_some() || after.first() == Some(&b'/') && digits > 0 && ends
}

/// Why a value is no value: something else is put there.
fn filled_in(value: &[u8]) -> Option<&'static str> {
    let value = &percent_decoded(value)[..];
    let has = |what: &str| memchr::memmem::find(value, what.as_bytes()).is_some();
    let first = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
    let variable = value.strip_prefix(b"$").and_then(|rest| rest.first()).is_some_and(first);
    let braces = value.starts_with(b"{") && value.ends_with(b"}");
    let format = [&b"%s"[..], b"%v", b"%d"].contains(&value) || value.starts_with(b"%(") || value.starts_with(b"%{");
    if variable || braces || format || ["${", "$(", "{{", "#{", "{}"].iter().any(|mark| has(mark)) {
        return Some("it is filled in elsewhere");
    }
    (value.contains(&b'*') || has("…") || has("...")).then_some("it is masked")
}

/// Why a value belongs to a regular expression or a grammar.
fn pattern(value: &[u8]) -> Option<&'static str> {
    let has = |what: &str| memchr::memmem::find(value, what.as_bytes()).is_some();
    let brackets = value.starts_with(b"[") && value.ends_with(b"]") || value.starts_with(b"(");
    (brackets || ["[^", ".*", ".+", ")?", "]+"].iter().any(|mark| has(mark))).then_some("it is a pattern")
}

/// Long and mixed: nobody's demonstration.
fn strong(value: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| usize::from(value.iter().any(test));
    let letters = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase);
    let classes = letters + has(u8::is_ascii_digit) + has(|b| !b.is_ascii_alphanumeric());
    let bits = entropy::shannon(value);
    value.len() >= 8 && classes >= 2 && bits >= 2.8 || value.len() >= 16 && bits >= 3.3
}

enum Host {
    Somewhere,
    /// This machine, or a container beside it.
    Local,
    /// A host of manuals.
    Example,
}

fn whereabouts(host: &[u8]) -> Host {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    if host.starts_with('[') {
        return Host::Local;
    }
    let name = host.split(':').next().unwrap_or_default();
    let below = |domain: &str| name.strip_suffix(domain).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    if EXAMPLES.split_ascii_whitespace().any(below) {
        return Host::Example;
    }
    let local = ["local", "localhost", "internal", "localdomain"].into_iter().any(below);
    let here = !name.contains('.') || local || name.starts_with("127.") || name == "0.0.0.0";
    if here { Host::Local } else { Host::Somewhere }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Confidence::{High, Low, Medium};

    #[test]
    fn passwords_by_strength_and_host() {
        let of = |value: &str, host: &str| password(value.as_bytes(), Some(b"app"), host.as_bytes());
        assert_eq!(of("kd83_Lqw0z", "db.corp.net:5432"), Ok(High));
        assert_eq!(of("kd83_Lqw0z", "localhost"), Ok(Medium));
        assert_eq!(of("kd83_Lqw0z", "db.example.com"), Ok(Low));
        assert_eq!(of("sunshine", "db.corp.net"), Ok(Medium));
        assert_eq!(of("sunshine", "postgres"), Ok(Low));
        assert_eq!(of("app", "db.corp.net"), Ok(Low));
        assert_eq!(of("P%40ssw0rd", "db.corp.net"), Ok(Low));
        assert_eq!(of("p%3Dssword", "db.corp.net"), Ok(Low));
        assert_eq!(of("pass%23pass", "db.corp.net"), Ok(Low));
        assert!(password(b"password", Some(b"user"), b"db.corp.net").is_err());
        assert!(password(b"PASS", Some(b"USER"), b"localhost").is_err());
        for filled in ["${PASS}", "$PASS", "{pass}", "%s", "****", "[^@]+", "", "xxxxxxxx", "{PASSWORD%7D"] {
            assert!(of(filled, "db.corp.net").is_err(), "{filled}");
        }
    }

    #[test]
    fn tokens_and_public_keys() {
        let of =
            |host: &str, after: &str| token(b"8c1f0a3be97d42c6b5e4f7a90d13c2b8", host.as_bytes(), after.as_bytes());
        assert_eq!(of("git.corp.net", "/app.git"), Ok(Medium));
        assert_eq!(of("o1.ingest.sentry.io", "/42"), Ok(Low));
        assert_eq!(of("errors.corp.net", "/42\""), Ok(Low));
        assert!(token(b"deploy-user-of-the-team", b"git.corp.net", b"").is_err());
    }
}
