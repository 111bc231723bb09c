//! `import` and `export` as their users run them: the real binary, a CAKE behind real HTTP, and what is on the disk afterwards.

#[cfg(test)]
mod contents;
#[cfg(test)]
mod interruptions;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod spreadsheets;
#[cfg(test)]
mod world;
