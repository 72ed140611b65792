//! Values that a program takes out of a list one after another, or any one of: loops over rows, pools of keys.

use super::claim::{Claim, Step};
use super::inquiry::{DEPTH, Inquiry};
use crate::rule::Confidence;
use crate::structure::{Family, Id, Item, Kind, parts};

/// What a loop calls the element that it is at.
enum Target {
    /// One name for the whole.
    Whole(Id),
    /// A name for each part of it.
    Parts(Vec<Option<Id>>),
    /// The key of an entry, and its value.
    Entry(Id),
}

impl Inquiry<'_> {
    /// What the body of the loop says that goes over the list at `at`; `path` leads from the list to the value.
    pub(super) fn looped_claim(&self, at: Id, path: &[Step], depth: usize) -> Option<Claim> {
        if depth >= DEPTH || self.s.tree.family(at) != Family::Code && self.s.tree.family(at) != Family::Shell {
            return None;
        }
        let (step, rest) = path.split_last()?;
        let (word, rest) = match (self.loop_target(at)?, step) {
            (Target::Whole(word), Step::Index(..)) => (word, rest),
            (Target::Entry(word), _) => (word, rest),
            (Target::Parts(words), Step::Index(..)) => {
                let (inner, rest) = rest.split_last()?;
                match inner {
                    Step::Index(n, _) => ((*words.get(*n)?)?, rest),
                    Step::Name(name) => {
                        let named = |w: &Id| parts(self.s.tree.slice(*w)).last() == Some(name.as_slice());
                        (words.iter().flatten().copied().find(named)?, rest)
                    }
                }
            }
            // `for name, value in entries`
            (Target::Parts(words), Step::Name(_)) => match words.as_slice() {
                [_, Some(value)] => (*value, rest),
                _ => return None,
            },
            _ => return None,
        };
        let base = parts(self.s.tree.slice(word)).last()?.to_vec();
        let region = self.loop_region(at);
        let claim = self.uses_within(&base, word, self.s.item_of(word)?, rest, depth + 1, region.as_slice())?;
        Some(shared(claim))
    }

    /// The nodes of the statement that the loop is, where its body belongs to it.
    fn loop_region(&self, at: Id) -> Option<(Id, Id)> {
        let tree = &self.s.tree;
        // `[f(x) for x in list]`
        let first = self.s.item_of(at).and_then(|i| self.s.nodes(i).first().copied());
        let within = tree.parent(at).filter(|&p| {
            matches!(tree.kind(p), Kind::Round | Kind::Square | Kind::Curly)
                && first.is_some_and(|f| tree.slice(f) != b"for")
                && tree.children(p).take(64).any(|k| tree.slice(k) == b"for")
        });
        if let Some(group) = within {
            return Some((group, tree.node(group).after));
        }
        let nodes = self.s.nodes(self.s.item_of(self.statement(at))?);
        let (first, last) = (*nodes.first()?, *nodes.last()?);
        let whole = tree.kind(last).is_container() && tree.kind(last) != Kind::Comment;
        (whole && tree.family(at) == Family::Code).then_some((first, tree.node(last).after))
    }

    /// What the loop that goes over the list at `at` calls its element.
    fn loop_target(&self, at: Id) -> Option<Target> {
        let tree = &self.s.tree;
        let item = self.s.item_of(at)?;
        let nodes = self.s.nodes(item);
        let place = nodes.binary_search(&at).ok()?;
        if let Some(target) = self.block_target(&nodes, place) {
            return Some(target);
        }
        // `enumerate(list)`, `Object.entries(list)`, `list(list)`: what the call gives is gone over.
        if tree.kind(item.container) == Kind::Round
            && let Some(callee) = self.s.callee(item.container)
            && item.index == 0
        {
            let counted = match parts(tree.slice(callee)).last()? {
                b"enumerate" | b"entries" | b"pairs" | b"ipairs" => true,
                b"cycle" | b"list" | b"tuple" | b"shuffled" | b"reversed" | b"sorted" | b"iter" | b"values" => false,
                _ => return None,
            };
            return match (self.loop_target(item.container)?, counted) {
                (Target::Parts(words), true) => words.get(1).copied().flatten().map(Target::Whole),
                (target, _) => Some(target),
            };
        }
        // `foreach (list as $key => $value)`
        if let Some(sign) = nodes.get(place + 1).filter(|&&n| matches!(tree.slice(n), b"as" | b"AS")) {
            let behind = nodes.iter().copied().skip_while(|n| n <= sign).collect::<Vec<_>>();
            return self.target(&behind);
        }
        let sign = nodes[..place].iter().rposition(|&n| matches!(tree.slice(n), b"in" | b"of" | b"range" | b":"))?;
        let begin = nodes[..sign]
            .iter()
            .rposition(|&n| matches!(tree.slice(n), b"for" | b"foreach" | b"const" | b"let" | b"var" | b"auto"));
        let typed = tree.slice(nodes[sign]) == b":";
        // `{name: f(key) for name, key in list}`: the comma parts the names as it does fields.
        if begin.is_none()
            && let Some(before) = item.index.checked_sub(1)
        {
            let before = self.s.nodes(Item { container: item.container, index: before });
            let begin = before.iter().rposition(|&n| tree.slice(n) == b"for")?;
            let word = |part: &[Id]| part.iter().copied().rfind(|&n| tree.kind(n) == Kind::Word);
            return Some(Target::Parts(vec![word(&before[begin + 1..]), word(&nodes[..sign])]));
        }
        if begin.is_none() && !(tree.kind(item.container) == Kind::Round && self.is_loop(item.container))
            || place > sign + 3
            || typed && !self.is_loop(item.container)
        {
            return None;
        }
        let left: Vec<Id> = nodes[begin.map_or(0, |b| b + 1)..sign]
            .iter()
            .copied()
            .filter(|&n| !matches!(tree.slice(n), b":=" | b"=" | b"const" | b"let" | b"var" | b"auto" | b"&"))
            .collect();
        // `for Type name : list`
        if typed {
            return left.last().copied().filter(|&w| tree.kind(w) == Kind::Word).map(Target::Whole);
        }
        let go = tree.slice(nodes[sign]) == b"range";
        match self.target(&left)? {
            Target::Parts(words) if go => words.get(1).copied().flatten().map(Target::Whole),
            target => Some(target),
        }
    }

    /// Whether round brackets are a loop's.
    fn is_loop(&self, round: Id) -> bool {
        let before = round.checked_sub(1).map(|b| self.s.tree.slice(b));
        matches!(before, Some(b"for" | b"foreach" | b"forEach" | b"await"))
    }

    /// `list.each do |a, b|`, `list.forEach(([a, b]) => ...)`, `list.map { (a, b) -> ... }`
    fn block_target(&self, nodes: &[Id], place: usize) -> Option<Target> {
        let tree = &self.s.tree;
        let method = |n: Id| parts(tree.slice(n)).last().is_some_and(is_each);
        let mut behind = nodes[place + 1..].iter().copied();
        let own = tree.kind(nodes[place]) == Kind::Word && parts(tree.slice(nodes[place])).count() > 1;
        if !(own && method(nodes[place])) {
            let next = behind.next().filter(|&n| matches!(tree.slice(n), b"." | b"->" | b"?."))?;
            let _ = next;
            behind.next().filter(|&n| method(n))?;
        }
        let block = behind.next()?;
        let inside: Vec<Id> = match tree.kind(block) {
            Kind::Round | Kind::Curly => tree.children(block).take(12).collect(),
            // `do |a, b|`
            _ => std::iter::once(block).chain(behind).take(12).collect(),
        };
        let bar = |n: &Id| tree.slice(*n) == b"|";
        if let Some(first) = inside.iter().position(bar)
            && let Some(second) = inside[first + 1..].iter().position(bar)
        {
            return self.target(&inside[first + 1..first + 1 + second]);
        }
        let arrow = inside.iter().position(|&n| matches!(tree.slice(n), b"=>" | b"->"))?;
        self.target(&inside[..arrow])
    }

    /// The names of a loop's head: one, several, or a group of them.
    fn target(&self, nodes: &[Id]) -> Option<Target> {
        let tree = &self.s.tree;
        let solid: Vec<Id> = nodes.iter().copied().filter(|&n| !matches!(tree.kind(n), Kind::Line)).collect();
        if let [key, arrow, value] = solid.as_slice()
            && tree.slice(*arrow) == b"=>"
            && tree.kind(*key) == Kind::Word
        {
            return match tree.kind(*value) {
                Kind::Word => Some(Target::Entry(*value)),
                _ => self.target(&[*value]),
            };
        }
        match solid.as_slice() {
            [word] if tree.kind(*word) == Kind::Word => Some(Target::Whole(*word)),
            [group] if matches!(tree.kind(*group), Kind::Round | Kind::Square | Kind::Curly) => {
                let kids: Vec<Id> = tree.children(*group).take(24).collect();
                let single = kids.len() == 1 && tree.kind(*group) == Kind::Round;
                if single { self.target(&kids) } else { Some(self.listed(&kids)) }
            }
            _ if solid.iter().any(|&n| tree.kind(n) == Kind::Comma) => Some(self.listed(&solid)),
            _ => None,
        }
    }

    fn listed(&self, nodes: &[Id]) -> Target {
        let tree = &self.s.tree;
        let word = |part: &[Id]| part.iter().copied().rfind(|&n| tree.kind(n) == Kind::Word);
        Target::Parts(nodes.split(|&n| tree.kind(n) == Kind::Comma).map(word).collect())
    }

    /// `choice(list)`, `next(cycle)`, `list[n % count]`, `list.sample`: any element; the node that stands for it.
    pub(super) fn picked(&self, at: Id, step: &Step) -> Option<Id> {
        let tree = &self.s.tree;
        if tree.family(at) != Family::Code {
            return None;
        }
        let parent = tree.parent(at)?;
        if tree.kind(parent) == Kind::Round
            && self.s.callee(parent).is_some_and(|c| parts(tree.slice(c)).last().is_some_and(is_pick))
            && self.s.item_of(at).is_some_and(|i| i.index == 0)
        {
            return Some(parent);
        }
        if tree.kind(at) == Kind::Word && parts(tree.slice(at)).skip(1).last().is_some_and(is_pick) {
            return Some(at);
        }
        let next = tree.node(at).after;
        let beside = (next as usize) < tree.len() && tree.parent(next) == Some(parent);
        // `map.get(name)`
        let got = tree.kind(at) == Kind::Word
            && parts(tree.slice(at))
                .skip(1)
                .last()
                .is_some_and(|l| matches!(l, b"get" | b"fetch" | b"Get" | b"getValue"))
            && matches!(step, Step::Name(_));
        let group = if got { Kind::Round } else { Kind::Square };
        if !beside || tree.kind(next) != group || tree.span(at).end != tree.span(next).start {
            return None;
        }
        // An index that nobody can read here, but no name of an entry.
        let first = self.s.holding(next).item(0).to_vec();
        let mut words = first.iter().copied().filter(|&k| tree.kind(k) == Kind::Word).peekable();
        let literal = first.iter().any(|&k| matches!(tree.kind(k), Kind::Str | Kind::Curly));
        let number = |w: Id| tree.slice(w).iter().all(u8::is_ascii_digit);
        let constant = |w: Id| matches!(step, Step::Name(_)) && tree.slice(w).iter().any(u8::is_ascii_uppercase);
        let counted = words.peek().is_some_and(|w| !number(*w))
            && words.all(|w| !tree.slice(w).starts_with(b":") && !constant(w));
        (counted && !literal && self.computed(next, step).is_none()).then_some(next)
    }
}

/// What is said of each element of a list at once is said of no series of ids, if it is sure.
pub(super) fn shared(mut claim: Claim) -> Claim {
    claim.shared = claim.is_ours() && claim.confidence() >= Some(Confidence::Medium);
    claim
}

/// Methods that call their block with each element.
fn is_each(name: &[u8]) -> bool {
    matches!(
        name,
        b"each"
            | b"map"
            | b"forEach"
            | b"for_each"
            | b"flatMap"
            | b"flat_map"
            | b"each_pair"
            | b"collect"
            | b"each_with_object"
            | b"ForEach"
            | b"foreach"
            | b"Select"
            | b"find"
            | b"find_map"
            | b"filter"
    )
}

/// Functions and methods that give any one element.
pub(super) fn is_pick(name: &[u8]) -> bool {
    matches!(
        name,
        b"next"
            | b"choice"
            | b"cycle"
            | b"sample"
            | b"random"
            | b"choose"
            | b"randomElement"
            | b"getRandom"
            | b"rand"
            | b"random_element"
            | b"pick"
            | b"array_rand"
    )
}
