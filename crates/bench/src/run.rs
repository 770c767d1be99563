//! What is measured, in order.

use std::path::Path;
use std::sync::Arc;

use kedjan::app::Cx;
use kedjan::secrets;
use kedjan::store::{Sql, Store, StoreError};
use serde_json::json;

use crate::figure::{Figure, Goal, Times};
use crate::ground::{self, Site};
use crate::load::{self, Call, Met, Shape};
use crate::server::Server;
use crate::{Extent, Table, bare, nation, own_work, size, sql};

/// How many ask at the same time where people are meant.
const USERS: usize = 16;
/// How many write at the same time where the most that it bears is meant.
const MANY: usize = 64;
/// How many different cases are opened in turn.
const MOST_OPENED: i64 = 20_000;
/// Whose work lists are asked for and who records steps: two units of different authorities.
const RECEIVERS: [&str; 2] = ["receiver", "care"];

/// The store in a file, which the goals are about.
pub fn embedded(kedjan: &Path, out: &Path, extent: &Extent, table: &mut Table) -> anyhow::Result<()> {
    let ground = ground::bring(kedjan, out, extent.cases)?;
    if let Some(made_in) = ground.made_in {
        table.add([Figure::new("demo: chains made a second", extent.cases as f64 / made_in.as_secs_f64(), "1/s")]);
    }
    let folder = out.join("run");
    let site = ground.copy(&folder)?;
    let (server, started) = start(kedjan, &site, extent)?;
    table.add([Figure::new("start, exec to ready, median", started.percentile(50).as_secs_f64(), "s")
        .with_goal(Goal::AtMost(0.5))]);
    table.add(asked(&server, &site, extent)?);
    let (stepped, per_commit) = many(&server, &site, extent)?;
    let memory = server.memory()?;
    table.add([
        Figure::new("server memory after the load, peak", memory.peak, "MB").with_goal(Goal::AtMost(150.0)),
        Figure::new("server memory after the load, resident", memory.resident, "MB"),
    ]);
    server.stop()?;
    let bare_file = folder.join("bare.db");
    ground::copy_file(&site.database(), &bare_file)?;
    table.add(own(&site, extent)?);
    table.add(beside_bare(&site, &bare_file, extent, &stepped, per_commit)?);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// The same list in a small and in a very large store.
pub fn sizes(kedjan: &Path, out: &Path, extent: &Extent, table: &mut Table) -> anyhow::Result<()> {
    let (small, large) = extent.sizes;
    let sizes = size::compare(kedjan, out, extent.sizes, extent.rounds)?;
    let (few, many) = (sizes.small.percentile(50), sizes.large.percentile(50));
    table.add([
        Figure::millis(format!("list, own work at {small} cases, median"), few),
        Figure::millis(format!("list, own work at {large} cases, median"), many),
        Figure::new("list, the larger store beside the smaller", many.as_secs_f64() / few.as_secs_f64(), "times")
            .with_goal(Goal::AtMost(1.3)),
    ]);
    Ok(())
}

/// With ten years of a nation's tallies.
pub fn nation(kedjan: &Path, out: &Path, extent: &Extent, table: &mut Table) -> anyhow::Result<()> {
    if !extent.nation {
        return Ok(());
    }
    table.add(nation::published(kedjan, out)?);
    let [without, with] = nation::steps(kedjan, out, extent.rounds)?;
    let (few, many) = (without.percentile(50), with.percentile(50));
    let years = nation::YEARS;
    table.add([
        Figure::millis("recording a step without tallies, own work, median", few),
        Figure::millis(format!("recording a step with a nation's tallies of {years} years, own work, median"), many),
        Figure::new(
            "recording a step, with the tallies beside without",
            many.as_secs_f64() / few.as_secs_f64(),
            "times",
        )
        .with_goal(Goal::AtMost(1.1)),
    ]);
    Ok(())
}

/// The same on a PostgreSQL server, where nothing is promised.
pub fn postgres(kedjan: &Path, out: &Path, url: &str, extent: &Extent, table: &mut Table) -> anyhow::Result<()> {
    let folder = out.join("postgres");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    println!("PostgreSQL: making a county of {} chains …", extent.postgres_cases);
    let server = ground::make(kedjan, &folder, extent.postgres_cases, Some(url))?;
    let tokens = server.tokens.clone();
    server.stop()?;
    let site = Site::at(&folder, Some(url), tokens)?;
    let (server, started) = start(kedjan, &site, extent)?;
    let mut figures = vec![Figure::new("start, exec to ready, median", started.percentile(50).as_secs_f64(), "s")];
    figures.extend(asked(&server, &site, extent)?);
    let stepped = steps(&server, &site, extent, MANY)?;
    figures.push(Figure::new(format!("steps, {MANY} writers"), stepped.rate(), "1/s"));
    let memory = server.memory()?;
    figures.push(Figure::new("server memory after the load, peak", memory.peak, "MB"));
    server.stop()?;
    figures.extend(own(&site, extent)?);
    table.add(figures.into_iter().map(|figure| Figure {
        name: format!("PostgreSQL: {}", figure.name),
        goal: None,
        ..figure
    }));
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// Starts the server several times; gives the last and how long each took.
fn start(kedjan: &Path, site: &Site, extent: &Extent) -> anyhow::Result<(Server, Times)> {
    let mut server = site.serve(kedjan)?;
    let mut samples = vec![server.started_in];
    for _ in 1..extent.starts {
        server.stop()?;
        server = site.serve(kedjan)?;
        samples.push(server.started_in);
    }
    Ok((server, Times::new(samples)))
}

/// What 16 users meet with: the list, opening a case, beginning one, recording a step.
fn asked(server: &Server, site: &Site, extent: &Extent) -> anyhow::Result<Vec<Figure>> {
    let tokens = receivers(site)?;
    let list = load::run(server.address, shape(extent, USERS), move |user, _| Call {
        body: None,
        path: "/api/v1/cases".into(),
        token: of(&tokens, user),
    })?;
    let opened = every(site, &RECEIVERS, |tx, digest| sql::to_open(tx, digest, MOST_OPENED))?;
    let open = load::run(server.address, shape(extent, USERS), move |user, round| {
        let (token, code) = turn(&opened, user, round, USERS);
        Call { body: None, path: format!("/api/v1/cases/{code}"), token }
    })?;
    let officer: Arc<str> = site.token("officer")?.into();
    let person = json!({ "name": "Prov Person", "municipality": "1082", "birth_year": 1980 });
    // Half of them drink, which is the municipality's to receive, and half take drugs, which is the region's: so both have
    // new cases, and the steps that are recorded next meet with cases of a few steps, as people do.
    let bodies = ["alcohol", "narcotics"].map(|substance| {
        let step = json!({ "id": "offer", "outcome": "accepted", "fields": size::offer(substance) });
        json!({ "method": "smadit", "person": person, "step": step }).to_string()
    });
    let begin = load::run(server.address, shape(extent, USERS), move |user, _| Call {
        body: bodies.get(user % bodies.len()).cloned(),
        path: "/api/v1/cases".into(),
        token: Arc::clone(&officer),
    })?;
    let step = steps(server, site, extent, USERS)?;
    let mut figures = Vec::new();
    for (what, met, percent, most) in [
        ("work list with counts", &list, 95, 25.0),
        ("opening a case", &open, 95, 25.0),
        ("beginning a case", &begin, 99, 50.0),
        ("recording a step", &step, 99, 50.0),
    ] {
        let goal = Goal::AtMost(most);
        figures.extend([
            Figure::millis(format!("{what}, {USERS} users, median"), met.times.percentile(50)),
            Figure::millis(format!("{what}, {USERS} users, p{percent}"), met.times.percentile(percent)).with_goal(goal),
            Figure::new(format!("{what}, {USERS} users"), met.rate(), "1/s"),
        ]);
    }
    Ok(figures)
}

/// Contact attempts by `writers` at the same time, each in cases of its own.
fn steps(server: &Server, site: &Site, extent: &Extent, writers: usize) -> anyhow::Result<Met> {
    let cases = every(site, &RECEIVERS, sql::to_contact)?;
    let fields = json!({ "channel": "phone" });
    let body = json!({ "id": "contact", "outcome": "no_answer", "fields": fields }).to_string();
    load::run(server.address, shape(extent, writers), move |user, round| {
        let (token, code) = turn(&cases, user, round, writers);
        Call { body: Some(body.clone()), path: format!("/api/v1/cases/{code}/steps"), token }
    })
}

/// Steps by 64 writers, and how many of them shared a commit on average.
fn many(server: &Server, site: &Site, extent: &Extent) -> anyhow::Result<(Met, usize)> {
    let before = bare::commits(&site.database())?;
    let met = steps(server, site, extent, MANY)?;
    let commits = bare::commits(&site.database())?.wrapping_sub(before);
    let per_commit = met.answers as f64 / f64::from(commits.max(1));
    Ok((met, per_commit.round().max(1.0) as usize))
}

/// The product's own work, with nobody else at the store.
fn own(site: &Site, extent: &Extent) -> anyhow::Result<Vec<Figure>> {
    let opened = every(site, &["receiver"], |tx, digest| sql::to_open(tx, digest, MOST_OPENED))?;
    let contacted = every(site, &["receiver"], sql::to_contact)?;
    let app = site.open()?;
    let receiver = site.actor(&app, "receiver")?;
    let mut lists = Vec::new();
    for role in RECEIVERS {
        let actor = site.actor(&app, role)?;
        lists.push(own_work::times(&app, &actor, extent.rounds, |tx, cx, _| own_work::list(tx, cx))?);
    }
    // The goal is held against the unit that has more to do.
    let list = lists.into_iter().max_by_key(|times| times.percentile(95)).unwrap_or_default();
    let open = own_work::times(&app, &receiver, extent.rounds, move |tx: &mut dyn Sql, cx: &mut Cx, round| {
        own_work::open(tx, cx, turn(&opened, 0, round, 1).1)
    })?;
    let step = own_work::times(&app, &receiver, extent.rounds, move |tx: &mut dyn Sql, cx: &mut Cx, round| {
        own_work::step(tx, cx, turn(&contacted, 0, round, 1).1)
    })?;
    app.store.clone().close();
    let mut figures = Vec::new();
    for (what, times) in [("work list with counts", list), ("opening a case", open), ("recording a step", step)] {
        figures.push(Figure::millis(format!("{what}, own work, median"), times.percentile(50)));
        let last = Figure::millis(format!("{what}, own work, p95"), times.percentile(95));
        figures.push(if figures.len() == 1 { last.with_goal(Goal::AtMost(3.0)) } else { last });
    }
    Ok(figures)
}

/// The product's steps a second beside the bare database's.
fn beside_bare(
    site: &Site,
    file: &Path,
    extent: &Extent,
    stepped: &Met,
    per_commit: usize,
) -> anyhow::Result<Vec<Figure>> {
    let cases = every(site, &["receiver"], sql::to_contact)?;
    let codes: Vec<String> = cases.into_iter().flat_map(|(_, codes)| codes).collect();
    // The copy is of the store as it was before the product's own work was timed, which changes nothing of what a step
    // writes: the traced statements are run in the order in which they were made, from the same state.
    let app = site.open()?;
    let actor = site.actor(&app, "receiver")?;
    let traced = bare::trace(&app, &actor, &codes, extent.traced)?;
    app.store.clone().close();
    let statements = traced.iter().map(Vec::len).sum::<usize>() as f64 / traced.len().max(1) as f64;
    let words = traced.first().map(|writes| bare::told(writes).join(", ")).unwrap_or_default();
    println!("a step writes: {words}");
    let rate = bare::replay(file, &traced, per_commit)?;
    Ok(vec![
        Figure::new(format!("steps, {MANY} writers"), stepped.rate(), "1/s"),
        Figure::millis(format!("recording a step, {MANY} writers, p99"), stepped.times.percentile(99)),
        Figure::new(format!("steps in a commit, {MANY} writers, mean"), per_commit as f64, "steps"),
        Figure::new("statements a step writes with, mean", statements, "each"),
        Figure::new("bare database, the same writes", rate, "steps/s"),
        Figure::new(format!("steps, {MANY} writers, beside the bare database"), stepped.rate() / rate, "of it")
            .with_goal(Goal::AtLeast(0.3)),
    ])
}

/// Cases of some roles' units: token and case numbers.
type Cases = Vec<(Arc<str>, Vec<String>)>;

/// Asks the store for the cases of each role's unit.
fn every(
    site: &Site,
    roles: &[&str],
    find: impl Fn(&mut dyn Sql, &[u8]) -> Result<Vec<String>, StoreError>,
) -> anyhow::Result<Cases> {
    let store = Store::open(&site.location()?, &kedjan::store::Settings::default())?;
    let mut all = Vec::new();
    for role in roles {
        let token = site.token(role)?;
        let digest = secrets::token_digest(token);
        let codes: Vec<String> = store.read_blocking(|tx| find(tx, &digest))?;
        anyhow::ensure!(!codes.is_empty(), "the county has no cases for {role}: make it larger with --cases");
        all.push((token.into(), codes));
    }
    store.close();
    Ok(all)
}

/// Whose turn it is and with which case: each user has a role and walks through cases that no other user of it gets to soon.
fn turn(cases: &Cases, user: usize, round: usize, users: usize) -> (Arc<str>, &str) {
    let Some((token, codes)) = cases.get(user % cases.len().max(1)) else { return ("".into(), "") };
    let (place, places) = (user / cases.len(), (users / cases.len()).max(1));
    let code = codes.get((place + round * places) % codes.len().max(1));
    (Arc::clone(token), code.map_or("", String::as_str))
}

fn receivers(site: &Site) -> anyhow::Result<Vec<Arc<str>>> {
    RECEIVERS.iter().map(|role| Ok(site.token(role)?.into())).collect()
}

fn of(tokens: &[Arc<str>], user: usize) -> Arc<str> {
    tokens.get(user % tokens.len().max(1)).map_or_else(|| "".into(), Arc::clone)
}

fn shape(extent: &Extent, users: usize) -> Shape {
    Shape { users, warm: extent.warm, window: extent.window }
}
