//! The frame of every page: head, header, navigation, language switch, notices and footer; and the pages that say what went wrong.

use chain::text::Lang;
use maud::{DOCTYPE, Markup, html};

use super::assets::asset;
use super::{lang, parts};
use crate::t;

/// How much of the frame a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PageKind {
    /// Everything.
    #[default]
    Normal,
    /// The phone in a patrol car: large targets, system typeface, little to load.
    Roadside,
    /// No navigation: log-in, errors.
    Plain,
}

/// One place in the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// Whether this page belongs to it.
    pub current: bool,
}

/// Who looks at the page, in words that may be shown.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The person's name.
    pub name: String,
    /// The unit they work in just now.
    pub unit: String,
    /// The authority the unit belongs to.
    pub authority: String,
    /// The role, worded.
    pub role: String,
    /// Where they may go.
    pub nav: Vec<NavItem>,
    /// Whether this is the demo county.
    pub demo: bool,
}

/// A message above the page's content, such as what was just done.
#[derive(Debug, Clone)]
pub struct Notice {
    /// What kind of message.
    pub tone: parts::Tone,
    /// The message in a sentence.
    pub text: String,
}

/// A whole page before it is framed.
pub struct Page<'a> {
    /// The page's language.
    pub lang: Lang,
    /// The title, without the product's name. No personal data: it stays in the browser's history.
    pub title: String,
    /// Who looks, if anyone is logged in.
    pub viewer: Option<&'a Viewer>,
    /// The page's own path and query, for the language switch.
    pub path: &'a str,
    /// The content, with its own `h1`.
    pub main: Markup,
    /// How much frame.
    pub kind: PageKind,
    /// A message above the content.
    pub notice: Option<Notice>,
}

/// The page as a whole document.
#[must_use]
pub fn page(page: &Page<'_>) -> Markup {
    let lang = page.lang;
    let class = match page.kind {
        PageKind::Normal => "normal",
        PageKind::Roadside => "roadside",
        PageKind::Plain => "plain",
    };
    html! {
        (DOCTYPE)
        html lang=(lang::code(lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (page.title) " – Kedjan" }
                link rel="icon" href=(asset("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(asset("kedjan.css"));
                @if page.kind != PageKind::Roadside {
                    link rel="stylesheet" href=(asset("font.css"));
                    link rel="stylesheet" href=(asset("desk.css"));
                    link rel="stylesheet" href=(asset("chart.css"));
                }
                script src=(asset("enhance.js")) defer {}
            }
            body class=(class) {
                a.skip href="#main" { (t!(lang, "skip-to-content")) }
                @if page.viewer.is_some_and(|viewer| viewer.demo) {
                    p.demo {
                        (parts::icon(parts::Icon::Info)) strong { (t!(lang, "demo-title")) }
                        @if page.kind != PageKind::Roadside { " " (t!(lang, "demo-text")) }
                    }
                }
                (header(page))
                main #main tabindex="-1" {
                    @if let Some(notice) = &page.notice { (parts::banner(notice.tone, &notice.text)) }
                    (page.main)
                }
                (footer(lang))
            }
        }
    }
}

fn header(page: &Page<'_>) -> Markup {
    let lang = page.lang;
    let viewer = page.viewer;
    html! {
        header.top {
            div.bar {
                a.brand href="/" { (wordmark()) span { "Kedjan" } }
                @if let Some(viewer) = viewer {
                    p.where { strong { (viewer.unit) } span { (viewer.authority) } }
                }
                div.you {
                    (language_switch(lang, page.path))
                    @if let Some(viewer) = viewer {
                        p.who { strong { (viewer.name) } span { (viewer.role) } }
                        @if page.kind == PageKind::Normal { a.language href="/security" { (t!(lang, "security-link")) } }
                        form method="post" action="/logout" { button.quiet { (t!(lang, "log-out")) } }
                    }
                }
            }
            @if let Some(viewer) = viewer.filter(|viewer| page.kind == PageKind::Normal && !viewer.nav.is_empty()) {
                nav aria-label=(t!(lang, "nav-label")) {
                    ul {
                        @for item in &viewer.nav {
                            li { a href=(item.href) aria-current=[item.current.then_some("page")] { (item.label) } }
                        }
                    }
                }
            }
        }
    }
}

fn footer(lang: Lang) -> Markup {
    html! {
        footer.end {
            ul {
                li { a href="/figures" { (t!(lang, "publication-link")) } }
                li { a href="/about" { (t!(lang, "about-link")) } }
                li { a href="/accessibility" { (t!(lang, "accessibility-link")) } }
            }
            p { (t!(lang, "footer-line")) }
        }
    }
}

/// A link to the same page in the other language, written in that language.
fn language_switch(lang: Lang, path: &str) -> Markup {
    let (other, label) = match lang {
        Lang::Sv => (Lang::En, "English"),
        Lang::En => (Lang::Sv, "Svenska"),
    };
    html! {
        a.language href=(path_in(other, path)) lang=(lang::code(other)) hreflang=(lang::code(other)) { (label) }
    }
}

/// The path with `lang` set and its other parameters kept.
fn path_in(lang: Lang, path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    // A path that does not begin with exactly one slash could lead to another site.
    let path = if path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') { path } else { "/" };
    let kept = query.split('&').filter(|part| !part.is_empty() && *part != "lang" && !part.starts_with("lang="));
    let mut out = format!("{path}?");
    for part in kept {
        out.push_str(part);
        out.push('&');
    }
    out.push_str("lang=");
    out.push_str(lang::code(lang));
    out
}

/// Three linked rings: the product's mark.
fn wordmark() -> Markup {
    html! {
        svg.rings viewBox="0 0 44 24" width="44" height="24" aria-hidden="true" focusable="false" {
            path d="M15.6 6.2A8 8 0 1 0 18 12" {}
            path d="M28.4 17.8A8 8 0 1 0 14 12a8 8 0 0 0 2.4 5.8" {}
            path d="M28.4 6.2A8 8 0 1 1 26 12" {}
        }
    }
}

/// What a person is told when a page can't be given: what happened, what it means, what to do now.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    /// The HTTP status.
    pub status: u16,
    /// What happened, in a few words.
    pub title: String,
    /// What it means.
    pub what: String,
    /// What to do now.
    pub now: String,
    /// A reference that leads to the cause in the log; never the cause itself.
    pub id: Option<String>,
    /// What somebody had written, where it would be lost otherwise.
    pub typed: Option<Markup>,
}

impl ErrorPage {
    /// The usual words for a status; any status that has none of its own gets those of 500.
    #[must_use]
    pub fn usual(lang: Lang, status: u16, id: Option<String>) -> Self {
        let (title, what, now) = match status {
            400 => (t!(lang, "error-400-title"), t!(lang, "error-400-what"), t!(lang, "error-400-now")),
            403 => (t!(lang, "error-403-title"), t!(lang, "error-403-what"), t!(lang, "error-403-now")),
            404 => (t!(lang, "error-404-title"), t!(lang, "error-404-what"), t!(lang, "error-404-now")),
            409 => (t!(lang, "error-409-title"), t!(lang, "error-409-what"), t!(lang, "error-409-now")),
            412 => (t!(lang, "error-412-title"), t!(lang, "error-412-what"), t!(lang, "error-412-now")),
            413 => (t!(lang, "error-413-title"), t!(lang, "error-413-what"), t!(lang, "error-413-now")),
            429 => (t!(lang, "error-429-title"), t!(lang, "error-429-what"), t!(lang, "error-429-now")),
            503 => (t!(lang, "error-503-title"), t!(lang, "error-503-what"), t!(lang, "error-503-now")),
            _ => (t!(lang, "error-500-title"), t!(lang, "error-500-what"), t!(lang, "error-500-now")),
        };
        Self { status, title, what, now, id, typed: None }
    }
}

/// The page for an error. It needs nothing but the words: it can be given when there is no store.
#[must_use]
pub fn error_page(lang: Lang, error: &ErrorPage) -> Markup {
    page(&Page {
        lang,
        title: error.title.clone(),
        viewer: None,
        path: "/",
        main: html! {
            div.problem {
                p.code { (t!(lang, "error-code", status = error.status.to_string())) }
                h1 { (error.title) }
                p.lead { (error.what) }
                p { (error.now) }
                @if let Some(typed) = &error.typed { (typed) }
                @if let Some(id) = &error.id { p.reference { (t!(lang, "error-reference")) " " code { (id) } } }
                p { a.button.secondary href="/" { (t!(lang, "error-home")) } }
            }
        },
        kind: PageKind::Plain,
        notice: None,
    })
}
