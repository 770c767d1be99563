//! What the protector works on: cells with counts and roles, and the sums that hold between them.

/// A cell by its number.
pub type CellId = u32;

/// What may be done with a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is published whatever happens: released before, or a zero where zeros are open.
    Open,
    /// It is published unless it has to be withheld to protect another.
    Free,
    /// It is withheld because its count is small, and nobody may be able to work it out.
    Primary,
    /// It was withheld in an earlier edition, and nobody may be able to work it out.
    Kept,
    /// It is in no table; it is there because tables are sums of it.
    Unseen,
    /// It is in no table, and must not become known: a sum of cells that would give them away.
    Guard,
    /// Nobody may be able to work it out, and nobody knows that it is not zero: a small count between two published ones,
    /// or one that is withheld since an earlier edition and has changed.
    Secret,
    /// It is withheld to leave others room, whatever it takes. It may become known itself.
    Hidden,
}

impl Role {
    /// Whether its count must stay unknown.
    pub const fn protected(self) -> bool {
        matches!(self, Role::Primary | Role::Kept | Role::Secret | Role::Guard)
    }
}

/// Cells and the equations `parent = sum of children` between them.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    counts: Vec<u64>,
    roles: Vec<Role>,
    /// For each relation its parent, and then its children in `members[starts[r]..starts[r + 1]]`.
    starts: Vec<usize>,
    members: Vec<CellId>,
    /// Sums that must not be known either, or that hold beside the others: `sum of factor * cell = 0`.
    weighted: Vec<Vec<(CellId, i64)>>,
}

impl Problem {
    /// Cells with their roles, without equations.
    pub fn new(counts: Vec<u64>, roles: Vec<Role>) -> Problem {
        let roles = counts.iter().zip(roles.into_iter().chain(std::iter::repeat(Role::Free))).map(|(_, r)| r).collect();
        Problem { counts, roles, starts: vec![0], members: Vec::new(), weighted: Vec::new() }
    }

    /// Adds `parent = sum of children`.
    pub fn relate(&mut self, parent: CellId, children: impl IntoIterator<Item = CellId>) {
        self.members.push(parent);
        self.members.extend(children);
        self.starts.push(self.members.len());
    }

    /// Adds that a sum of cells must not become known, each with a factor, and gives the number of the cell that stands
    /// for the sum.
    pub fn guard(&mut self, sum: &[(CellId, i64)]) -> CellId {
        let guard = self.add(0, Role::Guard);
        self.weighted.push(sum.iter().copied().chain(std::iter::once((guard, -1))).collect());
        guard
    }

    /// The equations that have factors.
    pub(crate) fn weighted(&self) -> &[Vec<(CellId, i64)>] {
        &self.weighted
    }

    /// Adds a cell and gives its number.
    pub fn add(&mut self, count: u64, role: Role) -> CellId {
        self.counts.push(count);
        self.roles.push(role);
        u32::try_from(self.counts.len() - 1).unwrap_or(u32::MAX)
    }

    /// How many cells.
    pub const fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are no cells.
    pub const fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The counts.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The roles.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// Gives a cell another role.
    pub fn set_role(&mut self, cell: CellId, role: Role) {
        if let Some(slot) = self.roles.get_mut(cell as usize) {
            *slot = role;
        }
    }

    /// How many equations.
    pub const fn relations(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The equations: parent and children.
    pub fn each_relation(&self) -> impl Iterator<Item = (CellId, &[CellId])> {
        self.starts.windows(2).filter_map(|pair| {
            let members = self.members.get(*pair.first()?..*pair.get(1)?)?;
            let (parent, children) = members.split_first()?;
            Some((*parent, children))
        })
    }
}
