//! What came of a round: results, fact sheet, and the answers of each who answered.

use chain::survey::{Reconciled, Respondent, Results, ToldSection, results, sheet};
use chain::text::Lang;
use jiff::Timestamp;
use uuid::Uuid;

use super::answer::handed_in;
use super::{Round, sql, with_round};
use crate::access::Granted;
use crate::app::{Cx, Stop};
use crate::refusal::Refused;
use crate::store::Sql;
use crate::t;

/// What came of a round.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The round.
    pub round: Round,
    /// How many have come how far.
    pub reconciled: Reconciled,
    /// What was answered.
    pub results: Results,
    /// Who has handed in: code and name of the organisation, and the answers. None where the answers are protected.
    pub respondents: Option<Vec<(String, String, Respondent)>>,
    /// The fact sheet in both languages.
    sheets: [Vec<ToldSection>; 2],
    /// When it was counted.
    pub at: Timestamp,
    /// Whether nothing of it can change any more.
    pub locked: bool,
    /// Whether it is made up, for the demo county.
    pub demo: bool,
    /// The least count that is shown, where answers are protected.
    pub threshold: u32,
}

impl Outcome {
    /// The fact sheet in a language.
    #[must_use]
    pub fn sheet(&self, lang: Lang) -> &[ToldSection] {
        let [sv, en] = &self.sheets;
        match lang {
            Lang::Sv => sv,
            Lang::En => en,
        }
    }

    /// How many free texts are not coded, of all that can be.
    #[must_use]
    pub fn uncoded(&self) -> u32 {
        self.results.questions.iter().map(|one| one.uncoded).sum()
    }
}

/// Counts what has been handed in.
///
/// # Errors
/// [`Refused::NotNow`] where the answers are protected and the round is not locked.
pub fn outcome(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, what: &str) -> Result<Granted<Outcome>, Stop> {
    with_round(tx, cx, id, what, |tx, cx, round| {
        if round.questionnaire.protect && !round.is_locked(cx.now) {
            // Two looks with an answer in between would tell that answer.
            let sentence = t!(cx.lang, "survey-is-open-protected");
            return Err(Refused::NotNow { code: "survey_open", sentence }.into());
        }
        let all = handed_in(tx, cx, round)?;
        let reconciled = sql::reconciled(tx, round)?;
        let respondents: Vec<Respondent> = all.iter().map(|one| one.respondent.clone()).collect();
        let threshold = u32::try_from(cx.app.settings.threshold).unwrap_or(u32::MAX);
        let questionnaire = &round.questionnaire;
        let told = |lang| sheet(questionnaire, &respondents, reconciled, round.year, threshold, lang);
        Ok(Outcome {
            results: results(questionnaire, &respondents, threshold),
            sheets: [told(Lang::Sv), told(Lang::En)],
            respondents: (!questionnaire.protect)
                .then(|| all.into_iter().map(|one| (one.code, one.name, one.respondent)).collect()),
            at: cx.now,
            locked: round.is_locked(cx.now),
            demo: cx.app.settings.demo,
            round: round.clone(),
            reconciled,
            threshold,
        })
    })
}
