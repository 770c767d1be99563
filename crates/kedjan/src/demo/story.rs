//! One chain's story: what happens in it, when and by whom. Decided by chance alone, before anything is written.

use chain::field::Values;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::json;

use super::concern::Until;
use super::county::MUNICIPALITIES;
use super::people::{self, Population, in_county, one_of, weighted};
use super::share;
use crate::cases::{Begin, NewStep};
use crate::consents::NewConsent;
use crate::people::NewPerson;
use crate::web::format;

/// Something that happens in a chain.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it is written down.
    pub at: Timestamp,
    /// In the case, or in the one it opened about children.
    pub about_children: bool,
    /// Whose it is to do.
    pub by: By,
    /// What.
    pub what: What,
}

/// Whose something is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A unit of this kind that works in this municipality begins the chain.
    Kind(&'static str, &'static str),
    /// The unit that began it.
    Beginner,
    /// The unit that has it as this party.
    Party(&'static str),
}

/// What somebody does.
#[derive(Clone, Debug)]
pub enum What {
    /// Begins the chain.
    Begin(Box<Begin>),
    /// Takes a step.
    Step(NewStep),
    /// Takes the case on by name.
    Assign,
    /// Takes the consent that was not there.
    Consent(NewConsent),
    /// Records that the consent is withdrawn.
    Withdraw,
}

/// What a chain that began just before the end of the year shows, so that every work list has something of every kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Somebody said yes and waits to be called.
    Waits,
    /// Called once, no answer.
    NoAnswer,
    /// Reached, a talk is to come.
    InContact,
    /// Wants to think it over.
    Undecided,
    /// Said yes, but there is no consent yet.
    NoConsent,
    /// It is not known whether there are children.
    ChildrenUnknown,
    /// A report of concern waits for its protection assessment.
    Reported,
    /// A report of concern waits for its decision.
    ToDecide,
    /// The reporter has asked and is to be told.
    ToTell,
    /// An inquiry is under way.
    Inquiry,
    /// A report of two children, each with a case of its own.
    Siblings,
    /// Somebody is in custody for intoxication.
    InCustody,
    /// Somebody has been released and is to be offered contact.
    ToOffer,
}

/// The chains with which the year ends: what they show, how many hours before its end they began, and where. The first ones
/// matter most: a small demo county has only those.
pub const SCENES: [(Scene, i64, &str); 32] = [
    (Scene::Waits, 3, "1082"),
    (Scene::Waits, 27, "1082"),
    (Scene::Waits, 47, "1082"),
    (Scene::Reported, 6, "1082"),
    (Scene::ChildrenUnknown, 9, "1082"),
    (Scene::Undecided, 13 * 24, "1082"),
    (Scene::ToDecide, 11 * 24, "1082"),
    (Scene::NoAnswer, 40, "1082"),
    (Scene::InContact, 70, "1082"),
    (Scene::Waits, 12, "1080"),
    (Scene::NoConsent, 20, "1082"),
    (Scene::ToTell, 6 * 24, "1082"),
    (Scene::Reported, 30, "1082"),
    (Scene::Undecided, 15 * 24, "1082"),
    (Scene::ToDecide, 15 * 24, "1082"),
    (Scene::Waits, 8, "1082"),
    (Scene::Waits, 33, "1080"),
    (Scene::ChildrenUnknown, 29, "1082"),
    (Scene::Waits, 18, "1081"),
    (Scene::NoAnswer, 22, "1080"),
    (Scene::InContact, 90, "1083"),
    (Scene::Waits, 52, "1060"),
    (Scene::Undecided, 30, "1082"),
    (Scene::ToDecide, 5 * 24, "1080"),
    (Scene::Waits, 30, "1083"),
    (Scene::InContact, 120, "1082"),
    (Scene::Inquiry, 100 * 24, "1082"),
    (Scene::Siblings, 7, "1082"),
    (Scene::InCustody, 4, "1082"),
    (Scene::ToOffer, 11, "1082"),
    (Scene::Inquiry, 126 * 24, "1082"),
    (Scene::InCustody, 7, "1080"),
];

/// Tells stories.
pub struct Teller<'a> {
    /// Who they can be about.
    pub population: &'a Population,
    /// The chance of one chain.
    pub rng: StdRng,
}

/// A story on its way.
pub(super) struct Story {
    pub(super) at: Timestamp,
    pub(super) events: Vec<Event>,
}

impl Story {
    pub(super) fn wait(&mut self, minutes: i64) {
        self.at = self.at.saturating_add(SignedDuration::from_mins(minutes.max(1))).unwrap_or(Timestamp::MAX);
    }

    /// Goes on to the next morning when it is evening or night: receivers work by day.
    pub(super) fn by_day(&mut self) {
        let there = format::local(self.at);
        let minutes = i64::from(there.hour()) * 60 + i64::from(there.minute());
        let morning = 8 * 60;
        if minutes < morning {
            self.wait(morning - minutes + i64::from(there.second()));
        } else if minutes > 18 * 60 {
            self.wait(24 * 60 + morning - minutes + i64::from(there.second()));
        }
    }

    pub(super) fn push(&mut self, by: By, what: What) {
        self.events.push(Event { at: self.at, about_children: false, by, what });
    }

    pub(super) fn step(&mut self, party: &'static str, step: &str, outcome: &str, fields: Values) {
        self.by_day();
        self.push(By::Party(party), What::Step(new_step(step, outcome, fields)));
    }
}

pub(super) fn new_step(step: &str, outcome: &str, fields: Values) -> NewStep {
    NewStep { step: step.into(), outcome: outcome.into(), at: None, fields, corrects: None }
}

pub(super) fn fields(all: &[(&str, serde_json::Value)]) -> Values {
    all.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

/// A consent as a step carries it.
pub(super) fn written(consent: &NewConsent) -> serde_json::Value {
    let NewConsent { giver, how, language, signature, .. } = consent;
    match signature {
        Some(strokes) => json!({ "giver": giver, "how": how, "language": language, "signature": strokes }),
        None => json!({ "giver": giver, "how": how, "language": language }),
    }
}

/// What is suspected, where and by whom it was found.
struct Found {
    kind: &'static str,
    offence: &'static str,
    substance: &'static str,
    municipality: &'static str,
}

pub(super) const CHANNELS: [&str; 6] = ["phone", "phone", "phone", "phone", "text_message", "letter"];
const LANGUAGES: [&str; 8] = ["en", "ar", "pl", "lt", "ro", "so", "fi", "uk"];
const SUPPORT: [&str; 6] = ["counselling", "counselling", "brief_intervention", "outpatient", "outpatient", "sip"];
const SIGNATURE: &str = "M12 40L20 18L28 40M34 40L40 20L52 38L60 22L70 40";
const REACH_NOTES: [&str; 4] = [
    "Går bäst efter klockan 17.",
    "Arbetar skift, sms först.",
    "Når bäst på förmiddagen.",
    "Vill bli uppringd från dolt nummer.",
];
const CHILD_NOTES: [&str; 3] =
    ["Barnen bor växelvis hos personen.", "Ett barn satt i baksätet.", "Barnen var hemma med en annan vuxen."];
const NOTES: [&str; 4] =
    ["Talade in meddelande.", "Vill gärna träffas på plats.", "Ringer åter i veckan.", "Önskar samtal på kvällstid."];

impl Teller<'_> {
    /// A chain that began at a moment of the year and goes on for as long as it takes.
    pub fn ordinary(&mut self, at: Timestamp) -> Vec<Event> {
        if share::STANDALONE_CONCERN.falls(&mut self.rng) {
            return self.school_report(at);
        }
        if share::LOB.falls(&mut self.rng) {
            return self.custody(at);
        }
        let person = self.population.somebody(&mut self.rng);
        let found = self.found(at, &person);
        let answer = self.one_in(&[
            (share::OFFER_ACCEPTED.value, "accepted"),
            (share::OFFER_UNDECIDED.value, "undecided"),
            (share::OFFER_NOT_ASKED.value, "not_asked"),
        ]);
        let children = self.children();
        let mut story = Story { at, events: Vec::new() };
        let mut consents = self.offer(&mut story, person, &found, answer.unwrap_or("declined"), children);
        let accepted = match answer {
            Some("accepted") => true,
            Some("undecided" | "not_asked") => {
                consents = true;
                self.later_answer(&mut story, answer == Some("not_asked"))
            }
            _ => false,
        };
        self.children_follow(&mut story.events, at, children);
        if accepted {
            if !consents {
                story.wait(self.between(8, 48) * 60);
                story.push(By::Beginner, What::Consent(self.consent()));
            }
            self.received(&mut story);
        }
        story.events
    }

    /// A chain that began just before the end, and stands where its scene shows it.
    pub fn scene(&mut self, scene: Scene, at: Timestamp, municipality: &'static str) -> Vec<Event> {
        // Not on the stroke of the hour.
        let at = at.saturating_add(SignedDuration::from_secs(self.between(-1500, 1500))).unwrap_or(at);
        let person = self.population.somebody_of(&mut self.rng, municipality);
        if matches!(scene, Scene::InCustody | Scene::ToOffer) {
            return self.custody_scene(scene, at, person, municipality);
        }
        let found = Found { kind: "police", offence: "drink_driving", substance: "alcohol", municipality };
        let mut story = Story { at, events: Vec::new() };
        let (answer, children) = match scene {
            Scene::Undecided => ("undecided", "no"),
            Scene::ChildrenUnknown => ("declined", "unknown"),
            Scene::Reported | Scene::ToDecide | Scene::ToTell | Scene::Inquiry | Scene::Siblings => ("declined", "yes"),
            _ => ("accepted", "no"),
        };
        let consent = (answer == "accepted" && scene != Scene::NoConsent).then(|| self.consent());
        let begin = self.begin(at, person, &found, answer, children, consent);
        story.push(By::Kind(found.kind, found.municipality), What::Begin(Box::new(begin)));
        match scene {
            Scene::NoAnswer => {
                story.wait(self.between(10, 16) * 60);
                story.step("receiver", "contact", "no_answer", fields(&[("channel", json!("phone"))]));
            }
            Scene::InContact => {
                story.wait(self.between(5, 20) * 60);
                story.push(By::Party("receiver"), What::Assign);
                story.wait(5);
                story.step("receiver", "contact", "booked", fields(&[("channel", json!("phone"))]));
            }
            Scene::ToDecide => self.assessed(&mut story.events, at, Until::Assessed),
            Scene::ToTell => self.assessed(&mut story.events, at, Until::NotOpened),
            Scene::Inquiry => self.assessed(&mut story.events, at, Until::Inquiry),
            Scene::Siblings => self.assessed(&mut story.events, at, Until::Divided),
            _ => {}
        }
        story.events
    }

    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        self.rng.random_range(from..=to)
    }

    /// The first of the shares that chance falls within; none when it falls beyond them all.
    fn one_in(&mut self, shares: &[(f64, &'static str)]) -> Option<&'static str> {
        let mut at: f64 = self.rng.random();
        for (share, name) in shares {
            if at < *share {
                return Some(name);
            }
            at -= share;
        }
        None
    }

    fn found(&mut self, at: Timestamp, person: &NewPerson) -> Found {
        let home = person.contact.municipality.clone().filter(|code| in_county(code));
        let home =
            home.and_then(|code| MUNICIPALITIES.iter().find(|(own, _, _)| *own == code)).map(|(code, _, _)| *code);
        let municipality = match home {
            Some(home) if share::HOME_MUNICIPALITY.falls(&mut self.rng) => home,
            _ => people::municipality(&mut self.rng),
        };
        let summer = (5..=9).contains(&at.to_zoned(TimeZone::UTC).month());
        if summer && share::AT_SEA.falls(&mut self.rng) {
            let offence = if share::GROSS.falls(&mut self.rng) { "gross_drunk_at_sea" } else { "drunk_at_sea" };
            return Found { kind: "coast_guard", offence, substance: "alcohol", municipality: "1080" };
        }
        let customs = share::AT_CUSTOMS.falls(&mut self.rng);
        let (kind, municipality) = if customs { ("customs", "1082") } else { ("police", municipality) };
        if share::DRUG_DRIVING.falls(&mut self.rng) {
            let substance = if share::NARCOTICS.falls(&mut self.rng) {
                "narcotics"
            } else {
                one_of(&mut self.rng, &["medicines", "mixed"])
            };
            return Found { kind, offence: "drug_driving", substance, municipality };
        }
        let offence = if share::GROSS.falls(&mut self.rng) { "gross_drink_driving" } else { "drink_driving" };
        let substance = if share::MIXED_WITH_ALCOHOL.falls(&mut self.rng) { "mixed" } else { "alcohol" };
        Found { kind, offence, substance, municipality }
    }

    pub(super) fn children(&mut self) -> &'static str {
        self.one_in(&[(share::CHILDREN_YES.value, "yes"), (share::CHILDREN_UNKNOWN.value, "unknown")]).unwrap_or("no")
    }

    pub(super) fn consent(&mut self) -> NewConsent {
        let how = ["signed", "spoken", "spoken", "paper"].get(weighted(&mut self.rng, &[5, 2, 2, 1])).copied();
        let how = how.unwrap_or("spoken");
        NewConsent {
            how: how.into(),
            signature: (how == "signed").then(|| SIGNATURE.to_owned()),
            ..NewConsent::spoken("sv")
        }
    }

    /// The offer; answers whether a consent came with a yes.
    fn offer(
        &mut self,
        story: &mut Story,
        person: NewPerson,
        found: &Found,
        answer: &'static str,
        children: &'static str,
    ) -> bool {
        let consents = !share::CONSENT_LATER.falls(&mut self.rng);
        let consent = (answer == "accepted" && consents).then(|| self.consent());
        let begin = self.begin(story.at, person, found, answer, children, consent);
        story.wait(self.between(1, 20));
        story.push(By::Kind(found.kind, found.municipality), What::Begin(Box::new(begin)));
        consents
    }

    fn begin(
        &mut self,
        at: Timestamp,
        person: NewPerson,
        found: &Found,
        answer: &str,
        children: &str,
        consent: Option<NewConsent>,
    ) -> Begin {
        let mut asked = fields(&[
            ("offence", json!(found.offence)),
            ("substance", json!(found.substance)),
            ("event_municipality", json!(found.municipality)),
            ("children", json!(children)),
        ]);
        let language =
            if share::OTHER_LANGUAGE.falls(&mut self.rng) { one_of(&mut self.rng, &LANGUAGES) } else { "sv" };
        asked.insert("language".into(), json!(language));
        if language != "sv" {
            asked.insert("interpreter".into(), json!(share::INTERPRETER.falls(&mut self.rng)));
        }
        match answer {
            "not_asked" => {
                let why = one_of(&mut self.rng, &["medical", "language", "violent", "fled", "other"]);
                asked.insert("not_asked_reason".into(), json!(why));
            }
            "declined" => {
                asked.insert("declined_info".into(), self.left_with());
            }
            "accepted" => {
                if let Some(consent) = &consent {
                    asked.insert("consent".into(), written(consent));
                }
                if share::WRITES_NOTE.falls(&mut self.rng) {
                    asked.insert("reach_note".into(), json!(one_of(&mut self.rng, &REACH_NOTES)));
                }
            }
            _ => {}
        }
        if children == "yes" {
            self.about_children(&mut asked);
        }
        let step = NewStep { at: Some(at), ..new_step("offer", answer, asked) };
        Begin { method: "smadit".into(), person, step }
    }

    fn left_with(&mut self) -> serde_json::Value {
        match weighted(&mut self.rng, &[5, 3, 2, 1]) {
            0 => json!(["leaflet"]),
            1 => json!(["leaflet", "probation"]),
            2 => json!(["leaflet", "sobering_up"]),
            _ => json!(["none"]),
        }
    }

    pub(super) fn about_children(&mut self, asked: &mut Values) {
        let how = one_of(&mut self.rng, &["in_vehicle", "lives_with", "guardian", "guardian"]);
        asked.insert("children_how".into(), json!([how]));
        asked.insert("children_count".into(), json!(self.between(1, 3)));
        if share::WRITES_NOTE.falls(&mut self.rng) {
            asked.insert("children_note".into(), json!(one_of(&mut self.rng, &CHILD_NOTES)));
        }
    }

    /// The answer that came later; whether it was yes.
    fn later_answer(&mut self, story: &mut Story, was_not_asked: bool) -> bool {
        story.wait(self.between(20, 13 * 24) * 60);
        let answer =
            self.one_in(&[(share::LATER_ACCEPTED.value, "accepted"), (share::LATER_DECLINED.value, "declined")]);
        let outcome = match answer {
            Some(answer) => answer,
            None if was_not_asked && share::NEVER_ASKED.falls(&mut self.rng) => "never_asked",
            None => "lapsed",
        };
        let asked = match outcome {
            "accepted" => fields(&[("consent", written(&self.consent()))]),
            "declined" => fields(&[("declined_info", self.left_with())]),
            _ => Values::new(),
        };
        story.push(By::Beginner, What::Step(new_step("answer", outcome, asked)));
        outcome == "accepted"
    }

    /// What the receiver does with somebody who said yes.
    fn received(&mut self, story: &mut Story) {
        if share::WITHDRAWN.falls(&mut self.rng) {
            story.wait(self.between(2, 30) * 60);
            story.push(By::Beginner, What::Withdraw);
            return;
        }
        if share::CONFIRMED.falls(&mut self.rng) {
            story.wait(self.between(1, 6) * 60);
            story.step("receiver", "receive", "received", Values::new());
        }
        if share::REROUTED.falls(&mut self.rng) {
            story.wait(self.between(1, 8) * 60);
            let new = fields(&[
                ("new_municipality", json!(people::municipality(&mut self.rng))),
                ("reroute_reason", json!(one_of(&mut self.rng, &["lives_elsewhere", "other_unit", "own_wish"]))),
            ]);
            story.step("receiver", "reroute", "moved_on", new);
        }
        if share::ASSIGNED.falls(&mut self.rng) {
            story.wait(self.between(5, 90));
            story.push(By::Party("receiver"), What::Assign);
        }
        let in_time = share::FIRST_CALL_IN_TIME.falls(&mut self.rng);
        story.wait(if in_time { self.between(2 * 60, 20 * 60) } else { self.between(37 * 60, 120 * 60) });
        if self.reached(story) {
            self.talks(story);
        }
    }

    /// Calls until the person answers, or for long enough; whether there is a talk to come.
    fn reached(&mut self, story: &mut Story) -> bool {
        let never = share::NEVER_ANSWERS.falls(&mut self.rng);
        for attempt in 1..=self.between(3, 5) {
            if attempt > 1 {
                story.wait(self.between(8, 40) * 60);
            }
            let mut asked = fields(&[("channel", json!(one_of(&mut self.rng, &CHANNELS)))]);
            if share::WRITES_NOTE.falls(&mut self.rng) {
                asked.insert("note".into(), json!(one_of(&mut self.rng, &NOTES)));
            }
            if never || !share::ANSWERS.falls(&mut self.rng) {
                let wrong = share::WRONG_NUMBER.falls(&mut self.rng);
                let missed = if wrong { "wrong_number" } else { "no_answer" };
                story.step("receiver", "contact", missed, asked);
                continue;
            }
            let ends = self.one_in(&[
                (share::DECLINES_LATER.value, "declined"),
                (share::ALREADY_IN_CARE.value, "already_in_care"),
            ]);
            let outcome = ends.unwrap_or(if share::APPOINTMENT.falls(&mut self.rng) { "booked" } else { "reached" });
            story.step("receiver", "contact", outcome, asked);
            return ends.is_none();
        }
        story.wait(self.between(24, 240) * 60);
        let why = self.one_in(&[
            (share::CLOSED_MOVED.value, "moved"),
            (share::CLOSED_DECEASED.value, "deceased"),
            (share::CLOSED_OTHER.value, "other"),
        ]);
        story.step("receiver", "close", why.unwrap_or("never_reached"), Values::new());
        false
    }

    /// From the first talk to the end of the support.
    fn talks(&mut self, story: &mut Story) {
        story.wait(self.between(2, 14) * 24 * 60);
        if !share::SHOWS_UP.falls(&mut self.rng) {
            story.step("receiver", "talk", "no_show", Values::new());
            story.wait(self.between(3, 12) * 24 * 60);
            if share::GIVES_UP.falls(&mut self.rng) {
                match weighted(&mut self.rng, &[1, 1]) {
                    0 => story.step("receiver", "talk", "declined", Values::new()),
                    _ => story.step("receiver", "close", "declined_later", Values::new()),
                }
                return;
            }
        }
        story.step("receiver", "talk", "held", Values::new());
        if share::SCREENED.falls(&mut self.rng) {
            story.wait(self.between(10, 60));
            let instrument = one_of(&mut self.rng, &["audit", "audit", "dudit", "asi"]);
            story.step("receiver", "screening", "done", fields(&[("instrument", json!(instrument))]));
        }
        story.wait(self.between(1, 10) * 24 * 60);
        if !share::STARTS_SUPPORT.falls(&mut self.rng) {
            match weighted(&mut self.rng, &[3, 2]) {
                0 => story.step("receiver", "support", "declined", Values::new()),
                _ => story.step("receiver", "close", "talk_only", Values::new()),
            }
            return;
        }
        let kind = one_of(&mut self.rng, &SUPPORT);
        story.step("receiver", "support", "started", fields(&[("support_kind", json!(kind))]));
        story.wait(self.between(30, 140) * 24 * 60);
        let end = self.one_in(&[(share::COMPLETES.value, "completed"), (share::ENDS_EARLY.value, "ended_early")]);
        story.step("receiver", "finish", end.unwrap_or("referred"), Values::new());
    }

    /// What follows for the children, whatever was answered otherwise.
    pub(super) fn children_follow(&mut self, events: &mut Vec<Event>, at: Timestamp, children: &str) {
        match children {
            "yes" => self.assessed(events, at, Until::Ended),
            "unknown" => {
                let mut story = Story { at, events: Vec::new() };
                let slow = share::QUESTION_SLOW.falls(&mut self.rng);
                story.wait(if slow { self.between(25, 60) * 60 } else { self.between(1, 20) * 60 });
                let found = share::FOUND_CHILDREN.falls(&mut self.rng);
                let mut asked = Values::new();
                if found {
                    self.about_children(&mut asked);
                }
                let outcome = if found { "children" } else { "no_children" };
                story.push(By::Beginner, What::Step(new_step("find_out", outcome, asked)));
                let from = story.at;
                events.extend(story.events.into_iter().map(|event| Event { about_children: true, ..event }));
                if found {
                    self.assessed(events, from, Until::Ended);
                }
            }
            _ => {}
        }
    }
}
