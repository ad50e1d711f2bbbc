//! The name of this machine: whose files a request names, and where a worker is.

use footnote_core::job::WorkerId;

/// Returns the name that this machine has in its network.
#[cfg(unix)]
pub(crate) fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Returns a name where the system tells none.
#[cfg(not(unix))]
pub(crate) fn name() -> String {
    "localhost".to_owned()
}

/// Names a worker of this process.
pub(crate) fn worker() -> WorkerId {
    WorkerId::generate(&name(), std::process::id())
}
