//! What is asked to be ingested. It is kept with its job, so that any process may do it.

use footnote_core::id::{ContentHash, SourceId};
use footnote_core::{Error, Result};
use footnote_store::Original;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

use crate::connector::{Remote, RemoteOptions};

/// What is asked to be ingested.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// The name of the collection that documents go to; made if it does not exist.
    pub collection: String,
    /// Where documents come from.
    pub inputs: Vec<Input>,
    /// Only paths that match one of these globs; empty means all.
    pub include: Vec<String>,
    /// No path that matches one of these globs.
    pub exclude: Vec<String>,
    /// Whether documents are read and compared even when their source says that they are the same.
    pub verify: bool,
    /// Whether it is asked for again and again: then it is not written down what is unchanged.
    pub again: bool,
    /// Requests of a higher priority are served first; 0 is usual.
    pub priority: i64,
    /// The registered source that this looks at.
    pub source: Option<SourceId>,
    /// The machine whose files it names, when others might read the request.
    pub machine: Option<String>,
}

/// One place documents come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// A file, a folder, or a glob pattern.
    Path(PathBuf),
    /// Paths below a folder that were seen to change: what is there is read, what is not is
    /// removed.
    Changed {
        /// The folder.
        root: PathBuf,
        /// The paths.
        paths: Vec<PathBuf>,
    },
    /// Bytes that somebody sent and that the store keeps, see [`Intake::keep`](crate::Intake::keep).
    Kept {
        /// What stands in for the source root, e.g. `stdin` or `upload`.
        root: String,
        /// The name, which also tells the format where the content does not.
        name: String,
        /// The hash of the bytes.
        content: ContentHash,
        /// How many there are.
        size_bytes: u64,
        /// The bytes themselves, in the process that kept them: until a job names them, a purge of
        /// the same bytes may take what the store keeps.
        #[serde(skip)]
        original: Option<Original>,
    },
    /// Documents of another machine.
    Remote(Remote),
}

impl Input {
    /// Reads what a user typed: an address of another machine, with what was said beside it, or
    /// else a path.
    ///
    /// # Errors
    /// `Invalid` for an address of a kind that is not known.
    pub fn parse(text: &Path, options: &RemoteOptions) -> Result<Self> {
        match text.to_str().filter(|text| Remote::is_address(text)) {
            Some(address) => Ok(Self::Remote(Remote::parse(address, options.clone())?)),
            None => Ok(Self::Path(text.to_owned())),
        }
    }

    /// Tells whether it names files of one machine.
    fn is_local(&self) -> bool {
        match self {
            Self::Path(_) | Self::Changed { .. } => true,
            Self::Kept { .. } | Self::Remote(_) => false,
        }
    }
}

impl Request {
    /// Reads a request as it was kept with its job.
    ///
    /// # Errors
    /// `Invalid` when it was written by a release that knows more.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::invalid("the job asks for something that this release does not know")
                .hint("Use the release that made the job, or ingest again.")
                .because(error)
        })
    }

    /// Writes the request to be kept with its job.
    ///
    /// # Errors
    /// `Invalid` for a path that cannot be written as text.
    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| {
            Error::invalid("a path is not written in UTF-8")
                .hint("Rename the file or folder, or ingest the folder above it.")
                .because(error)
        })
    }

    /// Names the inputs for the list of jobs.
    #[must_use]
    pub fn describe(&self) -> String {
        let name = |input: &Input| match input {
            Input::Path(path) => path.display().to_string(),
            Input::Changed { root, paths } => {
                format!("{} ({} changed)", root.display(), paths.len())
            }
            Input::Kept { root, name, .. } => format!("{root}:{name}"),
            Input::Remote(remote) => remote.root().to_owned(),
        };
        self.inputs.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    /// Tells whether it names files of one machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.inputs.iter().any(Input::is_local)
    }

    /// Makes paths absolute, so that a process in another working folder understands them.
    ///
    /// # Errors
    /// `Invalid` for an empty path.
    pub(crate) fn with_absolute_paths(mut self) -> Result<Self> {
        for input in &mut self.inputs {
            if let Input::Path(path) = input {
                *path = std::path::absolute(&*path).map_err(|error| {
                    Error::invalid(format!("`{}` is not a path", path.display())).because(error)
                })?;
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_back_as_it_was_written() {
        let options = RemoteOptions { depth: 2, ..RemoteOptions::default() };
        let request = Request {
            collection: "hr".to_owned(),
            inputs: vec![
                Input::Path("docs".into()),
                Input::Changed { root: "/docs".into(), paths: vec!["/docs/a.md".into()] },
                Input::parse(Path::new("https://example.com/handbook/"), &options).unwrap(),
                Input::Kept {
                    root: "upload".to_owned(),
                    name: "a.txt".to_owned(),
                    content: ContentHash::of(b"a"),
                    size_bytes: 1,
                    original: None,
                },
            ],
            verify: true,
            ..Request::default()
        };
        assert_eq!(Request::read(&request.write().unwrap()).unwrap(), request);
        assert!(request.is_local());
        let described = request.describe();
        assert_eq!(described, "docs /docs (1 changed) https://example.com/handbook/ upload:a.txt");
    }

    #[test]
    fn what_an_older_release_kept_is_still_understood() {
        let request = Request::read(r#"{"collection": "c", "inputs": [{"path": "/docs"}]}"#);
        assert_eq!(request.unwrap().inputs, [Input::Path("/docs".into())]);
        assert!(Request::read(r#"{"inputs": [{"moon": {}}]}"#).is_err());
    }
}
