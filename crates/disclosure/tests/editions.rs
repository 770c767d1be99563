//! Editions over time: what was published stays, what was withheld stays, and who reported is a part of what a cell is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use disclosure::attack::{self, Released, Shown};
use disclosure::cube::{Cube, Shape};
use disclosure::dimension::Dimension;
use disclosure::ledger::{Betrayal, Ledger, Reporting};
use disclosure::protect::{Plan, Protected, protect};
use disclosure::rule::Rule;

fn county(counts: [[u64; 2]; 3]) -> Cube {
    let place = Dimension::of_links("place", &[("a", "county"), ("b", "county"), ("c", "county"), ("county", "Total")])
        .unwrap();
    let shape = Shape::new("", vec![place, Dimension::flat("sex", ["k", "m"])]).unwrap();
    let inner = (0..3).flat_map(|p| (0..2).map(move |s| (vec![p, s], counts[p][s])));
    Cube::of(shape, "n", inner).unwrap()
}

fn reporting<'a>(codes: &[&'a str]) -> Reporting<'a> {
    Reporting { dimension: "place", reporters: codes.iter().copied().collect() }
}

fn released(cube: &Cube, plan: &Plan) -> Protected {
    let protected = protect(cube, plan, Rule::default(), &attack::one_by_one).unwrap();
    assert!(protected.leaks().is_empty(), "{:?}", protected.leaks());
    protected
}

fn at(cube: &Cube, codes: [&str; 2]) -> usize {
    let ranks: Vec<usize> = cube.shape().dimensions().iter().zip(codes).map(|(d, c)| d.rank(c).unwrap()).collect();
    cube.shape().cell(&ranks)
}

#[test]
fn a_municipality_that_joins_is_not_betrayed_by_the_totals_before_and_after() {
    // c joins with 2 women and 40 men: the difference of the totals must not say 2.
    let before = county([[20, 30], [25, 35], [0, 0]]);
    let first = reporting(&["a", "b"]);
    let mut ledger = Ledger::default();
    let one = released(&before, &ledger.plan(&before, &first));
    ledger.record("2025", &before, one.shown(), &first).unwrap();
    assert_eq!(one.shown()[at(&before, ["county", "k"])], Shown::Open(45));

    let after = county([[20, 30], [25, 35], [2, 40]]);
    let second = reporting(&["a", "b", "c"]);
    let plan = ledger.plan(&after, &second);
    assert!(!plan.links.is_empty());
    let two = released(&after, &plan);
    assert_eq!(two.shown()[at(&after, ["c", "k"])], Shown::Withheld);
    assert_eq!(two.shown()[at(&after, ["county", "k"])], Shown::Withheld, "47 - 45 would say 2");
    assert_eq!(two.shown()[at(&after, ["a", "k"])], Shown::Open(20), "what was published stays");
    ledger.record("2026", &after, two.shown(), &second).unwrap();

    // Without the ledger the county's total is published, and the difference gives the two away.
    let blind = released(&after, &Plan::default());
    assert!(
        matches!(blind.shown()[at(&after, ["county", "k"])], Shown::Open(47))
            || blind.shown()[at(&after, ["a", "k"])] == Shown::Withheld
    );
    let mut joint = Released::new(after.shape(), blind.shown().to_vec(), true);
    let old = joint.add(Shown::Open(45));
    joint.relate(at(&after, ["county", "k"]) as u32, vec![old, at(&after, ["c", "k"]) as u32]);
    // What was open in the first edition is known to everybody.
    joint.show(at(&after, ["a", "k"]) as u32, Shown::Open(20));
    joint.show(at(&after, ["b", "k"]) as u32, Shown::Open(25));
    let findings = attack::one_by_one(&joint.parts(None).unwrap());
    let fallen = findings.iter().flat_map(|finding| &finding.fallen);
    assert!(fallen.map(|fallen| fallen.cell).any(|cell| cell as usize == at(&after, ["c", "k"])));
}

#[test]
fn a_municipality_that_leaves_is_not_betrayed_either() {
    let before = county([[20, 30], [25, 35], [2, 40]]);
    let first = reporting(&["a", "b", "c"]);
    let mut ledger = Ledger::default();
    let one = released(&before, &ledger.plan(&before, &first));
    ledger.record("2025", &before, one.shown(), &first).unwrap();
    let after = county([[20, 30], [25, 35], [0, 0]]);
    let second = reporting(&["a", "b"]);
    let two = released(&after, &ledger.plan(&after, &second));
    let open = |protected: &Protected, codes| matches!(protected.shown()[at(&before, codes)], Shown::Open(_));
    assert!(!(open(&one, ["county", "k"]) && open(&two, ["county", "k"])), "47 - 45 would say 2");
}

#[test]
fn a_change_of_a_few_is_withheld_and_a_larger_one_may_be_shown() {
    let before = county([[20, 30], [25, 35], [22, 40]]);
    let earlier: Vec<(usize, Shown)> = before.counts().iter().map(|count| Shown::Open(*count)).enumerate().collect();
    let late = county([[21, 30], [25, 35], [22, 60]]);
    let two = released(&late, &Plan { earlier, ..Plan::default() });
    assert_eq!(two.shown()[at(&late, ["a", "k"])], Shown::Withheld, "20 and 21 would say that one came late");
    assert!(matches!(two.shown()[at(&late, ["b", "k"])], Shown::Open(25)));
    assert_eq!(two.changed, 10);
}

#[test]
fn the_ledger_refuses_what_would_contradict_or_betray_it_and_takes_nothing_of_it() {
    let cube = county([[20, 30], [25, 35], [2, 40]]);
    let all = reporting(&["a", "b", "c"]);
    let mut ledger = Ledger::default();
    let one = released(&cube, &Plan::default());
    ledger.record("2025", &cube, one.shown(), &all).unwrap();
    let changed = county([[29, 30], [25, 35], [2, 40]]);
    let everything: Vec<Shown> = changed.counts().iter().map(|count| Shown::Open(*count)).collect();
    let wrong = ledger.record("2026", &changed, &everything, &all).unwrap_err();
    assert!(wrong.iter().any(|w| matches!(w, Betrayal::Opened { cell, .. } if cell == "c k")));
    assert!(wrong.iter().any(|w| w.to_string() == "a Total was published as 50 in 2025 and would be 59"), "{wrong:?}");
    assert!(ledger.entries().all(|entry| entry.edition == "2025"));
    // It can be kept and taken up again.
    let kept = serde_json::to_string(&ledger.entries().collect::<Vec<_>>()).unwrap();
    let again = Ledger::of(serde_json::from_str::<Vec<disclosure::ledger::Entry>>(&kept).unwrap());
    assert_eq!(again.entries().count(), ledger.entries().count());
    assert_eq!(again.plan(&cube, &all).earlier, ledger.plan(&cube, &all).earlier);
}

#[test]
fn somebody_alone_in_a_cell_does_not_learn_of_the_others_by_subtracting_themselves() {
    // One woman and four men in a: their sum of five would be published, and she would subtract herself.
    let cube = county([[1, 4], [25, 35], [22, 40]]);
    let rule = Rule { alone: true, ..Rule::default() };
    let protected = protect(&cube, &Plan::default(), rule, &attack::one_by_one).unwrap();
    assert!(protected.leaks().is_empty() && protected.protection().told_to_one.is_empty());
    let mut known = protected.shown().to_vec();
    known[at(&cube, ["a", "k"])] = Shown::Open(1);
    let hers = Released::new(cube.shape(), known, true);
    let fallen = attack::one_by_one(&hers.parts(Some(cube.counts())).unwrap());
    let small: Vec<u32> = fallen.iter().flat_map(|f| &f.fallen).map(|f| f.cell).collect();
    assert!(!small.contains(&(at(&cube, ["a", "m"]) as u32)), "{small:?}");
    // The protector without this word: her look gives the men away.
    let protected = released(&cube, &Plan::default());
    let mut known = protected.shown().to_vec();
    known[at(&cube, ["a", "k"])] = Shown::Open(1);
    let hers = Released::new(cube.shape(), known, true);
    let fallen = attack::one_by_one(&hers.parts(Some(cube.counts())).unwrap());
    assert!(fallen.iter().flat_map(|f| &f.fallen).any(|f| f.cell as usize == at(&cube, ["a", "m"])));
}

#[test]
fn a_search_that_is_given_up_counts_as_a_leak() {
    let cube = county([[1, 20], [2, 10], [10, 30]]);
    let gives_up = |parts: &[attack::Part]| {
        let undecided = |part: &attack::Part| part.cells().to_vec();
        parts.iter().map(|part| attack::Finding { undecided: undecided(part), ..Default::default() }).collect()
    };
    let protected = protect(&cube, &Plan::default(), Rule::default(), &gives_up).unwrap();
    assert!(!protected.leaks().is_empty());
}

#[test]
fn a_withheld_count_that_has_become_zero_is_refused_where_zeros_are_shown() {
    let cube = county([[0, 20], [12, 10], [10, 30]]);
    let cell = at(&cube, ["a", "k"]);
    let plan = Plan { earlier: vec![(cell, Shown::Withheld)], ..Plan::default() };
    let refused = protect(&cube, &plan, Rule::default(), &attack::one_by_one).unwrap_err();
    assert_eq!(refused.0, [cell as u32]);
}
