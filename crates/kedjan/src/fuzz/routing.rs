//! Which unit receives.

use chain::route::{Candidate, Wanted, route};

/// Finding the receiving unit: what is wanted, and then seven bytes for each unit that might receive.
pub fn routing(data: &[u8]) {
    let pick = |from: &[&str], byte: u8| from[usize::from(byte) % from.len()].to_owned();
    let kinds = ["social_services", "addiction_care", "police"];
    let places = ["1080", "1082", "2481", "1", ""];
    let counties = ["10", "24", "", "1"];
    let substances = ["alcohol", "narcotics"];
    let Some((head, units)) = data.split_at_checked(6) else { return };
    let wanted = Wanted {
        kinds: kinds.iter().take(usize::from(head[0] % 4)).map(|kind| (*kind).to_owned()).collect(),
        residence: (head[1] < 200).then(|| pick(&places, head[1])),
        county: pick(&counties, head[2]),
        age: (head[3] < 200).then_some(u32::from(head[3])),
        substance: (head[4] < 200).then(|| pick(&substances, head[4])),
    };
    let candidates: Vec<Candidate> = units
        .chunks_exact(7)
        .enumerate()
        .map(|(at, unit)| Candidate {
            unit: at.to_string(),
            kind: pick(&kinds, unit[0]),
            municipalities: places.iter().take(usize::from(unit[1] % 6)).map(|code| (*code).to_owned()).collect(),
            counties: if unit[2] < 128 { vec![pick(&counties, unit[2])] } else { Vec::new() },
            ages: (unit[3] < 200).then_some((unit[3], unit[4])),
            substances: if unit[5] < 128 { vec![pick(&substances, unit[5])] } else { Vec::new() },
            open: unit[6] & 1 == 1,
            fallback: unit[6] & 2 == 2,
        })
        .collect();
    match route(&wanted, &candidates) {
        Err(none) => assert!(!candidates.iter().any(|one| {
            let served = one.counties.contains(&none.county) && one.counties.contains(&wanted.county);
            one.open && one.fallback && wanted.kinds.contains(&one.kind) && served
        })),
        Ok(choice) => {
            let chosen = candidates.iter().find(|one| one.unit == choice.unit).expect("one of those asked for");
            assert!(chosen.open && wanted.kinds.contains(&chosen.kind) && !choice.why.is_empty());
            assert!(!choice.fallback || chosen.fallback, "only the county's fallback stands in");
            assert_eq!(route(&wanted, &candidates).as_ref(), Ok(&choice));
        }
    }
}
