//! What is exported of what the server does.

use serde::{Deserialize, Serialize};

/// What is exported of what the server does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// Where the server sends its traces: the address of an OpenTelemetry collector that takes
    /// OTLP over HTTP, e.g. `http://127.0.0.1:4318`; empty means that nothing is sent anywhere.
    pub otlp_endpoint: String,
    /// What the server is called in its traces.
    pub service_name: String,
    /// The share of requests and documents that are traced, from 0 to 1, where whoever sends a
    /// request has not decided it.
    pub sample_ratio: f64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: String::new(),
            service_name: "footnote".to_owned(),
            sample_ratio: 1.0,
        }
    }
}
