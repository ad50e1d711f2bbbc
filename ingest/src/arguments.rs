//! What the command lines of both programs take beside the address of a source.

use footnote_core::{Error, Result};
use std::path::{Path, PathBuf};

use crate::connector::{RemoteKind, RemoteOptions};
use crate::request::Input;

/// What may be said beside an address. It is kept with the source.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of other machines")]
pub struct RemoteArgs {
    /// Web: how deep links are followed, on the same server below the address [default: not at all]
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
    /// Web: how many pages are read at most [default: 10000]
    #[arg(long, value_name = "N", value_parser = at_least_one)]
    max_pages: Option<usize>,
    /// S3: the address of the server [default: as its credentials say, or Amazon's]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// S3: the region of the bucket [default: as its credentials say, or us-east-1]
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// S3: the bucket stands in the path, or not, of the server's addresses [default: with an endpoint]
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "true")]
    path_style: Option<bool>,
}

impl RemoteArgs {
    /// Reads what a user typed: addresses of other machines, with what was said beside them, and
    /// paths.
    ///
    /// # Errors
    /// `Invalid` for an address of a kind that is not known, and for an option that no address
    /// understands.
    pub fn inputs<'a>(&self, typed: impl IntoIterator<Item = &'a PathBuf>) -> Result<Vec<Input>> {
        let options = self.options();
        let read = |text: &'a PathBuf| Input::parse(Path::new(text), &options);
        let inputs = typed.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        for (option, kind, example) in self.given() {
            if !inputs.iter().any(|input| is_of(input, kind)) {
                return Err(Error::invalid(format!(
                    "`{option}` is for addresses such as {example}"
                ))
                .hint("Leave it out, or give such an address."));
            }
        }
        Ok(inputs)
    }

    fn options(&self) -> RemoteOptions {
        let usual = RemoteOptions::default();
        RemoteOptions {
            depth: self.depth.unwrap_or(usual.depth),
            max_pages: self.max_pages.unwrap_or(usual.max_pages),
            branch: usual.branch,
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            path_style: self.path_style,
        }
    }

    /// Lists the options that were given, with the sources that understand them.
    fn given(&self) -> impl Iterator<Item = (&'static str, RemoteKind, &'static str)> {
        let web = (RemoteKind::Web, "https://docs.example.com/guide/");
        let s3 = (RemoteKind::S3, "s3://bucket/prefix");
        let options = [
            ("--depth", self.depth.is_some(), web),
            ("--max-pages", self.max_pages.is_some(), web),
            ("--endpoint", self.endpoint.is_some(), s3),
            ("--region", self.region.is_some(), s3),
            ("--path-style", self.path_style.is_some(), s3),
        ];
        let given = options.into_iter().filter(|(_, is_given, _)| *is_given);
        given.map(|(option, _, (kind, example))| (option, kind, example))
    }
}

fn is_of(input: &Input, kind: RemoteKind) -> bool {
    match input {
        Input::Remote(remote) => remote.kind() == kind,
        Input::Path(_) | Input::Changed { .. } | Input::Kept { .. } => false,
    }
}

fn at_least_one(text: &str) -> std::result::Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one page is read".to_owned()),
        Ok(number) => Ok(number),
        Err(error) => Err(format!("{error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Typed {
        paths: Vec<PathBuf>,
        #[command(flatten)]
        remote: RemoteArgs,
    }

    fn read(line: &str) -> Result<Vec<Input>> {
        let typed = Typed::parse_from(["ingest"].into_iter().chain(line.split(' ')));
        typed.remote.inputs(&typed.paths)
    }

    fn options(line: &str) -> RemoteOptions {
        match read(line).unwrap().first() {
            Some(Input::Remote(remote)) => remote.options().clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_said_beside_an_address_is_kept_with_it() {
        let web = options("https://a.example/docs/ --depth 2 --max-pages 50");
        assert_eq!((web.depth, web.max_pages), (2, 50));
        let bucket = options("s3://b/ --endpoint https://minio.example --region eu --path-style");
        assert_eq!(bucket.endpoint.as_deref(), Some("https://minio.example"));
        assert_eq!((bucket.region.as_deref(), bucket.path_style), (Some("eu"), Some(true)));
        assert_eq!(options("s3://b/ --path-style=false").path_style, Some(false));
        assert_eq!(options("s3://b/"), RemoteOptions::default());
    }

    #[test]
    fn an_option_that_no_address_understands_is_refused() {
        for line in ["docs --depth 2", "https://a.example/ --region eu", "s3://b/ --max-pages 5"] {
            let error = read(line).unwrap_err();
            assert!(error.message().contains("is for addresses such as"), "{line}: {error}");
        }
        assert_eq!(read("docs https://a.example/ --depth 1").unwrap().len(), 2);
    }
}
