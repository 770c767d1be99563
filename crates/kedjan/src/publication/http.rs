//! Releases at the pages: open to anybody, with files for spreadsheets and statistics programs.

use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chain::text::Lang;

use super::content::digest;
use super::read::{self, Release, Table};
use super::{catalogue, files, page};
use crate::app::Stop;
use crate::directory::paging::Paging;
use crate::http::{Guest, about, refusal_page};
use crate::refusal::Refused;
use crate::statistics::http::File;
use crate::store::{Sql, StoreError};
use crate::t;

/// The most releases in the catalogue, of each its newest version.
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

/// The `ETag` of an answer that changes when something is released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    value: String,
    lang: Lang,
}

impl Tag {
    /// The tag of what is made of these words by this program, in a language.
    pub fn of(words: &[&str], lang: Lang) -> Tag {
        let whole = format!("{}\n{}\n{}", env!("CARGO_PKG_VERSION"), crate::web::lang::code(lang), words.join("\n"));
        Tag::exactly(digest(whole).get(..32).unwrap_or_default(), lang)
    }

    /// This tag.
    pub(super) fn exactly(value: &str, lang: Lang) -> Tag {
        Tag { value: format!("\"{value}\""), lang }
    }

    /// Whether the asker has the same already.
    pub fn is_kept(&self, headers: &HeaderMap) -> bool {
        let kept = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        kept.is_some_and(|kept| kept.split(',').any(|one| one.trim().trim_start_matches("W/") == self.value))
    }

    /// The headers of the answer: it may be kept, and is asked about each time.
    pub fn headers(&self) -> [(HeaderName, String); 4] {
        self.kept_for("no-cache")
    }

    /// The headers of the answer, with how long it may be kept.
    pub(super) fn kept_for(&self, how_long: &str) -> [(HeaderName, String); 4] {
        [
            (header::ETAG, self.value.clone()),
            (header::CACHE_CONTROL, how_long.to_owned()),
            (header::VARY, "accept, accept-language, cookie".to_owned()),
            (header::CONTENT_LANGUAGE, crate::web::lang::code(self.lang).to_owned()),
        ]
    }

    /// That it is what the asker has.
    pub fn unchanged(&self) -> Response {
        (StatusCode::NOT_MODIFIED, self.headers()).into_response()
    }
}

/// The releases, the newest first.
pub async fn list(guest: Guest, RawQuery(query): RawQuery) -> Response {
    let paging = Paging::of_page(query.as_deref());
    let (limit, offset) = (u32::try_from(paging.limit).unwrap_or(0), u32::try_from(paging.offset).unwrap_or(0));
    let read = guest.app.store.read(move |tx: &mut dyn Sql| read::listed(tx, limit, offset));
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

/// A table of a release as a file: `measures.csv`, `.xlsx`, `.json` or `.px`; or as it was frozen, `measures.frozen.json`, and
/// the release's marks so, `release.frozen.json`.
pub async fn file(guest: Guest, Path((id, file)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if let Some(name) = file.strip_suffix(files::FROZEN) {
        return frozen(&guest, id, name.to_owned(), &headers).await;
    }
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

/// What was frozen, to the byte: its SHA-256 is the checksum that the release and its marks tell.
async fn frozen(guest: &Guest, id: String, name: String, headers: &HeaderMap) -> Response {
    let file = format!("{id}-{name}{}", files::FROZEN);
    let read = guest.app.store.read(move |tx: &mut dyn Sql| -> Result<_, StoreError> {
        let Some(release) = read::release(tx, &id)? else { return Ok(None) };
        if name == "release" {
            return Ok(Some((release.digest, release.frozen)));
        }
        Ok(read::table(tx, &id, &name)?.map(|table| (table.digest, table.frozen)))
    });
    match read.await {
        Ok(Some((digest, text))) => {
            let tag = Tag::exactly(&digest, guest.lang);
            if tag.is_kept(headers) {
                return tag.unchanged();
            }
            let own = [
                (header::CONTENT_TYPE, "application/json".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{file}\"")),
            ];
            (tag.headers(), own, text).into_response()
        }
        Ok(None) => refusal_page(guest.lang, Refused::NotFound.into()),
        Err(error) => refusal_page(guest.lang, Stop::Store(error)),
    }
}

/// The catalogue of open data, as dataportal.se harvests it.
pub async fn catalog(guest: Guest, headers: HeaderMap) -> Response {
    let settings = guest.app.settings.clone();
    let read = guest.app.store.read(move |tx: &mut dyn Sql| -> Result<_, StoreError> {
        let own = [&settings.public, settings.publisher.as_ref().unwrap_or(&settings.public)];
        let contact = settings.contact.as_deref().unwrap_or_default();
        let tag = Tag::of(&["catalogue", own[0], own[1], contact, &read::state(tx)?], Lang::Sv);
        let releases = if tag.is_kept(&headers) { None } else { Some(read::catalogued(tx, CATALOGUED)?) };
        Ok((tag, releases))
    });
    match read.await {
        Ok((tag, None)) => tag.unchanged(),
        Ok((tag, Some(releases))) => {
            let text = catalogue::turtle(&releases, &guest.app.settings);
            let file = "attachment; filename=\"kedjan.ttl\"";
            let own = [(header::CONTENT_TYPE, "text/turtle; charset=utf-8"), (header::CONTENT_DISPOSITION, file)];
            (tag.headers(), own, text).into_response()
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
    let tag = Tag::exactly(&format!("{}-{}-{language}", table.digest.get(..32).unwrap_or_default(), form.end()), lang);
    let caching = tag.kept_for("public, max-age=86400");
    if tag.is_kept(headers) {
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
