//! The equations of a part, solved: some cells (the bound ones) as sums of the others (the free ones). All exact.

#![allow(clippy::indexing_slicing, reason = "all indices are variables and rows that this file numbers itself")]

use super::rational::{Q, TooBig};

/// `constant + sum of coefficient * variable`, the variables in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) terms: Vec<(u32, Q)>,
    pub(super) constant: Option<Q>,
}

impl Line {
    pub(super) fn constant(&self) -> Q {
        self.constant.unwrap_or(Q::ZERO)
    }

    pub(super) fn coefficient(&self, variable: u32) -> Q {
        match self.terms.binary_search_by_key(&variable, |(at, _)| *at) {
            Ok(place) => self.terms[place].1,
            Err(_) => Q::ZERO,
        }
    }

    /// Takes a variable out and gives its coefficient.
    fn remove(&mut self, variable: u32) -> Q {
        match self.terms.binary_search_by_key(&variable, |(at, _)| *at) {
            Ok(place) => self.terms.remove(place).1,
            Err(_) => Q::ZERO,
        }
    }

    /// Adds `factor` times another line, and names variables that were not in this one.
    fn add(&mut self, factor: Q, other: &Line, mut new: impl FnMut(u32)) -> Result<(), TooBig> {
        let mut merged = Vec::with_capacity(self.terms.len() + other.terms.len());
        let mut own = self.terms.iter().copied().peekable();
        for (variable, amount) in &other.terms {
            while let Some(mine) = own.next_if(|(at, _)| at < variable) {
                merged.push(mine);
            }
            let more = amount.mul(factor)?;
            match own.next_if(|(at, _)| at == variable) {
                Some((_, mine)) => {
                    let sum = mine.add(more)?;
                    if !sum.is_zero() {
                        merged.push((*variable, sum));
                    }
                }
                None => {
                    merged.push((*variable, more));
                    new(*variable);
                }
            }
        }
        merged.extend(own);
        self.terms = merged;
        self.constant = Some(self.constant().add(other.constant().mul(factor)?)?);
        Ok(())
    }
}

const FREE: u32 = u32::MAX;

/// Why the equations could not be solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsolved {
    /// They contradict each other.
    Contradiction,
    /// A number has outgrown 64 bits.
    TooBig,
}

impl From<TooBig> for Unsolved {
    fn from(TooBig: TooBig) -> Unsolved {
        Unsolved::TooBig
    }
}

#[derive(Clone, Debug)]
pub(super) struct Tableau {
    /// The line of each bound variable.
    lines: Vec<Line>,
    /// Which variable each line is of.
    of: Vec<u32>,
    /// For each variable its line, or [`FREE`].
    line_of: Vec<u32>,
    /// For each free variable the lines it may stand in.
    seen_in: Vec<Vec<u32>>,
}

impl Tableau {
    /// Solves `sum of sign * variable = value` for every equation.
    pub(super) fn solve(variables: usize, equations: &[(Vec<(u32, i64)>, i64)]) -> Result<Tableau, Unsolved> {
        let mut tableau = Tableau {
            lines: Vec::new(),
            of: Vec::new(),
            line_of: vec![FREE; variables],
            seen_in: vec![Vec::new(); variables],
        };
        let mut uses = vec![0_u32; variables];
        for (terms, _) in equations {
            for (variable, _) in terms {
                uses[*variable as usize] += 1;
            }
        }
        let mut short_first: Vec<usize> = (0..equations.len()).collect();
        short_first.sort_by_key(|at| equations[*at].0.len());
        for at in short_first {
            let (terms, value) = &equations[at];
            let mut line = Line { terms: Vec::new(), constant: Some(Q::whole(-value)) };
            for (variable, sign) in terms {
                let one = match tableau.line_of[*variable as usize] {
                    FREE => Line { terms: vec![(*variable, Q::ONE)], constant: None },
                    place => tableau.lines[place as usize].clone(),
                };
                line.add(Q::whole(*sign), &one, |_| ())?;
            }
            tableau.take_in(line, &uses)?;
        }
        Ok(tableau)
    }

    /// Takes in `line = 0`, over free variables only.
    fn take_in(&mut self, mut line: Line, uses: &[u32]) -> Result<(), Unsolved> {
        let choice = line.terms.iter().min_by_key(|(variable, amount)| {
            let unit = amount.is_whole() && (*amount == Q::ONE || *amount == Q::ONE.neg());
            (!unit, self.seen_in[*variable as usize].len(), uses[*variable as usize])
        });
        let Some((variable, _)) = choice.copied() else {
            return if line.constant().is_zero() { Ok(()) } else { Err(Unsolved::Contradiction) };
        };
        let amount = line.remove(variable);
        scale(&mut line, amount.neg())?;
        self.place(variable, line)
    }

    /// Makes a free variable bound by a line, and puts that line in wherever the variable stands.
    fn place(&mut self, variable: u32, line: Line) -> Result<(), Unsolved> {
        for at in std::mem::take(&mut self.seen_in[variable as usize]) {
            let amount = self.lines[at as usize].remove(variable);
            if !amount.is_zero() {
                let seen_in = &mut self.seen_in;
                self.lines[at as usize].add(amount, &line, |new| seen_in[new as usize].push(at))?;
            }
        }
        let at = self.lines.len() as u32;
        for (other, _) in &line.terms {
            self.seen_in[*other as usize].push(at);
        }
        self.line_of[variable as usize] = at;
        self.of.push(variable);
        self.lines.push(line);
        Ok(())
    }

    pub(super) const fn variables(&self) -> usize {
        self.line_of.len()
    }

    /// The line of a bound variable.
    pub(super) fn line(&self, variable: u32) -> Option<&Line> {
        self.lines.get(self.line_of[variable as usize] as usize)
    }

    pub(super) fn is_free(&self, variable: u32) -> bool {
        self.line_of[variable as usize] == FREE
    }

    /// Of the same equations, those lines in which any of these free variables stands, without the others: for whoever changes
    /// none but these.
    pub(super) fn only(&self, free: &[u32]) -> Tableau {
        let size = self.variables();
        let mut only =
            Tableau { lines: Vec::new(), of: Vec::new(), line_of: vec![FREE; size], seen_in: vec![Vec::new(); size] };
        let mut changes = vec![false; size];
        let mut at: Vec<u32> = Vec::new();
        for variable in free {
            changes[*variable as usize] = true;
            at.extend(&self.seen_in[*variable as usize]);
        }
        at.sort_unstable();
        at.dedup();
        for (variable, line) in at.into_iter().map(|at| (self.of[at as usize], &self.lines[at as usize])) {
            let terms: Vec<(u32, Q)> = line.terms.iter().copied().filter(|(free, _)| changes[*free as usize]).collect();
            let place = only.lines.len() as u32;
            for (free, _) in &terms {
                only.seen_in[*free as usize].push(place);
            }
            if !terms.is_empty() {
                only.line_of[variable as usize] = place;
                only.of.push(variable);
                only.lines.push(Line { terms, constant: None });
            }
        }
        only
    }

    /// The bound variables with their lines.
    pub(super) fn bound(&self) -> impl Iterator<Item = (u32, &Line)> {
        self.of.iter().copied().zip(&self.lines)
    }

    /// How the bound variables change with a free one.
    pub(super) fn column(&mut self, free: u32, into: &mut Vec<(u32, Q)>) {
        into.clear();
        let mut seen = std::mem::take(&mut self.seen_in[free as usize]);
        seen.sort_unstable();
        seen.dedup();
        seen.retain(|at| {
            let amount = self.lines[*at as usize].coefficient(free);
            if !amount.is_zero() {
                into.push((self.of[*at as usize], amount));
            }
            !amount.is_zero()
        });
        self.seen_in[free as usize] = seen;
    }

    /// What a sum of variables with factors comes to in free variables.
    pub(super) fn sum(&self, terms: &[(u32, Q)]) -> Result<Line, TooBig> {
        let mut sum = Line::default();
        for (variable, factor) in terms {
            match self.line(*variable) {
                Some(line) => sum.add(*factor, line, |_| ())?,
                None => sum.add(*factor, &Line { terms: vec![(*variable, Q::ONE)], constant: None }, |_| ())?,
            }
        }
        Ok(sum)
    }

    /// The free variable takes the place of the bound one.
    pub(super) fn pivot(&mut self, bound: u32, free: u32) -> Result<(), TooBig> {
        let at = self.line_of[bound as usize];
        let mut line = std::mem::take(&mut self.lines[at as usize]);
        let amount = line.remove(free);
        // bound = amount * free + rest, so free = (bound - rest) / amount.
        scale(&mut line, amount.neg())?;
        let back = Q::ONE.div(amount)?;
        let place = line.terms.partition_point(|(variable, _)| *variable < bound);
        line.terms.insert(place, (bound, back));
        let mut seen = std::mem::take(&mut self.seen_in[free as usize]);
        seen.sort_unstable();
        seen.dedup();
        self.seen_in[bound as usize] = vec![at];
        for other in seen {
            if other == at {
                continue;
            }
            let amount = self.lines[other as usize].remove(free);
            if !amount.is_zero() {
                let seen_in = &mut self.seen_in;
                self.lines[other as usize].add(amount, &line, |new| seen_in[new as usize].push(other))?;
            }
        }
        self.lines[at as usize] = line;
        self.of[at as usize] = free;
        self.line_of[free as usize] = at;
        self.line_of[bound as usize] = FREE;
        Ok(())
    }
}

fn scale(line: &mut Line, by: Q) -> Result<(), TooBig> {
    for (_, amount) in &mut line.terms {
        *amount = amount.div(by)?;
    }
    line.constant = Some(line.constant().div(by)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved_and_contradictions_told() {
        // a + b = 3, b + c = 4, a + c = 5 has one solution: 2, 1, 3.
        let sum = |a: u32, b: u32, value| (vec![(a, 1), (b, 1)], value);
        let solved = Tableau::solve(3, &[sum(0, 1, 3), sum(1, 2, 4), sum(0, 2, 5)]).unwrap();
        for (variable, value) in [(0, 2), (1, 1), (2, 3)] {
            let line = solved.line(variable).unwrap();
            assert!(line.terms.is_empty());
            assert_eq!(line.constant(), Q::whole(value));
        }
        let wrong = Tableau::solve(2, &[sum(0, 1, 3), sum(0, 1, 4)]);
        assert_eq!(wrong.err(), Some(Unsolved::Contradiction));
    }

    #[test]
    fn a_pivot_keeps_the_equations() {
        // 2x2 with margins known: one way to change.
        let mut t = Tableau::solve(
            4,
            &[
                (vec![(0, 1), (1, 1)], 5),
                (vec![(2, 1), (3, 1)], 7),
                (vec![(0, 1), (2, 1)], 6),
                (vec![(1, 1), (3, 1)], 6),
            ],
        )
        .unwrap();
        let free = (0..4).find(|v| t.is_free(*v)).unwrap();
        let bound = (0..4).find(|v| !t.is_free(*v)).unwrap();
        t.pivot(bound, free).unwrap();
        assert!(t.is_free(bound) && !t.is_free(free));
        let mut column = Vec::new();
        t.column(bound, &mut column);
        assert_eq!(column.len(), 3);
        // With the bound one at 1 all equations hold.
        let value = |v: u32| match t.line(v) {
            None => 1,
            Some(line) => line.constant().add(line.coefficient(bound)).unwrap().floor(),
        };
        assert_eq!((value(0) + value(1), value(2) + value(3), value(0) + value(2)), (5, 7, 6));
    }
}
