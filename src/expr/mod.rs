//! The one language of conditions: `payout >= 20 && offer_url.host == "track.example.com"`.
//!
//! Owns its syntax, its meaning and its errors with their places. Pure; knows neither files nor the names that a configuration gives
//! to ids. Invariants: what is printed reads back to the same condition; amounts are exact; a comparison with a value that is
//! absent is false.

mod condition;
mod evaluate;
mod operand;
mod parser;
mod patterns;
mod print;
mod text;

#[cfg(test)]
mod tests;

pub use condition::{Condition, Sides};
pub use parser::{ParseError, RefusedValue, Vocabulary};
pub use patterns::PatternRoom;
