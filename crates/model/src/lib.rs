//! Runs models on this machine: fetches, verifies and installs them, embeds and generates.
//!
//! A [`Models`] is a folder of installed models. What can be installed stands in a
//! [`Catalog`](catalog::Catalog), as data: where each model comes from and the hash of every file.
//! [`load_embedder`] and [`load_generator`] turn an installed model into the traits of
//! `footnote-core`, through which the rest of the program uses it.
//!
//! The crate knows neither documents nor prompts nor HTTP servers, and it reads no environment
//! variable: how the outside is reached is handed in as a [`Network`].

mod bert;
pub mod catalog;
mod download;
mod embed;
pub mod fake;
mod files;
mod generate;
mod matrix;
pub mod models;
pub mod network;
pub mod progress;
mod source;

pub use embed::load_embedder;
pub use generate::{THREADS_VARIABLE, generator_threads, load_generator};
pub use models::{InstalledFile, InstalledModel, ModelState, ModelStatus, Models};
pub use network::Network;
pub use progress::{Progress, Silent};
