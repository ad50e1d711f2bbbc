//! Panics of libraries on damaged input, turned into reasons.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs what may panic on damaged input, and returns the message of the panic.
///
/// The libraries behind it hold no state that a panic could leave broken.
pub(crate) fn guarded<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| message(panic.as_ref()))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the reader stopped without a reason".to_owned())
}
