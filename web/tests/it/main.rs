//! The program from outside: over HTTP and at the command line.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test that cannot go on fails, and one that does not run says so"
)]

mod answers;
mod beside;
mod cli;
mod client;
mod cluster;
mod config;
mod containers;
mod conversations;
mod documents;
mod draining;
mod elsewhere;
mod evals;
mod guard;
mod happenings;
mod history;
mod installing;
mod limits;
mod logs;
mod mcp;
mod measured;
mod models;
mod moving;
mod oidc;
mod openai;
mod openapi;
mod overheard;
mod page;
mod parse;
mod parts;
mod passages;
mod people;
mod real_models;
mod repeating;
mod secrets;
mod server;
mod settings;
mod shapes;
mod site;
mod torture;
mod traces;
mod vanishing;
