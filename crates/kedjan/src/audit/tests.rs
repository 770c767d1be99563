//! That the chain shows what was done to it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::store::{Sql, Statement, StoreError};
use crate::testing::{World, in_each};
use crate::{args, sql};

fn tamper(world: &World, statement: &'static Statement) {
    let org = world.officer.org;
    let changed = world.app.store.write_blocking(move |tx: &mut dyn Sql| tx.exec(statement, &args![org])).unwrap();
    assert!(changed > 0, "the fault was planted");
}

fn verdict(world: &World) -> Result<super::Head, super::BrokenChain> {
    let org = world.officer.org;
    world.app.store.read_blocking(move |tx| super::verify(tx, org)).unwrap()
}

/// Each planted fault, and the record where it shows.
#[test]
fn a_changed_a_missing_and_a_cut_record_each_show() {
    let faults: [(&str, &'static Statement, i64); 4] = [
        ("a changed record", sql!("UPDATE audit SET decision = 'allow!' WHERE org_id = $1 AND seq = 2"), 2),
        ("a changed person", sql!("DELETE FROM audit_person WHERE org_id = $1 AND seq = 1"), 1),
        ("a missing record", sql!("DELETE FROM audit WHERE org_id = $1 AND seq = 2"), 2),
        ("a cut tail", sql!("DELETE FROM audit WHERE org_id = $1 AND seq >= 3"), 3),
    ];
    for (what, statement, at) in faults {
        in_each(|world| {
            for _ in 0..3 {
                world.accepted();
            }
            assert_eq!(verdict(world).unwrap().seq, 3);
            tamper(world, statement);
            assert_eq!(verdict(world).unwrap_err().seq, at, "{what}");
        });
    }
}

#[test]
fn a_unit_of_work_that_fails_leaves_no_record() {
    in_each(|world| {
        let failed = world.run(&world.officer, |tx, cx| {
            crate::access::desk(tx, cx, crate::access::Action::SeeWorkList, "list")?;
            Err::<(), _>(StoreError::Full.into())
        });
        assert!(failed.is_err());
        assert_eq!(verdict(world).unwrap().seq, 0);
    });
}
