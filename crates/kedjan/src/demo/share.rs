//! What the demo county's chance follows. Each share is either taken from a public source or an assumption of ours, and says
//! which: nobody may read an assumption as a fact about Blekinge. `docs/demo.md` lists them all.

use rand::RngExt;
use rand::rngs::StdRng;

/// Where a share comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// We made it up so that there is something to look at.
    Assumed(&'static str),
    /// A public source says so.
    Source(&'static str),
}

/// How large a part of one thing is another, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The part.
    pub value: f64,
    /// Where it comes from.
    pub basis: Basis,
}

impl Share {
    /// Whether chance falls within it this time.
    pub fn falls(self, rng: &mut StdRng) -> bool {
        rng.random_bool(self.value)
    }
}

/// Declares the shares, and the list of all of them for the documentation.
macro_rules! shares {
    ($($name:ident = $value:expr, $basis:ident($text:literal), $what:literal;)*) => {
        $(
            #[doc = $what]
            pub const $name: Share = Share { value: $value, basis: Basis::$basis($text) };
        )*

        /// Every share with its name and what it is a part of.
        pub const ALL: &[(&str, Share, &str)] = &[$((stringify!($name), $name, $what)),*];
    };
}

shares! {
    STANDALONE_CONCERN = 0.12, Assumed("So that the school has something to see."),
        "Chains that begin with a report of concern from a school.";
    LOB = 0.12, Assumed("So that the police and the receivers have some to see."),
        "Chains that begin with a custody for intoxication.";
    LOB_VIOLENT = 0.24, Source("Västerbotten 2013: 24 % of those taken into custody were violent."),
        "Violent people, among those taken into custody for intoxication.";
    LOB_IN_CARE = 0.14, Source("Västerbotten 2013: 14 % were medically assessed or taken to a sobering-up unit."),
        "People medically assessed or taken to a sobering-up unit, among those in custody.";
    LOB_YOUNG = 0.05, Assumed("So that reports of concern for the young can be seen."),
        "People under 18, among those taken into custody.";
    LOB_LONG = 0.06, Assumed("So that late releases can be seen."),
        "Custodies that last for more than eight hours.";
    LOB_ENDED = 0.03, Assumed("No figure read."),
        "Custodies that the superior ends.";
    LOB_ACCEPTED = 0.20, Assumed("No figure read."),
        "Grown-ups who say yes to contact after a custody.";
    LOB_NOT_ASKED = 0.15, Assumed("No figure read."),
        "People who cannot be asked after a custody.";
    LOB_TOLD = 0.40, Assumed("No figure read."),
        "Custodies that social services is told of in another way than by consent.";
    AT_SEA = 0.05, Assumed("A coastal county; in summer only."),
        "Events found by the Coast Guard.";
    AT_CUSTOMS = 0.03, Assumed("A port with ferry traffic."),
        "Events found by Customs.";
    DRUG_DRIVING = 12_627.0 / 23_195.0, Source("Brå, reported offences 2023: 12 627 drug driving of 23 195."),
        "Drug driving among drink and drug driving on the road.";
    GROSS = 0.35, Assumed("No figure read."),
        "Aggravated offences among drink driving and drunkenness at sea.";
    NARCOTICS = 0.80, Assumed("No figure read."),
        "Narcotics alone, among drug driving; the rest is medicines or several kinds.";
    MIXED_WITH_ALCOHOL = 0.07, Assumed("No figure read."),
        "More than one kind of substance, among drink driving.";
    MEN = 0.85, Assumed("Most suspects are men; the exact share is not known to us."),
        "Men among the suspected.";
    HOME_MUNICIPALITY = 0.70, Assumed("No figure read."),
        "Events in the municipality where the person lives, of those who live in the county.";
    LIVES_ELSEWHERE = 0.12, Assumed("No figure read."),
        "People who live in another county.";
    WITHOUT_NUMBER = 0.06, Assumed("Visitors and people whose identity is not settled. Higher in very large demo counties, where the official test numbers run out."),
        "People recorded without an identity number.";
    PROTECTED = 0.015, Assumed("High enough to be met with."),
        "People with protected personal data.";
    OTHER_LANGUAGE = 0.12, Assumed("No figure read."),
        "Offers made in another language than Swedish.";
    INTERPRETER = 0.50, Assumed("No figure read."),
        "Interpreters needed, where the language is another than Swedish.";
    ADDRESS_KNOWN = 0.50, Assumed("No figure read."),
        "People whose address is recorded.";
    OFFER_ACCEPTED = 0.34, Assumed("Acceptance has no national figure that could be read. Never quote it."),
        "Offers answered with yes on the spot.";
    OFFER_UNDECIDED = 0.12, Assumed("No figure read."),
        "Offers where the person wants to think it over.";
    OFFER_NOT_ASKED = 0.08, Assumed("No figure read."),
        "Suspected people who could not be asked on the spot.";
    LATER_ACCEPTED = 0.30, Assumed("No figure read."),
        "Later answers that are yes.";
    LATER_DECLINED = 0.40, Assumed("No figure read."),
        "Later answers that are no; the rest never came.";
    NEVER_ASKED = 0.50, Assumed("No figure read."),
        "People who never could be asked, among those not asked on the spot whose answer never came.";
    CONSENT_LATER = 0.04, Assumed("So that waiting handovers can be seen."),
        "Yes without a consent on the spot; the consent comes a day or two later.";
    WITHDRAWN = 0.02, Assumed("So that withdrawn consents can be seen."),
        "Consents that are withdrawn before anybody was reached.";
    CHILDREN_YES = 0.22, Assumed("No figure read."),
        "Events where there are children.";
    CHILDREN_UNKNOWN = 0.10, Assumed("No figure read."),
        "Events where it is not known on the spot whether there are children.";
    FOUND_CHILDREN = 0.30, Assumed("No figure read."),
        "Children found, among the questions that were open.";
    CONFIRMED = 0.60, Assumed("No figure read."),
        "Cases that the receiver confirms before calling.";
    REROUTED = 0.04, Assumed("No figure read."),
        "Cases sent on to another municipality.";
    FIRST_CALL_IN_TIME = 0.78, Assumed("Follow-up of the limit is what is missing today."),
        "First contact attempts made within 36 hours.";
    ANSWERS = 0.62, Assumed("No figure read."),
        "Contact attempts that reach the person.";
    NEVER_ANSWERS = 0.10, Assumed("No figure read."),
        "People who never answer, however often they are called.";
    WRONG_NUMBER = 0.10, Assumed("No figure read."),
        "Wrong numbers, among the attempts that reach nobody.";
    APPOINTMENT = 0.70, Assumed("No figure read."),
        "Appointments made at once, among the attempts that lead to a talk.";
    CLOSED_MOVED = 0.06, Assumed("So that the outcome can be seen."),
        "People who moved, among those never reached.";
    CLOSED_DECEASED = 0.03, Assumed("So that the outcome can be seen."),
        "People who died, among those never reached.";
    CLOSED_OTHER = 0.06, Assumed("So that the outcome can be seen."),
        "Other reasons to close, among those never reached.";
    DECLINES_LATER = 0.08, Assumed("No figure read."),
        "People who decline when they are reached.";
    ALREADY_IN_CARE = 0.07, Assumed("No figure read."),
        "People who are already in care or support when they are reached.";
    SHOWS_UP = 0.80, Assumed("No figure read."),
        "First talks that are held the first time.";
    GIVES_UP = 0.40, Assumed("No figure read."),
        "People who decline after they did not come to the first talk.";
    SCREENED = 0.65, Assumed("No figure read."),
        "Talks followed by a screening.";
    STARTS_SUPPORT = 88.0 / 146.0, Source("VTI rapport 555, Stockholm 2005: 88 of 146 assessed went on."),
        "Support started, of those who came to a first talk.";
    COMPLETES = 0.55, Assumed("No figure read."),
        "Support that is completed as planned.";
    ENDS_EARLY = 0.27, Assumed("No figure read."),
        "Support that ends early; the rest continues elsewhere.";
    ASSIGNED = 0.50, Assumed("So that \"mine\" has rows."),
        "Cases that somebody at the receiving unit takes on by name.";
    QUESTION_SLOW = 0.10, Assumed("So that late answers can be seen."),
        "Open questions about children answered after more than 24 hours.";
    ASSESSED_SLOWLY = 0.06, Assumed("So that late assessments can be seen."),
        "Protection assessments made after more than 24 hours.";
    PROTECTED_AT_ONCE = 0.04, Assumed("No figure read."),
        "Children who need protection at once.";
    INQUIRY_OPENED = 128_000.0 / 331_000.0, Source("Socialstyrelsen, reports of concern 2018: 128 000 of 331 000 were investigated."),
        "Reports that lead to an inquiry.";
    INQUIRY_ONGOING = 0.12, Assumed("No figure read."),
        "Reports, among the rest, about children with an inquiry under way.";
    DECISION_LATE = 0.07, Assumed("So that late decisions can be seen."),
        "Decisions later than 14 days.";
    ASSESSMENT_EXTENDED = 0.40, Assumed("So that prolonged times can be seen."),
        "Preliminary assessments prolonged, among those that take more than 14 days.";
    REPEAT_REPORT = 0.30, Assumed("No figure read."),
        "Reports about children who have been reported before.";
    CHILD_HEARD = 0.45, Assumed("No figure read."),
        "Children heard before the decision.";
    INQUIRY_EXTENDED = 0.10, Assumed("So that prolonged times can be seen."),
        "Inquiries prolonged beyond four months.";
    INQUIRY_MEASURES = 0.50, Source("Narkotikapolitiskt Center 2022: about half of the inquiries lead to measures."),
        "Inquiries that lead to measures.";
    INQUIRY_FOLLOWED_UP = 0.25, Assumed("No figure read."),
        "Inquiries that are followed up, among those without measures.";
    REPORTER_ASKS = 0.60, Assumed("No figure read."),
        "Schools that ask for feedback when they report.";
    OFFICER_ASKS = 0.25, Assumed("No figure read."),
        "Officers who ask for feedback on a report that an offer or a custody opened.";
    TOLD_UNASKED = 0.20, Assumed("No figure read."),
        "Reporters who are told without having asked.";
    WRITES_NOTE = 0.20, Assumed("No figure read."),
        "Steps with a few words of free text.";
}

/// How many of a hundred events happen on each weekday, Monday first. Assumed: weekend nights are the peak.
pub const WEEKDAYS: [u32; 7] = [9, 9, 9, 10, 18, 26, 19];
/// How busy each month is, January first. Assumed: more in summer.
pub const MONTHS: [u32; 12] = [8, 8, 9, 9, 11, 13, 14, 13, 10, 9, 8, 10];
/// How busy each hour of the day is, midnight first. Assumed: the night is the peak.
pub const HOURS: [u32; 24] = [10, 10, 9, 7, 5, 3, 3, 3, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10];
