//! offersync: offers as code for CAKE.

pub mod apply;
pub mod cake;
pub mod cli;
pub mod config;
pub mod desired;
pub mod diagnostic;
pub mod edit;
pub mod fault_point;
pub mod offer;
pub mod plan;
pub mod report;
pub mod sandbox;
pub mod state;
