//! Protecting national tables of counts before they are published: the engine alone, and with attack and repair.

use std::time::Instant;

use anyhow::{Context, bail};
use disclosure::cube::Cube;
use disclosure::engine;
use disclosure::made::{self, Size};
use disclosure::protect::{Plan, protect};
use disclosure::rule::Rule;
use kedjan::publication::shared_out;

use crate::figure::{Figure, Goal};

/// 290 municipalities in 21 counties by sex, age and profession: 32 760 cells with margins.
const NATION: Size = Size { counties: 21, flat: [2, 4, 6], quarters: 0, mean: 15.0 };

/// Measures on made-up tables, which are the same each time.
pub fn protecting(short: bool) -> anyhow::Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let year = made::table(1, NATION)?;
    let small = |cube: &Cube| cube.counts().iter().filter(|count| Rule::default().is_small(**count)).count();
    println!("tables: {} cells, {} small in the year", year.counts().len(), small(&year));
    figures.push(engine_alone("protecting a table of 32 760 cells, engine", &year)?.with_goal(Goal::AtMost(1.0)));
    let named = "protecting a table of 32 760 cells, a year, with attack and repair";
    figures.push(whole(named, &year)?.with_goal(Goal::AtMost(5.0)));
    if short {
        return Ok(figures);
    }
    let quarter = made::table(1, Size { mean: 6.5, ..NATION })?;
    println!("tables: {} small in the quarter", small(&quarter));
    let named = "protecting a table of 32 760 cells, a quarter, with attack and repair";
    figures.push(whole(named, &quarter)?.with_goal(Goal::AtMost(60.0)));
    let quarters = made::table(1, Size { quarters: 4, mean: 6.5, ..NATION })?;
    println!("tables: {} cells, {} small in four quarters and their year", quarters.counts().len(), small(&quarters));
    figures.push(engine_alone("protecting a table of 163 800 cells, engine", &quarters)?.with_goal(Goal::AtMost(60.0)));
    Ok(figures)
}

fn engine_alone(name: &str, cube: &Cube) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let problem = cube.problem(|_, count| Rule::default().role(count));
    engine::protect(&problem, &engine::order(cube), &[]).context("the made-up table")?;
    Ok(Figure::new(name, begun.elapsed().as_secs_f64(), "s"))
}

fn whole(name: &str, cube: &Cube) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let protected = protect(cube, &Plan::default(), Rule::default(), &shared_out).context("the made-up table")?;
    if !protected.leaks().is_empty() {
        bail!("{} cells of a made-up table can be worked out", protected.leaks().len());
    }
    Ok(Figure::new(name, begun.elapsed().as_secs_f64(), "s"))
}
