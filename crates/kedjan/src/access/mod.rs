//! Who may do what, and the only way to a person's data.
//!
//! [`Granted`] can be made only in this module, by loading, deciding and writing the audit record in one step, so a handler
//! cannot forget to ask and no unchecked case exists to misuse.

mod guard;
mod matrix;
mod policies;
#[cfg(test)]
mod tests;

pub use guard::{Granted, Relation, Seen, case, desk, list};
pub use matrix::{SITUATIONS, matrix};
pub use policies::{Decision, Policies, PolicyError};

/// What someone is, at the unit they are logged in to. Few roles, named actions (domain roles of the system).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Police officer, coast guard or customs officer in the field.
    Officer,
    /// Unit lead or ombud of a detecting authority: figures and what is unsent.
    Lead,
    /// Caseworker at the social services.
    Receiver,
    /// Professional at the region's addiction care.
    Care,
    /// Caseworker where reports of concern are received.
    Reception,
    /// Headmaster, counsellor or student health.
    School,
    /// Municipal coordinator for alcohol, drugs, doping, tobacco and gambling: figures only.
    Coordinator,
    /// The county administrative board's coordinator: figures only.
    County,
    /// Reads the log: data protection officer, secrecy controller, archivist.
    Controller,
    /// Keeps units, accounts and tokens; sees no case.
    Admin,
}

impl Role {
    /// Every role, in the order in which they are listed.
    pub const ALL: [Role; 10] = [
        Role::Officer,
        Role::Lead,
        Role::Receiver,
        Role::Care,
        Role::Reception,
        Role::School,
        Role::Coordinator,
        Role::County,
        Role::Controller,
        Role::Admin,
    ];

    /// The name in the store, the policies, the API and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Role::Officer => "officer",
            Role::Lead => "lead",
            Role::Receiver => "receiver",
            Role::Care => "care",
            Role::Reception => "reception",
            Role::School => "school",
            Role::Coordinator => "coordinator",
            Role::County => "county",
            Role::Controller => "controller",
            Role::Admin => "admin",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What can be done. Each is an action of `policies/kedjan.cedarschema`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a case.
    SeeCase,
    /// Record a step in it.
    RecordStep,
    /// Say who at the unit has it.
    AssignCase,
    /// Take a consent.
    TakeConsent,
    /// Record that a consent is withdrawn.
    WithdrawConsent,
    /// See how a person with protected identity has asked to be reached.
    SeeProtectedContact,
    /// Begin a case.
    BeginCase,
    /// See the unit's work list.
    SeeWorkList,
    /// Look for a person by name, identity number or case number.
    SearchPeople,
    /// Correct what is known of a person.
    CorrectPerson,
    /// Say that two records are the same person.
    MergePeople,
    /// See who has seen a person's data.
    SeeAccesses,
    /// See the unit's own figures.
    SeeFeedback,
    /// See the county's figures.
    SeeCounty,
    /// Keep authorities and units.
    ManageDirectory,
    /// Keep the accounts of people who log in.
    ManageAccounts,
    /// Keep API tokens.
    ManageTokens,
    /// Verify and take out the audit chain.
    VerifyAudit,
    /// Give out data of a case on a paragraph, by one's own decision.
    Disclose,
    /// Look at a case of the own authority that the unit does not have, with a reason and for some hours.
    BreakGlass,
    /// See what has left the authority.
    SeeDisclosures,
    /// Review who has looked at whom.
    ReviewLog,
    /// Take out all that the authority keeps about a person, for that person.
    ExtractPerson,
    /// See what is past its time, what is held and what has been erased.
    SeeRetention,
    /// Open surveys, see who has answered, code and tell what came of them.
    RunSurveys,
    /// See the county's situation picture.
    SeeSituation,
    /// Take figures of others into the situation picture, and write what is read out of it.
    KeepSituation,
    /// Order releases of figures, and follow them until they are made.
    ReleaseFigures,
}

impl Action {
    /// Every action.
    pub const ALL: [Action; 28] = [
        Action::SeeCase,
        Action::RecordStep,
        Action::AssignCase,
        Action::TakeConsent,
        Action::WithdrawConsent,
        Action::SeeProtectedContact,
        Action::BeginCase,
        Action::SeeWorkList,
        Action::SearchPeople,
        Action::CorrectPerson,
        Action::MergePeople,
        Action::SeeAccesses,
        Action::SeeFeedback,
        Action::SeeCounty,
        Action::ManageDirectory,
        Action::ManageAccounts,
        Action::ManageTokens,
        Action::VerifyAudit,
        Action::Disclose,
        Action::BreakGlass,
        Action::SeeDisclosures,
        Action::ReviewLog,
        Action::ExtractPerson,
        Action::SeeRetention,
        Action::RunSurveys,
        Action::SeeSituation,
        Action::KeepSituation,
        Action::ReleaseFigures,
    ];

    /// The name in the policies and the audit record.
    pub fn name(self) -> &'static str {
        match self {
            Action::SeeCase => "see_case",
            Action::RecordStep => "record_step",
            Action::AssignCase => "assign_case",
            Action::TakeConsent => "take_consent",
            Action::WithdrawConsent => "withdraw_consent",
            Action::SeeProtectedContact => "see_protected_contact",
            Action::BeginCase => "begin_case",
            Action::SeeWorkList => "see_work_list",
            Action::SearchPeople => "search_people",
            Action::CorrectPerson => "correct_person",
            Action::MergePeople => "merge_people",
            Action::SeeAccesses => "see_accesses",
            Action::SeeFeedback => "see_feedback",
            Action::SeeCounty => "see_county",
            Action::ManageDirectory => "manage_directory",
            Action::ManageAccounts => "manage_accounts",
            Action::ManageTokens => "manage_tokens",
            Action::VerifyAudit => "verify_audit",
            Action::Disclose => "disclose",
            Action::BreakGlass => "break_glass",
            Action::SeeDisclosures => "see_disclosures",
            Action::ReviewLog => "review_log",
            Action::ExtractPerson => "extract_person",
            Action::SeeRetention => "see_retention",
            Action::RunSurveys => "run_surveys",
            Action::SeeSituation => "see_situation",
            Action::KeepSituation => "keep_situation",
            Action::ReleaseFigures => "release_figures",
        }
    }

    /// Whether the action is about one case (else about a desk).
    pub fn is_about_case(self) -> bool {
        matches!(
            self,
            Action::SeeCase
                | Action::RecordStep
                | Action::AssignCase
                | Action::TakeConsent
                | Action::WithdrawConsent
                | Action::SeeProtectedContact
                | Action::Disclose
        )
    }
}
