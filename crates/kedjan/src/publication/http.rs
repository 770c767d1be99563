//! Releases at the pages: open to anybody, with files for spreadsheets and statistics programs.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;

use super::read::{self, Filter, Release, Table};
use super::{catalogue, files, page};
use crate::app::Stop;
use crate::directory::paging::Paging;
use crate::http::{Guest, about, refusal_page};
use crate::refusal::Refused;
use crate::statistics::http::File;
use crate::store::{Sql, StoreError};
use crate::t;

/// The most releases in the catalogue.
const CATALOGUED: u32 = 5_000;

/// A form that a table can be had in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON-stat 2.0.
    Json,
    /// A file.
    File(File),
}

impl Form {
    pub(super) const ALL: [Form; 4] = [Form::File(File::Csv), Form::File(File::Xlsx), Form::File(File::Px), Form::Json];

    pub(super) fn end(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::File(file) => file.end(),
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Form::Json => "application/json",
            Form::File(file) => file.media_type(),
        }
    }
}

/// The releases, the newest first.
pub async fn list(guest: Guest, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let (limit, offset) = (u32::try_from(paging.limit).unwrap_or(0), u32::try_from(paging.offset).unwrap_or(0));
    let read = guest.app.store.read(move |tx: &mut dyn Sql| read::releases(tx, &Filter::default(), limit, offset));
    match read.await {
        Ok((releases, all)) => {
            let all = i64::try_from(all).unwrap_or(i64::MAX);
            let pager = paging.pager("/figures", releases.len(), all);
            let title = t!(guest.lang, "publication-title");
            about::open(&guest, &title, page::list(guest.lang, &title, &releases, &pager))
        }
        Err(error) => refusal_page(guest.lang, Stop::Store(error)),
    }
}

/// One release: its tables, how they are protected, who reported, and everything to take away.
pub async fn release(guest: Guest, Path(id): Path<String>) -> Response {
    let read = guest.app.store.read(move |tx: &mut dyn Sql| {
        let Some(release) = read::release(tx, &id)? else { return Ok(None) };
        let tables = read::tables(tx, &release.id)?;
        let versions = read::versions(tx, &release.method, &release.scope, release.period)?;
        Ok::<_, StoreError>(Some((release, tables, versions)))
    });
    match read.await {
        Ok(Some((release, tables, versions))) => {
            let main = page::release(guest.lang, &release, &tables, &versions);
            about::open(&guest, &page::title(guest.lang, &release), main)
        }
        Ok(None) => refusal_page(guest.lang, Refused::NotFound.into()),
        Err(error) => refusal_page(guest.lang, Stop::Store(error)),
    }
}

/// A table of a release as a file: `measures.csv`, `.xlsx`, `.json` or `.px`.
pub async fn file(guest: Guest, Path((id, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let asked = file.rsplit_once('.').and_then(|(name, end)| {
        let form = Form::ALL.into_iter().find(|form| form.end() == end)?;
        Some((name.to_owned(), form))
    });
    let Some((name, form)) = asked else { return refusal_page(guest.lang, Refused::NotFound.into()) };
    let read = guest.app.store.read(move |tx: &mut dyn Sql| table(tx, &id, &name));
    match read.await {
        Ok(Some((release, table))) => answer(&release, &table, form, guest.lang, &headers)
            .unwrap_or_else(|fault| refusal_page(guest.lang, Stop::Store(fault))),
        Ok(None) => refusal_page(guest.lang, Refused::NotFound.into()),
        Err(error) => refusal_page(guest.lang, Stop::Store(error)),
    }
}

/// The catalogue of open data, as dataportal.se harvests it.
pub async fn catalog(guest: Guest) -> Response {
    let read = guest.app.store.read(|tx: &mut dyn Sql| read::releases(tx, &Filter::default(), CATALOGUED, 0));
    match read.await {
        Ok((releases, _)) => {
            let text = catalogue::turtle(&releases, &guest.app.settings);
            let file = "attachment; filename=\"kedjan.ttl\"";
            ([(header::CONTENT_TYPE, "text/turtle; charset=utf-8"), (header::CONTENT_DISPOSITION, file)], text)
                .into_response()
        }
        Err(error) => refusal_page(guest.lang, Stop::Store(error)),
    }
}

pub(super) fn table(tx: &mut dyn Sql, id: &str, name: &str) -> Result<Option<(Release, Table)>, StoreError> {
    let Some(release) = read::release(tx, id)? else { return Ok(None) };
    Ok(read::table(tx, id, name)?.map(|table| (release, table)))
}

/// The table, or that it is still what the asker has. What is frozen may be kept by anybody for a day, and asked about then.
pub(super) fn answer(
    release: &Release,
    table: &Table,
    form: Form,
    lang: Lang,
    headers: &HeaderMap,
) -> Result<Response, StoreError> {
    let language = crate::web::lang::code(lang);
    let tag = format!("\"{}-{}-{language}\"", table.digest.get(..32).unwrap_or_default(), form.end());
    let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_same = kept.is_some_and(|kept| kept.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let caching = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "public, max-age=86400".to_owned()),
        (header::VARY, "accept, accept-language, cookie".to_owned()),
        (header::CONTENT_LANGUAGE, language.to_owned()),
    ];
    if is_same {
        return Ok((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let body = match form {
        Form::Json => files::json_stat(release, table, lang).to_string().into_bytes(),
        Form::File(file) => files::one(release, table, file, lang)?,
    };
    let charset = if form == Form::File(File::Xlsx) || form == Form::Json { "" } else { "; charset=utf-8" };
    let name = format!("{}-{}.{}", release.id, table.content.name, form.end());
    let own = [
        (header::CONTENT_TYPE, format!("{}{charset}", form.media_type())),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((caching, own, body).into_response())
}
