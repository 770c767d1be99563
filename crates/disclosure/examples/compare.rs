//! Holds the protector against the recorded results of GaussSuppression in R.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use disclosure::cube::Cube;
use disclosure::csv::Source;
use disclosure::dimension::Dimension;
use disclosure::engine;
use disclosure::problem::Role;
use std::collections::BTreeSet;
use std::time::Instant;

fn load(path: &str, dims: &[&str], links: &[(&str, &[&[&str]])], count: &str) -> Cube {
    // links: per dimension, chains of columns from inner to outer
    let text = std::fs::read_to_string(path).unwrap();
    let rows: Vec<Vec<String>> = text.lines().map(|l| l.split(',').map(|f| f.trim_matches('"').to_owned()).collect()).collect();
    let col = |n: &str| rows[0].iter().position(|c| c == n).unwrap();
    let mut hs = Vec::new();
    for (dim, chains) in links {
        let mut set: BTreeSet<(String, String)> = BTreeSet::new();
        for chain in *chains {
            for row in &rows[1..] {
                let mut prev = row[col(dim)].clone();
                for up in *chain {
                    let v = row[col(up)].clone();
                    if v != prev { set.insert((prev.clone(), v.clone())); }
                    prev = v;
                }
                set.insert((prev, "Total".into()));
            }
        }
        let pairs: Vec<(&str, &str)> = set.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        hs.push(Dimension::of_links(*dim, &pairs).unwrap());
    }
    let mut out = dims.iter().copied().chain([count]).collect::<Vec<_>>().join(",") + "\n";
    for row in &rows[1..] {
        out += &(dims.iter().copied().chain([count]).map(|d| row[col(d)].clone()).collect::<Vec<_>>().join(",") + "\n");
    }
    Cube::read(Source { name: path, bytes: out.as_bytes() }, count, hs).unwrap()
}

fn main() {
    let dir = std::env::args().nth(1).unwrap_or("../shared/data/disclosure".into());
    type Case = (&'static str, &'static [&'static str], &'static [(&'static str, &'static [&'static [&'static str]])], &'static str, u64);
    let cases: &[Case] = &[
        ("z1", &["region", "hovedint"], &[], "ant", 4),
        ("z1", &["region", "hovedint"], &[], "ant", 5),
        ("z2", &["region", "hovedint"], &[("region", &[&["fylke"], &["kostragr"]])], "ant", 4),
        ("z2", &["region", "hovedint"], &[("region", &[&["fylke"], &["kostragr"]])], "ant", 5),
        ("z3", &["region", "hovedint", "mnd"], &[("region", &[&["fylke"], &["kostragr"]]), ("mnd", &[&["mnd2"]])], "ant", 4),
        ("z3", &["region", "hovedint", "mnd"], &[("region", &[&["fylke"], &["kostragr"]]), ("mnd", &[&["mnd2"]])], "ant", 5),
        ("example1", &["age", "geo", "year"], &[("geo", &[&["eu"]])], "freq", 4),
        ("example1", &["age", "geo", "year"], &[("geo", &[&["eu"]])], "freq", 5),
        ("muni_small", &["muni", "sex", "age"], &[("muni", &[&["county"]])], "freq", 5),
        ("muni_year", &["muni", "sex", "age", "profession"], &[("muni", &[&["county"]])], "freq", 5),
        ("muni_quarter", &["muni", "sex", "age", "profession"], &[("muni", &[&["county"]])], "freq", 5),
    ];
    let only = std::env::args().nth(2);
    for (name, dims, links, count, threshold) in cases {
        if only.as_ref().is_some_and(|o| o != name) { continue; }
        let cube = load(&format!("{dir}/{name}.csv"), dims, links, count);
        for open in [true, false] {
            let start = Instant::now();
            let problem = cube.problem(|_, n| {
                if n == 0 && open { Role::Open } else if n < *threshold { Role::Primary } else { Role::Free }
            });
            let t1 = start.elapsed();
            let order = engine::order(&cube);
            let t2 = start.elapsed();
            let withheld = engine::protect(&problem, &order);
            let t = start.elapsed();
            let withheld = withheld.unwrap();
            let primary = problem.roles().iter().filter(|r| **r == Role::Primary).count();
            let sec: Vec<usize> = (0..withheld.len()).filter(|c| withheld[*c] && problem.roles()[*c] == Role::Free).collect();
            let sum: u64 = sec.iter().map(|c| cube.counts()[*c]).sum();
            println!("{name} maxN={} open={open}: cells {} primary {primary} secondary {} sum {sum} {:.3}s (problem {:.3}, order {:.3})", threshold - 1, cube.counts().len(), sec.len(), t.as_secs_f64(), t1.as_secs_f64(), (t2-t1).as_secs_f64());
        }
    }
}
