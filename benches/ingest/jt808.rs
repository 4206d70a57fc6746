//! The words of JT/T 808-2019 that the load needs: authenticate, report, count general answers.

use std::io;
use std::net::SocketAddr;

use gateway::probe::jt808::location;
use telematics::jt808::{Edition, Header, TerminalNo, frame, text};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fleet::Car;

const FLAG: u8 = 0x7e;

/// Authenticates; the secret of a car of the bench is its name.
pub(crate) async fn connect(address: SocketAddr, car: &Car) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut body = vec![u8::try_from(car.terminal.len()).unwrap_or(u8::MAX)];
    body.extend_from_slice(car.terminal.as_bytes());
    body.extend_from_slice(b"860000000000001");
    text::put_fixed(&mut body, "1.0.0", 20);
    let mut out = Vec::new();
    put_frame(&mut out, car, 0x0102, 0, &body);
    stream.write_all(&out).await?;
    let mut answer = Vec::new();
    while acknowledged(&answer)?.0 == 0 {
        if stream.read_buf(&mut answer).await? == 0 {
            return Err(io::Error::other("not let in"));
        }
    }
    Ok(stream)
}

/// Puts the report of a sequence.
pub(crate) fn put(out: &mut Vec<u8>, car: &Car, sequence: i64) {
    let record = car.record(sequence);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "degrees of China")]
    let e6 = |degrees: Option<f64>| (degrees.unwrap_or_default() * 1e6).round() as u32;
    let at = chrono::DateTime::from_timestamp_millis(record.t).unwrap_or_default();
    let body = location(at, e6(record.lat), e6(record.lon), u32::try_from(sequence).unwrap_or_default());
    put_frame(out, car, 0x0200, u16::try_from(sequence % 65_536).unwrap_or_default(), &body);
}

/// General answers in `input`, and the bytes that they take: each stands between two flags.
pub(crate) fn acknowledged(input: &[u8]) -> io::Result<(usize, usize)> {
    if input.first().is_some_and(|first| *first != FLAG) {
        return Err(io::Error::other("an answer begins with a flag"));
    }
    let (mut flags, mut end) = (0, 0);
    for (place, byte) in input.iter().enumerate() {
        if *byte == FLAG {
            flags += 1;
            if flags % 2 == 0 {
                end = place + 1;
            }
        }
    }
    Ok((flags / 2, end))
}

fn put_frame(out: &mut Vec<u8>, car: &Car, id: u16, serial: u16, body: &[u8]) {
    let number = TerminalNo::of_digits(&car.terminal, Edition::V2019).expect("a car's name is a number");
    frame::put(out, &Header::plain(id, Edition::V2019, number, serial), body).expect("a short body");
}
