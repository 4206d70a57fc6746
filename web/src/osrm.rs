//! Ways from a service of routes (OSRM, `/table/v1`): asked block by block, as such a service gives no more than a hundred places at once.

use std::time::Duration;

use dispatch::plan::travel::{Matrix, NO_WAY, TravelSource, Way};
use reqwest::Client;
use serde::Deserialize;
use telematics::place::LonLat;
use thiserror::Error;

use crate::outward::{self, OutwardError};

/// Places of either side of a block: together no more than a service allows by default.
const SIDE: usize = 50;
/// How long a service may take for a block.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest answer to a block.
const MOST_BYTES: usize = 1 << 20;

/// Why a service gives no ways.
#[derive(Debug, Error)]
pub enum OsrmError {
    /// There is no client.
    #[error("it cannot be asked")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Connection(#[from] reqwest::Error),
    /// It says no.
    #[error("it answered {code}")]
    Refused {
        /// As it said.
        code: String,
    },
    /// What it said is no table.
    #[error("its answer is no table of ways")]
    NoTable,
}

impl OsrmError {
    /// The stable code of the error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Client(_) => "osrm.client",
            Self::Connection(_) => "osrm.connection",
            Self::Refused { .. } => "osrm.refused",
            Self::NoTable => "osrm.no_table",
        }
    }
}

impl From<OutwardError> for OsrmError {
    fn from(error: OutwardError) -> Self {
        Self::Client(Box::new(error))
    }
}

/// What such a service answers; a pair without a way has null.
#[derive(Debug, Deserialize)]
struct Answer {
    code: String,
    #[serde(default)]
    durations: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    distances: Vec<Vec<Option<f64>>>,
}

/// All ways between these places, from the service at `url`.
pub async fn table(url: &str, places: &[LonLat]) -> Result<Matrix, OsrmError> {
    let client = outward::client(url.starts_with("https:"), PATIENCE)?;
    let mut ways = vec![Way::default(); places.len() * places.len()];
    for (rows, from) in places.chunks(SIDE).enumerate() {
        for (columns, to) in places.chunks(SIDE).enumerate() {
            let block = block(&client, url, from, to).await?;
            for (row, block) in block.chunks(to.len()).enumerate() {
                let begins = (rows * SIDE + row) * places.len() + columns * SIDE;
                let Some(ways) = ways.get_mut(begins..begins + to.len()) else { return Err(OsrmError::NoTable) };
                ways.copy_from_slice(block);
            }
        }
    }
    Matrix::new(places.len(), ways, TravelSource::Osrm).ok_or(OsrmError::NoTable)
}

async fn block(client: &Client, url: &str, from: &[LonLat], to: &[LonLat]) -> Result<Vec<Way>, OsrmError> {
    let places: Vec<String> = from.iter().chain(to).map(|place| format!("{:.6},{:.6}", place.lon(), place.lat())).collect();
    let list = |numbers: std::ops::Range<usize>| numbers.map(|number| number.to_string()).collect::<Vec<_>>().join(";");
    let (sources, targets) = (list(0..from.len()), list(from.len()..places.len()));
    let (url, places) = (url.trim_end_matches('/'), places.join(";"));
    let address =
        format!("{url}/table/v1/driving/{places}?sources={sources}&destinations={targets}&annotations=duration,distance");
    let answer = client.get(address).send().await.map_err(reqwest::Error::without_url)?;
    let body = outward::body(answer, MOST_BYTES).await.map_err(reqwest::Error::without_url)?.ok_or(OsrmError::NoTable)?;
    let answer: Answer = serde_json::from_slice(&body).map_err(|_other| OsrmError::NoTable)?;
    if answer.code != "Ok" {
        return Err(OsrmError::Refused { code: answer.code });
    }
    let cells = |rows: Vec<Vec<Option<f64>>>| rows.into_iter().flatten().collect::<Vec<_>>();
    let (durations, distances) = (cells(answer.durations), cells(answer.distances));
    let wanted = from.len() * to.len();
    if (durations.len(), distances.len()) != (wanted, wanted) {
        return Err(OsrmError::NoTable);
    }
    Ok(durations.into_iter().zip(distances).map(|(seconds, metres)| way(seconds, metres)).collect())
}

fn way(seconds: Option<f64>, metres: Option<f64>) -> Way {
    let (Some(seconds), Some(metres)) = (seconds, metres) else { return Way { metres: NO_WAY, seconds: NO_WAY } };
    let held = |value: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held below NO_WAY")]
        let held = value.clamp(0.0, f64::from(NO_WAY)) as u32;
        held
    };
    Way { metres: held(metres.round()), seconds: held(seconds.ceil()) }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::extract::{Path, Query};
    use axum::routing::get;
    use dispatch::plan::travel::TravelTime as _;
    use serde_json::{Value, json};
    use std::collections::HashMap;

    use super::*;

    /// A service as OSRM describes its table: no more than a hundred places at once, and here no way to the very last one.
    async fn answer(Path(places): Path<String>, Query(asked): Query<HashMap<String, String>>) -> axum::Json<Value> {
        let places: Vec<(f64, f64)> = places
            .split(';')
            .map(|place| place.split_once(',').unwrap())
            .map(|(lon, lat)| (lon.parse().unwrap(), lat.parse().unwrap()))
            .collect();
        if places.len() > 100 {
            return axum::Json(json!({ "code": "TooBig" }));
        }
        let chosen = |key: &str| asked[key].split(';').map(|at| places[at.parse::<usize>().unwrap()]).collect::<Vec<_>>();
        let (from, to) = (chosen("sources"), chosen("destinations"));
        let table = |of: &dyn Fn(f64) -> f64| -> Vec<Vec<Option<f64>>> {
            let cell = |from: &(f64, f64), to: &(f64, f64)| (to.1 < 31.0).then(|| of((to.0 - from.0) * 1_000.0));
            from.iter().map(|from| to.iter().map(|to| cell(from, to)).collect()).collect()
        };
        axum::Json(
            json!({ "code": "Ok", "durations": table(&|way| way + 0.4 + 200.0), "distances": table(&|way| 10.0 * way + 2_000.0) }),
        )
    }

    #[tokio::test]
    async fn a_large_table_is_asked_block_by_block_and_put_together() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = Router::new().route("/table/v1/driving/{places}", get(answer));
        tokio::spawn(axum::serve(listener, service).into_future());
        let mut places: Vec<LonLat> = (0..119).map(|n| LonLat::new(120.0 + f64::from(n) / 1_000.0, 30.0).unwrap()).collect();
        places.push(LonLat::new(120.0, 31.0).unwrap());
        let ways = table(&url, &places).await.unwrap();
        for (from, to) in [(0, 0), (0, 118), (118, 0), (49, 50), (50, 49), (77, 101)] {
            let way = i64::try_from(to).unwrap() - i64::try_from(from).unwrap();
            let found = ways.way(from, to);
            assert_eq!((i64::from(found.seconds), i64::from(found.metres)), (201 + way, 2_000 + 10 * way), "{from} to {to}");
        }
        assert_eq!(ways.way(3, 119).metres, NO_WAY, "no way is told as none");
        assert_eq!(ways.way(119, 3).metres, 2_030);
    }

    #[tokio::test]
    async fn a_service_that_says_no_or_something_else_is_told_by_its_code() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let no = || async { r#"{"code":"NoSegment"}"# };
        let other = || async { "<html>" };
        let service =
            Router::new().route("/no/table/v1/driving/{places}", get(no)).route("/other/table/v1/driving/{places}", get(other));
        tokio::spawn(axum::serve(listener, service).into_future());
        let places = [LonLat::new(120.0, 30.0).unwrap()];
        let refused = table(&format!("{url}/no"), &places).await.unwrap_err();
        assert!(matches!(&refused, OsrmError::Refused { code } if code == "NoSegment"), "{refused:?}");
        let other = table(&format!("{url}/other/"), &places).await.unwrap_err();
        assert_eq!(other.code(), "osrm.no_table");
    }
}
