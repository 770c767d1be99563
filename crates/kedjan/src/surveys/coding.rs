//! Coding free texts, when nothing of the answers changes any more.

use std::collections::BTreeSet;

use chain::survey::{Answer, Choice, Question};
use jiff::Timestamp;
use uuid::Uuid;

use super::answer::handed_in;
use super::{Round, settled, sql, with_round};
use crate::access::Granted;
use crate::app::{Cx, Stop};
use crate::refusal::Refused;
use crate::store::Sql;

/// A question with its texts.
#[derive(Clone, Debug)]
pub struct CodingView {
    /// The round.
    pub round: Round,
    /// The questions that can be coded, with how many texts each has and how many are not coded.
    pub questions: Vec<(Question, usize, usize)>,
    /// The question shown.
    pub question: Question,
    /// Its texts.
    pub texts: Vec<Text>,
}

/// A free text and what it is coded as.
#[derive(Clone, Debug)]
pub struct Text {
    /// The invitation.
    pub id: Uuid,
    /// The text.
    pub text: String,
    /// Its codes.
    pub codes: BTreeSet<String>,
    /// When it was coded, and by whom where that account is still there.
    pub coded: Option<(Timestamp, Option<String>)>,
}

/// What a text is to be coded as.
#[derive(Clone, Debug, Default)]
pub struct CodeWish {
    /// The invitation.
    pub id: Uuid,
    /// The question.
    pub question: String,
    /// The codes.
    pub codes: BTreeSet<String>,
    /// The codes that it had when it was looked at.
    pub was: BTreeSet<String>,
}

/// The texts of a question, or of the first that can be coded; nothing where there is none.
pub fn coding(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, question: &str) -> Result<Granted<Option<CodingView>>, Stop> {
    let question = question.to_owned();
    with_round(tx, cx, id, "coding", |tx, cx, round| {
        settled(cx, round)?;
        let coded: Vec<(&Question, &[Choice])> = round.questionnaire.coded().collect();
        if coded.is_empty() {
            return Ok(None);
        }
        let (shown, _) = match question.as_str() {
            "" => coded.first(),
            named => coded.iter().find(|(one, _)| one.id == named),
        }
        .ok_or(Refused::NotFound)?;
        let all = handed_in(tx, cx, round)?;
        let texts_of = |question: &Question| -> Vec<(Uuid, String, BTreeSet<String>)> {
            all.iter()
                .filter_map(|one| match one.respondent.answers.get(&question.id) {
                    Some(Answer::Text(text)) => {
                        let codes = one.respondent.codes.get(&question.id).cloned().unwrap_or_default();
                        Some((one.id, text.clone(), codes))
                    }
                    _ => None,
                })
                .collect()
        };
        let questions = coded
            .iter()
            .map(|(one, _)| {
                let texts = texts_of(one);
                let open = texts.iter().filter(|(_, _, codes)| codes.is_empty()).count();
                ((*one).clone(), texts.len(), open)
            })
            .collect();
        let by = sql::coded_by(tx, round, &shown.id)?;
        let texts = texts_of(shown)
            .into_iter()
            .map(|(id, text, codes)| {
                let coded = by.iter().find(|(of, ..)| *of == id).map(|(_, at, who)| (*at, who.clone()));
                Text { id, text, codes, coded }
            })
            .collect();
        Ok(Some(CodingView { round: round.clone(), questions, question: (*shown).clone(), texts }))
    })
}

/// Codes a text.
///
/// # Errors
/// [`Refused::Stale`] when somebody has coded it since it was looked at.
pub fn code(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, wish: &CodeWish) -> Result<Granted<()>, Stop> {
    with_round(tx, cx, id, "code", |tx, cx, round| {
        settled(cx, round)?;
        let question = round.questionnaire.question(&wish.question).ok_or(Refused::NotFound)?;
        let known = |code: &String| question.choices().iter().any(|one| one.id == *code);
        if question.has_options() || !wish.codes.iter().all(known) {
            return Err(Refused::NotFound.into());
        }
        let all = handed_in(tx, cx, round)?;
        let one = all.iter().find(|one| one.id == wish.id).ok_or(Refused::NotFound)?;
        if !one.respondent.answers.contains_key(&wish.question) {
            return Err(Refused::NotFound.into());
        }
        let stands = one.respondent.codes.get(&wish.question).cloned().unwrap_or_default();
        if stands != wish.was {
            return Err(Refused::Stale { etag: String::new() }.into());
        }
        sql::drop_codes(tx, round, wish.id, &wish.question)?;
        for code in &wish.codes {
            sql::insert_code(tx, round, wish.id, (&wish.question, code), cx.actor.id, cx.now)?;
        }
        Ok(())
    })
}
