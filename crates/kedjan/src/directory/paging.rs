//! Pages of lists that are short enough to be counted off: for people by number, for programs by cursor.

use chain::text::Lang;

use crate::app::Stop;
use crate::http::query_pairs;
use crate::refusal::{FieldIssue, Refused};
use crate::t;
use crate::web::parts::Pager;

/// How many rows a page has.
const ROWS: i64 = 50;
/// The most rows a program gets at once.
const MOST: i64 = 200;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    pub offset: i64,
    pub limit: i64,
}

impl Paging {
    /// From `?page=2`; the first page for anything else.
    pub(crate) fn of_page(query: Option<&str>) -> Paging {
        let page = value(query, "page").and_then(|text| text.parse::<i64>().ok()).unwrap_or(1).clamp(1, 1_000_000);
        Paging { offset: (page - 1) * ROWS, limit: ROWS }
    }

    /// From `?cursor=…&limit=…`.
    pub(crate) fn of_cursor(lang: Lang, query: Option<&str>) -> Result<Paging, Stop> {
        let mut issues = Vec::new();
        let mut number = |name: &str, otherwise: i64, least: i64, most: i64| match value(query, name) {
            None => otherwise,
            Some(text) => match text.parse::<i64>() {
                Ok(number) if (least..=most).contains(&number) => number,
                _ => {
                    let detail = t!(lang, "paging-number", least = least, most = most);
                    issues.push(FieldIssue { pointer: format!("/{name}"), detail });
                    otherwise
                }
            },
        };
        let paging = Paging { offset: number("cursor", 0, 0, 1_000_000_000), limit: number("limit", ROWS, 1, MOST) };
        if issues.is_empty() { Ok(paging) } else { Err(Refused::Fields(issues).into()) }
    }

    /// The cursor of what comes after `shown` rows, if there is more.
    pub(crate) fn next_cursor(self, shown: usize, all: i64) -> Option<String> {
        let end = self.offset.saturating_add(i64::try_from(shown).unwrap_or(0));
        (shown > 0 && end < all).then(|| end.to_string())
    }

    /// "1–50 av 312" with the way on and back.
    pub(crate) fn pager(self, path: &str, shown: usize, all: i64) -> Pager {
        let number = |n: i64| u64::try_from(n).unwrap_or(0);
        let end = self.offset.saturating_add(i64::try_from(shown).unwrap_or(0));
        let page = self.offset / ROWS + 1;
        Pager {
            first: if shown == 0 { 0 } else { number(self.offset + 1) },
            last: if shown == 0 { 0 } else { number(end) },
            all: number(all),
            previous: (page > 1).then(|| format!("{path}?page={}", page - 1)),
            next: (shown > 0 && end < all).then(|| format!("{path}?page={}", page + 1)),
        }
    }
}

fn value(query: Option<&str>, name: &str) -> Option<String> {
    query_pairs(query.unwrap_or_default()).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}
