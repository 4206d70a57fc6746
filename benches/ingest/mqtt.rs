//! The words of MQTT 3.1.1 that the load needs: sign in, publish, count acknowledgements.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fleet::Car;

/// Puts the record of a sequence as a message.
pub(crate) fn put(out: &mut Vec<u8>, payload: &mut Vec<u8>, car: &Car, topic: &str, sequence: i64) {
    payload.clear();
    car.put_payload(payload, sequence);
    put_publish(out, topic, packet_id(sequence), payload);
}

/// Acknowledgements in `input`, and the bytes that they take; nothing but PUBACK comes down, four bytes each, in order.
pub(crate) fn acknowledged(input: &[u8]) -> io::Result<(usize, usize)> {
    if input.iter().step_by(4).any(|byte| *byte != 0x40) {
        return Err(io::Error::other("a packet that is no PUBACK"));
    }
    Ok((input.len() / 4, input.len() / 4 * 4))
}

fn packet_id(sequence: i64) -> u16 {
    u16::try_from(sequence % 65_535).unwrap_or_default() + 1
}

/// Signs in with MQTT 3.1.1.
pub(crate) async fn connect(address: SocketAddr, car: &Car) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let name = car.terminal.as_bytes();
    let mut body = b"\x00\x04MQTT\x04\xc2\x00\x3c".to_vec();
    for field in [name, name, name] {
        body.extend(u16::try_from(field.len()).unwrap_or_default().to_be_bytes());
        body.extend(field);
    }
    let mut packet = vec![0x10, u8::try_from(body.len()).unwrap_or_default()];
    packet.extend(body);
    stream.write_all(&packet).await?;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await?;
    if answer == [0x20, 2, 0, 0] { Ok(stream) } else { Err(io::Error::other("not let in")) }
}

/// PUBLISH with `QoS` 1.
pub(crate) fn put_publish(out: &mut Vec<u8>, topic: &str, packet_id: u16, payload: &[u8]) {
    out.push(0x32);
    let mut length = 2 + topic.len() + 2 + payload.len();
    while length > 0x7f {
        out.push(u8::try_from(length & 0x7f).unwrap_or_default() | 0x80);
        length >>= 7;
    }
    out.push(u8::try_from(length).unwrap_or_default());
    out.extend(u16::try_from(topic.len()).unwrap_or_default().to_be_bytes());
    out.extend(topic.as_bytes());
    out.extend(packet_id.to_be_bytes());
    out.extend(payload);
}
