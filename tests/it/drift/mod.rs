//! `drift` and `--refresh`: what CAKE holds, compared with the state and with the YAML.

mod accept;
mod refresh;
mod three_ways;
