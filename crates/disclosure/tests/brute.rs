//! Protector and attacker held against an attacker that tries every table there is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod ground;

use disclosure::attack::{self, Released, Shown};
use disclosure::engine;
use disclosure::protect::{Plan, protect};
use disclosure::rule::{Rule, Zeros};
use ground::{Ground, small_cube, small_plan};
use proptest::prelude::*;

fn rule(open: bool, threshold: u64) -> Rule {
    Rule { threshold, zeros: if open { Zeros::Open } else { Zeros::Withheld }, alone: false }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn every_table_can_be_protected_and_nothing_that_is_published_lets_a_count_fall(cube in small_cube(), open: bool, threshold in 2_u64..5) {
        let rule = rule(open, threshold);
        let protected = protect(&cube, &Plan::default(), rule, &attack::one_by_one).unwrap();
        prop_assert!(protected.leaks().is_empty());
        let ground = Ground::of(cube.shape(), protected.shown(), open);
        for (cell, count) in cube.counts().iter().enumerate() {
            if rule.is_small(*count) {
                prop_assert_eq!(protected.shown()[cell], Shown::Withheld);
            }
            // Not only small counts: nothing that is withheld can be worked out.
            if protected.shown()[cell] == Shown::Withheld {
                prop_assert!(ground.can_differ(cell), "cell {} of {} falls", cell, count);
            }
        }
    }

    #[test]
    fn the_attacker_says_what_trying_every_table_says(cube in small_cube(), open: bool, threshold in 2_u64..5, holes: u64) {
        // A protector with holes: the small counts, and some others at random.
        let rule = rule(open, threshold);
        let shown: Vec<Shown> = cube.counts().iter().enumerate().map(|(cell, count)| {
            let at_random = (holes >> (cell % 64)) & 1 == 1 && (*count > 0 || !open);
            if rule.is_small(*count) || at_random { Shown::Withheld } else { Shown::Open(*count) }
        }).collect();
        agrees(&cube, shown, open)?;
    }

    #[test]
    fn the_attacker_agrees_on_linked_tables_too((cube, tables) in small_plan(), open: bool, threshold in 2_u64..5) {
        let rule = rule(open, threshold);
        let shown: Vec<Shown> = cube.counts().iter().zip(&tables).map(|(count, in_table)| match in_table {
            false => Shown::Unseen,
            true if rule.is_small(*count) => Shown::Withheld,
            true => Shown::Open(*count),
        }).collect();
        agrees(&cube, shown, open)?;
    }

    #[test]
    fn linked_tables_do_not_betray_each_other((cube, tables) in small_plan(), open: bool, threshold in 2_u64..5) {
        let plan = Plan { tables, ..Plan::default() };
        let protected = protect(&cube, &plan, rule(open, threshold), &attack::one_by_one).unwrap();
        prop_assert!(protected.leaks().is_empty());
        let ground = Ground::of(cube.shape(), protected.shown(), open);
        for (cell, shown) in protected.shown().iter().enumerate() {
            prop_assert!(*shown != Shown::Withheld || ground.can_differ(cell), "cell {} falls", cell);
        }
    }

    #[test]
    fn a_later_edition_keeps_to_what_an_earlier_one_published(cube in small_cube(), first in any::<u64>(), open: bool, threshold in 2_u64..5) {
        // The first edition has some of the cells, the second all of them.
        let rule = rule(open, threshold);
        let tables: Vec<bool> = (0..cube.counts().len()).map(|cell| (first >> (cell % 64)) & 1 == 1).collect();
        let plan = Plan { tables: tables.clone(), ..Plan::default() };
        let Ok(one) = protect(&cube, &plan, rule, &attack::one_by_one) else { return Ok(()) };
        if !one.leaks().is_empty() { return Ok(()) }
        let earlier: Vec<(usize, Shown)> =
            one.shown().iter().copied().enumerate().filter(|(_, shown)| *shown != Shown::Unseen).collect();
        let plan = Plan { earlier: earlier.clone(), ..Plan::default() };
        let Ok(two) = protect(&cube, &plan, rule, &attack::one_by_one) else { return Ok(()) };
        if !two.leaks().is_empty() { return Ok(()) }
        for (cell, shown) in &earlier {
            prop_assert_eq!(two.shown()[*cell], *shown);
        }
        let ground = Ground::of(cube.shape(), two.shown(), open);
        for (cell, shown) in two.shown().iter().enumerate() {
            prop_assert!(*shown != Shown::Withheld || ground.can_differ(cell), "cell {} falls", cell);
        }
    }

    #[test]
    fn a_protector_that_is_weakened_is_caught(cube in small_cube(), open: bool, pick: usize) {
        // One secondary cell is published after all: equations alone then give a small count away.
        let rule = rule(open, 4);
        let problem = cube.problem(|_, count| rule.role(count));
        let Ok(mut withheld) = engine::protect(&problem, &engine::order(&cube), &[]) else { return Ok(()) };
        let secondary: Vec<usize> =
            (0..withheld.len()).filter(|cell| withheld[*cell] && !rule.is_small(cube.counts()[*cell])).collect();
        if secondary.is_empty() { return Ok(()) }
        withheld[secondary[pick % secondary.len()]] = false;
        let shown: Vec<Shown> = cube.counts().iter().zip(&withheld)
            .map(|(count, withheld)| if *withheld { Shown::Withheld } else { Shown::Open(*count) }).collect();
        let released = Released::new(cube.shape(), shown, open);
        let small_falls = |truth: Option<&[u64]>| {
            let findings = attack::one_by_one(&released.parts(truth).unwrap());
            findings.iter().flat_map(|finding| &finding.fallen).any(|fallen| rule.is_small(cube.counts()[fallen.cell as usize]))
        };
        prop_assert!(small_falls(Some(cube.counts())), "with the truth");
        prop_assert!(small_falls(None), "from outside");
    }
}

/// The attacker, with and without the truth, against trying every table.
fn agrees(cube: &disclosure::cube::Cube, shown: Vec<Shown>, open: bool) -> Result<(), TestCaseError> {
    let ground = Ground::of(cube.shape(), &shown, open);
    let released = Released::new(cube.shape(), shown.clone(), open);
    for truth in [Some(cube.counts()), None] {
        let findings = attack::one_by_one(&released.parts(truth).unwrap());
        let mut said = vec![None; shown.len()];
        for finding in &findings {
            prop_assert!(!finding.impossible && finding.undecided.is_empty());
            for fallen in &finding.fallen {
                said[fallen.cell as usize] = Some(true);
                prop_assert_eq!(fallen.value, cube.counts()[fallen.cell as usize]);
            }
            for (cell, least, most) in &finding.ranges {
                said[*cell as usize] = Some(false);
                prop_assert!(
                    least < most && ground.reaches(*cell as usize, *least) && ground.reaches(*cell as usize, *most)
                );
            }
        }
        for (cell, shown) in shown.iter().enumerate() {
            if *shown == Shown::Withheld {
                prop_assert_eq!(said[cell], Some(!ground.can_differ(cell)), "cell {} truth {}", cell, truth.is_some());
            }
        }
    }
    Ok(())
}
