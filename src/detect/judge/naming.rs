//! What names say: the token's own, those of what holds it, the headers of its sections.

use super::claim::{Claim, Ruling, Slot, Step};
use super::inquiry::Inquiry;
use super::terms::{Fit, Owner, Sense};
use crate::rule::Confidence;
use crate::structure::{Bond, Family, Id, Item, Kind, Name};
use std::rc::Rc;

impl Inquiry<'_> {
    /// What a name says: the nearest ones about the token itself, those further out about what holds it.
    pub(super) fn name_claim(&self, node: Id, name: &Name, level: usize, slot: &mut Slot) -> Option<Claim> {
        let text = self.text(name.span.clone()).to_vec();
        if text.is_empty() || text.len() > 160 || self.is_keyword(&text) {
            return None;
        }
        if let Some(host) = super::hosts::bare(&text, name.span.start)
            .filter(|h| h.name.contains('.') && !text.iter().any(u8::is_ascii_uppercase))
        {
            // The client's address and port, as a proxy's log begins.
            let number = host.name.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if number && self.s.tree.dialect().family == Family::Prose {
                return None;
            }
            let owner = self.terms.host(&host)?;
            let ruling = match owner {
                Owner::Ours if slot.fit() >= Fit::Neutral => Ruling::Ours(Confidence::High),
                Owner::Ours => return None,
                Owner::Other(other) => Ruling::Other(other),
            };
            let mut claim = Claim::new(ruling, format!("bound to the host {}", host.name), name.span.clone());
            claim.by_host = true;
            return Some(claim);
        }
        let called = name.bond == Bond::Before && self.s.tree.kind(node) == Kind::Round;
        let sense = match text.rsplit(|b| matches!(b, b'.' | b':')).next().filter(|_| called) {
            Some(last) if self.sense(&text).owner.is_none() => self.sense(last),
            _ => self.last_sense(&text),
        };
        let inner = slot.sense.is_none() && self.is_own_name(node, level) && !self.is_code_scope(node);
        let first = slot.path.is_empty();
        match name.bond {
            Bond::Listed(i) => slot.path.extend([Step::Index(i, 0), Step::Name(text.clone())]),
            Bond::Assigned => slot.path.push(Step::Name(text.clone())),
            _ => {}
        }
        let quoted = || String::from_utf8_lossy(&text).into_owned();
        if inner {
            let means_something = sense.owner.is_some() || sense.fit() != Fit::Neutral || first;
            // `look_up("APP_X") or value`: what is looked up says little of the slot behind it.
            let silent = name.bond == Bond::Fallback && sense.fit() == Fit::Unknown && sense.owner.is_none();
            if means_something && !silent && (sense.fit() != Fit::Neutral || sense.owner.is_some()) {
                slot.sense = Some((*sense).clone());
                slot.name = text.clone();
            }
            let ruling = self.own_name(&sense, name);
            let bare = sense.owner == Some(Owner::Ours) && sense.roles & super::lexicon::role::SECRET == 0;
            let ruling = if bare { ruling.map(|r| self.bare_name(r, node, name)) } else { ruling };
            return ruling.map(|ruling| {
                let reason = match (&ruling, name.bond) {
                    (Ruling::Ours(_), Bond::Compared) => format!("compared with {}", quoted()),
                    (Ruling::Ours(_), Bond::Fallback) => format!("stands in for {}", quoted()),
                    (Ruling::Ours(_), _) => format!("bound to {}", quoted()),
                    (Ruling::Other(other), _) => format!("bound to {}: {other}'s", quoted()),
                    _ => format!("bound to {}: not the name of a key", quoted()),
                };
                let mut claim = Claim::new(ruling, reason, name.span.clone());
                claim.may_rise = true;
                claim.own = true;
                claim.firm = sense.exact;
                claim
            });
        }
        slot.nested |= !sense.stem.is_empty() && sense.owner.is_none() && !self.is_code_scope(node);
        slot.strange |= sense.owner.is_none() && sense.stem.iter().any(|w| self.terms.is_thing(w));
        let ruling = self.scope_name(node, &sense, slot);
        if matches!(ruling, Some(Ruling::Ours(_)))
            && !self.is_code_scope(node)
            && (self.is_container_of_software(node) || self.is_elsewhere(node))
        {
            return None;
        }
        ruling.map(|ruling| {
            let reason = match &ruling {
                Ruling::Ours(_) => format!("held by {}", quoted()),
                Ruling::Other(other) => format!("held by {}: {other}'s", quoted()),
                _ => format!("held by {}", quoted()),
            };
            let mut claim = Claim::new(ruling, reason, name.span.clone());
            claim.shared = is_pool(&claim.ruling, slot);
            claim
        })
    }

    /// Whether all addresses of a group are another's: its name is no provider's.
    fn is_elsewhere(&self, group: Id) -> bool {
        use super::fields::Signal;
        if !matches!(self.s.tree.kind(group), Kind::Block | Kind::Curly | Kind::Element | Kind::Section) {
            return false;
        }
        let fields = self.fields(group);
        let mut hosts = fields.fields.iter().filter(|f| f.signal == Signal::Host).peekable();
        hosts.peek().is_some() && hosts.all(|f| f.owner != Owner::Ours)
    }

    /// Whether a group describes something that runs here: an image, a build. Its name is no provider's.
    fn is_container_of_software(&self, group: Id) -> bool {
        let tree = &self.s.tree;
        if !matches!(tree.kind(group), Kind::Block | Kind::Curly | Kind::Element) {
            return false;
        }
        let holding = self.s.holding(group);
        (0..holding.items.len().min(40)).any(|i| {
            let key = self.key_and_value(holding.item(i)).0;
            key.is_some_and(|k| {
                matches!(
                    tree.content(k),
                    b"image"
                        | b"build"
                        | b"command"
                        | b"ports"
                        | b"container_name"
                        | b"replicas"
                        | b"volumes"
                        | b"entrypoint"
                        | b"ansible_host"
                        | b"restart"
                )
            })
        })
    }

    /// What the provider's name alone says (`mistral: value`): much where keys are listed, little elsewhere.
    pub(super) fn bare_name(&self, ruling: Ruling, node: Id, name: &Name) -> Ruling {
        if !matches!(ruling, Ruling::Ours(_)) {
            return ruling;
        }
        use super::lexicon::role;
        let tree = &self.s.tree;
        let Some(item) = self.s.item_of(node) else { return ruling };
        if self.s.holding(0).items.len() == 1 && item.container == 0 {
            return ruling;
        }
        // What holds the entry: `KEYS = {...}`, `api-key: [...]`.
        let outer = std::iter::once(item.container).chain(tree.ancestors(item.container)).take(4).find_map(|a| {
            let names = self.s.names(a);
            let first = names.into_iter().find(|n| n.span != name.span)?;
            Some(self.sense(self.text(first.span)))
        });
        let holding = self.s.holding(item.container);
        let others = (0..holding.items.len().min(200)).filter(|&i| i != item.index).any(|i| {
            let (key, value) = self.entry(holding.item(i));
            let random = || matches!(value.as_slice(), [one] if is_random(tree.content(*one)));
            key.is_some_and(|k| {
                matches!(self.sense(tree.content(k)).owner, Some(Owner::Other(_)))
                    || self.sense(tree.content(k)).roles == 0 && random()
            })
        });
        let others = others && !matches!(tree.family(node), Family::Prose | Family::Markdown);
        // `"auth": "user:password"`
        let user = tree.kind(item.container) == Kind::Str
            && tree.slice(node).len() + name.span.len() + 1 == tree.content(item.container).len();
        let sole = || self.is_sole_entry(item, node);
        match outer {
            Some(sense) if sense.fit() == Fit::Not => Ruling::Not,
            Some(sense) if user && sense.words.iter().any(|w| w == "auth" || w == "basic") => {
                Ruling::Ours(Confidence::Low)
            }
            Some(sense) if sense.roles & role::SECRET != 0 => Ruling::Ours(Confidence::High),
            _ if others => Ruling::Ours(Confidence::Medium),
            _ => match sole() {
                Some(noted) => Ruling::Ours(if noted { Confidence::High } else { Confidence::Medium }),
                None => Ruling::Ours(Confidence::Low),
            },
        }
    }

    /// Whether an entry is all that a file of settings holds, but for notes; and whether these speak of keys.
    fn is_sole_entry(&self, item: Item, node: Id) -> Option<bool> {
        let tree = &self.s.tree;
        let list = tree.kind(node) == Kind::Square && self.s.holding(node).items.len() > 2;
        if list || tree.dialect().family != Family::Json || tree.parent(item.container) != Some(0) {
            return None;
        }
        let holding = self.s.holding(item.container);
        if holding.items.len() > 4 || tree.kind(item.container) != Kind::Curly {
            return None;
        }
        let mut noted = false;
        for i in (0..holding.items.len()).filter(|&i| i != item.index) {
            let (key, value) = self.key_and_value(holding.item(i));
            let key = String::from_utf8_lossy(tree.content(key?)).to_lowercase();
            let note = key.starts_with("//")
                || key.starts_with('#')
                || matches!(key.trim_matches('_'), "comment" | "note" | "notes" | "readme" | "$comment" | "$schema");
            let value = tree.span(*value.first()?);
            if !note {
                return None;
            }
            noted |= self.said(&value, &(0..0)).secret
                || self.text(value).windows(10).any(|w| w.eq_ignore_ascii_case(b"credential"));
        }
        Some(noted)
    }

    /// The sense of a name: of its last part alone, where what stands before is a name space (`plugin.mistralKey`).
    fn last_sense(&self, text: &[u8]) -> Rc<Sense> {
        let whole = self.sense(text);
        if whole.exact || whole.stem.is_empty() || whole.owner != Some(Owner::Ours) {
            return whole;
        }
        let Some(last) =
            text.rsplit(|b| matches!(b, b'.' | b':' | b'/' | b'\\')).next().filter(|l| l.len() < text.len())
        else {
            return whole;
        };
        let part = self.sense(last);
        if part.owner == Some(Owner::Ours) { part } else { whole }
    }

    /// Whether names at this level are the token's own: nothing but quotes and groups without names lie between.
    fn is_own_name(&self, node: Id, level: usize) -> bool {
        level == 0
            || matches!(
                self.s.tree.kind(node),
                Kind::Str | Kind::Round | Kind::Square | Kind::Curly | Kind::Element | Kind::Block
            )
            || self.dict_name(node).is_some()
    }

    /// Types and keywords between a name and its value.
    pub(super) fn is_keyword(&self, text: &[u8]) -> bool {
        let word = String::from_utf8_lossy(text).to_lowercase();
        super::lexicon::lexicon().roles(word.trim_matches(|c: char| !c.is_alphanumeric()))
            & super::lexicon::role::KEYWORD
            != 0
    }

    /// What the token's own name says.
    pub(super) fn own_name(&self, sense: &Sense, name: &Name) -> Option<Ruling> {
        use super::lexicon::role;
        // `data-key` of an element is a handle of the page's own.
        // `/name`: a route.
        let path = self.text(name.span.clone());
        if path.starts_with(b"/") && !path[1..].contains(&b'/') && sense.roles & role::SECRET == 0 {
            return None;
        }
        // `Upstream::Provider`: the constant, not what it is one of.
        let constant = memchr::memmem::rfind(path, b"::").map(|n| self.sense(&path[n + 2..]));
        let sense = constant.as_deref().filter(|s| s.owner.is_some()).unwrap_or(sense);
        if path.starts_with(b"data-") {
            return Some(Ruling::Not);
        }
        match &sense.owner {
            Some(Owner::Other(other)) => Some(Ruling::Other(other.clone())),
            _ if sense.fit() == Fit::Not => Some(Ruling::Not),
            // What comes in is compared with it: a secret of the program's own.
            None if name.bond == Bond::Compared && sense.fit() == Fit::Secret => Some(Ruling::Not),
            Some(Owner::Ours) => {
                let secret = sense.roles & role::SECRET != 0;
                // A password is an account's, an address between the name and the role another server's.
                let strange = super::claim::is_password(self.text(name.span.clone()))
                    || sense.roles & role::ENDPOINT != 0 && !sense.exact && !sense.ends_well && !sense.trailed;
                if strange && secret {
                    return Some(Ruling::Ours(Confidence::Low));
                }
                let confidence = match (sense.exact, secret, sense.stem.is_empty()) {
                    (true, _, _) | (_, true, true) => Confidence::High,
                    // `MISTRAL_API_KEY_2`: one of several of the kind.
                    (_, true, false) if sense.only_counts() => Confidence::High,
                    // `SHOP_MISTRAL_API_KEY`: whose key of the provider's it is.
                    (_, true, false) if sense.led || sense.trailed => Confidence::Medium,
                    (_, true, false) => Confidence::Low,
                    (_, false, true) if ends_in_account(path) => return Some(Ruling::Not),
                    (_, false, true) if sense.roles & (role::MODEL | role::ENDPOINT) == 0 => Confidence::Medium,
                    // `MISTRAL_API`: the provider's interface; what is no address is its key.
                    (_, false, true)
                        if sense.roles & role::MODEL == 0
                            && sense.count <= 2
                            && path.to_ascii_lowercase().ends_with(b"api") =>
                    {
                        Confidence::Medium
                    }
                    (_, false, false) if sense.roles & (role::MODEL | role::ENDPOINT) == 0 && sense.stem.len() == 1 => {
                        return None;
                    }
                    _ => return Some(Ruling::Not),
                };
                let most = if matches!(name.bond, Bond::Compared | Bond::Before) {
                    Confidence::Medium
                } else {
                    Confidence::High
                };
                let exact_enough = sense.exact || name.bond != Bond::Before || secret;
                exact_enough.then_some(Ruling::Ours(if sense.exact { confidence } else { confidence.min(most) }))
            }
            None => None,
        }
    }

    /// What the name of something that holds the slot says.
    pub(super) fn scope_name(&self, node: Id, sense: &Sense, slot: &Slot) -> Option<Ruling> {
        use super::lexicon::role;
        let code = self.is_code_scope(node);
        match &sense.owner {
            Some(Owner::Other(other)) => Some(Ruling::Other(other.clone())),
            _ if sense.roles & role::FOREIGN != 0
                && sense.roles & role::ENDPOINT == 0
                && !code
                && (slot.fit() != Fit::Unknown || sense.words.iter().any(|w| w == "cookie" || w == "cookies")) =>
            {
                Some(Ruling::Not)
            }
            _ if sense.roles & role::ID != 0 && !code && slot.fit() == Fit::Neutral => Some(Ruling::Not),
            Some(Owner::Ours) if slot.fit() >= Fit::Neutral => {
                if slot.strange && !code {
                    return Some(Ruling::Ours(Confidence::Low));
                }
                let plain = sense.stem.is_empty();
                if !code && !slot.stem().is_empty() && slot.name.iter().any(u8::is_ascii_uppercase) {
                    return Some(Ruling::Ours(Confidence::Low));
                }
                Some(Ruling::Ours(match (plain, code, slot.fit()) {
                    (true, false, Fit::Secret) => Confidence::High,
                    (true, _, _) => Confidence::Medium,
                    (false, _, _) => Confidence::Low,
                }))
            }
            Some(Owner::Ours) if slot.fit() == Fit::Unknown => Some(Ruling::Ours(Confidence::Low)),
            _ => None,
        }
    }

    /// What a section's header says.
    pub(super) fn section_claim(&self, section: Id, slot: &mut Slot) -> Option<Claim> {
        let header = self.s.header(section);
        let (first, last) = (*header.first()?, *header.last()?);
        let span = self.s.tree.span(first).start..self.s.tree.span(last).end;
        let text = self.text(span.clone()).trim_ascii().trim_ascii_start();
        if text.len() > 200 {
            return None;
        }
        let sense = self.section_sense(text);
        slot.nested |= sense.owner.is_none() && !sense.stem.is_empty();
        let prose = self.s.tree.kind(first) != Kind::Square;
        let ruling = self.scope_name(section, &sense, slot)?;
        if matches!(ruling, Ruling::Ours(_)) && self.s.tree.kind(first) == Kind::Square && self.is_elsewhere(section) {
            return None;
        }
        if prose && (!matches!(ruling, Ruling::Ours(_)) || sense.count > 4) {
            return None;
        }
        let title = String::from_utf8_lossy(text).into_owned();
        let mut claim = Claim::new(ruling, format!("in section {title}"), span);
        claim.shared = is_pool(&claim.ruling, slot);
        Some(claim)
    }

    /// The sense of a header's last part that says something: `[tool.x.mistral.auth]` is mistral's.
    fn section_sense(&self, text: &[u8]) -> Rc<Sense> {
        for part in text.rsplit(|b| matches!(b, b'.' | b'\\' | b'/' | b':' | b'"' | b'[' | b']')) {
            let sense = self.sense(part);
            if sense.owner.is_some() || !sense.stem.is_empty() {
                return sense;
            }
        }
        self.sense(text)
    }
}

/// Whether the provider's own name holds what are keys by their names: many of them are a pool.
fn is_pool(ruling: &Ruling, slot: &Slot) -> bool {
    *ruling == Ruling::Ours(Confidence::High) && slot.fit() == Fit::Secret
}

/// `MISTRAL_ORG`, `mistral_workspace`: what the account is called, not what opens it.
fn ends_in_account(name: &[u8]) -> bool {
    const ACCOUNTS: [&str; 10] = [
        "org",
        "organization",
        "organisation",
        "workspace",
        "account",
        "project",
        "team",
        "region",
        "user",
        "username",
    ];
    super::lexicon::words(name).last().is_some_and(|last| ACCOUNTS.contains(&last.as_str()))
}

/// Whether a value is drawn at random: a key of whatever alphabet.
fn is_random(value: &[u8]) -> bool {
    let hex = value.len() >= 32 && value.iter().all(u8::is_ascii_hexdigit);
    hex || value.len() >= 20 && crate::detect::shape::looks_random(value)
}
