//! Asks as somebody and reads what comes back.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Mutex, Once, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use serde_json::Value;
use tower::ServiceExt;
use tracing_subscriber::EnvFilter;

use super::super::super::{percent, server};
use super::super::Answer;
use crate::access::Role;
use crate::app::Actor;
use crate::testing::World;

/// What is looked for: a name for it, and how it may be written, in small letters.
pub(super) type Marks = Vec<(&'static str, Vec<String>)>;

/// Somebody who asks.
#[derive(Clone)]
pub(super) struct Person {
    pub who: &'static str,
    pub actor: Actor,
}

pub(super) struct Watch<'w> {
    pub world: &'w World,
    marks: Marks,
    people: Vec<Person>,
    service: Router,
    runtime: tokio::runtime::Runtime,
    tokens: BTreeMap<&'static str, String>,
    sessions: RefCell<BTreeMap<&'static str, String>>,
    found: RefCell<BTreeSet<(&'static str, String, &'static str)>>,
    answered: RefCell<BTreeSet<&'static str>>,
    answers: Cell<usize>,
}

fn everybody(world: &World) -> Vec<Person> {
    let at = |actor: &Actor, role| Actor { role, ..actor.clone() };
    [
        ("nobody", world.officer.clone()),
        ("officer", world.officer.clone()),
        ("other officer", world.other_officer.clone()),
        ("lead", at(&world.officer, Role::Lead)),
        ("receiver", world.receiver.clone()),
        ("colleague", world.receiver.clone()),
        ("youth", world.youth.clone()),
        ("reception", world.reception.clone()),
        ("school", at(&world.reception, Role::School)),
        ("care", world.care.clone()),
        ("ronneby", world.ronneby.clone()),
        ("coordinator", at(&world.receiver, Role::Coordinator)),
        ("county", world.county.clone()),
        ("controller", world.controller.clone()),
        ("police controller", world.police_controller.clone()),
        ("admin", at(&world.receiver, Role::Admin)),
    ]
    .into_iter()
    .map(|(who, actor)| Person { who, actor })
    .collect()
}

impl<'w> Watch<'w> {
    pub fn new(world: &'w World, marks: Marks) -> Watch<'w> {
        listen();
        let people = everybody(world);
        let tokens = people.iter().map(|person| (person.who, world.token(&person.actor))).collect();
        Watch {
            world,
            marks,
            people,
            service: server::service(world.app.clone()),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            tokens,
            sessions: RefCell::default(),
            found: RefCell::default(),
            answered: RefCell::default(),
            answers: Cell::new(0),
        }
    }

    pub fn people(&self) -> &[Person] {
        &self.people
    }

    pub fn person(&self, who: &str) -> Person {
        self.people.iter().find(|person| person.who == who).unwrap().clone()
    }

    /// Logs everybody in anew.
    pub fn log_in(&self) {
        let logged_in = self.people.iter().map(|person| (person.who, self.world.session(&person.actor)));
        *self.sessions.borrow_mut() = logged_in.collect();
    }

    fn request(&self, person: &Person, verb: &str, path: &str) -> axum::http::request::Builder {
        let request = Request::builder()
            .method(verb)
            .uri(path)
            .header(header::HOST, "127.0.0.1")
            .header("sec-fetch-site", "same-origin");
        match person.who {
            "nobody" => request,
            who if path.starts_with("/api/") => {
                request.header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[who]))
            }
            who => request.header(header::COOKIE, format!("kedjan={}", self.sessions.borrow()[who])),
        }
    }

    fn ask(&self, person: &Person, place: &str, request: Request<Body>) -> Answer {
        self.world.app.clock.set(self.world.now());
        let answer = self.runtime.block_on(async {
            let response = self.service.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
        });
        assert!(!answer.status.is_server_error(), "{} {place}: {}", person.who, answer.body);
        self.answers.set(self.answers.get() + 1);
        self.read(person.who, place, &format!("{:?}\n{}", answer.headers, answer.body));
        answer
    }

    /// A look; as a table of its own too where there is one.
    pub fn get(&self, person: &Person, route: &'static str, path: &str) {
        let place = format!("GET {route}");
        let answer = self.ask(person, &place, self.request(person, "GET", path).body(Body::empty()).unwrap());
        if answer.status.is_success()
            || answer.status.is_redirection()
            || ["/first/{token}", "/answer/{token}"].contains(&route)
        {
            self.answered.borrow_mut().insert(route);
        }
        if route.contains("{table}") {
            let request = self.request(person, "GET", path).header(header::ACCEPT, "text/csv");
            self.ask(person, &place, request.body(Body::empty()).unwrap());
        }
    }

    /// Something sent to the API.
    pub fn send(&self, person: &Person, path: &str, body: Option<Value>) -> Answer {
        let place = if path.ends_with("/steps") { "POST /api/v1/cases/{id}/steps" } else { "POST /api/v1/cases" };
        let request = self.request(person, "POST", path).header(header::CONTENT_TYPE, "application/json");
        self.ask(person, place, request.body(body.map_or_else(Body::empty, |b| Body::from(b.to_string()))).unwrap())
    }

    /// A form sent from a page.
    pub fn post(&self, person: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let bare = path.split('?').next().unwrap_or_default();
        let place =
            if bare.starts_with("/begin/") { "POST /begin/{method}".to_owned() } else { format!("POST {bare}") };
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let request =
            self.request(person, "POST", path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(person, &place, request.body(Body::from(body.join("&"))).unwrap())
    }

    /// Looks for the marks in a text.
    pub fn read(&self, who: &'static str, place: &str, text: &str) {
        let text = text.to_lowercase();
        for (mark, ways) in &self.marks {
            if ways.iter().any(|way| text.contains(way)) {
                self.found.borrow_mut().insert((who, place.to_owned(), mark));
            }
        }
    }

    pub fn found(&self) -> Vec<(&'static str, String, &'static str)> {
        self.found.borrow().iter().cloned().collect()
    }

    /// How many routes have answered somebody with more than a refusal.
    pub fn routes_answered(&self) -> usize {
        self.answered.borrow().len()
    }

    pub fn answers(&self) -> usize {
        self.answers.get()
    }
}

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Keeps every line that the product and what it is built of log from now on, the finest too.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let filter = EnvFilter::new(format!("trace,{}", crate::login::QUIET));
        tracing_subscriber::fmt().json().with_writer(|| Lines).with_env_filter(filter).init();
    });
}

/// What has been logged.
pub(super) fn logged() -> String {
    String::from_utf8_lossy(&LOG.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

/// Forgets it, so that what one test plants is not another's find.
pub(super) fn forget_log() {
    LOG.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
