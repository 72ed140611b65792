//! The vocabulary of names: which words make a name secret-like, and which take that back. Words are in lower case.

/// What the text is searched for: a name with none of these is never looked at. The search is by exact bytes, so each
/// word stands here in the cases that are written: `pass`, `Pass`, `PASS`.
#[rustfmt::skip]
pub(super) const STEMS: &[&str] = &[
    "pass", "Pass", "PASS", "pwd", "Pwd", "PWD", "secret", "Secret", "SECRET", "token", "Token", "TOKEN", "key",
    "Key", "KEY", "auth", "Auth", "AUTH", "cred", "Cred", "CRED", "earer ", "asic ", "asic\"", "_pw", "_PW", "rootpw", "pw=", "pw =", "pw:", "psk", "PSK", "psw",
    "PSW", "dentified by", "DENTIFIED BY", "bindpw", "BINDPW", "keyMaterial", "assword", "PW:", "PW=", "Pw:", "clave", "Clave", "CLAVE", "chave", "Chave", "CHAVE", "\"d\":", "SALT", "salt", "Salt", "epper", "PEPPER", "ommunity", "COMMUNITY", "ключ", "Ключ",
    // Other languages. Latin stems without their first letter serve both cases.
    "ennwort", "ENNWORT", "ontrase", "ONTRASE", "enha", "ENHA", "achtwoord", "WACHTWOORD", "haslo", "Haslo", "hasło",
    "Hasło", "heslo", "Heslo", "arola", "alasana", "ösenord", "osenord", "dgangskode", "elszó", "elszo", "şifre",
    "sifre", "mdp", "MDP", "ароль", "АРОЛЬ", "окен", "екрет", "密码", "密碼", "口令", "密钥", "令牌", "パスワード", "トークン", "비밀번호",
    "암호",
];

/// Last words of a name whose value is a password.
#[rustfmt::skip]
pub(super) const PASSWORD: &[&str] = &[
    "password", "passwords", "passwd", "passwort", "passphrase", "passcode", "pass", "pwd", "psw", "passw", "pword",
    "pswd", "passwrd", "kennwort", "contraseña", "contrasena", "contrasenya", "senha", "wachtwoord", "haslo",
    "hasło", "heslo", "parola", "parool", "salasana", "lösenord", "losenord", "adgangskode", "jelszó", "jelszo",
    "şifre", "sifre", "mdp", "motdepasse", "motpasse", "пароль", "парол", "密码", "密碼", "口令", "パスワード", "비밀번호", "암호",
    "passwordbase", "mima", "userpass", "masterauth", "requirepass", "psksecret", "assword", "presharedkey", "ppsk", "bindpw", "pgpassword", "sshpass", "rootpw", "psk", "pw",
];

/// Words of languages that put what it is first: `senha_banco`.
pub(super) const PASSWORD_FIRST: [&str; 7] =
    ["senha", "contraseña", "contrasena", "contrasenya", "mdp", "motdepasse", "parola"];

/// Endings of words that are passwords: `dbpassword`, `pgpassword`.
pub(super) const PASSWORD_ENDINGS: [&str; 10] = [
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "kennwort",
    "contrasena",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
];

/// Words before `pass` and `pw` that make it a password where they are written as one: `dbpass`.
#[rustfmt::skip]
pub(super) const PASS_PREFIXES: &[&str] = &[
    "db", "user", "root", "admin", "my", "require", "smtp", "ftp", "mail", "pg", "login", "key", "store", "wifi",
    "mqtt", "redis", "sql", "mysql", "ldap", "bind", "proxy", "sa", "usr", "imap", "email", "http", "remote", "local", "dst", "src", "srcstore", "deststore", "truststore",
    "keystore", "svc", "service", "tomcat", "app", "web", "api", "ora", "oracle", "samba", "smb", "vpn", "ssh", "sftp",
];

/// Last words of a name whose value is a token, whatever stands before them.
#[rustfmt::skip]
pub(super) const SECRET: &[&str] = &[
    "secret", "secrets", "token", "tokens", "credential", "credentials", "cred", "creds", "bearer", "токен",
    "секрет", "密钥", "令牌", "トークン", "authorization",
];

/// Words before `key`, `token` or `secret` that leave no doubt.
#[rustfmt::skip]
pub(super) const SURE: &[&str] = &[
    "api", "access", "secret", "private", "auth", "encryption", "encrypt", "crypt", "crypto", "signing", "sign",
    "signature", "master", "service", "app", "application", "account", "admin", "client", "consumer", "license",
    "subscription", "storage", "jwt", "hmac", "aes", "write", "server", "ingest", "ingestion", "integration",
    "deploy", "deployment", "webhook", "bot", "shared", "sas", "security", "cookie", "session", "instrumentation",
    "validation", "decryption", "machine", "bearer", "refresh", "oauth", "oauth2", "personal", "ci", "push",
    "registry", "npm", "user", "developer", "dev", "partner", "merchant", "payment", "bind", "hash", "salt", "vault",
    "block", "in", "nonce",
    "root", "agent", "project", "workspace", "org", "organization", "team", "clave", "chave",
];

/// Words before `key` that make it anything but a secret.
#[rustfmt::skip]
pub(super) const OTHER_KEYS: &[&str] = &[
    "primary", "foreign", "public", "pub", "publishable", "cache", "sort", "partition", "row", "dict", "map",
    "object", "obj", "item", "index", "lookup", "group", "unique", "composite", "registry", "event", "translation",
    "i18n", "locale", "message", "msg", "site", "idempotency", "dedupe", "dedup", "etag", "fingerprint", "range",
    "sorting", "hot", "shortcut", "arrow", "routing", "join", "natural", "surrogate", "reference", "ref", "json",
    "yaml", "column", "field", "property", "metric", "state", "query", "context", "attribute", "label", "config",
    "setting", "settings", "preference", "header", "section", "menu", "node", "path", "file", "host", "known", "gpg",
    "pgp", "s3", "blob", "bucket", "modifier", "param", "parameter", "data", "text", "string", "resource", "layout",
    "theme", "tab", "sub", "value", "parent", "child",
];

/// Words anywhere before the last one that say the value is open, ephemeral, or none.
#[rustfmt::skip]
pub(super) const NO_SECRET: &[&str] = &[
    "public", "pub", "hashed", "hash", "encrypted", "cipher", "ciphertext", "sealed", "csrf", "xsrf", "antiforgery",
    "paging", "pagination", "continuation", "cancellation", "cancel", "fake", "mock", "mocked", "dummy", "example",
    "sample", "placeholder", "authenticity", "checksum", "digest",
    "thumbprint", "existing", "missing", "invalid", "wrong", "incorrect", "expected", "expired", "unknown",
    "verification", "tracking", "forgot", "lost",
];

/// Words directly before `token` or `key` that say the same; further away they say nothing (`startWithApiKey`).
#[rustfmt::skip]
pub(super) const NO_SECRET_NEXT: &[&str] = &[
    "bos", "eos", "pad", "unk", "sep", "cls", "special", "begin", "end", "start", "stop", "design", "lex", "syntax",
    "next", "prev", "sync", "page", "resume", "cursor", "bad", "mask", "first", "last", "current", "previous",
    "lookahead", "peek",
];

/// Last words that say nothing: `api_key_value`, `password_prod`.
#[rustfmt::skip]
pub(super) const NEUTRAL_ENDINGS: &[&str] = &[
    "value", "val", "string", "str", "text", "plain", "plaintext", "cleartext", "clear", "prod", "production", "dev",
    "devel", "development", "staging", "stage", "live", "sandbox", "default", "old", "new", "current", "previous",
    "backup", "main", "primary", "secondary", "b64", "base64", "raw", "env", "var", "const", "internal", "external",
    "local", "global", "real", "actual", "base", "hex", "test", "uat", "qa", "smtp",
];

/// Words that name no provider.
#[rustfmt::skip]
pub(super) const NO_PROVIDER: &[&str] = &[
    "my", "the", "our", "your", "a", "app", "application", "prod", "production", "dev", "development", "test",
    "testing", "staging", "default", "self", "this", "config", "conf", "cfg", "env", "process", "environ", "os",
    "settings", "options", "opts", "props", "params", "next", "public", "vite", "react", "nuxt", "expo", "gatsby",
    "x", "http", "https", "header", "headers", "request", "client", "server", "service", "user", "admin", "root",
    "db", "database", "main", "old", "new", "local", "global", "const", "static", "final", "private", "readonly",
    "k", "m", "s", "g", "ctx", "data", "json", "values", "vars", "variables", "secrets", "secret", "credentials",
    "cred", "auth", "authentication", "security", "system", "account", "project", "api", "key", "token", "access",
    "id", "name", "value", "val", "string", "spring", "ai", "quarkus", "rails", "django", "flask", "laravel",
    "plugin", "plugins", "module", "site", "web", "backend", "frontend", "release", "build", "ci", "deploy",
    "session", "jwt", "cookie", "object",
];
