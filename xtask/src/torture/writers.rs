//! The writers: officers who begin cases and receivers who take steps in them, as fast as the server answers.
//!
//! Whoever gets no answer sends the same request with the same key again until one comes. Only a whole 201 counts.

use super::client::{Answer, Client, Request};
use super::journal::{Journal, What, Write};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many write at the same time.
pub const WRITERS: usize = 12;
/// How many contact attempts follow each case that is begun.
const STEPS: usize = 2;

/// Who writes, and with what.
#[derive(Clone)]
pub struct Tokens {
    /// The police station in Karlshamn.
    pub officer: String,
    /// The social services in Karlshamn, to which its cases go.
    pub receiver: String,
}

/// What the writers share.
struct Shared {
    address: SocketAddr,
    tokens: Tokens,
    journal: Arc<Journal>,
    /// The time of the next write.
    next: Arc<AtomicI64>,
    /// Writes that are to be sent again first.
    again: Mutex<Vec<Write>>,
    /// Whether new writes are made when those are done.
    fresh: bool,
    stop: AtomicBool,
    met: Mutex<Met>,
}

/// What the writers met with beside acknowledgements.
#[derive(Clone, Default, Debug)]
pub struct Met {
    /// How often each status came.
    pub statuses: BTreeMap<u16, u64>,
    /// Requests without an answer.
    pub unanswered: u64,
    /// Answers that none of our requests may get, with their first words.
    pub wrong: Vec<String>,
}

/// Writers at work.
pub struct Running {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<anyhow::Result<()>>>,
}

/// What a load is made of.
pub struct Load {
    /// Where the server answers.
    pub address: SocketAddr,
    /// Who writes.
    pub tokens: Tokens,
    /// Where it is noted.
    pub journal: Arc<Journal>,
    /// The time of the next write, in microseconds; goes on from load to load.
    pub next: Arc<AtomicI64>,
    /// Writes that are to be sent again first.
    pub again: Vec<Write>,
    /// Whether new writes are made when those are done.
    pub fresh: bool,
}

impl Load {
    /// Lets the writers begin.
    pub fn start(self) -> Running {
        let Load { address, tokens, journal, next, again, fresh } = self;
        let (again, stop, met) = (Mutex::new(again), AtomicBool::new(false), Mutex::new(Met::default()));
        let shared = Arc::new(Shared { address, tokens, journal, next, again, fresh, stop, met });
        let writer = |nr: usize| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.write(nr))
        };
        let threads = (0..WRITERS).map(writer).collect();
        Running { shared, threads }
    }
}

impl Running {
    /// Lets each writer finish what it waits for, and gives what they met with.
    pub fn stop(self) -> anyhow::Result<Met> {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.ended()
    }

    /// Waits until the writers have ended by themselves, which they do when no new writes are made.
    pub fn ended(self) -> anyhow::Result<Met> {
        for thread in self.threads {
            thread.join().map_err(|_| anyhow::anyhow!("a writer panicked"))??;
        }
        let met = self.shared.met.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(met.clone())
    }

    /// What they have met with so far.
    pub fn met(&self) -> Met {
        self.shared.met.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    fn write(&self, nr: usize) -> anyhow::Result<()> {
        let mut client = Client::new(self.address);
        // The case that this writer has begun, and the steps it has taken in it.
        let (mut case, mut steps, mut begun): (Option<String>, usize, usize) = (None, 0, nr);
        while !self.stop.load(Ordering::SeqCst) {
            let again = self.again.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let own = again.is_none();
            let write = match again {
                Some(write) => write,
                None if !self.fresh => return Ok(()),
                None => {
                    let what = match &case {
                        Some(code) if steps < STEPS => What::Step(code.clone()),
                        _ => What::Begin { children: begun.is_multiple_of(4) },
                    };
                    Write { at: self.next.fetch_add(1, Ordering::SeqCst), what }
                }
            };
            let answered = self.until_answered(&mut client, &write)?;
            match (own, &write.what, answered) {
                (true, What::Begin { .. }, Some(code)) => (case, steps, begun) = (Some(code), 0, begun + 1),
                (true, What::Step(_), Some(_)) => steps += 1,
                (true, _, None) => case = None,
                (false, ..) => {}
            }
        }
        Ok(())
    }

    /// Sends a write until it is answered or it is time to stop; gives the case number when it was acknowledged.
    fn until_answered(&self, client: &mut Client, write: &Write) -> anyhow::Result<Option<String>> {
        self.journal.sent(write)?;
        let (path, token, body) = match &write.what {
            What::Begin { children } => ("/api/v1/cases".to_owned(), &self.tokens.officer, begin(write.at, *children)),
            What::Step(code) => (format!("/api/v1/cases/{code}/steps"), &self.tokens.receiver, step(write.at)),
        };
        let (body, key) = (body.to_string(), write.key());
        loop {
            let answer = client.ask(&Request { body: Some(&body), path: &path, token, key: &key });
            let again = match answer {
                Ok(Answer { status: 201, body }) => {
                    self.count(201);
                    let read: Value = serde_json::from_str(&body).unwrap_or_default();
                    let code = read.get("id").and_then(Value::as_str).unwrap_or("?").to_owned();
                    self.journal.acknowledged(write.at, &code)?;
                    return Ok(Some(code));
                }
                // Busy, full, or the database away: told as such, and worth another try.
                Ok(Answer { status: status @ (408 | 429 | 503 | 507), .. }) => {
                    self.count(status);
                    true
                }
                Ok(Answer { status, body }) => {
                    self.count(status);
                    self.wrong(format!("{status} to {}: {body:.300}", write.line()));
                    // What a fault has stored is not known: it is asked for again later.
                    if status < 500 {
                        self.journal.refused(write.at)?;
                    }
                    false
                }
                Err(_) => {
                    self.met.lock().unwrap_or_else(PoisonError::into_inner).unanswered += 1;
                    true
                }
            };
            if !again || self.stop.load(Ordering::SeqCst) {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn count(&self, status: u16) {
        *self.met.lock().unwrap_or_else(PoisonError::into_inner).statuses.entry(status).or_default() += 1;
    }

    fn wrong(&self, words: String) {
        let mut met = self.met.lock().unwrap_or_else(PoisonError::into_inner);
        if met.wrong.len() < 20 {
            met.wrong.push(words);
        }
    }
}

/// Somebody without a number who says yes at the roadside, and consents.
fn begin(at: i64, children: bool) -> Value {
    let mut fields = json!({
        "offence": "drink_driving", "substance": "alcohol", "event_municipality": "1082", "consent": true, "children": "no",
        "reach_note": format!("prov {at}"),
    });
    if children && let Some(fields) = fields.as_object_mut() {
        fields.insert("children".into(), "yes".into());
        fields.insert("children_how".into(), json!(["guardian"]));
        fields.insert("children_count".into(), json!(1));
    }
    json!({ "method": "smadit", "person": { "name": "Prov Person", "municipality": "1082", "birth_year": 1980 },
        "step": { "id": "offer", "outcome": "accepted", "at": rfc3339(at), "fields": fields } })
}

fn step(at: i64) -> Value {
    json!({ "id": "contact", "outcome": "no_answer", "at": rfc3339(at), "fields": { "channel": "phone" } })
}

/// Microseconds since 1970 as RFC 3339, UTC.
fn rfc3339(micros: i64) -> String {
    let (seconds, micro) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // The civil date of a day count, after Howard Hinnant's "chrono-compatible low-level date algorithms".
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second % 3600 / 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_the_api_takes_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(951_782_400_000_001), "2000-02-29T00:00:00.000001Z");
        assert_eq!(rfc3339(1_795_694_399_999_999), "2026-11-26T11:59:59.999999Z");
        assert_eq!(rfc3339(1_798_761_599_000_000), "2026-12-31T23:59:59.000000Z");
    }
}
