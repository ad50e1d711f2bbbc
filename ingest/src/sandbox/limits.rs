//! The limits: what the child forbids itself before it reads a stranger's first byte, and how much
//! of one document it reads.

use footnote_core::config::IngestConfig;
use footnote_document::Limits;
use std::fs::File;
use std::io;

/// Limits this process for good: memory, no files written, no core dumps, no new privileges, and
/// it ends when its parent does.
///
/// # Errors
/// Fails when the system refuses a limit.
#[cfg(unix)]
pub(super) fn apply(memory_bytes: u64) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limit = |value| Rlimit { current: Some(value), maximum: Some(value) };
    setrlimit(Resource::As, limit(memory_bytes))?;
    setrlimit(Resource::Fsize, limit(0))?;
    setrlimit(Resource::Core, limit(0))?;
    #[cfg(target_os = "linux")]
    {
        rustix::thread::set_no_new_privs(true)?;
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    }
    Ok(())
}

/// Systems without resource limits rely on the time limit of the parent.
///
/// # Errors
/// Never.
#[cfg(not(unix))]
pub(super) fn apply(_memory_bytes: u64) -> io::Result<()> {
    Ok(())
}

/// Takes standard output for answers, and sends what libraries print to nowhere.
///
/// # Errors
/// Fails when the system gives no descriptor.
#[cfg(unix)]
pub(super) fn take_stdout() -> io::Result<File> {
    let answers = rustix::io::dup(rustix::stdio::stdout())?;
    let nowhere = File::options().write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(File::from(answers))
}

/// Opens standard output for answers.
///
/// # Errors
/// Fails when there is none.
#[cfg(not(unix))]
pub(super) fn take_stdout() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

/// Returns how much of one document is read, as configured.
pub(super) fn of_document(config: &IngestConfig) -> Limits {
    Limits {
        max_text_bytes: usize::try_from(config.max_text_bytes).unwrap_or(usize::MAX),
        max_pages: config.max_pages,
        max_files: config.max_files,
        max_unpacked_bytes: config.max_unpacked_bytes,
        max_unpacked_ratio: config.max_unpacked_ratio,
        max_depth: config.max_depth,
        max_cells: config.max_cells,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_the_configuration_are_those_of_the_parsers() {
        assert_eq!(of_document(&IngestConfig::default()), Limits::default());
    }
}
