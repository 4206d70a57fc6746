//! Writes a map as a file of OpenStreetMap in PBF (`wiki.openstreetmap.org/wiki/PBF_Format`), uncompressed.

use telematics::place::LonLat;

/// Where the little maps lie.
const ORIGIN: (f64, f64) = (120.0, 30.0);
const DEGREE_KM: f64 = 6_371.008_8 * std::f64::consts::PI / 180.0;

/// A place so many kilometres east and north of the origin.
pub(super) fn place(east_km: f64, north_km: f64) -> LonLat {
    let (lon, lat) = degrees(east_km, north_km);
    LonLat::new(lon, lat).unwrap()
}

fn degrees(east_km: f64, north_km: f64) -> (f64, f64) {
    (ORIGIN.0 + east_km / (DEGREE_KM * ORIGIN.1.to_radians().cos()), ORIGIN.1 + north_km / DEGREE_KM)
}

/// Points by number, and tags.
type Way = (Vec<i64>, Vec<(String, String)>);

/// A map under the pen.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    points: Vec<(i64, f64, f64)>,
    ways: Vec<Way>,
}

impl Drawing {
    /// Points by number, kilometres east and north.
    pub(super) fn points(&mut self, points: &[(i64, f64, f64)]) {
        self.points.extend(points);
    }

    pub(super) fn way(&mut self, refs: &[i64], tags: &[(&str, &str)]) {
        self.ways.push((refs.to_vec(), tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()));
    }

    /// The bytes of the file.
    pub(super) fn file(&self) -> Vec<u8> {
        let header = field(4, b"OsmSchema-V0.6");
        [blob("OSMHeader", &header), blob("OSMData", &self.block())].concat()
    }

    fn block(&self) -> Vec<u8> {
        let mut words: Vec<&str> = vec![""];
        let mut group = Vec::new();
        for (id, east, north) in &self.points {
            let (lon, lat) = degrees(*east, *north);
            #[expect(clippy::cast_possible_truncation, reason = "ten-millionths of a degree")]
            let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
            let node = [number(1, signed(*id)), number(8, signed(e7(lat))), number(9, signed(e7(lon)))].concat();
            group.extend(field(1, &node));
        }
        for (id, (refs, tags)) in (1_u64..).zip(&self.ways) {
            let mut word = |text| {
                words.push(text);
                varint(words.len() as u64 - 1)
            };
            let keys: Vec<u8> = tags.iter().flat_map(|(key, _)| word(key)).collect();
            let values: Vec<u8> = tags.iter().flat_map(|(_, value)| word(value)).collect();
            let mut before = 0;
            let steps = refs.iter().map(|id| id - std::mem::replace(&mut before, *id));
            let refs: Vec<u8> = steps.flat_map(|step| varint(signed(step))).collect();
            group.extend(field(3, &[number(1, id), field(2, &keys), field(3, &values), field(8, &refs)].concat()));
        }
        let table: Vec<u8> = words.iter().flat_map(|word| field(1, word.as_bytes())).collect();
        [field(1, &table), field(2, &group)].concat()
    }
}

fn blob(kind: &str, data: &[u8]) -> Vec<u8> {
    let blob = field(1, data);
    let header = [field(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
    let length = u32::try_from(header.len()).unwrap().to_be_bytes();
    [&length[..], &header, &blob].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let [low, ..] = value.to_le_bytes();
        value >>= 7;
        if value == 0 {
            bytes.push(low & 0x7f);
            break;
        }
        bytes.push(low | 0x80);
    }
    bytes
}

/// Small numbers of either sign are short.
fn signed(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn number(tag: u64, value: u64) -> Vec<u8> {
    [varint(tag << 3), varint(value)].concat()
}

fn field(tag: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(tag << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}
