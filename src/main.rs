//! The `offersync` program.

fn main() {}
