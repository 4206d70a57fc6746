//! The conversation with an ELM327, worked out without I/O: what to ask next, and what the answer changes.

use std::time::Duration;

use telematics::fix::Reading;
use telematics::obd::reply::{self, Message};
use telematics::obd::{ObdError, dtc, pid};
use telematics::quantity::{Distance, Share, Voltage};

use crate::config::ObdConfig;

/// Failures in a row after which the adapter is reset.
const FAILURES: u32 = 3;
/// Resets in a row after which the line is opened anew.
const RESETS: u32 = 3;
/// How long a reset takes at most.
const RESET_WAIT: Duration = Duration::from_secs(3);

/// Where the conversation is (会话状态).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// No line.
    #[default]
    Closed,
    /// The adapter is being reset.
    Reset,
    /// It is being set up.
    Identify,
    /// The vehicle's bus is being found.
    Protocol,
    /// Parameters are being read.
    Poll,
    /// The battery is being spared.
    Sleep,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask, and wait so long for the prompt.
    Ask {
        /// Without the line end.
        request: String,
        /// At most.
        wait: Duration,
    },
    /// Nothing is due.
    Rest(Duration),
    /// Close the line and open it anew.
    Reopen,
}

/// What is asked for again and again.
#[derive(Debug, Clone)]
struct Item {
    request: &'static str,
    every: Duration,
    due: Duration,
}

/// Set-up, in order. `ATTPA0` is left out on purpose: some clones hang on it.
const SETUP: &[&str] = &["ATE0", "ATL0", "ATS0", "ATH0", "ATAT1", "ATST32", "ATSP0"];
/// Asked once the bus is found.
const FIRST: &[&str] = &["ATDPN", "0120", "0140", "0160", "0180", "01A0", "0902", "03"];

/// One conversation, from opening the line to losing it.
#[derive(Debug)]
pub struct Session {
    config: ObdConfig,
    state: State,
    /// Position in the list of the state.
    at: usize,
    asked: String,
    failures: u32,
    resets: u32,
    supported: Vec<u8>,
    plan: Vec<Item>,
    reading: Reading,
    vin: Option<String>,
    error: Option<&'static str>,
    answers: u64,
    /// Since when the engine rests and the voltage is low.
    resting: Option<Duration>,
    /// When the sleeping adapter is looked at next.
    look: Duration,
}

impl Session {
    /// A line was just opened.
    pub fn new(config: ObdConfig) -> Self {
        Self {
            config,
            state: State::Reset,
            at: 0,
            asked: String::new(),
            failures: 0,
            resets: 0,
            supported: Vec::new(),
            plan: Vec::new(),
            reading: Reading::default(),
            vin: None,
            error: None,
            answers: 0,
            resting: None,
            look: Duration::ZERO,
        }
    }

    /// Where the conversation is.
    pub const fn state(&self) -> State {
        self.state
    }

    /// What is known of the vehicle.
    pub const fn reading(&self) -> &Reading {
        &self.reading
    }

    /// The last error's code, until an answer comes.
    pub const fn error(&self) -> Option<&'static str> {
        self.error
    }

    /// The vehicle's number, once read.
    pub fn vin(&self) -> Option<String> {
        self.vin.clone()
    }

    /// Answers understood.
    pub const fn answers(&self) -> u64 {
        self.answers
    }

    /// What to do now; a question must be answered by `hear` before the next.
    pub fn next(&mut self, now: Duration) -> Step {
        if self.resets > RESETS {
            return Step::Reopen;
        }
        let answer = Duration::from_millis(self.config.answer_ms);
        let (request, wait) = match self.state {
            State::Closed => return Step::Reopen,
            State::Reset => ("ATZ", RESET_WAIT),
            State::Identify => (SETUP.get(self.at).copied().unwrap_or("ATI"), answer),
            // The first request searches for the protocol.
            State::Protocol if self.at == 0 => ("0100", answer * 10),
            State::Protocol => (FIRST.get(self.at - 1).copied().unwrap_or("ATRV"), answer),
            State::Sleep if now < self.look => return Step::Rest(self.look.saturating_sub(now)),
            State::Sleep => ("ATRV", answer),
            State::Poll => match self.plan.iter().min_by_key(|item| item.due) {
                Some(item) if item.due <= now => (item.request, answer),
                Some(item) => return Step::Rest(item.due.saturating_sub(now)),
                None => return Step::Reopen,
            },
        };
        request.clone_into(&mut self.asked);
        Step::Ask { request: request.to_owned(), wait }
    }

    /// The text before the prompt, or `None` when no prompt came.
    pub fn hear(&mut self, answer: Option<&str>, now: Duration) {
        let understood = match answer {
            None => Err(ObdError::Stopped),
            Some(text) => self.understand(text),
        };
        match (answer, understood) {
            (_, Ok(())) => {
                self.answers += 1;
                self.failures = 0;
                self.error = None;
            }
            (None, _) => {
                self.error = Some("obd.silent");
                self.failures += 1;
            }
            (_, Err(error)) => self.fail(error),
        }
        self.advance(now);
    }

    /// A failure that says something about the vehicle is no failure of the adapter.
    fn fail(&mut self, error: ObdError) {
        self.error = Some(error.code());
        self.forget();
        match error {
            // The control unit does not have it, or says so.
            ObdError::NoData | ObdError::Refused { .. } | ObdError::UnknownRequest | ObdError::OtherParameter { .. } => {
                if self.state == State::Poll && self.asked == "010C" {
                    self.failures += 1;
                }
            }
            ObdError::LowVoltageReset => self.failures = FAILURES,
            _ => self.failures += 1,
        }
    }

    fn advance(&mut self, now: Duration) {
        if self.state != State::Sleep && self.failures >= FAILURES {
            self.restart();
            return;
        }
        match self.state {
            State::Reset if self.failures == 0 => self.enter(State::Identify),
            // Clones do not know all of the set-up; what they do not know they do not need.
            State::Identify => {
                self.at += 1;
                if self.at >= SETUP.len() {
                    self.enter(State::Protocol);
                }
            }
            State::Protocol if self.at == 0 && self.error.is_some() => {
                // No bus: the ignition is off.
                self.reading.ignition = Some(false);
                self.sleep(now);
            }
            State::Protocol => {
                self.at += 1;
                if self.at > FIRST.len() {
                    self.resets = 0;
                    self.make_plan(now);
                    self.enter(State::Poll);
                }
            }
            State::Poll => self.after_poll(now),
            State::Sleep => self.after_look(now),
            State::Closed | State::Reset => {}
        }
    }

    fn after_poll(&mut self, now: Duration) {
        if let Some(item) = self.plan.iter_mut().find(|item| item.request == self.asked) {
            item.due = now + item.every;
        }
        self.reading.ignition = Some(self.reading.rpm.is_some());
        let low = self.reading.voltage.is_some_and(|v| v.volts() < self.config.sleep_below_v);
        let still = self.reading.rpm.is_none_or(|rpm| rpm < 1.0);
        self.resting = if low && still { Some(self.resting.unwrap_or(now)) } else { None };
        if self.resting.is_some_and(|since| now.saturating_sub(since) >= Duration::from_secs(self.config.sleep_after_secs)) {
            self.reading = Reading {
                ignition: Some(false),
                voltage: self.reading.voltage,
                odometer: self.reading.odometer,
                trouble_codes: self.reading.trouble_codes.take(),
                ..Reading::default()
            };
            self.sleep(now);
        }
    }

    fn after_look(&mut self, now: Duration) {
        let charged = self.reading.voltage.is_some_and(|v| v.volts() >= self.config.sleep_below_v);
        if charged && self.error.is_none() {
            self.enter(State::Reset);
        } else {
            self.failures = 0;
            self.sleep(now);
        }
    }

    fn sleep(&mut self, now: Duration) {
        self.look = now + Duration::from_secs(self.config.wake_look_secs);
        self.resting = None;
        self.failures = 0;
        self.enter(State::Sleep);
    }

    const fn enter(&mut self, state: State) {
        self.state = state;
        self.at = 0;
    }

    fn restart(&mut self) {
        self.failures = 0;
        self.resets += 1;
        self.reading = Reading { odometer: self.reading.odometer, ..Reading::default() };
        self.enter(State::Reset);
    }

    fn make_plan(&mut self, now: Duration) {
        let config = &self.config;
        let (fast, medium, slow) = (config.fast_secs, config.medium_secs, config.slow_secs);
        let wanted = [
            ("010D", fast),
            ("010C", fast),
            ("012F", medium),
            ("015B", medium),
            ("015E", medium),
            ("01A6", slow),
            ("0142", slow),
            ("0105", slow),
            ("03", slow * 10),
        ];
        // Engine speed is asked for in any case: it tells whether the vehicle answers.
        let known = |request: &str| {
            let number = request.get(2..).and_then(|digits| u8::from_str_radix(digits, 16).ok());
            request == "010C" || number.is_none_or(|number| self.supported.contains(&number))
        };
        let mut plan: Vec<(&'static str, u64)> = wanted.into_iter().filter(|(request, _)| known(request)).collect();
        if !self.supported.contains(&0x42) {
            // The adapter measures the voltage at the plug itself.
            plan.push(("ATRV", slow));
        }
        self.plan =
            plan.into_iter().map(|(request, secs)| Item { request, every: Duration::from_secs(secs.max(1)), due: now }).collect();
    }

    fn understand(&mut self, text: &str) -> Result<(), ObdError> {
        if self.asked.starts_with("AT") {
            return self.adapter(text);
        }
        let messages = reply::messages(text, &self.asked)?;
        let asked = self.asked.clone();
        match asked.as_str() {
            "0902" => self.vin = Some(pid::vin(&messages)?),
            "03" => self.reading.trouble_codes = Some(dtc::codes(&messages, 0x03)?),
            request => self.parameter(request, &messages)?,
        }
        Ok(())
    }

    fn adapter(&mut self, text: &str) -> Result<(), ObdError> {
        let lines = || text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
        if let Some(state) = lines().find_map(reply::state) {
            return Err(state);
        }
        if self.asked == "ATRV" {
            let volts = lines().find_map(|line| line.trim_end_matches(['V', 'v']).parse::<f64>().ok());
            self.reading.voltage = Some(Voltage::from_volts(volts.ok_or(ObdError::Unreadable)?));
        }
        Ok(())
    }

    fn parameter(&mut self, request: &str, messages: &[Message]) -> Result<(), ObdError> {
        let number = request.get(2..).and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(ObdError::Unreadable)?;
        if number.is_multiple_of(0x20) {
            pid::answer(messages, 0x01, number)?;
            self.supported.extend(pid::supported(messages, number));
            return Ok(());
        }
        let known = pid::find(number).ok_or(ObdError::Unreadable)?;
        let value = known.value(messages)?;
        match number {
            0x0c => self.reading.rpm = Some(value),
            0x05 => self.reading.coolant_c = Some(value),
            0x2f => self.reading.fuel_share = Some(Share::from_pct(value)),
            0x5b => self.reading.soc = Some(Share::from_pct(value)),
            0x5e => self.reading.fuel_rate_lph = Some(value),
            0x42 => self.reading.voltage = Some(Voltage::from_volts(value)),
            0xa6 => self.reading.odometer = Some(Distance::from_km(value)),
            _ => {}
        }
        Ok(())
    }

    /// What was asked for and not answered is not known any more.
    fn forget(&mut self) {
        match self.asked.as_str() {
            "010C" => self.reading.rpm = None,
            "0105" => self.reading.coolant_c = None,
            "012F" => self.reading.fuel_share = None,
            "015B" => self.reading.soc = None,
            "015E" => self.reading.fuel_rate_lph = None,
            "0142" | "ATRV" => self.reading.voltage = None,
            "03" => self.reading.trouble_codes = None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
