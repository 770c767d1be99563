//! The journal: which writes were sent and which were acknowledged, kept outside the server that is tortured.

use anyhow::Context;
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One request that changes something. Everything that is sent follows from it, so the same write can be sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// When the step is said to have happened, in microseconds UTC. No two writes have the same, so that the store itself
    /// says how often each was stored.
    pub at: i64,
    /// What is done.
    pub what: What,
}

/// What a write does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Begins a case.
    Begin {
        /// Whether there are children, which begins a case of its own about them.
        children: bool,
    },
    /// Takes a step in the case with this number.
    Step(String),
}

impl Write {
    /// The `Idempotency-Key`.
    pub fn key(&self) -> String {
        format!("torture-{}", self.at)
    }

    /// The line of the journal before it is sent.
    pub fn line(&self) -> String {
        match &self.what {
            What::Begin { children: false } => format!("sent {} begin", self.at),
            What::Begin { children: true } => format!("sent {} children", self.at),
            What::Step(code) => format!("sent {} step {code}", self.at),
        }
    }

    fn read<'a>(mut words: impl Iterator<Item = &'a str>) -> Option<Write> {
        let at = words.next()?.parse().ok()?;
        let what = match (words.next()?, words.next()) {
            ("begin", None) => What::Begin { children: false },
            ("children", None) => What::Begin { children: true },
            ("step", Some(code)) => What::Step(code.to_owned()),
            _ => return None,
        };
        Some(Write { at, what })
    }
}

/// What is known of the writes.
#[derive(Clone, Default)]
pub struct Known {
    /// Every write that was ever sent, by its time.
    pub sent: HashMap<i64, Write>,
    /// The case number of each write whose whole answer was read and was 201.
    pub acknowledged: HashMap<i64, String>,
}

impl Known {
    /// The writes that were sent and not answered, oldest first.
    pub fn unanswered(&self) -> Vec<Write> {
        let open = self.sent.values().filter(|write| !self.acknowledged.contains_key(&write.at));
        let mut open: Vec<Write> = open.cloned().collect();
        open.sort_by_key(|write| write.at);
        open
    }
}

/// The journal itself.
pub struct Journal {
    inner: Mutex<(Known, Box<dyn std::io::Write + Send>)>,
}

impl Journal {
    /// A journal in a file.
    pub fn in_file(path: &Path) -> anyhow::Result<Journal> {
        let file = super::process::log(path)?;
        Ok(Journal::on(Box::new(file)))
    }

    /// A journal whose lines go to `out`, one whole line at a time.
    pub fn on(out: Box<dyn std::io::Write + Send>) -> Journal {
        Journal { inner: Mutex::new((Known::default(), out)) }
    }

    /// Notes that a write is about to be sent.
    pub fn sent(&self, write: &Write) -> anyhow::Result<()> {
        let mut inner = self.lock();
        inner.0.sent.insert(write.at, write.clone());
        put(&mut inner.1, &write.line())
    }

    /// Notes that the whole acknowledgement of a write has been read.
    pub fn acknowledged(&self, at: i64, code: &str) -> anyhow::Result<()> {
        let mut inner = self.lock();
        inner.0.acknowledged.insert(at, code.to_owned());
        put(&mut inner.1, &format!("ack {at} {code}"))
    }

    /// A write that will not be asked for again, because it was refused.
    pub fn refused(&self, at: i64) -> anyhow::Result<()> {
        let mut inner = self.lock();
        inner.0.sent.remove(&at);
        put(&mut inner.1, &format!("refused {at}"))
    }

    /// Takes in a line that another journal has written elsewhere. A line that is not whole says nothing.
    pub fn take_in(&self, line: &str) -> anyhow::Result<()> {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("sent") => match Write::read(words) {
                Some(write) => self.sent(&write),
                None => Ok(()),
            },
            Some("ack") => match (words.next().and_then(|at| at.parse().ok()), words.next(), words.next()) {
                (Some(at), Some(code), None) => self.acknowledged(at, code),
                _ => Ok(()),
            },
            Some("refused") => words.next().and_then(|at| at.parse().ok()).map_or(Ok(()), |at| self.refused(at)),
            _ => Ok(()),
        }
    }

    /// What it holds.
    pub fn known(&self) -> Known {
        self.lock().0.clone()
    }

    /// How many writes are acknowledged.
    pub fn count(&self) -> usize {
        self.lock().0.acknowledged.len()
    }

    fn lock(&self) -> MutexGuard<'_, (Known, Box<dyn std::io::Write + Send>)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn put(out: &mut Box<dyn std::io::Write + Send>, line: &str) -> anyhow::Result<()> {
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).context("the journal cannot be written")
}

/// The writes in the `sent` lines of a text.
pub fn writes(text: &str) -> Vec<Write> {
    text.lines().filter_map(|line| Write::read(line.strip_prefix("sent ")?.split_whitespace())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_one_journal_wrote_another_takes_in_and_half_a_line_says_nothing() {
        let journal = Journal::on(Box::new(std::io::sink()));
        let step = Write { at: 7, what: What::Step("ABCD".into()) };
        let begin = Write { at: 5, what: What::Begin { children: true } };
        for line in [&step.line(), &begin.line(), "ack 7 ABCD", "ack 5", "ack", "sent 9 st", "noise", ""] {
            journal.take_in(line).unwrap();
        }
        let known = journal.known();
        assert_eq!(known.unanswered(), vec![begin.clone()]);
        assert_eq!(known.acknowledged.get(&7).map(String::as_str), Some("ABCD"));
        assert_eq!(writes(&format!("{}\nnoise\n{}\n", step.line(), begin.line())), vec![step, begin]);
    }
}
