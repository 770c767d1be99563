//! That the national view shows what is released and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use chain::text::Lang;
use tower::ServiceExt;

use crate::http::tests::send;
use crate::publication::tests::made::tally_of;
use crate::publication::{Wish, make};
use crate::testing::{World, in_each};

fn page(world: &World, path: &str) -> (StatusCode, String) {
    let service = crate::http::server::service(world.app.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let answer = service.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    })
}

fn counted(world: &World, county: &str, place: &str, month: &str, asked: i64, yes: i64) {
    let desk = (world.officer.org, world.officer.unit);
    for (sex, age) in [("man", "25-34"), ("woman", "35-44")] {
        tally_of(world, desk, [county, place, month, "suspected", sex, age], asked);
        tally_of(world, desk, [county, place, month, "offered", sex, age], asked);
        tally_of(world, desk, [county, place, month, "accepted", sex, age], yes);
    }
}

fn released(world: &World, period: &str) {
    let wish = Wish { scope: "nation".into(), method: "smadit".into(), period: period.into(), reason: None };
    make(&world.app, &wish, Lang::Sv, &|_| {}).unwrap();
}

#[test]
fn the_nation_shows_its_counties_and_a_county_its_municipalities_as_they_were_released() {
    in_each(|world| {
        assert!(page(world, "/nation").1.contains("Inget är publicerat för hela landet än"));
        for (county, place, asked, yes) in
            [("10", "1080", 200, 120), ("10", "1082", 100, 40), ("12", "1280", 300, 150), ("12", "1281", 2, 1)]
        {
            counted(world, county, place, "2024-05", asked, yes / 2 + 10);
            counted(world, county, place, "2025-05", asked, yes);
        }
        released(world, "2024");
        released(world, "2025");
        // What is counted afterwards is in no release.
        counted(world, "14", "1480", "2025-06", 500, 400);
        let (status, body) = page(world, "/nation?indicator=acceptance");
        assert_eq!(status, StatusCode::OK);
        for wanted in [
            "Hela landet, 2025. SMADIT.",
            "Andel ja",
            "row-8 column-3",
            "href=\"/nation?method=smadit&amp;period=2025&amp;indicator=acceptance&amp;county=10\"",
            "53,3\u{a0}%",
            "25–34 år",
            "Version 1",
            "2024",
            "id=\"places-12\"",
        ] {
            assert!(body.contains(wanted), "{wanted} in {body}");
        }
        assert!(!body.contains("Västra Götaland"), "it is counted and not released");
        let sexes = body.split("id=\"sexes\"").nth(1).unwrap().split("</figure>").next().unwrap();
        let women = sexes.split("Kvinnor").nth(1).unwrap().split("Män").next().unwrap();
        assert!(women.contains("311 av 602") && women.contains("51,7\u{a0}%"), "{women}");
        assert!(body.contains("4 av 290 kommuner har rapporterat, i 2 av 21 län."), "{body}");
        let (_, county) = page(world, "/nation?indicator=acceptance&county=10");
        for wanted in [
            "Blekinge län, 2025.",
            "Karlskrona",
            "60\u{a0}%",
            "#places-1080",
            "Hela landet",
            "Annan eller okänd kommun",
        ] {
            assert!(county.contains(wanted), "{wanted} in {county}");
        }
        let (_, skane) = page(world, "/nation?county=12");
        let lund = skane.split("id=\"places-1281\"").nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(lund.contains("..") && !lund.contains(">4<"), "few are withheld as in the release: {lund}");
        let (_, csv) = page(world, "/nation/figures.csv?county=10&indicator=acceptance");
        assert!(csv.starts_with("\u{feff}kod;Kommun;") && csv.contains("\r\n1080;Karlskrona;400;100,0;60,0;"), "{csv}");
        assert_eq!(page(world, "/nation?method=x&period=1999&indicator=x&county=99").0, StatusCode::OK);
    });
}

#[test]
fn who_has_not_reported_is_not_shown_as_withheld() {
    in_each(|world| {
        for (county, place, year) in [("10", "1080", "2024"), ("10", "1080", "2025"), ("14", "1480", "2025")] {
            counted(world, county, place, &format!("{year}-05"), 100, 40);
        }
        released(world, "2024");
        released(world, "2025");
        let (_, county) = page(world, "/nation?indicator=acceptance&county=14");
        assert!(county.contains("1 av 49 kommuner i länet har rapporterat."), "{county}");
        let times = county.split("id=\"times\"").nth(1).unwrap().split("</figure>").next().unwrap();
        let row = times.split("<tr").find(|row| row.contains("<td") && row.contains("2024")).unwrap();
        assert!(row.contains("2024") && row.contains('–') && !row.contains(".."), "{row}");
    });
}

#[test]
fn young_women_are_shown_year_by_year_with_those_who_got_support() {
    in_each(|world| {
        let desk = (world.officer.org, world.officer.unit);
        for (year, found, support) in [("2024", 30, 11), ("2025", 48, 3)] {
            counted(world, "10", "1080", &format!("{year}-05"), 100, 40);
            for (measure, n) in [("suspected", found), ("offered", found), ("accepted", found), ("started", support)] {
                tally_of(world, desk, ["10", "1080", &format!("{year}-05"), measure, "woman", "18-19"], n);
            }
            released(world, year);
        }
        for path in ["/nation", "/nation?county=10"] {
            let (_, body) = page(world, path);
            let young = body.split("id=\"young\"").nth(1).unwrap().split("</figure>").next().unwrap();
            let row = |year: &str| {
                let row = young.split("<tr").find(|row| row.contains("<td") && row.contains(year)).unwrap();
                row.split("</tr>").next().unwrap().to_owned()
            };
            for year in ["2024", "2025"] {
                let file = format!("href=\"/figures/smadit-nation-{year}-1/young_women.csv\"");
                assert!(young.contains(&file), "{young}");
            }
            assert!(young.contains("SMADIT, 2024, 2025. Senaste versionen av varje år."), "{young}");
            let (before, now) = (row("2024"), row("2025"));
            assert!(before.contains(">30<") && before.contains(">11<"), "{before}");
            assert!(now.contains("..") && !now.contains(">3<"), "three are few: {now}");
        }
    });
}

#[test]
fn the_nation_is_sent_again_only_when_something_has_been_released() {
    in_each(|world| {
        counted(world, "10", "1080", "2024-05", 100, 40);
        counted(world, "10", "1080", "2025-05", 100, 40);
        released(world, "2024");
        let ask = |path: &str, tag: &str| {
            let request = Request::get(path).header(header::IF_NONE_MATCH, tag);
            send(world, request.body(Body::empty()).unwrap())
        };
        for path in ["/nation", "/nation/figures.csv"] {
            let first = ask(path, "\"another\"");
            assert_eq!(first.status, StatusCode::OK);
            let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
            let same = ask(path, &tag);
            assert_eq!((same.status, same.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
            let english = send(
                world,
                Request::get(format!("{path}?lang=en"))
                    .header(header::IF_NONE_MATCH, &tag)
                    .body(Body::empty())
                    .unwrap(),
            );
            assert_eq!(english.status, StatusCode::OK, "in another language it is another answer");
        }
        let tag = ask("/nation", "").headers[header::ETAG].to_str().unwrap().to_owned();
        world.pass(1);
        released(world, "2025");
        assert_eq!(ask("/nation", &tag).status, StatusCode::OK);
    });
}
