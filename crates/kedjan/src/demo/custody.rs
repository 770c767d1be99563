//! What happens when somebody is taken into custody for intoxication, in the year that was made up.

use chain::field::Values;
use jiff::Timestamp;
use serde_json::json;

use super::concern::Until;
use super::people::{self, one_of, weighted};
use super::share;
use super::story::{By, CHANNELS, Event, Scene, Story, Teller, What, fields, new_step, written};
use crate::cases::{Begin, NewStep};
use crate::people::NewPerson;

impl Teller<'_> {
    /// A custody with what follows.
    pub(super) fn custody(&mut self, at: Timestamp) -> Vec<Event> {
        let young = share::LOB_YOUNG.falls(&mut self.rng);
        let person = match young {
            true => self.population.somebody_young(&mut self.rng),
            false => self.population.somebody(&mut self.rng),
        };
        let municipality = people::municipality(&mut self.rng);
        let children = if young { "no" } else { self.children() };
        let mut story = self.taken(at, person, municipality, young, children);
        if !self.in_custody(&mut story, young) {
            self.released(&mut story, young);
        }
        let accepted = self.offer_after_custody(&mut story, young);
        if young {
            self.assessed(&mut story.events, at, Until::Ended);
        }
        self.children_follow(&mut story.events, at, children);
        if accepted {
            self.called_after_custody(&mut story);
        }
        story.events
    }

    /// A custody that stands where its scene shows it.
    pub(super) fn custody_scene(
        &mut self,
        scene: Scene,
        at: Timestamp,
        person: NewPerson,
        municipality: &'static str,
    ) -> Vec<Event> {
        let mut story = self.taken(at, person, municipality, false, "no");
        story.wait(30);
        story.push(By::Beginner, What::Step(new_step("superior", "upheld", Values::new())));
        if scene == Scene::ToOffer {
            self.released(&mut story, false);
        }
        story.events
    }

    fn taken(
        &mut self,
        at: Timestamp,
        person: NewPerson,
        municipality: &'static str,
        young: bool,
        children: &str,
    ) -> Story {
        let mut asked = fields(&[
            ("event_municipality", json!(municipality)),
            ("reason", json!(one_of(&mut self.rng, &["helpless", "helpless", "helpless", "danger"]))),
            (
                "substance",
                json!(one_of(&mut self.rng, &["alcohol", "alcohol", "alcohol", "narcotics", "mixed", "unknown"])),
            ),
            ("violent", json!(share::LOB_VIOLENT.falls(&mut self.rng))),
            ("under_18", json!(young)),
            ("children", json!(children)),
        ]);
        if children == "yes" {
            asked.insert("children_count".into(), json!(self.between(1, 3)));
        }
        let step = NewStep { at: Some(at), ..new_step("custody", "taken", asked) };
        let mut story = Story { at, events: Vec::new() };
        story.wait(self.between(5, 25));
        story.push(
            By::Kind("police", municipality),
            What::Begin(Box::new(Begin { method: "lob".into(), person, step })),
        );
        story
    }

    /// What is done while the custody lasts; whether the superior ends it.
    fn in_custody(&mut self, story: &mut Story, young: bool) -> bool {
        story.wait(self.between(10, 60));
        let ended = !young && share::LOB_ENDED.falls(&mut self.rng);
        let outcome = if ended { "ended" } else { "upheld" };
        story.push(By::Beginner, What::Step(new_step("superior", outcome, Values::new())));
        ended
    }

    fn released(&mut self, story: &mut Story, young: bool) {
        let in_care = share::LOB_IN_CARE.falls(&mut self.rng);
        let mut where_to =
            if young { "guardian" } else { one_of(&mut self.rng, &["home", "home", "home", "guardian"]) };
        if in_care {
            match weighted(&mut self.rng, &[2, 1, 1]) {
                0 => {
                    story.wait(self.between(10, 60));
                    let by = one_of(&mut self.rng, &["ambulance", "emergency", "custody_care"]);
                    let asked = fields(&[("assessed_by", json!(by))]);
                    story.push(By::Beginner, What::Step(new_step("health", "examined", asked)));
                }
                1 => where_to = "sobering_up",
                _ => where_to = "hospital",
            }
        }
        let long = share::LOB_LONG.falls(&mut self.rng);
        story.wait(if long { self.between(9 * 60, 12 * 60) } else { self.between(2 * 60, 6 * 60) });
        story.push(By::Beginner, What::Step(new_step("release", where_to, Values::new())));
    }

    /// The offer when the custody has ended; whether the answer is yes.
    fn offer_after_custody(&mut self, story: &mut Story, young: bool) -> bool {
        story.wait(self.between(1, 20));
        let told = if share::LOB_TOLD.falls(&mut self.rng) { "otherwise" } else { "no" };
        let accepted = !young && share::LOB_ACCEPTED.falls(&mut self.rng);
        let told = if accepted { "with_consent" } else { told };
        let mut asked =
            fields(&[("social_services_told", json!(told)), ("advice", json!(["leaflet", "social_services"]))]);
        let outcome = if accepted {
            let consent = self.consent();
            asked.insert("consent".into(), written(&consent));
            "accepted"
        } else if share::LOB_NOT_ASKED.falls(&mut self.rng) {
            let why = one_of(&mut self.rng, &["medical", "language", "violent", "fled"]);
            asked.insert("not_asked_reason".into(), json!(why));
            "not_asked"
        } else {
            "declined"
        };
        story.push(By::Beginner, What::Step(new_step("offer", outcome, asked)));
        accepted
    }

    /// Calls whoever said yes, and talks.
    fn called_after_custody(&mut self, story: &mut Story) {
        let in_time = share::FIRST_CALL_IN_TIME.falls(&mut self.rng);
        story.wait(if in_time { self.between(2 * 60, 20 * 60) } else { self.between(37 * 60, 100 * 60) });
        let channel = |teller: &mut Self| fields(&[("channel", json!(one_of(&mut teller.rng, &CHANNELS)))]);
        for attempt in 1..=3 {
            let asked = channel(self);
            if share::ANSWERS.falls(&mut self.rng) {
                let outcome = if share::APPOINTMENT.falls(&mut self.rng) { "booked" } else { "reached" };
                story.step("receiver", "contact", outcome, asked);
                break;
            }
            story.step("receiver", "contact", "no_answer", asked);
            story.wait(self.between(8, 40) * 60);
            if attempt == 3 {
                story.step("receiver", "close", "never_reached", Values::new());
                return;
            }
        }
        story.wait(self.between(2, 10) * 24 * 60);
        if !share::SHOWS_UP.falls(&mut self.rng) {
            story.step("receiver", "talk", "declined", Values::new());
            return;
        }
        let led_to = one_of(&mut self.rng, &["advice", "advice", "more_talks", "social_support", "health_care"]);
        let known = self.between(0, 2) == 0;
        let asked = fields(&[("known_before", json!(known)), ("led_to", json!(led_to))]);
        story.step("receiver", "talk", "held", asked);
    }
}
