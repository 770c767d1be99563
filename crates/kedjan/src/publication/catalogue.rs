//! Releases as a catalogue of open data: DCAT-AP-SE 3 in Turtle, as dataportal.se harvests it.

use std::fmt::Write;

use chain::text::Lang;

use super::period::{Part, Scope};
use super::read::Release;
use super::words::table_title;
use crate::settings::Settings;
use crate::t;

const PREFIXES: &str = "@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";
const LICENCE: &str = "<http://creativecommons.org/publicdomain/zero/1.0/>";
const EU: &str = "http://publications.europa.eu/resource/authority";
/// The forms that a table can be had in: the end of its address, and its media type.
const FORMS: [(&str, &str); 4] = [
    ("csv", "text/csv"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("json", "application/json"),
    ("px", "application/x-pcaxis"),
];

/// A text between quotation marks.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// The same in both languages.
fn both(words: impl Fn(Lang) -> String) -> String {
    format!("{}@sv, {}@en", quoted(&words(Lang::Sv)), quoted(&words(Lang::En)))
}

fn publisher(settings: &Settings) -> String {
    settings.publisher.clone().unwrap_or_else(|| settings.public.clone())
}

/// A catalogue with these releases as its datasets.
pub(super) fn turtle(releases: &[Release], settings: &Settings) -> String {
    let base = &settings.public;
    let mut out = PREFIXES.to_owned();
    let name = quoted(&publisher(settings));
    // Writing to a text cannot fail.
    let _ = write!(
        out,
        "\n<{base}/figures/catalog.ttl#publisher> a foaf:Agent ; foaf:name {name} ; foaf:homepage <{base}/> .\n\n\
         <{base}/figures/catalog.ttl#catalog> a dcat:Catalog ;\n  dcterms:title {} ;\n  dcterms:description {} ;\n  \
         dcterms:publisher <{base}/figures/catalog.ttl#publisher> ;\n  dcterms:license {LICENCE} ;\n  \
         dcterms:language <{EU}/language/SWE>, <{EU}/language/ENG> ;\n  foaf:homepage <{base}/figures>",
        both(|lang| t!(lang, "publication-catalogue-title")),
        both(|lang| t!(lang, "publication-catalogue-text")),
    );
    for release in releases {
        let _ = write!(out, " ;\n  dcat:dataset <{base}/figures/{}>", release.id);
    }
    out.push_str(" .\n");
    for release in releases {
        dataset(&mut out, release, settings);
    }
    out
}

fn dataset(out: &mut String, release: &Release, settings: &Settings) {
    let (base, id) = (&settings.public, &release.id);
    let marks = &release.marks;
    let title = |lang: Lang| {
        format!("{}: {}, {}", marks.method_name.get(lang), release.about(lang), release.period.words(lang))
    };
    let every = match release.period.part {
        Part::Year => "ANNUAL",
        Part::Quarter(_) => "QUARTERLY",
        Part::Month(_) => "MONTHLY",
    };
    let place = match &release.scope {
        Scope::Nation => format!("<{EU}/country/SWE>"),
        Scope::County(code) => format!(
            "[ a dcterms:Location ; skos:prefLabel {}@sv ; dcterms:identifier {} ]",
            quoted(&marks.about.sv),
            quoted(code)
        ),
        Scope::Authority(_) => format!("[ a dcterms:Location ; skos:prefLabel {}@sv ]", quoted(&marks.about.sv)),
    };
    let mail = settings.contact.as_ref().map(|contact| format!("vcard:hasEmail <mailto:{contact}>"));
    let contact = mail.unwrap_or_else(|| format!("vcard:hasURL <{base}/figures>"));
    let _ = write!(
        out,
        "\n<{base}/figures/{id}> a dcat:Dataset ;\n  dcterms:title {} ;\n  dcterms:description {} ;\n  \
         dcterms:identifier {} ;\n  dcat:version {} ;\n  dcterms:issued \"{}\"^^xsd:dateTime ;\n  \
         dcterms:publisher <{base}/figures/catalog.ttl#publisher> ;\n  \
         dcat:contactPoint [ a vcard:Organization ; vcard:fn {} ; {contact} ] ;\n  \
         dcat:theme <{EU}/data-theme/SOCI>, <{EU}/data-theme/HEAL> ;\n  \
         dcterms:accessRights <{EU}/access-right/PUBLIC> ;\n  dcterms:accrualPeriodicity <{EU}/frequency/{every}> ;\n  \
         dcterms:language <{EU}/language/SWE>, <{EU}/language/ENG> ;\n  dcterms:spatial {place} ;\n  \
         dcterms:temporal [ a dcterms:PeriodOfTime ; dcat:startDate \"{}\"^^xsd:date ; dcat:endDate \"{}\"^^xsd:date ] ;\n  \
         dcat:landingPage <{base}/figures/{id}>",
        both(title),
        both(|lang| super::files::note(release, lang)),
        quoted(id),
        quoted(&release.version.to_string()),
        release.made_at,
        quoted(&publisher(settings)),
        release.period.first_day(),
        release.period.last_day(),
    );
    if let Some(replaced) = &marks.replaces {
        let _ = write!(out, " ;\n  dcat:previousVersion <{base}/figures/{replaced}>");
    }
    let tables = || marks.tables.iter().flat_map(|table| FORMS.iter().map(move |form| (table, form)));
    for (table, (end, _)) in tables() {
        let _ = write!(out, " ;\n  dcat:distribution <{base}/figures/{id}/{}.{end}>", table.name);
    }
    out.push_str(" .\n");
    for (table, (end, media)) in tables() {
        let address = format!("<{base}/figures/{id}/{}.{end}>", table.name);
        let title = both(|lang| format!("{} ({})", table_title(lang, &table.name), end.to_uppercase()));
        let _ = write!(
            out,
            "\n{address} a dcat:Distribution ;\n  dcterms:title {title} ;\n  dcat:accessURL {address} ;\n  \
             dcat:downloadURL {address} ;\n  \
             dcat:mediaType <https://www.iana.org/assignments/media-types/{media}> ;\n  dcterms:license {LICENCE} .\n"
        );
    }
}
