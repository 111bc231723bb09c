//! What the tests share: a workspace folder, a CAKE in this process, and the binary run in a clean environment.

pub(crate) mod bench;
pub(crate) mod drift;
pub(crate) mod workspace;
pub(crate) mod world;
