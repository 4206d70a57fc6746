//! Cells as people write them: days, amounts, engines and kilometres, in the forms that registers of cars have.

use chrono::{Datelike as _, Days, NaiveDate};

use crate::money::Money;

/// Cars of an earlier year are museum pieces: whoever writes one mistyped the year.
const FIRST_YEAR: i32 = 1980;
/// Least and most that a car costs, in fen: below it is written in ten thousands of yuan.
const CAR_FEN: std::ops::RangeInclusive<i64> = 100_000..=10_000_000_000;
/// Millilitres that engines of cars have.
const ENGINE_ML: std::ops::RangeInclusive<u32> = 100..=20_000;
/// Below this a number is litres.
const LITRES_BELOW: f64 = 20.0;
/// Most kilometres that an odometer says.
const MOST_KM: u32 = 3_000_000;
/// Days that workbooks count from 1899-12-30, as far as they may be days of registration.
const SERIALS: std::ops::RangeInclusive<u64> = 20_000..=80_000;

/// A text without blanks, thousands separators and one of the `units` behind it.
fn bare(text: &str, units: &[&str]) -> String {
    let plain: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '¥' | '￥')).collect();
    let lower = plain.to_lowercase();
    units.iter().find_map(|unit| lower.strip_suffix(unit)).unwrap_or(&lower).to_owned()
}

fn number(text: &str, units: &[&str]) -> Result<f64, &'static str> {
    let found = bare(text, units).parse::<f64>().ok().filter(|number| number.is_finite());
    found.ok_or("import.number")
}

/// A whole number.
pub(super) fn whole(text: &str, units: &[&str]) -> Result<i64, &'static str> {
    let found = number(text, units)?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the limits")]
    let whole = found as i64;
    if found.fract() == 0.0 && found.abs() < 1e12 { Ok(whole) } else { Err("import.number") }
}

/// A day: `2020-03-05`, `2020/3/5`, `2020.3.5`, `2020年3月5日`, `20200305`, or as workbooks count days.
pub(super) fn day(text: &str) -> Result<NaiveDate, &'static str> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    // A time of the day behind it is no matter of a register.
    let bare = text.split_whitespace().next().filter(|first| first.contains(['-', '/', '.'])).map_or(bare, str::to_owned);
    let parts: Vec<&str> = bare.split(['-', '/', '.', '年', '月', '日', 'T']).filter(|part| !part.is_empty()).collect();
    let found = match parts.as_slice() {
        [year, month, day, ..] => {
            let (year, month, day) = (year.parse().ok(), month.parse().ok(), day.parse().ok());
            year.zip(month).zip(day).and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day))
        }
        [digits] if digits.len() == 8 => NaiveDate::parse_from_str(digits, "%Y%m%d").ok(),
        [serial] => {
            let days = serial.parse::<u64>().ok().filter(|days| SERIALS.contains(days));
            days.zip(NaiveDate::from_ymd_opt(1899, 12, 30)).and_then(|(days, first)| first.checked_add_days(Days::new(days)))
        }
        _ => None,
    };
    let found = found.ok_or("import.day")?;
    if found.year() < FIRST_YEAR { Err("import.day_early") } else { Ok(found) }
}

/// What a car cost, in yuan.
pub(super) fn price(text: &str) -> Result<Money, &'static str> {
    match yuan(text)? {
        fen if fen <= 0 => Err("registration.price"),
        fen if CAR_FEN.contains(&fen) => Ok(Money::from_fen(fen)),
        _ => Err("import.price"),
    }
}

/// A tax, in yuan; nothing may be nothing.
pub(super) fn tax(text: &str) -> Result<Money, &'static str> {
    let fen = yuan(text)?;
    if (0..=*CAR_FEN.end()).contains(&fen) { Ok(Money::from_fen(fen)) } else { Err("lifecycle.money") }
}

fn yuan(text: &str) -> Result<i64, &'static str> {
    let fen = number(text, &["元"])? * 100.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within the limits")]
    let whole = fen.round() as i64;
    // More than two places behind the point is no amount.
    if fen.abs() < 1e13 && (fen - fen.round()).abs() < 1e-3 { Ok(whole) } else { Err("import.number") }
}

/// An engine, in litres or millilitres: `1.6`, `1.6L`, `1598`, `1598ml`.
pub(super) fn displacement(text: &str) -> Result<u32, &'static str> {
    let found = number(text, &["ml", "毫升", "cc", "l", "升", "t"])?;
    let millilitres = if found < LITRES_BELOW { found * 1000.0 } else { found };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast saturates, and what is outside is refused"
    )]
    let millilitres = millilitres.round() as u32;
    if ENGINE_ML.contains(&millilitres) { Ok(millilitres) } else { Err("import.displacement") }
}

/// What an odometer says.
pub(super) fn kilometres(text: &str) -> Result<u32, &'static str> {
    let found = whole(text, &["km", "公里", "千米"])?;
    u32::try_from(found).ok().filter(|found| *found <= MOST_KM).ok_or("import.odometer")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_are_read_as_people_and_workbooks_write_them() {
        let expected: NaiveDate = "2020-03-05".parse().unwrap();
        // 43895 days after 1899-12-30.
        for text in ["2020-03-05", "2020/3/5", "2020.3.5", "2020年3月5日", " 20200305 ", "43895", "2020-03-05 10:00:00"] {
            assert_eq!(day(text), Ok(expected), "{text}");
        }
        for (text, code) in [
            ("2020-02-30", "import.day"),
            ("三月五日", "import.day"),
            ("2020-13-01", "import.day"),
            ("5", "import.day"),
            ("", "import.day"),
            ("1920-03-05", "import.day_early"),
        ] {
            assert_eq!(day(text), Err(code), "{text}");
        }
    }

    #[test]
    fn amounts_are_yuan_and_engines_are_litres_or_millilitres() {
        assert_eq!(price("129,800.50 元"), Ok(Money::from_fen(12_980_050)));
        assert_eq!(price("¥129800"), Ok(Money::from_fen(12_980_000)));
        for (text, code) in [
            ("十二万", "import.number"),
            ("-1", "registration.price"),
            ("0", "registration.price"),
            ("12.98", "import.price"),
            ("200000000", "import.price"),
            ("NaN", "import.number"),
            ("129800.555", "import.number"),
        ] {
            assert_eq!(price(text), Err(code), "{text}");
        }
        assert_eq!((tax("0"), tax("-1")), (Ok(Money::ZERO), Err("lifecycle.money")));
        for text in ["1.6", "1.6L", "1600", "1600ml", "1600 CC", "1.6T"] {
            assert_eq!(displacement(text), Ok(1600), "{text}");
        }
        for text in ["0", "50", "-1", "99999"] {
            assert_eq!(displacement(text), Err("import.displacement"), "{text}");
        }
        assert_eq!((kilometres("12,345 公里"), kilometres("-1")), (Ok(12_345), Err("import.odometer")));
        assert_eq!((kilometres("1.5"), kilometres("9999999")), (Err("import.number"), Err("import.odometer")));
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_reader_and_every_day_is_read_back(text in "\\PC{0,20}", serial in 29_300_u64..80_000) {
            let _ = (day(&text).is_ok(), price(&text).is_ok(), tax(&text).is_ok(), displacement(&text).is_ok(), kilometres(&text).is_ok());
            let by_serial = day(&serial.to_string()).unwrap();
            prop_assert_eq!(day(&by_serial.to_string()), Ok(by_serial));
            prop_assert_eq!(day(&by_serial.format("%Y年%-m月%-d日").to_string()), Ok(by_serial));
            prop_assert_eq!(day(&by_serial.format("%Y%m%d").to_string()), Ok(by_serial));
        }
    }
}
