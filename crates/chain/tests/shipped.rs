//! The methods that are shipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use chain::{Library, Method, Source};

const SMADIT: &str = include_str!("../../../methods/smadit.toml");
const CONCERN: &str = include_str!("../../../methods/concern.toml");
const BLEKINGE: &str = include_str!("../../../methods/examples/blekinge-24h.toml");

fn parse(sources: &[Source<'_>]) -> Method {
    Method::parse(sources)
        .unwrap_or_else(|mistakes| panic!("{}", mistakes.iter().map(|m| m.to_string()).collect::<Vec<_>>().join("\n")))
}

#[test]
fn they_hold() {
    let smadit = Source { name: "smadit.toml", text: SMADIT };
    let all = vec![
        parse(&[smadit]),
        parse(&[smadit, Source { name: "b.toml", text: BLEKINGE }]),
        parse(&[Source { name: "concern.toml", text: CONCERN }]),
    ];
    let library = Library::new(all).unwrap();
    assert_eq!(library.methods().count(), 3);
}

#[test]
fn dump() {
    let m = parse(&[Source { name: "smadit.toml", text: SMADIT }]);
    std::fs::write("/tmp/smadit.svg", chain::graph::svg(&m, chain::Lang::Sv)).unwrap();
    std::fs::write("/tmp/smadit.mmd", chain::graph::mermaid(&m, chain::Lang::Sv)).unwrap();
}
