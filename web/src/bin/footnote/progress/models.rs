//! How the installation of a model advances.

use indicatif::ProgressBar;
use serde_json::json;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use footnote_model::Progress;

use super::{BETWEEN_LINES, Style, bar, json, line};
use crate::output::bytes;

/// Shows how an installation advances.
pub(crate) struct ModelProgress {
    style: Style,
    task: Mutex<Option<Task>>,
}

/// What is being done.
struct Task {
    what: String,
    total_bytes: Option<u64>,
    done_bytes: u64,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl ModelProgress {
    /// Shows progress in a style.
    pub(crate) fn new(style: Style) -> Self {
        Self { style, task: Mutex::new(None) }
    }
}

impl Progress for ModelProgress {
    fn started(&self, what: &str, total_bytes: Option<u64>) {
        let bar = (self.style == Style::Bars).then(|| {
            let bar = bar("  {msg:32} {bar:24.cyan/dim} {bytes:>10} of {total_bytes:>10}  {binary_bytes_per_sec:>12}  {eta:>3}");
            bar.set_length(total_bytes.unwrap_or_default());
            bar.set_message(what.to_owned());
            bar
        });
        if self.style == Style::Plain {
            let size = total_bytes.map(|total| format!(" ({})", bytes(total))).unwrap_or_default();
            line(&format!("  {what}{size}"));
        }
        let what = what.to_owned();
        let task = Task { what, total_bytes, done_bytes: 0, bar, last_line: Instant::now() };
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    fn advanced(&self, more_bytes: u64) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(task) = task.as_mut() else { return };
        task.done_bytes += more_bytes;
        if let Some(bar) = &task.bar {
            bar.set_position(task.done_bytes);
        } else if BETWEEN_LINES <= task.last_line.elapsed() {
            task.last_line = Instant::now();
            task.tell(self.style);
        }
    }

    fn finished(&self, what: &str) {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bar) = task.and_then(|task| task.bar) {
            bar.finish_and_clear();
        }
        if self.style == Style::Json {
            json(&json!({"event": "finished", "what": what}));
        }
    }
}

impl Task {
    /// Says how far it is.
    fn tell(&self, style: Style) {
        match style {
            Style::Plain => {
                let total = self.total_bytes.map(|total| format!(" of {}", bytes(total)));
                let total = total.unwrap_or_default();
                line(&format!("  {}: {}{total}", self.what, bytes(self.done_bytes)));
            }
            Style::Json => json(&json!({
                "event": "progress", "what": self.what,
                "bytes": self.done_bytes, "total_bytes": self.total_bytes,
            })),
            Style::Bars | Style::Silent => {}
        }
    }
}
