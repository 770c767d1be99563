//! The nearest name to a mistyped one.

/// The candidate that a person most likely meant, if any is near enough.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = (name.chars().count() / 3).max(1) as u32;
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(far, _)| *far <= allowed)
        .min_by_key(|(far, _)| *far)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's edit distance in characters. Names longer than a line are no typing slips and count as far apart.
fn distance(a: &str, b: &str) -> u32 {
    const LONGEST: usize = 80;
    if a.len() > LONGEST || b.len() > LONGEST {
        return u32::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<u32> = (0..).take(b.len() + 1).collect();
    for (above_first, x) in (1..).zip(a.chars()) {
        let mut left = above_first;
        let mut diagonal = above_first - 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(left);
        for (y, &above) in b.iter().zip(row.iter().skip(1)) {
            let best = (left + 1).min(above + 1).min(diagonal + u32::from(x != *y));
            diagonal = above;
            left = best;
            next.push(best);
        }
        row = next;
    }
    row.last().copied().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (a, b, far) in [("", "", 0), ("", "ab", 2), ("kitten", "sitting", 3), ("steg", "steg", 0), ("åäö", "äö", 1)]
        {
            assert_eq!(distance(a, b), far, "{a} {b}");
            assert_eq!(distance(b, a), far, "{b} {a}");
        }
    }

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        assert_eq!(nearest("outcmoes", ["fields", "outcomes", "stages"]), Some("outcomes"));
        assert_eq!(nearest("xyz", ["fields", "outcomes"]), None);
    }
}
