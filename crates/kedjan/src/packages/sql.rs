//! All SQL of nodes and packages.

use jiff::Timestamp;
use uuid::Uuid;

use super::node::{Node, Own};
use super::{Count, Fate, Key, Places, Trace};
use crate::secrets::PublicKey;
use crate::store::{Row, Sql, StoreError, Val};
use crate::{args, sql};

fn node(row: &Row) -> Result<Node, StoreError> {
    let key: Vec<u8> = row.get(3)?;
    Ok(Node {
        id: row.get(0)?,
        org: row.get(1)?,
        name: row.get(2)?,
        key: PublicKey::from_slice(&key).ok_or_else(|| StoreError::Corrupt("a node's key has not 32 bytes".into()))?,
        places: Places { nation: row.get(4)?, codes: Default::default() },
        since: row.get(5)?,
        ended_at: row.get(6)?,
    })
}

fn with_places(tx: &mut dyn Sql, mut node: Node) -> Result<Node, StoreError> {
    let rows = tx.rows(sql!("SELECT place FROM peer_place WHERE peer_id = $1"), &args![node.id])?;
    node.places.codes = rows.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    Ok(node)
}

pub(super) fn own(tx: &mut dyn Sql) -> Result<Option<Own>, StoreError> {
    let row = tx.opt(
        sql!("SELECT id, org_id, name, public_key, nation, since, ended_at, key_sealed FROM peer WHERE own"),
        &[],
    )?;
    let Some(row) = row else { return Ok(None) };
    let sealed = row.get(7)?;
    Ok(Some(Own { node: with_places(tx, node(&row)?)?, sealed }))
}

pub(super) fn by_name(tx: &mut dyn Sql, name: &str) -> Result<Option<Node>, StoreError> {
    let row = tx.opt(
        sql!("SELECT id, org_id, name, public_key, nation, since, ended_at FROM peer WHERE name = $1 AND NOT own"),
        &args![name],
    )?;
    row.map(|row| with_places(tx, node(&row)?)).transpose()
}

pub(super) fn by_key(tx: &mut dyn Sql, key: &PublicKey) -> Result<Option<Node>, StoreError> {
    let row = tx.opt(
        sql!(
            "SELECT id, org_id, name, public_key, nation, since, ended_at FROM peer
             WHERE public_key = $1 AND NOT own"
        ),
        &args![key.bytes()],
    )?;
    row.map(|row| with_places(tx, node(&row)?)).transpose()
}

/// The node with this key, if it is trusted.
pub(super) fn trusted(tx: &mut dyn Sql, key: &PublicKey) -> Result<Option<Node>, StoreError> {
    Ok(by_key(tx, key)?.filter(|node| node.ended_at.is_none()))
}

/// The other nodes, those that are trusted first; a few.
pub(super) fn all(tx: &mut dyn Sql, offset: i64, limit: i64) -> Result<Vec<Node>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT id, org_id, name, public_key, nation, since, ended_at FROM peer WHERE NOT own
             ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, name LIMIT $1 OFFSET $2"
        ),
        &args![limit, offset],
    )?;
    let mut nodes = Vec::new();
    for row in &rows {
        nodes.push(with_places(tx, node(row)?)?);
    }
    Ok(nodes)
}

pub(super) fn count(tx: &mut dyn Sql) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM peer WHERE NOT own"), &[])?.get(0)
}

/// Makes a node or changes what is known of it.
pub(super) fn put(tx: &mut dyn Sql, node: &Node, own: bool, sealed: Option<&[u8]>) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO peer (id, org_id, own, name, public_key, key_sealed, nation, since, ended_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO UPDATE SET org_id = excluded.org_id, name = excluded.name,
               public_key = excluded.public_key, key_sealed = excluded.key_sealed, nation = excluded.nation,
               since = excluded.since, ended_at = excluded.ended_at"
        ),
        &args![
            node.id,
            node.org,
            own,
            &node.name,
            node.key.bytes(),
            sealed,
            node.places.nation,
            node.since,
            node.ended_at
        ],
    )?;
    tx.exec(sql!("DELETE FROM peer_place WHERE peer_id = $1"), &args![node.id])?;
    for place in &node.places.codes {
        tx.exec(sql!("INSERT INTO peer_place (peer_id, place) VALUES ($1, $2)"), &args![node.id, place])?;
    }
    Ok(())
}

fn trace(row: &Row) -> Result<Trace, StoreError> {
    let fate: String = row.get(8)?;
    Ok(Trace {
        id: row.get(0)?,
        peer: row.get(1)?,
        at: row.get(2)?,
        period: row.get(3)?,
        seq: row.get(4)?,
        replaces: row.get(5)?,
        reason: row.get(6)?,
        digest: row.get(7)?,
        fate: Fate::from_name(&fate).ok_or_else(|| StoreError::Corrupt("a package has no fate".into()))?,
        why: row.get(9)?,
        late: row.get(10)?,
        municipalities: row.get(11)?,
        row_count: row.get(12)?,
        total: row.get(13)?,
        difference: row.get(14)?,
    })
}

/// The package of this digest that was taken, if one was, also when it was set aside since.
pub(super) fn taken_with(tx: &mut dyn Sql, digest: &[u8]) -> Result<Option<Trace>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, peer_id, at, period, seq, replaces, reason, digest, fate, why, late, municipalities, row_count,
                    total, difference
             FROM package WHERE digest = $1 AND fate IN ('stands', 'replaced', 'set_aside')"
        ),
        &args![digest],
    )?
    .map(|row| trace(&row))
    .transpose()
}

/// The latest package of a node for a month that was sent (or taken, also when it was set aside since). A number above the
/// highest that can be is none: a clock was wrong, and it must not stand in the way of right ones.
pub(super) fn latest(
    tx: &mut dyn Sql,
    peer: Uuid,
    period: &str,
    sent: bool,
    highest: i64,
) -> Result<Option<Trace>, StoreError> {
    let statement = if sent {
        sql!(
            "SELECT id, peer_id, at, period, seq, replaces, reason, digest, fate, why, late, municipalities, row_count,
                    total, difference
             FROM package WHERE peer_id = $1 AND period = $2 AND fate = 'sent' AND seq <= $3
             ORDER BY seq DESC LIMIT 1"
        )
    } else {
        sql!(
            "SELECT id, peer_id, at, period, seq, replaces, reason, digest, fate, why, late, municipalities, row_count,
                    total, difference
             FROM package WHERE peer_id = $1 AND period = $2 AND fate IN ('stands', 'replaced', 'set_aside')
               AND seq <= $3
             ORDER BY seq DESC LIMIT 1"
        )
    };
    tx.opt(statement, &args![peer, period, highest])?.map(|row| trace(&row)).transpose()
}

/// The package of a node for a month that stands.
pub(super) fn stands(tx: &mut dyn Sql, peer: Uuid, period: &str) -> Result<Option<Trace>, StoreError> {
    tx.opt(
        sql!(
            "SELECT id, peer_id, at, period, seq, replaces, reason, digest, fate, why, late, municipalities, row_count,
                    total, difference
             FROM package WHERE peer_id = $1 AND period = $2 AND fate = 'stands'"
        ),
        &args![peer, period],
    )?
    .map(|row| trace(&row))
    .transpose()
}

/// The packages, the latest first, each with the name of its node.
pub(super) fn traces(tx: &mut dyn Sql, offset: i64, limit: i64) -> Result<Vec<(Trace, Option<String>)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT p.id, p.peer_id, p.at, p.period, p.seq, p.replaces, p.reason, p.digest, p.fate, p.why, p.late,
                    p.municipalities, p.row_count, p.total, p.difference, n.name
             FROM package p LEFT JOIN peer n ON n.id = p.peer_id ORDER BY p.id DESC LIMIT $1 OFFSET $2"
        ),
        &args![limit, offset],
    )?
    .iter()
    .map(|row| Ok((trace(row)?, row.get(15)?)))
    .collect()
}

pub(super) fn count_traces(tx: &mut dyn Sql) -> Result<i64, StoreError> {
    tx.one(sql!("SELECT COUNT(*) FROM package"), &[])?.get(0)
}

pub(super) fn insert_trace(tx: &mut dyn Sql, t: &Trace) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "INSERT INTO package (id, peer_id, at, period, seq, replaces, reason, digest, fate, why, late,
                                  municipalities, row_count, total, difference)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ),
        &args![
            t.id,
            t.peer,
            t.at,
            &t.period,
            t.seq,
            t.replaces,
            &t.reason,
            t.digest.as_slice(),
            t.fate.name(),
            &t.why,
            t.late,
            t.municipalities,
            t.row_count,
            t.total,
            t.difference
        ],
    )?;
    Ok(())
}

/// Whether a file has been refused before, for the same reasons.
pub(super) fn refused_before(tx: &mut dyn Sql, digest: &[u8], why: &str) -> Result<bool, StoreError> {
    let row = tx.opt(
        sql!("SELECT id FROM package WHERE digest = $1 AND fate = 'refused' AND why = $2 LIMIT 1"),
        &args![digest, why],
    )?;
    Ok(row.is_some())
}

/// How many packages of a node have been refused since a moment.
pub(super) fn refused_since(tx: &mut dyn Sql, peer: Uuid, since: Timestamp) -> Result<i64, StoreError> {
    tx.one(
        sql!("SELECT COUNT(*) FROM package WHERE peer_id = $1 AND fate = 'refused' AND at >= $2"),
        &args![peer, since],
    )?
    .get(0)
}

/// Lets go of the oldest traces of what nobody known had signed: strangers must not fill the store.
pub(super) fn prune_strangers(tx: &mut dyn Sql, keep: i64) -> Result<(), StoreError> {
    tx.exec(
        sql!(
            "DELETE FROM package WHERE peer_id IS NULL AND id <= (
               SELECT id FROM package WHERE peer_id IS NULL ORDER BY id DESC LIMIT 1 OFFSET $1)"
        ),
        &args![keep],
    )?;
    Ok(())
}

/// Takes away what a node's package of a month has put here, and says what has become of it.
pub(super) fn clear(tx: &mut dyn Sql, peer: Uuid, period: &str, fate: Fate) -> Result<(), StoreError> {
    tx.exec(sql!("DELETE FROM tally_taken WHERE peer_id = $1 AND month = $2"), &args![peer, period])?;
    tx.exec(sql!("DELETE FROM package_place WHERE peer_id = $1 AND period = $2"), &args![peer, period])?;
    tx.exec(
        sql!("UPDATE package SET fate = $3 WHERE peer_id = $1 AND period = $2 AND fate = 'stands'"),
        &args![peer, period, fate.name()],
    )?;
    Ok(())
}

pub(super) fn insert_place(
    tx: &mut dyn Sql,
    period: &str,
    municipality: &str,
    peer: Uuid,
    package: Uuid,
) -> Result<(), StoreError> {
    tx.exec(
        sql!("INSERT INTO package_place (period, municipality, peer_id, package_id) VALUES ($1, $2, $3, $4)"),
        &args![period, municipality, peer, package],
    )?;
    Ok(())
}

/// Who has reported for a month, by municipality, and in a package of which node.
pub(super) fn reported(tx: &mut dyn Sql, period: &str) -> Result<Vec<(String, Uuid)>, StoreError> {
    tx.rows(
        sql!("SELECT municipality, peer_id FROM package_place WHERE period = $1 ORDER BY municipality"),
        &args![period],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?)))
    .collect()
}

/// How many counts [`insert_counts`] writes with one statement.
const AT_ONCE: usize = 16;

/// Writes counts of a node's package. Many at a time: on PostgreSQL each statement is a way there and back.
pub(super) fn insert_counts(tx: &mut dyn Sql, peer: Uuid, month: &str, counts: &[Count]) -> Result<(), StoreError> {
    let (many, rest) = counts.as_chunks::<AT_ONCE>();
    for sixteen in many {
        let mut args = vec![Val::from(peer), Val::from(month)];
        for Count { key, n } in sixteen {
            args.extend([
                Val::from(&key.county),
                Val::from(&key.method),
                Val::from(&key.measure),
                Val::from(key.bucket),
                Val::from(&key.municipality),
                Val::from(&key.sex),
                Val::from(&key.age_band),
                Val::from(*n),
            ]);
        }
        tx.exec(
            sql!(
                "INSERT INTO tally_taken (county, method, month, measure, bucket, municipality, sex, age_band, peer_id, n)
                 VALUES
                    ($3, $4, $2, $5, $6, $7, $8, $9, $1, $10),
                    ($11, $12, $2, $13, $14, $15, $16, $17, $1, $18),
                    ($19, $20, $2, $21, $22, $23, $24, $25, $1, $26),
                    ($27, $28, $2, $29, $30, $31, $32, $33, $1, $34),
                    ($35, $36, $2, $37, $38, $39, $40, $41, $1, $42),
                    ($43, $44, $2, $45, $46, $47, $48, $49, $1, $50),
                    ($51, $52, $2, $53, $54, $55, $56, $57, $1, $58),
                    ($59, $60, $2, $61, $62, $63, $64, $65, $1, $66),
                    ($67, $68, $2, $69, $70, $71, $72, $73, $1, $74),
                    ($75, $76, $2, $77, $78, $79, $80, $81, $1, $82),
                    ($83, $84, $2, $85, $86, $87, $88, $89, $1, $90),
                    ($91, $92, $2, $93, $94, $95, $96, $97, $1, $98),
                    ($99, $100, $2, $101, $102, $103, $104, $105, $1, $106),
                    ($107, $108, $2, $109, $110, $111, $112, $113, $1, $114),
                    ($115, $116, $2, $117, $118, $119, $120, $121, $1, $122),
                    ($123, $124, $2, $125, $126, $127, $128, $129, $1, $130)"
            ),
            &args,
        )?;
    }
    rest.iter().try_for_each(|count| insert_count(tx, peer, month, count))
}

fn insert_count(tx: &mut dyn Sql, peer: Uuid, month: &str, count: &Count) -> Result<(), StoreError> {
    let Count { key, n } = count;
    tx.exec(
        sql!(
            "INSERT INTO tally_taken (county, method, month, measure, bucket, municipality, sex, age_band, peer_id, n)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        &args![
            &key.county,
            &key.method,
            month,
            &key.measure,
            key.bucket,
            &key.municipality,
            &key.sex,
            &key.age_band,
            peer,
            *n
        ],
    )?;
    Ok(())
}

fn counts(rows: &[Row], county: &str, method: &str) -> Result<Vec<Count>, StoreError> {
    rows.iter()
        .map(|row| {
            let key = Key {
                county: county.to_owned(),
                method: method.to_owned(),
                measure: row.get(0)?,
                bucket: row.get(1)?,
                municipality: row.get(2)?,
                sex: row.get(3)?,
                age_band: row.get(4)?,
            };
            Ok(Count { key, n: row.get(5)? })
        })
        .collect()
}

/// The installation's own counts of a county, method and month, units added together.
pub(super) fn own_counts(tx: &mut dyn Sql, county: &str, method: &str, month: &str) -> Result<Vec<Count>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT measure, bucket, municipality, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM tally WHERE county = $1 AND method = $2 AND month = $3
             GROUP BY measure, bucket, municipality, sex, age_band HAVING SUM(n) <> 0"
        ),
        &args![county, method, month],
    )?;
    counts(&rows, county, method)
}

/// The municipalities that the installation has counts of its own in, for a county, method and month.
pub(super) fn own_municipalities(
    tx: &mut dyn Sql,
    county: &str,
    method: &str,
    month: &str,
) -> Result<Vec<String>, StoreError> {
    tx.rows(
        sql!(
            "SELECT municipality FROM tally WHERE county = $1 AND method = $2 AND month = $3
             GROUP BY municipality HAVING SUM(n) <> 0"
        ),
        &args![county, method, month],
    )?
    .iter()
    .map(|row| row.get(0))
    .collect()
}

/// The counts of a county, method and month that were taken from others, nodes added together.
pub(super) fn taken_counts(
    tx: &mut dyn Sql,
    county: &str,
    method: &str,
    month: &str,
) -> Result<Vec<Count>, StoreError> {
    let rows = tx.rows(
        sql!(
            "SELECT measure, bucket, municipality, sex, age_band, CAST(SUM(n) AS BIGINT)
             FROM tally_taken WHERE county = $1 AND method = $2 AND month = $3
             GROUP BY measure, bucket, municipality, sex, age_band HAVING SUM(n) <> 0"
        ),
        &args![county, method, month],
    )?;
    counts(&rows, county, method)
}

/// The sum of what a node's package of a month has put here.
pub(super) fn total_of(tx: &mut dyn Sql, peer: Uuid, month: &str) -> Result<i64, StoreError> {
    tx.one(
        sql!("SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM tally_taken WHERE peer_id = $1 AND month = $2"),
        &args![peer, month],
    )?
    .get(0)
}

/// The packages that stand, with the name of their nodes and what is kept of their sums.
pub(super) fn standing(tx: &mut dyn Sql) -> Result<Vec<(Uuid, String, String, i64)>, StoreError> {
    tx.rows(
        sql!(
            "SELECT p.peer_id, n.name, p.period, p.total FROM package p JOIN peer n ON n.id = p.peer_id
             WHERE p.fate = 'stands' ORDER BY p.id"
        ),
        &[],
    )?
    .iter()
    .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
    .collect()
}

/// The method files that were taken in, with their digests.
pub(super) fn methods(tx: &mut dyn Sql) -> Result<Vec<(String, u32, Vec<u8>)>, StoreError> {
    tx.rows(sql!("SELECT id, version, digest FROM method_file ORDER BY id, version"), &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
}

/// The names of nodes by id.
pub(super) fn name_of(tx: &mut dyn Sql, peer: Uuid) -> Result<Option<String>, StoreError> {
    tx.opt(sql!("SELECT name FROM peer WHERE id = $1"), &args![peer])?.map(|row| row.get(0)).transpose()
}
