//! Authorities, units and what they receive, at the command line.

use std::sync::Arc;

use chain::text::Lang;
use serde_json::json;
use uuid::Uuid;

use super::people::{ALL, Whose, console};
use super::told::say_json;
use super::{Config, Failure, say};
use crate::app::{self, App, Cx};
use crate::directory::{self, Authority, AuthorityDraft, NewAuthority, ReceivesDraft, Unit, UnitDraft};
use crate::login::{Level, rule};

/// What may be said of a unit.
#[derive(clap::Args, Debug)]
pub(super) struct About {
    /// Its municipality, four digits.
    #[arg(long)]
    municipality: Option<String>,
    /// Its function address.
    #[arg(long)]
    email: Option<String>,
    /// The function address of who leads it.
    #[arg(long)]
    lead_email: Option<String>,
    /// Its telephone number.
    #[arg(long)]
    phone: Option<String>,
    /// When it is open, in words.
    #[arg(long)]
    opening_hours: Option<String>,
    /// Whether it takes what no other unit in its county takes.
    #[arg(long)]
    fallback: Option<bool>,
    /// Whether it takes new cases.
    #[arg(long)]
    active: Option<bool>,
}

impl About {
    fn put_into(&self, draft: &mut UnitDraft) {
        if let Some(code) = &self.municipality {
            draft.municipality = Some(code.clone());
        }
        let texts = [
            (&self.email, &mut draft.email),
            (&self.lead_email, &mut draft.lead_email),
            (&self.phone, &mut draft.phone),
            (&self.opening_hours, &mut draft.opening_hours),
        ];
        for (said, place) in texts {
            if let Some(text) = said {
                place.clone_from(text);
            }
        }
        draft.fallback = self.fallback.unwrap_or(draft.fallback);
        draft.active = self.active.unwrap_or(draft.active);
    }
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum UnitCommand {
    /// Make a unit.
    Add {
        #[command(flatten)]
        whose: Whose,
        /// What it is: police, coast_guard, customs, social_services, addiction_care, concern_reception, school,
        /// preschool, health_care, dental_care, probation, other_authority, coordination, county_board or administration.
        #[arg(long)]
        kind: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// Its county, two digits.
        #[arg(long)]
        county: String,
        #[command(flatten)]
        about: About,
        /// What it receives: PLACE, PLACE:AGES or PLACE:AGES:SUBSTANCES, such as 1082, 10:0-20 or 1082:18-:alcohol,mixed.
        #[arg(long = "receives")]
        rows: Vec<String>,
    },
    /// List the units of an authority.
    List {
        #[command(flatten)]
        whose: Whose,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a unit.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// The unit, by name or id.
        unit: String,
        /// Its new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        about: About,
    },
    /// Say what a unit receives, in place of what it received before; without rows, tell what it receives.
    Receives {
        #[command(flatten)]
        whose: Whose,
        /// The unit, by name or id.
        unit: String,
        /// PLACE, PLACE:AGES or PLACE:AGES:SUBSTANCES, such as 1082, 10:0-20 or 1082:18-:alcohol,mixed.
        rows: Vec<String>,
        /// It receives nothing.
        #[arg(long, conflicts_with = "rows")]
        nothing: bool,
    },
}

#[derive(clap::Subcommand, Debug)]
pub(super) enum AuthorityCommand {
    /// Make an authority.
    Add {
        #[command(flatten)]
        config: Config,
        /// Its name.
        #[arg(long)]
        name: String,
        /// What it is: police, coast_guard, customs, municipal_board, region, county_board, school_authority or other.
        #[arg(long)]
        kind: String,
        /// Its county, two digits.
        #[arg(long)]
        county: Option<String>,
        /// Its municipality, four digits.
        #[arg(long)]
        municipality: Option<String>,
        /// Its ombud, by function.
        #[arg(long, default_value = "")]
        ombud: String,
        /// The ombud's function address.
        #[arg(long, default_value = "")]
        ombud_email: String,
    },
    /// Change an authority.
    Set {
        #[command(flatten)]
        whose: Whose,
        /// The least that its people log in with: password, two_factors or passkey. An account below it is led to it at its
        /// next log-in.
        #[arg(long)]
        log_in: String,
    },
    /// List the authorities.
    List {
        #[command(flatten)]
        config: Config,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// An authority by name or id; the only one when none is named.
pub(super) fn the_authority(app: &App, named: Option<&str>) -> Result<Authority, Failure> {
    let mut all = app.store.read_blocking(directory::sql::authorities)?;
    let wanted: Option<Uuid> = named.and_then(|text| text.parse().ok());
    let found = match named {
        None if all.len() == 1 => all.pop(),
        None => {
            let names: Vec<&str> = all.iter().map(|a| a.name.as_str()).collect();
            return Err(Failure::Words(format!("say which authority with --authority: {}", names.join(", "))));
        }
        Some(name) => all.iter().position(|a| Some(a.id) == wanted || a.name == name).map(|at| all.swap_remove(at)),
    };
    found.ok_or_else(|| Failure::Words("there is no such authority; `kedjan authority list` shows them".into()))
}

/// A unit of an authority by name or id.
pub(super) fn the_unit(app: &App, org: Uuid, named: &str) -> Result<Unit, Failure> {
    let wanted: Option<Uuid> = named.parse().ok();
    let all = app.store.read_blocking(|tx| directory::sql::units(tx, org, 0, ALL))?;
    all.into_iter()
        .find(|unit| Some(unit.id) == wanted || unit.name == named)
        .ok_or_else(|| Failure::Words("the authority has no such unit; `kedjan unit list` shows them".into()))
}

pub(super) fn unit(command: &UnitCommand) -> Result<(), Failure> {
    match command {
        UnitCommand::Add { whose, kind, name, county, about, rows } => {
            let mut draft = UnitDraft {
                kind: kind.clone(),
                name: name.clone(),
                county: county.clone(),
                active: true,
                receives: rows_of(rows)?,
                ..UnitDraft::default()
            };
            about.put_into(&mut draft);
            let made = app::unit_blocking(whose.context()?, move |tx, cx| {
                Ok(directory::create_unit(tx, cx, draft.clone())?.unit.id)
            })?;
            say(format_args!("id {made}"))
        }
        UnitCommand::List { whose, json } => list(whose.context()?, *json),
        UnitCommand::Set { whose, unit, name, about } => change(whose.context()?, unit, |draft| {
            if let Some(name) = name {
                draft.name.clone_from(name);
            }
            about.put_into(draft);
        }),
        UnitCommand::Receives { whose, unit, rows, nothing } => {
            let cx = whose.context()?;
            if rows.is_empty() && !nothing {
                return tell_receives(&cx, unit);
            }
            let rows = rows_of(rows)?;
            change(cx, unit, |draft| draft.receives = rows)
        }
    }
}

fn change(cx: Cx, unit: &str, alter: impl FnOnce(&mut UnitDraft)) -> Result<(), Failure> {
    let unit = the_unit(&cx.app, cx.actor.org, unit)?;
    let receives = cx.app.store.read_blocking(|tx| directory::sql::receives(tx, unit.org, unit.id))?;
    let mut draft = UnitDraft::of(&unit, &receives);
    alter(&mut draft);
    app::unit_blocking(cx, move |tx, cx| {
        directory::change_unit(tx, cx, unit.id, draft.clone())?;
        Ok(())
    })?;
    Ok(())
}

fn tell_receives(cx: &Cx, unit: &str) -> Result<(), Failure> {
    let unit = the_unit(&cx.app, cx.actor.org, unit)?;
    for row in cx.app.store.read_blocking(|tx| directory::sql::receives(tx, unit.org, unit.id))? {
        let age = |age: Option<i64>| age.map(|age| age.to_string()).unwrap_or_default();
        let ages = match (row.age_from, row.age_to) {
            (None, None) => String::new(),
            (from, to) => format!("{}-{}", age(from), age(to)),
        };
        say(format_args!("{}:{ages}:{}", row.place, row.substances.join(",")).to_string().trim_end_matches(':'))?;
    }
    Ok(())
}

/// Rows as they are written: PLACE[:FROM-TO[:SUBSTANCE,…]].
pub(super) fn rows_of(rows: &[String]) -> Result<Vec<ReceivesDraft>, Failure> {
    rows.iter()
        .map(|text| {
            let wrong = || {
                Failure::Words(format!(
                    "`{text}` says not what is received. Write PLACE, PLACE:AGES or PLACE:AGES:SUBSTANCES, such as 1082, \
                     10:0-20 or 1082:18-:alcohol,mixed"
                ))
            };
            let mut parts = text.splitn(3, ':');
            let place = parts.next().unwrap_or_default().to_owned();
            let ages = parts.next().unwrap_or_default();
            let age = |text: &str| match text {
                "" => Ok(None),
                text => text.parse().map(Some).map_err(|_| wrong()),
            };
            let (from, to) = match ages {
                "" => ("", ""),
                ages => ages.split_once('-').ok_or_else(wrong)?,
            };
            let substances = parts.next().unwrap_or_default();
            Ok(ReceivesDraft {
                place,
                age_from: age(from)?,
                age_to: age(to)?,
                substances: substances.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
            })
        })
        .collect()
}

fn list(cx: Cx, as_json: bool) -> Result<(), Failure> {
    let found = app::unit_blocking(cx, |tx, cx| Ok(directory::units(tx, cx, 0, ALL)?.into_inner()))?;
    if as_json {
        let all: Vec<_> = found
            .units
            .iter()
            .map(|u| {
                json!({ "id": u.id.to_string(), "kind": u.kind, "name": u.name, "county": u.county,
                    "municipality": u.municipality, "fallback": u.fallback, "active": u.active })
            })
            .collect();
        return say_json(&json!({ "units": all, "total": found.all }));
    }
    for unit in &found.units {
        let state = if unit.active { "active" } else { "inactive" };
        let reserve = if unit.fallback { "\tfallback" } else { "" };
        let place = unit.municipality.as_deref().unwrap_or(&unit.county);
        say(format_args!("{}\t{}\t{}\t{place}\t{state}{reserve}", unit.id, unit.name, unit.kind))?;
    }
    Ok(())
}

pub(super) fn authority(command: &AuthorityCommand) -> Result<(), Failure> {
    match command {
        AuthorityCommand::Add { config, name, kind, county, municipality, ombud, ombud_email } => {
            let draft = AuthorityDraft { name: name.clone(), ombud: ombud.clone(), ombud_email: ombud_email.clone() };
            let new =
                NewAuthority { kind: kind.clone(), county: county.clone(), municipality: municipality.clone(), draft };
            let app: Arc<App> = config.open()?;
            let cx = Cx::new(&app, console(Uuid::nil()), Lang::En)?;
            let made = app::unit_blocking(cx, move |tx, cx| directory::create_authority(tx, cx, &new))?;
            say(format_args!("id {made}"))
        }
        AuthorityCommand::Set { whose, log_in } => {
            let Some(level) = Level::from_name(log_in) else {
                return Err(Failure::Words(format!(
                    "`{log_in}` is no level of log-in. Write password, two_factors or passkey"
                )));
            };
            app::unit_blocking(whose.context()?, move |tx, cx| rule::set_rule(tx, cx, level).map(drop))?;
            Ok(())
        }
        AuthorityCommand::List { config, json } => {
            let app = config.open()?;
            let all = app.store.read_blocking(directory::sql::authorities)?;
            if *json {
                let all: Vec<_> = all
                    .iter()
                    .map(|a| {
                        json!({ "id": a.id.to_string(), "kind": a.kind, "name": a.name, "county": a.county,
                            "municipality": a.municipality })
                    })
                    .collect();
                return say_json(&json!({ "authorities": all }));
            }
            all.iter().try_for_each(|a| say(format_args!("{}\t{}\t{}", a.id, a.name, a.kind)))
        }
    }
}
