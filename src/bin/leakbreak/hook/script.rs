//! The text of a hook. It is sh as POSIX has it, knows where the program was when it was installed, falls back to the
//! PATH, and blocks where neither is there: a gate that is broken is closed.

use super::{HookName, git};
use std::path::Path;

/// The second line of each hook that this program wrote begins with this.
const MARK: &str = "# leakbreak-hook 1 ";
/// In that line: the folder was made for it, and goes with it.
const MADE: &str = " made-folder";

/// What a hook does besides scanning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It stands in a repository's hooks, or in a folder of the user's; the hook that was there before stands beside.
    Local,
    /// It stands in the folder for all repositories; the hook before it is the repository's own one.
    Global,
    /// Scans nothing: it only calls the repository's own hook.
    Forward,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Local => "local",
            Kind::Global => "global",
            Kind::Forward => "forward",
        }
    }
}

/// What a file that this program wrote says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// What it does.
    pub kind: Kind,
    /// Whether the folder was made for it.
    pub made_folder: bool,
}

impl Mark {
    /// Reads the mark of a hook's text; None: somebody else's.
    pub(super) fn of(text: &[u8]) -> Option<Mark> {
        let line = text.split(|b| *b == b'\n').nth(1)?;
        let said = std::str::from_utf8(line).ok()?.strip_prefix(MARK)?;
        let kind = [Kind::Local, Kind::Global, Kind::Forward].into_iter().find(|kind| said.starts_with(kind.word()))?;
        Some(Mark { kind, made_folder: said.ends_with(MADE) })
    }

    fn line(self, name: &str) -> String {
        format!("{MARK}{} {name}{}", self.kind.word(), if self.made_folder { MADE } else { "" })
    }
}

/// The name under which the hook that was there before is kept, beside the new one.
pub(super) fn kept_name(name: HookName) -> String {
    format!("{}.leakbreak-chained", name.as_str())
}

/// A hook that scans.
pub(super) fn scanning(name: HookName, mark: Mark, program: &Path) -> Vec<u8> {
    let before = match mark.kind {
        Kind::Local => format!("before=$here/{}", kept_name(name)),
        Kind::Global | Kind::Forward => own_hook(name.as_str()),
    };
    // Nothing but the shell itself: git runs hooks with whatever PATH it was started with, and what is not read is not
    // scanned.
    let (keep, feed) = match name {
        HookName::Push => (
            "given=\nwhile IFS= read -r line; do given=$given$line'\n'; done\nfeed() { printf %s \"$given\"; }\n",
            "feed | ",
        ),
        HookName::Commit | HookName::MergeCommit => ("", ""),
    };
    let verb = if name == HookName::Push { "push" } else { "commit" };
    // What is piped in has to be waited for.
    let call = if feed.is_empty() { "exec " } else { feed };
    let mut text = format!(
        "#!/bin/sh\n{mark}\n\
         # Written by `leakbreak hook install`; `leakbreak hook uninstall` puts back what was here before.\n\n\
         case $0 in */*) here=${{0%/*}} ;; *) here=. ;; esac\n\
         {before}\n\
         {keep}\
         # The hook that was here before has its say first: it may change what is committed.\n\
         if [ -f \"$before\" ] && [ -x \"$before\" ] && [ -z \"$LEAKBREAK_DOCTOR\" ]; then\n    \
             {feed}\"$before\" \"$@\" || exit\n\
         fi\n\n\
         leakbreak=",
        mark = mark.line(name.as_str()),
    )
    .into_bytes();
    text.extend(quoted(&git::bytes(program)));
    text.extend(
        format!(
            r#"
if [ ! -x "$leakbreak" ]; then
    gone=$leakbreak
    leakbreak=$(command -v leakbreak) || {{
        printf 'leakbreak: {verb} blocked: the program that this hook calls is gone: %s\n' "$gone"
        printf '  Install leakbreak again and run `leakbreak hook install`;\n'
        printf '  or take the hook away: `leakbreak hook uninstall` with another copy, or delete %s\n' "$0"
        if [ -f "$before" ]; then printf '  (the hook that was there before it is %s);\n' "$before"; fi
        printf '  or pass it this once: git {verb} --no-verify\n'
        exit 1
    }} >&2
fi
{call}"$leakbreak" hook run {name} -- "$@"
"#,
            name = name.as_str()
        )
        .bytes(),
    );
    text
}

/// A hook in the folder for all repositories that only calls the repository's own one.
pub(super) fn forwarding(name: &str) -> Vec<u8> {
    let mark = Mark { kind: Kind::Forward, made_folder: false }.line(name);
    let own = own_hook(name);
    format!(
        "#!/bin/sh\n{mark}\n\
         # Written by `leakbreak hook install --global`: with a folder of hooks for all repositories, git no longer looks\n\
         # for a repository's own hooks by itself.\n\n\
         {own}\n\
         if [ -f \"$before\" ] && [ -x \"$before\" ]; then exec \"$before\" \"$@\"; fi\n"
    )
    .into_bytes()
}

/// Finds the repository's own hook. Most often the current folder holds .git, and git need not be asked. A copy of
/// these hooks in the repository itself (from a template) must not call itself for ever.
fn own_hook(name: &str) -> String {
    format!(
        "if [ -d .git ] && [ -z \"$GIT_DIR\" ]; then own=.git; else own=$(git rev-parse --git-common-dir) || exit; fi\n\
         before=$own/hooks/{name}\n\
         said=\n\
         if [ -f \"$before\" ]; then {{ read -r said; read -r said; }} < \"$before\"; fi\n\
         case $said in '{MARK}'[gf]*) before= ;; esac"
    )
}

/// For sh, whatever characters it has.
fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![b'\''];
    for &b in bytes {
        match b {
            b'\'' => out.extend(br"'\''"),
            b => out.push(b),
        }
    }
    out.push(b'\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hook_knows_its_own_kind() {
        for kind in [Kind::Local, Kind::Global] {
            for made_folder in [true, false] {
                let mark = Mark { kind, made_folder };
                assert_eq!(Mark::of(&scanning(HookName::Push, mark, Path::new("/bin/x"))), Some(mark));
            }
        }
        assert_eq!(Mark::of(&forwarding("commit-msg")).map(|m| m.kind), Some(Kind::Forward));
        assert_eq!(Mark::of(b"#!/bin/sh\necho leakbreak\n"), None);
        assert_eq!(Mark::of(b""), None);
    }

    #[test]
    fn quoting_bears_any_path() {
        assert_eq!(quoted(b"/a b/it's $HOME"), b"'/a b/it'\\''s $HOME'");
    }
}
