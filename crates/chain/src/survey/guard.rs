//! What may be told of a protected questionnaire: nothing from which a count of fewer than the threshold can be worked out, and
//! nothing that is the answer of a single one, be it that everybody has given it.

use std::collections::{BTreeMap, BTreeSet};

use super::result::{Figures, count, has_text, is_any, is_in, numbers, sharing};
use super::{Counts, Kind, Question, Questionnaire, Respondent, When};

/// The questions whose counts may not be shown. A whole question is withheld as soon as one of its counts is small, for the
/// rest would give it away; and so is what is asked of those who answered it in one way, for its base is one of its counts.
pub(super) fn withheld<'q>(questionnaire: &'q Questionnaire, all: &[Respondent], threshold: u32) -> BTreeSet<&'q str> {
    let mut withheld = BTreeSet::new();
    if !questionnaire.protect {
        return withheld;
    }
    let guard = Guard { questionnaire, all, threshold: i64::from(threshold) };
    // Conditions name earlier questions, so one walk is enough.
    for question in &questionnaire.questions {
        if conditions(questionnaire, question).any(|when| withheld.contains(when.question.as_str()))
            || guard.betrays(question)
        {
            withheld.insert(question.id.as_str());
        }
    }
    withheld
}

/// What has to hold for a question to be asked.
fn conditions<'q>(questionnaire: &'q Questionnaire, question: &'q Question) -> impl Iterator<Item = &'q When> {
    let part = questionnaire.parts.iter().find(|part| part.id == question.part).and_then(|part| part.when.as_ref());
    part.into_iter().chain(question.when.as_ref())
}

struct Guard<'a> {
    questionnaire: &'a Questionnaire,
    all: &'a [Respondent],
    threshold: i64,
}

impl Guard<'_> {
    fn is_small(&self, n: i64) -> bool {
        n != 0 && n.abs() < self.threshold
    }

    fn betrays(&self, question: &Question) -> bool {
        let columns = self.groups(question);
        // Whoever reads counts of several groups adds and subtracts them. Where each smallest piece can be told, so can what
        // comes of that.
        let mut pieces: BTreeMap<Vec<bool>, Vec<&Respondent>> = BTreeMap::new();
        for (at, one) in self.all.iter().enumerate() {
            let piece: Vec<bool> = columns.iter().map(|column| column.get(at) == Some(&true)).collect();
            if piece.contains(&true) {
                pieces.entry(piece).or_default().push(one);
            }
        }
        pieces.values().any(|piece| self.is_open(question, piece))
            || columns.iter().any(|column| self.has_open_middle(question, column))
            || self.is_nearly_all(question)
    }

    /// The groups that a question is counted in: those who were asked, and the bases of its sentences.
    fn groups(&self, question: &Question) -> BTreeSet<Vec<bool>> {
        let asked = self.all.iter().map(|one| self.questionnaire.is_asked(question, &one.answers)).collect();
        let sentences = self.questionnaire.sentences.iter();
        let of_it = sentences.filter(|one| one.counts.question() == Some(&question.id));
        let bases = of_it.map(|one| {
            let base = self.questionnaire.bases.iter().find(|base| Some(&base.id) == one.base.as_ref());
            self.all.iter().map(|one| is_in(self.questionnaire, base, one)).collect()
        });
        std::iter::once(asked).chain(bases).collect()
    }

    /// Whether the counts of a question in a group give a small one away.
    fn is_open(&self, question: &Question, group: &[&Respondent]) -> bool {
        let figures = Figures::of(question, group);
        let (of, answered) = (i64::from(figures.of), i64::from(figures.answered));
        let mut cells = vec![of, answered, of - answered];
        for n in figures.counts.iter().map(|n| i64::from(*n)) {
            cells.extend([n, of - n]);
        }
        cells.extend(self.unions(question, group, of, answered));
        if let Some(number) = figures.number {
            cells.push(number.sum);
            cells.extend(number.ends.into_iter().flat_map(|(least, most)| [least, most]));
        }
        cells.into_iter().any(|n| self.is_small(n))
            || is_everybodys(question, &figures)
            || is_dominated(&numbers(question, group))
            || has_uncoded(question, group)
    }

    /// What "one of these" tells of a question where one can give several answers: those who gave some of them and not the others.
    fn unions(&self, question: &Question, group: &[&Respondent], of: i64, answered: i64) -> Vec<i64> {
        if !matches!(question.kind, Kind::Several(_) | Kind::Words { .. }) {
            return Vec::new();
        }
        let size = |is: &[String]| {
            let when = When { question: question.id.clone(), is: is.to_vec() };
            i64::from(sharing(self.questionnaire, &when, group))
        };
        let unions: Vec<&[String]> = self.conditions_on(question).filter(|is| is.len() > 1).collect();
        let mut cells = Vec::new();
        for is in &unions {
            let n = size(is);
            let each: Vec<i64> = is.iter().map(|one| size(std::slice::from_ref(one))).collect();
            cells.extend([n, of - n, answered - n, each.iter().sum::<i64>() - n]);
            cells.extend(each.iter().map(|one| n - one));
            let within = unions.iter().filter(|other| other.iter().all(|one| is.contains(one)));
            cells.extend(within.map(|other| n - size(other)));
        }
        cells
    }

    /// The sets of answers to a question that sentences, bases and conditions speak of.
    fn conditions_on<'q>(&'q self, question: &'q Question) -> impl Iterator<Item = &'q [String]> {
        let read = self.questionnaire;
        let shares = read.sentences.iter().filter_map(|one| match &one.counts {
            Counts::Share(when) => Some(when),
            _ => None,
        });
        let bases = read.bases.iter().map(|base| &base.when);
        let asked = read.questions.iter().filter_map(|one| one.when.as_ref());
        let parts = read.parts.iter().filter_map(|part| part.when.as_ref());
        let whens = shares.chain(bases).chain(asked).chain(parts);
        whens.filter(|when| when.question == question.id).map(|when| when.is.as_slice())
    }

    /// Whether a middle is told that stands for too few: where fewer than the threshold lie on either side of it.
    fn has_open_middle(&self, question: &Question, column: &[bool]) -> bool {
        let told = self.questionnaire.sentences.iter().any(|one| {
            let is_it = matches!(&one.counts, Counts::Numbers { question: of } if *of == question.id);
            let texts = [Some(&one.text), one.one.as_ref(), one.none.as_ref()];
            is_it
                && texts.into_iter().flatten().any(|text| text.sv.contains("{median}") || text.en.contains("{median}"))
        });
        let group: Vec<&Respondent> =
            self.all.iter().zip(column).filter(|(_, is_in)| **is_in).map(|(one, _)| one).collect();
        let figures = Figures::of(question, &group);
        told && figures.number.is_some_and(|number| {
            i64::from(figures.answered) < 2 * self.threshold
                || (number.twice_median != 0 && number.twice_median.abs() < 2 * self.threshold)
        })
    }

    /// Whether a question is asked of nearly all who meet one of its conditions: the few others are the difference.
    fn is_nearly_all(&self, question: &Question) -> bool {
        let asked = count(self.all.iter().filter(|one| self.questionnaire.is_asked(question, &one.answers)));
        conditions(self.questionnaire, question).any(|when| {
            let meet = count(self.all.iter().filter(|one| self.questionnaire.holds(when, &one.answers)));
            self.is_small(i64::from(meet) - i64::from(asked))
        })
    }
}

/// Whether the figures say what each who answered has answered: all the same, or numbers whose sum comes about in one way only.
fn is_everybodys(question: &Question, figures: &Figures) -> bool {
    let answered = i64::from(figures.answered);
    let is_sum_of = |end: i64| figures.number.is_some_and(|number| number.sum == answered.saturating_mul(end));
    answered > 0
        && match question.kind {
            Kind::Number { min, max } => is_sum_of(min) || is_sum_of(max),
            _ => figures.counts.contains(&figures.answered),
        }
}

/// Whether a sum is so much a single one's that whoever gave the second largest number knows the largest to a tenth.
fn is_dominated(numbers: &[i64]) -> bool {
    let all: Vec<i64> = numbers.iter().map(|one| one.abs()).collect();
    let most = all.iter().copied().max().unwrap_or(0);
    let sum = all.iter().fold(0, |sum: i64, one| sum.saturating_add(*one));
    let second = {
        let mut all = all.clone();
        all.sort_unstable();
        all.iter().rev().nth(1).copied().unwrap_or(0)
    };
    most > 0 && sum.saturating_sub(most).saturating_sub(second).saturating_mul(10) < most
}

/// Whether texts are not coded yet: each that is coded later would be told by what changes.
fn has_uncoded(question: &Question, group: &[&Respondent]) -> bool {
    let is_coded = matches!(&question.kind, Kind::Words { codes, .. } if !codes.is_empty());
    is_coded && group.iter().any(|one| has_text(question, one) && !is_any(question, one))
}
