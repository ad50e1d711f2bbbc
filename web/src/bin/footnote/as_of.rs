//! The option `--as-of`: what held at an earlier moment.

use footnote_core::clock::{Clock as _, SystemClock, Timestamp};

/// At which moment.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct AsOf {
    /// What held at the end of that day, or at that time, in UTC [default: now]
    #[arg(long, value_name = "DATE", value_parser = read)]
    as_of: Option<Timestamp>,
}

impl AsOf {
    /// Returns the moment; `None` means now.
    pub(crate) fn moment(self) -> Option<Timestamp> {
        self.as_of
    }
}

fn read(text: &str) -> Result<Timestamp, String> {
    Timestamp::read_as_of(text, SystemClock.now()).map_err(|error| {
        let advice = error.advice().map(|advice| format!(". {advice}"));
        format!("{error}{}", advice.unwrap_or_default())
    })
}
