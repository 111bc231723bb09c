//! A web server of advertisers: each path answers as its test says, and what it was asked is kept.

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// How a path answers.
#[derive(Clone)]
pub(super) enum Answer {
    /// A status line without the version, and headers without the last line end.
    Head(String),
    /// The first time this, afterwards a page.
    Once(String),
    /// The next number of the query: `/endless?1` goes on to `/endless?2`.
    Count,
    /// Nothing, until the client goes away.
    Never,
    /// A page, once this path was requested.
    After(&'static str),
    /// A page, and the connection stays open until another request comes, which gets no answer.
    Kept,
}

pub(super) fn redirect(to: &str) -> Answer {
    Answer::Head(format!("302 Found\r\nLocation: {to}"))
}

pub(super) fn status(status: &str) -> Answer {
    Answer::Head(status.to_owned())
}

pub(super) struct Server {
    port: u16,
    scheme: &'static str,
    shared: Arc<Shared>,
}

struct Shared {
    answers: HashMap<String, Answer>,
    seen: Mutex<Seen>,
    changed: Condvar,
}

#[derive(Default)]
struct Seen {
    heads: Vec<String>,
    waiting: usize,
    most_waiting: usize,
}

impl Server {
    /// Every other path is a page.
    pub(super) fn start(answers: &[(&str, Answer)]) -> Self {
        Self::listen(answers, "http", |stream| Box::new(stream))
    }

    /// With a certificate for `localhost`, which is signed by `root.pem`.
    pub(super) fn start_tls(answers: &[(&str, Answer)]) -> Self {
        let chain = vec![CertificateDer::from_pem_slice(include_bytes!("localhost.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("localhost.key")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
        Self::listen(answers, "https", move |stream| {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            Box::new(rustls::StreamOwned::new(session, stream))
        })
    }

    fn listen(
        answers: &[(&str, Answer)],
        scheme: &'static str,
        open: impl Fn(TcpStream) -> Box<dyn Stream> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = answers.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect();
        let shared = Arc::new(Shared { answers, seen: Mutex::default(), changed: Condvar::new() });
        let (open, serving) = (Arc::new(open), Arc::clone(&shared));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (open, shared) = (Arc::clone(&open), Arc::clone(&serving));
                // A client that goes away, or refuses the certificate, is what some tests want.
                thread::spawn(move || shared.answer(&mut *open(stream.unwrap())));
            }
        });
        Self { port, scheme, shared }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// A link to a path of this server by the address of this machine.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}{path}", self.scheme, self.port)
    }

    /// The same by a name.
    pub(super) fn named_url(&self, path: &str) -> String {
        format!("{}://localhost:{}{path}", self.scheme, self.port)
    }

    /// The heads of all requests so far.
    pub(super) fn heads(&self) -> Vec<String> {
        self.shared.seen.lock().unwrap().heads.clone()
    }

    /// The paths of all requests so far, in order of their names.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.heads().iter().map(|head| target(head).to_owned()).collect();
        paths.sort();
        paths
    }

    pub(super) fn wait_for_a_request(&self) {
        let seen = self.shared.seen.lock().unwrap();
        drop(self.shared.changed.wait_while(seen, |seen| seen.heads.is_empty()).unwrap());
    }

    /// How many requests for [`Answer::After`] there were at the same time.
    pub(super) fn most_at_once(&self) -> usize {
        self.shared.seen.lock().unwrap().most_waiting
    }
}

trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

fn target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

impl Shared {
    fn answer(&self, stream: &mut dyn Stream) {
        let Ok(head) = read_head(stream) else { return };
        let (path, number) = target(&head).split_once('?').unwrap_or((target(&head), "0"));
        let times = {
            let mut seen = self.seen.lock().unwrap();
            seen.heads.push(head.clone());
            self.changed.notify_all();
            seen.heads.iter().filter(|other| target(other) == target(&head)).count()
        };
        let reply = match self.answers.get(path) {
            Some(Answer::Head(head)) => head.clone(),
            Some(Answer::Once(head)) if times == 1 => head.clone(),
            None | Some(Answer::Once(_)) => "200 OK".to_owned(),
            Some(Answer::Count) => format!("302 Found\r\nLocation: {path}?{}", number.parse::<u64>().unwrap() + 1),
            Some(Answer::Never) => {
                let _gone = stream.read(&mut [0]);
                return;
            }
            Some(Answer::After(path)) => self.wait_for(path),
            Some(Answer::Kept) => {
                let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                let _gone = stream.flush();
                let _next = stream.read(&mut [0]);
                return;
            }
        };
        let _gone = stream.write_all(format!("HTTP/1.1 {reply}\r\nConnection: close\r\n\r\n").as_bytes());
        let _gone = stream.flush();
    }

    fn wait_for(&self, path: &str) -> String {
        let mut seen = self.seen.lock().unwrap();
        seen.waiting += 1;
        seen.most_waiting = seen.most_waiting.max(seen.waiting);
        let is_to_come = |seen: &mut Seen| seen.heads.iter().all(|head| target(head) != path);
        let mut seen = self.changed.wait_while(seen, is_to_come).unwrap();
        seen.waiting -= 1;
        "200 OK".to_owned()
    }
}

fn read_head(stream: &mut dyn Stream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(String::from_utf8(head).unwrap())
}
