//! What phones send over HTTP (OsmAnd form, Traccar client, OwnTracks): any bytes are reports or refused; a report can be
//! explained and observed, and the same words are the same report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use motorpool_fuzz::received_at;
use telematics::osmand::{self, MOST_REPORTS, Report};
use telematics::owntracks;

fn check(report: &Report) {
    osmand::explain(report);
    let seen = report.to_observation(received_at());
    assert!(seen.fix.is_none_or(|fix| fix.at.lon().abs() <= 180.0 && fix.at.lat().abs() <= 90.0));
    assert!(seen.sequence >= 0);
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    osmand::key_of_form(&text);
    owntracks::device_of_topic(&text);
    if let Ok(report) = osmand::of_form(&text) {
        check(&report);
        assert_eq!(format!("{:?}", osmand::of_form(&text)), format!("{:?}", Ok::<_, ()>(report)));
    }
    if let Ok(reports) = osmand::of_json(bytes) {
        assert!(reports.len() <= MOST_REPORTS);
        reports.iter().for_each(check);
    }
    if let Ok(Some(report)) = owntracks::of_json(bytes) {
        check(&report);
    }
});
