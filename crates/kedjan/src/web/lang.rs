//! The words people read: Fluent messages in Swedish and English, checked against each other by a test.

use std::borrow::Cow;
use std::sync::LazyLock;

use chain::text::Lang;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use super::format;

/// The words of message `key` in a language: `t!(lang, "save")`, `t!(lang, "rows-of", first = 1, all = 312)`.
///
/// Values are text or whole numbers; numbers are written as the language writes them. The key is written out where it is
/// used: a test reads the code for every use and compares it with the files.
#[macro_export]
macro_rules! t {
    ($lang:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::web::lang::message($lang, $key, &[$((stringify!($name), ::fluent_bundle::FluentValue::from($value))),*])
    };
}

/// The files of both languages, one per family of pages: name, Swedish, English.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$((
            $name,
            include_str!(concat!("../../locales/sv/", $name, ".ftl")),
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
        )),*]
    };
}

pub(super) const FILES: &[(&str, &str, &str)] = files![
    "common",
    "script",
    "cases",
    "login",
    "admin",
    "statistics",
    "people",
    "consents",
    "errors",
    "directory",
    "mail",
    "plans",
    "audit",
    "trust",
    "retention",
    "nation",
    "orders",
    "publication",
    "packages",
    "register",
    "surveys",
    "chart",
    "series",
];

type Bundle = FluentBundle<FluentResource>;

static SWEDISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Sv));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En));

fn bundle(lang: Lang) -> Bundle {
    let tag = match lang {
        Lang::Sv => langid!("sv-SE"),
        Lang::En => langid!("en-GB"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolation marks would be printed round every number and name.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match lang {
        Lang::Sv => |value, _| number(Lang::Sv, value),
        Lang::En => |value, _| number(Lang::En, value),
    }));
    for (_, sv, en) in FILES {
        let source = match lang {
            Lang::Sv => *sv,
            Lang::En => *en,
        };
        // A file with a mistake still gives its sound messages; the test names the mistake.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(sound, _)| sound);
        drop(bundle.add_resource(resource));
    }
    bundle
}

fn number(lang: Lang, value: &FluentValue) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.value.fract() == 0.0 => Some(format::number(lang, number.value as i64)),
        _ => None,
    }
}

/// The words of a message; the key itself where there is none, so that a page still stands. Written through [`t!`](crate::t).
#[must_use]
pub fn message(lang: Lang, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
    let bundle = match lang {
        Lang::Sv => &*SWEDISH,
        Lang::En => &*ENGLISH,
    };
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    let mut args = FluentArgs::with_capacity(values.len());
    for (name, value) in values {
        args.set(Cow::Borrowed(*name), value.clone());
    }
    bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
}

/// The language's code as HTML's `lang` wants it.
#[must_use]
pub fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Sv => "sv",
        Lang::En => "en",
    }
}
