//! Exchange with other platforms (平台间交换): where a request stands that was handed over, what is told of it, and when it is told again.

mod dictionary;
pub mod record;
pub mod report;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use telematics::uuid_id;

pub use dictionary::{Dictionary, ExchangeError, Word, WordKind, WordKindError};

use crate::word::words;

uuid_id! {
    /// Key of another platform (对接平台).
    PeerId
}
uuid_id! {
    /// Key of a request's way to or from another platform (转派单).
    HandOverId
}

words! {
    /// How messages are signed (签名算法).
    SignatureAlgorithm, SignatureAlgorithmError, "peer.algorithm" {
        /// HMAC with SHA-256 (RFC 2104, FIPS 180-4).
        HmacSha256 = "hmac_sha256", "HMAC-SHA256";
        /// HMAC with SM3 (GB/T 32905-2016).
        HmacSm3 = "hmac_sm3", "HMAC-SM3";
        /// SM2 (GB/T 32918.2-2016): each signs with what nobody else has.
        Sm2 = "sm2", "SM2";
    }
}

words! {
    /// Which way a request went (转派方向).
    Direction, DirectionError, "exchange.direction" {
        /// From us to the other platform.
        Out = "out", "转出";
        /// From the other platform to us.
        In = "in", "转入";
    }
}

words! {
    /// Where a request stands that was handed over (转派状态).
    HandOverState, HandOverStateError, "exchange.hand_over_state" {
        /// On its way; the other platform has not said that it has it.
        Sent = "sent", "已转出";
        /// The other platform has it, and looks for a car.
        Taken = "taken", "对方待派车";
        /// It has a car there.
        Ordered = "ordered", "对方已派车";
        /// On the road.
        Underway = "underway", "行程中";
        /// Back.
        Returned = "returned", "已收车";
        /// Paid for, once.
        Settled = "settled", "已结算";
        /// Called back; the other platform has not agreed yet.
        CallingBack = "calling_back", "收回中";
        /// The other platform does not do it, or no more.
        Refused = "refused", "对方退回";
        /// Called back, and the other platform has agreed.
        Cancelled = "cancelled", "已收回";
    }
}

words! {
    /// What one platform tells another (交换消息类型).
    PeerMessageKind, PeerMessageKindError, "exchange.kind" {
        /// Do this for us.
        HandOver = "hand_over", "转派";
        /// Do it no more.
        Recall = "recall", "收回";
        /// So far it is.
        Progress = "progress", "进度";
        /// We do not do it, or no more.
        Refusal = "refusal", "退回";
        /// It is done, and this is what it costs.
        Settlement = "settlement", "结算";
        /// This is our annual report.
        Report = "report", "上报";
        /// This is what became of your annual report.
        Verdict = "verdict", "批复";
        /// These are records of ours.
        Push = "push", "推送";
        /// Which records have you?
        Pull = "pull", "拉取";
    }
}

impl PeerMessageKind {
    /// It asks for something that the other platform may refuse; what only tells is told until it is heard.
    pub const fn asks(self) -> bool {
        matches!(self, Self::HandOver | Self::Recall | Self::Report)
    }
}

impl HandOverState {
    /// Nothing more will happen to it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Settled | Self::Refused | Self::Cancelled)
    }

    /// The car has not left, as far as is known: it may be called back.
    pub const fn may_be_called_back(self) -> bool {
        matches!(self, Self::Sent | Self::Taken | Self::Ordered)
    }

    /// What is known after the other platform told how far it is. A request that is being called back stays so until the car has left.
    #[must_use]
    pub const fn after_progress(self, told: Self) -> Self {
        match (self, told) {
            (Self::CallingBack, Self::Taken | Self::Ordered) => Self::CallingBack,
            _ => told,
        }
    }
}

/// A car that another platform sends (对方派车).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteOrder {
    /// Number of the order there.
    pub number: String,
    /// Where it stands, in our own words.
    pub state: String,
    /// Plate.
    pub plate: String,
    /// Make and model.
    pub model: String,
    /// Name of who drives.
    pub driver: String,
    /// Telephone of who drives.
    pub driver_phone: String,
    /// When it left.
    pub departed_at: Option<DateTime<Utc>>,
    /// When it was back.
    pub returned_at: Option<DateTime<Utc>>,
    /// Metres driven.
    pub distance_m: Option<i64>,
}

/// How far the clocks of two platforms may be apart, either way.
pub const CLOCK_SKEW: Duration = Duration::minutes(5);

/// Whether a message that says it was written at `written_at` is good at `now`.
pub fn is_timely(written_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (now - written_at).abs() <= CLOCK_SKEW
}

/// When a message is sent again after `attempts` tries in vain, the last of them at `now`.
///
/// A quarter of a minute after the first, then twice as long each time, a quarter of an hour at most. It is never given up: whether the
/// other platform has it is not known until it says so.
pub fn next_attempt(attempts: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = attempts.saturating_sub(1).min(16);
    now + Duration::seconds(15 << doublings).min(Duration::minutes(15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_double_to_a_quarter_of_an_hour_and_do_not_end() {
        let now = DateTime::UNIX_EPOCH;
        let seconds: Vec<i64> = (1..=8).map(|attempts| (next_attempt(attempts, now) - now).num_seconds()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(next_attempt(u32::MAX, now) - now, Duration::minutes(15));
    }

    #[test]
    fn a_message_is_good_for_five_minutes_either_way() {
        let now = DateTime::UNIX_EPOCH;
        for (seconds, is_good) in [(0, true), (300, true), (-300, true), (301, false), (-301, false)] {
            assert_eq!(is_timely(now + Duration::seconds(seconds), now), is_good, "{seconds}");
        }
    }

    #[test]
    fn what_is_called_back_stays_so_until_the_car_has_left() {
        use HandOverState as S;
        assert_eq!(S::CallingBack.after_progress(S::Ordered), S::CallingBack);
        assert_eq!(S::CallingBack.after_progress(S::Underway), S::Underway);
        assert_eq!(S::Ordered.after_progress(S::Taken), S::Taken, "its driver declined");
        for state in HandOverState::ALL {
            assert!(!(state.is_over() && state.may_be_called_back()), "{state}");
        }
    }
}
