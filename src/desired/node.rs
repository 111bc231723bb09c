//! A YAML document as a small tree with places. Knows nothing of offers.
//!
//! Nodes stand in one list and are named by their index, so that an alias costs nothing: it names the node it stands for.

use std::borrow::Cow;

/// Where something stands in its file: 1-based, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Span {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) length: u32,
}

/// How a scalar is written, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes: may mean a number, a truth value or nothing.
    Plain,
    /// In quotes: always text.
    Quoted,
    /// Behind `|` or `>`: always text.
    Block,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node<'a> {
    Scalar {
        text: Cow<'a, str>,
        style: Style,
    },
    Sequence(Vec<Used>),
    Mapping(Vec<Entry<'a>>),
    /// Something whose problem has been told already.
    Broken,
}

/// A node where it is used: at its own place, or at an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) node: usize,
    pub(super) span: Span,
}

/// One `name: value` of a mapping. A name stands there once; the builder has refused a second one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) span: Span,
    pub(super) value: Used,
}

/// One document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Document<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) root: Used,
}

impl<'a> Document<'a> {
    pub(super) fn node(&self, used: Used) -> &Node<'a> {
        self.nodes.get(used.node).unwrap_or(&Node::Broken)
    }
}

impl Node<'_> {
    /// What it is, for "not …" in a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Sequence(_) => "a list",
            Node::Mapping(_) => "a mapping",
            Node::Scalar { .. } | Node::Broken => "a plain value",
        }
    }
}
