//! The chain as a picture.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod common;

use chain::Lang;
use chain::graph::{mermaid, svg};
use chain::method::Leads;
use common::*;

#[test]
fn the_diagram_has_every_stage_every_end_and_every_way() {
    for method in [smadit(), concern(), lob()] {
        let drawn = mermaid(&method, Lang::Sv);
        assert!(drawn.starts_with("stateDiagram-v2\n"));
        for stage in method.stages() {
            assert!(drawn.contains(&format!("state \"{}\" as {}\n", stage.name.sv, stage.id)));
        }
        for (step, outcome) in method.steps().iter().flat_map(|step| step.outcomes.iter().map(move |one| (step, one))) {
            let to = match &outcome.leads {
                Leads::To(stage) => stage.clone(),
                Leads::Closes(closing) => format!("closed_{closing}"),
                Leads::Stays => continue,
            };
            let froms = if step.begins { vec!["[*]".to_owned()] } else { outcome.during.clone() };
            for from in froms {
                let way = format!("    {from} --> {to} : ");
                let line = drawn.lines().find(|line| line.starts_with(&way)).unwrap_or_else(|| panic!("{way}"));
                assert_eq!(line.matches(&step.name.sv).count(), 1, "{line}");
            }
        }
        assert!(!drawn.contains("in_support --> closed_never_reached"));
    }
}

#[test]
fn the_picture_names_all_and_follows_the_colour_of_its_text() {
    for method in [smadit(), concern(), lob()] {
        for lang in [Lang::Sv, Lang::En] {
            let drawn = svg(&method, lang);
            assert!(drawn.contains("role=\"img\"") && drawn.contains("</desc>") && drawn.contains("currentColor"));
            let names =
                method.stages().iter().map(|one| &one.name).chain(method.closings().iter().map(|one| &one.name));
            for name in names.chain(method.steps().iter().map(|one| &one.name)).chain([&method.name, &method.about]) {
                assert!(drawn.contains(name.get(lang)), "{}", name.en);
            }
            assert!(
                !drawn.contains('#') || drawn.matches('#').count() == drawn.matches("url(#").count(),
                "no fixed colour"
            );
            for (tag, end) in [("<text", "</text>"), ("<svg", "</svg>"), ("<marker", "</marker>")] {
                assert_eq!(drawn.matches(tag).count(), drawn.matches(end).count(), "{tag}");
            }
            assert_eq!(drawn.matches("<rect").count(), method.stages().len() + 1);
        }
    }
}

#[test]
fn signs_that_markup_owns_are_written_safely() {
    let text = CONCERN.text.replace("sv = \"Förhandsbedömning\"", "sv = '''<b>&\"; : #'''");
    let method = method(&[chain::Source { name: "concern.toml", text: &text }]);
    assert!(svg(&method, Lang::Sv).contains("&lt;b&gt;&amp;&quot;; : #</text>"));
    assert!(mermaid(&method, Lang::Sv).contains("state \"<b>&      \" as pre_assessment\n"));
}
