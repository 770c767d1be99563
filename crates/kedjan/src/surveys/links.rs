//! Links to answer by: given out, withdrawn, made anew; and a no that came in another way.

use jiff::Timestamp;
use uuid::Uuid;

use super::answer::{Kept, kept, put};
use super::post::{Kind, Letter};
use super::{Invitation, Round, State, changeable, sql, with_round};
use crate::access::Granted;
use crate::app::{App, Cx, Stop};
use crate::refusal::Refused;
use crate::secrets;
use crate::store::{Sql, StoreError};

/// A link that was made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remade {
    /// A letter with it waits to be sent.
    Sent,
    /// The installation sends no mail, so it is shown, once.
    Shown(String),
}

/// The address of a link.
pub(super) fn address(app: &App, token: &str) -> String {
    format!("{}/answer/{token}", app.settings.public.trim_end_matches('/'))
}

/// Makes a token for one who is asked and keeps its digest.
pub(super) fn make(tx: &mut dyn Sql, of: (Uuid, Uuid, Uuid), now: Timestamp) -> Result<String, StoreError> {
    let token = secrets::token();
    sql::insert_link(tx, of, &secrets::token_digest(&token), now)?;
    sql::mark_invited(tx, of, now)?;
    Ok(token)
}

fn of(round: &Round, invitation: Uuid) -> (Uuid, Uuid, Uuid) {
    (round.org, round.id, invitation)
}

fn invited(tx: &mut dyn Sql, round: &Round, invitation: Uuid) -> Result<Invitation, Stop> {
    Ok(sql::invitation(tx, round, invitation)?.ok_or(Refused::NotFound)?)
}

/// A link to one who is asked, for the demo county and the tests: what the mail would hold.
pub(crate) fn give_out(tx: &mut dyn Sql, cx: &Cx, round: &Round, invitation: Uuid) -> Result<String, StoreError> {
    make(tx, of(round, invitation), cx.now)
}

/// Ends every link of one who is asked. What is saved stays, and no letter brings another link until [`new_link`] does.
pub fn withdraw_link(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, invitation: Uuid) -> Result<Granted<()>, Stop> {
    with_round(tx, cx, id, "withdraw_link", |tx, cx, round| {
        changeable(cx, round)?;
        let invitation = invited(tx, round, invitation)?;
        sql::end_links(tx, of(round, invitation.id), cx.now)?;
        Ok(sql::mark_withdrawn(tx, of(round, invitation.id), Some(cx.now))?)
    })
}

/// Ends every link of one who is asked and makes a new one.
pub fn new_link(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, invitation: Uuid) -> Result<Granted<Remade>, Stop> {
    with_round(tx, cx, id, "new_link", |tx, cx, round| {
        changeable(cx, round)?;
        let invitation = invited(tx, round, invitation)?;
        let of = of(round, invitation.id);
        sql::end_links(tx, of, cx.now)?;
        sql::mark_withdrawn(tx, of, None)?;
        if cx.app.settings.mail.is_none() {
            let token = make(tx, of, cx.now)?;
            return Ok(Remade::Shown(address(&cx.app, &token)));
        }
        let nr = sql::next_letter(tx, of, Kind::Again)?;
        let letter = Letter { org: of.0, round: of.1, invitation: of.2, kind: Kind::Again, nr };
        sql::insert_letter(tx, &letter, cx.now)?;
        Ok(Remade::Sent)
    })
}

/// Records that one who is asked has said no in another way, by telephone or letter.
pub fn decline(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid, invitation: Uuid) -> Result<Granted<()>, Stop> {
    with_round(tx, cx, id, "decline", |tx, cx, round| {
        changeable(cx, round)?;
        let invitation = invited(tx, round, invitation)?;
        if invitation.state == State::Answered {
            return Err(Refused::Decided.into());
        }
        if invitation.state != State::Declined {
            let Kept { answers, contact } = kept(tx, cx, round, invitation.id)?;
            put(tx, cx, round, &invitation, State::Declined, &Kept { answers, contact })?;
        }
        Ok(())
    })
}

/// New links for everybody who has neither answered nor said no, and whose link is not withdrawn, to be sent in another way than
/// by this installation's mail: name, function address, link.
pub fn print_links(tx: &mut dyn Sql, cx: &mut Cx, id: Uuid) -> Result<Granted<Vec<[String; 3]>>, Stop> {
    with_round(tx, cx, id, "print_links", |tx, cx, round| {
        changeable(cx, round)?;
        let mut links = Vec::new();
        for one in sql::invitations(tx, round)? {
            if one.waits() {
                let token = make(tx, of(round, one.id), cx.now)?;
                links.push([one.name, one.email, address(&cx.app, &token)]);
            }
        }
        Ok(links)
    })
}
