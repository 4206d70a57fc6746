//! What forms about terminals choose from: protocols, model profiles, parameters with their units and ranges.

use dispatch::account::Permission;
use serde::Serialize;
use telematics::command::kinds_of;
use telematics::device::Protocol;
use telematics::jt808::parameter::{Kind, Parameter};
use telematics::jt808::vendor::Profile;
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::problem::{ApiResult, Problem};

/// Everything that the forms choose from.
#[derive(Serialize, ToSchema)]
pub(crate) struct TerminalOptions {
    protocols: Vec<ProtocolView>,
    profiles: Vec<ProfileView>,
    /// Parameters of JT/T 808, by number.
    parameters: Vec<ParameterView>,
}

/// A protocol and what can be asked in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProtocolView {
    name: &'static str,
    /// It has a secret that we make.
    has_secret: bool,
    commands: &'static [&'static str],
}

/// A model profile.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileView {
    name: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
}

/// A parameter of a terminal.
#[derive(Serialize, ToSchema)]
pub(crate) struct ParameterView {
    /// Number on the wire.
    id: u32,
    key: &'static str,
    name_zh: &'static str,
    name_en: &'static str,
    /// `number`, `text`, `hex` or `day_window`.
    kind: &'static str,
    unit: &'static str,
    /// Decimals of a number.
    decimals: u8,
    /// Least and largest, in the unit; null for what is no number.
    min: Option<f64>,
    max: Option<f64>,
    /// The first and the last edition that has it.
    since: u16,
    until: u16,
}

impl From<&Parameter> for ParameterView {
    fn from(parameter: &Parameter) -> Self {
        let kind = match parameter.kind {
            Kind::U8 | Kind::U16 | Kind::U32 => "number",
            Kind::Text => "text",
            Kind::Bytes(_) => "hex",
            Kind::DayWindow => "day_window",
        };
        let scale = 10_f64.powi(parameter.decimals.into());
        let limit = |number: u32| (kind == "number").then(|| f64::from(number) / scale);
        Self {
            id: parameter.id,
            key: parameter.key,
            name_zh: parameter.zh,
            name_en: parameter.en,
            kind,
            unit: parameter.unit,
            decimals: parameter.decimals,
            min: limit(parameter.min),
            max: limit(parameter.max),
            since: parameter.since.year(),
            until: parameter.until.year(),
        }
    }
}

/// What forms about terminals choose from.
#[utoipa::path(get, path = "/terminal-options", operation_id = "read_terminal_options", tag = "terminals",
    responses((status = 200, body = TerminalOptions),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor) -> ApiResult<axum::Json<TerminalOptions>> {
    actor.scope(Permission::WatchTerminals)?;
    let protocols = Protocol::ALL.into_iter().map(|protocol| ProtocolView {
        name: protocol.as_str(),
        has_secret: protocol.has_own_secret(),
        commands: kinds_of(protocol),
    });
    let profiles =
        Profile::ALL.iter().map(|profile| ProfileView { name: profile.name, name_zh: profile.zh, name_en: profile.en });
    Ok(axum::Json(TerminalOptions {
        protocols: protocols.collect(),
        profiles: profiles.collect(),
        parameters: Parameter::ALL.iter().map(ParameterView::from).collect(),
    }))
}
