//! Lets an installed model answer: `cargo run --example ask -- FOLDER MODEL QUESTION [SYSTEM]`.

use footnote_core::chat::{Message, Piece, Prompt, Role, Sampling};
use footnote_core::config::ModelsConfig;
use footnote_model::catalog::Catalog;
use footnote_model::{Models, Network, load_generator};
use futures_util::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, name, question, rest @ ..] = arguments.as_slice() else {
        return Err("usage: ask FOLDER MODEL QUESTION [SYSTEM]".into());
    };
    let models = Models::open(folder, Catalog::builtin()?, Network::from_env(Vec::new()))?;
    let generator = load_generator(&models.get(name)?, &ModelsConfig::default())?;
    let system = rest.iter().map(|text| (Role::System, text));
    let messages = system
        .chain([(Role::User, question)])
        .map(|(role, content)| Message { role, content: content.clone() })
        .collect();
    let prompt = Prompt { messages, max_tokens: 64, sampling: Sampling::Greedy };
    let mut pieces = generator.generate(prompt).await?;
    while let Some(piece) = pieces.next().await {
        match piece? {
            Piece::Text(text) => eprint!("{text}"),
            Piece::Finished(end) => eprintln!("\n{end:?}"),
        }
    }
    Ok(())
}
