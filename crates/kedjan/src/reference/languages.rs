//! Languages a person may want to be met in, for interpreters and for choosing the words that are read aloud.

/// A language by its ISO 639 code, with its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language {
    /// ISO 639-1, or 639-3 where there is no shorter.
    pub code: &'static str,
    /// Its Swedish name.
    pub sv: &'static str,
    /// Its English name.
    pub en: &'static str,
}

const fn of(code: &'static str, sv: &'static str, en: &'static str) -> Language {
    Language { code, sv, en }
}

/// Swedish, the national minority languages, sign language, and the languages that are spoken or asked for most in Sweden.
const LANGUAGES: &[Language] = &[
    of("sv", "svenska", "Swedish"),
    of("swl", "svenskt teckenspråk", "Swedish Sign Language"),
    of("fi", "finska", "Finnish"),
    of("fit", "meänkieli", "Meänkieli"),
    of("se", "nordsamiska", "Northern Sámi"),
    of("smj", "lulesamiska", "Lule Sámi"),
    of("sma", "sydsamiska", "Southern Sámi"),
    of("rom", "romska", "Romani"),
    of("yi", "jiddisch", "Yiddish"),
    of("sq", "albanska", "Albanian"),
    of("am", "amhariska", "Amharic"),
    of("ar", "arabiska", "Arabic"),
    of("hy", "armeniska", "Armenian"),
    of("bn", "bengali", "Bengali"),
    of("bs", "bosniska", "Bosnian"),
    of("bg", "bulgariska", "Bulgarian"),
    of("prs", "dari", "Dari"),
    of("da", "danska", "Danish"),
    of("en", "engelska", "English"),
    of("et", "estniska", "Estonian"),
    of("fr", "franska", "French"),
    of("el", "grekiska", "Greek"),
    of("hi", "hindi", "Hindi"),
    of("is", "isländska", "Icelandic"),
    of("it", "italienska", "Italian"),
    of("zh", "kinesiska (mandarin)", "Chinese (Mandarin)"),
    of("hr", "kroatiska", "Croatian"),
    of("kmr", "kurdiska (kurmanji)", "Kurdish (Kurmanji)"),
    of("ckb", "kurdiska (sorani)", "Kurdish (Sorani)"),
    of("lv", "lettiska", "Latvian"),
    of("lt", "litauiska", "Lithuanian"),
    of("mk", "makedonska", "Macedonian"),
    of("mn", "mongoliska", "Mongolian"),
    of("nl", "nederländska", "Dutch"),
    of("no", "norska", "Norwegian"),
    of("ps", "pashto", "Pashto"),
    of("fa", "persiska (farsi)", "Persian (Farsi)"),
    of("pl", "polska", "Polish"),
    of("pt", "portugisiska", "Portuguese"),
    of("ro", "rumänska", "Romanian"),
    of("ru", "ryska", "Russian"),
    of("sr", "serbiska", "Serbian"),
    of("so", "somaliska", "Somali"),
    of("es", "spanska", "Spanish"),
    of("sw", "swahili", "Swahili"),
    of("syr", "syriska", "Syriac"),
    of("tl", "tagalog", "Tagalog"),
    of("th", "thailändska", "Thai"),
    of("ti", "tigrinja", "Tigrinya"),
    of("tr", "turkiska", "Turkish"),
    of("de", "tyska", "German"),
    of("uk", "ukrainska", "Ukrainian"),
    of("hu", "ungerska", "Hungarian"),
    of("ur", "urdu", "Urdu"),
    of("uz", "uzbekiska", "Uzbek"),
    of("vi", "vietnamesiska", "Vietnamese"),
];

/// The languages, those with a standing of their own in Swedish law first.
#[must_use]
pub fn languages() -> &'static [Language] {
    LANGUAGES
}

/// The language with this code.
#[must_use]
pub fn language(code: &str) -> Option<&'static Language> {
    LANGUAGES.iter().find(|language| language.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_told_apart() {
        let distinct = |part: fn(&Language) -> &'static str| LANGUAGES.iter().map(part).collect::<BTreeSet<_>>().len();
        assert_eq!(distinct(|language| language.code), LANGUAGES.len());
        assert_eq!(distinct(|language| language.sv), LANGUAGES.len());
        assert_eq!(distinct(|language| language.en), LANGUAGES.len());
        assert_eq!(language("ti").map(|language| language.sv), Some("tigrinja"));
        assert_eq!(language("TI"), None);
    }
}
