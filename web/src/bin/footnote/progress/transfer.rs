//! How a backup, a restore or another transfer advances.

use indicatif::ProgressBar;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use footnote_store::{TransferStage, TransferStep};

use super::{BETWEEN_LINES, Style, bar, json, line};
use crate::output::bytes;

/// Shows how a transfer advances.
pub(crate) struct TransferProgress {
    style: Style,
    shown: Mutex<Shown>,
}

/// What is shown now.
#[derive(Default)]
struct Shown {
    stage: Option<TransferStage>,
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
}

impl TransferProgress {
    /// Shows progress in a style.
    pub(crate) fn new(style: Style) -> Self {
        Self { style, shown: Mutex::default() }
    }

    /// Shows a step.
    pub(crate) fn tell(&self, step: TransferStep) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.stage != Some(step.stage) {
            shown.begin(self.style, step.stage);
        }
        if let Some(bar) = &shown.bar {
            bar.set_length(step.total);
            bar.set_position(step.done);
            return;
        }
        let is_time = shown.last_line.is_none_or(|last| BETWEEN_LINES <= last.elapsed());
        if is_time || step.done == step.total {
            shown.last_line = Some(Instant::now());
            write(self.style, step);
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).end();
    }
}

impl Shown {
    fn begin(&mut self, style: Style, stage: TransferStage) {
        self.end();
        *self = Self { stage: Some(stage), bar: None, last_line: Some(Instant::now()) };
        if style == Style::Bars {
            let counts =
                if is_in_bytes(stage) { "{bytes} of {total_bytes}" } else { "{pos}/{len}" };
            let bar = bar(&format!("  {{msg:20}} {{bar:24.cyan/dim}} {counts}  {{eta:>3}}"));
            bar.set_message(describe(stage));
            self.bar = Some(bar);
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Writes a step as a line.
fn write(style: Style, step: TransferStep) {
    let TransferStep { stage, done, total } = step;
    match style {
        Style::Json => {
            json(&json!({"event": "progress", "stage": stage, "done": done, "total": total}));
        }
        Style::Plain if is_in_bytes(stage) => {
            line(&format!("{}: {} of {}", describe(stage), bytes(done), bytes(total)));
        }
        Style::Plain => line(&format!("{}: {done} of {total}", describe(stage))),
        Style::Bars | Style::Silent => {}
    }
}

fn is_in_bytes(stage: TransferStage) -> bool {
    matches!(stage, TransferStage::Originals | TransferStage::Archive)
}

fn describe(stage: TransferStage) -> &'static str {
    match stage {
        TransferStage::Rows => "rows of the catalog",
        TransferStage::Originals => "originals",
        TransferStage::Archive => "archive",
        TransferStage::Comparing => "tables compared",
        TransferStage::Documents => "documents",
        TransferStage::Index => "documents indexed",
    }
}
