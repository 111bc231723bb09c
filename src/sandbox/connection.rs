//! A connection whose end the handler of a request can decide: reset, closed, or cut in the middle of a reply.
//!
//! Knows nothing of HTTP. The invariant: after an ending was ordered, not one byte of a regular reply gets out.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::faults::Disconnect;

/// The handler's end of a connection.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionControl(Arc<Mutex<ConnectionCommand>>);

#[derive(Debug, Default)]
enum ConnectionCommand {
    #[default]
    Serve,
    End(Disconnect),
    /// These bytes, and then an orderly close.
    EndAfter(Vec<u8>),
}

impl ConnectionControl {
    /// The connection ends without a reply.
    pub(super) fn end(&self, ending: Disconnect) {
        self.order(ConnectionCommand::End(ending));
    }

    /// The connection ends after these bytes, which go out in place of the reply.
    pub(super) fn end_after(&self, bytes: Vec<u8>) {
        self.order(ConnectionCommand::EndAfter(bytes));
    }

    fn order(&self, order: ConnectionCommand) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = order;
    }
}

/// The server's end of a connection.
///
/// hyper has no way to leave a request without a reply. It does stop at once when a write fails, so the order takes
/// effect at the first byte of the reply that it tries to write.
#[derive(Debug)]
pub(super) struct ControlledStream {
    stream: TcpStream,
    line: ConnectionControl,
}

impl ControlledStream {
    /// Puts a connection under the orders of a line.
    pub(super) fn new(stream: TcpStream, line: ConnectionControl) -> Self {
        Self { stream, line }
    }
}

impl AsyncRead for ControlledStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ControlledStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { stream, line } = self.get_mut();
        let mut stream = Pin::new(stream);
        let mut order = line.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *order {
            ConnectionCommand::Serve => return stream.poll_write(context, bytes),
            ConnectionCommand::End(Disconnect::Close) => {}
            // A socket that is dropped with no time to linger sends a reset.
            ConnectionCommand::End(Disconnect::Reset) => stream.set_zero_linger()?,
            ConnectionCommand::EndAfter(last) => {
                while !last.is_empty() {
                    let written = ready!(stream.as_mut().poll_write(context, last))?;
                    last.drain(..written);
                }
            }
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
