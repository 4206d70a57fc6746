//! Wiring of the service.

/// A part of the service that can run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Where devices come in.
    Gateway,
    /// Where people come in.
    Web,
    /// The work in the background.
    Jobs,
}
