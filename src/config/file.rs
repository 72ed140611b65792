//! A configuration file in TOML to a [`Layer`]. Each table is a list of its keys and what they set, so that what is
//! known and what an error proposes are one thing. Messages are made of known words alone: no key, no value and no
//! line of the file, which may hold a secret just where it does not parse.

use super::value::{Home, Place, Value};
use super::{AllowReach, AllowSpec, Layer, file_error, line_at, nearest};
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
        ("baseline", |layer, value| Ok(layer.baseline = Some(value.path()?))),
        ("scan", |layer, value| value.fill(layer, &SCAN)),
        ("rules", |layer, value| value.fill(layer, &RULES)),
        ("allow", |layer, value| Ok(layer.allow = value.allow()?)),
    ],
};

const SCAN: Table<Layer> = Table {
    name: "[scan]",
    keys: &[
        ("max-size", |layer, value| Ok(layer.max_size = Some(value.size()?))),
        ("include", |layer, value| Ok(layer.include = value.items(Value::glob)?)),
        ("exclude", |layer, value| Ok(layer.exclude = value.items(Value::glob)?)),
        ("min-confidence", |layer, value| Ok(layer.min_confidence = Some(value.one_of(&["low", "medium", "high"])?))),
        ("fail-on", |layer, value| Ok(layer.fail_on = Some(value.one_of(&["low", "medium", "high", "critical"])?))),
        ("threads", |layer, value| Ok(layer.threads = Some(value.threads()?))),
    ],
};

const RULES: Table<Layer> = Table {
    name: "[rules]",
    keys: &[
        ("dirs", |layer, value| Ok(layer.rule_dirs = value.items(Value::path)?)),
        ("select", |layer, value| Ok(layer.select = Some(value.items(Value::text)?))),
        ("ignore", |layer, value| Ok(layer.ignore = value.items(Value::text)?)),
    ],
};

const ALLOW: Table<AllowSpec> = Table {
    name: "[[allow]]",
    keys: &[
        ("path", |entry, value| Ok(entry.path = Some(value.glob()?))),
        ("value", |entry, value| Ok(entry.value = Some(value.regex()?))),
        ("fingerprint", |entry, value| Ok(entry.fingerprint = Some(value.fingerprint()?))),
        ("rule", |entry, value| Ok(entry.rule = Some(value.text()?))),
        ("reason", |entry, value| Ok(entry.reason = value.text()?)),
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
    fill(&mut layer, &TOP, document.get_ref(), &Place { text, home })?;
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
    let tables = [(TOP.name, TOP.names()), (SCAN.name, SCAN.names()), (RULES.name, RULES.names())];
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

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\[?\\[?(scan|rules|allow|x)\\]?\\]?|(max-size|path|reason|dirs)|['\"=\\[\\]{},.\n# ]|\\PC){0,40}") {
            let _ = read(&text);
        }
    }
}
