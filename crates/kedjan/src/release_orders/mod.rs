//! Orders: a county's coordinator asks at a page for a release, which is made beside the requests, one at a time, and can be
//! followed while it is. An order outlives the process that makes it: what a stop cut off is made after the next start.

pub mod http;
mod page;
mod sql;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use chain::text::Lang;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::access::{self, Action, Granted, Role, Seen};
use crate::app::{App, Cx, Stop};
use crate::directory;
use crate::publication::read::{self, Filter, Release};
use crate::publication::{self, Made, Period, Scope, Wish};
use crate::reference;
use crate::refusal::{FieldIssue, Refused};
use crate::store::{Sql, StoreError};
use crate::t;

/// How often the one who makes a release says that it is still there.
const BEAT: Duration = Duration::from_secs(10);
/// How long nothing may be heard until another takes an order over.
const SILENT: SignedDuration = SignedDuration::from_secs(60);
/// How often a node looks for orders that nobody makes.
const LOOKS: Duration = Duration::from_secs(60);

/// How long what is being made may go on when the process is told to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often an order is taken before it is given up.
const TRIES: i64 = 3;

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Others are made first.
    Waiting,
    /// It is being made.
    Working,
    /// There is a new release.
    Made,
    /// There was one already, and it stays.
    Already,
    /// There is none; the words say why.
    Refused,
}

impl State {
    const ALL: [State; 5] = [State::Waiting, State::Working, State::Made, State::Already, State::Refused];

    fn code(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Working => "working",
            State::Made => "made",
            State::Already => "already",
            State::Refused => "refused",
        }
    }

    fn of(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    fn is_done(self) -> bool {
        !matches!(self, State::Waiting | State::Working)
    }
}

/// A release that somebody has asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// The language of whoever asked.
    pub lang: Lang,
    /// What is to be released.
    pub wish: Wish,
    /// How far it has come.
    pub state: State,
    /// The same in words, or why there is no release.
    pub words: String,
    /// When it was asked for.
    pub ordered_at: Timestamp,
    /// The release, when there is one.
    pub release: Option<String>,
    /// Who asked; none for an account that is gone.
    pub by: Option<String>,
}

/// What the actor may release: the figures of the own authority, and for whoever coordinates the county those of the county.
/// Of another authority's figures that authority decides.
fn scopes(tx: &mut dyn Sql, cx: &Cx) -> Result<Vec<(Scope, String)>, StoreError> {
    let mut all = Vec::new();
    if cx.actor.role == Role::County {
        let code = directory::own_unit(tx, cx)?.county;
        let name = reference::county(&code).map_or_else(|| code.clone(), |county| county.name.to_owned());
        all.push((Scope::County(code), name));
    }
    if let Some(own) = directory::sql::authority(tx, cx.actor.org)? {
        all.push((Scope::Authority(own.id), own.name));
    }
    Ok(all)
}

/// A page of orders with what can be ordered.
#[derive(Debug)]
struct Orders {
    all: i64,
    orders: Vec<Order>,
    scopes: Vec<(Scope, String)>,
}

fn orders(tx: &mut dyn Sql, cx: &mut Cx, offset: i64, limit: i64) -> Result<Granted<Orders>, Stop> {
    access::list(tx, cx, Action::ReleaseFigures, |tx, cx| {
        let org = cx.actor.org;
        let value =
            Orders { all: sql::count(tx, org)?, orders: sql::of(tx, org, offset, limit)?, scopes: scopes(tx, cx)? };
        Ok(Seen { value, object: "orders of releases".into(), people: Vec::new() })
    })
}

/// Orders a release. What is wrong with the wish is told at once, not when its turn comes.
///
/// # Errors
/// What is wrong with each field; [`Refused::Taken`] for what is ordered already and not done; who may not is refused.
pub fn order(tx: &mut dyn Sql, cx: &mut Cx, wish: &Wish) -> Result<Granted<Order>, Stop> {
    access::list(tx, cx, Action::ReleaseFigures, |tx, cx| {
        let mut issues = publication::faults(&cx.app, wish, cx.lang);
        let scope = Scope::from_code(&wish.scope);
        if !scopes(tx, cx)?.iter().any(|(own, _)| Some(own) == scope.as_ref()) {
            issues.retain(|issue| issue.pointer != "/scope");
            issues.insert(0, FieldIssue { pointer: "/scope".into(), detail: t!(cx.lang, "orders-whose") });
        }
        if !issues.is_empty() {
            return Err(Refused::Fields(issues).into());
        }
        let same =
            |other: &Wish| (&other.method, &other.scope, &other.period) == (&wish.method, &wish.scope, &wish.period);
        if sql::undone(tx)?.iter().any(|undone| same(&undone.order.wish)) {
            let detail = t!(cx.lang, "orders-same");
            return Err(Refused::Taken { what: FieldIssue { pointer: "/period".into(), detail } }.into());
        }
        let order = Order {
            id: cx.id(),
            lang: cx.lang,
            wish: wish.clone(),
            state: State::Waiting,
            words: String::new(),
            ordered_at: cx.now,
            release: None,
            by: None,
        };
        sql::insert(tx, cx.actor.org, cx.actor.id, &order)?;
        let object = format!("release of {} {} {} ordered", wish.method, wish.scope, wish.period);
        Ok(Seen { value: order, object, people: Vec::new() })
    })
}

/// Makes what is ordered as soon as it is, and looks every minute for orders that nobody makes, until `stop` is done. What is
/// being made then is given [`PATIENCE`].
pub async fn run(app: Arc<App>, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let stopping = Arc::new(AtomicBool::new(false));
    loop {
        let (own, told) = (app.clone(), stopping.clone());
        let mut working = tokio::task::spawn_blocking(move || work(&own, &told));
        let done = tokio::select! {
            done = &mut working => done,
            () = &mut stop => {
                stopping.store(true, Ordering::Relaxed);
                // It is taken over after the next start.
                let _ = tokio::time::timeout(PATIENCE, working).await;
                return;
            }
        };
        match done {
            Ok(Ok(0)) => {}
            Ok(Ok(done)) => tracing::info!(done, "ordered releases"),
            Ok(Err(stopped)) => tracing::error!(cause = ?stopped, "ordered releases could not be made"),
            Err(_) => tracing::error!("the round of ordered releases panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(LOOKS) => {}
            () = app.ordered.notified() => {}
            () = &mut stop => return,
        }
    }
}

/// Makes what is ordered, one after the other, until it is told to stop, and gives how many; nothing while another is at it. Takes
/// seconds to minutes: not for async tasks.
///
/// # Errors
/// The store's. The order stays, and is made when somebody works the next time.
pub fn work(app: &Arc<App>, stopping: &AtomicBool) -> Result<usize, StoreError> {
    let mut done = 0;
    while !stopping.load(Ordering::Relaxed)
        && let Some((order, tries)) = next(app)?
    {
        let (id, lang) = (order.id, order.lang);
        let made = beside_a_beat(app, id, || {
            // One that cannot be made must not stand in the way of all that come after it.
            catch_unwind(AssertUnwindSafe(|| make(app, &order, tries)))
        });
        let (state, words, release) = made.unwrap_or_else(|_| Ok(failed(lang)))?;
        let now = app.clock.now();
        app.store
            .write_blocking(move |tx: &mut dyn Sql| sql::tell(tx, id, (state, &words, release.as_deref()), now))?;
        done += 1;
    }
    Ok(done)
}

fn failed(lang: Lang) -> (State, String, Option<String>) {
    (State::Refused, t!(lang, "orders-failed"), None)
}

/// The order to make now, taken for this process, and how often it has been taken before.
fn next(app: &App) -> Result<Option<(Order, i64)>, StoreError> {
    let now = app.clock.now();
    app.store.write_blocking(move |tx: &mut dyn Sql| {
        for sql::Undone { order, heard, tries } in sql::undone(tx)? {
            if order.state == State::Working && now.duration_since(heard) < SILENT {
                return Ok(None);
            }
            if tries < TRIES {
                sql::take(tx, order.id, now)?;
                return Ok(Some((order, tries)));
            }
            // Whoever takes it dies of it.
            let (state, words, release) = failed(order.lang);
            sql::tell(tx, order.id, (state, &words, release.as_deref()), now)?;
        }
        Ok(None)
    })
}

/// Does the work while another thread says now and then that it goes on.
fn beside_a_beat<T: Send>(app: &App, id: Uuid, work: impl FnOnce() -> T) -> T {
    std::thread::scope(|scope| {
        let (life, end) = channel::<()>();
        scope.spawn(move || {
            while end.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                let now = app.clock.now();
                // A beat that is missed is no harm; the next one comes.
                let _ = app.store.write_blocking(move |tx: &mut dyn Sql| sql::heard(tx, id, now));
            }
        });
        let done = work();
        drop(life);
        done
    })
}

/// What came of making it. Only what may be otherwise another time is an error.
fn make(app: &Arc<App>, order: &Order, tries: i64) -> Result<(State, String, Option<String>), StoreError> {
    if tries > 0
        && let Some(release) = made_before(app, order)?
    {
        return Ok((State::Made, String::new(), Some(release)));
    }
    let id = order.id;
    let progress = |words: &str| {
        let (words, now) = (words.to_owned(), app.clock.now());
        // Whoever waits reads it; that it could not be told is no reason to make nothing.
        let _ =
            app.store.write_blocking(move |tx: &mut dyn Sql| sql::tell(tx, id, (State::Working, &words, None), now));
    };
    match publication::make(app, &order.wish, order.lang, &progress) {
        Ok(Made::New(release)) => Ok((State::Made, String::new(), Some(release.id))),
        Ok(Made::Already(release)) => Ok((State::Already, t!(order.lang, "orders-already"), Some(release.id))),
        Err(Stop::Refused(refused)) => {
            let words: Vec<String> = refused.issues().iter().map(|issue| issue.detail.clone()).collect();
            let words = if words.is_empty() { refused.detail(order.lang) } else { words.join(" ") };
            Ok((State::Refused, words, None))
        }
        Err(Stop::Store(
            error @ (StoreError::Busy | StoreError::Full | StoreError::ReadOnly | StoreError::Unavailable(_)),
        )) => Err(error),
        // Trying again would end the same way for ever.
        Err(Stop::Store(error)) => {
            tracing::error!(cause = ?error, "an ordered release failed");
            Ok(failed(order.lang))
        }
    }
}

/// The release of an order whose maker stopped between making it and saying so.
fn made_before(app: &App, order: &Order) -> Result<Option<String>, StoreError> {
    let Wish { scope, method, period, reason } = order.wish.clone();
    let filter = Filter { method: Some(method), scope: Scope::from_code(&scope), period: Period::parse(&period) };
    let (newest, _) = app.store.read_blocking(move |tx: &mut dyn Sql| read::releases(tx, &filter, 1, 0))?;
    let reason = reason.as_deref().map(str::trim).map(str::to_owned);
    let is_it = |release: &Release| release.made_at >= order.ordered_at && release.marks.reason == reason;
    Ok(newest.into_iter().find(is_it).map(|release| release.id))
}
