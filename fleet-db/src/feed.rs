//! The live feed: what the gateway has just committed, for whoever shows it.

use std::sync::Arc;

use telematics::live::LiveState;
use tokio::sync::broadcast;

/// Committed live states on their way from the gateway to the web floor; bounded, a slow reader sees `Lagged` and reloads.
#[derive(Clone, Debug)]
pub struct LiveFeed(broadcast::Sender<Arc<Vec<LiveState>>>);

impl LiveFeed {
    /// A feed that keeps `batches` batches for a reader that is behind.
    pub fn new(batches: usize) -> Self {
        Self(broadcast::Sender::new(batches.max(1)))
    }

    /// Tells every subscriber; nobody listening is not an error.
    pub fn send(&self, states: Vec<LiveState>) {
        if !states.is_empty() && self.is_watched() {
            let _ = self.0.send(Arc::new(states));
        }
    }

    /// Somebody listens; else nothing needs to be made for them.
    pub fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Everything sent from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Vec<LiveState>>> {
        self.0.subscribe()
    }
}

impl Default for LiveFeed {
    fn default() -> Self {
        Self::new(4096)
    }
}

#[cfg(test)]
mod tests {
    use telematics::id::VehicleNo;
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn a_subscriber_gets_what_was_sent_after_it_came() {
        let feed = LiveFeed::new(2);
        feed.send(vec![LiveState::unheard(VehicleNo(1))]);
        let mut reader = feed.subscribe();
        feed.send(Vec::new());
        feed.send(vec![LiveState::unheard(VehicleNo(2))]);
        assert_eq!(reader.try_recv().unwrap()[0].vehicle, VehicleNo(2));
        assert_eq!(reader.try_recv().unwrap_err(), TryRecvError::Empty);
    }

    #[test]
    fn a_reader_that_is_too_slow_is_told_that_it_lags() {
        let feed = LiveFeed::new(2);
        let mut reader = feed.subscribe();
        for no in 0..4 {
            feed.send(vec![LiveState::unheard(VehicleNo(no))]);
        }
        assert_eq!(reader.try_recv().unwrap_err(), TryRecvError::Lagged(2));
    }
}
