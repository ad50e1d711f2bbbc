//! Installs models by name: `cargo run --example pull -- FOLDER NAME...`.

use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, Silent};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: pull FOLDER NAME...")?;
    let models = Models::open(folder, Catalog::builtin()?, Network::from_env(std::env::vars()))?;
    for name in arguments {
        let model = models.pull(&name, &Silent).map_err(|error| error.chain())?;
        eprintln!("{} is in {}, from {}", model.display_name(), model.dir.display(), model.source);
    }
    Ok(())
}
