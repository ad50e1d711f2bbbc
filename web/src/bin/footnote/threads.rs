//! How many threads candle uses: settled before the program starts its first thread.

use footnote_ingest::settings::Settings;
use footnote_model::{THREADS_VARIABLE, generator_threads};

/// Tells candle how many threads it may use, unless the user did.
///
/// Must be called while the program has one thread.
pub(crate) fn limit(settings: &Settings) {
    if settings.environment.iter().any(|(name, _)| name == THREADS_VARIABLE) {
        return;
    }
    let n_threads = generator_threads(&settings.config.models).to_string();
    #[expect(
        unsafe_code,
        reason = "candle takes its thread count from the environment alone, and no other thread \
                  that could read the environment meanwhile has been started yet"
    )]
    // SAFETY: called at the beginning of `main`, before the runtime starts its threads.
    unsafe {
        std::env::set_var(THREADS_VARIABLE, n_threads);
    }
}
