//! The listener for those who run the service: figures and health, apart from the people's port.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fleet_db::PgPool;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The recorder's other end; one a process.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
/// How long the database may take to say that it is there.
const READY_WITHIN: Duration = Duration::from_secs(2);
/// How often histograms are folded while nobody asks for them.
const UPKEEP: Duration = Duration::from_secs(5);
/// Upper bounds, in seconds, of everything that is timed.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Begins to record figures; called once by `main`, before anything records. A second call changes nothing.
pub fn install_recorder() -> Result<(), BuildError> {
    if RECORDER.get().is_some() {
        return Ok(());
    }
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
    let handle = builder.install_recorder()?;
    let _ = RECORDER.set(handle);
    Ok(())
}

/// The routes of the listener.
pub fn router(pool: PgPool) -> Router {
    Router::new()
        .route("/metrics", get(figures))
        .route("/health/live", get(|| async { "ok\n" }))
        .route("/health/ready", get(ready))
        .with_state(pool)
}

/// Serves the listener until `shutdown`.
pub async fn serve(listener: TcpListener, pool: PgPool, shutdown: CancellationToken) -> std::io::Result<()> {
    let upkeep = async {
        let mut tick = tokio::time::interval(UPKEEP);
        loop {
            tick.tick().await;
            if let Some(handle) = RECORDER.get() {
                handle.run_upkeep();
            }
        }
    };
    let ended = shutdown.clone().cancelled_owned();
    tokio::select! {
        served = axum::serve(listener, router(pool)).with_graceful_shutdown(shutdown.cancelled_owned()) => served,
        () = upkeep => Ok(()),
        // Scrapers keep their connection; they are not worth waiting for.
        () = ended => Ok(()),
    }
}

async fn figures() -> Response {
    match RECORDER.get() {
        Some(handle) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response(),
        None => (StatusCode::SERVICE_UNAVAILABLE, "no recorder is installed\n").into_response(),
    }
}

async fn ready(State(pool): State<PgPool>) -> Response {
    match tokio::time::timeout(READY_WITHIN, fleet_db::pool::ping(&pool)).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
        Err(_elapsed) => (StatusCode::SERVICE_UNAVAILABLE, "the database takes too long to answer\n").into_response(),
    }
}
