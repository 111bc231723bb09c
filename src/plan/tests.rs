//! Tests of the planner: every action, the order, the laws.
