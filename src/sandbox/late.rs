//! Calls that wait inside CAKE: those that are executed late, and the one whose reply is to be swapped with another one's.
//!
//! Knows nothing of what calls do. The invariant: a late call is executed once, before anything looks at the offers after its time,
//! so that a busy machine cannot make it later than asked.

use std::time::Instant;

use tokio::sync::oneshot;

use super::fake_cake::{CallResult, ParsedRequest};
use super::reply::{HttpReply, Rejection};

/// The calls to execute later.
#[derive(Debug, Default)]
pub(super) struct LateCalls(Vec<LateCall>);

/// A call to execute later.
#[derive(Debug)]
pub(super) struct LateCall {
    due: Instant,
    /// The number in the log.
    pub(super) number: u64,
    pub(super) request: ParsedRequest,
    result: oneshot::Sender<Result<CallResult, Rejection>>,
}

impl LateCalls {
    pub(super) fn add(
        &mut self,
        due: Instant,
        number: u64,
        request: ParsedRequest,
    ) -> oneshot::Receiver<Result<CallResult, Rejection>> {
        let (result, receiver) = oneshot::channel();
        self.0.push(LateCall { due, number, request, result });
        receiver
    }

    /// Removes the first call whose time has come.
    pub(super) fn take_due(&mut self) -> Option<LateCall> {
        let (place, first) = self.0.iter().enumerate().min_by_key(|(_, late)| late.due)?;
        (first.due <= Instant::now()).then(|| self.0.remove(place))
    }
}

impl LateCall {
    /// Passes the result to the request, if the client still waits.
    pub(super) fn finish(self, result: Result<CallResult, Rejection>) {
        let _client_gone = self.result.send(result);
    }
}

/// A reply that waits for another one to be swapped with.
#[derive(Debug, Default)]
pub(super) struct SwapSlot(Option<(HttpReply, oneshot::Sender<HttpReply>)>);

/// The reply to send after a swap.
#[derive(Debug)]
pub(super) enum Swapped {
    Now(HttpReply),
    Later(oneshot::Receiver<HttpReply>),
}

impl SwapSlot {
    /// Swaps the reply with the one that waits, or lets it wait.
    pub(super) fn swap(&mut self, reply: HttpReply) -> Swapped {
        if let Some((other, sender)) = self.0.take().filter(|(_, sender)| !sender.is_closed()) {
            let _client_gone = sender.send(reply);
            return Swapped::Now(other);
        }
        let (sender, receiver) = oneshot::channel();
        self.0 = Some((reply, sender));
        Swapped::Later(receiver)
    }
}
