//! What the reception does with a report of concern, in the year that was made up.

use chain::field::Values;
use jiff::Timestamp;
use serde_json::json;

use super::people::one_of;
use super::share;
use super::story::{By, Event, Story, Teller, What, fields, new_step};
use crate::cases::Begin;

/// How far a report of concern gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// As far as it goes.
    Ended,
    /// Its protection assessment.
    Assessed,
    /// A case of its own for the second child.
    Divided,
    /// The decision not to open an inquiry, with a reporter who has asked.
    NotOpened,
    /// An inquiry.
    Inquiry,
}

impl Teller<'_> {
    /// What the reception does with a report that an offer or a custody opened.
    pub(super) fn assessed(&mut self, events: &mut Vec<Event>, at: Timestamp, until: Until) {
        let asks = until == Until::NotOpened || (until == Until::Ended && share::OFFICER_ASKS.falls(&mut self.rng));
        let mut story = Story { at, events: Vec::new() };
        if asks {
            story.wait(self.between(5, 50));
            story.push(By::Beginner, What::Step(new_step("ask", "asked", Values::new())));
        }
        story.events.extend(self.reception(at, until, asks));
        events.extend(story.events.into_iter().map(|event| Event { about_children: true, ..event }));
    }

    fn reception(&mut self, at: Timestamp, until: Until, asks: bool) -> Vec<Event> {
        let mut story = Story { at, events: Vec::new() };
        let slow = share::ASSESSED_SLOWLY.falls(&mut self.rng);
        story.wait(if slow { self.between(25, 40) * 60 } else { self.between(1, 18) * 60 });
        if until == Until::Divided {
            let more = fields(&[("more_children", json!(1)), ("event_municipality", json!("1082"))]);
            story.at = at;
            story.wait(90);
            story.push(By::Party("reception"), What::Step(new_step("siblings", "begun", more)));
            story.wait(10);
        }
        let repeat = if share::REPEAT_REPORT.falls(&mut self.rng) {
            one_of(&mut self.rng, &["within_year", "within_year", "earlier"])
        } else {
            one_of(&mut self.rng, &["no", "no", "no", "unknown"])
        };
        let mut asked = fields(&[("repeat_report", json!(repeat))]);
        if share::PROTECTED_AT_ONCE.falls(&mut self.rng) {
            let how = one_of(&mut self.rng, &["relative", "placed", "custody", "health_care"]);
            asked.insert("protected_how".into(), json!([how]));
            story.step("reception", "protection", "acted", asked);
        } else {
            story.step("reception", "protection", "no_immediate_need", asked);
        }
        if !matches!(until, Until::Assessed | Until::Divided) {
            self.decision(&mut story, until, asks);
        }
        story.events
    }

    /// From the preliminary assessment on.
    fn decision(&mut self, story: &mut Story, until: Until, asks: bool) {
        if share::DECISION_LATE.falls(&mut self.rng) && until == Until::Ended {
            story.wait(self.between(10, 13) * 24 * 60);
            if share::ASSESSMENT_EXTENDED.falls(&mut self.rng) {
                let longer = fields(&[
                    ("extension_days", json!(14)),
                    ("extension_reason", json!("Familjen är bortrest och går inte att nå.")),
                ]);
                story.step("reception", "extend_assessment", "extended", longer);
            }
            story.wait(self.between(5, 8) * 24 * 60);
        } else {
            story.wait(self.between(2, 10) * 24 * 60);
        }
        let decided = match until {
            Until::NotOpened => "not_opened",
            Until::Inquiry => "opened",
            _ if share::INQUIRY_OPENED.falls(&mut self.rng) => "opened",
            _ if share::INQUIRY_ONGOING.falls(&mut self.rng) => "already_ongoing",
            _ => "not_opened",
        };
        let heard = self.heard();
        story.step("reception", "decision", decided, heard);
        if decided == "opened" {
            self.inquiry(story, until, asks);
        } else if until != Until::NotOpened {
            let at_once = decided == "already_ongoing";
            story.wait(if at_once { self.between(1, 20) * 60 } else { self.between(4, 8 * 24) * 60 });
            if asks || share::TOLD_UNASKED.falls(&mut self.rng) {
                story.step("reception", "feedback", "given", fields(&[("told", json!(decided))]));
            } else {
                story.step("reception", "feedback", "not_wanted", Values::new());
            }
        }
    }

    /// Whether and how the child was heard.
    fn heard(&mut self) -> Values {
        let heard = share::CHILD_HEARD.falls(&mut self.rng);
        let mut asked = fields(&[("child_heard", json!(heard))]);
        if heard {
            let how = one_of(&mut self.rng, &["alone", "alone", "with_guardian", "observed", "through_other"]);
            asked.insert("child_heard_how".into(), json!([how]));
        } else {
            let why = one_of(&mut self.rng, &["too_young", "guardian", "not_reached", "unsuitable"]);
            asked.insert("child_not_heard_why".into(), json!(why));
        }
        asked
    }

    /// An inquiry, to its end and what follows.
    fn inquiry(&mut self, story: &mut Story, until: Until, asks: bool) {
        story.wait(self.between(4, 40) * 60);
        story.step("reception", "inform", "told", Values::new());
        if asks || share::TOLD_UNASKED.falls(&mut self.rng) {
            story.wait(self.between(4, 4 * 24) * 60);
            story.step("reception", "feedback_opened", "given", Values::new());
        }
        if until == Until::Inquiry {
            return;
        }
        if share::INQUIRY_EXTENDED.falls(&mut self.rng) {
            story.wait(self.between(95, 110) * 24 * 60);
            let longer = fields(&[
                ("extension_days", json!(45)),
                ("extension_reason", json!("Ett utlåtande om barnets hälsa dröjer.")),
            ]);
            story.step("reception", "extend_inquiry", "extended", longer);
            story.wait(self.between(20, 45) * 24 * 60);
        } else {
            story.wait(self.between(40, 118) * 24 * 60);
        }
        if share::INQUIRY_MEASURES.falls(&mut self.rng) {
            let kind = one_of(&mut self.rng, &["counselling", "programme", "personal_support", "contact_person"]);
            story.step("reception", "inquiry", "measures", fields(&[("measure_kinds", json!([kind]))]));
        } else if share::INQUIRY_FOLLOWED_UP.falls(&mut self.rng) {
            story.step("reception", "inquiry", "follow_up", Values::new());
            story.wait(self.between(60, 170) * 24 * 60);
            story.step("reception", "follow_up", "ended", Values::new());
        } else {
            story.step("reception", "inquiry", "no_measures", Values::new());
        }
    }

    /// A report of concern from the school.
    pub(super) fn school_report(&mut self, at: Timestamp) -> Vec<Event> {
        let person = self.population.somebody_of(&mut self.rng, "1082");
        let cause = one_of(&mut self.rng, &["parent_substance", "parent_other", "own_behaviour", "violence", "other"]);
        let mut asked = fields(&[("event_municipality", json!("1082")), ("cause", json!(cause))]);
        self.about_children(&mut asked);
        let asks = share::REPORTER_ASKS.falls(&mut self.rng);
        let step = new_step("report", if asks { "sent_asking" } else { "sent" }, asked);
        let begin = Begin { method: "concern".into(), person, step };
        let mut story = Story { at, events: Vec::new() };
        story.by_day();
        let at = story.at;
        story.push(By::Kind("school", "1082"), What::Begin(Box::new(begin)));
        story.events.extend(self.reception(at, Until::Ended, asks));
        story.events
    }
}
