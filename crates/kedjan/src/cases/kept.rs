//! What an authority keeps of its cases about a person, for the person who asks: all that any of its units may see.

use chain::field::Kind;
use chain::text::Lang;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::sql;
use super::view::worded;
use crate::app::Cx;
use crate::people::StepText;
use crate::store::{Sql, StoreError};

/// A case as the authority keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The authority that began it.
    pub org: Uuid,
    /// Its id.
    pub id: Uuid,
    /// Its number.
    pub code: String,
    /// The method's name.
    pub method: String,
    /// The steps, oldest first.
    pub steps: Vec<KeptStep>,
}

/// A step as the authority keeps it.
#[derive(Clone, Debug)]
pub struct KeptStep {
    seq: u32,
    /// What was done and how it turned out.
    pub title: String,
    /// When it happened.
    pub at: Timestamp,
    /// Questions and answers in words.
    pub fields: Vec<(String, String)>,
    /// Ids and names of the questions that a text may answer.
    texts: Vec<(String, String)>,
}

impl Kept {
    /// Puts the free texts in their places.
    pub fn add_texts(&mut self, texts: &[StepText]) {
        for step in &mut self.steps {
            for (id, name) in &step.texts {
                if let Some(found) = texts.iter().find(|text| text.seq == step.seq && text.field == *id) {
                    step.fields.push((name.clone(), found.text.clone()));
                }
            }
        }
    }
}

/// The authority's cases about a person, with what its parties may see of each step.
pub(crate) fn kept_of(tx: &mut dyn Sql, cx: &Cx, person: Uuid) -> Result<Vec<Kept>, StoreError> {
    let mut all: Vec<Kept> = Vec::new();
    for held in sql::held(tx, cx.actor.org, person)? {
        if all.iter().any(|kept| kept.id == held.id) {
            continue;
        }
        let Some(method) = cx.app.library.get(&held.method, held.method_version) else { continue };
        let lang: Lang = cx.lang;
        let mut steps = Vec::new();
        for recorded in sql::steps(tx, held.org, held.id)? {
            let Some(step) = method.step(&recorded.step) else { continue };
            let is_own = step.by == held.party;
            if !is_own && !step.seen_by.contains(&held.party) {
                continue;
            }
            let outcome = step.outcomes.iter().find(|o| o.id == recorded.outcome);
            // A consent is told where it is kept.
            let answered = step.fields.iter().filter(|field| field.kind != Kind::Consent);
            let seen = answered.filter(|field| is_own || field.seen_by.contains(&held.party));
            let (mut fields, mut texts) = (Vec::new(), Vec::new());
            for field in seen {
                let name = field.name.get(lang).to_owned();
                match recorded.fields.get(&field.id) {
                    Some(Value::Null) | None => texts.push((field.id.clone(), name)),
                    Some(data) => fields.push((name, worded(field, data, lang, cx.now))),
                }
            }
            steps.push(KeptStep {
                seq: recorded.seq,
                title: format!("{} – {}", step.name.get(lang), outcome.map_or("", |o| o.name.get(lang))),
                at: recorded.at,
                fields,
                texts,
            });
        }
        let method = method.name.get(lang).to_owned();
        all.push(Kept { org: held.org, id: held.id, code: held.code, method, steps });
    }
    Ok(all)
}
