//! A fault put here on purpose, behind a word that has to be found letter by letter: `cargo xtask fuzz --only planted` ends
//! with a crash, or the harness sees nothing.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut found = 0;
    for (sent, letter) in data.iter().zip(b"lost") {
        if sent != letter {
            return;
        }
        found += 1;
    }
    assert!(found < 4, "the planted fault");
});
