//! The register at the pages, and as files.

use axum::Json;
use axum::extract::RawQuery;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::{Register, files, page, register};
use crate::app::Stop;
use crate::http::{Visitor, beside_fields, query_pairs};
use crate::t;
use crate::web::form::Posted;

fn posted(query: Option<&str>) -> Posted {
    Posted { values: query_pairs(query.unwrap_or_default()), errors: Vec::new() }
}

async fn read(visitor: &Visitor, posted: &Posted) -> Result<Register, Stop> {
    register(visitor.cx()?, Some(posted.get("year").to_owned())).await
}

/// The register of a year.
pub async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let (lang, mut posted) = (visitor.lang, posted(query.as_deref()));
    let title = t!(lang, "register-title");
    match read(&visitor, &posted).await {
        Ok(register) => {
            let this = crate::web::format::local(register.at).date().year();
            visitor.page(&title, page::register(lang, &register, this, posted.get("county")))
        }
        Err(stop) => match beside_fields(&mut posted, stop) {
            Some(stop) => visitor.refuse(stop),
            None => visitor.page_again(&title, page::again(lang, &posted)),
        },
    }
}

/// The register as text for a spreadsheet.
pub async fn csv(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    match read(&visitor, &posted(query.as_deref())).await {
        Ok(register) => file(&register, "csv", "text/csv; charset=utf-8", files::csv(&register, visitor.lang)),
        Err(stop) => visitor.refuse(stop),
    }
}

/// The register as a workbook.
pub async fn xlsx(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    match read(&visitor, &posted(query.as_deref())).await {
        Ok(register) => match files::xlsx(&register, visitor.lang) {
            Ok(bytes) => file(&register, "xlsx", KIND, bytes),
            Err(fault) => visitor.refuse(fault.into()),
        },
        Err(stop) => visitor.refuse(stop),
    }
}

/// The register for programs.
pub async fn json(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    match read(&visitor, &posted(query.as_deref())).await {
        Ok(register) => Json(files::json(&register, visitor.lang)).into_response(),
        Err(stop) => visitor.refuse(stop),
    }
}

fn file(register: &Register, end: &str, kind: &str, body: impl IntoResponse) -> Response {
    let name = format!("attachment; filename=\"reports-of-concern-{}.{end}\"", register.year);
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, body.into_response().into_body()).into_response()
}
