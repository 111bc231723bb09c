//! URLs that lead to a host, or to a port of it, which no recorded offer has: a wrong or a foreign one takes the clicks that affiliates are paid for.

use std::collections::HashSet;

use crate::offer::{Field, Value};

use super::Planner;

/// The fields that have a host.
const URLS: [Field; 2] = [Field::OfferUrl, Field::PreviewUrl];

impl Planner<'_> {
    /// Marks the new hosts of the changes. Where no host is recorded, such as before the first apply, none is new.
    pub(super) fn mark_new_hosts(&mut self) {
        let changes = self.actions.iter_mut().flat_map(|action| &mut action.changes);
        let mut urls = changes.filter(|change| change.after.is_some() && URLS.contains(&change.field)).peekable();
        if urls.peek().is_none() {
            return;
        }
        let recorded = self.recorded.offers.values().flat_map(|record| URLS.map(|field| record.fields.get(field)));
        let known: HashSet<String> = recorded.filter_map(host_of).collect();
        for change in urls.filter(|_| !known.is_empty()) {
            change.new_host = host_of(change.after.as_ref()).filter(|host| !known.contains(host)).map(Box::from);
        }
    }
}

fn host_of(value: Option<&Value>) -> Option<String> {
    if let Some(Value::Url(url)) = value { url.host_and_port() } else { None }
}
