//! The same list in a small store and in a very large one: a unit with the same open work, and thousands or millions of
//! closed cases behind it.
//!
//! The open cases are begun by the product's own functions. The closed ones are written in bulk by SQL as rows of person,
//! case, share and count, with every index, in the same unit; nobody opens them, so their sealed columns hold random bytes.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use kedjan::app::{Actor, App, Stop};
use kedjan::cases::{self, Begin, Filter, NewStep};
use kedjan::people::{NewPersonInput, validate};
use kedjan::secrets;
use rusqlite::Connection;
use serde_json::json;

use crate::figure::Times;
use crate::ground::{self, Site};
use crate::{own_work, sql};

/// How much open work the unit has, whatever the size.
pub const OPEN: i64 = 200;
/// How many lists are timed in a row before it is the other store's turn.
const TURN: usize = 50;

/// A list's own work in two stores.
pub struct Sizes {
    /// In the small store.
    pub small: Times,
    /// In the large one.
    pub large: Times,
}

/// Times `rounds` lists in a store of `small` and of `large` cases, in turns, so that whatever else happens on the machine
/// happens to both.
pub fn compare(kedjan: &Path, out: &Path, (small, large): (i64, i64), rounds: usize) -> anyhow::Result<Sizes> {
    let stores = [bring(kedjan, out, small)?, bring(kedjan, out, large)?];
    let opened = stores.iter().map(|site| Ok((site.open()?, site))).collect::<anyhow::Result<Vec<_>>>()?;
    let mut samples: [Vec<Duration>; 2] = Default::default();
    for turn in 0..=rounds / TURN {
        for ((app, site), samples) in opened.iter().zip(&mut samples) {
            let receiver = site.actor(app, "receiver")?;
            let work = Arc::new(|tx: &mut dyn kedjan::store::Sql, cx: &mut kedjan::app::Cx, _| own_work::list(tx, cx));
            for round in 0..TURN {
                let took = own_work::once(app, &receiver, round, &work)?;
                // The first turn fills the caches of both.
                if turn > 0 {
                    samples.push(took);
                }
            }
        }
    }
    for (app, _) in opened {
        app.store.clone().close();
    }
    let [small, large] = samples;
    Ok(Sizes { small: Times::new(small), large: Times::new(large) })
}

/// The store of `cases` cases in `out`, made if it is not there.
pub fn bring(kedjan: &Path, out: &Path, cases: i64) -> anyhow::Result<Site> {
    let folder = out.join(format!("size-{cases}"));
    if let Some(tokens) = ground::kept(&folder) {
        return Site::at(&folder, None, tokens);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    println!("making a store of {cases} cases …");
    let server = ground::make(kedjan, &folder, 10, None)?;
    let tokens = server.tokens.clone();
    server.stop()?;
    let site = Site::at(&folder, None, tokens.clone())?;
    fill(&site, cases)?;
    ground::mark(&folder, &tokens)?;
    Ok(site)
}

/// Brings the receiver to its open work and fills the rest with closed cases.
fn fill(site: &Site, cases: i64) -> anyhow::Result<()> {
    let app = site.open()?;
    let (officer, receiver) = (site.actor(&app, "officer")?, site.actor(&app, "receiver")?);
    let mut open = open_work(&app, &receiver)?;
    while open < OPEN {
        own_work::once(&app, &officer, 0, &Arc::new(begin))?;
        open += 1;
    }
    let open = open_work(&app, &receiver)?;
    anyhow::ensure!(open == OPEN, "the receiver has {open} open cases, not {OPEN}: handovers went elsewhere");
    app.store.clone().close();
    drop(app);
    let digest = |role| site.token(role).map(secrets::token_digest);
    let (receiver, officer) = (digest("receiver")?, digest("officer")?);
    let connection = Connection::open(site.database())?;
    kedjan::store::register_sums(&connection)?;
    connection.execute_batch(sql::BULK_SETTINGS)?;
    for statement in sql::BULK {
        connection.execute(statement, (cases - OPEN, receiver, officer))?;
    }
    Ok(())
}

fn open_work(app: &Arc<App>, actor: &Actor) -> anyhow::Result<i64> {
    let cx = kedjan::app::Cx::new(app, actor.clone(), chain::text::Lang::Sv)?;
    let counted =
        kedjan::app::unit_blocking(cx, |tx, cx| Ok(cases::work_list(tx, cx, &Filter::default())?.counts.open));
    counted.map_err(|stop: Stop| anyhow!("the list was stopped: {stop:?}"))
}

/// What an officer records of somebody who says yes at the roadside, and consents: the fields of the first step.
pub fn offer(substance: &str) -> serde_json::Value {
    let offence = if substance == "alcohol" { "drink_driving" } else { "drug_driving" };
    json!({
        "offence": offence, "substance": substance, "event_municipality": "1082", "consent": true, "children": "no"
    })
}

/// Begins a case that goes to the receiver in Karlshamn.
fn begin(tx: &mut dyn kedjan::store::Sql, cx: &mut kedjan::app::Cx, _: usize) -> Result<(), Stop> {
    let input = NewPersonInput {
        name: "Prov Person".into(),
        municipality: "1082".into(),
        birth_year: "1980".into(),
        ..NewPersonInput::default()
    };
    let today = kedjan::web::format::local(cx.now).date();
    let person = validate(&input, true, today).unwrap_or_default();
    let fields = offer("alcohol").as_object().cloned().unwrap_or_default();
    let step = NewStep { step: "offer".into(), outcome: "accepted".into(), at: None, fields, corrects: None };
    cases::begin(tx, cx, &Begin { method: "smadit".into(), person, step }, None)?;
    Ok(())
}
