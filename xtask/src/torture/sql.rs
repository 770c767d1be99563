//! What the judge asks the databases themselves, past the product: `sqlite3` and `psql` are programs that others made.
//!
//! The planted faults are here too: each is done by hand to a copy, and has to be found.

use super::process::run;
use crate::tools;
use anyhow::{Context, bail};
use std::path::PathBuf;
use std::process::Command;

/// A database of an installation.
#[derive(Clone)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// An address.
    Postgres(String),
}

/// The steps of the method by which the writers work, with the times that tell the writes apart.
pub const STEPS: &str = "SELECT k.code, s.seq, s.at, s.step, s.outcome
 FROM kase k JOIN step s ON s.org_id = k.org_id AND s.case_id = k.id
 WHERE k.method = 'smadit' ORDER BY k.code, s.seq";

/// Each case with what has to be there beside it: steps, those of the row; shares; consents; clocks; cases it opened.
pub const CASES: &str = "SELECT k.code, k.steps,
 (SELECT COUNT(*) FROM share h WHERE h.case_org = k.org_id AND h.case_id = k.id),
 (SELECT COUNT(*) FROM consent c WHERE c.case_org = k.org_id AND c.case_id = k.id),
 (SELECT COUNT(*) FROM clock c WHERE c.org_id = k.org_id AND c.case_id = k.id),
 (SELECT COUNT(*) FROM kase o WHERE o.opened_by = k.code)
 FROM kase k WHERE k.method = 'smadit' ORDER BY k.code";

/// The audit records of what changed a case.
pub const RECORDS: &str = "SELECT object, action, COUNT(*) FROM audit
 WHERE decision = 'allow' AND action IN ('begin_case', 'record_step') GROUP BY object, action";

/// The keys that were remembered for steps, by case.
pub const KEYS: &str = "SELECT code, seq, idem_key FROM idempotency WHERE idem_key LIKE 'torture-%'";

/// Units whose counts are not those of their shares.
pub const COUNTS: &str = "SELECT method, state, SUM(n) FROM (
 SELECT org_id, unit_id, method, state, n FROM work_count
 UNION ALL SELECT org_id, unit_id, method, state, -1 FROM share) AS both_sides
 GROUP BY org_id, unit_id, method, state HAVING SUM(n) <> 0";

/// The numbers of the cases there are.
pub const CODES: &str = "SELECT code FROM kase";

/// The latest time of an audit record.
pub const LATEST: &str = "SELECT MAX(at) FROM audit";

/// A fault that is planted: its name, what is done to a copy, and which of the judge's findings has to show it.
pub struct Plant {
    /// What it is.
    pub name: &'static str,
    /// `{at}` and `{code}` are an acknowledged step and its case.
    pub sql: &'static str,
    /// The finding that has to show it.
    pub shows: Shows,
}

/// The findings of the judge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// An acknowledged write is gone.
    Lost,
    /// A write is stored more than once.
    Doubled,
    /// A case has not all that belongs to it.
    Half,
    /// An audit chain does not hold.
    Chain,
    /// The tallies are not equal to the cases.
    Tallies,
}

/// What is planted by hand. A journal line of a write that never was comes beside these.
pub const PLANTS: &[Plant] = &[
    Plant { name: "an acknowledged row deleted", sql: "DELETE FROM step WHERE at = {at}", shows: Shows::Lost },
    Plant {
        name: "a row doubled",
        sql: "INSERT INTO step (org_id, case_id, seq, step, outcome, at, recorded_at, by_org, by_unit, by_actor, party, fields, corrects)
 SELECT org_id, case_id, seq + 100, step, outcome, at, recorded_at, by_org, by_unit, by_actor, party, fields, corrects
 FROM step WHERE at = {at}",
        shows: Shows::Doubled,
    },
    Plant {
        name: "a case without its consent",
        sql: "DELETE FROM consent WHERE case_id = (SELECT id FROM kase WHERE code = '{code}')",
        shows: Shows::Half,
    },
    Plant {
        name: "a step without its audit record's name",
        sql: "UPDATE audit SET object = 'unknown' WHERE object = '{code}'",
        shows: Shows::Half,
    },
    Plant {
        name: "an audit record changed",
        sql: "UPDATE audit SET detail = 'x' WHERE object = '{code}'",
        shows: Shows::Chain,
    },
    // Whoever does this leaves a chain that holds by itself: only the head that was kept elsewhere shows it.
    Plant {
        name: "every audit chain cut off and its head moved back",
        sql: "DELETE FROM audit WHERE seq > 1 AND seq > (SELECT h.seq - 3 FROM audit_head h WHERE h.org_id = audit.org_id);
 DELETE FROM audit_person WHERE seq > 1 AND seq > (SELECT h.seq - 3 FROM audit_head h WHERE h.org_id = audit_person.org_id);
 UPDATE audit_head SET digest = (SELECT a.digest FROM audit a WHERE a.org_id = audit_head.org_id ORDER BY a.seq DESC LIMIT 1),
 seq = (SELECT MAX(a.seq) FROM audit a WHERE a.org_id = audit_head.org_id) WHERE seq > 1",
        shows: Shows::Chain,
    },
    Plant { name: "a tally raised", sql: "UPDATE tally SET n = n + 1 WHERE method = 'smadit'", shows: Shows::Tallies },
];

/// Statements on a file of SQLite. A row there carries a sum that SQLite makes with a function of the product's; a planted row
/// gets any.
const BY_HAND: &str = "import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.create_function('row_seal', -1, lambda *values: 0, deterministic=True)
connection.executescript(sys.argv[2])
connection.close()";

impl Database {
    /// Rows of text.
    pub fn rows(&self, sql: &str) -> anyhow::Result<Vec<Vec<String>>> {
        let mut command = self.command()?;
        match self {
            Database::Sqlite(_) => command.arg("-readonly").args(["-noheader", "-list", "-separator", "|"]),
            Database::Postgres(_) => command.args(["-A", "-t", "-F", "|", "-c"]),
        };
        if let Database::Sqlite(path) = self {
            command.arg(path);
        }
        let text = run(command.arg(sql))?;
        Ok(text.lines().map(|line| line.split('|').map(str::to_owned).collect()).collect())
    }

    /// Does something by hand.
    pub fn exec(&self, sql: &str) -> anyhow::Result<()> {
        let mut command = match self {
            Database::Sqlite(path) => {
                let mut command = Command::new(tools::PYTHON);
                command.args(["-c", BY_HAND]).arg(path);
                command
            }
            Database::Postgres(_) => {
                let mut command = self.command()?;
                command.args(["-v", "ON_ERROR_STOP=1", "-c"]);
                command
            }
        };
        run(command.arg(sql)).map(|_| ())
    }

    fn command(&self) -> anyhow::Result<Command> {
        match self {
            Database::Sqlite(path) if !path.is_file() => bail!("{} is not there", path.display()),
            Database::Sqlite(_) => {
                let mut command = Command::new("sqlite3");
                command.args(["-batch", "-bail"]);
                Ok(command)
            }
            Database::Postgres(url) => {
                let folder = tools::postgres_folder().context("PostgreSQL is not installed")?;
                let mut command = Command::new(folder.join("psql"));
                command.args(["-X", "-q", "-d", url]);
                Ok(command)
            }
        }
    }
}
