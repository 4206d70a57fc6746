//! Frames decoded a second behind real sockets: a hundred connections over the loopback, ten frames a write, one thread that reads
//! and decodes, one that sends. Nothing is stored or answered: what is measured is the way from the socket to the position.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::{Buf as _, BytesMut};
use telematics::jt808::location::Basic;
use telematics::jt808::{Framer, frame::FRAME_MAX};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::decode::{FRAMES, jt808_stream};

const CONNECTIONS: usize = 100;
/// Frames that are written at once, as a terminal's network hands them over.
const AT_ONCE: usize = 10;
/// How often each connection sends the whole stream.
const ROUNDS: usize = 40;

/// Measures and prints.
pub(crate) fn run() {
    let stream: Arc<[u8]> = jt808_stream().into();
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).expect("a port");
    let address = listener.local_addr().expect("its address");
    let sender = thread::spawn(move || send(address, &stream));
    let (count, took) = runtime.block_on(receive(listener));
    sender.join().expect("the sender does not panic");
    assert_eq!(count, CONNECTIONS * ROUNDS * FRAMES as usize, "every frame arrived");
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = count as f64 / took.as_secs_f64() / 1e6;
    println!("  {:<48} {rate:>6.2} M", "JT/T 808 over loopback, 100 connections");
}

/// Takes all connections and all they say; how many frames, and the time from the first connection to the last byte.
async fn receive(listener: TcpListener) -> (usize, Duration) {
    let mut readers = JoinSet::new();
    let mut began = None;
    for _ in 0..CONNECTIONS {
        let (socket, _) = listener.accept().await.expect("a connection");
        began.get_or_insert_with(Instant::now);
        readers.spawn(read(socket));
    }
    let counts = readers.join_all().await;
    (counts.into_iter().sum(), began.map(|began| began.elapsed()).unwrap_or_default())
}

async fn read(mut socket: TcpStream) -> usize {
    let (mut framer, mut buffer, mut count) = (Framer::default(), BytesMut::with_capacity(4 * FRAME_MAX), 0);
    while socket.read_buf(&mut buffer).await.expect("the loopback does not fail") > 0 {
        loop {
            let (done, found) = framer.next(&buffer);
            if let Some(found) = found {
                let _ = black_box(Basic::read(found.frame.expect("a good frame").body));
                count += 1;
                buffer.advance(done);
            } else {
                buffer.advance(done);
                break;
            }
        }
    }
    count
}

fn send(address: SocketAddr, stream: &[u8]) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    // Every frame of the stream begins and ends with a flag: the ends of each tenth are where it is cut.
    let ends: Vec<usize> = stream.iter().enumerate().filter(|(_, byte)| **byte == 0x7e).map(|(place, _)| place + 1).collect();
    let cuts: Vec<usize> = ends.chunks(2 * AT_ONCE).filter_map(|chunk| chunk.last().copied()).collect();
    let chunks: Vec<Vec<u8>> = std::iter::once(0)
        .chain(cuts.iter().copied())
        .zip(cuts.iter().copied())
        .map(|(from, to)| stream.get(from..to).unwrap_or_default().to_vec())
        .collect();
    let chunks: Arc<[Vec<u8>]> = chunks.into();
    runtime.block_on(async move {
        let mut writers = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let chunks = Arc::clone(&chunks);
            let mut socket = TcpStream::connect(address).await.expect("the listener is there");
            writers.spawn(async move {
                for _ in 0..ROUNDS {
                    for chunk in chunks.iter() {
                        socket.write_all(chunk).await.expect("the loopback does not fail");
                    }
                }
            });
        }
        writers.join_all().await;
    });
}
