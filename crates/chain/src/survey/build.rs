//! From the text of a file to a questionnaire: every name resolved, every missing thing told, with its line and a proposal.

use super::{Asks, Base, Choice, Counts, Kind, Part, Question, Questionnaire, Section, Sentence, Wording, sheet};
use crate::method::source::{At, Named, Reading, Table};
use crate::method::{Mistake, Source};
use crate::survey::When;
use crate::text::Text;

/// The most characters a short and a long text can be let to have.
const LONGEST_SHORT: i64 = 300;
const LONGEST_LONG: i64 = 5_000;
/// The longest a questionnaire can be, so that it fits one form.
const MOST_QUESTIONS: usize = 100;
const ROOT: &[&str] = &[
    "id",
    "version",
    "name",
    "about",
    "asks",
    "everybody",
    "protect",
    "remind",
    "indicator",
    "part",
    "question",
    "base",
    "wording",
    "section",
    "sentence",
];
/// What the results call their own rows of a question, and those of the invitations.
const OWN_ROWS: [&str; 3] = ["answered", "uncoded", "no_answer"];
const INVITATIONS: &str = "invitations";
const KINDS: [&str; 6] = ["yes_no", "one", "several", "number", "short", "long"];

struct Builder<'a> {
    reading: Reading<'a>,
    parts: Vec<Part>,
    questions: Vec<Question>,
    bases: Vec<Base>,
    sections: Vec<Section>,
    part_places: Vec<At>,
    section_places: Vec<At>,
    base_places: Vec<At>,
    protect: bool,
}

pub(super) fn read(source: Source<'_>) -> Result<Questionnaire, Vec<Mistake>> {
    let sources = [source];
    let mut reading = Reading::new(&sources);
    let root = reading.tree(0);
    let mut builder = Builder {
        reading,
        parts: Vec::new(),
        questions: Vec::new(),
        bases: Vec::new(),
        sections: Vec::new(),
        part_places: Vec::new(),
        section_places: Vec::new(),
        base_places: Vec::new(),
        protect: false,
    };
    let read = builder.root(&root);
    if builder.reading.is_clean() { Ok(read) } else { Err(builder.reading.into_mistakes()) }
}

impl Builder<'_> {
    fn root(&mut self, root: &Table) -> Questionnaire {
        const WHAT: &str = "the questionnaire";
        self.reading.keys(root, WHAT, ROOT);
        for list in ["part", "question", "base", "wording", "section", "sentence"] {
            self.reading.list_of_tables(root, list);
        }
        let id = self.reading.id(root, WHAT);
        let version = self.version(root);
        let asks = self.asks(root);
        self.protect = self.protect(root);
        for table in root.tables("part") {
            self.part(table);
        }
        for table in root.tables("question") {
            self.question(table);
        }
        if self.questions.is_empty() {
            let proposal = "add a `[[part]]` and a `[[question]]` with `part` and `kind`";
            self.reading.mistake(root.at, "the questionnaire asks nothing", proposal);
        }
        self.parts_have_questions(root);
        for table in root.tables("base") {
            self.base(table);
        }
        let words = self.wordings(root);
        for table in root.tables("section") {
            self.section(table);
        }
        let sentences: Vec<Sentence> =
            root.tables("sentence").into_iter().map(|table| self.sentence(table, !words.is_empty())).collect();
        self.nothing_is_idle(&sentences);
        Questionnaire {
            name: self.reading.need_text(root, WHAT, "name"),
            about: self.reading.need_text(root, WHAT, "about"),
            everybody: self.reading.need_text(root, WHAT, "everybody"),
            protect: self.protect,
            remind: self.remind(root),
            indicator: self.reading.string(root, "indicator").map(|(indicator, _)| indicator),
            parts: std::mem::take(&mut self.parts),
            questions: std::mem::take(&mut self.questions),
            bases: std::mem::take(&mut self.bases),
            sections: std::mem::take(&mut self.sections),
            id,
            version,
            asks,
            words,
            sentences,
        }
    }

    fn version(&mut self, root: &Table) -> u32 {
        let version = self.reading.natural(root, "version");
        if root.get("version").is_none() {
            self.reading.mistake(root.at, "the questionnaire has no `version`", "add `version = 1`");
        }
        version.unwrap_or_default()
    }

    fn asks(&mut self, root: &Table) -> Asks {
        let all = [Asks::Counties, Asks::Municipalities, Asks::List];
        let Some(named) = self.reading.need_string(root, "the questionnaire", "asks", "\"counties\"") else {
            return Asks::List;
        };
        self.reading.known("group to ask:", &named, all.iter().map(|one| one.name()));
        all.into_iter().find(|one| one.name() == named.0).unwrap_or(Asks::List)
    }

    /// Nobody forgets to say it: what is not protected gives away single answers.
    fn protect(&mut self, root: &Table) -> bool {
        if root.get("protect").is_none() {
            self.reading.mistake(
                root.at,
                "the questionnaire does not say whether its answers are protected",
                "add `protect = true` when they are about people, or when nobody shall see what a single one has answered; \
                 else `protect = false`",
            );
        }
        self.reading.boolean(root, "protect")
    }

    fn remind(&mut self, root: &Table) -> Vec<u32> {
        let Some(node) = root.get("remind") else { return Vec::new() };
        let days = self.reading.naturals(node, "remind");
        if days.len() > 5
            || days.iter().any(|day| *day == 0 || *day > 60)
            || days.windows(2).any(|w| w.first() <= w.last())
        {
            self.reading.mistake(
                node.at,
                "`remind` is no row of days before the last day",
                "write at most five whole numbers from 60 down to 1, the largest first: `remind = [14, 3]`",
            );
        }
        days
    }

    fn once(&mut self, kind: &str, id: &str, at: At, taken: bool) {
        if taken && !id.is_empty() {
            self.reading.mistake(at, format!("there are two {kind} `{id}`"), "give one of them another id");
        }
    }

    fn part(&mut self, table: &Table) {
        let id = self.reading.id(table, "a part");
        let what = format!("the part `{id}`");
        self.reading.keys(table, &what, &["id", "name", "about", "when"]);
        self.once("parts", &id, table.at, self.parts.iter().any(|part| part.id == id));
        // The questions come after the parts in the file, so a part's condition is looked at when they are known.
        let when = self.condition_unchecked(table, &what);
        let name = self.reading.need_text(table, &what, "name");
        let about = self.reading.text(table, &what, "about");
        self.parts.push(Part { id, name, about, when });
        self.part_places.push(table.at);
    }

    fn question(&mut self, table: &Table) {
        let id = self.reading.id(table, "a question");
        let what = format!("the question `{id}`");
        self.once("questions", &id, table.at, self.questions.iter().any(|question| question.id == id));
        if id == INVITATIONS {
            let message = format!("{what} has the name of the rows that say how many were asked");
            self.reading.mistake(table.at, message, "give it another id");
        }
        let kind = self.kind(table, &what);
        let part = self.reading.need_string(table, &what, "part", "\"…\"");
        if let Some(named) = &part {
            let parts: Vec<String> = self.parts.iter().map(|part| part.id.clone()).collect();
            self.reading.known("part", named, parts.iter().map(String::as_str));
        }
        let when = self.condition(table, &what);
        let question = Question {
            name: self.reading.need_text(table, &what, "name"),
            hint: self.reading.text(table, &what, "hint"),
            required: self.reading.boolean(table, "required"),
            part: part.map(|(part, _)| part).unwrap_or_default(),
            id,
            kind,
            when,
        };
        self.questions.push(question);
        if self.questions.len() == MOST_QUESTIONS + 1 {
            let message = format!("the questionnaire has more than {MOST_QUESTIONS} questions");
            self.reading.mistake(table.at, message, "ask in two questionnaires");
        }
    }

    fn kind(&mut self, table: &Table, what: &str) -> Kind {
        let named = self.reading.need_string(table, what, "kind", "\"yes_no\"");
        let kind = named.as_ref().map_or("", |(kind, _)| kind.as_str());
        if let Some(named) = &named {
            self.reading.known("kind of question:", named, KINDS.into_iter());
        }
        let own: &[&str] = match kind {
            "one" | "several" => &["options"],
            "number" => &["min", "max"],
            "short" | "long" => &["max", "codes"],
            _ => &[],
        };
        let mut keys = vec!["id", "part", "kind", "name", "hint", "required", "when"];
        keys.extend(own);
        // Of a kind that is not known nothing can be said.
        if KINDS.contains(&kind) {
            self.reading.keys(table, &format!("{what} ({kind})"), &keys);
        }
        match kind {
            "one" => Kind::One(self.choices(table, what, "options", false)),
            "several" => Kind::Several(self.choices(table, what, "options", true)),
            "number" => self.number(table, what),
            "short" => self.words(table, what, false),
            "long" => self.words(table, what, true),
            _ => Kind::YesNo(yes_no()),
        }
    }

    fn number(&mut self, table: &Table, what: &str) -> Kind {
        let min = self.reading.integer(table, "min").unwrap_or(0);
        let max = self.reading.integer(table, "max");
        if table.get("max").is_none() {
            let message = format!("{what} does not say the largest number that is taken");
            self.reading.mistake(table.at, message, "add `max = 1000` with what nobody passes");
        } else if max.is_some_and(|max| max < min) {
            self.reading.mistake(table.at, format!("{what} takes no number at all"), "let `max` be larger than `min`");
        }
        Kind::Number { min, max: max.unwrap_or(i64::from(u32::MAX)).min(i64::from(u32::MAX)) }
    }

    fn words(&mut self, table: &Table, what: &str, long: bool) -> Kind {
        let (usual, most) = if long { (2_000, LONGEST_LONG) } else { (200, LONGEST_SHORT) };
        let max = self.reading.natural(table, "max").unwrap_or(usual);
        if i64::from(max) > most || max == 0 {
            let message = format!("{what} cannot have {max} characters");
            self.reading.mistake(table.at, message, format!("let `max` be from 1 to {most}"));
        }
        Kind::Words { max, long, codes: self.choices(table, what, "codes", false) }
    }

    fn choices(&mut self, table: &Table, what: &str, key: &str, several: bool) -> Vec<Choice> {
        self.reading.list_of_tables(table, key);
        let tables = table.tables(key);
        if key == "options" && tables.len() < 2 {
            let proposal = format!("add `{key} = [{{ id = \"…\", name = {{ sv = \"…\", en = \"…\" }} }}, …]`");
            self.reading.mistake(table.at, format!("{what} has fewer than two `{key}`"), proposal);
        }
        let mut choices: Vec<Choice> = Vec::new();
        for table in tables {
            let id = self.reading.id(table, &format!("an item of `{key}` of {what}"));
            let of = format!("`{id}` in `{key}` of {what}");
            let own: &[&str] = if several { &["alone"] } else { &[] };
            self.reading.keys(table, &of, &[&["id", "name", "said", "rest"], own].concat());
            self.once(&format!("`{key}` of {what} called"), &id, table.at, choices.iter().any(|one| one.id == id));
            if OWN_ROWS.contains(&id.as_str()) {
                let message = format!("{of} has the name of a row that the results have by themselves");
                self.reading.mistake(table.at, message, "give it another id");
            }
            let name = self.reading.need_text(table, &of, "name");
            let said = self.reading.text(table, &of, "said");
            let (rest, alone) = (self.reading.boolean(table, "rest"), self.reading.boolean(table, "alone"));
            choices.push(Choice { id, name, said, rest, alone });
        }
        choices
    }

    /// A condition whose names are looked at later.
    fn condition_unchecked(&mut self, table: &Table, what: &str) -> Option<When> {
        const EXAMPLE: &str = "{ question = \"…\", is = [\"yes\"] }";
        let inner = self.reading.inner(table, "when", EXAMPLE)?;
        let what = format!("`when` of {what}");
        self.reading.keys(inner, &what, &["question", "is"]);
        let question = self.reading.need_string(inner, &what, "question", "\"…\"")?.0;
        let is: Vec<String> = self.reading.strings(inner, "is").into_iter().map(|(is, _)| is).collect();
        if is.is_empty() {
            self.reading.mistake(inner.at, format!("{what} names no answer"), "add `is = [\"yes\"]`");
        }
        Some(When { question, is })
    }

    /// A condition on questions that are read already.
    fn condition(&mut self, table: &Table, what: &str) -> Option<When> {
        let when = self.condition_unchecked(table, what)?;
        let inner = self.reading.inner(table, "when", "")?;
        self.check_condition(inner, &when);
        Some(when)
    }

    fn check_condition(&mut self, inner: &Table, when: &When) {
        let options: Vec<(String, Vec<String>)> = self
            .questions
            .iter()
            .filter(|question| question.has_options())
            .map(|question| (question.id.clone(), question.choices().iter().map(|one| one.id.clone()).collect()))
            .collect();
        let at = |key: &str| inner.get(key).map_or(inner.at, |node| node.at);
        let named: Named = (when.question.clone(), at("question"));
        if !self.reading.known("earlier question with options", &named, options.iter().map(|(id, _)| id.as_str())) {
            return;
        }
        let Some((_, choices)) = options.iter().find(|(id, _)| *id == when.question) else { return };
        for named in self.reading.strings(inner, "is") {
            let what = format!("answer to `{}`:", when.question);
            self.reading.known(&what, &named, choices.iter().map(String::as_str));
        }
    }

    /// Each part has questions, and its condition is on a question of a part before it.
    fn parts_have_questions(&mut self, root: &Table) {
        for (at, table) in root.tables("part").into_iter().enumerate() {
            let Some(part) = self.parts.get(at).cloned() else { continue };
            let place = self.part_places.get(at).copied().unwrap_or_default();
            if !self.questions.iter().any(|question| question.part == part.id) {
                let proposal = format!("add a question with `part = \"{}\"`, or remove the part", part.id);
                self.reading.mistake(place, format!("the part `{}` has no question", part.id), proposal);
            }
            if let (Some(when), Some(inner)) =
                (&part.when, table.get("when").and_then(|_| self.reading.inner(table, "when", "")))
            {
                let place_of = |id: &str| self.parts.iter().position(|one| one.id == id);
                let question = self.questions.iter().find(|one| one.id == when.question);
                if question.is_some_and(|question| place_of(&question.part) >= Some(at)) {
                    let message = format!("the part `{}` depends on a question that is not asked before it", part.id);
                    self.reading.mistake(place, message, "let `when` name a question of an earlier part");
                }
                self.check_condition(inner, when);
            }
        }
        // Questions follow their parts, so that what is asked first also stands first.
        let order: Vec<Option<usize>> =
            self.questions.iter().map(|one| self.parts.iter().position(|part| part.id == one.part)).collect();
        if let Some(wrong) = order.windows(2).position(|pair| pair.first() > pair.last()) {
            let place = root.tables("question").get(wrong + 1).map_or(root.at, |table| table.at);
            let id = self.questions.get(wrong + 1).map_or("", |one| one.id.as_str());
            let message = format!("the question `{id}` stands after questions of a later part");
            self.reading.mistake(place, message, "put the questions in the order of their parts");
        }
    }

    fn base(&mut self, table: &Table) {
        let id = self.reading.id(table, "a base");
        let what = format!("the base `{id}`");
        self.reading.keys(table, &what, &["id", "name", "when"]);
        self.once("bases", &id, table.at, self.bases.iter().any(|base| base.id == id));
        if table.get("when").is_none() {
            let proposal =
                "add `when = { question = \"…\", is = [\"yes\"] }`; without a base, figures are of everybody";
            self.reading.mistake(table.at, format!("{what} has no `when`"), proposal);
        }
        let name = self.reading.need_text(table, &what, "name");
        let when = self.condition(table, &what).unwrap_or(When { question: String::new(), is: Vec::new() });
        self.bases.push(Base { id, name, when });
        self.base_places.push(table.at);
    }

    fn wordings(&mut self, root: &Table) -> Vec<Wording> {
        let mut words: Vec<Wording> = Vec::new();
        for table in root.tables("wording") {
            const WHAT: &str = "a wording";
            self.reading.keys(table, WHAT, &["from", "above", "words"]);
            let from = self.reading.natural(table, "from");
            let above = self.reading.natural(table, "above");
            let (Some(limit), true) = (from.or(above), from.is_some() != above.is_some()) else {
                let message = "a wording does not say from which share it is used";
                self.reading.mistake(table.at, message, "add `from = 40` or `above = 50`, in per cent, one of them");
                continue;
            };
            let one = Wording { limit, above: above.is_some(), words: self.reading.need_text(table, WHAT, "words") };
            let follows = words.last().is_none_or(|last| (last.limit, last.above) < (one.limit, one.above));
            if limit > 100 || !follows || (words.is_empty() && (limit, one.above) != (0, false)) {
                let message = "the wordings do not go from the smallest share to the largest";
                self.reading.mistake(
                    table.at,
                    message,
                    "begin with `from = 0` and let each limit be larger, at most 100",
                );
            }
            words.push(one);
        }
        words
    }

    fn section(&mut self, table: &Table) {
        let id = self.reading.id(table, "a section");
        let what = format!("the section `{id}`");
        self.reading.keys(table, &what, &["id", "name"]);
        self.once("sections", &id, table.at, self.sections.iter().any(|section| section.id == id));
        self.sections.push(Section { name: self.reading.need_text(table, &what, "name"), id });
        self.section_places.push(table.at);
    }

    fn sentence(&mut self, table: &Table, has_words: bool) -> Sentence {
        let id = self.reading.id(table, "a sentence");
        let what = format!("the sentence `{id}`");
        self.reading.keys(
            table,
            &what,
            &[
                "id",
                "section",
                "base",
                "count",
                "usual",
                "most",
                "numbers",
                "text",
                "one",
                "none",
                "bullets",
                "indicator",
            ],
        );
        let section = self.reading.need_string(table, &what, "section", "\"…\"");
        let sections: Vec<String> = self.sections.iter().map(|one| one.id.clone()).collect();
        if let Some(named) = &section {
            self.reading.known("section", named, sections.iter().map(String::as_str));
        }
        let base = self.reading.string(table, "base");
        let bases: Vec<String> = self.bases.iter().map(|one| one.id.clone()).collect();
        let base = base.filter(|named| self.reading.known("base", named, bases.iter().map(String::as_str)));
        let counts = self.counts(table, &what);
        let mut text = |key: &str, needed: bool| {
            if needed { Some(self.reading.need_text(table, &what, key)) } else { self.reading.text(table, &what, key) }
        };
        let sentence = Sentence {
            text: text("text", true).unwrap_or(Text { sv: String::new(), en: String::new() }),
            one: text("one", false),
            none: text("none", false),
            indicator: text("indicator", false),
            bullets: self.reading.boolean(table, "bullets"),
            section: section.map(|(section, _)| section).unwrap_or_default(),
            base: base.map(|(base, _)| base),
            id,
            counts,
        };
        for (message, proposal) in sheet::wrong_marks(&sentence, has_words, self.protect) {
            self.reading.mistake(table.at, format!("{what} {message}"), proposal);
        }
        if sentence.indicator.is_some() && !matches!(sentence.counts, Counts::Share(_)) {
            let message = format!("{what} is an indicator and counts no share");
            self.reading.mistake(table.at, message, "add `count = { question = \"…\", is = [\"yes\"] }`");
        }
        sentence
    }

    fn counts(&mut self, table: &Table, what: &str) -> Counts {
        let given: Vec<&str> =
            ["count", "usual", "numbers"].into_iter().filter(|key| table.get(key).is_some()).collect();
        if table.get("most").is_some() && given != ["usual"] {
            self.reading.mistake(
                table.at,
                format!("{what} has `most` and no `usual`"),
                "remove `most`, or add `usual`",
            );
        }
        match given.as_slice() {
            [] => Counts::Nothing,
            ["count"] => self.share(table, what),
            ["usual"] => {
                let most = self.reading.natural(table, "most").unwrap_or(20);
                let all: Vec<String> =
                    self.questions.iter().filter(|one| !one.choices().is_empty()).map(|one| one.id.clone()).collect();
                let question = self.named(table, "usual", "question with options or codes", &all);
                Counts::Usual { question, most: usize::try_from(most).unwrap_or(usize::MAX).max(1) }
            }
            ["numbers"] => {
                let numbers = self.questions.iter().filter(|one| matches!(one.kind, Kind::Number { .. }));
                let all: Vec<String> = numbers.map(|one| one.id.clone()).collect();
                Counts::Numbers { question: self.named(table, "numbers", "question with a number", &all) }
            }
            _ => {
                let message = format!("{what} counts several things");
                self.reading.mistake(table.at, message, "keep one of `count`, `usual` and `numbers`");
                Counts::Nothing
            }
        }
    }

    fn named(&mut self, table: &Table, key: &str, kind: &str, all: &[String]) -> String {
        let Some(named) = self.reading.string(table, key) else { return String::new() };
        self.reading.known(kind, &named, all.iter().map(String::as_str));
        named.0
    }

    /// `count = { question = "…", is = ["…"] }`, of options or of codes.
    fn share(&mut self, table: &Table, what: &str) -> Counts {
        const EXAMPLE: &str = "{ question = \"…\", is = [\"yes\"] }";
        let nothing = Counts::Share(When { question: String::new(), is: Vec::new() });
        let Some(inner) = self.reading.inner(table, "count", EXAMPLE) else { return nothing };
        let what = format!("`count` of {what}");
        self.reading.keys(inner, &what, &["question", "is"]);
        let Some(named) = self.reading.need_string(inner, &what, "question", "\"…\"") else { return nothing };
        let all: Vec<String> =
            self.questions.iter().filter(|one| !one.choices().is_empty()).map(|one| one.id.clone()).collect();
        if !self.reading.known("question with options or codes", &named, all.iter().map(String::as_str)) {
            return nothing;
        }
        let choices: Vec<String> = self
            .questions
            .iter()
            .find(|one| one.id == named.0)
            .map(|one| one.choices().iter().map(|choice| choice.id.clone()).collect())
            .unwrap_or_default();
        let is = self.reading.strings(inner, "is");
        if is.is_empty() {
            self.reading.mistake(inner.at, format!("{what} names no answer"), "add `is = [\"yes\"]`");
        }
        for one in &is {
            let what = format!("answer to `{}`:", named.0);
            self.reading.known(&what, one, choices.iter().map(String::as_str));
        }
        Counts::Share(When { question: named.0, is: is.into_iter().map(|(is, _)| is).collect() })
    }

    /// Everything that is declared is used.
    fn nothing_is_idle(&mut self, sentences: &[Sentence]) {
        for (section, at) in self.sections.iter().zip(&self.section_places) {
            if !sentences.iter().any(|one| one.section == section.id) {
                let proposal = format!("add a sentence with `section = \"{}\"`, or remove it", section.id);
                self.reading.mistake(*at, format!("the section `{}` has no sentence", section.id), proposal);
            }
        }
        for (base, at) in self.bases.iter().zip(&self.base_places) {
            if !sentences.iter().any(|one| one.base.as_ref() == Some(&base.id)) {
                let proposal = format!("add `base = \"{}\"` to a sentence, or remove it", base.id);
                self.reading.mistake(*at, format!("no sentence is of the base `{}`", base.id), proposal);
            }
        }
    }
}

/// The two answers to a yes-or-no question.
fn yes_no() -> Vec<Choice> {
    [("yes", "Ja", "Yes"), ("no", "Nej", "No")]
        .map(|(id, sv, en)| {
            let name = Text { sv: sv.into(), en: en.into() };
            Choice { id: id.into(), name, said: None, rest: false, alone: false }
        })
        .to_vec()
}
