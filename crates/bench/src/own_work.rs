//! The server's own work: how long the product is busy inside a unit of work, without waiting for the queue before it and
//! the commit after it. Measured in this process on a store that nobody else uses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use chain::text::Lang;
use kedjan::access::{self, Action};
use kedjan::app::{self, Actor, App, Cx, Stop};
use kedjan::cases::{self, Filter, NewStep};
use kedjan::store::Sql;

use crate::figure::Times;

/// Something a unit of work does, with the number of its round.
pub trait Work: Fn(&mut dyn Sql, &mut Cx, usize) -> Result<(), Stop> + Send + Sync + 'static {}
impl<F: Fn(&mut dyn Sql, &mut Cx, usize) -> Result<(), Stop> + Send + Sync + 'static> Work for F {}

/// How long `work` takes inside a unit of work of its own, `rounds` times; a tenth more is run before and not timed.
pub fn times(app: &Arc<App>, actor: &Actor, rounds: usize, work: impl Work) -> anyhow::Result<Times> {
    let (work, warm) = (Arc::new(work), rounds / 10);
    let mut samples = Vec::with_capacity(rounds);
    for round in 0..warm + rounds {
        let took = once(app, actor, round, &work)?;
        if round >= warm {
            samples.push(took);
        }
    }
    Ok(Times::new(samples))
}

/// How long `work` takes inside one unit of work, from its first statement to its last.
pub fn once<W: Work>(app: &Arc<App>, actor: &Actor, round: usize, work: &Arc<W>) -> anyhow::Result<Duration> {
    let work = Arc::clone(work);
    let cx = Cx::new(app, actor.clone(), Lang::Sv)?;
    let done = app::unit_blocking(cx, move |tx, cx| {
        let since = Instant::now();
        work(tx, cx, round)?;
        Ok(since.elapsed())
    });
    done.map_err(|stop| anyhow!("the unit of work was stopped: {stop:?}"))
}

/// The work list as the API gives it: the first page of what is open, with all counts.
pub fn list(tx: &mut dyn Sql, cx: &mut Cx) -> Result<(), Stop> {
    let read = cases::work_list(tx, cx, &Filter::default())?.into_inner();
    read.worded(&cx.app, cx.lang)?;
    Ok(())
}

/// Opening a case: the guard, the history, and what is shown of it.
pub fn open(tx: &mut dyn Sql, cx: &mut Cx, code: &str) -> Result<(), Stop> {
    let file = access::case(tx, cx, code, Action::SeeCase)?;
    cases::look(tx, cx, file)?.view()?;
    Ok(())
}

/// Recording a contact attempt that nobody answered, and what is shown of the case after it.
pub fn step(tx: &mut dyn Sql, cx: &mut Cx, code: &str) -> Result<(), Stop> {
    let fields = [("channel".to_owned(), "phone".into())].into_iter().collect();
    let step = NewStep { step: "contact".into(), outcome: "no_answer".into(), at: None, fields, corrects: None };
    let file = cases::step(tx, cx, code, &step, None, None)?;
    cases::look(tx, cx, file)?.view()?;
    Ok(())
}
