//! The program as an attacker meets it: what a hostile repository, pull request or CAKE can print, send and write.

mod printing;
#[cfg(unix)]
mod pull_requests;
