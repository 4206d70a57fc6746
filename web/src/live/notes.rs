//! Notes: short words to one account's sockets, such as that its messages have changed; what exactly, the reader asks for.

use std::time::Duration;

use dispatch::account::AccountId;
use fleet_db::{DbError, PgPool, message};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Pause after the store did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// What the note about messages says.
pub(super) const MESSAGES: &str = r#"{"note":"messages"}"#;

/// Whose messages have changed; `None`: anybody's may have.
pub(crate) type MessageNotes = broadcast::Sender<Option<AccountId>>;

/// Passes on whose messages change until `shutdown`. Listens before it returns, so that nothing falls between.
pub(crate) async fn follow(pool: &PgPool, shutdown: CancellationToken) -> Result<MessageNotes, DbError> {
    let notes = MessageNotes::new(256);
    let changes = message::Changes::listen(pool).await?;
    let sender = notes.clone();
    tokio::spawn(async move { shutdown.run_until_cancelled(pass_on(changes, sender)).await });
    Ok(notes)
}

async fn pass_on(mut changes: message::Changes, notes: MessageNotes) {
    loop {
        let whose = match changes.next().await {
            Ok(whose) => whose,
            Err(error) => {
                tracing::error!(%error, "word of new messages was lost");
                tokio::time::sleep(PAUSE).await;
                None
            }
        };
        // Nobody listening is no error.
        let _ = notes.send(whose);
    }
}
