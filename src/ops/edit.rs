//! `edit`: the same change to many offers' YAML, exact and minimal; a plan and a review follow as for any change.

mod assignment;
mod expr;

#[cfg(test)]
mod tests;

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Field};
use crate::plan::Selection;

use super::condition::{chosen, condition};
use super::error::Error;
use super::inputs::read_desired;
use super::repository::Repository;
use super::rewrite::{FieldEdit, Rewrites, rewrite};

use assignment::Assignment;

/// What to change, and in which offers.
#[derive(Debug)]
pub(crate) struct EditOptions<'a> {
    pub(crate) selection: Selection,
    /// `FIELD=VALUE`, or for amounts `FIELD=+10%`.
    pub(crate) assignments: &'a [String],
    /// A condition on its values that an offer must satisfy.
    pub(crate) condition: Option<&'a str>,
    /// Decimals of computed amounts.
    pub(crate) decimals: Option<u32>,
}

/// The edits, not written yet.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// How many offers match.
    pub(crate) offers: usize,
    pub(crate) rewrites: Rewrites,
    /// Fields among the changed ones that CAKE's API cannot change for offers that exist.
    pub(crate) create_only: Vec<Field>,
}

/// Makes the edits in memory. If one of the offers cannot get its value, none is edited.
pub(crate) fn edit(repository: &Repository, options: &EditOptions<'_>) -> Result<Edits, Error> {
    let names = &repository.settings.names;
    let condition = options.condition.map(|text| condition(text, names, false)).transpose()?;
    let mut assignments: Vec<Assignment> = Vec::new();
    for text in options.assignments {
        let assignment = Assignment::parse(text, names, options.decimals)?;
        if assignments.iter().any(|other| other.field == assignment.field) {
            return Err(Error::usage(format!("`{}` is set twice", assignment.field)));
        }
        assignments.push(assignment);
    }
    let set = read_desired(repository, false)?.set;
    let offers = chosen(&set, &options.selection, condition.as_ref())?;
    let edits = edits(&offers, &assignments)?;
    let rewrites = rewrite(repository, &set, &edits)?;
    let fields = assignments.iter().map(|assignment| assignment.field);
    let create_only = fields.filter(|field| field.is_create_only() && !edits.is_empty()).collect();
    Ok(Edits { offers: offers.len(), rewrites, create_only })
}

/// The values that change; fails with every offer for which there is no new value.
fn edits<'a>(offers: &[&'a DesiredOffer], assignments: &[Assignment]) -> Result<Vec<FieldEdit<'a>>, Error> {
    let (mut edits, mut impossible) = (Vec::new(), Vec::new());
    for (offer, assignment) in offers.iter().flat_map(|offer| assignments.iter().map(move |set| (*offer, set))) {
        let field = assignment.field;
        match assignment.value_for(offer) {
            Ok(value) if offer.fields.get(field) == Some(&value) => {}
            Ok(value) => edits.push(FieldEdit { offer, field, value }),
            Err(reason) => impossible.push(
                Diagnostic::error(codes::process::USAGE, format!("`{field}` of `{}` {reason}", offer.key))
                    .help("nothing was changed; leave the offer out with --where or --exclude"),
            ),
        }
    }
    if impossible.is_empty() { Ok(edits) } else { Err(Error::NoValue(impossible)) }
}
