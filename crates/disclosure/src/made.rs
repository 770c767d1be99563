//! Made-up tables of any size, the same each time: for tests, for measuring, and for trying things out.

use crate::cube::{Cube, Shape};
use crate::dimension::Dimension;
use crate::field::Stream;
use crate::mistake::Mistakes;

/// The size of a made-up table.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Counties, with 13 or 14 municipalities each.
    pub counties: usize,
    /// Codes of three flat dimensions; one of a single code is left out.
    pub flat: [usize; 3],
    /// Quarters, with the year as their sum; none with 0.
    pub quarters: usize,
    /// The mean count of an innermost cell.
    pub mean: f64,
}

/// A made-up table: municipalities in counties by the flat dimensions and perhaps quarters.
///
/// # Errors
/// That it would be too large.
pub fn table(seed: u64, size: Size) -> Result<Cube, Mistakes> {
    let mut stream = Stream::new(seed);
    let mut links = Vec::new();
    for county in 0..size.counties {
        let code = format!("C{county:02}");
        // With 21 counties there are 290, as many as Sweden has.
        for municipality in 0..if county % 21 < 17 { 14 } else { 13 } {
            links.push((format!("{code}{municipality:02}"), code.clone()));
        }
        links.push((code, "Total".to_owned()));
    }
    let pairs: Vec<(&str, &str)> = links.iter().map(|(child, parent)| (child.as_str(), parent.as_str())).collect();
    let mut dimensions = vec![Dimension::of_links("place", &pairs)?];
    for (name, codes) in ["sex", "age", "kind"].into_iter().zip(size.flat).filter(|(_, codes)| *codes > 1) {
        dimensions.push(Dimension::flat(name, (1..=codes).map(|code| format!("{name}{code}"))));
    }
    if size.quarters > 0 {
        dimensions.push(Dimension::flat("time", (1..=size.quarters).map(|quarter| format!("Q{quarter}"))));
    }
    let shape = Shape::new("made", dimensions)?;
    // Each place and each code is larger or smaller than others, as in life.
    let weights: Vec<Vec<f64>> = shape
        .dimensions()
        .iter()
        .map(|dimension| (0..dimension.innermost()).map(|_| 0.4 + 1.2 * share(&mut stream)).collect())
        .collect();
    let inner: Vec<(Vec<usize>, u64)> = (0..shape.len())
        .filter(|cell| shape.is_innermost(*cell))
        .map(|cell| {
            let ranks = shape.ranks(cell);
            let weight = |(rank, weights): (&usize, &Vec<f64>)| weights.get(*rank).copied().unwrap_or(1.0);
            let mean = size.mean * ranks.iter().zip(&weights).map(weight).product::<f64>();
            (ranks, poisson(&mut stream, mean))
        })
        .collect();
    Cube::of(shape, "count", inner)
}

fn share(stream: &mut Stream) -> f64 {
    (stream.next() >> 11) as f64 / (1_u64 << 53) as f64
}

/// A Poisson number, by multiplying until it is small enough.
fn poisson(stream: &mut Stream, mean: f64) -> u64 {
    let stop = (-mean.min(500.0)).exp();
    let mut product = share(stream);
    let mut count = 0;
    while product > stop {
        product *= share(stream);
        count += 1;
    }
    count
}
