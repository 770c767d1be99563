//! The protector: which cells have to be withheld so that no protected cell can be computed from what is published.
//!
//! It is the method of GaussSuppression (Langsrud 2024) turned round: instead of eliminating over the innermost cells it
//! works on the equations between cells, of which each cell has only a few. What is withheld cannot be left out: to
//! publish any one secondary cell would fix a protected one. That is about equations alone. That counts are whole and
//! not negative is for the attacker to use ([`crate::attack`]) and for the repair to mend ([`crate::repair`]).

mod grow;
mod order;
mod shrink;
mod system;

pub use order::order;

use crate::problem::{CellId, Problem, Role};

/// Protected cells that cannot be protected by withholding anything that may be withheld.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} cells follow from what is published already, contradict it, or have nothing to hide among", .0.len())]
pub struct Unprotectable(pub Vec<CellId>);

/// Which cells are withheld, the primary ones included. `order` is each cell's place; larger places are published first.
///
/// # Errors
/// The cells that cannot be protected.
/// `least` are cells of which it is known that their counts cannot be less.
pub fn protect(problem: &Problem, order: &[u32], least: &[u32]) -> Result<Vec<bool>, Unprotectable> {
    let of = |cell: u32| problem.roles().get(cell as usize).copied().unwrap_or(Role::Open);
    let cells = u32::try_from(problem.len()).unwrap_or(u32::MAX);
    let mut unknown: Vec<u32> = (0..cells).filter(|cell| of(*cell) != Role::Open).collect();
    let first = |role: Role| match role {
        Role::Unseen | Role::Hidden => 0,
        Role::Primary | Role::Kept | Role::Secret | Role::Guard => 1,
        Role::Open | Role::Free => 2,
    };
    unknown.sort_by_key(|cell| (first(of(*cell)), order.get(*cell as usize).copied()));
    let protected: Vec<u32> = unknown.iter().copied().filter(|cell| of(*cell).protected()).collect();
    let system = system::System::new(problem);
    let circuits = grow::Grow::new(&system, &protected, least).run(&unknown).map_err(Unprotectable)?;
    let never: Vec<bool> = problem.roles().iter().map(|role| *role != Role::Free).collect();
    let shrink = shrink::Shrink::new(problem.len(), &circuits, &protected, least);
    let mut withheld: Vec<bool> =
        problem.roles().iter().map(|role| role.protected() || *role == Role::Hidden).collect();
    for cell in shrink.run(unknown.iter().rev().copied(), &never) {
        if let Some(slot) = withheld.get_mut(cell as usize) {
            *slot = true;
        }
    }
    Ok(withheld)
}
