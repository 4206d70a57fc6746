//! How an account wants to be told outside the house: language, addresses, quiet hours, and the ways of each kind.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use dispatch::audit::{Action, Entry, Subject, SubjectKind};
use dispatch::message::{
    AddressError, Channel, EmailAddress, Language, LanguageError, MessageKind, PhoneNumber, Preference, QuietHours,
    QuietHoursError,
};
use dispatch::scope::Scope;
use fleet_db::message::preference;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::auth::Actor;
use crate::extract::Now;
use crate::once::{Begun, Once};
use crate::problem::{ApiResult, Problem, Wrong};
use crate::state::App;

/// How the account is told.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotifyPreference {
    /// `zh-CN` or `en`.
    language: &'static str,
    email: Option<String>,
    phone: Option<String>,
    /// Such as `22:00-07:00`, Asia/Shanghai; an emergency does not wait for its end.
    quiet: Option<String>,
    /// Every kind with the ways that are chosen for it.
    kinds: Vec<NotifyKind>,
}

/// A kind of message and its ways.
#[derive(Serialize, ToSchema)]
pub(crate) struct NotifyKind {
    kind: &'static str,
    name_zh: &'static str,
    /// `note`, `important` or `emergency`.
    severity: &'static str,
    /// `sms` and `email` as far as they are chosen.
    channels: Vec<&'static str>,
}

/// How the account wants to be told.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NotifyPreferenceToSave {
    /// `zh-CN` or `en`.
    language: String,
    /// Null or empty for none.
    email: Option<String>,
    /// Null or empty for none.
    phone: Option<String>,
    /// Such as `22:00-07:00`; null or empty for none.
    quiet: Option<String>,
    /// By kind the ways that are chosen: `sms`, `email`; a kind that is not named follows how much it matters.
    choices: BTreeMap<String, Vec<String>>,
}

impl From<Preference> for NotifyPreference {
    fn from(preference: Preference) -> Self {
        let kind = |kind: MessageKind| NotifyKind {
            kind: kind.as_str(),
            name_zh: kind.term(),
            severity: kind.severity().as_str(),
            channels: preference.chosen(kind).into_iter().map(Channel::as_str).collect(),
        };
        Self {
            language: preference.language.as_str(),
            email: preference.email.as_ref().map(ToString::to_string),
            phone: preference.phone.as_ref().map(ToString::to_string),
            quiet: preference.quiet.map(|quiet| quiet.to_string()),
            kinds: MessageKind::ALL.map(kind).into(),
        }
    }
}

impl NotifyPreferenceToSave {
    fn checked(&self) -> ApiResult<Preference> {
        let mut wrong = Wrong::default();
        let filled = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let language = wrong.take("language", self.language.parse::<Language>(), LanguageError::code);
        let email = filled(&self.email).map(|text| text.parse::<EmailAddress>()).transpose();
        let email = wrong.take("email", email, |error: &AddressError| error.code());
        let phone = filled(&self.phone).map(|text| text.parse::<PhoneNumber>()).transpose();
        let phone = wrong.take("phone", phone, |error: &AddressError| error.code());
        let quiet = filled(&self.quiet).map(|text| text.parse::<QuietHours>()).transpose();
        let quiet = wrong.take("quiet", quiet, QuietHoursError::code);
        let mut choices = BTreeMap::new();
        for (kind, channels) in &self.choices {
            let channels: Result<BTreeSet<Channel>, _> = channels.iter().map(|channel| channel.parse::<Channel>()).collect();
            match (kind.parse::<MessageKind>(), channels) {
                (Ok(kind), Ok(channels)) if channels.iter().all(|channel| channel.is_personal()) => {
                    choices.insert(kind, channels);
                }
                (Err(error), _) => wrong.note("choices", error.code()),
                _ => wrong.note("choices", "message.channel"),
            }
        }
        match (language, email, phone, quiet) {
            (Some(language), Some(email), Some(phone), Some(quiet)) if wrong.is_empty() => {
                Ok(Preference { language, email, phone, quiet, choices })
            }
            _ => Err(wrong.into_error()),
        }
    }
}

/// What the log keeps of it: the addresses themselves are nobody's business.
fn noted(preference: &Preference) -> Value {
    json!({ "notifications": {
        "language": preference.language,
        "has_email": preference.email.is_some(),
        "has_phone": preference.phone.is_some(),
        "quiet": preference.quiet,
        "choices": preference.choices,
    } })
}

/// How the account is told outside the house.
#[utoipa::path(get, path = "/messages/preferences", operation_id = "read_message_preferences", tag = "messages",
    responses((status = 200, body = NotifyPreference), (status = 401, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(actor: Actor, State(app): State<App>) -> ApiResult<axum::Json<NotifyPreference>> {
    let mut tx = app.begin_as(&actor, &Scope::nothing()).await?;
    Ok(axum::Json(preference::load(&mut tx, actor.account.id).await?.into()))
}

/// Keeps how the account wants to be told.
#[utoipa::path(post, path = "/messages/preferences", operation_id = "save_message_preferences", tag = "messages",
    request_body = NotifyPreferenceToSave,
    params(("idempotency-key" = Option<String>, Header, description = "sent again with the same key, the change is made once")),
    responses((status = 200, body = NotifyPreference),
              (status = 400, body = Problem, content_type = "application/problem+json"),
              (status = 401, body = Problem, content_type = "application/problem+json"),
              (status = 403, body = Problem, content_type = "application/problem+json"),
              (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn save(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    once: Once<NotifyPreferenceToSave>,
) -> ApiResult<Response> {
    let wished = once.body.checked()?;
    let mut change = match once.begin(&app, &actor, &Scope::nothing(), now).await? {
        Begun::Fresh(change) => change,
        Begun::Answered(response) => return Ok(response),
    };
    let before = preference::load(change.conn(), actor.account.id).await?;
    preference::save(change.conn(), actor.account.id, &wished, now).await?;
    let subject = Subject::of(SubjectKind::Account, actor.account.id.0, actor.account.login.as_str());
    let entry = Entry::new(Action::Changed, subject).in_unit(actor.account.unit).before(noted(&before)).after(noted(&wished));
    let told = fleet_db::audit::append(change.conn(), &actor.by(""), &entry, now).await?;
    change.finish(told, StatusCode::OK, &NotifyPreference::from(wished)).await
}
