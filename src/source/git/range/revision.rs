//! Names of commits, and ranges of them, as `git log` takes them.

use super::walk::{self, Commits};
use crate::source::git::refs::{self, References};
use crate::{Error, Result};
use gix_hash::ObjectId;
use gix_object::Kind;

/// What a range starts from and what it leaves out.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) tips: Vec<ObjectId>,
    pub(super) known: Vec<ObjectId>,
}

/// Finds commits by name.
pub(super) struct Names<'c, 'a> {
    pub(super) commits: &'c Commits<'a>,
    pub(super) references: &'c References,
}

/// Which end of a range a name stands for: they are missing for different reasons.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    Tip,
}

/// Why a name is no commit.
enum Trouble {
    /// It is not here.
    Unknown,
    /// It is here, or could be; in words.
    Other(String),
}

impl Names<'_, '_> {
    /// Reads `A..B`, `A...B`, `A..`, `..B`, `^A B`, `A^!`, and single names.
    ///
    /// # Errors
    /// A name that is no commit here; for a start it names the usual cause, a check-out that was cut short.
    pub(super) fn ends(&self, range: &str, cancelled: &dyn Fn() -> bool) -> Result<Ends> {
        let mut ends = Ends::default();
        for word in range.split_whitespace() {
            self.word(word, &mut ends, cancelled)?;
        }
        match (ends.tips.is_empty(), ends.known.is_empty()) {
            (true, true) => Err(Error::Usage("--range is empty; it takes what git log does: A..B".into())),
            // As in `git log ^A`: nothing is asked for but what A has not; that is HEAD's.
            (true, false) => {
                ends.tips.push(self.commit("HEAD", End::Tip)?);
                Ok(ends)
            }
            _ => Ok(ends),
        }
    }

    fn word(&self, word: &str, ends: &mut Ends, cancelled: &dyn Fn() -> bool) -> Result<()> {
        let or_head = |name: &str| if name.is_empty() { "HEAD".to_owned() } else { name.to_owned() };
        if word.starts_with('-') {
            return Err(Error::Usage(format!("--range takes names of commits, not options of git log: {word}")));
        } else if let Some(name) = word.strip_prefix('^') {
            ends.known.push(self.commit(name, End::Start)?);
        } else if let Some((one, other)) = word.split_once("...") {
            let one = self.commit(&or_head(one), End::Start)?;
            let other = self.commit(&or_head(other), End::Tip)?;
            ends.known.extend(walk::common(self.commits, &one, &other, cancelled));
            ends.tips.extend([one, other]);
        } else if let Some((start, tip)) = word.split_once("..") {
            ends.known.push(self.commit(&or_head(start), End::Start)?);
            ends.tips.push(self.commit(&or_head(tip), End::Tip)?);
        } else if let Some(name) = word.strip_suffix("^!") {
            let id = self.commit(name, End::Tip)?;
            ends.known.extend(self.commits.get(&id).links().into_iter().flat_map(|l| l.parents.clone()));
            ends.tips.push(id);
        } else {
            ends.tips.push(self.commit(word, End::Tip)?);
        }
        Ok(())
    }

    fn commit(&self, name: &str, end: End) -> Result<ObjectId> {
        self.resolve(name).map_err(|trouble| match (trouble, end) {
            (Trouble::Other(why), _) => Error::Usage(format!("--range: `{name}`: {why}")),
            (Trouble::Unknown, End::Start) => Error::Usage(format!(
                "--range: its start `{name}` is no commit in this repository. A CI check-out often holds the last \
                 commit alone: set fetch-depth: 0 there, or run git fetch --unshallow"
            )),
            (Trouble::Unknown, End::Tip) => Error::Usage(format!(
                "--range: `{name}` is no commit in this repository. Check the name, or fetch it (git fetch; in CI with \
                 fetch-depth: 0)"
            )),
        })
    }

    /// A name with its steps: `main~3^2`, `v1.0^{commit}`.
    fn resolve(&self, name: &str) -> std::result::Result<ObjectId, Trouble> {
        let end = name.find(['~', '^']).unwrap_or(name.len());
        let (base, mut steps) = name.split_at(end);
        let mut id = self.peel(&self.base(base)?)?;
        while let Some(kind) = steps.chars().next() {
            steps = &steps[1..];
            if let Some(rest) = steps.strip_prefix('{') {
                let (what, rest) = rest.split_once('}').ok_or_else(|| unsupported("a `{` without its `}`"))?;
                if kind != '^' || !matches!(what, "" | "commit") {
                    return Err(unsupported("of `^{...}`, only `^{commit}` and `^{}` are understood"));
                }
                steps = rest;
                continue;
            }
            let digits = steps.len() - steps.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let number = if digits == 0 { Ok(1) } else { steps[..digits].parse::<usize>() };
            let number = number.map_err(|_| unsupported("a number too large"))?;
            steps = &steps[digits..];
            id = match kind {
                '~' => (0..number).try_fold(id, |id, _| self.parent(&id, 1))?,
                '^' if number == 0 => id,
                '^' => self.parent(&id, number)?,
                _ => return Err(unsupported("what follows `~` or `^` is not understood")),
            };
        }
        Ok(id)
    }

    fn parent(&self, id: &ObjectId, number: usize) -> std::result::Result<ObjectId, Trouble> {
        let commit = self.commits.get(id);
        let links = commit.links().ok_or(Trouble::Unknown)?;
        let parent = links
            .parents
            .get(number - 1)
            .ok_or_else(|| Trouble::Other(format!("commit {id} has {} parents", links.parents.len())))?;
        // What a shallow clone cut off is not here.
        self.commits.get(parent).links().map(|_| *parent).ok_or(Trouble::Unknown)
    }

    fn peel(&self, id: &ObjectId) -> std::result::Result<ObjectId, Trouble> {
        match self.commits.peel(id) {
            Ok(peeled) if peeled.kind == Kind::Commit => Ok(peeled.id),
            Ok(peeled) => Err(Trouble::Other(format!("it is a {}, no commit", peeled.kind))),
            Err(_) => Err(Trouble::Unknown),
        }
    }

    /// A name without steps, by git's rules (gitrevisions(7)).
    fn base(&self, name: &str) -> std::result::Result<ObjectId, Trouble> {
        let repository = self.commits.repository;
        let name = if name == "@" { "HEAD" } else { name };
        if name.is_empty() || name.contains(':') {
            return Err(unsupported("no name of a commit"));
        }
        if let Some((of, what)) = name.strip_suffix('}').and_then(|n| n.split_once("@{")) {
            return self.logged(of, what);
        }
        if let Ok(id) = ObjectId::from_hex(name.as_bytes())
            && id.kind() == repository.hash
        {
            return Ok(id);
        }
        if let Some(id) = self.named(name).or_else(|| refs::pseudo(repository, name)) {
            return Ok(id);
        }
        // What `git describe` prints ends in an id.
        let hex = name.rsplit_once("-g").map_or(name, |(_, hex)| hex);
        if hex.len() < 4 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Trouble::Unknown);
        }
        let mut all = self.commits.objects.beginning_with(hex);
        if all.len() > 1 {
            all.retain(|id| self.peel(id).is_ok());
        }
        match all.len() {
            0 => Err(Trouble::Unknown),
            1 => all.pop_first().ok_or(Trouble::Unknown),
            n => Err(Trouble::Other(format!("{n} commits begin so; give more digits"))),
        }
    }

    fn full_name(&self, name: &str) -> Option<&refs::Reference> {
        const RULES: [(&str, &str); 6] = [
            ("", ""),
            ("refs/", ""),
            ("refs/tags/", ""),
            ("refs/heads/", ""),
            ("refs/remotes/", ""),
            ("refs/remotes/", "/HEAD"),
        ];
        let found = |(before, after): &(&str, &str)| self.references.find(format!("{before}{name}{after}").as_bytes());
        RULES.iter().filter_map(found).find(|reference| reference.id.is_some())
    }

    fn named(&self, name: &str) -> Option<ObjectId> {
        self.full_name(name)?.id
    }

    /// `main@{2}`: what a reference was, that many changes ago.
    fn logged(&self, of: &str, what: &str) -> std::result::Result<ObjectId, Trouble> {
        let Ok(back) = what.parse::<usize>() else {
            return Err(unsupported("of `@{...}`, only `@{NUMBER}` is understood"));
        };
        if of.is_empty() {
            return Err(unsupported("name the branch, or HEAD, before `@{...}`"));
        }
        let reference = self.full_name(of).ok_or(Trouble::Unknown)?;
        if back == 0 {
            return reference.id.ok_or(Trouble::Unknown);
        }
        let log = self.references.log(&reference.name).ok_or(Trouble::Unknown)?;
        let lines = &log.lines;
        let id = match lines.len().checked_sub(back + 1) {
            Some(at) => lines[at].new,
            None if back == lines.len() => lines.first().and_then(|l| l.old),
            None => None,
        };
        id.ok_or(Trouble::Unknown)
    }
}

fn unsupported(why: &str) -> Trouble {
    Trouble::Other(why.into())
}
