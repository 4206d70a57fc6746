//! One link to a platform above us, from the connection to its end.

use std::sync::Arc;
use std::time::Duration;

use telematics::jt809::header::Hand;
use telematics::jt809::message::result;
use telematics::jt809::{Edition, Login, Message};
use telematics::live::LiveState;
use tokio::net::TcpStream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::mirror::Mirror;
use super::{AboveError, Given, password};
use crate::jt809::config::Superior;
use crate::jt809::wire::Wire;
use crate::telemetry;

/// Keep-alives without an answer after which the platform counts as gone.
const UNANSWERED: u32 = 3;

/// How long the answer to a sign-out is waited for, and how long a platform that takes nothing is.
const FAREWELL: Duration = Duration::from_secs(1);

/// Between two looks at every vehicle, for what other gateways on this store have committed.
const SWEEP: Duration = Duration::from_secs(30);

/// Tells the platform what there is to tell until the link breaks (an error) or the service stops (`Ok`).
pub(super) async fn run(
    superior: &Superior,
    given: &Given,
    shutdown: &CancellationToken,
    was_up: &mut bool,
) -> Result<(), AboveError> {
    let mut wire = tokio::select! {
        () = shutdown.cancelled() => return Ok(()),
        wire = sign_in(superior, given) => wire?,
    };
    *was_up = true;
    info!("signed in at platform {} ({})", superior.name, superior.address);
    metrics::gauge!(telemetry::JT809_LINKS, "superior" => superior.name.clone()).set(1.0);
    // Listen first, read then: a commit in between is not missed.
    let feed = given.live.subscribe();
    let mirror = Mirror::open(superior, given).await?;
    let telling =
        Telling { superior, given, wire: &mut wire, mirror, is_held_up: false, is_stale: false, tested: Instant::now() };
    let cut_off = async {
        shutdown.cancelled().await;
        sleep(FAREWELL * 2).await;
    };
    tokio::select! {
        ended = telling.run(feed, shutdown) => ended,
        () = cut_off => Ok(()),
    }
}

async fn sign_in(superior: &Superior, given: &Given) -> Result<Wire, AboveError> {
    let silent = || AboveError::Silent(given.login_timeout.as_secs());
    let password = password(superior)?;
    let connected = timeout(given.login_timeout, TcpStream::connect(&superior.address)).await.map_err(|_elapsed| silent())?;
    let stream = connected.map_err(|source| AboveError::Connect { address: superior.address.clone(), source })?;
    // Messages are small and wanted at once.
    let _ = stream.set_nodelay(true);
    let hand = Hand { edition: superior.edition, access_code: superior.access_code, cipher: superior.cipher() };
    let patience = Duration::from_secs(superior.keep_alive_secs) * UNANSWERED;
    let mut wire = Wire::new(stream, hand, patience);
    let port = given.sub_port.filter(|_| !superior.sub_host.is_empty());
    let login = Login {
        user: superior.user,
        password,
        access_code: (superior.edition == Edition::V2019).then_some(superior.access_code),
        host: port.map(|_| superior.sub_host.clone()).unwrap_or_default(),
        port: port.unwrap_or_default(),
    };
    wire.say(&Message::Login(login), (given.clock)());
    wire.flush().await?;
    let answered = async {
        loop {
            if let Message::LoginAnswer { result, check_code } = wire.hear().await? {
                return Ok::<_, AboveError>((result, check_code));
            }
        }
    };
    match timeout(given.login_timeout, answered).await.map_err(|_elapsed| silent())?? {
        (result::OK, check_code) => given.codes.expect(&superior.name, check_code, hand),
        (refused, _) => return Err(AboveError::Refused(refused)),
    }
    Ok(wire)
}

/// A link that is up.
struct Telling<'a> {
    superior: &'a Superior,
    given: &'a Given,
    wire: &'a mut Wire,
    mirror: Mirror<'a>,
    /// There is more to tell, as soon as the platform has confirmed something.
    is_held_up: bool,
    /// Which vehicles the platform is told of may have changed.
    is_stale: bool,
    /// When the last keep-alive was said.
    tested: Instant,
}

/// What the shards have committed.
type Feed = Receiver<Arc<Vec<LiveState>>>;

impl Telling<'_> {
    async fn run(mut self, mut feed: Feed, shutdown: &CancellationToken) -> Result<(), AboveError> {
        let mut changes = fleet_db::live::listen(&self.given.pool).await?;
        let mut beat = interval(Duration::from_millis(self.superior.every_ms.max(1)));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sweep = interval(SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return self.sign_out().await,
                heard = self.wire.hear() => self.heed(&heard?).await?,
                committed = feed.recv() => match committed {
                    Ok(states) => self.mirror.note(states.iter().map(|state| state.vehicle)),
                    Err(RecvError::Lagged(_)) => self.mirror.note_all(),
                    // The gateway is stopping.
                    Err(RecvError::Closed) => return self.sign_out().await,
                },
                told = changes.changed() => {
                    told?;
                    self.is_stale = true;
                }
                _ = sweep.tick() => self.mirror.note_all(),
                _ = beat.tick() => self.tell().await?,
            }
        }
    }

    /// What the platform says.
    async fn heed(&mut self, said: &Message) -> Result<(), AboveError> {
        match said {
            Message::LinkTestAnswer => {
                self.mirror.confirmed().await?;
                if self.is_held_up {
                    self.tell().await?;
                }
            }
            Message::SubClosing(reason) => {
                warn!(reason, "platform {} closes the link", self.superior.name);
                return Err(AboveError::Closed);
            }
            Message::LogoutAnswer => return Err(AboveError::Closed),
            // Notices, and orders that are for people.
            _ => {}
        }
        Ok(())
    }

    /// Tells what there is to tell, as far as the platform keeps up, and asks it to confirm.
    async fn tell(&mut self) -> Result<(), AboveError> {
        // Before anything is told; an import of many vehicles is one look.
        if std::mem::take(&mut self.is_stale) {
            self.mirror.choose().await?;
        }
        loop {
            let is_all = self.mirror.tell(self.wire).await?;
            let is_due = self.tested.elapsed() >= Duration::from_secs(self.superior.confirm_secs);
            // Of a backlog every part is confirmed by itself: a break costs one part.
            let wants_confirmation = self.mirror.is_unasked() && (is_due || !is_all);
            let keeps_alive = self.tested.elapsed() >= Duration::from_secs(self.superior.keep_alive_secs);
            if wants_confirmation || keeps_alive {
                self.test()?;
            }
            self.wire.flush().await?;
            self.is_held_up = !is_all && self.mirror.is_full();
            if is_all || self.is_held_up {
                return Ok(());
            }
        }
    }

    fn test(&mut self) -> Result<(), AboveError> {
        let patience = Duration::from_secs(self.superior.keep_alive_secs) * UNANSWERED;
        if self.mirror.oldest_question().is_some_and(|asked| asked.elapsed() > patience) {
            return Err(AboveError::Silent(patience.as_secs()));
        }
        self.tested = Instant::now();
        self.mirror.ask();
        self.wire.say(&Message::LinkTest, (self.given.clock)());
        Ok(())
    }

    /// Signs out, and hears what is confirmed until then.
    async fn sign_out(mut self) -> Result<(), AboveError> {
        let Ok(password) = password(self.superior) else { return Ok(()) };
        if self.mirror.is_unasked() {
            self.test()?;
        }
        self.wire.say(&Message::Logout { user: self.superior.user, password }, (self.given.clock)());
        self.wire.flush().await?;
        let farewell = async {
            loop {
                match self.wire.hear().await? {
                    Message::LinkTestAnswer => self.mirror.confirmed().await?,
                    Message::LogoutAnswer => return Ok::<_, AboveError>(()),
                    _ => {}
                }
            }
        };
        // A platform that says no farewell is left all the same.
        let _ = timeout(FAREWELL, farewell).await;
        Ok(())
    }
}
