//! Numbers as people write them in tables, and what has the form of a personal identity number.

use super::read::What;

/// A number with decimal comma or point, and with spaces between thousands. Where thousands are `possible`, three digits
/// after a comma or a point are not read as decimals: "1.400" may be either.
pub(super) fn number(text: &str, possible: bool) -> Result<f64, What> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let (grouped, part) = digits.split_once([',', '.']).unwrap_or((digits, "0"));
    let groups: Vec<&str> = grouped.split(is_space).collect();
    let whole = groups.concat();
    if is_number_of_somebody(text, &whole, part) {
        return Err(What::Personal);
    }
    let all_digits =
        |text: &str| !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_thousands = groups.len() == 1
        || groups
            .iter()
            .enumerate()
            .all(|(at, group)| if at == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 });
    if !in_thousands || !all_digits(&whole) || !all_digits(part) {
        return Err(What::NoNumber);
    }
    if possible && groups.len() == 1 && part.len() == 3 && whole.len() <= 3 && !whole.starts_with('0') {
        return Err(What::Ambiguous);
    }
    let value: f64 = format!("{whole}.{part}").parse().map_err(|_| What::NoNumber)?;
    if negative && value > 0.0 { Err(What::Negative) } else { Ok(value) }
}

/// A value that has the form of a personal identity number, with a sign where one has it, or without. Decimals alone are
/// digits of a figure.
fn is_number_of_somebody(text: &str, whole: &str, part: &str) -> bool {
    let is_figure = text.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '.') || is_space(sign));
    (!is_figure && names_somebody(text))
        || names_somebody(whole)
        || (part.len() == 4 && names_somebody(&format!("{whole}{part}")))
}

/// The spaces that people and programs put between thousands: plain, no-break, narrow no-break, thin, as wide as a digit.
fn is_space(sign: char) -> bool {
    matches!(sign, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{2007}')
}

/// Whether a text holds what looks like a personal identity number: eight or six digits that can be a day, and four more.
pub fn names_somebody(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    let mut runs: Vec<String> = Vec::new();
    let mut run = String::new();
    for (at, sign) in signs.iter().enumerate() {
        let joins = (matches!(sign, '-' | '+' | '.' | ',' | '\u{2010}'..='\u{2015}' | '\u{2212}') || is_space(*sign))
            && matches!(run.len(), 6 | 8)
            && signs.get(at + 1).is_some_and(char::is_ascii_digit);
        if sign.is_ascii_digit() {
            run.push(*sign);
        } else if !joins {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs.push(run);
    let is_day = |month: &str, day: &str| {
        // A coordination number has sixty added to the day.
        matches!(month.parse::<u8>(), Ok(1..=12)) && matches!(day.parse::<u8>(), Ok(1..=31 | 61..=91))
    };
    runs.iter().any(|run| match run.len() {
        12 => is_day(run.get(4..6).unwrap_or_default(), run.get(6..8).unwrap_or_default()),
        10 => is_day(run.get(2..4).unwrap_or_default(), run.get(4..6).unwrap_or_default()),
        _ => false,
    })
}
