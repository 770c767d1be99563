//! A measured figure, the goal it is held against, and how a run's figures are told to people and to programs.

use std::time::Duration;

use serde_json::{Value, json};

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// One measured figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// How much it was.
    pub value: f64,
    /// In what.
    pub unit: &'static str,
    /// What it should be; none when nothing is promised.
    pub goal: Option<Goal>,
}

impl Figure {
    /// A figure that nothing is promised of.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Figure {
        Figure { name: name.into(), value, unit, goal: None }
    }

    /// A time in milliseconds.
    pub fn millis(name: impl Into<String>, time: Duration) -> Figure {
        Figure::new(name, time.as_secs_f64() * 1000.0, "ms")
    }

    /// The same figure with a goal.
    pub fn with_goal(self, goal: Goal) -> Figure {
        Figure { goal: Some(goal), ..self }
    }

    /// Whether the goal is reached; none when there is no goal.
    pub fn met(&self) -> Option<bool> {
        self.goal.map(|goal| match goal {
            Goal::AtMost(most) => self.value <= most,
            Goal::AtLeast(least) => self.value >= least,
        })
    }

    /// For programs: `goal` and `met` are null where nothing is promised, and `bound` says which side of the goal is good.
    pub fn json(&self) -> Value {
        let (goal, bound) = match self.goal {
            None => (None, None),
            Some(Goal::AtMost(most)) => (Some(most), Some("at_most")),
            Some(Goal::AtLeast(least)) => (Some(least), Some("at_least")),
        };
        json!({
            "name": self.name, "value": self.value, "unit": self.unit, "goal": goal, "bound": bound, "met": self.met()
        })
    }

    /// For people: one line of the table.
    pub fn line(&self) -> String {
        let goal = match self.goal {
            None => String::new(),
            Some(Goal::AtMost(most)) => format!("≤ {most}"),
            Some(Goal::AtLeast(least)) => format!("≥ {least}"),
        };
        let met = match self.met() {
            None => "",
            Some(true) => "met",
            Some(false) => "MISSED",
        };
        let line = format!("{:<66} {:>12} {:<8} {goal:<8} {met}", self.name, shown(self.value), self.unit);
        line.trim_end().to_owned()
    }
}

/// Enough digits to compare with, and no more.
fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => format!("{value:.0}"),
        size if size >= 100.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Times of many runs of the same thing.
#[derive(Clone, Debug, Default)]
pub struct Times {
    sorted: Vec<Duration>,
}

impl Times {
    /// Of all samples there are.
    pub fn new(mut samples: Vec<Duration>) -> Times {
        samples.sort_unstable();
        Times { sorted: samples }
    }

    /// The time that `percent` of the samples did not exceed; zero when there are no samples.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// How many samples.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_goal_is_met_on_its_own_side_only() {
        let at = |value, goal| Figure::new("a", value, "ms").with_goal(goal).met();
        assert_eq!(at(25.0, Goal::AtMost(25.0)), Some(true));
        assert_eq!(at(25.1, Goal::AtMost(25.0)), Some(false));
        assert_eq!(at(0.3, Goal::AtLeast(0.3)), Some(true));
        assert_eq!(at(0.29, Goal::AtLeast(0.3)), Some(false));
        assert_eq!(Figure::new("a", 1.0, "ms").met(), None);
    }

    #[test]
    fn a_percentile_is_a_sample_that_so_many_do_not_exceed() {
        let times = Times::new((1..=100).rev().map(Duration::from_millis).collect());
        assert_eq!(times.percentile(95), Duration::from_millis(95));
        assert_eq!(times.percentile(50), Duration::from_millis(50));
        assert_eq!(times.percentile(100), Duration::from_millis(100));
        let three = Times::new(vec![Duration::from_millis(9), Duration::from_millis(1), Duration::from_millis(5)]);
        assert_eq!(three.percentile(99), Duration::from_millis(9));
        assert_eq!(Times::default().percentile(99), Duration::ZERO);
    }

    #[test]
    fn a_program_reads_the_goal_and_whether_it_is_met() {
        let json = Figure::new("start", 0.2, "s").with_goal(Goal::AtMost(0.5)).json();
        let wanted = json!({
            "name": "start", "value": 0.2, "unit": "s", "goal": 0.5, "bound": "at_most", "met": true
        });
        assert_eq!(json, wanted);
        assert_eq!(Figure::new("rate", 4.0, "1/s").json().get("met").unwrap(), &Value::Null);
    }
}
