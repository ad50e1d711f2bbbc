//! What came of the torture: how often what was done, what was wrong, and how fast it was back.

use console::style;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::kind::Kind;
use crate::output::columns;

/// How many violations are told apart; more say nothing new.
const MOST_VIOLATIONS: usize = 50;

/// What is counted while it goes on.
#[derive(Debug, Default)]
pub(super) struct Tally {
    round: u64,
    blows: BTreeMap<Kind, Blows>,
    /// How many steps were acknowledged.
    pub(super) n_steps: u64,
    /// How many documents were acknowledged one by one.
    pub(super) n_documents: u64,
    /// How many documents were there at the last look.
    pub(super) n_present: usize,
    /// How long it took from each start to the first answer to a search.
    pub(super) first_searches: Vec<Duration>,
    violations: Vec<Violation>,
    n_told: usize,
}

/// How often a kind of work was struck.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Blows {
    struck: u64,
    in_the_middle: u64,
}

/// Something that must not be.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Violation {
    round: u64,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "round {}: {}", self.round, self.what)
    }
}

/// What came of it, as it is printed.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    seed: u64,
    /// What the children were struck with.
    blow: &'static str,
    struck: u64,
    in_the_middle: u64,
    kinds: BTreeMap<Kind, Blows>,
    acknowledged_steps: u64,
    acknowledged_documents: u64,
    documents: usize,
    restarts: usize,
    first_search_p50_ms: f64,
    first_search_p99_ms: f64,
    first_search_max_ms: f64,
    seconds: f64,
    violations: Vec<Violation>,
}

impl Tally {
    /// Begins a round.
    pub(super) fn begin(&mut self, round: u64) {
        self.round = round;
    }

    /// Counts a child that was struck while it ran, and whether it was in the middle of something.
    pub(super) fn struck(&mut self, kind: Kind, in_the_middle: bool) {
        let blows = self.blows.entry(kind).or_default();
        blows.struck += 1;
        blows.in_the_middle += u64::from(in_the_middle);
    }

    /// Returns how many children were struck while they ran.
    pub(super) fn n_struck(&self) -> u64 {
        self.blows.values().map(|blows| blows.struck).sum()
    }

    /// Notes something that must not be.
    pub(super) fn violation(&mut self, what: String) {
        if self.violations.len() < MOST_VIOLATIONS {
            self.violations.push(Violation { round: self.round, what });
        }
    }

    /// Returns how many violations there were.
    pub(super) fn n_violations(&self) -> usize {
        self.violations.len()
    }

    /// Returns the violations that were not told yet.
    pub(super) fn news(&mut self) -> &[Violation] {
        let news = &self.violations[self.n_told..];
        self.n_told = self.violations.len();
        news
    }

    /// Makes the report.
    pub(super) fn report(mut self, seed: u64, blow: &'static str, took: Duration) -> Report {
        self.first_searches.sort();
        let (struck, middle) = (self.n_struck(), self.blows.values().map(|b| b.in_the_middle));
        let searches = &self.first_searches;
        Report {
            seed,
            blow,
            struck,
            in_the_middle: middle.sum(),
            kinds: self.blows,
            acknowledged_steps: self.n_steps,
            acknowledged_documents: self.n_documents,
            documents: self.n_present,
            restarts: searches.len(),
            first_search_p50_ms: percentile_ms(searches, 50),
            first_search_p99_ms: percentile_ms(searches, 99),
            first_search_max_ms: percentile_ms(searches, 100),
            seconds: took.as_secs_f64(),
            violations: self.violations,
        }
    }
}

impl Report {
    /// Tells whether nothing was wrong.
    pub(super) fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Writes the report for people.
    pub(super) fn text(&self) -> String {
        let row = |name: &str, value: String| vec![format!("  {name}"), value];
        let searched = format!(
            "p50 {:.0} ms, p99 {:.0} ms, longest {:.0} ms",
            self.first_search_p50_ms, self.first_search_p99_ms, self.first_search_max_ms
        );
        let of = |middle: u64, struck: u64| format!("{middle} of {struck} in the middle");
        let mut rows = vec![row(self.blow, of(self.in_the_middle, self.struck))];
        rows.extend(
            self.kinds.iter().map(|(kind, blows)| {
                row(&format!("  {kind}"), of(blows.in_the_middle, blows.struck))
            }),
        );
        rows.extend([
            row("steps acknowledged", self.acknowledged_steps.to_string()),
            row("documents acknowledged", self.acknowledged_documents.to_string()),
            row("documents at the end", self.documents.to_string()),
            row("restart to first search", searched),
        ]);
        let n_violations = self.violations.len();
        let verdict = match n_violations {
            0 => style("0 violations".to_owned()).green().bold(),
            _ => style(format!("{n_violations} violations")).red().bold(),
        };
        let mut text = format!("{verdict}, seed {}, {:.0} s\n", self.seed, self.seconds);
        text.push_str(&columns(&rows));
        text.extend(self.violations.iter().map(|violation| format!("  {violation}\n")));
        text
    }
}

/// Returns the time that so many in a hundred were not longer than; sorted, in milliseconds.
fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).map_or(0.0, |duration| duration.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole milliseconds are exact")]
    fn percentiles_are_of_what_was_measured() {
        let sorted: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile_ms(&sorted, 50), 100.0);
        assert_eq!(percentile_ms(&sorted, 99), 198.0);
        assert_eq!(percentile_ms(&sorted, 100), 200.0);
        assert_eq!(percentile_ms(&[], 99), 0.0);
    }
}
