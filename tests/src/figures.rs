//! What a long run measured, row by row: `make scenarios` prints them as one table (`target/scenarios.tsv`).

use std::fs::File;
use std::io::Write;
use std::time::Duration;

use crate::folder::workspace;

/// What a figure must be.
#[derive(Debug, Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    Exactly(f64),
    Told,
}

/// One figure and what it must be.
#[derive(Debug, Clone, Copy)]
pub struct Measured {
    value: f64,
    limit: Limit,
}

/// Must not be more than the limit.
pub fn at_most(value: f64, limit: f64) -> Measured {
    Measured { value, limit: Limit::AtMost(limit) }
}

/// Must not be less than the limit.
pub fn at_least(value: f64, limit: f64) -> Measured {
    Measured { value, limit: Limit::AtLeast(limit) }
}

/// Must be just so much.
#[expect(clippy::cast_precision_loss, reason = "counts of a test stay far below 2^53")]
pub fn exactly(value: usize, limit: usize) -> Measured {
    Measured { value: value as f64, limit: Limit::Exactly(limit as f64) }
}

/// Has no limit: it says under what conditions the others were measured.
pub fn told(value: f64) -> Measured {
    Measured { value, limit: Limit::Told }
}

impl Measured {
    fn holds(self) -> bool {
        match self.limit {
            Limit::AtMost(limit) => self.value <= limit,
            Limit::AtLeast(limit) => self.value >= limit,
            Limit::Exactly(limit) => (self.value - limit).abs() < f64::EPSILON,
            Limit::Told => true,
        }
    }

    fn limit(self) -> String {
        match self.limit {
            Limit::AtMost(limit) => format!("≤ {limit}"),
            Limit::AtLeast(limit) => format!("≥ {limit}"),
            Limit::Exactly(limit) => format!("= {limit}"),
            Limit::Told => "-".to_owned(),
        }
    }
}

/// The figures of one scenario on one store.
#[derive(Debug)]
pub struct Figures {
    scenario: &'static str,
    store: &'static str,
    failed: Vec<String>,
}

impl Figures {
    /// None yet.
    pub fn of(scenario: &'static str, store: &'static str) -> Self {
        Self { scenario, store, failed: Vec::new() }
    }

    /// Adds a row to the table.
    pub fn row(&mut self, what: &str, measured: Measured) {
        let (value, limit) = (format!("{:.2}", measured.value), measured.limit());
        let value = value.trim_end_matches('0').trim_end_matches('.').to_owned();
        let pass = if measured.holds() { "pass" } else { "FAIL" };
        let line = format!("{}\t{}\t{what}\t{value}\t{limit}\t{pass}\n", self.scenario, self.store);
        let path = workspace().join("target/scenarios.tsv");
        let mut table = File::options().create(true).append(true).open(path).expect("the table can be written");
        // One write, so that rows of several processes do not mix.
        table.write_all(line.as_bytes()).expect("the table takes a row");
        if !measured.holds() {
            self.failed.push(format!("{what}: {value}, must be {limit}"));
        }
    }

    /// Fails the test when a row failed.
    pub fn settle(self) {
        assert!(self.failed.is_empty(), "{} on {}: {}", self.scenario, self.store, self.failed.join("; "));
    }
}

/// The duration in milliseconds below which that share of the durations lies; 0 of none. Puts them in order.
pub fn percentile(durations: &mut [Duration], percent: usize) -> f64 {
    durations.sort_unstable();
    let at = (durations.len() * percent / 100).min(durations.len().saturating_sub(1));
    durations.get(at).map_or(0.0, |duration| duration.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_as_they_say() {
        assert!(at_most(3.0, 3.0).holds() && !at_most(3.1, 3.0).holds());
        assert!(at_least(3.0, 3.0).holds() && !at_least(2.9, 3.0).holds());
        assert!(exactly(3, 3).holds() && !exactly(2, 3).holds() && told(9.0).holds());
        let mut times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert!((percentile(&mut times, 99) - 100.0).abs() < 1e-9 && (percentile(&mut times, 50) - 51.0).abs() < 1e-9);
        assert!(percentile(&mut [], 99).abs() < 1e-9);
    }
}
