//! A YAML document as a small tree with positions. Knows nothing of offers.
//!
//! Nodes are in one list and are referred to by index, so that an alias costs nothing: it refers to the node of its anchor.

use std::borrow::Cow;

use crate::source::Span;

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Without quotes: may mean a number, a boolean or null.
    Plain,
    /// In quotes: always text.
    Quoted,
    /// After `|` or `>`: always text.
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
    /// A value whose problem has been reported already.
    Broken,
}

/// A node at the position where it is used: its own, or that of an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) node: usize,
    pub(super) span: Span,
}

/// One `name: value` of a mapping. Names are unique: the builder rejects a duplicate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) span: Span,
    pub(super) value: Used,
}

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
    /// Its kind, for "not …" in a message.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Node::Sequence(_) => "a list",
            Node::Mapping(_) => "a mapping",
            Node::Scalar { .. } | Node::Broken => "a plain value",
        }
    }
}
