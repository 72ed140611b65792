//! Calls, commands and directives that take a password where no name announces it, as a table: what to search for, and
//! where the password stands behind it.
//!
//! Where this ends: one line, the first such place in it. An entry holds none of the stems of names (`pass`, `key`,
//! `auth`, `token`, ...): those would be found first.

use super::command::{Part, positional, value};
use super::literal::{Literal, byte, quoted, solid};
use super::name::Kind;
use std::ops::Range;

/// How far behind its sign a password may stand.
const LINE: usize = 240;

/// Ends of calls, with the number (from 0) of the argument that is the password.
pub(super) const CALLS: &[(&str, usize, Kind)] = &[
    ("login(", 1, Kind::Password),
    ("logon(", 1, Kind::Password),
    ("Login(", 1, Kind::Password),
    ("Logon(", 1, Kind::Password),
    ("createAccount(", 1, Kind::Password),
    ("onnection(", 2, Kind::Password),
    ("connect(", 2, Kind::Password),
    ("Connect(", 2, Kind::Password),
    ("PDO(", 2, Kind::Password),
    ("ldap_bind(", 2, Kind::Password),
    ("simple_bind_s(", 1, Kind::Password),
    ("FTP(", 2, Kind::Password),
    ("newInstance(", 2, Kind::Password),
    ("pgp_sym_encrypt(", 1, Kind::Secret),
    ("pgp_sym_decrypt(", 1, Kind::Secret),
    ("AES_ENCRYPT(", 1, Kind::Secret),
    ("AES_DECRYPT(", 1, Kind::Secret),
    ("jwt.encode(", 1, Kind::Secret),
    ("jwt.decode(", 1, Kind::Secret),
    ("jwt.sign(", 1, Kind::Secret),
    ("jwt.verify(", 1, Kind::Secret),
    ("JWT.encode(", 1, Kind::Secret),
    ("JWT.decode(", 1, Kind::Secret),
    ("JWT::encode(", 1, Kind::Secret),
    ("hmac.new(", 0, Kind::Secret),
    ("HMAC.hexdigest(", 1, Kind::Secret),
    ("HMAC.digest(", 1, Kind::Secret),
    ("createHmac(", 1, Kind::Secret),
    ("hash_hmac(", 2, Kind::Secret),
    ("setVapidDetails(", 2, Kind::Secret),
    ("accounts: [", 0, Kind::Secret),
];

/// Where a password stands behind a command or directive.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// Behind this option, in the next word (where it ends with a space) or glued to it.
    Option(&'static str, Part),
    /// The word of this number.
    Word(usize, Part),
    /// The last word that is neither an option nor a path.
    Free,
    /// The first of the words that has such a part.
    Among(Part),
    /// `user:secret` before the sign.
    Before,
    /// What is piped into the command.
    Piped,
}

use At::{Among, Before, Free, Option as Opt, Piped, Word};
use Part::{BehindColon, BehindComma, BehindPercent, Login, Whole};

/// Commands and directives, by how they begin.
#[rustfmt::skip]
pub(super) const COMMANDS: &[(&str, At)] = &[
    ("mongodump ", Opt(" -p ", Whole)), ("mongorestore ", Opt(" -p ", Whole)), ("mongoexport ", Opt(" -p ", Whole)),
    ("mongoimport ", Opt(" -p ", Whole)), ("mongosh ", Opt(" -p ", Whole)), ("mongo ", Opt(" -p ", Whole)),
    ("ipmitool ", Opt(" -P ", Whole)), ("snmpwalk ", Opt(" -c ", Whole)), ("snmpget ", Opt(" -c ", Whole)),
    ("snmpset ", Opt(" -c ", Whole)), ("smbclient ", Opt(" -U ", BehindPercent)), ("rpcclient ", Opt(" -U ", BehindPercent)),
    ("winexe ", Opt(" -U ", BehindPercent)), ("7z a ", Opt(" -p", Whole)), ("7z x ", Opt(" -p", Whole)),
    ("7za a ", Opt(" -p", Whole)), ("rar a ", Opt(" -hp", Whole)), ("zip -P", Word(0, Whole)), ("zip -r -P", Word(0, Whole)),
    ("openssl ", Opt(" pass:", Whole)), ("lftp ", Opt(" -u ", BehindComma)), ("psexec", Opt(" -p ", Whole)),
    ("PsExec", Opt(" -p ", Whole)), ("net use ", Free), ("net user ", Word(1, Whole)), ("rasdial ", Word(2, Whole)),
    ("freerdp ", Opt(" /p:", Whole)), ("rdesktop ", Opt(" -p ", Whole)), ("mosquitto_pub ", Opt(" -P ", Whole)),
    ("mosquitto_sub ", Opt(" -P ", Whole)), ("http -a ", Word(0, BehindColon)), ("https -a ", Word(0, BehindColon)),
    ("cqlsh ", Opt(" -p ", Whole)), ("docker login", Opt(" -p ", Whole)), ("podman login", Opt(" -p ", Whole)),
    ("buildah login", Opt(" -p ", Whole)), ("registry login", Opt(" -p ", Whole)), ("az login", Opt(" -p ", Whole)),
    ("az sql ", Opt(" -p ", Whole)), ("oc login", Opt(" -p ", Whole)), ("schtasks ", Opt(" /RP ", Whole)),
    ("schtasks ", Opt(" /rp ", Whole)), ("signtool ", Opt(" /p ", Whole)), ("x11vnc ", Opt("passwd ", Whole)),
    ("rabbitmqctl add_user ", Word(1, Whole)), ("check_mysql ", Opt(" -p ", Whole)), ("check_http ", Opt(" -a ", BehindColon)),
    ("sudo -S", Piped), ("composer config http-basic.", Word(2, Whole)), ("sqlplus ", Among(Login)), ("@tcp(", Before),
    ("oracle:thin:", Word(0, Login)), ("sqlcmd", Opt(" -P ", Whole)), ("redis-cli", Opt(" -a ", Whole)),
    ("ldapsearch", Opt(" -w ", Whole)), ("ldapmodify", Opt(" -w ", Whole)), ("ldapadd", Opt(" -w ", Whole)),
    ("curl ", Opt(" -u ", BehindColon)), ("mysql", Opt(" -p", Whole)), (":pserver:", Word(0, BehindColon)),
    ("tacacs-server ", Opt(" key ", Whole)), ("radius-server ", Opt(" key ", Whole)), ("snmp-server user ", Opt(" md5 ", Whole)),
    (" priv aes 128 ", Word(0, Whole)), (" priv aes 256 ", Word(0, Whole)), (" priv des ", Word(0, Whole)),
    ("createUser ", Opt(" SHA ", Whole)), ("createUser ", Opt(" MD5 ", Whole)), ("createUser ", Opt(" AES ", Whole)), ("createUser ", Opt(" DES ", Whole)), ("WIFI:", Opt(";P:", Whole)),
      (" : EAP ", Word(0, Whole)),
    ("PRAGMA key", Opt("= ", Whole)), 
];

/// The password behind the sign that ends at `end` and begins at `start`.
pub(super) fn find(text: &[u8], start: usize, end: usize, at: At) -> Option<Literal> {
    // The last space of a sign begins an option too.
    let from = end - usize::from(text[end - 1] == b' ');
    let line = logical(text, from);
    match at {
        Opt(option, part) => {
            let found = memchr::memmem::find(line, option.as_bytes())? + option.len();
            let glued = !option.ends_with(' ');
            // `-password` is an option of its own.
            if glued && (byte(line, found) == b' ' || line[found..].starts_with(b"assword")) {
                return None;
            }
            part.of(text, value(text, solid(text, from + found))?)
        }
        Word(n, part) => {
            let mut at = solid(text, end);
            for _ in 0..n {
                at = value(text, at).map(|l| l.span.end + usize::from(l.quoted))?;
                if byte(text, at) != b' ' {
                    return None;
                }
                at = solid(text, at);
            }
            let literal = value(text, at).filter(|l| l.span.end <= from + line.len())?;
            let first = text[literal.span.start];
            let option = !literal.quoted && matches!(first, b'-' | b'/' | b'*');
            if option { None } else { part.of(text, literal) }
        }
        Free => free(text, from, line),
        Among(part) => memchr::memchr_iter(b' ', line)
            .filter(|at| line.get(at + 1).is_some_and(u8::is_ascii_alphanumeric))
            .find_map(|at| part.of(text, value(text, from + at + 1)?)),
        Before => before(text, start),
        Piped => super::command::piped(text, start, Whole),
    }
}

/// A command's line; it may go on behind a backslash.
fn logical(text: &[u8], start: usize) -> &[u8] {
    let line = &text[start..(start + LINE).min(text.len())];
    let end = line.iter().enumerate().position(|(i, b)| *b == b'\n' && (i == 0 || line[i - 1] != b'\\'));
    &line[..end.unwrap_or(line.len())]
}

/// `"user:secret@tcp(host)"`: between the colon and the sign.
fn before(text: &[u8], end: usize) -> Option<Literal> {
    let head = &text[end.saturating_sub(80)..end];
    let head = &head[head.iter().rposition(|b| b.is_ascii_whitespace() || b"\"'`=".contains(b))? + 1..];
    let colon = memchr::memchr(b':', head).filter(|at| *at > 0 && at + 1 < head.len())?;
    Some(Literal { span: end - head.len() + colon + 1..end, quoted: true })
}

/// `net use Z: \\host\share secret /user:me`.
fn free(text: &[u8], start: usize, line: &[u8]) -> Option<Literal> {
    memchr::memmem::find(line, b"\\\\")?;
    let mut at = 0;
    for word in line.split(|b| *b == b' ') {
        let own = start + at;
        at += word.len() + 1;
        let word = word.trim_ascii();
        if word.len() > 2 && !word.starts_with(b"/") && !word.starts_with(b"\\\\") && !word.starts_with(b"\"\\\\") {
            return value(text, own);
        }
    }
    None
}

impl Part {
    /// This part of a word.
    pub(super) fn of(self, text: &[u8], literal: Literal) -> Option<Literal> {
        let word = &text[literal.span.clone()];
        let sign = match self {
            Whole => return Some(literal),
            BehindColon => b':',
            BehindPercent => b'%',
            BehindComma => b',',
            Login => b'/',
        };
        let at = memchr::memchr(sign, word).filter(|at| *at > 0)?;
        let end = if self == Login || word.contains(&b'@') && text[..literal.span.start].ends_with(b":pserver:") {
            memchr::memrchr(b'@', word).filter(|end| *end > at)?
        } else {
            word.len()
        };
        let span = literal.span.start + at + 1..literal.span.start + end;
        (!span.is_empty()).then_some(Literal { span, ..literal })
    }
}

/// The words of names whose call takes the password as this argument: `NetworkCredential(`, `SecretKeySpec(`.
const NAMED: &[(&str, usize)] = &[
    ("credential", 1),
    ("credentials", 1),
    ("basicauth", 1),
    ("basic_auth", 1),
    ("digestauth", 1),
    ("authentication", 1),
    ("authenticationtoken", 1),
    ("authenticator", 1),
    ("_pw_set", 1),
    ("credentials.basic", 1),
    ("auth", 0),
    ("secretkeyspec", 0),
    ("symmetricsecuritykey", 0),
    ("jwt_encode", 1),
];

/// Where a name is that of a call that takes a password: behind its bracket, and the argument's number.
pub(super) fn call_named(text: &[u8], name: &[u8], end: usize) -> Option<(usize, usize)> {
    let lower = name.to_ascii_lowercase();
    let rest = &text[end..];
    if rest.starts_with(b"(") {
        let fits = |word: &str| if word == "auth" { lower == b"auth" } else { lower.ends_with(word.as_bytes()) };
        return NAMED.iter().find(|(word, _)| fits(word)).map(|(_, n)| (end + 1, *n));
    }
    // `auth=("me", "secret")`, `basic_auth: ['me', 'secret']`.
    let opens = ["=(", " = (", ": [", ":["].iter().find(|open| rest.starts_with(open.as_bytes()))?;
    lower.ends_with(b"auth").then_some((end + opens.len(), 1))
}

/// The literal that is the argument number `n` of a call, where the call wraps it: `GetBytes("...")`.
pub(super) fn argument(text: &[u8], open: usize, n: usize) -> (Option<Literal>, usize) {
    let (literal, reach) = positional(text, open, n);
    let literal = literal.or_else(|| {
        let line = &text[open..(open + 80).min(text.len())];
        let wrap = memchr::memmem::find(line, b"GetBytes(").filter(|at| n == 0 && *at < 40)?;
        quoted(text, open + wrap + "GetBytes(".len())
    });
    (literal, reach)
}

/// Directives whose own words hold a stem of names: what stands behind `stats auth `, `: XAUTH `, `auth sha `,
/// `message-digest-key 1 md5 `, `CURLOPT_USERPWD, `.
pub(super) fn directive(text: &[u8], name: &Range<usize>) -> Option<Literal> {
    let (head, rest) = (&text[name.start.saturating_sub(48)..name.start], logical(text, name.end));
    let word = |from: usize| value(text, solid(text, name.end + from));
    match &text[name.clone()] {
        b"auth" if head.ends_with(b"stats ") && rest.starts_with(b" ") => super::command::login(text, name.end + 1),
        b"auth" if rest.starts_with(b" sha ") || rest.starts_with(b" md5 ") => word(" sha ".len()),
        b"key" if starts_line(head) && head.ends_with(b" ") && rest.starts_with(b" ") => {
            word(0).filter(|literal| literal.span.end - literal.span.start >= 8 && ends_line(text, literal.span.end))
        }
        b"pre-shared-key" if rest.starts_with(b" ascii-text ") => word(" ascii-text ".len()),
        b"SECURITY_CREDENTIALS" | b"Context.SECURITY_CREDENTIALS" if rest.starts_with(b", \"") => word(2),
        b"XAUTH" if head.ends_with(b": ") => word(0),
        b"community" if head.ends_with(b"snmp-server ") && rest.starts_with(b" ") => word(0),
        b"rocommunity" | b"rwcommunity" | b"rocommunity6" | b"rwcommunity6" if rest.starts_with(b" ") => word(0),
        b"message-digest-key" => word(memchr::memmem::find(rest, b" md5 ")? + " md5 ".len()),
        b"CURLOPT_USERPWD" => {
            let gap = rest.iter().position(|b| *b == b'"' || *b == b'\'').filter(|gap| *gap < 6)?;
            BehindColon.of(text, word(gap)?)
        }
        _ => None,
    }
}

/// Whether nothing but space stands on the line before.
fn starts_line(head: &[u8]) -> bool {
    head[memchr::memrchr(b'\n', head).map_or(0, |i| i + 1)..].trim_ascii().is_empty()
}

fn ends_line(text: &[u8], at: usize) -> bool {
    matches!(byte(text, solid(text, at)), 0 | b'\r' | b'\n')
}

/// The passwords of cloud-init's `chpasswd:`, a list of `user:secret` behind `list: |`.
pub(super) fn password_list(text: &[u8], at: usize) -> Vec<Literal> {
    let window = &text[at..(at + 600).min(text.len())];
    let Some(list) = memchr::memmem::find(window, b"list:") else { return Vec::new() };
    let mut all = Vec::new();
    let mut start = at + list;
    for line in window[list..].split(|b| *b == b'\n') {
        let own = start;
        start += line.len() + 1;
        let entry = line.trim_ascii_start();
        let entry = entry.strip_prefix(b"- ").unwrap_or(entry);
        if own == at + list {
            continue;
        }
        if line == entry {
            break;
        }
        all.extend(super::command::login(text, own + line.len() - entry.len()));
    }
    all
}

/// The private part of a JSON Web Key: the member `d`, where another says what kind of key it is.
pub(super) fn private_member(text: &[u8], at: usize) -> Option<Literal> {
    let near = &text[at.saturating_sub(700)..(at + 700).min(text.len())];
    memchr::memmem::find(near, b"\"kty\"")?;
    let literal = quoted(text, solid(text, at))?;
    let base64 = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (literal.span.len() >= 40 && text[literal.span.clone()].iter().all(base64)).then_some(literal)
}
