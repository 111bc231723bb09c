//! Where the links of offers lead: as text and as JSON. Both show every link; the problems come after them.

mod json;
mod text;

pub(super) use json::LinksDocument;
pub use json::json;
pub use text::text;
