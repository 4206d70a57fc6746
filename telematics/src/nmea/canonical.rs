//! One spelling for what receivers spell in many: the fields a fix needs, in the shape that the parser crate takes.
//!
//! Receivers leave out modes, add dilutions of their own, send a magnetic variation without its letter, six mode
//! characters where the crate takes two, and a sixtieth second. None of that makes the fix wrong.

use std::fmt::Write as _;

/// Sentences a fix is built from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Recommended minimum: position, speed, course, date.
    Rmc,
    /// Fix data: position, quality, satellites, altitude.
    Gga,
    /// Fix data of several constellations.
    Gns,
    /// Position alone.
    Gll,
    /// Dimension of the fix and dilutions.
    Gsa,
    /// Course and speed.
    Vtg,
    /// Full date.
    Zda,
}

impl Kind {
    /// The kind of a sentence by its three letters.
    pub fn of(letters: &str) -> Option<Self> {
        Some(match letters {
            "RMC" => Self::Rmc,
            "GGA" => Self::Gga,
            "GNS" => Self::Gns,
            "GLL" => Self::Gll,
            "GSA" => Self::Gsa,
            "VTG" => Self::Vtg,
            "ZDA" => Self::Zda,
            _ => return None,
        })
    }

    const fn letters(self) -> &'static str {
        match self {
            Self::Rmc => "RMC",
            Self::Gga => "GGA",
            Self::Gns => "GNS",
            Self::Gll => "GLL",
            Self::Gsa => "GSA",
            Self::Vtg => "VTG",
            Self::Zda => "ZDA",
        }
    }
}

/// The XOR of all bytes between `$` and `*`.
pub fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// A sentence in the parser's spelling, and whether its time was a leap second (`hhmm60`, handed on as `hhmm59`).
pub fn spell(kind: Kind, data: &str) -> (String, bool) {
    let fields: Vec<&str> = data.split(',').collect();
    let field = |index: usize| fields.get(index).copied().unwrap_or("");
    let place = |first: usize| {
        let whole: Vec<&str> = (first..first + 4).map(field).collect();
        if whole.iter().any(|f| f.is_empty()) { vec![""; 4] } else { whole }
    };
    let (time, leap) = without_leap(field(if kind == Kind::Gll { 4 } else { 0 }));
    let time = time.as_str();
    let spelled: Vec<&str> = match kind {
        Kind::Rmc => [&[time, or(field(1), "V")], place(2).as_slice(), &[field(6), field(7), field(8), "", ""]].concat(),
        Kind::Gga => {
            let rest = [or(field(5), "0"), field(6), field(7), field(8), "M", field(10), "M"];
            [&[time], place(1).as_slice(), &rest].concat()
        }
        Kind::Gns => {
            let rest = [best_mode(field(5)), or(field(6), "0"), field(7), field(8), field(9), "", ""];
            [&[time], place(1).as_slice(), &rest].concat()
        }
        Kind::Gll => {
            let status = or(field(5), "V");
            [place(0).as_slice(), &[time, status, if status == "A" { "A" } else { "N" }]].concat()
        }
        Kind::Gsa => {
            let dilutions = [field(14), field(15), field(16)];
            let known = if dilutions.iter().any(|d| d.is_empty()) { [""; 3] } else { dilutions };
            [&["A", or(field(1), "1")], [""; 12].as_slice(), &known].concat()
        }
        // Before NMEA 2.0: course, magnetic course, knots, km/h, without letters.
        Kind::Vtg if fields.len() == 4 => vec![field(0), "T", field(1), "M", field(2), "N", field(3), "K"],
        Kind::Vtg => vec![field(0), "T", field(2), "M", field(4), "N", field(6), "K"],
        Kind::Zda => vec![time, field(1), field(2), field(3), "", ""],
    };
    (spelled.join(","), leap)
}

/// The whole sentence with its checksum, as the parser takes it.
pub fn sentence(talker: &str, kind: Kind, data: &str) -> String {
    let body = format!("{talker}{},{data}", kind.letters());
    let mut text = format!("${body}*");
    // Writing into a String cannot fail.
    let _ = write!(text, "{:02X}", checksum(body.as_bytes()));
    text
}

fn or<'a>(field: &'a str, instead: &'a str) -> &'a str {
    if field.is_empty() { instead } else { field }
}

/// Of the modes of all constellations, the first that is not "no fix".
fn best_mode(modes: &str) -> &'static str {
    match modes.chars().find(|mode| *mode != 'N') {
        Some('A') => "A",
        Some('D') => "D",
        Some('P') => "P",
        Some('R') => "R",
        Some('F') => "F",
        Some('E') => "E",
        _ => "N",
    }
}

/// `235960.25` as `235959.25`, and that it was so.
fn without_leap(time: &str) -> (String, bool) {
    match (time.get(..4), time.get(4..6), time.get(6..)) {
        (Some(minute), Some("60"), Some(fraction)) => (format!("{minute}59{fraction}"), true),
        _ => (time.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_habit_of_receivers_gets_the_one_spelling() {
        for (kind, data, spelled) in [
            // Motorola T805: a variation without its letter.
            (Kind::Rmc, "1,A,2,N,3,E,0.56,344.41,181207,0,A", "1,A,2,N,3,E,0.56,344.41,181207,,"),
            // u-blox, NMEA 4.1: mode and navigational status behind.
            (Kind::Rmc, "1,A,2,N,3,W,0.040,,110720,,,D,V", "1,A,2,N,3,W,0.040,,110720,,"),
            (Kind::Gll, "2,N,3,E,1,A", "2,N,3,E,1,A,A"),
            (Kind::Gns, "1,2,N,3,E,NNDA,05,1.3,156.9,8.3,,0000", "1,2,N,3,E,D,05,1.3,156.9,8.3,,"),
            // SiRF for BeiDou: a fourth dilution.
            (Kind::Gsa, "A,3,25,32,,,,,,,,,,,5.1,1.3,4.9,3.3", "A,3,,,,,,,,,,,,,5.1,1.3,4.9"),
            (Kind::Gsa, "A,1,,,,,,,,,,,,,,,,", "A,1,,,,,,,,,,,,,,,"),
            (Kind::Gga, "1,,,,,0,00,,,M,0.0,M,,0000,", "1,,,,,0,00,,,M,0.0,M"),
            (Kind::Gga, "1,,N,,E,,,,,,,", "1,,,,,0,,,,M,,M"),
            (Kind::Vtg, "45.0,40.0,3.0,5.6", "45.0,T,40.0,M,3.0,N,5.6,K"),
        ] {
            assert_eq!(spell(kind, data), (spelled.to_owned(), false), "{data}");
        }
        assert_eq!(spell(Kind::Zda, "235960.25,31,12,2016,00,00"), ("235959.25,31,12,2016,,".to_owned(), true));
    }
}
