//! Protecting a table for publication: roles by the rule and by what was published before, engine, attacker, repair.

use crate::attack::{Finding, Part, Released, Shown};
use crate::cube::Cube;
use crate::engine::{self, Unprotectable};
use crate::problem::{CellId, Problem, Role};
use crate::repair::{self, Protection};
use crate::rule::Rule;

/// What is to be published of a cube, and what was before.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// For each cell whether it is in one of the tables; all are when this is empty.
    pub tables: Vec<bool>,
    /// Cells of earlier editions: where, and how they were shown.
    pub earlier: Vec<(usize, Shown)>,
    /// What follows for cells of this edition from cells that it does not have.
    pub links: Vec<Link>,
}

/// That two sums are equal: over who reports now without those who joined, and over who reported before without those
/// who left.
#[derive(Clone, Debug)]
pub struct Link {
    /// The cell of this edition, and cells of reporters who left.
    pub whole: Vec<Side>,
    /// The cell of the earlier edition, and cells of reporters who joined.
    pub parts: Vec<Side>,
}

/// A cell in a [`Link`].
#[derive(Clone, Copy, Debug)]
pub enum Side {
    /// Of this edition.
    Now(usize),
    /// Of an earlier one: how it was shown, and its count.
    Before(Shown, u64),
}

/// A table that is protected, or that must not leave.
#[derive(Clone, Debug)]
pub struct Protected {
    pub(crate) shown: Vec<Shown>,
    pub(crate) roles: Vec<Role>,
    pub(crate) protection: Protection,
    /// Cells that were published before with another count.
    pub changed: usize,
}

impl Protected {
    /// Each cell as it may be shown.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Whether a cell is withheld because its count is small.
    pub fn is_primary(&self, cell: usize) -> bool {
        self.roles.get(cell) == Some(&Role::Primary)
    }

    /// How many cells are withheld because of their counts, and how many to protect others.
    pub fn withheld(&self) -> (usize, usize) {
        let all = self.shown.iter().filter(|shown| **shown == Shown::Withheld).count();
        let primary = (0..self.shown.len()).filter(|cell| self.is_primary(*cell)).count();
        (primary, all - primary)
    }

    /// Cells that fall whatever was done. When there are any, the table must not be published.
    pub fn leaks(&self) -> &[CellId] {
        &self.protection.leaks
    }

    /// What the engine and the attacker did.
    pub const fn protection(&self) -> &Protection {
        &self.protection
    }

    /// For withheld cells, by how much each was shown to be free to differ: (width, how many cells).
    pub fn widths(&self) -> Vec<(u64, usize)> {
        let mut widths = std::collections::BTreeMap::new();
        for (_, least, most) in &self.protection.ranges {
            *widths.entry(most - least).or_insert(0) += 1;
        }
        widths.into_iter().collect()
    }
}

/// Protects a cube. `examine` runs the attacker over parts of the table; [`crate::attack::one_by_one`] does.
///
/// # Errors
/// Cells that follow from what has to stay published.
pub fn protect(
    cube: &Cube,
    plan: &Plan,
    rule: Rule,
    examine: &dyn Fn(&[Part]) -> Vec<Finding>,
) -> Result<Protected, Unprotectable> {
    let mut roles: Vec<Role> = cube.counts().iter().map(|count| rule.role(*count)).collect();
    for (role, _) in roles.iter_mut().zip(&plan.tables).filter(|(_, in_table)| !**in_table) {
        *role = Role::Unseen;
    }
    let mut changed = 0;
    let mut cannot = Vec::new();
    for (cell, shown) in &plan.earlier {
        let (Some(role), Some(now)) = (roles.get_mut(*cell), cube.counts().get(*cell)) else { continue };
        match shown {
            Shown::Open(before) if before == now => *role = Role::Open,
            Shown::Open(before) => {
                changed += 1;
                // A change of a few is as telling as a count of a few.
                if before.abs_diff(*now) < rule.threshold && *role != Role::Primary {
                    *role = Role::Kept;
                }
            }
            // It was told that it is not zero, and zeros are shown.
            Shown::Withheld if *now == 0 && rule.zeros_open() => cannot.extend(u32::try_from(*cell)),
            Shown::Withheld if *role != Role::Primary => *role = Role::Kept,
            _ => {}
        }
    }
    if !cannot.is_empty() {
        return Err(Unprotectable(cannot));
    }
    hold_changes(cube, &plan.links, rule, &mut roles);
    let mut problem = cube.problem(|cell, _| roles.get(cell).copied().unwrap_or(Role::Unseen));
    let mut board = Released::new(cube.shape(), vec![Shown::Unseen; roles.len()], rule.zeros_open());
    for link in plan.links.iter().filter(|link| difference(cube, link) == Some(0)) {
        relate(&mut problem, &mut board, cube, link);
    }
    let order = engine::order(cube);
    let protection = repair::secure(&problem, Some(cube.shape()), &order, &board, rule.alone, examine)?;
    let shown = roles
        .iter()
        .zip(cube.counts())
        .zip(&protection.withheld)
        .map(|((role, count), withheld)| match role {
            Role::Unseen => Shown::Unseen,
            _ if *withheld => Shown::Withheld,
            _ => Shown::Open(*count),
        })
        .collect();
    Ok(Protected { shown, roles, protection, changed })
}

fn count(cube: &Cube, side: &Side) -> Option<i64> {
    match side {
        Side::Now(cell) => i64::try_from(*cube.counts().get(*cell)?).ok(),
        Side::Before(_, count) => i64::try_from(*count).ok(),
    }
}

/// By how much the two sums of a link differ, because counts were changed since.
fn difference(cube: &Cube, link: &Link) -> Option<i64> {
    let sum = |sides: &[Side]| sides.iter().map(|side| count(cube, side)).sum::<Option<i64>>();
    Some(sum(&link.whole)? - sum(&link.parts)?)
}

/// Where counts were changed by a few since, what would show it is withheld.
fn hold_changes(cube: &Cube, links: &[Link], rule: Rule, roles: &mut [Role]) {
    for link in links {
        let small = difference(cube, link).is_none_or(|by| by != 0 && by.unsigned_abs() < rule.threshold);
        if let (true, Some(Side::Now(cell))) = (small, link.whole.first())
            && let Some(role) = roles.get_mut(*cell).filter(|role| **role == Role::Free)
        {
            *role = Role::Kept;
        }
    }
}

/// Adds a link to what the protector and the attacker know: both sums are equal to one that nobody sees.
fn relate(problem: &mut Problem, board: &mut Released, cube: &Cube, link: &Link) {
    let common = link.whole.iter().filter_map(|side| count(cube, side)).sum::<i64>();
    let number = |side: &Side, problem: &mut Problem, board: &mut Released| match side {
        Side::Now(cell) => u32::try_from(*cell).unwrap_or(u32::MAX),
        Side::Before(shown, count) => {
            let role = if matches!(shown, Shown::Open(_)) { Role::Open } else { Role::Kept };
            board.add(*shown);
            problem.add(*count, role)
        }
    };
    let whole: Vec<CellId> = link.whole.iter().map(|side| number(side, problem, board)).collect();
    let parts: Vec<CellId> = link.parts.iter().map(|side| number(side, problem, board)).collect();
    board.add(Shown::Unseen);
    let both = problem.add(u64::try_from(common).unwrap_or_default(), Role::Unseen);
    for sides in [whole, parts] {
        problem.relate(both, sides.iter().copied());
        board.relate(both, sides);
    }
}
