//! Packages of a whole made-up county: whatever its cases have come to, what it counts is what it can send.

use chain::text::Lang;
use uuid::Uuid;

use super::*;
use crate::app::{Cx, unit_blocking};
use crate::demo::{self, Recipe};
use crate::directory;
use crate::testing::installed;

#[test]
fn every_month_of_the_demo_county_can_be_sent_and_taken() {
    for (database, other) in testkit::databases().into_iter().zip(testkit::databases()) {
        let county = World::new(other);
        let folder = tempfile::tempdir().unwrap();
        let app = installed(&database, folder.path(), false);
        let recipe = Recipe { seed: 3, cases: 150, today: date(2026, 11, 23) };
        app.clock.set(recipe.end().unwrap());
        demo::make(&app, recipe, |_| {}).unwrap();
        app.clock.set("2026-12-03T09:00:00Z".parse().unwrap());
        county.app.clock.set(app.clock.now());
        let org = app.store.read_blocking(directory::sql::authorities).unwrap()[0].id;
        let keeper = Actor { org, unit: Uuid::nil(), id: Uuid::nil(), role: Role::Admin, via: Via::Console };
        let cx = || Cx::new(&app, keeper.clone(), Lang::Sv).unwrap();

        let to = node(&county, "Länet", &[]);
        let (mine, other) = (draft("Blekinges kommuner", None, &["10"]), draft("Länet", Some(&to), &[]));
        let from = unit_blocking(cx(), move |tx, cx| Ok(set_own(tx, cx, &mine, false)?.into_inner())).unwrap();
        unit_blocking(cx(), move |tx, cx| trust(tx, cx, &other).map(drop)).unwrap();
        trusting(&county, &from, &["10"]).unwrap();
        let months = std::iter::successors(Some(MONTH), |month| Some(month.yesterday().ok()?.first_of_month()));
        for month in months.take(12) {
            let made = unit_blocking(cx(), move |tx, cx| Ok(make(tx, cx, "Länet", month, None, false)?.into_inner()));
            let made = made.unwrap_or_else(|stop| panic!("{month}: {:?}", refused(stop)));
            taking(&county, &made.bytes).unwrap();
        }
        let all = |app: &crate::app::App, method: &'static str| {
            let read = app
                .store
                .read_blocking(move |tx| statistics::sql::county_totals(tx, "10", method, "2025-12", "2026-11"));
            read.unwrap().into_iter().filter(|(_, n)| *n != 0).collect::<BTreeMap<_, _>>()
        };
        for method in ["smadit", "concern", "lob"] {
            assert_eq!(all(&county.app, method), all(&app, method), "{method}");
        }
        assert!(all(&county.app, "concern").len() > 10);
    }
}
