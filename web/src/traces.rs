//! Sends traces to an OpenTelemetry collector, where one is configured; otherwise nothing.
//!
//! What a span says is decided in `footnote_core::trace`, and only those spans are sent: no line of
//! the log, and no span of a library.

mod collector;
mod request;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider,
};
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};

use footnote_core::config::TelemetryConfig;
use footnote_core::telemetry::Receiver;
use footnote_core::trace::TARGET;
use footnote_core::{Error, Result};

use collector::Collector;
pub(crate) use request::follow;

/// How many spans wait to be sent; beyond, new ones are dropped.
const WAITING: usize = 4096;

/// How many spans are sent at once.
const AT_ONCE: usize = 512;

/// How often spans are sent.
const PAUSE: Duration = Duration::from_secs(2);

/// How long sending may take.
const SENDING: Duration = Duration::from_secs(10);

/// How long the end of the program may wait for the last spans to be sent.
const LAST: Duration = Duration::from_secs(3);

/// Where the collector takes traces, below its address.
const PATH: &str = "/v1/traces";

/// The traces of this program, on their way to a collector.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Makes what sends traces, and what they are told to; `None` where no collector is configured.
    /// Runs inside the runtime that sends them.
    ///
    /// # Errors
    /// `Invalid` when the configuration cannot be used.
    pub fn start(config: &TelemetryConfig) -> Result<Option<(Self, Receiver)>> {
        if config.otlp_endpoint.is_empty() {
            return Ok(None);
        }
        if !(0.0..=1.0).contains(&config.sample_ratio) {
            return Err(Error::invalid("`telemetry.sample_ratio` is not between 0 and 1"));
        }
        let sampler = Sampler::TraceIdRatioBased(config.sample_ratio);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor(config)?)
            .with_sampler(Sampler::ParentBased(Box::new(sampler)))
            .with_resource(
                Resource::builder().with_service_name(config.service_name.clone()).build(),
            )
            .build();
        let spans_alone = Targets::new().with_target(TARGET, LevelFilter::INFO);
        let receiver = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("footnote"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(spans_alone)
            .boxed();
        Ok(Some((Self { provider }, receiver)))
    }

    /// Sends what is left, but does not wait for it for more than a few seconds.
    pub async fn end(self) {
        let ending = spawn_blocking(move || self.provider.shutdown_with_timeout(LAST));
        match timeout(LAST + PAUSE, ending).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the last traces may be lost"),
            Ok(Err(_)) | Err(_) => tracing::warn!("the last traces may be lost"),
        }
    }
}

/// Makes what collects spans and sends them in batches, on a thread of its own.
fn processor(config: &TelemetryConfig) -> Result<BatchSpanProcessor> {
    let address = config.otlp_endpoint.trim_end_matches('/');
    let endpoint =
        if address.ends_with(PATH) { address.to_owned() } else { format!("{address}{PATH}") };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Collector::at(&endpoint, SENDING)?)
        .with_endpoint(endpoint)
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(SENDING)
        .build()
        .map_err(|error| {
            Error::invalid("`telemetry.otlp_endpoint` cannot be used").because(error)
        })?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING)
        .with_max_export_batch_size(AT_ONCE)
        .with_scheduled_delay(PAUSE)
        .build();
    Ok(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
}
