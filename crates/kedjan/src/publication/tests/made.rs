//! Tallies made for the tests, without the cases that they would come from.

use uuid::Uuid;

use crate::store::{Sql, StoreError};
use crate::testing::World;
use crate::{args, sql};

/// Adds to a tally of the police in a county.
pub(crate) fn tally(world: &World, county: &str, municipality: &str, month: &str, measure: &str, n: i64) {
    let officer = world.officer.clone();
    tally_of(world, (officer.org, officer.unit), [county, municipality, month, measure, "man", "25-34"], n);
}

/// Adds to a tally of a unit: county, municipality, month, measure, sex and age band.
pub(crate) fn tally_of(world: &World, desk: (Uuid, Uuid), of: [&str; 6], n: i64) {
    counted(world, "smadit", desk, of, n);
}

/// Adds to a tally of a unit for any method.
pub(crate) fn counted(world: &World, method: &str, desk: (Uuid, Uuid), of: [&str; 6], n: i64) {
    let [county, municipality, month, measure, sex, age] = of.map(str::to_owned);
    let method = method.to_owned();
    world
        .app
        .store
        .write_blocking(move |tx: &mut dyn Sql| {
            tx.exec(
                sql!(
                    "INSERT INTO tally (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band, n)
                     VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10)
                     ON CONFLICT (county, method, month, measure, bucket, municipality, org_id, unit_id, sex, age_band)
                     DO UPDATE SET n = tally.n + excluded.n"
                ),
                &args![&county, &method, &month, &measure, &municipality, desk.0, desk.1, &sex, &age, n],
            )?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// A tally that another installation has reported.
pub(crate) fn taken(world: &World, county: &str, municipality: &str, month: &str, measure: &str, n: i64) {
    let [county, municipality, month, measure] = [county, municipality, month, measure].map(str::to_owned);
    world
        .app
        .store
        .write_blocking(move |tx: &mut dyn Sql| {
            tx.exec(
                sql!(
                    "INSERT INTO tally_taken (county, method, month, measure, bucket, municipality, sex, age_band, peer_id, n)
                     VALUES ($1, 'smadit', $2, $3, 0, $4, 'man', '25-34', $5, $6)"
                ),
                &args![&county, &month, &measure, &municipality, Uuid::new_v4(), n],
            )?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
}
