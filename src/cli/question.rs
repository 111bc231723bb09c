//! Asks a yes/no question on the terminal while signals are handled.

use std::io;
use std::path::Path;

use futures_util::future::BoxFuture;

use crate::ops::{Answer, AskUser, Error, NewHost};

use super::printable::Printable;
use super::terminal::Terminal;

/// Asks below a text that the question is about.
pub(super) async fn ask(terminal: Terminal, about: Option<Printable>, question: String) -> Result<bool, Error> {
    let answer = on_a_thread(move || terminal.ask(about.as_ref(), &question.into())).await;
    answer.map_err(|source| Error::file("ask on", Path::new("the terminal"), source))
}

/// Runs a blocking call on its own thread, so that signals are handled meanwhile. The thread is not joined; the runtime's blocking threads
/// would keep the process alive until the user presses return.
async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::Builder::new().name("question".to_owned()).spawn(move || drop(sender.send(work())))?;
    receiver.await.map_err(io::Error::other)?
}

impl AskUser for Terminal {
    fn may_receive_key(&self, new: NewHost) -> BoxFuture<'_, Result<Answer, Error>> {
        Box::pin(async move {
            if !self.can_ask() {
                return Ok(Answer::CannotAsk);
            }
            let NewHost { host, named_by, recorded_in } = new;
            let about = format!(
                "The API key would be sent to a host that is new on this machine: {host}\n  named by:         {named_by}\n  \
                 confirmed hosts:  {}",
                recorded_in.display()
            );
            let question = format!("Send the API key to {host} from now on? Type `yes` to continue:");
            Ok(if ask(*self, Some(about.into()), question).await? { Answer::Yes } else { Answer::No })
        })
    }
}
