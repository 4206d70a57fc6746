//! Mail (邮件) by SMTP, with TLS as it is configured; the same message has the same Message-ID at each try.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use dispatch::message::Outward;
use fleet_db::message::outbox::Claimed;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::config::{NotifyError, Smtp, SmtpSecurity};
use super::sender::SendError;

/// A server that takes mail.
pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// Makes it ready, if it is configured.
    pub(super) fn open(config: &Smtp, authority: Option<&[u8]>, within: Duration) -> Result<Option<Self>, NotifyError> {
        if config.host.is_empty() {
            return Ok(None);
        }
        let from: Mailbox = config.from.parse().map_err(|_no_mailbox| NotifyError::From)?;
        let not_made = |error: lettre::transport::smtp::Error| NotifyError::Client(error.into());
        let secured = || {
            let mut tls = TlsParameters::builder(config.host.clone());
            if let Some(pem) = authority {
                tls = tls.add_root_certificate(Certificate::from_pem(pem)?);
            }
            tls.build_rustls()
        };
        let tls = match config.security {
            SmtpSecurity::Starttls => Tls::Required(secured().map_err(not_made)?),
            SmtpSecurity::Tls => Tls::Wrapper(secured().map_err(not_made)?),
            SmtpSecurity::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(within));
        if let Some(password) = config.password.as_ref().filter(|_| !config.user.is_empty()) {
            server = server.credentials(Credentials::new(config.user.clone(), password.reveal().to_owned()));
        }
        Ok(Some(Self { server: server.build(), from }))
    }

    /// Sends one; taken by the server means sent.
    pub(super) async fn send(&self, claimed: &Claimed, words: &Outward, now: DateTime<Utc>) -> Result<(), SendError> {
        let to: Address = claimed.address.parse().map_err(|error| SendError::lasting("notify.address", error))?;
        let mail = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&words.subject)
            .message_id(Some(format!("<{}@{}>", claimed.id, self.from.email.domain())))
            .date(SystemTime::from(now))
            .header(ContentType::TEXT_PLAIN)
            .body(words.text.clone())
            .map_err(|error| SendError::lasting("notify.words", error))?;
        self.server.send(mail).await.map(|_taken| ()).map_err(|error| failed(&error))
    }
}

/// A mailbox that does not exist will not exist later; a server that is busy, or does not know us, may.
fn failed(error: &lettre::transport::smtp::Error) -> SendError {
    match error.status().map(u16::from) {
        Some(status @ 550..=559) => SendError::lasting("notify.refused", status),
        Some(status) => SendError::passing("notify.busy", status),
        None if error.is_timeout() => SendError::passing("notify.timeout", error),
        None => SendError::passing("notify.unreachable", error),
    }
}
