//! A TCP server that follows a script, so that a test decides at which byte an exchange breaks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does on a connection, one after the other.
pub(super) enum Step {
    /// Reads a request and answers with these bytes.
    Answer(Vec<u8>),
    /// Reads a request.
    Read,
    /// Does something that the test wants done at this moment.
    Do(Box<dyn FnOnce() + Send>),
    /// Advances the paused clock by this much.
    TimePasses(Duration),
    /// Resets the connection.
    Reset,
    /// Closes the connection.
    Close,
    /// Writes without having read anything.
    Write(Vec<u8>),
}

/// The server; it listens until its script is through.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that goes through one list of steps a connection.
    pub(super) async fn start(connections: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(follow(listener, connections, Arc::clone(&requests)));
        Self { address, requests }
    }

    /// A server that answers so many requests, each with the next of these replies, on a connection each.
    pub(super) async fn answering(replies: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self::start(replies.into_iter().map(|reply| vec![Step::Answer(reply), Step::Close]).collect()).await
    }

    /// The requests that came in whole.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn follow(listener: TcpListener, connections: Vec<Vec<Step>>, requests: Arc<Mutex<Vec<String>>>) {
    for steps in connections {
        let (mut stream, _) = listener.accept().await.unwrap();
        for step in steps {
            match step {
                Step::Read => read_request(&mut stream, &requests).await,
                Step::Answer(reply) => {
                    read_request(&mut stream, &requests).await;
                    stream.write_all(&reply).await.unwrap();
                }
                Step::Do(something) => something(),
                Step::TimePasses(duration) => {
                    tokio::time::pause();
                    tokio::time::advance(duration).await;
                    tokio::time::resume();
                    // The waiting client must notice the time before the connection is closed.
                    tokio::task::yield_now().await;
                }
                Step::Reset => stream.set_zero_linger().unwrap(),
                Step::Close => stream.shutdown().await.unwrap(),
                Step::Write(bytes) => stream.write_all(&bytes).await.unwrap(),
            }
        }
    }
}

async fn read_request(stream: &mut TcpStream, requests: &Mutex<Vec<String>>) {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
                .unwrap_or(0);
            if body.len() >= length {
                requests.lock().unwrap().push(text);
                return;
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
    }
}

/// An address without a listener. The socket holds the port as long as it is kept.
pub(super) fn refusing() -> (tokio::net::TcpSocket, SocketAddr) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// A whole reply with a JSON body.
pub(super) fn json(status: u16, body: &str) -> Vec<u8> {
    reply(status, "Content-Type: application/json\r\n", body)
}

/// A whole reply with any headers.
pub(super) fn reply(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Some Reason\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
