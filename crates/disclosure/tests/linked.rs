//! Tables told cell by cell, held against an attacker that tries every table.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod ground;

use disclosure::attack::{self, Shown};
use disclosure::cube::Cube;
use disclosure::linked::{Linked, Standing};
use disclosure::protect::Protected;
use disclosure::rule::Rule;
use ground::{Ground, small_cube};
use proptest::prelude::*;

/// A cube of which the code `m` of the second dimension is in no table: only who is in `k`, and all.
fn all_and_some(cube: &Cube, before: &[(usize, Shown)]) -> Linked {
    let mut linked = Linked::default();
    for (cell, count) in cube.counts().iter().enumerate() {
        let between = cube.shape().codes(cell)[1] == "m";
        let shown = before.iter().find(|(at, _)| *at == cell).map(|(_, shown)| *shown);
        linked.cell(
            *count,
            match shown {
                Some(shown) => Standing::Before(shown),
                None if between => Standing::Between,
                None => Standing::New,
            },
        );
    }
    cube.shape().each_sum(|whole, parts| linked.sum(whole as u32, parts.iter().map(|part| *part as u32).collect()));
    linked
}

fn rule() -> Rule {
    Rule { threshold: 3, ..Rule::default() }
}

fn stands(cube: &Cube, protected: &Protected) -> Result<(), TestCaseError> {
    let ground = Ground::of(cube.shape(), protected.shown(), true);
    for (cell, (shown, count)) in protected.shown().iter().zip(cube.counts()).enumerate() {
        match shown {
            Shown::Open(shown) => prop_assert_eq!(shown, count),
            Shown::Unseen if !rule().is_small(*count) => {}
            _ => prop_assert!(ground.can_differ(cell), "{:?} falls", cube.shape().codes(cell)),
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn neither_what_is_withheld_nor_a_small_count_between_two_that_are_shown_falls(cube in small_cube()) {
        let protected = all_and_some(&cube, &[]).protect(rule(), &attack::one_by_one).unwrap();
        prop_assert!(protected.leaks().is_empty(), "{:?}", protected.leaks());
        stands(&cube, &protected)?;
    }

    #[test]
    fn what_comes_later_keeps_to_what_came_before(cube in small_cube()) {
        // First the sums over the first dimension alone, with all that is below them reckoned with; then the rest.
        let mut first = Linked::default();
        let top = cube.shape().dimensions()[0].top();
        for (cell, count) in cube.counts().iter().enumerate() {
            let between = cube.shape().codes(cell)[1] == "m";
            let is_top = cube.shape().ranks(cell)[0] == top;
            let now = if is_top { Standing::New } else { Standing::Later };
            first.cell(*count, if between { Standing::Between } else { now });
        }
        cube.shape().each_sum(|whole, parts| first.sum(whole as u32, parts.iter().map(|part| *part as u32).collect()));
        let first = first.protect(rule(), &attack::one_by_one).unwrap();
        prop_assert!(first.leaks().is_empty());
        let shown = first.shown().iter().copied().enumerate();
        let before: Vec<(usize, Shown)> = shown.filter(|(_, shown)| *shown != Shown::Unseen).collect();
        let second = all_and_some(&cube, &before).protect(rule(), &attack::one_by_one).unwrap();
        prop_assert!(second.leaks().is_empty(), "{:?}", second.leaks());
        for (cell, shown) in &before {
            prop_assert_eq!(second.shown()[*cell], *shown);
        }
        stands(&cube, &second)?;
    }
}

#[test]
fn a_few_who_are_in_the_whole_and_not_in_the_part_do_not_follow() {
    let mut linked = Linked::default();
    let (all, some, rest) =
        (linked.cell(60, Standing::New), linked.cell(57, Standing::New), linked.cell(3, Standing::Between));
    linked.sum(all, vec![some, rest]);
    let protected = linked.protect(Rule::default(), &attack::one_by_one).unwrap();
    assert_eq!(protected.shown(), [Shown::Open(60), Shown::Withheld, Shown::Unseen]);
    assert_eq!(protected.withheld(), (0, 1));
}

#[test]
fn a_correction_of_a_few_is_not_read_off_a_later_sum() {
    // January was published as 12 and is 13; the quarter would say so.
    let mut linked = Linked::default();
    let published = linked.cell(12, Standing::Before(Shown::Open(12)));
    let [january, by] = [linked.cell(13, Standing::Later), linked.cell(1, Standing::Between)];
    linked.sum(january, vec![published, by]);
    let others = linked.cell(40, Standing::Before(Shown::Open(40)));
    let quarter = linked.cell(53, Standing::New);
    linked.sum(quarter, vec![january, others]);
    let protected = linked.protect(Rule::default(), &attack::one_by_one).unwrap();
    assert_eq!(protected.shown().last(), Some(&Shown::Withheld));
}

#[test]
fn what_cannot_be_mended_is_given_up_when_a_round_changes_nothing() {
    let mut linked = Linked::default();
    let whole = linked.cell(9, Standing::New);
    let parts = [1, 8].map(|count| linked.cell(count, Standing::New)).to_vec();
    linked.sum(whole, parts);
    // An attacker that is never done with what it is asked about.
    let never_sure = |parts: &[attack::Part]| {
        let finding = |part: &attack::Part| attack::Finding { undecided: part.cells().to_vec(), ..Default::default() };
        parts.iter().map(finding).collect()
    };
    let protected = linked.protect(rule(), &never_sure).unwrap();
    assert!(!protected.leaks().is_empty());
    assert!(protected.protection().rounds < 3, "{} rounds", protected.protection().rounds);
}
