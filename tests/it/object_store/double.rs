//! An object store in this process, which breaks on request.
//!
//! It keeps conditions as S3 and Azure do (an `ETag` is the digest of the bytes, `If-None-Match: *` creates only, `If-Match` replaces only) and
//! as Google does (each write has a generation, and `x-goog-if-generation-match` names the one to replace, 0 where there is to be none).

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is done, and the connection ends without a reply.
    LostReply,
    /// It is not done, and the connection ends without a reply.
    LostRequest,
    /// It is done, and the reply has this status.
    After(u16),
    /// It is not done, and the reply has this status.
    Before(u16),
    /// The reply comes late.
    Late,
}

/// What the store does besides.
#[derive(Debug, Default)]
pub(super) struct Conduct {
    /// The request, counted from 1, that has a fault.
    pub(super) fault: Option<(usize, Fault)>,
    /// What is answered to each request whose path ends so: a status, a code and a message.
    pub(super) refusal: Option<(&'static str, u16, &'static str, &'static str)>,
    /// Whether nothing may be written.
    pub(super) is_read_only: bool,
    /// Whether conditions are taken for done.
    pub(super) ignores_conditions: bool,
    /// How long each request takes.
    pub(super) latency: Duration,
}

#[derive(Debug, Default)]
struct World {
    /// The bytes, and the number of the write.
    objects: BTreeMap<String, (Vec<u8>, usize)>,
    writes: usize,
    /// Method and path of each request.
    requests: Vec<String>,
    conduct: Conduct,
    /// How many requests are answered at this moment, and the most there were.
    at_once: (usize, usize),
}

/// The store.
#[derive(Debug, Clone)]
pub(super) struct Double {
    world: Arc<Mutex<World>>,
    address: String,
}

impl Double {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let world = Arc::new(Mutex::new(World::default()));
        let store = Self { world, address };
        let serving = store.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(serving.serve(listener));
        });
        store
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn conduct(&self, conduct: Conduct) {
        self.world().conduct = conduct;
    }

    /// The requests since the last call.
    pub(super) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.world().requests)
    }

    /// The most requests that were answered at once.
    pub(super) fn most_at_once(&self) -> usize {
        self.world().at_once.1
    }

    /// The objects whose names, without the bucket, begin so.
    pub(super) fn objects(&self, start: &str) -> BTreeMap<String, Vec<u8>> {
        let world = self.world();
        let named = world.objects.iter().filter_map(|(name, (bytes, _))| Some((name.split_once('/')?.1, bytes)));
        named
            .filter(|(name, _)| name.starts_with(start))
            .map(|(name, bytes)| (name.to_owned(), bytes.clone()))
            .collect()
    }

    pub(super) fn remove(&self, name: &str) {
        self.world().objects.retain(|at, _| !at.ends_with(name));
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    async fn serve(self, listener: TcpListener) {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let store = self.clone();
            tokio::spawn(async move {
                let service = service_fn(|request: Request<hyper::body::Incoming>| {
                    let store = store.clone();
                    async move { store.answer(request.map(Body::new)).await }
                });
                // A connection that ends is what was asked for.
                drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
            });
        }
    }

    /// Answers; an error ends the connection.
    async fn answer(&self, request: Request<Body>) -> Result<Response<Body>, Ended> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, 16 << 20).await.unwrap().to_vec();
        let path = parts.uri.path().trim_start_matches('/').replace("%2F", "/");
        let (fault, refusal, latency) = {
            let mut world = self.world();
            world.requests.push(format!("{} {path}", parts.method));
            world.at_once.0 += 1;
            world.at_once.1 = world.at_once.1.max(world.at_once.0);
            let number = world.requests.len();
            let fault = world.conduct.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
            (fault, world.conduct.refusal.filter(|(end, ..)| path.ends_with(end)), world.conduct.latency)
        };
        tokio::time::sleep(latency).await;
        let is_read_only = self.world().conduct.is_read_only && parts.method != Method::GET;
        let denied = is_read_only.then_some(("", 403, "AccessDenied", "Access Denied"));
        let answered = if let Some((_, status, code, message)) = refusal.or(denied) {
            Ok(error(status, code, message))
        } else {
            self.with_fault(fault, &parts, &path, bytes).await
        };
        self.world().at_once.0 -= 1;
        answered
    }

    async fn with_fault(
        &self,
        fault: Option<Fault>,
        parts: &axum::http::request::Parts,
        path: &str,
        bytes: Vec<u8>,
    ) -> Result<Response<Body>, Ended> {
        match fault {
            None => Ok(self.carry_out(parts, path, bytes)),
            Some(Fault::LostRequest) => Err(Ended),
            Some(Fault::LostReply) => {
                self.carry_out(parts, path, bytes);
                Err(Ended)
            }
            Some(Fault::Before(status)) => Ok(error(status, "Fault", "asked for")),
            Some(Fault::After(status)) => {
                self.carry_out(parts, path, bytes);
                Ok(error(status, "Fault", "asked for"))
            }
            Some(Fault::Late) => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Ok(self.carry_out(parts, path, bytes))
            }
        }
    }

    fn carry_out(&self, parts: &axum::http::request::Parts, path: &str, bytes: Vec<u8>) -> Response<Body> {
        let mut world = self.world();
        let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let present = world.objects.get(path).map(|(bytes, generation)| (tag(bytes), generation.to_string()));
        let refused = || error(412, "PreconditionFailed", "At least one of the conditions did not hold.");
        match parts.method {
            Method::GET => match world.objects.get(path) {
                Some((bytes, generation)) => found(bytes.clone(), *generation),
                None => error(404, "NoSuchKey", "The specified key does not exist."),
            },
            Method::DELETE => {
                world.objects.remove(path);
                Response::builder().status(StatusCode::NO_CONTENT).body(Body::empty()).unwrap()
            }
            Method::PUT => {
                if !world.conduct.ignores_conditions {
                    if header("if-none-match").is_some() && present.is_some() {
                        return refused();
                    }
                    match (header("if-match"), &present) {
                        (Some(_), None) => return error(404, "NoSuchKey", "The specified key does not exist."),
                        (Some(wanted), Some((tag, _))) if wanted != *tag => return refused(),
                        _ => {}
                    }
                    let generation = present.map_or_else(|| "0".to_owned(), |(_, generation)| generation);
                    if header("x-goog-if-generation-match").is_some_and(|wanted| wanted != generation) {
                        return refused();
                    }
                }
                let tag = tag(&bytes);
                world.writes += 1;
                let generation = world.writes;
                world.objects.insert(path.to_owned(), (bytes, generation));
                Response::builder()
                    .header("etag", tag)
                    .header("x-goog-generation", generation)
                    .body(Body::empty())
                    .unwrap()
            }
            _ => error(405, "MethodNotAllowed", "The specified method is not allowed."),
        }
    }
}

/// The connection ends.
#[derive(Debug)]
struct Ended;

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection ends")
    }
}

impl std::error::Error for Ended {}

impl From<Infallible> for Ended {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &blake3::hash(bytes).to_hex()[..32])
}

fn found(bytes: Vec<u8>, generation: usize) -> Response<Body> {
    let response = Response::builder().header("x-goog-generation", generation);
    let response = response.header("etag", tag(&bytes)).header("last-modified", "Wed, 01 Jan 2025 00:00:00 GMT");
    response.header("content-length", bytes.len()).body(Body::from(bytes)).unwrap()
}

fn error(status: u16, code: &str, message: &str) -> Response<Body> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    Response::builder().status(status).header("content-type", "application/xml").body(Body::from(text)).unwrap()
}
