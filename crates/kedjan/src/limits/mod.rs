//! How much may be asked: how often by an account, a token or an address, and about how many different people by an account or
//! a token. Kept in the memory of this process, within bounds, so that no request costs a statement more. Several processes
//! let through as many times as much, and a restart begins anew.

mod often;
mod people;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::app::{Actor, Via};
use often::{Allowance, Often};
use people::{Budget, Looks};

/// A person at the pages: two pages a second without end, and a pile of tabs at once. Nobody reads faster.
const ACCOUNT: Allowance = Allowance { at_once: 120, a_second: 2 };
/// A system with a token, which brings over a day's work in minutes.
const TOKEN: Allowance = Allowance { at_once: 600, a_second: 20 };
/// An address from which nobody has logged in yet: a whole house may stand behind it in the morning.
const ADDRESS: Allowance = Allowance { at_once: 300, a_second: 10 };

/// A caseworker opens ten to forty people's cases on a long day; who opens three times that is not at ordinary work.
const ACCOUNT_PEOPLE: Budget = Budget { hour: 60, day: 120 };
/// A system that keeps a whole municipality's cases in step with its own.
const TOKEN_PEOPLE: Budget = Budget { hour: 1_000, day: 5_000 };

/// The ground of the refusal in the audit record, by which the log review knows it.
pub const PEOPLE_POLICY: &str = "budget.people";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody who is logged in, or a token.
    Known(Uuid, Via),
    /// Nobody that is known, from an address; the address is not known inside tests and jobs.
    Stranger(Option<IpAddr>),
}

/// What has been asked a short while ago.
pub struct Limits {
    on: bool,
    often: Often,
    looks: Looks,
}

impl Limits {
    /// Nothing has been asked yet. Not `on`, nothing is counted or refused.
    #[must_use]
    pub fn new(on: bool) -> Limits {
        Limits { on, often: Often::default(), looks: Looks::default() }
    }

    /// Counts a request; with it was too much, gives after how many seconds the next one is taken.
    pub fn ask(&self, asker: Asker, now: Timestamp) -> Option<i64> {
        if !self.on {
            return None;
        }
        let allowance = match asker {
            Asker::Known(_, Via::Api) => TOKEN,
            Asker::Known(..) => ACCOUNT,
            Asker::Stranger(_) => ADDRESS,
        };
        self.often.ask(key(asker), allowance, now)
    }

    /// Counts that the actor looks at a person. One more than the budget has is refused: gives after how many seconds there
    /// is room. Who has been looked at within the budget can be looked at again.
    pub fn look(&self, actor: &Actor, person: Uuid, now: Timestamp) -> Option<i64> {
        let budget = match actor.via {
            _ if !self.on => return None,
            Via::Console => return None,
            Via::Page => ACCOUNT_PEOPLE,
            Via::Api => TOKEN_PEOPLE,
        };
        self.looks.look(actor.id, budget, person, now)
    }
}

/// Sixteen bytes that tell askers apart. Of an IPv6 address the network, for whoever has one has all of its addresses.
fn key(asker: Asker) -> [u8; 16] {
    match asker {
        Asker::Known(id, _) => id.into_bytes(),
        Asker::Stranger(None) => [0; 16],
        Asker::Stranger(Some(address)) => match address.to_canonical() {
            IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
            IpAddr::V6(six) => (u128::from(six) >> 64 << 64).to_be_bytes(),
        },
    }
}
