//! What no link of a test through the binary can show: redirects from a public host. The names of public hosts stand for this machine here.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

use super::follower::{Followed, Follower, builder};
use super::problem::LinkProblem;

/// A server that answers each path with a redirect to the address behind it, and knows what it was asked for.
struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(redirects: &'static [(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let asked = Arc::clone(&heads);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap() > 0 {}
                let head = String::from_utf8(head).unwrap();
                let target = redirects.iter().find(|(from, _)| *from == path(&head));
                let reply = match target {
                    Some((_, to)) => {
                        let to = to.replace("PORT", &address.port().to_string());
                        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nConnection: close\r\n\r\n")
                    }
                    None => "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_owned(),
                };
                asked.lock().unwrap().push(head);
                stream.write_all(reply.as_bytes()).await.unwrap();
            }
        });
        Self { address, heads }
    }

    /// Follows a link to a path of this server, by one of its names.
    async fn follow(&self, host: &str, path: &str) -> Followed {
        let client = builder(Duration::from_secs(20)).resolve("shop.example", self.address);
        let link = format!("http://{host}:{}{path}", self.address.port());
        Follower::of(client).unwrap().follow(&Url::parse(&link).unwrap()).await
    }

    fn asked(&self) -> Vec<String> {
        self.heads.lock().unwrap().iter().map(|head| path(head).to_owned()).collect()
    }
}

fn path(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

fn problem(followed: &Followed) -> Option<&LinkProblem> {
    followed.stop.as_ref().map(|stop| &stop.problem)
}

#[tokio::test]
async fn a_public_host_leads_nobody_to_this_machine_or_a_private_network() {
    for to in [
        "http://127.0.0.1:PORT/secret",
        "http://localhost:PORT/secret",
        "http://[::ffff:127.0.0.1]:PORT/secret",
        "http://2130706433:PORT/secret",
        "//0.0.0.0:PORT/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://192.168.0.1/secret",
    ] {
        let redirects: &'static [_] = Box::leak(Box::new([("/", to)]));
        let server = Server::start(redirects).await;
        let followed = server.follow("shop.example", "/").await;
        assert_eq!(problem(&followed), Some(&LinkProblem::NotPublic), "{to}");
        assert_eq!(server.asked(), ["/"], "{to}");
    }
}

#[tokio::test]
async fn a_link_that_names_this_machine_does_not_come_back_to_it_from_elsewhere() {
    let server = Server::start(&[
        ("/", "/here"),
        ("/here", "http://shop.example:PORT/away"),
        ("/away", "http://127.0.0.1:PORT/secret"),
    ])
    .await;
    let followed = server.follow("localhost", "/").await;
    assert_eq!(problem(&followed), Some(&LinkProblem::NotPublic));
    assert_eq!(server.asked(), ["/", "/here", "/away"]);
}

#[tokio::test]
async fn a_redirect_sends_no_credentials_that_it_brings_along() {
    let server = Server::start(&[("/", "http://user:secret@shop.example:PORT/next#top")]).await;
    let followed = server.follow("shop.example", "/").await;
    assert_eq!(problem(&followed), None);
    let last = followed.hops.last().unwrap().url.to_string();
    assert_eq!(last, format!("http://shop.example:{}/next", server.address.port()));
    let heads = server.heads.lock().unwrap().join("").to_ascii_lowercase();
    assert!(!heads.contains("authorization") && !heads.contains("referer"), "{heads}");
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_not_asked_for_every_link() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepted = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&accepted);
    tokio::spawn(async move {
        loop {
            // Open and without a reply for as long as the test runs.
            let stream = listener.accept().await.unwrap();
            kept.lock().unwrap().push(stream);
        }
    });
    let follower = Follower::of(builder(Duration::from_millis(20))).unwrap();
    let link = |number: usize| Url::parse(&format!("http://127.0.0.1:{port}/{number}")).unwrap();
    let links: Vec<Url> = (0..20).map(link).collect();
    let problems = futures_util::future::join_all(links.iter().map(|link| follower.follow(link))).await;
    let problems: Vec<LinkProblem> = problems.into_iter().map(|followed| followed.stop.unwrap().problem).collect();
    let asked = problems.iter().filter(|problem| matches!(problem, LinkProblem::Unreachable(_))).count();
    // Two are under way at once, so one more than three may be.
    assert!((3..=4).contains(&asked), "{problems:?}");
    assert_eq!(problems.iter().filter(|problem| **problem == LinkProblem::SilentHost).count(), 20 - asked);
    assert!(accepted.lock().unwrap().len() <= 4);
}
