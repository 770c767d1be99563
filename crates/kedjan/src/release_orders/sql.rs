//! All SQL of orders.

use chain::text::Lang;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Order, State};
use crate::publication::Wish;
use crate::store::{Row, Sql, StoreError};
use crate::web::lang;
use crate::{args, sql};

fn order(row: &Row) -> Result<Order, StoreError> {
    let state: String = row.get(6)?;
    Ok(Order {
        id: row.get(0)?,
        lang: if row.get::<String>(1)? == lang::code(Lang::En) { Lang::En } else { Lang::Sv },
        wish: Wish { method: row.get(2)?, scope: row.get(3)?, period: row.get(4)?, reason: row.get(5)? },
        state: State::of(&state).ok_or_else(|| StoreError::Corrupt("an order in no known state".into()))?,
        words: row.get(7)?,
        ordered_at: row.get(8)?,
        release: row.get(9)?,
        by: row.get(10)?,
    })
}

pub(super) fn insert(tx: &mut dyn Sql, org: Uuid, account: Uuid, order: &Order) -> Result<(), StoreError> {
    let wish = &order.wish;
    tx.exec(
        sql!(
            "INSERT INTO release_order
               (id, org_id, account_id, lang, method, scope, period, reason, ordered_at, state, words, heard_at, tries)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $9, 0)"
        ),
        &args![
            order.id,
            org,
            account,
            lang::code(order.lang),
            &wish.method,
            &wish.scope,
            &wish.period,
            wish.reason.as_deref(),
            order.ordered_at,
            order.state.code()
        ],
    )?;
    Ok(())
}

/// The orders of an authority, the newest first.
pub(super) fn of(tx: &mut dyn Sql, org: Uuid, offset: i64, limit: i64) -> Result<Vec<Order>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT o.id, o.lang, o.method, o.scope, o.period, o.reason, o.state, o.words, o.ordered_at, o.release_id, a.name
             FROM release_order o LEFT JOIN account a ON a.org_id = o.org_id AND a.id = o.account_id
             WHERE o.org_id = $1 ORDER BY o.ordered_at DESC, o.id DESC LIMIT $2 OFFSET $3"
        ),
        &args![org, limit, offset],
    )?;
    rows.iter().map(order).collect()
}

pub(super) fn count(tx: &mut dyn Sql, org: Uuid) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM release_order WHERE org_id = $1"), &args![org])?.get(0)
}

/// An order that is not done.
pub(super) struct Undone {
    pub order: Order,
    /// When the one who makes it was last heard of.
    pub heard: Timestamp,
    /// How often it has been taken.
    pub tries: i64,
}

/// All that are not done, whoever has ordered them, in the order in which they are made.
pub(super) fn undone(tx: &mut dyn Sql) -> Result<Vec<Undone>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT id, lang, method, scope, period, reason, state, words, ordered_at, release_id, CAST(NULL AS TEXT), heard_at,
                    tries
             FROM release_order WHERE state IN ('waiting', 'working') ORDER BY ordered_at, id"
        ),
        &[],
    )?;
    rows.iter().map(|row| Ok(Undone { order: order(row)?, heard: row.get(11)?, tries: row.get(12)? })).collect()
}

/// Takes an order to make it.
pub(super) fn take(tx: &mut dyn Sql, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(
        sql!("UPDATE release_order SET state = 'working', words = '', heard_at = $2, tries = tries + 1 WHERE id = $1"),
        &args![id, now],
    )?;
    Ok(())
}

/// What is known of an order now, unless it is done. The release is kept with the one that made it.
pub(super) fn tell(
    tx: &mut dyn Sql,
    id: Uuid,
    (state, words, release): (State, &str, Option<&str>),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "UPDATE release_order SET state = $2, words = $3, release_id = $4, heard_at = $5
             WHERE id = $1 AND state IN ('waiting', 'working')"
        ),
        &args![id, state.code(), words, release, now],
    )?;
    Ok(())
}

/// Whoever makes it is still there.
pub(super) fn heard(tx: &mut dyn Sql, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    tx.exec(sql!("UPDATE release_order SET heard_at = $2 WHERE id = $1"), &args![id, now])?;
    Ok(())
}
