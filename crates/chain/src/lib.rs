//! The pure core of Kedjan: working methods, the chains of recorded steps that follow them, their clocks and figures.
//!
//! Nothing here reads a clock, a file or a random source: the time is passed in and the same history always gives
//! the same state.

pub mod case;
pub mod clock;
pub mod decide;
pub mod field;
pub mod graph;
pub mod measure;
pub mod method;
mod nearest;
mod not_now;
pub mod retention;
pub mod route;
pub mod survey;
pub mod text;
mod times;

pub use case::{Available, AvailableOutcome, Broken, ClockRun, Closed, Recorded, State, effective};
pub use clock::{Limit, Standing};
pub use decide::{Attempt, Decision, Handover, NotNow, Opening, Refusal, called_for, decide};
pub use field::{Field, FieldError, Kind, Problem, Values, answer_of_unit, check_fields};
pub use measure::{Contribution, change, contributions, meanings};
pub use method::{Ground, Library, Method, Mistake, Retention, Source};
pub use nearest::nearest;
pub use text::{Lang, Text};
