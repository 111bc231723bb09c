//! How the document is made of a plan.

use serde_json::Value as Json;

use crate::offer::{PriceType, Value, shown_time};

use super::{
    Action, ActionDocument, ChangeDocument, Cluster, ClusterDocument, FORMAT, FieldChange, Flag, FlagKind, Plan,
    PlanDocument, SummaryDocument, TOOL, Upcoming, UpcomingDocument, VERSION,
};

impl<'a> From<&'a Plan> for PlanDocument<'a> {
    fn from(plan: &'a Plan) -> Self {
        Self {
            format: FORMAT,
            version: VERSION,
            tool: TOOL,
            cake: &plan.cake,
            environment: &plan.environment,
            state: &plan.state,
            inputs_digest: &plan.inputs_digest,
            at: plan.at,
            refreshed: plan.refreshed,
            summary: SummaryDocument {
                counts: plan.summary(),
                clusters: plan.clusters.iter().map(ClusterDocument::from).collect(),
            },
            actions: plan.actions.iter().map(ActionDocument::from).collect(),
            upcoming: plan.upcoming.iter().map(UpcomingDocument::from).collect(),
            upcoming_later: plan.upcoming_later,
            diagnostics: &plan.diagnostics,
            pending_elsewhere: plan.elsewhere.as_ref().map(|rest| rest.actions.len()),
            pending: plan
                .elsewhere
                .iter()
                .flat_map(|rest| &rest.actions)
                .map(ActionDocument::without_cluster)
                .collect(),
        }
    }
}

impl From<&Upcoming> for UpcomingDocument {
    fn from(upcoming: &Upcoming) -> Self {
        let Upcoming { at, held, key, kind, changes, context: _, flags } = upcoming;
        let changes = changes.iter().map(ChangeDocument::from).collect();
        Self {
            at: shown_time(*at),
            held_until: held.as_ref().map(|held| shown_time(held.until)),
            freeze: held.as_ref().map(|held| held.reason.clone()),
            key: key.clone(),
            kind: *kind,
            changes,
            flags: flag_kinds(flags),
        }
    }
}

impl From<&FieldChange> for ChangeDocument {
    fn from(change: &FieldChange) -> Self {
        let json = |value: &Option<Value>| serde_json::to_value(value).unwrap_or(Json::Null);
        Self {
            field: change.field,
            before: json(&change.before),
            after: json(&change.after),
            status_word: change.status_word.clone(),
            new_host: change.new_host.clone(),
            source: change.source.clone(),
            due_since: change.due_since.map(shown_time),
            cluster: change.cluster,
        }
    }
}

impl From<&Cluster> for ClusterDocument {
    fn from(cluster: &Cluster) -> Self {
        let Cluster { field, units: [before, after], rule, offers } = cluster;
        Self {
            field: *field,
            price_type: after.price_type.map(PriceType::word),
            currency_id: after.currency,
            price_type_before: before.price_type.map(PriceType::word).filter(|_| before != after),
            currency_id_before: before.currency.filter(|_| before != after),
            rule: rule.word(),
            number: rule.number().to_string(),
            offers: *offers,
        }
    }
}

/// Each name once.
fn flag_kinds(flags: &[Flag]) -> Vec<FlagKind> {
    let mut kinds: Vec<_> = flags.iter().map(|flag| flag.kind()).collect();
    kinds.dedup();
    kinds
}

impl From<&Action> for ActionDocument {
    fn from(action: &Action) -> Self {
        let create = action.kind.create();
        let offer = create.filter(|create| create.replaces.is_some()).map(|create| create.offer.fields().clone());
        Self {
            key: action.key.clone(),
            action: action.verb(),
            offer_id: action.kind.offer_id(),
            source: action.source.clone(),
            moved_from: action.moved_from.clone(),
            changes: action.changes.iter().map(ChangeDocument::from).collect(),
            reason: action.reason.clone(),
            flags: flag_kinds(&action.flags),
            ignored: create.map(|create| create.ignored).unwrap_or_default(),
            protect: action.kind.protect(),
            offer,
            from: action.kind.renamed_from().cloned(),
        }
    }
}

impl ActionDocument {
    /// Without the rules of its amounts, which are those of another summary.
    fn without_cluster(action: &Action) -> Self {
        let mut document = Self::from(action);
        document.changes.iter_mut().for_each(|change| change.cluster = None);
        document
    }
}
