//! The child that reads documents: it starts, reads, and is limited.

use footnote_core::{Error, Result};
use footnote_ingest::preview::Preview;
use footnote_ingest::sandbox::ParserCommand;
use footnote_ingest::settings::Settings;

use super::Check;

/// A document that any parser reads.
const DOCUMENT: &[u8] = b"# A heading\n\nA paragraph.\n";

/// Checks that a child reads a document.
pub async fn parses(command: &ParserCommand, settings: &Settings) -> Check {
    Check::of("parser", parse(command, settings).await)
}

async fn parse(command: &ParserCommand, settings: &Settings) -> Result<String> {
    let preview = Preview::new(command.clone(), &settings.config.ingest);
    let read = preview.bytes("check.md", DOCUMENT.to_vec(), &|_| ()).await.map_err(|failure| {
        Error::unavailable("a document that is fine was not read").because(failure)
    })?;
    Ok(format!("starts and reads ({})", read.parsed.media_type))
}

/// Checks that the child's limits hold.
#[cfg(target_os = "linux")]
pub async fn is_limited(command: &ParserCommand, settings: &Settings) -> Check {
    Check::of(
        "parser limits",
        limits::check(command, settings.config.ingest.parse_memory_bytes).await,
    )
}

/// Says that this system's limits are not known.
#[cfg(not(target_os = "linux"))]
pub async fn is_limited(_command: &ParserCommand, _settings: &Settings) -> Check {
    let fix = "Ingest only documents that you trust, or run Footnote on Linux.";
    Check::warn("parser limits", "cannot be checked on this system", fix)
}

#[cfg(target_os = "linux")]
mod limits {
    //! What the system says that the child may do.

    use std::process::Stdio;
    use std::time::Duration;
    use tokio::process::{Child, Command};
    use tokio::time::sleep;

    use footnote_core::{Error, Result};
    use footnote_ingest::sandbox::ParserCommand;

    use super::super::bytes;

    /// How often the child is looked at until it has limited itself.
    const LOOKS: u32 = 50;

    /// How long to wait between two looks.
    const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

    /// Starts a child and reads its limits from the system.
    pub(super) async fn check(command: &ParserCommand, memory_bytes: u64) -> Result<String> {
        let mut child = start(command, memory_bytes)?;
        let held = wait_until_limited(&child, memory_bytes).await;
        let ended = child.kill().await;
        ended.map_err(|error| Error::internal("cannot end the parser").because(error))?;
        if held {
            return Ok(format!("{} of memory, no files written", bytes(memory_bytes)));
        }
        Err(Error::unavailable("the parser does not limit its memory and files")
            .hint("Ingest only documents that you trust until this is found."))
    }

    fn start(command: &ParserCommand, memory_bytes: u64) -> Result<Child> {
        Command::new(&command.program)
            .args(&command.args)
            .arg(memory_bytes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Error::unavailable("cannot start the parser").because(error))
    }

    async fn wait_until_limited(child: &Child, memory_bytes: u64) -> bool {
        let Some(pid) = child.id() else { return false };
        for _ in 0..LOOKS {
            let limits = tokio::fs::read_to_string(format!("/proc/{pid}/limits")).await;
            if limits.is_ok_and(|limits| is_limited(&limits, memory_bytes)) {
                return true;
            }
            sleep(BETWEEN_LOOKS).await;
        }
        false
    }

    /// Reads the table that the system keeps of a process's limits.
    fn is_limited(table: &str, memory_bytes: u64) -> bool {
        let hard = |name: &str| {
            let line = table.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        hard("Max address space") == Some(memory_bytes) && hard("Max file size") == Some(0)
    }

    #[cfg(test)]
    mod tests {
        use super::is_limited;

        #[test]
        fn both_limits_must_be_hard() {
            let table = |memory: &str, files: &str| {
                format!("Max file size   {files}   bytes\nMax address space   {memory}   bytes\n")
            };
            assert!(is_limited(&table("1024 1024", "0 0"), 1024));
            assert!(!is_limited(&table("1024 unlimited", "0 0"), 1024));
            assert!(!is_limited(&table("1024 1024", "unlimited unlimited"), 1024));
        }
    }
}
