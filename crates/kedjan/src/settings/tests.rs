//! Every kind of wrong setting, with its place and its proposal.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

/// The least there must be.
const LEAST: &str = "public = \"https://kedjan.example.se\"\ndatabase = \"sqlite:k.db\"\nkey_file = \"k.key\"\n";

fn read(text: &str, env: &[(&str, &str)]) -> Result<Settings, Vec<WrongSetting>> {
    let env: Vec<(String, String)> = env.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Settings::parse("k.toml", text, env.into_iter())
}

fn wrong(text: &str, env: &[(&str, &str)]) -> Vec<String> {
    read(text, env).unwrap_err().iter().map(ToString::to_string).collect()
}

/// What is wrong with the least there must be and one line more, which is the fourth.
fn one_wrong(line: &str) -> String {
    let mut all = wrong(&format!("{LEAST}{line}\n"), &[]);
    assert_eq!(all.len(), 1, "{line}: {all:?}");
    all.remove(0)
}

#[test]
fn the_example_is_sound_and_has_every_setting() {
    let example = include_str!("../../../../kedjan.example.toml");
    let settings = read(example, &[]).unwrap();
    assert_eq!((settings.listen.port(), settings.threshold, settings.demo), (8080, 5, false));
    assert!(settings.mail.is_none() && settings.methods.is_none() && !settings.secure());
    // With every explained setting switched on it is still sound, and all there are stand in it.
    let on: String = example
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest == "[mail]" || rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')) => rest,
            _ => line,
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let settings = read(&on, &[]).unwrap();
    let mail = settings.mail.unwrap();
    assert_eq!((mail.port, mail.security, mail.user.as_deref()), (25, Security::StartTls, Some("kedjan")));
    assert!(mail.password_file.is_some() && settings.methods.is_some());
    for (name, _) in KNOWN {
        let name = name.strip_prefix("mail.").unwrap_or(name);
        assert!(on.lines().any(|line| line.starts_with(&format!("{name} = "))), "{name}");
    }
}

#[test]
fn what_may_be_left_out_has_its_usual_value() {
    let settings = read(LEAST, &[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!((settings.log.as_str(), settings.threshold, settings.demo), ("info", 5, false));
    assert_eq!((settings.proxies, settings.limits, settings.late_days), (0, true, 30));
    assert!(!read(&format!("{LEAST}demo = true\nlimits = false\n"), &[]).unwrap().limits);
    assert!(settings.secure());
    let slash = LEAST.replace("example.se", "example.se/");
    assert_eq!(read(&slash, &[]).unwrap().public, "https://kedjan.example.se");
}

#[test]
fn everything_that_is_missing_is_said_at_once() {
    let all = wrong("", &[]);
    assert_eq!(all.len(), 3);
    for (said, name) in all.iter().zip(["public", "database", "key_file"]) {
        assert!(said.starts_with(&format!("k.toml: `{name}` is missing. Proposal: {name} = \"")), "{said}");
    }
    assert_eq!(wrong("nothing = 1\n", &[]).len(), 4);
    assert_eq!(wrong(&format!("{LEAST}[mail]\nport = 25\n"), &[]).len(), 2, "host and sender");
}

#[test]
fn each_wrong_setting_has_its_line_and_a_proposal() {
    for (line, said) in [
        ("listen = \"8080\"", "k.toml:4: `listen` is not an address and a port. Proposal: listen = \"127.0.0.1:8080\""),
        ("listen = 8080", "k.toml:4: `listen` is not a text. Proposal: listen = \"127.0.0.1:8080\""),
        ("log = \"loud\"", "k.toml:4: `log` is not error, warn, info or debug. Proposal: log = \"info\""),
        ("demo = \"yes\"", "k.toml:4: `demo` is neither true nor false. Proposal: demo = false"),
        ("threshold = 2", "k.toml:4: `threshold` is not a whole number from 3 to 100. Proposal: threshold = 5"),
        ("threshold = \"5\"", "k.toml:4: `threshold` is not a whole number from 3 to 100. Proposal: threshold = 5"),
        ("methods = \"\"", "k.toml:4: `methods` is empty. Proposal: methods = \"/etc/kedjan/methods\""),
        ("methods = [\"a\"]", "k.toml:4: `methods` is not a text. Proposal: methods = \"/etc/kedjan/methods\""),
        ("proxies = 6", "k.toml:4: `proxies` is not a whole number from 0 to 5. Proposal: proxies = 1"),
        (
            "limits = false",
            "k.toml:4: `limits` can be lifted where demo = true alone: it is for a load test. Proposal: limits = true",
        ),
        ("treshold = 5", "k.toml:4: there is no setting `treshold`. Proposal: did you mean `threshold`?"),
        ("\"lissten\" = 5", "k.toml:4: there is no setting `lissten`. Proposal: did you mean `listen`?"),
        (
            "mail = \"x\"",
            "k.toml:4: `mail` is not a table. Proposal: write [mail] on a line of its own, and its settings below",
        ),
        ("[other]", "k.toml:4: there is no setting `other`. Proposal: the settings are listen, public, "),
    ] {
        let found = one_wrong(line);
        assert!(found.starts_with(said), "{line}\n{found}");
    }
}

#[test]
fn each_wrong_setting_of_mail_has_its_line_too() {
    let sound = ["host = \"smtp.example.se\"", "from = \"kedjan@example.se\""];
    // The name of a setting outside the table stands at its own line inside it.
    for (line, said) in [
        (
            "security = \"ssl\"",
            "k.toml:7: `mail.security` is not none, starttls or tls. Proposal: mail.security = \"starttls\"",
        ),
        ("port = 70000", "k.toml:7: `mail.port` is not a whole number from 1 to 65535. Proposal: mail.port = 25"),
        ("password_file = \"\"", "k.toml:7: `mail.password_file` is empty"),
        ("database = \"x\"", "k.toml:7: there is no setting `mail.database`"),
        ("user = 7", "k.toml:7: `mail.user` is not a text"),
    ] {
        let found = one_wrong(&format!("[mail]\n{}\n{}\n{line}", sound[0], sound[1]));
        assert!(found.starts_with(said), "{line}\n{found}");
    }
    let found = one_wrong("[mail]\nhost = \"\"\nfrom = \"kedjan@example.se\"");
    assert!(found.starts_with("k.toml:5: `mail.host` is empty"), "{found}");
    let found = one_wrong("mail.host = \"h\"\nmail.from = \"kedjan\"");
    assert!(found.starts_with("k.toml:5: `mail.from` is not an e-mail address"), "{found}");
}

#[test]
fn addresses_and_databases_are_judged_whole() {
    for public in
        ["kedjan.example.se", "https://", "ftp://kedjan.example.se", "https://a.se/path", "https://a b.se", ""]
    {
        let text = LEAST.replace("https://kedjan.example.se", public);
        let found = wrong(&text, &[]);
        assert_eq!(found.len(), 1, "{public}");
        assert!(found[0].starts_with("k.toml:1: `public` is not an address that begins with https://"), "{found:?}");
    }
    for database in ["k.db", "mysql://localhost/k", "sqlite:", ""] {
        let found = wrong(&LEAST.replace("sqlite:k.db", database), &[]);
        assert!(
            found.len() == 1 && found[0].starts_with("k.toml:2: `database` is neither sqlite:PATH nor postgres://"),
            "{found:?}"
        );
    }
}

#[test]
fn a_file_that_is_no_toml_is_told_by_line_alone() {
    let found = wrong(&format!("{LEAST}log = info\n"), &[]);
    assert!(!found.is_empty() && found.iter().all(|said| said.starts_with("k.toml:4: ")), "{found:?}");
    let found = wrong(&format!("{LEAST}log = \"info\"\nlog = \"warn\"\n"), &[]);
    assert!(found.len() == 1 && found[0].starts_with("k.toml:5: "), "{found:?}");
}

#[test]
fn the_environment_comes_before_the_file_and_is_named_when_wrong() {
    let settings = read(
        &format!("{LEAST}threshold = 7\n"),
        &[
            ("KEDJAN_THRESHOLD", "9"),
            ("KEDJAN_DEMO", "true"),
            ("KEDJAN_LISTEN", "127.0.0.1:99"),
            ("KEDJAN_MAIL_HOST", "h"),
            ("KEDJAN_MAIL_FROM", "k@example.se"),
            ("KEDJAN_MAIL_PORT", "2525"),
            ("KEDJAN_TEST_POSTGRES", "x"),
            ("PATH", "x"),
        ],
    )
    .unwrap();
    assert_eq!((settings.threshold, settings.demo, settings.listen.port()), (9, true, 99));
    assert_eq!(settings.mail.unwrap().port, 2525);
    for (name, value, said) in [
        ("KEDJAN_DEMO", "maybe", "KEDJAN_DEMO: `demo` is neither true nor false"),
        ("KEDJAN_THRESHOLD", "many", "KEDJAN_THRESHOLD: `threshold` is not a whole number"),
        ("KEDJAN_DATBASE", "x", "KEDJAN_DATBASE: there is no setting `datbase`. Proposal: did you mean `database`?"),
        ("KEDJAN_DATABASE", "x", "KEDJAN_DATABASE: `database` is neither"),
    ] {
        let found = wrong(LEAST, &[(name, value)]);
        assert!(found.len() == 1 && found[0].starts_with(said), "{found:?}");
    }
}

#[test]
fn values_are_not_told() {
    let text = LEAST.replace("sqlite:k.db", "pg://kedjan:hemligt@host/k");
    assert!(wrong(&text, &[]).iter().all(|said| !said.contains("hemligt")));
    let sound = read(&LEAST.replace("sqlite:k.db", "postgres://kedjan:hemligt@host/k"), &[]).unwrap();
    assert!(!format!("{sound:?}").contains("hemligt"));
}

#[test]
fn a_file_that_is_not_there_says_how_to_make_one() {
    let found = Settings::read(Path::new("/nowhere/k.toml"), std::iter::empty()).unwrap_err();
    assert_eq!(found.len(), 1);
    assert!(found[0].at == "/nowhere/k.toml" && found[0].proposal.contains("kedjan init"));
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}", more in "[a-z_.=\"\\[\\]\n 0-9]{0,200}") {
        let _ = read(&text, &[]);
        let _ = read(&more, &[]);
        let _ = read(&format!("{LEAST}{more}"), &[]);
    }
}
