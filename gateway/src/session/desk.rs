//! Where a session hands in what messages hold: to the shards, as far as they have room, with a receipt for the answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::delivery::{Ack, Answer, Delivery, Part, Receipt};
use crate::lane::Stopped;
use crate::link::Link;
use crate::run::App;

/// The way from one link to the shards (收件台).
#[derive(Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) app: &'a App,
    pub(crate) link: &'a Arc<Link>,
    /// Deliveries of one message for which there was no room yet.
    held: VecDeque<Delivery>,
    /// What is said once everything before it is durable.
    fence: Option<Ack>,
    patience: Duration,
}

impl<'a> Desk<'a> {
    pub(super) fn new(app: &'a App, link: &'a Arc<Link>, patience: Duration) -> Self {
        Self { app, link, held: VecDeque::new(), fence: None, patience }
    }

    /// Hands in the parts of one message. `ack` goes to the link when all of them are durable, at once when there are none.
    pub(crate) fn hand_in(&mut self, parts: Vec<Part>, ack: Option<Ack>) -> Result<(), Stopped> {
        let receipt = match ack {
            Some(ack) => {
                self.link.took();
                if parts.is_empty() {
                    self.link.acknowledge(&ack);
                    return Ok(());
                }
                Some(Arc::new(Receipt::new(Answer::Link(Arc::clone(self.link), ack), parts.len())))
            }
            None => None,
        };
        for part in parts {
            let delivery = Delivery { receipt: receipt.clone(), part, room: None };
            // Nearly every message has one part and finds room, so that a link needs no memory for what is held.
            if !self.held.is_empty() {
                self.held.push_back(delivery);
            } else if let Some(delivery) = self.app.lanes.of(&delivery).try_send(delivery)? {
                self.held.push_back(delivery);
            }
        }
        Ok(())
    }

    /// Has `ack` said when everything that was handed in before is durable; until then nothing more is taken in.
    pub(crate) fn fence(&mut self, ack: Ack) {
        self.fence = Some(ack);
    }

    /// Nothing is fenced, or what is fenced may go out and does.
    pub(super) fn pass_fence(&mut self) -> bool {
        if self.fence.is_none() {
            return true;
        }
        // First ask to be woken, then look: a commit in between is not missed.
        self.link.set_fenced(true);
        if !self.link.is_settled() {
            return false;
        }
        self.link.set_fenced(false);
        if let Some(ack) = self.fence.take() {
            self.link.took();
            self.link.acknowledge(&ack);
        }
        true
    }

    /// How long the other end may be silent.
    pub(super) const fn patience(&self) -> Duration {
        self.patience
    }

    /// The other end may be silent for so long from now on.
    pub(crate) const fn be_patient(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Sends what is held, in order; `false` when a shard has no room for the next.
    pub(super) fn send_held(&mut self) -> Result<bool, Stopped> {
        while let Some(delivery) = self.held.pop_front() {
            if let Some(delivery) = self.app.lanes.of(&delivery).try_send(delivery)? {
                self.held.push_front(delivery);
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Sends the next that is held, as soon as its shard has room.
    pub(super) async fn wait_for_lane(&mut self) -> Result<(), Stopped> {
        match self.held.pop_front() {
            Some(delivery) => self.app.lanes.of(&delivery).clone().send(delivery).await,
            None => Ok(()),
        }
    }
}
