//! A consent as it is given: by whom, to what of it, until when, and whether whoever gives it can.
//!
//! An adult consents alone. A child does by age and maturity, and else those who have custody, as a rule both
//! (12 kap. 3 § OSL). The ages here are those that practice goes by: nobody under fifteen consents alone.

use chain::text::Lang;
use jiff::civil::Date;
use serde_json::{Map, Value};

use crate::refusal::FieldIssue;
use crate::t;
use crate::web::script;

/// The ways a consent can be given.
pub const HOW: [&str; 3] = ["signed", "spoken", "paper"];
/// Who can give it: the person, a child who understands what it means, one guardian, both guardians.
pub const GIVERS: [&str; 4] = ["self", "child", "guardian", "guardians"];
/// What it can be to, in the order of the form.
pub const KINDS: [&str; 4] = ["name", "phone", "language", "event"];
/// The age from which somebody consents alone.
pub const ADULT: u32 = 18;
/// The age from which a child may consent alone, if mature enough.
pub const MATURE: u32 = 15;
const LONGEST_SIGNATURE: usize = 60_000;
const LONGEST_NOTE: usize = 1000;

/// A consent that is being given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewConsent {
    /// One of [`GIVERS`].
    pub giver: String,
    /// One of [`HOW`].
    pub how: String,
    /// The language of the text that was shown or read.
    pub language: String,
    /// The strokes of the signature, as the signature pad writes them.
    pub signature: Option<String>,
    /// The strokes of the other guardian's.
    pub second_signature: Option<String>,
    /// Why a child was judged mature enough, or why one guardian was enough.
    pub note: Option<String>,
    /// What it is to: some of [`KINDS`].
    pub kinds: Vec<String>,
    /// The last day; a year from when it was given at most.
    pub until: Option<Date>,
    /// Whether it takes the place of one that is in force.
    pub renews: bool,
}

impl NewConsent {
    /// A spoken consent to all of it, by the person.
    pub fn spoken(language: &str) -> NewConsent {
        NewConsent {
            giver: "self".into(),
            how: "spoken".into(),
            language: language.into(),
            signature: None,
            second_signature: None,
            note: None,
            kinds: KINDS.map(str::to_owned).to_vec(),
            until: None,
            renews: false,
        }
    }

    /// Reads a consent from an answer: `true` and `"spoken"` are the short forms, an object the long one.
    pub fn parse(value: &Value, lang: Lang, pointer: &str) -> Result<Option<NewConsent>, Vec<FieldIssue>> {
        let issue = |part: &str, detail: String| FieldIssue { pointer: format!("{pointer}{part}"), detail };
        let (new, mut issues) = match value {
            Value::Null | Value::Bool(false) => return Ok(None),
            Value::Bool(true) => (NewConsent::spoken("sv"), Vec::new()),
            Value::String(how) => (NewConsent { how: how.clone(), ..NewConsent::spoken("sv") }, Vec::new()),
            Value::Object(parts) => read(parts, lang, pointer),
            _ => return Err(vec![issue("", t!(lang, "field-wrong-type", expected = "object"))]),
        };
        for (part, value, options) in [("/how", &new.how, &HOW[..]), ("/giver", &new.giver, &GIVERS[..])] {
            if !options.contains(&value.as_str()) {
                issues.push(issue(part, t!(lang, "field-not-an-option", options = options.join(", "))));
            }
        }
        if script::find(&new.language).is_none() {
            let options: Vec<&str> = script::all().iter().map(|s| s.code.as_str()).collect();
            issues.push(issue("/language", t!(lang, "field-not-an-option", options = options.join(", "))));
        }
        if new.kinds.is_empty() {
            issues.push(issue("/kinds", t!(lang, "consent-kinds-missing")));
        }
        let signed = new.how == "signed";
        let both = new.giver == "guardians";
        for (part, strokes, needed) in
            [("/signature", &new.signature, signed), ("/second_signature", &new.second_signature, signed && both)]
        {
            match strokes {
                None if needed => issues.push(issue(part, t!(lang, "field-missing"))),
                Some(strokes) if strokes.len() > LONGEST_SIGNATURE => {
                    issues.push(issue(part, t!(lang, "field-too-long", max = LONGEST_SIGNATURE)));
                }
                Some(strokes) if !is_path(strokes) => {
                    issues.push(issue(part, t!(lang, "consent-signature-unreadable")));
                }
                _ => {}
            }
        }
        if issues.is_empty() { Ok(Some(new)) } else { Err(issues) }
    }

    /// Whether whoever gives it can, for a person of this age, and until then; all that keeps it from being given.
    pub fn wrong_for(&self, age: Option<u32>, today: Date, lang: Lang, pointer: &str) -> Vec<FieldIssue> {
        let mut issues = Vec::new();
        let mut issue =
            |part: &str, detail: String| issues.push(FieldIssue { pointer: format!("{pointer}{part}"), detail });
        let is_adult = age.is_none_or(|age| age >= ADULT);
        let alone = ["self", "child"].contains(&self.giver.as_str());
        if is_adult && self.giver != "self" {
            issue("/giver", t!(lang, "consent-giver-adult"));
        }
        if let Some(age) = age.filter(|age| alone && *age < MATURE) {
            issue("/giver", t!(lang, "consent-giver-young", age = age, mature = MATURE));
        }
        if !is_adult && ["child", "guardian"].contains(&self.giver.as_str()) && self.note.is_none() {
            issue("/note", t!(lang, "consent-note-missing"));
        }
        if let Some(until) = self.until {
            let last = today.saturating_add(jiff::Span::new().years(1));
            if until < today || until > last {
                issue("/until", t!(lang, "consent-until-wrong"));
            }
        }
        issues
    }

    /// The same for one given where the offer was made: there somebody between fifteen and eighteen who consents is a child
    /// whom the one who took it has judged to understand it.
    #[must_use]
    pub fn on_the_spot(mut self, age: Option<u32>, lang: Lang) -> NewConsent {
        if self.giver == "self" && age.is_some_and(|age| (MATURE..ADULT).contains(&age)) {
            self.giver = "child".into();
            self.note.get_or_insert_with(|| t!(lang, "consent-on-the-spot"));
        }
        self
    }
}

fn read(parts: &Map<String, Value>, lang: Lang, pointer: &str) -> (NewConsent, Vec<FieldIssue>) {
    const NAMES: [&str; 9] =
        ["giver", "how", "language", "signature", "second_signature", "note", "kinds", "until", "renew"];
    let mut issues = Vec::new();
    let mut issue =
        |part: &str, detail: String| issues.push(FieldIssue { pointer: format!("{pointer}/{part}"), detail });
    for name in parts.keys().filter(|name| !NAMES.contains(&name.as_str())) {
        issue(name, t!(lang, "field-unknown"));
    }
    let text = |name: &str| parts.get(name).and_then(Value::as_str).map(str::trim).filter(|s| !s.is_empty());
    for name in ["giver", "how", "language", "signature", "second_signature", "note", "until"] {
        if parts.get(name).is_some_and(|value| !value.is_string() && !value.is_null()) {
            issue(name, t!(lang, "field-wrong-type", expected = "text"));
        }
    }
    let kinds = match parts.get("kinds") {
        None | Some(Value::Null) => KINDS.map(str::to_owned).to_vec(),
        Some(Value::Array(given)) => {
            if given.iter().any(|kind| !kind.as_str().is_some_and(|kind| KINDS.contains(&kind))) {
                issue("kinds", t!(lang, "field-not-an-option", options = KINDS.join(", ")));
            }
            let is_given = |kind: &&str| given.iter().any(|one| one.as_str() == Some(*kind));
            KINDS.iter().filter(|kind| is_given(kind)).map(|kind| (*kind).to_owned()).collect()
        }
        Some(_) => {
            issue("kinds", t!(lang, "field-wrong-type", expected = "array"));
            Vec::new()
        }
    };
    let until = text("until").map(str::parse::<Date>);
    if matches!(until, Some(Err(_))) {
        issue("until", t!(lang, "field-not-a-time"));
    }
    let note = text("note").map(str::to_owned);
    if note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        issue("note", t!(lang, "field-too-long", max = LONGEST_NOTE));
    }
    let new = NewConsent {
        giver: text("giver").unwrap_or("self").to_owned(),
        how: text("how").unwrap_or("spoken").to_owned(),
        language: text("language").unwrap_or("sv").to_owned(),
        signature: text("signature").map(str::to_owned),
        second_signature: text("second_signature").map(str::to_owned),
        note,
        kinds,
        until: until.and_then(Result::ok),
        renews: parts.get("renew").and_then(Value::as_bool).unwrap_or(false),
    };
    (new, issues)
}

/// Whether the text is nothing but moves and lines of an SVG path.
fn is_path(strokes: &str) -> bool {
    strokes.starts_with('M') && strokes.chars().all(|c| c.is_ascii_digit() || "ML ,.-".contains(c))
}

/// A kind of data in words.
pub(crate) fn kind(lang: Lang, kind: &str) -> String {
    match kind {
        "name" => t!(lang, "disclosure-kind-name"),
        "phone" => t!(lang, "disclosure-kind-phone"),
        "language" => t!(lang, "disclosure-kind-language"),
        _ => t!(lang, "disclosure-kind-event"),
    }
}

/// Who gives it, in words.
pub(crate) fn giver(lang: Lang, giver: &str) -> String {
    match giver {
        "self" => t!(lang, "consent-giver-self"),
        "child" => t!(lang, "consent-giver-child"),
        "guardian" => t!(lang, "consent-giver-guardian"),
        _ => t!(lang, "consent-giver-guardians"),
    }
}
