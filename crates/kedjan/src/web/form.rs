//! Form fields with label, hint and error tied together once, so that every form is read aloud and filled in alike.
//!
//! A field that may be left empty says so; all others are to be filled in. The server checks: nothing here does.

use chain::text::Lang;
use maud::{Markup, html};

use super::parts::{Icon, icon};
use crate::t;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The field's name.
    pub field: String,
    /// What is wrong and how it is put right, in a sentence.
    pub message: String,
}

/// A form as it was sent, with what is wrong with it; the default is a form nobody has filled in yet.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    /// Names and values in the order sent.
    pub values: Vec<(String, String)>,
    /// What is wrong, in the order of the fields.
    pub errors: Vec<Issue>,
}

impl Posted {
    /// The first value that isn't empty, or "".
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.all(name).find(|value| !value.is_empty()).unwrap_or_default()
    }

    /// Every value sent under a name.
    pub fn all<'s, 'n>(&'s self, name: &'n str) -> impl Iterator<Item = &'s str> + use<'s, 'n> {
        self.values.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What is wrong with a field.
    pub fn errors_for<'s, 'n>(&'s self, name: &'n str) -> impl Iterator<Item = &'s str> + use<'s, 'n> {
        self.errors.iter().filter(move |issue| issue.field == name).map(|issue| issue.message.as_str())
    }

    /// Whether something is wrong with any of the fields.
    #[must_use]
    pub fn refuses(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.errors_for(name).next().is_some())
    }

    /// Adds what is wrong with a field.
    pub fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(Issue { field: field.to_owned(), message: message.into() });
    }
}

/// One question in a form.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The name it is sent under.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// Help under the question.
    pub hint: Option<&'a str>,
    /// Whether it may be left empty.
    pub optional: bool,
    /// Another field's name and the values, by commas, for which this question applies.
    pub when: Option<(&'a str, &'a str)>,
    /// What kind of keyboard and help from the browser a text field gets.
    pub input: Input,
    /// The value before anyone has filled it in.
    pub preset: &'a str,
}

impl<'a> Field<'a> {
    /// A question that is to be answered.
    #[must_use]
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Self { name, label, hint: None, optional: false, when: None, input: Input::Text, preset: "" }
    }

    /// Help under the question.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// It may be left empty, and says so.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// It applies only when another field has one of the values (by commas).
    #[must_use]
    pub fn when(mut self, field: &'a str, values: &'a str) -> Self {
        self.when = Some((field, values));
        self
    }

    /// The kind of text.
    #[must_use]
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }

    /// The value before anyone has filled it in.
    #[must_use]
    pub fn preset(mut self, value: &'a str) -> Self {
        self.preset = value;
        self
    }

    fn value<'p>(&self, posted: &'p Posted) -> &'p str
    where
        'a: 'p,
    {
        match posted.all(self.name).next() {
            Some(_) => posted.get(self.name),
            // A form that came back without the field was sent with it empty.
            None if posted.values.is_empty() => self.preset,
            None => "",
        }
    }

    fn chosen(&self, posted: &Posted, value: &str) -> bool {
        if posted.values.is_empty() { self.preset == value } else { posted.all(self.name).any(|sent| sent == value) }
    }
}

/// The kind of a text field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Words.
    Text,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A personal identity or coordination number.
    IdentityNumber,
    /// A one-time code.
    Code,
    /// An account's name, at log-in.
    Account,
    /// A calendar day.
    Date,
}

/// One answer to choose.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The value sent.
    pub value: &'a str,
    /// The answer in words.
    pub label: &'a str,
    /// What it means, where the words aren't enough.
    pub hint: Option<&'a str>,
}

impl<'a> Choice<'a> {
    /// An answer without explanation.
    #[must_use]
    pub fn new(value: &'a str, label: &'a str) -> Self {
        Self { value, label, hint: None }
    }

    /// An answer with one.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// How answers are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// One under the other.
    One,
    /// Two abreast where there is room.
    Two,
    /// As many abreast as fit, for short answers.
    Many,
}

/// All that is wrong with a form, above it, with links to the fields; nothing when nothing is.
#[must_use]
pub fn error_summary(lang: Lang, posted: &Posted) -> Markup {
    html! {
        @if !posted.errors.is_empty() {
            div.errors role="alert" tabindex="-1" data-focus aria-labelledby="errors-title" {
                h2 #errors-title { (icon(Icon::Alert)) (t!(lang, "form-errors", count = posted.errors.len())) }
                ul { @for issue in &posted.errors { li { a href={ "#f-" (issue.field) } { (issue.message) } } } }
            }
        }
    }
}

/// A line of text.
#[must_use]
pub fn text(lang: Lang, posted: &Posted, field: &Field<'_>) -> Markup {
    let (kind, mode, complete) = match field.input {
        Input::Text => ("text", None, "off"),
        Input::Phone => ("tel", Some("tel"), "off"),
        Input::Email => ("email", Some("email"), "off"),
        Input::IdentityNumber => ("text", Some("numeric"), "off"),
        Input::Code => ("text", Some("numeric"), "one-time-code"),
        Input::Account => ("text", None, "username"),
        Input::Date => ("date", None, "off"),
    };
    let plain = matches!(field.input, Input::Text);
    labelled(
        lang,
        posted,
        field,
        html! {
            input .short[!plain] id={ "f-" (field.name) } name=(field.name) type=(kind) inputmode=[mode] autocomplete=(complete)
                autocapitalize=[(!plain).then_some("none")] spellcheck=[(!plain).then_some("false")]
                value=(field.value(posted)) aria-describedby=[described(posted, field)] aria-invalid=[invalid(posted, field)];
        },
    )
}

/// A longer text. `rows` is the height it begins with.
#[must_use]
pub fn text_area(lang: Lang, posted: &Posted, field: &Field<'_>, rows: u8) -> Markup {
    labelled(
        lang,
        posted,
        field,
        html! {
            textarea id={ "f-" (field.name) } name=(field.name) rows=(rows) aria-describedby=[described(posted, field)]
                aria-invalid=[invalid(posted, field)] { (field.value(posted)) }
        },
    )
}

/// A password; what was typed is never sent back. `new` when one is being chosen.
#[must_use]
pub fn password(lang: Lang, posted: &Posted, field: &Field<'_>, new: bool) -> Markup {
    labelled(
        lang,
        posted,
        field,
        html! {
            input.short id={ "f-" (field.name) } name=(field.name) type="password" spellcheck="false"
                autocomplete=(if new { "new-password" } else { "current-password" })
                aria-describedby=[described(posted, field)] aria-invalid=[invalid(posted, field)];
        },
    )
}

/// A whole number, not negative.
#[must_use]
pub fn number(lang: Lang, posted: &Posted, field: &Field<'_>) -> Markup {
    labelled(
        lang,
        posted,
        field,
        html! {
            input.figure id={ "f-" (field.name) } name=(field.name) type="text" inputmode="numeric" pattern="[0-9 ]*"
                autocomplete="off" value=(field.value(posted)) aria-describedby=[described(posted, field)]
                aria-invalid=[invalid(posted, field)];
        },
    )
}

/// A moment in local time, as [`format::field_value`](super::format::field_value) writes it and
/// [`format::from_field`](super::format::from_field) reads it. Give now as the preset.
#[must_use]
pub fn date_time(lang: Lang, posted: &Posted, field: &Field<'_>) -> Markup {
    labelled(
        lang,
        posted,
        field,
        html! {
            input.short id={ "f-" (field.name) } name=(field.name) type="datetime-local" value=(field.value(posted))
                aria-describedby=[described(posted, field)] aria-invalid=[invalid(posted, field)];
        },
    )
}

/// One answer of several, each a card large enough for a gloved finger.
#[must_use]
pub fn radios(lang: Lang, posted: &Posted, field: &Field<'_>, choices: &[Choice<'_>], columns: Columns) -> Markup {
    cards(lang, posted, field, choices, columns, "radio")
}

/// Any number of answers.
#[must_use]
pub fn checkboxes(lang: Lang, posted: &Posted, field: &Field<'_>, choices: &[Choice<'_>], columns: Columns) -> Markup {
    cards(lang, posted, field, choices, columns, "checkbox")
}

/// One answer from a long list.
#[must_use]
pub fn select(lang: Lang, posted: &Posted, field: &Field<'_>, choices: &[Choice<'_>]) -> Markup {
    labelled(
        lang,
        posted,
        field,
        html! {
            select id={ "f-" (field.name) } name=(field.name) aria-describedby=[described(posted, field)]
                aria-invalid=[invalid(posted, field)] {
                option value="" { (t!(lang, "form-choose")) }
                @for choice in choices {
                    option value=(choice.value) selected[field.chosen(posted, choice.value)] { (choice.label) }
                }
            }
        },
    )
}

/// A municipality: its code of four digits and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Municipality<'a> {
    /// The official code, such as "1080".
    pub code: &'a str,
    /// The name, such as "Karlskrona".
    pub name: &'a str,
}

/// A municipality: those near by as cards, any other by name with suggestions from [`municipality_list`].
/// Read the answer with [`municipality_code`].
#[must_use]
pub fn municipality(lang: Lang, posted: &Posted, field: &Field<'_>, near: &[Municipality<'_>]) -> Markup {
    let sent = field.value(posted);
    let is_near = near.iter().any(|place| place.code == sent);
    let typed = if is_near { "" } else { sent };
    let other = format!("{}-other", field.name);
    let input = |id: &str| {
        html! {
            input.short id=(id) name=(field.name) type="text" list="municipalities" autocomplete="off" value=(typed)
                aria-describedby=[described(posted, field)] aria-invalid=[invalid(posted, field)];
        }
    };
    if near.is_empty() {
        return labelled(lang, posted, field, input(&format!("f-{}", field.name)));
    }
    group(
        lang,
        posted,
        field,
        html! {
            div.cards.many {
                @for (place, at) in near.iter().zip(0_usize..) {
                    (card(field, at, &Choice::new(place.code, place.name), sent == place.code, "radio"))
                }
                (card(field, near.len(), &Choice::new("", &t!(lang, "form-other-municipality")), !typed.is_empty(), "radio"))
            }
            div.inset data-when={ (field.name) "=" } {
                label for={ "f-" (other) } { (t!(lang, "form-municipality-name")) }
                (input(&format!("f-{other}")))
            }
        },
    )
}

/// The names that [`municipality`] suggests; once on a page.
#[must_use]
pub fn municipality_list(all: &[Municipality<'_>]) -> Markup {
    html! { datalist #municipalities { @for place in all { option value=(place.name); } } }
}

/// The code of the municipality that was chosen or typed (by name, in any case, or by code); nothing when none is meant.
#[must_use]
pub fn municipality_code<'a>(posted: &Posted, name: &str, all: &[Municipality<'a>]) -> Option<&'a str> {
    let sent = posted.get(name).trim().to_lowercase();
    let bare = sent.strip_suffix(" kommun").unwrap_or(&sent);
    all.iter().find(|place| place.code == bare || place.name.to_lowercase() == bare).map(|place| place.code)
}

/// A value that is sent along unseen.
#[must_use]
pub fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// The button of the page's main action.
#[must_use]
pub fn button(label: &str) -> Markup {
    html! { button.button type="submit" { (label) } }
}

/// A button for what is done less often. With a name it says which button was pressed.
#[must_use]
pub fn button_secondary(label: &str, name_value: Option<(&str, &str)>) -> Markup {
    html! {
        button.button.secondary type="submit" name=[name_value.map(|pair| pair.0)] value=[name_value.map(|pair| pair.1)] { (label) }
    }
}

/// A button for what can't be undone.
#[must_use]
pub fn button_warning(label: &str) -> Markup {
    html! { button.button.warning type="submit" { (label) } }
}

/// A consent signed on the screen: the drawn line as an SVG path under the field's name; where that can't be done, the
/// box `NAME_spoken` = `yes` says that the person said yes aloud.
#[must_use]
pub fn signature(lang: Lang, posted: &Posted, field: &Field<'_>) -> Markup {
    let spoken = format!("{}_spoken", field.name);
    let said = posted.get(&spoken) == "yes";
    group(
        lang,
        posted,
        field,
        html! {
            div.pad data-signature hidden {
                canvas width="640" height="240" role="img" aria-label=(t!(lang, "signature-area")) {}
                (hidden(field.name, field.value(posted)))
                button.quiet type="button" data-clear { (t!(lang, "signature-clear")) }
            }
            noscript { p.hint { (t!(lang, "signature-without")) } }
            (card_named(&spoken, &format!("f-{spoken}"), &Choice::new("yes", &t!(lang, "signature-spoken")), said, "checkbox"))
        },
    )
}

/// Something that opens when asked for; open from the start where something in it is to be seen at once.
#[must_use]
pub fn details(summary: &str, content: &Markup, open: bool) -> Markup {
    html! { details open[open] { summary { (summary) } div { (content) } } }
}

fn labelled(lang: Lang, posted: &Posted, field: &Field<'_>, control: Markup) -> Markup {
    html! {
        div.field .wrong[invalid(posted, field).is_some()] data-when=[when(field)] {
            label for={ "f-" (field.name) } { (field.label) (optional(lang, field)) }
            (hint_and_errors(lang, posted, field))
            (control)
        }
    }
}

fn group(lang: Lang, posted: &Posted, field: &Field<'_>, controls: Markup) -> Markup {
    html! {
        fieldset.field .wrong[invalid(posted, field).is_some()] id={ "f-" (field.name) } tabindex="-1" data-when=[when(field)]
            aria-describedby=[described(posted, field)] {
            legend { (field.label) (optional(lang, field)) }
            (hint_and_errors(lang, posted, field))
            (controls)
        }
    }
}

fn cards(
    lang: Lang,
    posted: &Posted,
    field: &Field<'_>,
    choices: &[Choice<'_>],
    columns: Columns,
    kind: &str,
) -> Markup {
    let class = match columns {
        Columns::One => "cards",
        Columns::Two => "cards two",
        Columns::Many => "cards many",
    };
    group(
        lang,
        posted,
        field,
        html! {
            div class=(class) {
                @for (choice, at) in choices.iter().zip(0_usize..) {
                    (card(field, at, choice, field.chosen(posted, choice.value), kind))
                }
            }
        },
    )
}

fn card(field: &Field<'_>, at: usize, choice: &Choice<'_>, checked: bool, kind: &str) -> Markup {
    card_named(field.name, &format!("f-{}-{at}", field.name), choice, checked, kind)
}

fn card_named(name: &str, id: &str, choice: &Choice<'_>, checked: bool, kind: &str) -> Markup {
    html! {
        label.choice for=(id) {
            input id=(id) type=(kind) name=(name) value=(choice.value) checked[checked]
                aria-describedby=[choice.hint.map(|_| format!("{id}-hint"))];
            span { (choice.label) @if let Some(hint) = choice.hint { small id={ (id) "-hint" } { (hint) } } }
        }
    }
}

fn hint_and_errors(lang: Lang, posted: &Posted, field: &Field<'_>) -> Markup {
    html! {
        @if let Some(hint) = field.hint { p.hint id={ "f-" (field.name) "-hint" } { (hint) } }
        @if invalid(posted, field).is_some() {
            p.wrong-text id={ "f-" (field.name) "-error" } {
                (icon(Icon::Alert)) span.unseen { (t!(lang, "form-error-word")) " " }
                @for message in posted.errors_for(field.name) { span { (message) " " } }
            }
        }
    }
}

fn optional(lang: Lang, field: &Field<'_>) -> Markup {
    html! { @if field.optional { span.optional { " (" (t!(lang, "form-optional")) ")" } } }
}

fn when(field: &Field<'_>) -> Option<String> {
    field.when.map(|(other, values)| format!("{other}={values}"))
}

fn described(posted: &Posted, field: &Field<'_>) -> Option<String> {
    let hint = field.hint.map(|_| format!("f-{}-hint", field.name));
    let error = invalid(posted, field).map(|_| format!("f-{}-error", field.name));
    match (hint, error) {
        (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
        (hint, error) => hint.or(error),
    }
}

fn invalid(posted: &Posted, field: &Field<'_>) -> Option<&'static str> {
    posted.errors_for(field.name).next().map(|_| "true")
}
