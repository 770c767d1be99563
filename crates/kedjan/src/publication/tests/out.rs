//! Releases as they leave: pages, the API, files.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::Value;

use super::super::{files, read};
use super::made::tally;
use super::{publish, wish};
use crate::http::tests::{Answer, send};
use crate::store::Sql;
use crate::testing::{World, in_each};

fn get(world: &World, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request =
        headers.iter().fold(Request::builder().uri(path), |request, (name, value)| request.header(*name, *value));
    send(world, request.body(Body::empty()).unwrap())
}

fn county(world: &World) {
    for (municipality, n) in [("1080", 40), ("1081", 3), ("1082", 12)] {
        tally(world, "10", municipality, "2026-08", "suspected", n);
        tally(world, "10", municipality, "2026-08", "offered", n / 2);
    }
    publish(world, &wish("county:10", "2026-Q3", None)).unwrap();
}

#[test]
fn anybody_reads_releases_at_the_pages_and_takes_their_tables_away() {
    in_each(|world| {
        assert!(get(world, "/figures", &[]).body.contains("Inget är publicerat än"));
        county(world);
        let list = get(world, "/figures", &[]);
        assert!(
            list.body.contains("SMADIT: Blekinge län, kvartal 3 2026") && list.body.contains("1–1 av 1"),
            "{}",
            list.body
        );
        let page = get(world, "/figures/smadit-county-10-2026-q3-1", &[]);
        for wanted in [
            "Blekinge län",
            "Månad för månad",
            "Antal från 1 till och med 4 hålls tillbaka",
            "Karlshamn",
            "measures.px",
        ] {
            assert!(page.body.contains(wanted), "{wanted} {}", page.body);
        }
        let file = get(world, "/figures/smadit-county-10-2026-q3-1/measures.csv", &[]);
        assert!(file.body.starts_with("\u{feff}område, kod;område;"), "{}", file.body);
        assert!(file.body.contains("1081;Ronneby;suspected;") && file.body.contains(";..;"), "{}", file.body);
        let tag = file.headers[header::ETAG].to_str().unwrap().to_owned();
        let again = get(world, "/figures/smadit-county-10-2026-q3-1/measures.csv", &[("if-none-match", &tag)]);
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        for nothing in ["/figures/none", "/figures/none/measures.csv", "/figures/smadit-county-10-2026-q3-1/flow.csv"] {
            assert_eq!(get(world, nothing, &[]).status, StatusCode::NOT_FOUND);
        }
        let catalogue = get(world, "/figures/catalog.ttl", &[]).body;
        for wanted in ["a dcat:Catalog", "\"2026-07-01\"^^xsd:date", "publicdomain/zero/1.0/", "measures.px>"] {
            assert!(catalogue.contains(wanted), "{wanted} {catalogue}");
        }
    });
}

#[test]
fn anybody_can_work_out_the_checksums_of_a_release_from_what_can_be_taken_away() {
    in_each(|world| {
        county(world);
        let at = "/figures/smadit-county-10-2026-q3-1";
        let marks = get(world, &format!("{at}/release.frozen.json"), &[]);
        let listed: Value = serde_json::from_str(&get(world, "/api/v1/releases", &[]).body).unwrap();
        let digest = super::super::content::digest(&marks.body);
        assert_eq!(listed["releases"][0]["sha256"], digest.as_str());
        assert!(get(world, at, &[]).body.contains(&digest));
        let marks: Value = serde_json::from_str(&marks.body).unwrap();
        for table in marks["tables"].as_array().unwrap() {
            let frozen = get(world, &format!("{at}/{}.frozen.json", table["name"].as_str().unwrap()), &[]);
            assert_eq!(table["digest"], super::super::content::digest(&frozen.body));
        }
        let table: Value = serde_json::from_str(&get(world, &format!("{at}/measures.json"), &[]).body).unwrap();
        assert_eq!(table["extension"]["sha256"], marks["tables"][0]["digest"]);
        assert_eq!(get(world, &format!("{at}/flow.frozen.json"), &[]).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_catalogue_has_the_newest_versions_and_is_sent_again_only_when_something_has_been_released() {
    in_each(|world| {
        county(world);
        let first = get(world, "/figures/catalog.ttl", &[]);
        let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
        let same = get(world, "/figures/catalog.ttl", &[("if-none-match", &tag)]);
        assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        world.pass(1);
        tally(world, "10", "1080", "2026-08", "suspected", 9);
        publish(world, &wish("county:10", "2026-Q3", Some("Sent inkomna ärenden"))).unwrap();
        let new = get(world, "/figures/catalog.ttl", &[("if-none-match", &tag)]);
        assert_eq!(new.status, StatusCode::OK);
        assert_eq!(new.body.matches("a dcat:Dataset").count(), 1, "{}", new.body);
        assert!(new.body.contains("dcat:version \"2\"") && new.body.contains("previousVersion"), "{}", new.body);
    });
}

#[test]
fn programs_read_releases_without_a_token() {
    in_each(|world| {
        county(world);
        let list: Value = serde_json::from_str(&get(world, "/api/v1/releases?scope=county:10", &[]).body).unwrap();
        assert_eq!((list["count"].as_u64(), list["next"].as_str()), (Some(1), None));
        assert_eq!(list["releases"][0]["marks"]["threshold"], 5);
        assert_eq!(get(world, "/api/v1/releases?scope=x&period=y", &[]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let path = "/api/v1/releases/smadit-county-10-2026-q3-1/months";
        let table: Value = serde_json::from_str(&get(world, path, &[]).body).unwrap();
        assert_eq!(table["id"], serde_json::json!(["place", "month", "measure"]));
        assert_eq!((table["size"][0].as_u64(), table["size"][1].as_u64()), (Some(1), Some(3)));
        assert!(get(world, path, &[("accept", "application/x-pcaxis")]).body.contains("TIMEVAL(\"månad\")=TLIST(M1)"));
        assert_eq!(get(world, path, &[("accept", "image/png")]).status, StatusCode::NOT_ACCEPTABLE);
        assert_eq!(get(world, "/api/v1/releases/none/months", &[]).status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_folder_holds_all_of_a_release_or_nothing_and_the_same_bytes_each_time() {
    let world = World::new(testkit::sqlite());
    county(&world);
    let all = || {
        let read = |tx: &mut dyn Sql| {
            let release = read::release(tx, "smadit-county-10-2026-q3-1")?.unwrap();
            let tables = read::tables(tx, &release.id)?;
            Ok::<_, crate::store::StoreError>((release, tables))
        };
        let (release, tables) = world.app.store.read_blocking(read).unwrap();
        files::all(&release, &tables, &world.app.settings).unwrap()
    };
    assert_eq!(all(), all());
    let names: Vec<String> = all().into_iter().map(|(name, _)| name).collect();
    let wanted = ["measures.csv", "measures.json", "measures.px", "months.csv", "months.json", "months.px"];
    assert!(names.starts_with(&wanted.map(str::to_owned)), "{names:?}");
    assert!(names.ends_with(&["figures.xlsx", "definitions.csv", "catalog.ttl", "release.json"].map(str::to_owned)));
    let folder = world.folder.path().join("out");
    files::write(&folder, &all()).unwrap();
    // Once more into the same place, but never over anything else.
    files::write(&folder, &all()).unwrap();
    assert_eq!(folder.read_dir().unwrap().count(), names.len());
    let marks: Value = serde_json::from_slice(&std::fs::read(folder.join("release.json")).unwrap()).unwrap();
    let csv = std::fs::read(folder.join("measures.csv")).unwrap();
    assert_eq!(marks["files"]["measures.csv"], super::super::content::digest(csv));
    let frozen = std::fs::read(folder.join("release.frozen.json")).unwrap();
    assert_eq!(marks["sha256"], super::super::content::digest(frozen));
    let other = world.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("mine.txt"), "mine").unwrap();
    assert!(files::write(&other, &all()).unwrap_err().to_string().contains("holds something that is no release"));
    assert_eq!(other.read_dir().unwrap().count(), 1);
    assert_eq!(
        world
            .folder
            .path()
            .read_dir()
            .unwrap()
            .filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_string_lossy().ends_with(".part") || name.to_string_lossy().ends_with(".old")
            })
            .count(),
        0
    );
}
