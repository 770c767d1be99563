//! The second method: noise by cell keys. Protection by chance, not by proof.
//!
//! Each count is changed by a few, by an amount that depends on who is in the cell. The same people give the same amount
//! in every table and every edition, so asking again, or in another way, does not average it out. Sums no longer add up.
//! Nobody can be sure of a small count, but nothing is promised of how much can be guessed: margins narrow it, and so
//! does knowing the people. Counts of 0 stay 0, so it is also no secret that a group is empty.
//!
//! The noise is that of a table with the largest entropy under the conditions of the ABS and Eurostat method (no bias, a
//! given variance, no change beyond `most`, no result below 0 and none from 1 to `least - 1`), in the form
//! `p(v) ~ exp(a v + b v^2)`; `a` and `b` are found numerically.

/// How much noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// The largest change.
    pub most: u64,
    /// The variance of the change, for counts that are not hemmed in by 0.
    pub variance: f64,
    /// Results from 1 to one below this do not occur.
    pub least: u64,
}

impl Default for Noise {
    fn default() -> Noise {
        Noise { most: 5, variance: 3.0, least: 3 }
    }
}

/// Settings that no table of noise can be made for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("no noise has a change of at most {most}, a variance of {variance} and no result from 1 to {}", .least - 1)]
pub struct Impossible {
    /// The largest change that was asked for.
    pub most: u64,
    /// The variance.
    pub variance: f64,
    /// The least result above 0.
    pub least: u64,
}

/// A table of noise, made once for its settings.
#[derive(Clone, Debug)]
pub struct Table {
    noise: Noise,
    /// For each count up to where nothing hems it in, the changes with the sum of their probabilities.
    rows: Vec<Vec<(i64, f64)>>,
}

impl Table {
    /// The table for these settings.
    ///
    /// # Errors
    /// That there is none.
    pub fn new(noise: Noise) -> Result<Table, Impossible> {
        let impossible = Impossible { most: noise.most, variance: noise.variance, least: noise.least };
        let sound = noise.most > 0 && noise.most <= 1_000 && noise.variance > 0.0 && noise.least >= 1;
        if !sound || noise.least > noise.most + 1 {
            return Err(impossible);
        }
        let mut rows = Vec::new();
        for count in 0..=noise.most + noise.least {
            let changes = changes(count, noise);
            let row = entropy(&changes, noise.variance).ok_or(impossible)?;
            rows.push(row);
        }
        Ok(Table { noise, rows })
    }

    /// The count as it is published; `key` is the sum of the keys of the people in the cell (see [`cell_key`]).
    pub fn perturb(&self, count: u64, key: u64) -> u64 {
        let row = self.rows.get(usize::try_from(count).unwrap_or(usize::MAX)).or(self.rows.last());
        // 53 bits of the key as a number from 0 up to 1.
        let at = (key >> 11) as f64 / (1_u64 << 53) as f64;
        let change = row.and_then(|row| row.iter().find(|(_, sum)| at < *sum).or(row.last())).map_or(0, |(v, _)| *v);
        count.saturating_add_signed(change)
    }

    /// The settings.
    pub const fn noise(&self) -> Noise {
        self.noise
    }

    /// The mean and the variance of the change of a count.
    pub fn moments(&self, count: u64) -> (f64, f64) {
        let row = self.rows.get(usize::try_from(count).unwrap_or(usize::MAX)).or(self.rows.last());
        let mut before = 0.0;
        let (mut mean, mut square) = (0.0, 0.0);
        for (change, sum) in row.into_iter().flatten() {
            let p = sum - before;
            before = *sum;
            mean += p * *change as f64;
            square += p * (*change as f64).powi(2);
        }
        (mean, square - mean * mean)
    }
}

/// The key of a cell: the sum of the keys of the people in it. Keys are drawn once for each person and kept secret.
pub fn cell_key(people: impl IntoIterator<Item = u64>) -> u64 {
    people.into_iter().fold(0, u64::wrapping_add)
}

fn changes(count: u64, noise: Noise) -> Vec<i64> {
    if count == 0 {
        return vec![0];
    }
    let most = i64::try_from(noise.most).unwrap_or(i64::MAX);
    let allowed = |change: &i64| match count.checked_add_signed(*change) {
        None => false,
        Some(result) => result == 0 || result >= noise.least,
    };
    (-most..=most).filter(allowed).collect()
}

/// The distribution of largest entropy over the changes with mean 0 and, where it can be had, this variance; as sums.
fn entropy(changes: &[i64], variance: f64) -> Option<Vec<(i64, f64)>> {
    if let [only] = changes {
        return (*only == 0).then(|| vec![(0, 1.0)]);
    }
    // For each `b` there is one `a` with mean 0, and the variance grows with `b`.
    let (mut low, mut high) = (-30.0, 5.0);
    let mut best = None;
    for _ in 0..80 {
        let b = f64::midpoint(low, high);
        let weights = centred(changes, b)?;
        let has: f64 = changes.iter().zip(&weights).map(|(v, p)| p * (*v as f64).powi(2)).sum();
        if has > variance {
            high = b;
        } else {
            low = b;
        }
        best = Some(weights);
    }
    let mut sum = 0.0;
    let sums = changes.iter().zip(best?).map(|(change, p)| {
        sum += p;
        (*change, sum)
    });
    Some(sums.collect())
}

/// `p(v) ~ exp(a v + b v^2)` with the `a` for which the mean is 0.
fn centred(changes: &[i64], b: f64) -> Option<Vec<f64>> {
    let (first, last) = (changes.first()?, changes.last()?);
    if *first > 0 || *last < 0 || (*first == 0) != (*last == 0) {
        return None;
    }
    let (mut low, mut high) = (-300.0, 300.0);
    let mut weights = Vec::new();
    for _ in 0..200 {
        let a = f64::midpoint(low, high);
        let powers: Vec<f64> = changes.iter().map(|v| a * *v as f64 + b * (*v as f64).powi(2)).collect();
        let top = powers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = powers.iter().map(|power| (power - top).exp()).collect();
        let sum: f64 = raw.iter().sum();
        weights = raw.into_iter().map(|weight| weight / sum).collect();
        let mean: f64 = changes.iter().zip(&weights).map(|(v, p)| p * *v as f64).sum();
        if mean > 0.0 {
            high = a;
        } else {
            low = a;
        }
    }
    Some(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_no_bias_the_documented_variance_and_no_forbidden_result() {
        let noise = Noise::default();
        let table = Table::new(noise).unwrap();
        for count in 0..20 {
            let (mean, variance) = table.moments(count);
            assert!(mean.abs() < 1e-9, "{count}: {mean}");
            if count > noise.most {
                assert!((variance - noise.variance).abs() < 1e-6, "{count}: {variance}");
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut key = 0_u64;
        for _ in 0..20_000 {
            key = key.wrapping_add(0x9e37_79b9_7f4a_7c15);
            for count in 0..12 {
                let out = table.perturb(count, key);
                assert!(out == 0 || out >= noise.least);
                assert!(out.abs_diff(count) <= noise.most);
                assert!(count > 0 || out == 0);
                if count == 10 {
                    seen.insert(out);
                }
            }
        }
        assert!(seen.len() >= 9, "{seen:?}");
    }

    #[test]
    fn the_same_people_give_the_same_noise_in_any_order_and_table() {
        let table = Table::new(Noise::default()).unwrap();
        let keys = [11_u64 << 50, 7 << 55, 99 << 40];
        let one = table.perturb(3, cell_key(keys));
        assert_eq!(one, table.perturb(3, cell_key(keys.into_iter().rev())));
    }

    #[test]
    fn settings_that_cannot_be_are_refused() {
        for noise in [
            Noise { most: 0, ..Noise::default() },
            Noise { variance: 0.0, ..Noise::default() },
            Noise { most: 2, variance: 1.0, least: 9 },
        ] {
            assert!(Table::new(noise).is_err(), "{noise:?}");
        }
    }
}
