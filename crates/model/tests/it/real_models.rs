//! The installed models that tests with real weights use.

use footnote_model::catalog::Catalog;
use footnote_model::{InstalledModel, Models, Network};

/// The variable that names the folder of installed models.
const VARIABLE: &str = "FOOTNOTE_TEST_MODELS";

/// Returns a model of the folder that the environment names; says so when it cannot.
#[expect(clippy::disallowed_methods, reason = "tests are configured by the environment")]
pub(crate) fn find(name: &str) -> Option<InstalledModel> {
    let Ok(folder) = std::env::var(VARIABLE) else {
        println!("NOT RUN: {VARIABLE} does not name a folder of installed models");
        return None;
    };
    let network = Network::from_env(Vec::new());
    let models = Models::open(&folder, Catalog::builtin().unwrap(), network).unwrap();
    match models.get(name) {
        Ok(model) => Some(model),
        Err(error) => {
            println!("NOT RUN: {} in {folder}", error.message());
            None
        }
    }
}
