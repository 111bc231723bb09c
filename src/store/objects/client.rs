//! Requests to an object store, one for each thing that a home needs.
//!
//! Owns what is repeated: reads, pieces (each has a name of its own) and removals. A conditional write is sent once: what became of it is
//! found out by reading back, above. Invariant: bytes that are not those of a piece's digest are never returned.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, UpdateVersion};

use crate::fault_point::shortened;
use crate::store::home::{HomeError, Kind};
use crate::store::place::ObjectPlace;

use super::answers::{Heard, heard, meaning};
use super::connect::connect;
use super::runner::Runner;

/// Where the pieces are.
const PIECES: &str = "pieces";

/// How many pieces are read or written side by side. A store answers in tens of milliseconds, and a large state has thousands of pieces.
const SIDE_BY_SIDE: usize = 32;

/// How often a request is made that can be repeated.
const ATTEMPTS: u32 = 4;

/// The wait before the second attempt; doubled each time.
const WAIT: Duration = Duration::from_millis(500);

/// How many digits of a digest a name has.
const DIGITS: usize = 32;

/// Under which condition an object is written.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// There is none of that name.
    Absent,
    /// It is as it was seen.
    As(UpdateVersion),
}

/// A folder of an object store.
#[derive(Debug)]
pub(super) struct Client {
    folder: Folder,
    runner: Runner,
}

#[derive(Debug, Clone)]
struct Folder {
    store: Arc<dyn ObjectStore>,
    name: String,
}

impl Client {
    pub(super) fn open(place: &ObjectPlace) -> Result<Self, HomeError> {
        let folder = Folder { store: connect(place)?, name: place.folder.clone() };
        let runner = Runner::start()
            .map_err(|error| HomeError::new(Kind::Refused, format!("no thread was started: {error}")))?;
        Ok(Self { folder, runner })
    }

    /// Reads an object; none where the store says that there is none.
    pub(super) fn get(&self, name: &str) -> Result<Option<(Vec<u8>, UpdateVersion)>, HomeError> {
        let (folder, name) = (self.folder.clone(), name.to_owned());
        self.run(repeated(move || {
            let (folder, name) = (folder.clone(), name.clone());
            async move { folder.get(&name).await }
        }))
    }

    /// Writes an object, once. An error says nothing about whether that was done.
    pub(super) fn put(&self, name: &str, bytes: Vec<u8>, condition: Condition) -> Result<UpdateVersion, HomeError> {
        let (folder, name) = (self.folder.clone(), name.to_owned());
        self.run(async move {
            let mode = match condition {
                Condition::Absent => PutMode::Create,
                Condition::As(mark) => PutMode::Update(mark),
            };
            folder.put(&name, bytes.into(), mode).await
        })
    }

    /// Takes the bytes of pieces, in their order.
    pub(super) fn read(&self, pieces: &[&str], take: &mut dyn FnMut(Vec<u8>)) -> Result<(), HomeError> {
        let names: Vec<String> = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        let (sender, receiver) = mpsc::channel();
        let folder = self.folder.clone();
        self.runner.start_work(async move {
            let pieces = names.into_iter().map(|name| {
                let folder = folder.clone();
                repeated(move || {
                    let (folder, name) = (folder.clone(), name.clone());
                    async move { folder.piece(&name).await }
                })
            });
            let mut read = stream::iter(pieces).buffered(SIDE_BY_SIDE);
            while let Some(piece) = read.next().await {
                // The caller has seen an error.
                if sender.send(piece).is_err() {
                    break;
                }
            }
        });
        let mut count = 0;
        for piece in receiver {
            take(piece?);
            count += 1;
        }
        if count == pieces.len() { Ok(()) } else { Err(ended()) }
    }

    /// Writes pieces under new names, and returns these in the pieces' order.
    pub(super) fn write(&self, pieces: &[&[u8]]) -> Result<Vec<String>, HomeError> {
        if pieces.is_empty() {
            return Ok(Vec::new());
        }
        let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.to_vec()).collect();
        let folder = self.folder.clone();
        self.run(async move {
            let written = pieces.into_iter().map(|bytes| {
                let folder = folder.clone();
                let name = format!("{}-{}", digest(&bytes), uuid::Uuid::now_v7().simple());
                let (at, payload) = (format!("{PIECES}/{name}"), PutPayload::from(bytes));
                let put = repeated(move || {
                    let (folder, at, payload) = (folder.clone(), at.clone(), payload.clone());
                    async move { folder.put(&at, payload, PutMode::Overwrite).await }
                });
                async move { put.await.map(|_| name) }
            });
            let mut written = stream::iter(written).buffered(SIDE_BY_SIDE);
            let mut names = Vec::new();
            while let Some(name) = written.next().await {
                names.push(name?);
            }
            Ok(names)
        })
    }

    /// Removes pieces. One that stays takes up room, and is read by no one.
    pub(super) fn remove(&self, pieces: Vec<String>) {
        self.remove_objects(pieces.into_iter().map(|piece| format!("{PIECES}/{piece}")).collect());
    }

    /// Removes objects that no version names.
    pub(super) fn remove_objects(&self, names: Vec<String>) {
        let folder = self.folder.clone();
        let removing = stream::iter(names).for_each_concurrent(SIDE_BY_SIDE, move |name| {
            let folder = folder.clone();
            async move {
                let path = folder.path(&name);
                if let Err((error, _)) = heard(folder.store.delete(&path)).await {
                    tracing::debug!(%error, name, "an object was not removed");
                }
            }
        });
        // A thread that has ended removes nothing.
        let _ = self.runner.run(removing);
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, HomeError>> + Send + 'static,
    ) -> Result<T, HomeError> {
        self.runner.run(work).ok_or_else(ended)?
    }
}

impl Folder {
    fn path(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.name))
    }

    async fn get(&self, name: &str) -> Result<Option<(Vec<u8>, UpdateVersion)>, HomeError> {
        let path = self.path(name);
        let reading = async {
            let found = self.store.get(&path).await?;
            let mark = UpdateVersion { e_tag: found.meta.e_tag.clone(), version: found.meta.version.clone() };
            Ok((found.bytes().await?.to_vec(), mark))
        };
        match heard(reading).await {
            Ok(found) => Ok(Some(found)),
            Err((_, Heard { answer: Some(answer), .. })) if answer.is_no_object() => Ok(None),
            Err((error, heard)) => Err(meaning(&error, heard)),
        }
    }

    async fn piece(&self, piece: &str) -> Result<Vec<u8>, HomeError> {
        let Some((bytes, _)) = self.get(&format!("{PIECES}/{piece}")).await? else {
            let reason = format!("the piece `{piece}` of the state is not there, although the head names it");
            return Err(HomeError::new(Kind::Gone, reason).advice(
                "a person or a rule of the bucket has removed it: bring it back (versions of the bucket may have it), and make sure that no \
                 rule removes objects below the prefix",
            ));
        };
        if piece.starts_with(&digest(&bytes)) {
            return Ok(bytes);
        }
        Err(HomeError::new(Kind::Unclear, format!("the piece `{piece}` of the state is damaged: its bytes are others")))
    }

    async fn put(&self, name: &str, payload: PutPayload, mode: PutMode) -> Result<UpdateVersion, HomeError> {
        let path = self.path(name);
        let put = self.store.put_opts(&path, payload, PutOptions::from(mode));
        let put = heard(put).await.map_err(|(error, heard)| meaning(&error, heard))?;
        Ok(put.into())
    }
}

/// Makes a request again where another attempt may succeed.
async fn repeated<T, F: Future<Output = Result<T, HomeError>>>(request: impl Fn() -> F) -> Result<T, HomeError> {
    let mut wait = shortened(WAIT);
    for _ in 1..ATTEMPTS {
        match request().await {
            // None of these requests has a condition, so that a conflict is one with another process's request.
            Err(error) if matches!(error.kind, Kind::Unclear | Kind::Conflict) => {
                tracing::debug!(%error, "asks the store again");
            }
            answered => return answered,
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    request().await
}

fn digest(bytes: &[u8]) -> String {
    let digest = blake3::hash(bytes).to_hex();
    digest[..DIGITS].to_owned()
}

fn ended() -> HomeError {
    HomeError::new(Kind::Unclear, "the thread for requests to it has ended")
}
