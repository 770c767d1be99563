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

/// The edit distance in characters, with two neighbours changing places as one edit. Names longer than a line are no
/// typing slips and count as far apart.
fn distance(a: &str, b: &str) -> u32 {
    const LONGEST: usize = 80;
    if a.len() > LONGEST || b.len() > LONGEST {
        return u32::MAX;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // The last two rows of the table of distances between beginnings.
    let mut before: Vec<u32> = Vec::new();
    let mut row: Vec<u32> = (0..).take(b.len() + 1).collect();
    let mut last = None;
    for (first, x) in (1..).zip(&a) {
        let mut next = vec![first];
        let mut last_of_b = None;
        for (column, y) in b.iter().enumerate() {
            let cell = |cells: &[u32], at: usize| cells.get(at).copied().unwrap_or(u32::MAX - 1);
            let mut best = (cell(&next, column) + 1).min(cell(&row, column + 1) + 1);
            best = best.min(cell(&row, column) + u32::from(x != y));
            if last == Some(y) && last_of_b == Some(x) {
                best = best.min(cell(&before, column.saturating_sub(1)) + 1);
            }
            next.push(best);
            last_of_b = Some(y);
        }
        last = Some(x);
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_edits() {
        for (a, b, far) in [
            ("", "", 0),
            ("", "ab", 2),
            ("kitten", "sitting", 3),
            ("steg", "steg", 0),
            ("åäö", "äö", 1),
            ("adlut", "adult", 1),
            ("snet", "sent", 1),
            ("ba", "ab", 1),
        ] {
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
