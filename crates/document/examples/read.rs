//! Reads a file and shows what became of it: `cargo run -p footnote-document --example read -- FILE`.

use footnote_document::{Limits, parse};
use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let Some(path) = std::env::args_os().nth(1) else {
        writeln!(io::stderr(), "usage: read FILE")?;
        return Ok(ExitCode::FAILURE);
    };
    let bytes = std::fs::read(&path)?;
    let mut out = io::stdout().lock();
    match parse(&path.to_string_lossy(), &bytes, &Limits::default()) {
        Ok(document) => {
            writeln!(out, "{} {:?} {:?}", document.media_type, document.title, document.notes)?;
            for block in &document.blocks {
                let text = document.text.get(block.range.clone()).unwrap_or_default();
                writeln!(
                    out,
                    "\n[{:?} {:?} {:?}]\n{text}",
                    block.kind, block.page, block.headings
                )?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(failure) => {
            writeln!(out, "{failure}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}
