//! The words that a file of figures may use for places, sexes, units and times, and what they mean.

use std::sync::LazyLock;

use chain::text::Lang;

use crate::reference::{self, fold};
use crate::t;
use crate::web::chart;
use crate::web::picture::FigureKind;

/// A word: what it is of, what it means and how it is written.
struct Word {
    kind: &'static str,
    meaning: &'static str,
    word: &'static str,
    folded: String,
}

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let lines = include_str!("../../reference/series-words.csv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let words = |line: &'static str| {
        let mut fields = line.split(';');
        let (kind, meaning) = (fields.next()?, fields.next()?);
        let word = move |word: &'static str| Word { kind, meaning, word, folded: folded(word) };
        Some(fields.next()?.split('|').map(word))
    };
    lines.filter_map(words).flatten().collect()
});

/// For comparing. A sign of per cent has no letters, and stays.
fn folded(word: &str) -> String {
    let letters = fold(word);
    if letters.is_empty() { word.trim().to_owned() } else { letters }
}

/// For comparing texts that people wrote: without regard to case and accents, but "under" and "over" are not the same.
pub(super) fn alike(text: &str) -> String {
    let signs = text.chars().filter(|sign| matches!(sign, '<' | '>' | '≤' | '≥' | '=' | '+' | '%'));
    fold(text).chars().chain(signs).collect()
}

/// What a word means among those of a kind.
pub(super) fn meaning(kind: &str, word: &str) -> Option<&'static str> {
    let word = folded(word);
    WORDS.iter().find(|one| one.kind == kind && one.folded == word).map(|one| one.meaning)
}

/// How a meaning is written.
pub(super) fn written(kind: &str, meaning: &str) -> &'static str {
    WORDS.iter().find(|one| one.kind == kind && one.meaning == meaning).map_or("", |one| one.word)
}

/// All words of a kind.
pub(super) fn all(kind: &str) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |one| one.kind == kind && !one.word.is_empty()).map(|one| one.word)
}

/// The code of the nation, which has none among those of counties.
const NATION: &str = "SE";

/// A municipality (four digits), a county (two), or the nation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area(String);

impl Area {
    /// The nation.
    pub fn nation() -> Area {
        Area(NATION.to_owned())
    }

    /// Whether it is the nation.
    pub fn is_nation(&self) -> bool {
        self.0 == NATION
    }

    /// A county.
    pub fn county(code: &str) -> Option<Area> {
        reference::county(code).map(|county| Area(county.code.to_owned()))
    }

    /// The place of a code or a name. A name that a county and a municipality share without "län" is the municipality's.
    pub fn of(text: &str) -> Option<Area> {
        let bare = fold(text);
        if meaning("area", text).is_some() {
            return Some(Area::nation());
        }
        if let Some(county) = reference::county(bare.split(' ').next().unwrap_or_default())
            && (bare.len() == 2 || bare.ends_with(&fold(county.name)))
        {
            return Some(Area(county.code.to_owned()));
        }
        if let Some(place) = reference::find_municipality(text) {
            return Some(Area(place.code.to_owned()));
        }
        let county = reference::counties().iter().find(|county| is_called(county.name, &bare))?;
        Some(Area(county.code.to_owned()))
    }

    /// The place that somebody may have meant: a code whose first nought a spreadsheet took away, or a name slightly off.
    pub fn meant(text: &str) -> Option<String> {
        let digits = text.trim();
        if let (1 | 3, true) = (digits.len(), digits.bytes().all(|byte| byte.is_ascii_digit())) {
            let whole = format!("0{digits}");
            return Area::of(&whole).map(|area| format!("{whole} {}", area.name(Lang::Sv)));
        }
        let places = reference::municipalities().iter().map(|place| place.name);
        let all = places.chain(reference::counties().iter().map(|county| county.name)).chain(["riket"]);
        chain::nearest(digits, all).map(str::to_owned)
    }

    /// The place of a code or a name in a column of counties: "Kalmar" is the county there.
    pub fn county_of(text: &str) -> Option<Area> {
        let bare = fold(text);
        let called = reference::counties().iter().find(|county| is_called(county.name, &bare));
        let found = called.and_then(|county| Area::county(county.code)).or_else(|| Area::of(text))?;
        (found.is_nation() || found.0.len() == 2).then_some(found)
    }

    /// The county that somebody may have meant.
    pub fn county_meant(text: &str) -> Option<String> {
        let digits = text.trim();
        if let (1, true) = (digits.len(), digits.bytes().all(|byte| byte.is_ascii_digit())) {
            return Area::meant(digits);
        }
        chain::nearest(digits, reference::counties().iter().map(|county| county.name)).map(str::to_owned)
    }

    /// Whether it is a municipality of a county, or anything of the nation.
    pub fn is_within(&self, other: &Area) -> bool {
        other.is_nation() || (self.0.len() == 4 && self.0.starts_with(&other.0))
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// As a file has it: "1082 Karlshamn", "riket".
    pub fn written(&self) -> String {
        if self.is_nation() { "riket".to_owned() } else { format!("{} {}", self.0, self.name(Lang::Sv)) }
    }

    /// The name.
    pub fn name(&self, lang: Lang) -> String {
        match self.0.as_str() {
            NATION => t!(lang, "series-nation"),
            code => reference::municipality(code)
                .map(|place| place.name)
                .or_else(|| reference::county(code).map(|county| county.name))
                .unwrap_or(code)
                .to_owned(),
        }
    }
}

/// Whether a county is called so: its whole name, or without its last word and the ending of the genitive before it.
fn is_called(county: &str, bare: &str) -> bool {
    let whole = fold(county);
    let first = whole.rsplit_once(' ').map_or(whole.as_str(), |(first, _)| first);
    whole == bare || first == bare || first.strip_suffix('s') == Some(bare)
}

/// Whom a figure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// All.
    All,
    /// Women and girls.
    Woman,
    /// Men and boys.
    Man,
    /// Another answer, or none.
    Unknown,
}

/// All sexes.
const SEXES: [Sex; 4] = [Sex::All, Sex::Woman, Sex::Man, Sex::Unknown];

impl Sex {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        match self {
            Sex::All => "all",
            Sex::Woman => "woman",
            Sex::Man => "man",
            Sex::Unknown => "unknown",
        }
    }

    /// As a file has it.
    pub fn written(self) -> &'static str {
        written("sex", self.name())
    }

    /// The sex of a stored name; anything else is unknown.
    pub fn from_name(name: &str) -> Sex {
        SEXES.into_iter().find(|sex| sex.name() == name).unwrap_or(Sex::Unknown)
    }

    /// In words.
    pub fn words(self, lang: Lang) -> String {
        match self {
            Sex::All => t!(lang, "series-all"),
            Sex::Woman => t!(lang, "series-women"),
            Sex::Man => t!(lang, "series-men"),
            Sex::Unknown => t!(lang, "series-unknown"),
        }
    }
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Per cent of those who answered.
    Percent,
    /// A count.
    Count,
    /// For each thousand inhabitants.
    PerThousand,
    /// For each hundred thousand inhabitants.
    PerHundredThousand,
    /// Litres of pure alcohol.
    Litres,
    /// An index or a mean.
    Index,
}

/// The units with their meaning in the list of words.
const UNITS: [(Unit, &str); 6] = [
    (Unit::Percent, "percent"),
    (Unit::Count, "count"),
    (Unit::PerThousand, "per_1000"),
    (Unit::PerHundredThousand, "per_100000"),
    (Unit::Litres, "litres"),
    (Unit::Index, "index"),
];

impl Unit {
    /// The name in the store.
    pub fn name(self) -> &'static str {
        UNITS.iter().find(|(unit, _)| *unit == self).map_or("", |(_, meaning)| *meaning)
    }

    /// The unit of a meaning in the list of words, which is the stored name too.
    pub fn of_meaning(meaning: &str) -> Option<Unit> {
        UNITS.iter().find(|(_, name)| *name == meaning).map(|(unit, _)| *unit)
    }

    /// As a file has it.
    pub fn written(self) -> &'static str {
        written("unit", self.name())
    }

    /// In words.
    pub fn words(self, lang: Lang) -> String {
        match self {
            Unit::Percent => t!(lang, "series-percent"),
            Unit::Count => t!(lang, "series-count"),
            Unit::PerThousand => t!(lang, "series-per-thousand"),
            Unit::PerHundredThousand => t!(lang, "series-per-hundred-thousand"),
            Unit::Litres => t!(lang, "series-litres"),
            Unit::Index => t!(lang, "series-index"),
        }
    }

    /// How charts write it.
    pub fn kind(self) -> FigureKind {
        match self {
            Unit::Percent => FigureKind::Share,
            Unit::Count => FigureKind::Count,
            Unit::PerThousand | Unit::PerHundredThousand | Unit::Litres | Unit::Index => FigureKind::Decimal,
        }
    }

    /// A value as charts have it: shares are from 0 to 1.
    pub fn cell(self, value: f64) -> chart::Cell {
        chart::Cell::Known(if self == Unit::Percent { value / 100.0 } else { value })
    }
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// There is one.
    None,
    /// Its maker keeps it back: two dots.
    Withheld,
    /// Its maker has none: one dot.
    Missing,
}

impl Sign {
    /// As it is stored and written.
    pub fn name(self) -> &'static str {
        match self {
            Sign::None => "",
            Sign::Withheld => "..",
            Sign::Missing => ".",
        }
    }

    /// The sign of a stored one.
    pub fn from_name(name: &str) -> Sign {
        match name {
            ".." => Sign::Withheld,
            "." => Sign::Missing,
            _ => Sign::None,
        }
    }
}

/// A time as it is kept, with its year: a year, a school year, a month or a quarter.
pub(super) fn is_period(text: &str) -> Option<(i16, String)> {
    let text = text.trim();
    let (year, rest) = (text.get(..4)?, text.get(4..)?);
    let digits = |part: &str, length: usize| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(year, 4) {
        return None;
    }
    let number: i16 = year.parse().ok()?;
    if number < 1900 {
        return None;
    }
    let lower = rest.to_lowercase();
    let quarter = ["-q", " kv ", "kv", "q", "k", " q"].iter().find_map(|mark| lower.strip_prefix(mark));
    let period = match rest {
        "" => year.to_owned(),
        _ if quarter.is_some_and(|nr| digits(nr, 1) && ("1"..="4").contains(&nr)) => {
            format!("{year}-Q{}", quarter.unwrap_or_default())
        }
        _ => {
            let (mark, end) = (rest.get(..1)?, rest.get(1..)?);
            let next = number.checked_add(1)?.to_string();
            let follows = end == next || Some(end) == next.get(2..);
            match (mark, end) {
                ("/" | "-", _) if follows && !(mark == "-" && digits(end, 2) && end <= "12") => {
                    format!("{year}/{}", next.get(2..)?)
                }
                ("-", month) if digits(month, 2) && ("01"..="12").contains(&month) => format!("{year}-{month}"),
                _ => return None,
            }
        }
    };
    Some((number, period))
}
