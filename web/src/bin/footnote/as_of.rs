//! The option `--as-of`: what held at an earlier moment.

use footnote_core::clock::{Clock as _, SystemClock, Timestamp};

/// At which moment.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct AsOf {
    /// What held at the end of that day, or at that time, in UTC [default: now]
    #[arg(long, value_name = "DATE", value_parser = read)]
    as_of: Option<Moment>,
}

/// A moment, and how it was written.
#[derive(Debug, Clone)]
struct Moment {
    text: String,
    time: Timestamp,
}

impl AsOf {
    /// Returns the moment; `None` means now.
    pub(crate) fn moment(&self) -> Option<Timestamp> {
        self.as_of.as_ref().map(|moment| moment.time)
    }

    /// Returns the moment as it was written.
    pub(crate) fn into_text(self) -> Option<String> {
        self.as_of.map(|moment| moment.text)
    }
}

fn read(text: &str) -> Result<Moment, String> {
    let time = Timestamp::read_as_of(text, SystemClock.now()).map_err(|error| {
        let advice = error.advice().map(|advice| format!(". {advice}"));
        format!("{error}{}", advice.unwrap_or_default())
    })?;
    Ok(Moment { text: text.to_owned(), time })
}
