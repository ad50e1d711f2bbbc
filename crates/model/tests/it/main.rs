//! What the crate promises, tried from outside: installing, embedding, generating.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should fail at once")]
#![expect(clippy::print_stdout, reason = "a test that does not run says why")]

mod embedding;
mod generation;
mod installing;
mod real_models;
mod server;
mod sources;
mod tiny_bert;
mod tiny_llama;
