use std::path::Path;

use super::TARGETS;

#[test]
fn every_file_of_the_corpus_keeps_its_promises_and_every_target_has_some() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    for (name, target) in TARGETS {
        let mut seen = 0;
        for entry in std::fs::read_dir(root.join("corpus").join(name)).unwrap_or_else(|e| panic!("{name}: {e}")) {
            let path = entry.unwrap().path();
            let data = std::fs::read(&path).unwrap();
            let held = std::panic::catch_unwind(|| target(&data));
            assert!(held.is_ok(), "{} breaks a promise of {name}", path.display());
            seen += 1;
        }
        assert!(seen >= 3, "{name} has {seen} files");
        assert!(root.join(format!("targets/{name}.rs")).is_file(), "{name} has no program");
    }
}
