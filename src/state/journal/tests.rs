//! Tests of entries, lines and admission.
