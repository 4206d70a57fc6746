//! Names and keys that follow from the seed: the same seed gives the same fleet.

use dispatch::plate::PlateNumber;
use dispatch::vin::{Vin, VinRule};
use sha2::{Digest as _, Sha256};
use telematics::device::TerminalId;
use telematics::simulate::chance::Chance;
use uuid::Uuid;

/// Letters and digits of a plate's serial, without I and O.
const SERIAL: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters and digits of a VIN's serial places that all makers use.
const VIN_PLACES: &[u8] = b"0123456789ABCDEFGHJKLMNPRSTUVWXYZ";

/// Model years repeat every thirty years: A is 2010, L 2020, without I, O, Q, U, Z and 0.
const YEARS: &str = "ABCDEFGHJKLMNPRSTVWXY123456789";

/// The key of a thing of the demonstration: version 8, from its kind and its name.
pub(crate) fn key(kind: &str, name: &str) -> Uuid {
    let digest = Sha256::digest(format!("motorpool-demo/{kind}/{name}"));
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// The name of the terminal in the car of that number, counted from 0.
pub(crate) fn terminal(index: usize) -> TerminalId {
    format!("HZ-{:05}", index + 1).parse().expect("two letters, a dash and digits are a terminal id")
}

/// The number of the JT/T 808 terminal in that car, as the register has it: without the zeros that fill it up to 12 digits in
/// the edition of 2013 and to 20 in that of 2019.
pub(crate) fn number(index: usize) -> TerminalId {
    format!("138{:08}", index + 1).parse().expect("digits are a terminal id")
}

/// The SIM card (ICCID) of the T-Box in that car.
pub(crate) fn sim_card(index: usize) -> String {
    format!("898604{:014}", index + 1)
}

/// The secret of a demonstration terminal: no secret to anybody who knows the seed, so for demonstrations alone.
pub(crate) fn secret(seed: u64, terminal: &TerminalId) -> String {
    hex::encode(Sha256::digest(format!("motorpool-demo/secret/{seed}/{terminal}")))
}

/// The hash of a secret's text, as the register keeps it.
pub(crate) fn secret_sha256(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// What the plate says about the energy a car runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlateKind {
    /// Blue or yellow, five places behind the office.
    Ordinary,
    /// Green, battery alone.
    Battery,
    /// Green, with another source of power beside the battery.
    PlugIn,
}

/// A plate of Hangzhou (浙A), believable and likely not taken yet.
pub(crate) fn plate(kind: PlateKind, chance: &mut Chance) -> PlateNumber {
    let digits =
        |chance: &mut Chance, count: usize| (0..count).map(|_| char::from(b'0' + small(chance.below(10)))).collect::<String>();
    let letter = |chance: &mut Chance| char::from(SERIAL.get(10 + chance.below(24)).copied().unwrap_or(b'A'));
    let serial = match kind {
        PlateKind::Ordinary => {
            let place = chance.below(5);
            let letter = letter(chance);
            let mut serial = digits(chance, 4);
            serial.insert(place.min(4), letter);
            serial
        }
        PlateKind::Battery => format!("D{}{}", letter(chance), digits(chance, 4)),
        PlateKind::PlugIn => format!("F{}{}", letter(chance), digits(chance, 4)),
    };
    format!("浙A{serial}").parse().expect("made by the rules of plates")
}

/// A VIN of the maker `wmi`, built in `year`, with its right check digit.
pub(crate) fn vin(wmi: &str, year: i32, chance: &mut Chance) -> Vin {
    let place = |chance: &mut Chance| char::from(chance.pick(VIN_PLACES).copied().unwrap_or(b'0'));
    let front: String = (0..5).map(|_| place(chance)).collect();
    let letter = usize::try_from(year - 2010).ok().and_then(|number| YEARS.chars().nth(number)).unwrap_or('L');
    let plant = place(chance);
    let serial: String = (0..6).map(|_| char::from(b'0' + small(chance.below(10)))).collect();
    let mut checks = "0123456789X".chars();
    let right =
        checks.find_map(|check| Vin::parse(&format!("{wmi}{front}{check}{letter}{plant}{serial}"), VinRule::Checked).ok());
    right.expect("one of the eleven check digits is right")
}

/// The model year of a VIN: its tenth place.
pub(crate) fn model_year(vin: &Vin) -> i32 {
    let place = vin.as_str().chars().nth(9).and_then(|letter| YEARS.chars().position(|year| year == letter));
    2010 + place.and_then(|place| i32::try_from(place).ok()).unwrap_or(10)
}

#[expect(clippy::cast_possible_truncation, reason = "below ten")]
const fn small(number: usize) -> u8 {
    number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_secrets_repeat() {
        assert_eq!(key("unit", "a"), key("unit", "a"));
        assert_ne!(key("unit", "a"), key("vehicle", "a"));
        assert_eq!(key("unit", "a").get_version_num(), 8);
        let terminal = terminal(0);
        assert_eq!(terminal.as_str(), "HZ-00001");
        assert_eq!(secret(1, &terminal), secret(1, &terminal));
        assert_ne!(secret(1, &terminal), secret(2, &terminal));
        assert_eq!(secret(1, &terminal).len(), 64);
    }

    #[test]
    fn plates_tell_what_a_car_runs_on() {
        let mut chance = Chance::of(&[1]);
        for _ in 0..200 {
            assert!(!plate(PlateKind::Ordinary, &mut chance).is_new_energy());
            assert!(plate(PlateKind::Battery, &mut chance).as_str().starts_with("浙AD"));
            assert!(plate(PlateKind::PlugIn, &mut chance).as_str().starts_with("浙AF"));
            let vin = vin("LFP", 2023, &mut chance);
            assert!(vin.as_str().starts_with("LFP"));
            assert_eq!(model_year(&vin), 2023);
        }
    }
}
