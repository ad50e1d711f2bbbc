//! What the child forbids itself before it reads a stranger's first byte.

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
