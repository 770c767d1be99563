//! A method file as a tree in which everything knows where it stands, so that a mistake can point at its line.

use toml::de::{DeTable, DeValue};

use super::{Mistake, Source};
use crate::nearest::nearest;
use crate::text::Text;

/// A place in one of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct At {
    file: usize,
    offset: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Raw,
}

/// A value as it was written.
#[derive(Debug, Clone)]
pub(crate) enum Raw {
    Text(String),
    Int(i64),
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
    Other(&'static str),
}

/// A table, its keys in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) at: At,
    pub(crate) entries: Vec<Entry>,
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: At,
    pub(crate) node: Node,
}

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The `id` of an item of a list of tables.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.get("id")?.value {
            Raw::Text(id) => Some(id),
            _ => None,
        }
    }

    /// The tables under a key, in order; none when the key is missing or is something else.
    pub(crate) fn tables(&self, key: &str) -> Vec<&Table> {
        match self.get(key).map(|node| &node.value) {
            Some(Raw::List(items)) => items
                .iter()
                .filter_map(|item| match &item.value {
                    Raw::Table(table) => Some(table),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Raw {
    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Int(_) => "a whole number",
            Self::Bool(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(kind) => kind,
        }
    }
}

/// The reading of some sources, with what was found wrong so far.
pub(crate) struct Reading<'a> {
    sources: &'a [Source<'a>],
    mistakes: Vec<Mistake>,
    /// Whether something is wrong that would make further checks guess.
    pub(crate) shaky: bool,
}

/// A string and where it stands.
pub(crate) type Named = (String, At);

impl<'a> Reading<'a> {
    pub(crate) fn new(sources: &'a [Source<'a>]) -> Self {
        Self { sources, mistakes: Vec::new(), shaky: false }
    }

    /// All mistakes, in the order of the files.
    pub(crate) fn into_mistakes(mut self) -> Vec<Mistake> {
        let order = |name: &str| self.sources.iter().position(|source| source.name == name);
        self.mistakes.sort_by_key(|mistake| (order(&mistake.file), mistake.line, mistake.column));
        self.mistakes.dedup();
        self.mistakes
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// A mistake at a place, without recording it.
    pub(crate) fn describe(&self, at: At, message: impl Into<String>, proposal: impl Into<String>) -> Mistake {
        let source = self.sources.get(at.file).copied().unwrap_or(Source { name: "(no file)", text: "" });
        let before = source.text.get(..at.offset).unwrap_or(source.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Mistake {
            file: source.name.to_owned(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            message: message.into(),
            proposal: proposal.into(),
        }
    }

    /// Records a mistake that leaves everything else meaningful.
    pub(crate) fn slip(&mut self, at: At, message: impl Into<String>, proposal: impl Into<String>) {
        let mistake = self.describe(at, message, proposal);
        self.mistakes.push(mistake);
    }

    /// Records a mistake after which checks of the whole would guess.
    pub(crate) fn mistake(&mut self, at: At, message: impl Into<String>, proposal: impl Into<String>) {
        self.shaky = true;
        self.slip(at, message, proposal);
    }

    /// Parses the source at `file` into a tree. Wrong TOML is a mistake and gives what could be read.
    pub(crate) fn tree(&mut self, file: usize) -> Table {
        let text = self.sources.get(file).map_or("", |source| source.text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            self.mistake(At { file, offset }, error.message().trim(), "see toml.io for how such a line is written");
        }
        Self::table_from(file, table.span().start, table.get_ref())
    }

    fn table_from(file: usize, offset: usize, table: &DeTable<'_>) -> Table {
        let mut entries: Vec<Entry> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().to_string(),
                at: At { file, offset: key.span().start },
                node: Self::node_from(file, value.span().start, value.get_ref()),
            })
            .collect();
        entries.sort_by_key(|entry| entry.at.offset);
        Table { at: At { file, offset }, entries }
    }

    fn node_from(file: usize, offset: usize, value: &DeValue<'_>) -> Node {
        let value = match value {
            DeValue::String(text) => Raw::Text(text.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Raw::Other("a number that is too large"), Raw::Int),
            DeValue::Boolean(yes) => Raw::Bool(*yes),
            DeValue::Array(items) => {
                Raw::List(items.iter().map(|item| Self::node_from(file, item.span().start, item.get_ref())).collect())
            }
            DeValue::Table(table) => Raw::Table(Self::table_from(file, offset, table)),
            DeValue::Float(_) => Raw::Other("a decimal number"),
            DeValue::Datetime(_) => Raw::Other("a date"),
        };
        Node { at: At { file, offset }, value }
    }

    /// Refuses keys that a table cannot have.
    pub(crate) fn keys(&mut self, table: &Table, what: &str, allowed: &[&str]) {
        for entry in &table.entries {
            if !allowed.contains(&entry.key.as_str()) {
                let proposal = nearest(&entry.key, allowed.iter().copied()).map_or_else(
                    || format!("remove it; {what} has {}", listed(allowed.iter().copied())),
                    |near| format!("did you mean `{near}`?"),
                );
                self.mistake(entry.at, format!("{what} has no key `{}`", entry.key), proposal);
            }
        }
    }

    fn wrong(&mut self, node: &Node, key: &str, wanted: &str, example: &str) {
        let message = format!("`{key}` must be {wanted}, and is {}", node.value.kind());
        self.mistake(node.at, message, format!("write `{key} = {example}`"));
    }

    fn missing(&mut self, table: &Table, what: &str, key: &str, example: &str) {
        self.mistake(table.at, format!("{what} has no `{key}`"), format!("add `{key} = {example}`"));
    }

    /// A string that may be missing.
    pub(crate) fn string(&mut self, table: &Table, key: &str) -> Option<Named> {
        let node = table.get(key)?;
        if let Raw::Text(text) = &node.value {
            return Some((text.clone(), node.at));
        }
        self.wrong(node, key, "a string", "\"…\"");
        None
    }

    /// A string that must be there.
    pub(crate) fn need_string(&mut self, table: &Table, what: &str, key: &str, example: &str) -> Option<Named> {
        if table.get(key).is_none() {
            self.missing(table, what, key, example);
        }
        self.string(table, key)
    }

    /// The `id` of an item: lower-case letters, digits and `_`, so that it can stand in a pattern and an address.
    pub(crate) fn id(&mut self, table: &Table, what: &str) -> String {
        let Some((id, at)) = self.need_string(table, what, "id", "\"a_name\"") else {
            return String::new();
        };
        self.check_id(&id, at);
        id
    }

    pub(crate) fn check_id(&mut self, id: &str, at: At) {
        let fits = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !fits {
            let proposal = "use lower-case letters a-z, digits and _, beginning with a letter";
            self.mistake(at, format!("`{id}` cannot be an id"), proposal);
        }
    }

    /// A boolean; `false` when missing.
    pub(crate) fn boolean(&mut self, table: &Table, key: &str) -> bool {
        match table.get(key) {
            None => false,
            Some(Node { value: Raw::Bool(yes), .. }) => *yes,
            Some(node) => {
                self.wrong(node, key, "a boolean", "true");
                false
            }
        }
    }

    /// A whole number that may be missing.
    pub(crate) fn integer(&mut self, table: &Table, key: &str) -> Option<i64> {
        let node = table.get(key)?;
        if let Raw::Int(number) = node.value {
            return Some(number);
        }
        self.wrong(node, key, "a whole number", "1");
        None
    }

    /// A whole number from 0 that may be missing.
    pub(crate) fn natural(&mut self, table: &Table, key: &str) -> Option<u32> {
        let number = self.integer(table, key)?;
        let natural = u32::try_from(number).ok();
        if natural.is_none()
            && let Some(node) = table.get(key)
        {
            self.mistake(node.at, format!("`{key}` cannot be {number}"), "give a number from 0 upwards");
        }
        natural
    }

    /// Whole numbers from 0 in a list.
    pub(crate) fn naturals(&mut self, node: &Node, key: &str) -> Vec<u32> {
        let Raw::List(items) = &node.value else {
            self.wrong(node, key, "a list of whole numbers", "[1]");
            return Vec::new();
        };
        let mut found = Vec::new();
        for item in items {
            match &item.value {
                Raw::Int(number) if u32::try_from(*number).is_ok() => found.extend(u32::try_from(*number)),
                _ => self.wrong(item, key, "a list of whole numbers", "[1]"),
            }
        }
        found
    }

    /// A list of strings, or one string alone; empty when missing.
    pub(crate) fn strings(&mut self, table: &Table, key: &str) -> Vec<Named> {
        let Some(node) = table.get(key) else { return Vec::new() };
        match &node.value {
            Raw::Text(text) => vec![(text.clone(), node.at)],
            Raw::List(items) => {
                let mut found = Vec::new();
                for item in items {
                    match &item.value {
                        Raw::Text(text) => found.push((text.clone(), item.at)),
                        _ => self.wrong(item, key, "a list of strings", "[\"…\"]"),
                    }
                }
                found
            }
            _ => {
                self.wrong(node, key, "a list of strings", "[\"…\"]");
                Vec::new()
            }
        }
    }

    /// The inner table of a key, such as `when = { … }`.
    pub(crate) fn inner<'t>(&mut self, table: &'t Table, key: &str, example: &str) -> Option<&'t Table> {
        let node = table.get(key)?;
        if let Raw::Table(inner) = &node.value {
            return Some(inner);
        }
        self.wrong(node, key, "a table", example);
        None
    }

    /// Refuses something other than a list of tables under a key.
    pub(crate) fn list_of_tables(&mut self, table: &Table, key: &str) {
        let Some(node) = table.get(key) else { return };
        if let Raw::List(items) = &node.value {
            for item in items.iter().filter(|item| !matches!(item.value, Raw::Table(_))) {
                self.wrong(item, key, "a list of tables", "[{ … }]");
            }
        } else {
            self.wrong(node, key, "a list of tables", "[{ … }]");
        }
    }

    /// A text in both languages that may be missing.
    pub(crate) fn text(&mut self, table: &Table, what: &str, key: &str) -> Option<Text> {
        let inner = self.inner(table, key, "{ sv = \"…\", en = \"…\" }")?;
        self.keys(inner, &format!("`{key}` of {what}"), &["sv", "en"]);
        let mut words = |lang: &str, other: &str, name: &str| {
            let found = self.string(inner, lang).map(|(words, _)| words).unwrap_or_default();
            if found.trim().is_empty() {
                let beside = self.string(inner, other).map(|(words, _)| words).unwrap_or_default();
                let proposal = format!("add `{lang} = \"…\"` that says in {name} what `{other} = \"{beside}\"` says");
                self.slip(inner.at, format!("`{key}` of {what} has no {name} text"), proposal);
            }
            found
        };
        let sv = words("sv", "en", "Swedish");
        let en = words("en", "sv", "English");
        Some(Text { sv, en })
    }

    /// A text in both languages that must be there.
    pub(crate) fn need_text(&mut self, table: &Table, what: &str, key: &str) -> Text {
        if table.get(key).is_none() {
            let proposal = format!("add `{key} = {{ sv = \"…\", en = \"…\" }}`");
            self.slip(table.at, format!("{what} has no `{key}`"), proposal);
        }
        self.text(table, what, key).unwrap_or_else(|| Text { sv: String::new(), en: String::new() })
    }

    /// Refuses a name that is not among those there are.
    pub(crate) fn known<'c>(
        &mut self,
        what: &str,
        (name, at): &Named,
        there_are: impl Iterator<Item = &'c str> + Clone,
    ) -> bool {
        if there_are.clone().any(|one| one == name) {
            return true;
        }
        let proposal = nearest(name, there_are.clone())
            .map_or_else(|| format!("there are {}", listed(there_are)), |near| format!("did you mean `{near}`?"));
        self.mistake(*at, format!("there is no {what} `{name}`"), proposal);
        false
    }
}

/// Names in a row, for messages.
pub(crate) fn listed<'c>(names: impl Iterator<Item = &'c str>) -> String {
    let all: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}
