//! Values as bytes, in as few as they need.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::id::{TripId, VehicleNo};
use crate::place::LonLat;
use crate::quantity::{Distance, Heading, Share, Speed, Voltage, Volume};

/// A value that can be written and read back equal.
pub(super) trait Packed: Sized {
    fn put(&self, writer: &mut Writer);
    /// `None` when the bytes end or hold what the value cannot be.
    fn take(reader: &mut Reader<'_>) -> Option<Self>;
}

/// Declares a struct as its fields one after another; a field left out does not compile.
macro_rules! packed {
    ($name:ty { $($field:ident),+ }) => {
        impl $crate::tracker::pack::bytes::Packed for $name {
            fn put(&self, writer: &mut $crate::tracker::pack::bytes::Writer) {
                $($crate::tracker::pack::bytes::Packed::put(&self.$field, writer);)+
            }

            fn take(reader: &mut $crate::tracker::pack::bytes::Reader<'_>) -> Option<Self> {
                Some(Self { $($field: $crate::tracker::pack::bytes::Packed::take(reader)?),+ })
            }
        }
    };
}
pub(super) use packed;

/// Bytes being written, and the last time among them.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    last: i64,
}

/// Bytes being read, and the last time among them.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    last: i64,
}

impl Writer {
    pub(super) fn new(layout: u8) -> Self {
        let mut bytes = Vec::with_capacity(320);
        bytes.push(layout);
        Self { bytes, last: 0 }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits a byte, small negative numbers as small as positive ones.
    fn whole(&mut self, value: i64) {
        let mut bits = ((value << 1) ^ (value >> 63)).cast_unsigned();
        while bits >= 0x80 {
            self.byte(bits.to_le_bytes()[0] | 0x80);
            bits >>= 7;
        }
        self.byte(bits.to_le_bytes()[0]);
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, last: 0 }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn whole(&mut self) -> Option<i64> {
        let mut bits = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            bits |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed());
            }
        }
        None
    }

    fn some<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*taken)
    }
}

impl Packed for bool {
    fn put(&self, writer: &mut Writer) {
        writer.byte(u8::from(*self));
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Whole numbers of any size, by way of a varint.
macro_rules! whole {
    ($($name:ty),+) => {
        $(impl Packed for $name {
            fn put(&self, writer: &mut Writer) {
                writer.whole(i64::from(*self));
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                reader.whole()?.try_into().ok()
            }
        })+
    };
}
whole!(u8, u16, i32, u32, i64);

/// Thousandths where that is exact, else the eight bytes; the first byte says which.
impl Packed for f64 {
    #[expect(clippy::cast_possible_truncation, reason = "only what comes back equal is written so")]
    #[expect(clippy::cast_precision_loss, reason = "the same")]
    fn put(&self, writer: &mut Writer) {
        let thousandths = (self * 1000.0).round() as i64;
        if thousandths.unsigned_abs() < 1 << 52 && (thousandths as Self / 1000.0).to_bits() == self.to_bits() {
            // Odd: a varint that carries its own mark.
            writer.whole(thousandths << 1 | 1);
        } else {
            writer.whole(0);
            writer.bytes.extend_from_slice(&self.to_bits().to_le_bytes());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "the writer checked that it comes back equal")]
    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.whole()? {
            0 => Some(Self::from_bits(u64::from_le_bytes(reader.some()?))),
            marked if marked & 1 == 1 => Some((marked >> 1) as Self / 1000.0),
            _ => None,
        }
    }
}

/// Difference to the time before in milliseconds, and the nanoseconds within the millisecond.
impl Packed for DateTime<Utc> {
    fn put(&self, writer: &mut Writer) {
        let millis = self.timestamp_millis();
        writer.whole(millis.wrapping_sub(writer.last));
        writer.whole(i64::from(self.timestamp_subsec_nanos() % 1_000_000));
        writer.last = millis;
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let millis = reader.last.wrapping_add(reader.whole()?);
        let nanos = u32::try_from(reader.whole()?).ok().filter(|nanos| *nanos < 1_000_000)?;
        reader.last = millis;
        let subsec = u32::try_from(millis.rem_euclid(1000)).ok()? * 1_000_000 + nanos;
        Self::from_timestamp(millis.div_euclid(1000), subsec)
    }
}

/// Degrees of 1e-7 where that is exact, which it is for all that went through the store's resolution.
impl Packed for LonLat {
    fn put(&self, writer: &mut Writer) {
        let (lon, lat) = self.to_e7();
        if Self::from_e7(lon, lat) == Ok(*self) {
            writer.byte(1);
            lon.put(writer);
            lat.put(writer);
        } else {
            writer.byte(0);
            writer.bytes.extend_from_slice(&self.lon().to_bits().to_le_bytes());
            writer.bytes.extend_from_slice(&self.lat().to_bits().to_le_bytes());
        }
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.byte()? {
            1 => Self::from_e7(i32::take(reader)?, i32::take(reader)?).ok(),
            0 => {
                let lon = f64::from_bits(u64::from_le_bytes(reader.some()?));
                let lat = f64::from_bits(u64::from_le_bytes(reader.some()?));
                Self::new(lon, lat).ok()
            }
            _ => None,
        }
    }
}

/// Newtypes, by what is inside.
macro_rules! newtype {
    ($($name:ty = $make:path, $read:path;)+) => {
        $(impl Packed for $name {
            fn put(&self, writer: &mut Writer) {
                $read(*self).put(writer);
            }

            fn take(reader: &mut Reader<'_>) -> Option<Self> {
                Some($make(Packed::take(reader)?))
            }
        })+
    };
}
newtype! {
    Speed = Self::from_kmh, Self::kmh;
    Distance = Self::from_metres, Self::metres;
    Volume = Self::from_litres, Self::litres;
    Share = Self::from_pct, Self::pct;
    Voltage = Self::from_volts, Self::volts;
    Heading = Self::from_degrees, Self::degrees;
}

impl Packed for VehicleNo {
    fn put(&self, writer: &mut Writer) {
        self.0.put(writer);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Packed::take(reader).map(Self)
    }
}

impl Packed for TripId {
    fn put(&self, writer: &mut Writer) {
        writer.bytes.extend_from_slice(self.0.as_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self(Uuid::from_bytes(reader.some()?)))
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put(&self, writer: &mut Writer) {
        self.is_some().put(writer);
        if let Some(value) = self {
            value.put(writer);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        if bool::take(reader)? { T::take(reader).map(Some) } else { Some(None) }
    }
}

impl<T: Packed> Packed for Box<T> {
    fn put(&self, writer: &mut Writer) {
        self.as_ref().put(writer);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        T::take(reader).map(Self::new)
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn put(&self, writer: &mut Writer) {
        self.0.put(writer);
        self.1.put(writer);
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        Some((A::take(reader)?, B::take(reader)?))
    }
}

impl Packed for String {
    fn put(&self, writer: &mut Writer) {
        writer.whole(i64::try_from(self.len()).unwrap_or(i64::MAX));
        writer.bytes.extend_from_slice(self.as_bytes());
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        let length = usize::try_from(reader.whole()?).ok()?;
        let (text, rest) = reader.bytes.split_at_checked(length)?;
        reader.bytes = rest;
        Some(std::str::from_utf8(text).ok()?.to_owned())
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn put(&self, writer: &mut Writer) {
        writer.whole(i64::try_from(self.len()).unwrap_or(i64::MAX));
        for value in self {
            value.put(writer);
        }
    }

    fn take(reader: &mut Reader<'_>) -> Option<Self> {
        (0..reader.whole()?).map(|_| T::take(reader)).collect()
    }
}
