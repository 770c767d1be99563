//! The policies as a table that people read: role × action × how the unit stands to the case × protected identity, evaluated
//! through the real policies. It lies in `policies/matrix.txt`, and a change of it is reviewed as a difference.

use std::fmt::Write;

use super::{Action, Policies, Relation, Role};

/// The situations of a unit with a case, and what each is to the policies.
pub const SITUATIONS: [(&str, Relation); 9] = [
    ("made", Relation::Made),
    ("consent", Relation::Consent),
    ("law", Relation::Law),
    ("glass", Relation::Glass),
    ("withdrawn", Relation::Ended),
    ("other-unit", Relation::None),
    ("other-auth", Relation::None),
    ("county", Relation::None),
    ("none", Relation::None),
];

/// The whole table, as it is printed.
pub fn matrix(policies: &Policies) -> String {
    let mut out = String::from(HEAD);
    for action in Action::ALL {
        if action.is_about_case() {
            about_case(policies, action, &mut out);
        }
    }
    out.push_str("\nWhat is not about one case\n\n");
    let _ = writeln!(out, "{:<24}{}", "", Role::ALL.map(|role| format!("{:<13}", role.name())).concat().trim_end());
    for action in Action::ALL.into_iter().filter(|action| !action.is_about_case()) {
        let may = |role: Role| if policies.decide(action, role, Relation::None, false).allowed { "yes" } else { "-" };
        let row = Role::ALL.map(|role| format!("{:<13}", may(role))).concat();
        let _ = writeln!(out, "{:<24}{}", action.name(), row.trim_end());
    }
    out
}

const HEAD: &str = "\
Who may do what, as the policies of this folder decide it. Printed by `kedjan access`; a test holds the file against the
policies, so that a change of a policy is a change of this table. Everything that is not `yes` is refused.
`yes/-` is yes with ordinary identity and no with protected; `-/yes` the other way round.

made        the unit began the case            withdrawn   the consent was withdrawn or ran out, or it was handed on
consent     handed over, consent in force      other-unit  another unit of the same authority
law         handed over on a paragraph         other-auth  another authority
glass       the glass is broken, for hours     county      the county administrative board
                                               none        nothing ties the unit to it

";

fn about_case(policies: &Policies, action: Action, out: &mut String) {
    let _ = writeln!(out, "{}\n", action.name());
    let names: String = SITUATIONS.map(|(name, _)| format!("{name:<12}")).concat();
    let _ = writeln!(out, "{:<13}{}", "", names.trim_end());
    for role in Role::ALL {
        let cell = |relation| {
            let may = |protected| if policies.decide(action, role, relation, protected).allowed { "yes" } else { "-" };
            let (ordinary, protected) = (may(false), may(true));
            if ordinary == protected { ordinary.to_owned() } else { format!("{ordinary}/{protected}") }
        };
        let row: String = SITUATIONS.map(|(_, relation)| format!("{:<12}", cell(relation))).concat();
        let _ = writeln!(out, "{:<13}{}", role.name(), row.trim_end());
    }
    out.push('\n');
}
