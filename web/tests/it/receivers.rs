//! Receivers of messages on real sockets: an address that takes JSON, and a mail server, with TLS where it has a certificate.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(20);

/// What somebody posted.
pub(crate) struct Posted {
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

/// An address that takes JSON; it answers as it is told, then with its usual answer.
pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    answers: Arc<Mutex<VecDeque<(u16, &'static str)>>>,
    posted: UnboundedReceiver<Posted>,
}

type Answers = (Arc<Mutex<VecDeque<(u16, &'static str)>>>, &'static str, UnboundedSender<Posted>);

impl Receiver {
    pub(crate) async fn start(usual: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, posted) = unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let router = Router::new().fallback(take).with_state((Arc::clone(&answers), usual, sender));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, answers, posted }
    }

    /// What it answers next, before its usual answer.
    pub(crate) fn answer_next(&self, answers: &[(u16, &'static str)]) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// The next post.
    pub(crate) async fn next(&mut self) -> Posted {
        tokio::time::timeout(DEADLINE, self.posted.recv()).await.expect("nothing was posted in time").unwrap()
    }

    /// Nothing has been posted that was not looked at.
    pub(crate) fn is_empty(&self) -> bool {
        self.posted.is_empty()
    }
}

async fn take(State((answers, usual, posted)): State<Answers>, request: Request) -> (StatusCode, &'static str) {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    posted.send(Posted { uri: parts.uri, headers: parts.headers, body }).unwrap();
    let (status, answer) = answers.lock().unwrap().pop_front().unwrap_or((200, usual));
    (StatusCode::from_u16(status).unwrap(), answer)
}

/// What a mail server heard in one conversation: commands, and the mail if it took one.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) commands: Vec<String>,
    pub(crate) mail: Option<String>,
}

/// A mail server (RFC 5321), enough of one.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    refusals: Arc<Mutex<VecDeque<&'static str>>>,
    heard: UnboundedReceiver<Heard>,
}

impl MailServer {
    /// Starts one; with a certificate and its key it offers STARTTLS.
    pub(crate) async fn start(pair: Option<(&Path, &Path)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = unbounded_channel();
        let refusals = Arc::new(Mutex::new(VecDeque::new()));
        let acceptor = pair.map(|(certificate, key)| acceptor(certificate, key));
        let left = Arc::clone(&refusals);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, left, sender) = (acceptor.clone(), Arc::clone(&left), sender.clone());
                tokio::spawn(async move {
                    let mut heard = Heard::default();
                    let mut stream = BufReader::new(stream);
                    stream.write_all(b"220 mail.test ESMTP\r\n").await.unwrap();
                    if talk(&mut stream, acceptor.is_some(), &left, &mut heard).await
                        && let Some(acceptor) = acceptor
                    {
                        // Whoever does not trust the certificate leaves here.
                        if let Ok(secured) = acceptor.accept(stream.into_inner()).await {
                            talk(&mut BufReader::new(secured), false, &left, &mut heard).await;
                        }
                    }
                    let _ = sender.send(heard);
                });
            }
        });
        Self { address, refusals, heard }
    }

    /// What it answers to the next recipients instead of taking them.
    pub(crate) fn refuse_next(&self, replies: &[&'static str]) {
        self.refusals.lock().unwrap().extend(replies);
    }

    /// The next conversation, when it is over.
    pub(crate) async fn next(&mut self) -> Heard {
        tokio::time::timeout(DEADLINE, self.heard.recv()).await.expect("nobody wrote in time").unwrap()
    }
}

fn acceptor(certificate: &Path, key: &Path) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()))
}

/// Talks until the client leaves, or, `true`, wants TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut BufReader<S>,
    has_tls: bool,
    refusals: &Mutex<VecDeque<&'static str>>,
    heard: &mut Heard,
) -> bool {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return false;
        }
        let line = line.trim_end().to_owned();
        heard.commands.push(line.clone());
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let reply = match verb.as_str() {
            "EHLO" if has_tls => "250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n".to_owned(),
            "EHLO" => "250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n".to_owned(),
            "RCPT" => refusals.lock().unwrap().pop_front().map_or("250 fine\r\n".to_owned(), |reply| format!("{reply}\r\n")),
            "AUTH" => "235 welcome\r\n".to_owned(),
            "STARTTLS" => "220 go on\r\n".to_owned(),
            "DATA" => "354 go on\r\n".to_owned(),
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 fine\r\n".to_owned(),
        };
        if stream.write_all(reply.as_bytes()).await.is_err() || verb == "QUIT" {
            return false;
        }
        if verb == "STARTTLS" {
            return true;
        }
        if verb == "DATA" {
            let mut mail = String::new();
            while !mail.ends_with("\r\n.\r\n") {
                stream.read_line(&mut mail).await.unwrap();
            }
            heard.mail = Some(mail);
            stream.write_all(b"250 taken\r\n").await.unwrap();
        }
    }
}
