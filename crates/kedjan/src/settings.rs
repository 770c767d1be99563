//! How an installation is set: one file, each setting explained in `kedjan.example.toml`, each also as `KEDJAN_…`.
//!
//! A wrong setting is refused with file, line and a proposal, all of them at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use axum::http::Uri;
use toml::de::{DeTable, DeValue};

use crate::store::Location;

#[cfg(test)]
mod tests;

/// The settings of a running installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The address people use, as in `https://kedjan.example.se`; links in e-mail and secure cookies follow from it.
    pub public: String,
    /// Where everything is kept.
    pub database: Location,
    /// The file with the key that locks what identifies people. Not in the database, not in its backups.
    pub key_file: PathBuf,
    /// The one copy of the people's keys, which backups leave out, and beside it what has been withdrawn. `<key_file>.people`
    /// when not set.
    pub people_keys: PathBuf,
    /// A folder with the installation's own method files, which build on or add to the shipped ones.
    pub methods: Option<PathBuf>,
    /// How reminders are sent; none are when not set.
    pub mail: Option<Mail>,
    /// How much is logged: `error`, `warn`, `info` or `debug`.
    pub log: String,
    /// Only official test numbers are taken, and every page says that the people are made up.
    pub demo: bool,
    /// The least number of cases a published figure stands on.
    pub threshold: i64,
    /// How many proxies stand in front, each of which writes whom it heard in `X-Forwarded-For`.
    pub proxies: usize,
    /// Who publishes figures, in the catalogue of open data: an authority's name.
    pub publisher: Option<String>,
    /// The e-mail address for questions about published figures.
    pub contact: Option<String>,
    /// Whether there are limits on how much is asked. Without them only made-up people may be kept.
    pub limits: bool,
    /// After how many days from the end of its month a package of tallies from another node is late.
    pub late_days: i64,
}

/// How e-mail is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `none` (a server on this machine or inside the house), `starttls` or `tls`.
    pub security: Security,
    /// The log-in at the server, if it wants one.
    pub user: Option<String>,
    /// The file with the password.
    pub password_file: Option<PathBuf>,
    /// The sender's address.
    pub from: String,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all.
    None,
    /// From the greeting on.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A setting that cannot be used: where it stands, what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongSetting {
    /// `file:line` or the name of the environment variable.
    pub at: String,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub proposal: String,
}

impl std::fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}. Proposal: {}", self.at, self.what, self.proposal)
    }
}

/// The settings there are, with an example of each.
const KNOWN: [(&str, &str); 20] = [
    ("listen", "\"127.0.0.1:8080\""),
    ("public", "\"https://kedjan.example.se\""),
    ("database", "\"sqlite:/var/lib/kedjan/kedjan.db\""),
    ("key_file", "\"/etc/kedjan/kedjan.key\""),
    ("people_keys", "\"/etc/kedjan/kedjan.key.people\""),
    ("methods", "\"/etc/kedjan/methods\""),
    ("log", "\"info\""),
    ("demo", "false"),
    ("threshold", "5"),
    ("proxies", "1"),
    ("limits", "true"),
    ("late_days", "30"),
    ("publisher", "\"Region Blekinge\""),
    ("contact", "\"statistik@example.se\""),
    ("mail.host", "\"smtp.example.se\""),
    ("mail.port", "25"),
    ("mail.security", "\"starttls\""),
    ("mail.user", "\"kedjan\""),
    ("mail.password_file", "\"/etc/kedjan/smtp.password\""),
    ("mail.from", "\"kedjan@example.se\""),
];

impl Settings {
    /// Reads the settings from a file and the environment (`KEDJAN_LISTEN`, `KEDJAN_MAIL_HOST`, …), which comes before it.
    pub fn read(file: &Path, env: impl Iterator<Item = (String, String)>) -> Result<Settings, Vec<WrongSetting>> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|e| {
            vec![WrongSetting {
                at: name.clone(),
                what: format!("the file cannot be read ({e})"),
                proposal: "`kedjan init` writes one, with every setting explained".into(),
            }]
        })?;
        Settings::parse(&name, &text, env)
    }

    /// Reads settings from text.
    pub fn parse(
        name: &str,
        text: &str,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Settings, Vec<WrongSetting>> {
        let mut raw = Raw::from_file(name, text)?;
        raw.take_env(env);
        raw.into_settings()
    }

    /// Whether cookies can be sent on protected connections only.
    pub fn secure(&self) -> bool {
        self.public.starts_with("https://")
    }
}

/// A value as it was written.
#[derive(Clone)]
enum Written {
    Text(String),
    Integer(i64),
    Boolean(bool),
    /// Of a kind that no setting has.
    Other,
}

impl Written {
    fn of(value: &DeValue<'_>) -> Written {
        match value {
            DeValue::String(text) => Written::Text(text.clone().into_owned()),
            DeValue::Integer(number) => {
                i64::from_str_radix(number.as_str(), number.radix()).map_or(Written::Other, Written::Integer)
            }
            DeValue::Boolean(yes) => Written::Boolean(*yes),
            _ => Written::Other,
        }
    }
}

/// Values as they were written, with where they stand.
struct Raw {
    name: String,
    values: Vec<(String, Written, String)>,
    wrong: Vec<WrongSetting>,
}

impl Raw {
    /// What is left of a file that cannot be read is not worth judging: half of it would be said to be missing.
    fn from_file(name: &str, text: &str) -> Result<Raw, Vec<WrongSetting>> {
        let mut raw = Raw { name: name.to_owned(), values: Vec::new(), wrong: Vec::new() };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            raw.wrong.push(WrongSetting {
                at: format!("{name}:{line}"),
                what: error.message().to_owned(),
                proposal: "write `name = value`, with texts in quotation marks".into(),
            });
        }
        if !raw.wrong.is_empty() {
            return Err(raw.wrong);
        }
        raw.flatten("", table.get_ref(), text);
        Ok(raw)
    }

    fn flatten(&mut self, prefix: &str, table: &DeTable<'_>, text: &str) {
        for (key, value) in table.iter() {
            let full =
                if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
            let at = format!("{}:{}", self.name, line_of(text, key.span().start));
            match value.get_ref() {
                DeValue::Table(inner) if full == "mail" => self.flatten(&full, inner, text),
                value => self.add(full, Written::of(value), at),
            }
        }
    }

    fn add(&mut self, key: String, value: Written, at: String) {
        if KNOWN.iter().any(|(known, _)| *known == key) {
            self.values.retain(|(known, ..)| *known != key);
            self.values.push((key, value, at));
            return;
        }
        let names: Vec<&str> = KNOWN.iter().map(|(known, _)| *known).collect();
        let (what, proposal) = match chain::nearest(&key, names.iter().copied()) {
            _ if key == "mail" => (
                "`mail` is not a table".to_owned(),
                "write [mail] on a line of its own, and its settings below".to_owned(),
            ),
            Some(near) => (format!("there is no setting `{key}`"), format!("did you mean `{near}`?")),
            None => (format!("there is no setting `{key}`"), format!("the settings are {}", names.join(", "))),
        };
        self.wrong.push(WrongSetting { at, what, proposal });
    }

    fn take_env(&mut self, env: impl Iterator<Item = (String, String)>) {
        for (variable, text) in env {
            let Some(key) = variable.strip_prefix("KEDJAN_") else { continue };
            if key.starts_with("TEST_") {
                continue;
            }
            let key = key.to_lowercase();
            let key = key.strip_prefix("mail_").map_or(key.clone(), |rest| format!("mail.{rest}"));
            let value = match key.as_str() {
                "mail.port" | "threshold" | "proxies" | "late_days" => {
                    text.parse().map_or(Written::Other, Written::Integer)
                }
                "demo" | "limits" => text.parse().map_or(Written::Other, Written::Boolean),
                _ => Written::Text(text),
            };
            self.add(key, value, variable);
        }
    }

    fn text(&mut self, key: &str) -> Option<(String, String)> {
        let (_, value, at) = self.values.iter().find(|(known, ..)| known == key)?.clone();
        match value {
            Written::Text(text) => Some((text, at)),
            _ => {
                self.refuse(key, &at, "is not a text");
                None
            }
        }
    }

    fn refuse(&mut self, key: &str, at: &str, what: &str) {
        let example = KNOWN.iter().find(|(known, _)| *known == key).map_or("", |(_, example)| example);
        self.wrong.push(WrongSetting {
            at: at.to_owned(),
            what: format!("`{key}` {what}"),
            proposal: format!("{key} = {example}"),
        });
    }

    fn parsed<T>(
        &mut self,
        key: &str,
        otherwise: Option<&str>,
        parse: impl Fn(&str) -> Option<T>,
        what: &str,
    ) -> Option<T> {
        let found = match self.text(key) {
            Some(found) => Some(found),
            None if self.values.iter().any(|(known, ..)| known == key) => return None,
            None => otherwise.map(|o| (o.to_owned(), self.name.clone())),
        };
        match found {
            None => {
                let at = self.name.clone();
                self.refuse(key, &at, "is missing");
                None
            }
            Some((text, at)) => {
                let value = parse(&text);
                if value.is_none() {
                    self.refuse(key, &at, what);
                }
                value
            }
        }
    }

    fn integer(&mut self, key: &str, otherwise: i64, range: std::ops::RangeInclusive<i64>) -> i64 {
        match self.values.iter().find(|(known, ..)| known == key).cloned() {
            None => otherwise,
            Some((_, Written::Integer(n), _)) if range.contains(&n) => n,
            Some((_, _, at)) => {
                self.refuse(key, &at, &format!("is not a whole number from {} to {}", range.start(), range.end()));
                otherwise
            }
        }
    }

    fn boolean(&mut self, key: &str, otherwise: bool) -> bool {
        match self.values.iter().find(|(known, ..)| known == key).cloned() {
            None => otherwise,
            Some((_, Written::Boolean(yes), _)) => yes,
            Some((_, _, at)) => {
                self.refuse(key, &at, "is neither true nor false");
                otherwise
            }
        }
    }

    fn optional_path(&mut self, key: &str) -> Option<PathBuf> {
        if self.values.iter().any(|(known, ..)| known == key) { self.parsed(key, None, path, "is empty") } else { None }
    }

    fn optional(&mut self, key: &str, holds: impl Fn(&str) -> bool, what: &str) -> Option<String> {
        let (text, at) = self.text(key)?;
        let text = text.trim().to_owned();
        if !holds(&text) {
            self.refuse(key, &at, what);
        }
        Some(text)
    }

    fn into_settings(mut self) -> Result<Settings, Vec<WrongSetting>> {
        let listen = self.parsed("listen", Some("127.0.0.1:8080"), |t| t.parse().ok(), "is not an address and a port");
        let public = self.parsed(
            "public",
            None,
            web,
            "is not an address that begins with https:// and ends with the host (http:// is for this machine alone)",
        );
        let database =
            self.parsed("database", None, |t| Location::from_str(t).ok(), "is neither sqlite:PATH nor postgres://…");
        let key_file = self.parsed("key_file", None, path, "is empty");
        let people_keys = self.optional_path("people_keys");
        let methods = self.optional_path("methods");
        let level = |t: &str| ["error", "warn", "info", "debug"].contains(&t).then(|| t.to_owned());
        let log = self.parsed("log", Some("info"), level, "is not error, warn, info or debug");
        let demo = self.boolean("demo", false);
        let limits = self.boolean("limits", true);
        if !limits && !demo {
            let at = self.values.iter().find(|(known, ..)| known == "limits").map(|(.., at)| at.clone());
            self.refuse(
                "limits",
                &at.unwrap_or_default(),
                "can be lifted where demo = true alone: it is for a load test",
            );
        }
        let proxies = usize::try_from(self.integer("proxies", 0, 0..=5)).unwrap_or(0);
        let threshold = self.integer("threshold", 5, 3..=100);
        let late_days = self.integer("late_days", 30, 1..=366);
        let publisher = self.optional("publisher", |text| !text.is_empty(), "is empty");
        let contact = self.optional("contact", is_address, "is not an e-mail address");
        let mail = self.mail();
        match (listen, public, database, key_file, log) {
            (Some(listen), Some(public), Some(database), Some(key_file), Some(log)) if self.wrong.is_empty() => {
                let people_keys = people_keys.unwrap_or_else(|| crate::store::ending_with(&key_file, ".people"));
                Ok(Settings {
                    listen,
                    public,
                    database,
                    key_file,
                    people_keys,
                    methods,
                    mail,
                    log,
                    demo,
                    threshold,
                    proxies,
                    limits,
                    late_days,
                    publisher,
                    contact,
                })
            }
            _ => Err(self.wrong),
        }
    }

    fn mail(&mut self) -> Option<Mail> {
        if !self.values.iter().any(|(known, ..)| known.starts_with("mail.")) {
            return None;
        }
        let host = self.parsed("mail.host", None, |t| (!t.is_empty()).then(|| t.to_owned()), "is empty");
        let security = self.parsed(
            "mail.security",
            Some("starttls"),
            |t| match t {
                "none" => Some(Security::None),
                "starttls" => Some(Security::StartTls),
                "tls" => Some(Security::Tls),
                _ => None,
            },
            "is not none, starttls or tls",
        );
        let from =
            self.parsed("mail.from", None, |t| t.contains('@').then(|| t.to_owned()), "is not an e-mail address");
        let port = u16::try_from(self.integer("mail.port", 25, 1..=65_535)).unwrap_or(25);
        let user = self.text("mail.user").map(|(t, _)| t);
        let password_file = self.optional_path("mail.password_file");
        Some(Mail { host: host?, port, security: security?, user, password_file, from: from? })
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1
}

/// An address without anything that would end the place it is written in.
fn is_address(text: &str) -> bool {
    let sound = |c: char| c.is_alphanumeric() || "@.-_+".contains(c);
    text.contains('@') && text.chars().all(sound)
}

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

/// An address of the web with a host and nothing after it, without the last slash. Unprotected only on this very machine:
/// the cookie of a log-in would travel in clear.
fn web(text: &str) -> Option<String> {
    let uri: Uri = text.parse().ok()?;
    let local = ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| uri.host() == Some(host));
    let whole = text.starts_with("https://") || (text.starts_with("http://") && local);
    // What stands after # is no part of the address as it is read, and would stand in the middle of every link.
    let bare = !text.contains('#')
        && uri.path() == "/"
        && uri.query().is_none()
        && uri.host().is_some_and(|host| !host.is_empty());
    (whole && bare).then(|| text.trim_end_matches('/').to_owned())
}
