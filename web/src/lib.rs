//! Lets people and programs in: the HTTP API, the page, and what the command line shares with them.
//!
//! This crate wires the others together ([`app`]) and holds no domain logic. What leaves it goes
//! through the types of [`wire`]; which status an error becomes is told by [`error`] alone; who
//! asks is told by [`auth`] alone.

pub mod answers;
pub mod app;
pub mod assets;
pub mod auth;
pub mod doctor;
mod downloads;
pub mod error;
pub mod evals;
mod extract;
mod guard;
mod idempotency;
pub mod mcp;
pub mod metrics;
pub mod models;
mod openai;
pub mod openapi;
pub mod origin;
mod readiness;
mod revision;
pub mod routes;
pub mod samples;
pub mod server;
mod sse;
pub mod state;
pub mod traces;
pub mod tuning;
pub mod uploads;
mod vacuum;
pub mod wire;
