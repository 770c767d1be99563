//! What the whole product shares: the store, the methods, the keys, the policies and the clock; and the context that
//! every unit of work runs in.

use std::sync::Arc;

use chain::text::Lang;
use jiff::Timestamp;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use uuid::Uuid;

use crate::access::{Policies, Role};
use crate::limits::Limits;
use crate::packages::api::Places;
use crate::people::PeopleError;
use crate::refusal::Refused;
use crate::secrets::{Keyring, SealError};
use crate::settings::Settings;
use crate::store::{Sql, Store, StoreError, UnitError};

/// The running product. One for each process; every handler, job and command works on it.
pub struct App {
    /// Where everything is kept.
    pub store: Store,
    /// The working methods in force, with all versions that cases still follow.
    pub library: chain::method::Library,
    /// The keys to what identifies a person.
    pub keyring: Keyring,
    /// Who may do what.
    pub policies: Policies,
    /// How this installation is set.
    pub settings: Settings,
    /// How much may be asked.
    pub limits: Limits,
    /// Where packages are read that come over the network.
    pub places: Places,
    /// What time it is. A fixed one in tests.
    pub clock: Clock,
    /// Wakes whoever makes the releases that are ordered.
    pub ordered: tokio::sync::Notify,
}

/// Where the time comes from.
#[derive(Clone)]
pub enum Clock {
    /// The machine's clock.
    Machine,
    /// A clock that stands still, or that a test moves.
    Fixed(Arc<std::sync::atomic::AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    pub fn fixed(at: Timestamp) -> Clock {
        Clock::Fixed(Arc::new(std::sync::atomic::AtomicI64::new(at.as_microsecond())))
    }

    /// The time now, in whole microseconds, which is what the store keeps.
    pub fn now(&self) -> Timestamp {
        let micros = match self {
            #[allow(clippy::disallowed_methods)] // the one place where the machine's clock is read
            Clock::Machine => Timestamp::now().as_microsecond(),
            Clock::Fixed(at) => at.load(std::sync::atomic::Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a fixed clock; the machine's is not ours to move.
    pub fn set(&self, to: Timestamp) {
        if let Clock::Fixed(at) = self {
            at.store(to.as_microsecond(), std::sync::atomic::Ordering::SeqCst);
        }
    }
}

/// Who acts: a person logged in to one unit in one role, or a token that stands for a system of that unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The authority: the tenant.
    pub org: Uuid,
    /// The unit.
    pub unit: Uuid,
    /// The account or the token.
    pub id: Uuid,
    /// In which role.
    pub role: Role,
    /// Which way in.
    pub via: Via,
}

/// Which way an actor came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// The pages.
    Page,
    /// The JSON API.
    Api,
    /// The command line, by whoever has the machine.
    Console,
}

impl Via {
    /// As the audit record has it.
    pub fn name(self) -> &'static str {
        match self {
            Via::Page => "page",
            Via::Api => "api",
            Via::Console => "console",
        }
    }
}

/// Chance: ids, nonces, codes. From the system, or from a seed for the demo county, where the same seed gives the same data.
pub struct Chance {
    seed: [u8; 32],
    rng: StdRng,
}

impl Clone for Chance {
    /// A clone begins anew from the same seed, so that a unit of work that is run again makes the same ids.
    fn clone(&self) -> Chance {
        Chance { seed: self.seed, rng: StdRng::from_seed(self.seed) }
    }
}

impl Chance {
    /// Chance seeded by the operating system.
    pub fn system() -> Result<Chance, StoreError> {
        let mut seed = [0; 32];
        SysRng
            .try_fill_bytes(&mut seed)
            .map_err(|_| StoreError::Unavailable("the operating system gives no random numbers".into()))?;
        Ok(Chance { seed, rng: StdRng::from_seed(seed) })
    }

    /// Chance that always goes the same way.
    pub fn seeded(seed: u64) -> Chance {
        let mut whole = [0; 32];
        whole[..8].copy_from_slice(&seed.to_le_bytes());
        Chance { seed: whole, rng: StdRng::from_seed(whole) }
    }

    /// A new id, in time order (UUID version 7).
    pub fn id(&mut self, now: Timestamp) -> Uuid {
        let mut tail = [0_u8; 10];
        self.rng.fill_bytes(&mut tail);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    /// The generator itself, for keys and nonces.
    pub fn rng(&mut self) -> &mut StdRng {
        &mut self.rng
    }
}

/// The context of one unit of work: on what, by whom, when, in which language, with which chance.
#[derive(Clone)]
pub struct Cx {
    /// The product.
    pub app: Arc<App>,
    /// Who acts.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// The language of whatever is answered.
    pub lang: Lang,
    /// Ids and nonces.
    pub chance: Chance,
}

impl Cx {
    /// A context for an actor, now.
    pub fn new(app: &Arc<App>, actor: Actor, lang: Lang) -> Result<Cx, StoreError> {
        Ok(Cx { app: app.clone(), actor, now: app.clock.now(), lang, chance: Chance::system()? })
    }

    /// A new id.
    pub fn id(&mut self) -> Uuid {
        let now = self.now;
        self.chance.id(now)
    }
}

/// What stops a unit of work: the store (all is rolled back) or a refusal (what was done before it stands: that is the
/// audit record of the attempt, and nothing else, because everything is decided before anything is written).
#[derive(Debug)]
pub enum Stop {
    /// The store could not.
    Store(StoreError),
    /// The house would not.
    Refused(Box<Refused>),
}

impl From<StoreError> for Stop {
    fn from(e: StoreError) -> Stop {
        match e {
            // What was sent is at fault, not the house.
            StoreError::Unstorable => Refused::Malformed { detail: e.to_string() }.into(),
            e => Stop::Store(e),
        }
    }
}

impl From<Refused> for Stop {
    fn from(r: Refused) -> Stop {
        Stop::Refused(Box::new(r))
    }
}

impl From<PeopleError> for Stop {
    fn from(e: PeopleError) -> Stop {
        match e {
            PeopleError::Store(e) => e.into(),
            PeopleError::Seal(SealError::Unopenable) => {
                Stop::Store(StoreError::Corrupt(SealError::Unopenable.to_string()))
            }
            // A forgotten person is nobody that can be seen any more.
            PeopleError::Seal(SealError::Destroyed) | PeopleError::Unknown => Refused::NotFound.into(),
            PeopleError::IdentityTaken(_) | PeopleError::OneAlready | PeopleError::TwoPeople => {
                Refused::CannotMerge.into()
            }
        }
    }
}

impl UnitError for Stop {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Stop::Store(e) => Some(e),
            Stop::Refused(_) => None,
        }
    }
}

/// Runs one unit of work in one transaction. A refusal commits (the audit record of the attempt stays); a fault of the
/// store rolls back and leaves nothing.
pub async fn unit<T, F>(cx: Cx, mut work: F) -> Result<T, Stop>
where
    T: Send + 'static,
    F: FnMut(&mut dyn Sql, &mut Cx) -> Result<T, Stop> + Send + 'static,
{
    let store = cx.app.store.clone();
    let done: Result<T, Box<Refused>> = store.write(move |tx: &mut dyn Sql| settle(work(tx, &mut cx.clone()))).await?;
    done.map_err(Stop::Refused)
}

/// The same, for the command line, the jobs and the tests, which have no async runtime to give way to.
pub fn unit_blocking<T, F>(cx: Cx, mut work: F) -> Result<T, Stop>
where
    T: Send + 'static,
    F: FnMut(&mut dyn Sql, &mut Cx) -> Result<T, Stop> + Send + 'static,
{
    let store = cx.app.store.clone();
    let done: Result<T, Box<Refused>> =
        store.write_blocking(move |tx: &mut dyn Sql| settle(work(tx, &mut cx.clone())))?;
    done.map_err(Stop::Refused)
}

fn settle<T>(outcome: Result<T, Stop>) -> Result<Result<T, Box<Refused>>, StoreError> {
    match outcome {
        Ok(value) => Ok(Ok(value)),
        Err(Stop::Refused(refused)) => Ok(Err(refused)),
        Err(Stop::Store(error)) => Err(error),
    }
}
