//! What is seen at the pages and through the API.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::super::Kind;
use super::{Answer, api, in_role, page, twenty};
use crate::access::Role;
use crate::testing::{World, in_each};

#[test]
fn the_county_sees_flow_key_figures_municipalities_and_months() {
    in_each(|world| {
        twenty(world, 20);
        let session = world.session(&world.county);
        let answer = page(world, &session, "/county");
        assert_eq!(answer.status, StatusCode::OK);
        for wanted in [
            "Blekinge",
            "december 2025–november 2026",
            "Vägen genom kedjan",
            "20 h",
            "12 av 20.",
            "60\u{a0}%",
            "2026-11",
            "Misstänkta efter ålder",
            "25–44 år",
            "/county/map?method=smadit&amp;from=2025-12&amp;to=2026-11",
            "Mål: 100 %.",
            "/county/figures.xlsx?method=smadit&amp;from=2025-12&amp;to=2026-11&amp;table=flow",
            "Kedjans statistik",
            "uttag 3 november 2026",
            "/county/figures.csv?method=smadit&amp;from=2025-12&amp;to=2026-11",
        ] {
            assert!(answer.body.contains(wanted), "{wanted}");
        }
        let english = page(world, &session, "/county?lang=en");
        assert!(english.body.contains("The way through the chain") && english.body.contains("60%"));
    });
}

#[test]
fn the_municipalities_are_sorted_by_a_link_and_lie_on_a_map_that_leads_to_their_rows() {
    in_each(|world| {
        twenty(world, 20);
        let session = world.session(&world.county);
        let side = page(world, &session, "/county/side-by-side?sort=suspected&dir=desc").body;
        assert!(side.contains("aria-sort=\"descending\"") && side.contains("1–5 av 5"), "{side}");
        assert!(side.find("id=\"places-1082\"").unwrap() < side.find("id=\"places-1060\"").unwrap());
        assert!(side.contains("12 av 20") && side.contains("Blekinge län"));
        let tile = |code: &str| {
            let map = page(world, &session, "/county/map?indicator=acceptance").body;
            let at = map.find(&format!("#places-{code}\"")).unwrap();
            let class = map[..at].rfind("class=\"tile ").unwrap();
            map[class..].split("</a>").next().unwrap().to_owned()
        };
        assert!(tile("1082").contains("step-") && tile("1082").contains("60\u{a0}%"), "{}", tile("1082"));
        assert!(tile("1060").contains("missing"));
        three_in_ronneby(world);
        assert!(tile("1081").contains("withheld"), "{}", tile("1081"));
        let side = page(world, &session, "/county/side-by-side").body;
        let ronneby = side.split("id=\"places-1081\"").nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(ronneby.contains("..") && !ronneby.contains(">3<"), "few are withheld: {ronneby}");
        assert_eq!(page(world, &world.session(&world.officer), "/county/map").status, StatusCode::FORBIDDEN);
        let wrong = page(world, &session, "/county/map?from=mars");
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("action=\"/county/map\""), "the form leads back to the same page");
    });
}

#[test]
fn time_is_shown_in_months_quarters_and_years() {
    let world = World::new(testkit::sqlite());
    twenty(&world, 20);
    let session = world.session(&world.county);
    let shown = |step: &str| page(&world, &session, &format!("/county?from=2026-01&to=2026-12&step={step}")).body;
    assert!(shown("month").contains(">2026-11<"));
    assert!(shown("quarter").contains(">2026 kv 4<") && !shown("quarter").contains(">2026-11<"));
    assert!(shown("year").contains("Misstänkta: 20 (2026)."));
}

#[test]
fn a_wrong_period_comes_back_with_what_was_written() {
    let world = World::new(testkit::sqlite());
    let answer = page(&world, &world.session(&world.county), "/county?from=mars&method=smadit");
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("value=\"mars\"") && answer.body.contains("href=\"#f-from\""));
}

#[test]
fn a_unit_reads_in_words_how_it_went_and_nothing_of_one() {
    in_each(|world| {
        let officer = world.session(&world.officer);
        assert!(page(world, &officer, "/feedback").body.contains("Inga ärenden under perioden"));
        twenty(world, 20);
        // The first session has run out meanwhile.
        let officer = world.session(&world.officer);
        let body = page(world, &officer, "/feedback").body;
        assert!(body.contains("Av 20 i steget ”Erbjudna” kom 12 vidare till ”Tackade ja”."), "{body}");
        assert!(body.contains("LPO Karlshamn"));
        assert_eq!(page(world, &officer, "/county").status, StatusCode::FORBIDDEN);
        let lead = world.session(&in_role(&world.officer, Role::Lead));
        assert_eq!(page(world, &lead, "/county").status, StatusCode::OK);
        assert_eq!(page(world, &world.session(&world.receiver), "/feedback").status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn few_are_told_of_kindly_and_not_counted() {
    let world = World::new(testkit::sqlite());
    for _ in 0..4 {
        world.accepted();
    }
    let body = page(&world, &world.session(&world.officer), "/feedback").body;
    assert!(body.contains("så få att någon skulle kunna kännas igen"));
    assert!(!body.contains("4 av 4") && body.contains(".."));
}

fn lines_of(answer: &Answer) -> Vec<Vec<String>> {
    let text = answer.body.strip_prefix('\u{feff}').expect("a byte order mark");
    text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

#[test]
fn the_files_open_in_a_spreadsheet_set_to_swedish() {
    in_each(|world| {
        twenty(world, 20);
        let answer = page(world, &world.session(&world.county), "/county/figures.csv");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"smadit-2025-12-2026-11.csv\"");
        let lines = lines_of(&answer);
        assert_eq!(
            lines[0],
            [
                "tabell",
                "mått",
                "definition",
                "kommunkod",
                "kommun",
                "månad",
                "kön",
                "ålder",
                "tid",
                "värde",
                "enhet",
                "källa"
            ]
        );
        assert!(lines.iter().all(|line| line.len() == 12));
        let value = |table: &str, measure: &str, code: &str| {
            let line = lines.iter().find(|l| l[0] == table && l[1] == measure && l[3] == code).unwrap();
            (line[9].clone(), line[10].clone())
        };
        assert_eq!(value("Vägen genom kedjan", "Misstänkta", ""), ("20".into(), "ärenden".into()));
        assert_eq!(value("Nyckeltal", "Kontakt i tid", ""), ("7".into(), "ärenden".into()));
        let shares: Vec<&str> =
            lines.iter().filter(|l| l[0] == "Nyckeltal" && l[10] == "procent").map(|l| l[9].as_str()).collect();
        let expected = ["100,0", "60,0", "58,3", "58,3", "0,0", "0,0", "0,0", "100,0", "0,0", "100,0", "0,0"];
        assert_eq!(shares, expected);
        assert_eq!(value("Kommunerna", "Misstänkta", "1082").0, "20");
        assert_eq!(value("Kommunerna", "Andel ja", "1081"), (".".into(), "procent".into()));

        let own = page(world, &world.session(&world.officer), "/feedback/figures.csv?table=flow");
        assert_eq!(lines_of(&own).len(), 7);
        assert_eq!(page(world, &world.session(&world.officer), "/county/figures.csv").status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn programs_get_json_stat_with_what_is_withheld_marked() {
    in_each(|world| {
        twenty(world, 20);
        three_in_ronneby(world);
        let token = world.token(&world.county);
        let answer = api(world, &token, "/api/v1/statistics/municipalities", "application/json");
        let data: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((data["version"].as_str(), data["class"].as_str()), (Some("2.0"), Some("dataset")));
        assert_eq!(data["id"], json!(["municipality", "measure"]));
        assert_eq!(data["role"], json!({ "geo": ["municipality"], "metric": ["measure"] }));
        let sizes: Vec<usize> = data["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let values = data["value"].as_array().unwrap();
        assert_eq!(values.len(), sizes[0] * sizes[1]);
        for (at, name) in ["municipality", "measure"].into_iter().enumerate() {
            let category = &data["dimension"][name]["category"];
            assert_eq!(category["index"].as_array().unwrap().len(), sizes[at]);
            assert_eq!(category["label"].as_object().unwrap().len(), sizes[at]);
        }
        let places = data["dimension"]["municipality"]["category"]["index"].as_array().unwrap();
        let ronneby = places.iter().position(|code| code == "1081").unwrap() * sizes[1];
        assert_eq!((&values[ronneby], &data["status"][ronneby.to_string()]), (&Value::Null, &json!("..")));
        for (at, value) in values.iter().enumerate() {
            assert_eq!(value.is_null(), data["status"].get(at.to_string()).is_some(), "{at}");
        }
    });
}

#[test]
fn each_table_is_there_in_both_forms_and_no_other() {
    let world = World::new(testkit::sqlite());
    twenty(&world, 20);
    let token = world.token(&world.county);
    for table in ["flow", "indicators", "municipalities", "months", "sexes", "ages", "hours"] {
        let path = format!("/api/v1/statistics/{table}?from=2026-01&to=2026-12");
        let json = api(&world, &token, &path, "application/json");
        let data: Value = serde_json::from_str(&json.body).unwrap();
        let size: u64 = data["size"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).product();
        assert_eq!(data["value"].as_array().unwrap().len() as u64, size, "{table}");
        assert_eq!(data["id"].as_array().unwrap().len(), data["dimension"].as_object().unwrap().len());
        let csv = api(&world, &token, &path, "text/html;q=0.5, text/csv");
        assert_eq!(lines_of(&csv).len() as u64, size + 1, "{table}");
        let neither = api(&world, &token, &path, "text/html, application/json;q=0");
        assert_eq!(neither.status, StatusCode::NOT_ACCEPTABLE);
        assert_eq!(neither.headers[header::CONTENT_TYPE], "application/problem+json");
    }
    assert_eq!(api(&world, &token, "/api/v1/statistics/people", "*/*").status, StatusCode::NOT_FOUND);
}

#[test]
fn a_unit_s_token_reaches_its_own_figures_only() {
    let world = World::new(testkit::sqlite());
    twenty(&world, 20);
    let officer = world.token(&world.officer);
    assert_eq!(api(&world, &officer, "/api/v1/statistics/flow", "*/*").status, StatusCode::FORBIDDEN);
    let own = api(&world, &officer, "/api/v1/statistics/flow?unit=own", "*/*");
    let data: Value = serde_json::from_str(&own.body).unwrap();
    assert_eq!(data["value"], json!([20, 20, 12, 7, 0, 0]));
    let county = world.token(&world.county);
    assert_eq!(api(&world, &county, "/api/v1/statistics/flow?unit=own", "*/*").status, StatusCode::FORBIDDEN);
    let wrong = api(&world, &county, "/api/v1/statistics/flow?unit=x&from=2026-01", "*/*");
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("\"/unit\""));
    let wrong = api(&world, &county, "/api/v1/statistics/flow?from=x&to=y", "*/*");
    assert!(wrong.body.contains("\"/from\"") && wrong.body.contains("\"/to\""));
}

/// Fewer than may be shown.
fn three_in_ronneby(world: &World) {
    for _ in 0..3 {
        let begin = crate::testing::offer("declined", json!({ "event_municipality": "1081" }), Default::default());
        world.run(&world.officer, move |tx, cx| crate::cases::begin(tx, cx, &begin, None).map(|_| ())).unwrap();
    }
}

/// A file as bytes, by the page or by the API.
fn file(world: &World, request: axum::http::request::Builder) -> (StatusCode, HeaderMap, Vec<u8>) {
    let service = crate::http::server::service(world.app.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (parts, body) = service.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
        (parts.status, parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    })
}

#[test]
fn a_workbook_has_a_sheet_for_each_table_and_one_that_says_what_the_measures_are() {
    use calamine::{Data, Reader, Xlsx};
    in_each(|world| {
        twenty(world, 3);
        three_in_ronneby(world);
        let cookie = format!("{}={}", crate::http::session_cookie(&world.app), world.session(&world.county));
        let get = || Request::get("/county/figures.xlsx").header(header::COOKIE, &cookie);
        let (status, headers, bytes) = file(world, get());
        assert_eq!(status, StatusCode::OK);
        assert!(headers[header::CONTENT_DISPOSITION].to_str().unwrap().ends_with("2025-12-2026-11.xlsx\""));
        assert_eq!(bytes, file(world, get()).2, "the same figures are the same file");
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names().len(), Kind::ALL.len() + 1);
        let flow = book.worksheet_range("Vägen genom kedjan").unwrap();
        let row = flow.rows().find(|row| row[0] == Data::String("Tackade ja".into())).unwrap();
        assert_eq!((&row[1], &row[2]), (&Data::Float(12.0), &Data::String("ärenden".into())));
        let places = book.worksheet_range("Kommunerna").unwrap();
        assert!(places.rows().flatten().any(|cell| *cell == Data::String("..".into())), "what is few is withheld");
        let definitions = book.worksheet_range("Definitioner").unwrap();
        let told: Vec<String> = definitions.rows().map(|row| row[0].to_string()).collect();
        assert!(told.contains(&"Tackade ja".to_owned()), "{told:?}");
        let first = definitions.rows().find(|row| row[0] == Data::String("Tackade ja".into())).unwrap();
        assert!(first[2].to_string().len() > 20, "a definition in a sentence: {first:?}");
    });
}

#[test]
fn a_px_file_says_its_variables_values_and_what_is_withheld() {
    in_each(|world| {
        twenty(world, 3);
        three_in_ronneby(world);
        let token = world.token(&world.county);
        let px = |table: &str| {
            let request = Request::get(format!("/api/v1/statistics/{table}"))
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::ACCEPT, "application/x-pcaxis");
            let (status, headers, bytes) = file(world, request);
            assert_eq!(status, StatusCode::OK);
            assert_eq!(headers[header::CONTENT_TYPE], "application/x-pcaxis; charset=utf-8");
            String::from_utf8(bytes).unwrap()
        };
        let months = px("months");
        assert!(
            months.starts_with("CHARSET=\"ANSI\";\r\nAXIS-VERSION=\"2013\";\r\nCODEPAGE=\"utf-8\";\r\n"),
            "{months}"
        );
        for line in [
            "STUB=\"månad\";",
            "HEADING=\"mått\";",
            "TIMEVAL(\"månad\")=TLIST(M1),",
            "CONTVARIABLE=\"mått\";",
            "DATASYMBOL2=\"..\";",
        ] {
            assert!(months.contains(&format!("\r\n{line}")), "{line} in {months}");
        }
        assert!(months.lines().all(|line| line.chars().count() <= 256), "{months}");
        let (head, data) = months.split_once("DATA=\r\n").unwrap();
        assert_eq!(data.lines().count(), 13, "twelve months and the end: {data}");
        assert!(data.ends_with(";\r\n") && head.lines().all(|line| line.ends_with([';', ',', '"'])));
        let values = head.split_once("VALUES(\"mått\")=").unwrap().1.split_once(';').unwrap().0.split(",\r\n").count();
        assert!(data.lines().take(12).all(|line| line.split(' ').count() == values), "{values}: {data}");
        let places = px("municipalities");
        assert!(places.split_once("DATA=").unwrap().1.contains("\"..\""), "{places}");
        assert!(px("flow").contains("\r\nSTUB=\"mått\";"));
    });
}
