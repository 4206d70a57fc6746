//! A conversation with an ELM327: any bytes are answers or errors, each where it stands in the stream.
#![no_main]

use libfuzzer_sys::fuzz_target;
use telematics::obd::reply::{self, Prompt};
use telematics::obd::transcript::{self, Meaning};
use telematics::obd::{dtc, pid};

fuzz_target!(|bytes: &[u8]| {
    let answers = transcript::answers(bytes);
    assert!(answers.iter().all(|answer| answer.at <= bytes.len()));
    assert!(answers.iter().all(|answer| !matches!(answer.meaning, Ok(Meaning::Value { value, .. }) if !value.is_finite())));
    // As the bridge reads: byte by byte up to the prompt, then as the answer to a request it has made.
    let mut prompt = Prompt::default();
    for text in bytes.iter().filter_map(|byte| prompt.push(*byte)) {
        for request in ["010C", "0902", "03", "0100", ""] {
            if let Ok(messages) = reply::messages(&text, request) {
                let _absent = (pid::vin(&messages), pid::lamp(&messages), dtc::codes(&messages, 3), pid::supported(&messages, 0));
                let _value = pid::find(0x0c).map(|pid| pid.value(&messages));
            }
        }
    }
});
