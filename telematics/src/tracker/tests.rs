//! One module a rule; all drive a tracker by a list of observations through `check`.
