//! Passwords that are guessed first: made of one or two common words, of rows of the keyboard, or of next to nothing.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::reference::municipalities;

/// How many words a password has to be made of to be more than a guess.
const TOO_FEW: usize = 2;
/// Shorter words of somebody's own name are in everything.
const SHORTEST_OWN: usize = 3;
/// How few different signs are next to nothing.
const FEW_SIGNS: usize = 4;
/// How long a walk is at least.
const WALK: usize = 3;

const FILE: &str = include_str!("../../reference/common-passwords.txt");

/// Rows that fingers walk along, there and back.
static ROWS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let rows = FILE.lines().filter_map(|line| line.strip_prefix('='));
    rows.flat_map(|row| [row.chars().collect(), row.chars().rev().collect()]).collect()
});

static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let places = municipalities().iter().flat_map(|place| letters(place.name).into_iter().map(|part| part.concat()));
    let words = FILE.lines().filter(|line| !line.starts_with(['#', '='])).map(|line| line.trim().to_lowercase());
    words.chain(places).flat_map(|word| [plain(&word), word]).collect()
});

/// Whether a password is among those that are guessed first, for somebody with these names: the log-in name, the person's, the
/// authority's.
#[must_use]
pub fn is_common(password: &str, own: &[&str]) -> bool {
    let lower = password.to_lowercase();
    if lower.chars().collect::<HashSet<_>>().len() <= FEW_SIGNS || is_walk(&lower) {
        return true;
    }
    let own: HashSet<String> = own
        .iter()
        .flat_map(|name| {
            let parts: Vec<String> = letters(name).into_iter().map(|part| part.concat()).collect();
            let all = parts.iter().cloned().chain([parts.concat()]);
            all.flat_map(|word| [plain(&word), word]).collect::<Vec<_>>()
        })
        .filter(|word| word.chars().count() >= SHORTEST_OWN)
        .collect();
    // Digits and signs at the ends are trimmings; between letters they may stand for one.
    let ends = |c: char| !c.is_alphabetic();
    let whole: String = lower.trim_end_matches(ends).chars().map(swapped).collect();
    let inner: String = lower.trim_matches(ends).chars().map(swapped).collect();
    [lower, whole, inner].iter().any(|text| {
        let only: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
        words_in(once(&only), &own).is_some_and(|words| words <= TOO_FEW)
    })
}

/// The words of a text, in small letters, as their letters.
fn letters(text: &str) -> Vec<Vec<String>> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().map(String::from).collect()).collect()
}

/// As somebody writes it who leaves the rings and dots out.
fn plain(word: &str) -> String {
    let bare = |letter| match letter {
        'å' | 'ä' => 'a',
        'ö' => 'o',
        'é' => 'e',
        other => other,
    };
    word.chars().map(bare).collect()
}

/// The letter that a digit or sign is written in the place of.
fn swapped(sign: char) -> char {
    match sign {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// One round of what is the same over and over.
fn once(letters: &[char]) -> &[char] {
    let length = letters.len();
    let round =
        (1..length).find(|&n| length.is_multiple_of(n) && letters.chunks(n).all(|part| Some(part) == letters.get(..n)));
    round.and_then(|n| letters.get(..n)).unwrap_or(letters)
}

/// The least number of words that letters are made of; none when something is no word. No letters at all are none of them.
fn words_in(letters: &[char], own: &HashSet<String>) -> Option<usize> {
    let mut least: Vec<Option<usize>> = vec![Some(0)];
    for end in 1..=letters.len() {
        let best = (0..end)
            .filter_map(|begin| {
                let before = (*least.get(begin)?)?;
                let word: String = letters.get(begin..end)?.iter().collect();
                (WORDS.contains(&word) || own.contains(&word)).then_some(before + 1)
            })
            .min();
        least.push(best);
    }
    least.last().copied().flatten()
}

/// Whether all of it is walks along rows, there or back.
fn is_walk(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let along = |part: &[char]| ROWS.iter().any(|row| row.windows(part.len()).any(|window| window == part));
    let mut at = 0;
    while at < signs.len() {
        let left = signs.len() - at;
        let longest = (WALK..=left).rev().find(|&n| signs.get(at..at + n).is_some_and(along));
        match longest {
            Some(n) => at += n,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_guessed_first_is_known_however_it_is_dressed_up() {
        for password in [
            "lösenord1234",
            "L0senord!!2026",
            "Sommaren2026!",
            "p@$$w0rd12345",
            "passwordpassword",
            "qwertyuiop123",
            "1q2w3e4r5t6y",
            "123456789012",
            "aaaaaaaaaaaa",
            "abababababab",
            "Karlshamn2026",
            "VälkommenVälkommen1",
            "Polisen-Ronneby-1",
            "jagälskardig!",
            "zxcvbnmzxcvbnm",
            "iloveyou2026!",
            "hammarbyhammarby",
            "987654321098",
            "Kedjan!Kedjan!",
            "!!!!????!!!!",
            "2026-11-02-2026",
        ] {
            assert!(is_common(password, &[]), "{password}");
        }
    }

    #[test]
    fn what_nobody_guesses_first_may_be_chosen() {
        for password in [
            "hjortron på myren",
            "korrekt häst batteri häftapparat",
            "tre blå elefanter dansar",
            "vT9#kp2LmQ8z",
            "regn över Åsnen i oktober",
        ] {
            assert!(!is_common(password, &["eva.ek", "Eva Ek", "Socialnämnden i Karlshamn"]), "{password}");
        }
    }

    #[test]
    fn the_own_name_and_organisation_are_no_password() {
        let own = ["gunborg.ekelund", "Gunborg Ekelund", "Räddningsförbundet Blekinge"];
        for password in
            ["Gunborg.Ekelund1", "ekelundgunborg2026", "Räddningsförbundet!", "gunborg-gunborg", "3k3lund-Gunb0rg"]
        {
            assert!(is_common(password, &own), "{password}");
            assert!(!is_common(&format!("{password} cyklar mot solnedgången"), &own), "{password}");
        }
        assert!(!is_common("Räddningsförbundet!", &[]), "it is nobody else's name");
    }
}
