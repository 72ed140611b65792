//! A configuration file in TOML to a [`Layer`]. Each table is a list of its keys and what they set, so that what is
//! known and what an error proposes are one thing. Messages are made of known words alone: no key, no value and no
//! line of the file, which may hold a secret just where it does not parse.

use super::value::{Home, Place, Value};
use super::{AllowReach, AllowSpec, Layer, RuleName, file_error, line_at, nearest};
use crate::Result;
use toml::de::DeTable;

/// Each entry may hold an expression of [`super::value::REGEX_BYTES`], and each finding is held against each entry.
const MAX_ENTRIES: usize = 1000;

/// What a key does with its value.
type Set<T> = fn(&mut T, Value<'_>) -> Result<()>;

/// A table: its name in messages, and its keys.
struct Table<T: 'static> {
    name: &'static str,
    keys: &'static [(&'static str, Set<T>)],
}

const TOP: Table<Layer> = Table {
    name: "the top level",
    keys: &[
        ("baseline", |layer, value| value.path().map(|it| layer.baseline = Some(it))),
        ("scan", |layer, value| value.fill(layer, &SCAN)),
        ("rules", |layer, value| value.fill(layer, &RULES)),
        ("verify", |layer, value| value.only_own().and_then(|()| value.fill(layer, &VERIFY))),
        ("allow", |layer, value| value.allow().map(|it| layer.allow = it)),
    ],
};

const SCAN: Table<Layer> = Table {
    name: "[scan]",
    keys: &[
        ("max-size", |layer, value| value.size().map(|it| layer.max_size = Some(it))),
        ("include", |layer, value| value.items(Value::glob).map(|it| layer.include = it)),
        ("exclude", |layer, value| value.items(Value::glob).map(|it| layer.exclude = it)),
        ("min-confidence", |layer, value| {
            value.one_of(&["low", "medium", "high"]).map(|it| layer.min_confidence = Some(it))
        }),
        ("fail-on", |layer, value| {
            value.one_of(&["low", "medium", "high", "critical"]).map(|it| layer.fail_on = Some(it))
        }),
        ("threads", |layer, value| value.threads().map(|it| layer.threads = Some(it))),
    ],
};

const RULES: Table<Layer> = Table {
    name: "[rules]",
    keys: &[
        ("dirs", |layer, value| value.items(Value::path).map(|it| layer.rule_dirs = it)),
        ("select", |layer, value| value.rule_names(layer).map(|it| layer.select = Some(it))),
        ("ignore", |layer, value| value.rule_names(layer).map(|it| layer.ignore = it)),
    ],
};

const VERIFY: Table<Layer> = Table {
    name: "[verify]",
    keys: &[
        ("endpoint", |layer, value| value.text().map(|it| layer.verify_endpoints = vec![it])),
        ("proxy", |layer, value| value.text().map(|it| layer.verify_proxy = Some(it))),
    ],
};

const ALLOW: Table<AllowSpec> = Table {
    name: "[[allow]]",
    keys: &[
        ("path", |entry, value| value.glob().map(|it| entry.path = Some(it))),
        ("value", |entry, value| value.regex().map(|it| entry.value = Some(it))),
        ("fingerprint", |entry, value| value.fingerprint().map(|it| entry.fingerprint = Some(it))),
        ("rule", |entry, value| value.text().map(|it| entry.rule = Some(it))),
        ("reason", |entry, value| value.text().map(|it| entry.reason = it)),
    ],
};

/// Reads the text of a configuration.
pub(super) fn parse(text: &str, home: &Home<'_>) -> Result<Layer> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = DeTable::parse(text).map_err(|error| {
        let line = error.span().map(|span| line_at(text.as_bytes(), span.start));
        // The parser's own words: descriptions of what it expected, never what it met.
        file_error(home.path, line, format!("is not valid TOML: {}", error.message()))
    })?;
    let mut layer = Layer::default();
    fill(&mut layer, &TOP, document.get_ref(), &Place::new(home, text))?;
    Ok(layer)
}

/// Sets what the entries say, in the order of the file, so that the first error in it is the one that is told.
fn fill<T>(target: &mut T, table: &Table<T>, entries: &DeTable<'_>, place: &Place<'_>) -> Result<()> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    for (key, value) in entries {
        let word = key.get_ref().as_ref();
        match table.keys.iter().find(|(known, _)| *known == word) {
            Some((known, set)) => set(target, Value { key: known, value, place })?,
            None => return Err(place.error(&key.span(), unknown(word, table))),
        }
    }
    Ok(())
}

fn unknown<T>(word: &str, table: &Table<T>) -> String {
    let tables = [
        (TOP.name, TOP.names()),
        (SCAN.name, SCAN.names()),
        (RULES.name, RULES.names()),
        (VERIFY.name, VERIFY.names()),
    ];
    let elsewhere = tables.iter().find_map(|(name, keys)| Some((name, keys.iter().find(|known| **known == word)?)));
    let (here, nearest) = (table.name, nearest(word, table.names()).unwrap_or_default());
    match elsewhere {
        Some((there, known)) => format!("unknown key in {here}: `{known}` belongs to {there}"),
        None => format!("unknown key in {here}; the nearest known one is `{nearest}`"),
    }
}

impl<T> Table<T> {
    fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|(name, _)| *name).collect()
    }
}

impl<'a> Value<'a> {
    /// Sets what the table that this is says.
    fn fill<T>(&self, target: &mut T, table: &Table<T>) -> Result<()> {
        let entries = self.value.get_ref().as_table();
        let entries = entries.ok_or_else(|| self.wrong_type(&format!("a table, {}", table.name)))?;
        fill(target, table, entries, self.place)
    }

    /// The names of rules, which are not known here: the layer keeps where they stand.
    fn rule_names(&self, layer: &mut Layer) -> Result<Vec<String>> {
        let written = self.items(|value| {
            let (file, line) = (value.place.home.path.to_owned(), value.place.line(&value.value.span()));
            Ok(RuleName { name: value.text()?, file, line })
        })?;
        let names = written.iter().map(|written| written.name.clone()).collect();
        layer.rule_names.extend(written);
        Ok(names)
    }

    fn allow(&self) -> Result<Vec<AllowSpec>> {
        let wanted = "an array of tables, each of them written below [[allow]]";
        let array = self.value.get_ref().as_array().ok_or_else(|| self.wrong_type(wanted))?;
        if array.len() > MAX_ENTRIES {
            return Err(self.error(format_args!("has over {MAX_ENTRIES} entries: known findings belong in a baseline")));
        }
        array.iter().map(|value| Value { value, ..*self }.allow_entry(wanted)).collect()
    }

    fn allow_entry(&self, wanted: &str) -> Result<AllowSpec> {
        if !self.value.get_ref().is_table() {
            return Err(self.wrong_type(wanted));
        }
        let (home, line) = (self.place.home, self.place.line(&self.value.span()));
        let mut entry = AllowSpec {
            place: format!("{}:{line}", home.shown()),
            file: home.path.to_owned(),
            line,
            reach: AllowReach::Here,
            ..AllowSpec::default()
        };
        self.fill(&mut entry, &ALLOW)?;
        if entry.path.is_none() && entry.value.is_none() && entry.fingerprint.is_none() && entry.rule.is_none() {
            return Err(self.error("entry says what it allows by none of `path`, `value`, `fingerprint` and `rule`"));
        }
        if entry.reason.is_empty() {
            return Err(self.error("entry has no `reason`, which is mandatory"));
        }
        Ok(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn read(text: &str) -> Result<Layer> {
        parse(text, &Home::named(Path::new("conf/.leakbreak.toml")))
    }

    #[test]
    fn every_key_is_read() {
        let layer = read(
            "\u{feff}baseline = 'known'\r\n[scan]\nmax-size = 1_000\ninclude = ['src']\nexclude = ['*.lock', 'x/**']\n\
             min-confidence = 'high'\nfail-on = 'critical'\nthreads = 0x4\n[rules]\ndirs = ['r', '/abs']\nselect = ['ai']\n\
             ignore = ['Slack']\n\n[[allow]]\npath = 'a/*'\nvalue = '^x'\nfingerprint = '0123456789abcdef0123456789ABCDEF'\n\
             rule = 'jwt'\nreason = 'because'\n[[allow]]\nrule = 'b'\nreason = 'c'\n",
        );
        let layer = layer.unwrap();
        assert_eq!((layer.max_size, layer.threads), (Some(1000), Some(4)));
        assert_eq!((layer.include.len(), layer.exclude.len(), layer.ignore.len()), (1, 2, 1));
        assert_eq!((layer.min_confidence.as_deref(), layer.fail_on.as_deref()), (Some("high"), Some("critical")));
        assert_eq!(layer.rule_dirs, [PathBuf::from("conf/r"), PathBuf::from("/abs")]);
        assert_eq!((layer.select, layer.baseline), (Some(vec!["ai".into()]), Some("conf/known".into())));
        let places: Vec<_> = layer.allow.iter().map(|a| (a.place.as_str(), a.line)).collect();
        assert_eq!(places, [("conf/.leakbreak.toml:14", 14), ("conf/.leakbreak.toml:20", 20)]);
        assert_eq!(layer.allow[0].value.as_deref(), Some("^x"));
        assert_eq!(read("").unwrap(), Layer::default());
    }

    /// The manual's example has every key, and works.
    #[test]
    fn the_manual_is_right() {
        let manual = include_str!("../../docs/configuration.md");
        let mut examples = manual.split("```toml\n").skip(1).filter_map(|rest| rest.split_once("```"));
        let (example, own) = (examples.next().unwrap().0, examples.next().unwrap().0);
        let layer = read(example).unwrap();
        assert!(read(own).is_err());
        let mine = parse(own, &Home::own(Path::new("config.toml"))).unwrap();
        assert!(mine.verify_endpoints.len() == 1 && mine.verify_proxy.is_some());
        assert_eq!((layer.allow.len(), layer.max_size), (2, Some(64 << 20)));
        let example = [example, own].concat();
        for key in [TOP.names(), SCAN.names(), RULES.names(), VERIFY.names(), ALLOW.names()].concat() {
            assert!(example.contains(&format!("{key} = ")) || example.contains(&format!("[{key}]")), "{key}");
        }
    }

    /// Whatever is wrong, and wherever: the line is named, the way out is, and nothing of the line is shown.
    #[test]
    fn errors_name_the_line_and_show_nothing_of_it() {
        for (text, words) in [
            ("Tr0ub4dor = 1", "the nearest known one is `"),
            ("Tr0ub4dor", "not valid TOML"),
            ("'Tr0ub4dor", "not valid TOML"),
            ("baseline = Tr0ub4dor", "not valid TOML"),
            ("baseline = 'Tr0ub4dor", "not valid TOML"),
            ("baseline = \"\\Tr0ub4dor\"", "not valid TOML"),
            ("baseline = 'a' Tr0ub4dor", "not valid TOML"),
            ("baseline = 2020-13-45Tr0ub4dor", "not valid TOML"),
            ("[Tr0ub4dor]", "unknown key in the top level"),
            ("[[Tr0ub4dor]]", "unknown key in the top level"),
            ("[scan.Tr0ub4dor]", "unknown key in [scan]"),
            ("[rules]\nTr0ub4dor = 2", "unknown key in [rules]"),
            ("a.Tr0ub4dor = 1\na.Tr0ub4dor = 2", "not valid TOML"),
            ("exclude = ['Tr0ub4dor']", "`exclude` belongs to [scan]"),
            ("[scan]\nmax_size = 'Tr0ub4dor'", "nearest known one is `max-size`"),
            ("[scan]\nmax-size = 'Tr0ub4dor'", "`max-size` must be bytes"),
            ("[scan]\nmax-size = -1 # Tr0ub4dor", "`max-size` must be bytes"),
            ("[scan]\nmax-size = 1.5 # Tr0ub4dor", "not a fraction"),
            ("[scan]\nmax-size = 99999999999999999999 # Tr0ub4dor", "`max-size` must be bytes"),
            ("[scan]\nthreads = 'Tr0ub4dor'", "must be a number, not a string"),
            ("[scan]\nthreads = -4 # Tr0ub4dor", "`threads` must be from 0"),
            ("[scan]\nthreads = 100000 # Tr0ub4dor", "`threads` must be from 0"),
            ("[scan]\nmin-confidence = 'Tr0ub4dor'", "one of low, medium, high"),
            ("[scan]\nfail-on = 'Tr0ub4dor'", "one of low, medium, high, critical"),
            ("[scan]\ninclude = 'Tr0ub4dor'", "must be an array"),
            ("[scan]\ninclude = ['a', '[Tr0ub4dor']", "`include` can't be used: the glob has '['"),
            ("[scan]\nexclude = ['a', 5] # Tr0ub4dor", "must be a string, not a number"),
            ("scan = 'Tr0ub4dor'", "must be a table, [scan], not a string"),
            ("[rules]\nselect = ['']# Tr0ub4dor", "`select` is empty"),
            ("[allow]\npath = 'Tr0ub4dor'", "below [[allow]], not a table"),
            ("allow = ['Tr0ub4dor']", "below [[allow]], not a string"),
            ("[[allow]]\npath = 'Tr0ub4dor'", "has no `reason`"),
            ("[[allow]]\npath = 'Tr0ub4dor'\nreason = ' '", "`reason` is empty"),
            ("[[allow]]\nreason = 'Tr0ub4dor'", "by none of"),
            ("[[allow]]\npaths = 'Tr0ub4dor'", "unknown key in [[allow]]; the nearest known one is `path`"),
            ("[verify]\nendpoint = 'https://Tr0ub4dor.example'", "`verify` says where keys are sent"),
            ("verify.proxy = 'http://Tr0ub4dor'", "`verify` says where keys are sent"),
            ("verify = 'Tr0ub4dor'", "`verify` says where keys are sent"),
            ("[[allow]]\npath = '{Tr0ub4dor'", "`path` can't be used"),
            ("[[allow]]\nvalue = '(Tr0ub4dor'", "`value` is not a regular expression"),
            ("[[allow]]\nvalue = '(?=Tr0ub4dor)'", "`value` is not a regular expression"),
            ("[[allow]]\nvalue = '(Tr0ub4dor.{999}){999}'", "`value` is too large"),
            ("[[allow]]\nfingerprint = 'Tr0ub4dor'", "32 hexadecimal digits"),
        ] {
            let error = read(&format!("\n# first\n{text}\n")).unwrap_err().to_string();
            let line: Option<usize> =
                error.strip_prefix("conf/.leakbreak.toml:").and_then(|e| e.split(':').next()?.parse().ok());
            assert!(line.is_some_and(|line| line >= 3), "{text}: {error}");
            assert!(error.contains(words), "{text}: {error}");
            for piece in ["Tr0", "ub4", "dor"] {
                assert!(!error.contains(piece), "{text}: {error}");
            }
        }
    }

    #[test]
    fn the_first_error_of_the_file_is_told() {
        let error = read("[scan]\nthreads = 'x'\nexclude = 1\n").unwrap_err().to_string();
        assert!(error.contains(":2: `threads`"), "{error}");
    }

    #[test]
    fn files_of_the_user_are_shown_without_their_folders() {
        let shown = |path: &str| Home::named(Path::new(path)).shown();
        assert_eq!(shown("/home/ann/.config/leakbreak/config.toml"), "leakbreak/config.toml");
        assert_eq!((shown("/x.toml"), shown("ci/x.toml")), ("x.toml".into(), "ci/x.toml".into()));
    }

    /// Neither deep nor long files take more than they are worth.
    #[test]
    fn hostile_files_are_refused_in_time() {
        for text in [
            format!("baseline = {}", "[".repeat(200_000)),
            format!("[{}]", "a.".repeat(200_000)),
            "[[allow]]\npath = 'a'\nreason = 'b'\n".repeat(20_000),
            format!("[rules]\nselect = [{}]", "'a',".repeat(100_000) + "1"),
            format!("[[allow]]\nvalue = '{}'\nreason = 'b'\n", "(".repeat(100_000)),
            format!("[[allow]]\npath = '{}'\nreason = 'b'\n", "{".repeat(1000)),
        ] {
            let error = read(&text).unwrap_err().to_string();
            assert!(error.starts_with("conf/.leakbreak.toml:"), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_showing_it(
            text in "(\\[?\\[?(scan|rules|allow)\\]?\\]?|(max-size|path|value|reason|dirs)|Tr0ub4dor|['\"=\\[\\]{},.\n# ]|\\PC){0,40}",
        ) {
            if let Err(error) = read(&text) {
                proptest::prop_assert!(!error.to_string().contains("Tr0ub4dor"), "{}", error);
            }
        }
    }
}
