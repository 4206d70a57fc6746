//! Terminals as inventory (终端台账): the states they pass through, and who may ask what of them.

use crate::account::Permission;
use crate::word::words;

words! {
    /// Where a terminal stands (终端状态).
    TerminalState, TerminalStateError, "terminal.state" {
        /// In the store room: entered, never heard.
        Idle = "idle", "空闲";
        /// Registered with us, and in no vehicle.
        Registered = "registered", "注册";
        /// In a vehicle.
        Bound = "bound", "绑定";
        /// Taken out of use; it cannot sign in.
        Disabled = "disabled", "停用";
    }
}

words! {
    /// Where a command stands (指令状态).
    CommandState, CommandStateError, "command.state" {
        /// Waits for the terminal.
        Queued = "queued", "排队中";
        /// On the wire, not answered yet.
        Sent = "sent", "已下发";
        /// The terminal has done it.
        Answered = "answered", "已应答";
        /// The terminal refused, could not, or did not answer.
        Failed = "failed", "失败";
        /// The terminal did not come in time.
        Expired = "expired", "已过期";
        /// Taken back before it was sent.
        Cancelled = "cancelled", "已取消";
    }
}

/// What may follow what; the page's buttons and the store's conditions say the same.
pub const COMMAND_MOVES: &[(CommandState, CommandState)] = &[
    (CommandState::Queued, CommandState::Sent),
    (CommandState::Queued, CommandState::Expired),
    (CommandState::Queued, CommandState::Cancelled),
    (CommandState::Sent, CommandState::Answered),
    (CommandState::Sent, CommandState::Failed),
    // An answer that came after it was given up is an answer all the same.
    (CommandState::Failed, CommandState::Answered),
    (CommandState::Expired, CommandState::Answered),
];

/// Which permission a kind of command needs, one line a kind.
const NEEDS: &[(&str, Permission)] = &[
    ("text", Permission::MessageTerminals),
    ("locate", Permission::MessageTerminals),
    ("track", Permission::MessageTerminals),
    ("query_parameters", Permission::SetTerminals),
    ("query_attributes", Permission::SetTerminals),
    ("set_parameters", Permission::SetTerminals),
    ("report_interval", Permission::SetTerminals),
    ("log_level", Permission::SetTerminals),
    ("restart", Permission::SetTerminals),
    ("factory_reset", Permission::EraseTerminals),
    ("update", Permission::EraseTerminals),
];

/// The permission that a kind of command needs; an unknown kind needs the highest.
pub fn needed_for(kind: &str) -> Permission {
    NEEDS.iter().find(|(known, _)| *known == kind).map_or(Permission::EraseTerminals, |(_, permission)| *permission)
}

/// The kinds of command among `kinds` that somebody may ask for whom `may` holds.
pub fn askable(may: impl Fn(Permission) -> bool, kinds: &[&'static str]) -> Vec<&'static str> {
    kinds.iter().copied().filter(|kind| may(needed_for(kind))).collect()
}

impl CommandState {
    /// `to` may follow.
    pub fn may_become(self, to: Self) -> bool {
        COMMAND_MOVES.contains(&(self, to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Role;

    #[test]
    fn only_what_waits_can_be_taken_back() {
        let cancellable: Vec<_> =
            CommandState::ALL.into_iter().filter(|state| state.may_become(CommandState::Cancelled)).collect();
        assert_eq!(cancellable, [CommandState::Queued]);
        assert!(!CommandState::Cancelled.may_become(CommandState::Sent));
    }

    #[test]
    fn a_dispatcher_talks_to_terminals_and_sets_none() {
        assert!(Role::Dispatcher.may(needed_for("text")));
        assert!(!Role::Dispatcher.may(needed_for("set_parameters")));
        assert!(!Role::FleetManager.may(needed_for("factory_reset")));
        assert!(Role::SystemAdmin.may(needed_for("factory_reset")));
        assert!(!Role::FleetManager.may(needed_for("no_such_kind")));
        assert!(
            askable(|permission| Role::Inspector.may(permission), &["text", "locate", "restart"]).is_empty(),
            "who inspects asks nothing"
        );
    }
}
