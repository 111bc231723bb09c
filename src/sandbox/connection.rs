//! A connection that the handler of a request can end early: reset, closed, or cut in the middle of a reply.
//!
//! Knows nothing of HTTP. The invariant: after the handler has ended the connection, no byte of a regular reply is sent.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::faults::Disconnect;

/// The handler's side: sets how the stream ends.
#[derive(Debug, Clone, Default)]
pub(super) struct ConnectionControl(Arc<Mutex<ConnectionCommand>>);

#[derive(Debug, Default)]
enum ConnectionCommand {
    #[default]
    Serve,
    End(Disconnect),
    /// Send these bytes, then close.
    EndAfter(Vec<u8>),
}

impl ConnectionControl {
    /// Ends the connection without a reply.
    pub(super) fn end(&self, ending: Disconnect) {
        self.order(ConnectionCommand::End(ending));
    }

    /// Ends the connection after sending these bytes instead of the reply.
    pub(super) fn end_after(&self, bytes: Vec<u8>) {
        self.order(ConnectionCommand::EndAfter(bytes));
    }

    fn order(&self, order: ConnectionCommand) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = order;
    }
}

/// The server's side: a stream that obeys the control.
///
/// hyper cannot leave a request without a reply, but it stops as soon as a write fails. So the command takes effect when hyper
/// writes the first byte of the reply.
#[derive(Debug)]
pub(super) struct ControlledStream {
    stream: TcpStream,
    line: ConnectionControl,
}

impl ControlledStream {
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
            // Dropping a socket with zero linger sends a TCP reset.
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
