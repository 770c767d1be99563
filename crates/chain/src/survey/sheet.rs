//! The fact sheet: sentences of the questionnaire's file with the figures that the answers give. Each sentence that counts
//! carries how many of how many, so that no words stand for a share without it.

use super::guard::withheld;
use super::result::{Figures, is_in, sharing};
use super::{Base, Counts, Number, Question, Questionnaire, Reconciled, Respondent, Sentence, Wording};
use crate::text::{Lang, Text};

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words as they stand.
    Words(String),
    /// How many of how many.
    Figure {
        /// How many.
        n: u32,
        /// Of how many.
        of: u32,
    },
    /// Answers with how many gave each.
    List(Vec<(String, u32)>),
}

/// A sentence as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Words without figures.
    Plain(String),
    /// Words with figures.
    Counted {
        /// The sentence.
        pieces: Vec<Piece>,
        /// What stands under it as bullets.
        bullets: Vec<(String, u32)>,
        /// What the base is called.
        base: String,
        /// How many the base has.
        of: u32,
        /// How many are counted, of a share.
        n: Option<u32>,
        /// What the share is called as an indicator.
        indicator: Option<String>,
    },
    /// Nobody is in the base, or nobody named anything, so there is nothing to tell.
    Nobody {
        /// What the base is called.
        base: String,
    },
    /// Its figures would betray somebody.
    Withheld {
        /// What the base is called.
        base: String,
    },
}

/// A section of the fact sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldSection {
    /// The heading.
    pub name: String,
    /// Its sentences, by id.
    pub sentences: Vec<(String, Told)>,
}

/// The fact sheet in a language, of a year.
#[must_use]
pub fn sheet(
    questionnaire: &Questionnaire,
    all: &[Respondent],
    reconciled: Reconciled,
    year: i16,
    threshold: u32,
    lang: Lang,
) -> Vec<ToldSection> {
    let withheld = withheld(questionnaire, all, threshold);
    let teller = Teller { questionnaire, all, reconciled, year, lang };
    questionnaire
        .sections
        .iter()
        .map(|section| ToldSection {
            name: section.name.get(lang).to_owned(),
            sentences: questionnaire
                .sentences
                .iter()
                .filter(|one| one.section == section.id)
                .map(|one| {
                    let base = questionnaire.bases.iter().find(|base| Some(&base.id) == one.base.as_ref());
                    let hidden = |id: &String| withheld.contains(id.as_str());
                    let is_hidden =
                        one.counts.question().is_some_and(hidden) || base.is_some_and(|b| hidden(&b.when.question));
                    (one.id.clone(), teller.tell(one, base, is_hidden))
                })
                .collect(),
        })
        .collect()
}

struct Teller<'a> {
    questionnaire: &'a Questionnaire,
    all: &'a [Respondent],
    reconciled: Reconciled,
    year: i16,
    lang: Lang,
}

impl Teller<'_> {
    fn tell(&self, sentence: &Sentence, base: Option<&Base>, hidden: bool) -> Told {
        let name = base.map_or(&self.questionnaire.everybody, |base| &base.name).get(self.lang).to_owned();
        if hidden {
            return Told::Withheld { base: name };
        }
        let group: Vec<&Respondent> = self.all.iter().filter(|one| is_in(self.questionnaire, base, one)).collect();
        let of = u32::try_from(group.len()).unwrap_or(u32::MAX);
        let counted = |pieces, bullets, n| {
            let indicator = sentence.indicator.as_ref().map(|text| self.plain(text.get(self.lang)));
            Told::Counted { pieces, bullets, base: name.clone(), of, n, indicator }
        };
        match &sentence.counts {
            Counts::Nothing => Told::Plain(self.plain(sentence.text.get(self.lang))),
            _ if of == 0 => Told::Nobody { base: name },
            Counts::Share(when) => {
                let n = sharing(self.questionnaire, when, &group);
                counted(self.pieces(self.chosen(sentence, n, of), &name, n, of, &[], None), Vec::new(), Some(n))
            }
            Counts::Usual { question, most } => {
                let Some(question) = self.questionnaire.question(question) else { return Told::Nobody { base: name } };
                let usual = self.usual(question, &group, *most);
                if usual.is_empty() {
                    return match &sentence.none {
                        Some(none) => counted(self.pieces(none, &name, 0, of, &[], None), Vec::new(), None),
                        None => Told::Nobody { base: name },
                    };
                }
                let n = Figures::of(question, &group).answered;
                let pieces = self.pieces(&sentence.text, &name, n, of, &usual, None);
                counted(pieces, if sentence.bullets { usual } else { Vec::new() }, None)
            }
            Counts::Numbers { question } => {
                let figures = self.questionnaire.question(question).map(|one| Figures::of(one, &group));
                match figures.map(|figures| (figures.answered, figures.number)) {
                    Some((n, Some(number))) => {
                        let text = self.chosen(sentence, n, of);
                        counted(self.pieces(text, &name, n, of, &[], Some(number)), Vec::new(), None)
                    }
                    _ => Told::Nobody { base: name },
                }
            }
        }
    }

    /// The text for how many there are.
    fn chosen<'s>(&self, sentence: &'s Sentence, n: u32, of: u32) -> &'s Text {
        let other = match n {
            0 => sentence.none.as_ref(),
            1 if of > 1 => sentence.one.as_ref(),
            _ => None,
        };
        other.unwrap_or(&sentence.text)
    }

    /// The answers or codes, the most usual first, those alike in the order of the file. Who is last is not chosen by that:
    /// those alike with the last one are told too. What stands for everything else comes last, and only when all are told.
    fn usual(&self, question: &Question, group: &[&Respondent], most: usize) -> Vec<(String, u32)> {
        let figures = Figures::of(question, group);
        let told = |rest: bool| {
            let all =
                question.choices().iter().zip(&figures.counts).filter(move |(one, n)| one.rest == rest && **n > 0);
            all.map(|(one, n)| (one.in_sentence().get(self.lang).to_owned(), *n))
        };
        let mut usual: Vec<(String, u32)> = told(false).collect();
        usual.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        let named = usual.len();
        let least = most.checked_sub(1).and_then(|last| usual.get(last)).map_or(0, |(_, n)| *n);
        usual.retain(|(_, n)| *n >= least);
        if usual.len() == named {
            usual.extend(told(true));
        }
        usual
    }

    fn plain(&self, text: &str) -> String {
        let Reconciled { invited, answered, .. } = self.reconciled;
        text.replace("{year}", &self.year.to_string())
            .replace("{invited}", &invited.to_string())
            .replace("{answered}", &answered.to_string())
    }

    fn pieces(
        &self,
        text: &Text,
        base: &str,
        n: u32,
        of: u32,
        list: &[(String, u32)],
        number: Option<Number>,
    ) -> Vec<Piece> {
        let share = wording(&self.questionnaire.words, n, of).map_or("", |words| words.words.get(self.lang));
        let ends = number.and_then(|one| one.ends).filter(|_| !self.questionnaire.protect);
        let mut pieces: Vec<Piece> = Vec::new();
        let mut words = String::new();
        for part in marks(text.get(self.lang)) {
            let figure = match part {
                Part::Words(plain) => {
                    words.push_str(plain);
                    continue;
                }
                Part::Mark("figure") => Piece::Figure { n, of },
                Part::Mark("list") => Piece::List(list.to_vec()),
                Part::Mark(mark) => {
                    words.push_str(&match mark {
                        "share" => share.to_owned(),
                        "Share" => capital(share),
                        "base" => base.to_owned(),
                        "least" => ends.map_or_else(String::new, |(least, _)| least.to_string()),
                        "most" => ends.map_or_else(String::new, |(_, most)| most.to_string()),
                        "sum" => number.map_or_else(String::new, |one| one.sum.to_string()),
                        "median" => number.map_or_else(String::new, |one| self.half(one.twice_median)),
                        mark => self.plain(&format!("{{{mark}}}")),
                    });
                    continue;
                }
            };
            if !words.is_empty() {
                pieces.push(Piece::Words(std::mem::take(&mut words)));
            }
            pieces.push(figure);
        }
        if !words.is_empty() {
            pieces.push(Piece::Words(words));
        }
        pieces
    }

    fn half(&self, twice: i64) -> String {
        let sign = match self.lang {
            Lang::Sv => ",",
            Lang::En => ".",
        };
        let minus = if twice < 0 { "\u{2212}" } else { "" };
        let (whole, odd) = (twice.unsigned_abs() / 2, twice % 2 != 0);
        format!("{minus}{whole}{}", if odd { format!("{sign}5") } else { String::new() })
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The words for a share: the last whose limit it has come to.
pub(super) fn wording(words: &[Wording], n: u32, of: u32) -> Option<&Wording> {
    let reached = |one: &&Wording| {
        let (n, limit) = (u64::from(n) * 100, u64::from(one.limit) * u64::from(of));
        if one.above { n > limit } else { n >= limit }
    };
    words.iter().rfind(reached)
}

/// A part of a text: words, or a mark in braces.
enum Part<'t> {
    Words(&'t str),
    Mark(&'t str),
}

fn marks(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((mark, next)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Words(before));
        }
        parts.push(Part::Mark(mark));
        rest = next;
    }
    if !rest.is_empty() {
        parts.push(Part::Words(rest));
    }
    parts
}

/// What is wrong with the marks of a sentence's texts, with proposals.
pub(super) fn wrong_marks(sentence: &Sentence, has_words: bool, protect: bool) -> Vec<(String, String)> {
    const ALWAYS: [&str; 3] = ["year", "invited", "answered"];
    let (own, needed): (&[&str], &[&str]) = match &sentence.counts {
        Counts::Nothing => (&[], &[]),
        Counts::Share(_) => (&["share", "Share", "base", "figure"], &["figure"]),
        Counts::Usual { .. } if sentence.bullets => (&["base", "figure"], &[]),
        Counts::Usual { .. } => (&["base", "figure", "list"], &["list"]),
        // The least and the most are what a single one answered.
        Counts::Numbers { .. } if protect => (&["base", "figure", "median", "sum"], &["figure"]),
        Counts::Numbers { .. } => (&["base", "figure", "least", "most", "median", "sum"], &["figure"]),
    };
    let mut wrong = Vec::new();
    let all = [("text", Some(&sentence.text)), ("one", sentence.one.as_ref()), ("none", sentence.none.as_ref())];
    for (key, text) in all.into_iter().filter_map(|(key, text)| Some((key, text?))) {
        for (lang, words) in [("sv", text.sv.as_str()), ("en", text.en.as_str())] {
            // An empty text is told of elsewhere.
            if words.trim().is_empty() {
                continue;
            }
            let given: Vec<&str> = marks(words)
                .into_iter()
                .filter_map(|part| match part {
                    Part::Mark(mark) => Some(mark),
                    Part::Words(_) => None,
                })
                .collect();
            for mark in given.iter().filter(|mark| !own.contains(*mark) && !ALWAYS.contains(*mark)) {
                let there_are: Vec<String> = own.iter().chain(&ALWAYS).map(|one| format!("{{{one}}}")).collect();
                wrong.push((
                    format!("has the mark {{{mark}}} in `{key}` ({lang}), which it cannot fill in"),
                    format!("use {}", there_are.join(", ")),
                ));
            }
            // When nobody or one is counted the text can do without the list.
            let needed: &[&str] = if key == "text" || needed == ["figure"] { needed } else { &["figure"] };
            for mark in needed.iter().filter(|mark| given.iter().filter(|one| one == mark).count() != 1) {
                wrong.push((
                    format!("does not have {{{mark}}} once in `{key}` ({lang})"),
                    format!("put {{{mark}}} where it shall stand"),
                ));
            }
            if !has_words && given.iter().any(|mark| mark.eq_ignore_ascii_case("share")) {
                wrong.push((
                    format!("has the mark {{share}} in `{key}` ({lang}), and no words for shares are declared"),
                    "add `[[wording]]` with `from = 0` and what follows".to_owned(),
                ));
            }
        }
    }
    wrong
}
