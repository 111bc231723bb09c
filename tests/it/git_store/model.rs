//! The protocol of a claim as a model: every order of steps of two processes that want to create one offer, each of which may stand still
//! at any point. With both of its rules no order creates it twice; without either of them the search finds one that does.

use std::collections::HashSet;

/// The age of a claim at which nothing more is sent.
const LIMIT: u8 = 1;
/// How long a request may be under way.
const REQUEST: u8 = 1;
/// The silence after which a claim is taken over.
const SILENCE: u8 = 2;
const END: u8 = 9;

/// Which rules hold.
#[derive(Clone, Copy)]
struct Rules {
    /// A version replaces only the one that its writer has seen, so that a takeover seals the journal.
    seals: bool,
    /// The age of the claim is checked before a request.
    checks_age: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Stage {
    Waiting,
    /// Has the claim and a journal with an intent of the other one.
    Looking,
    Claimed,
    Intended,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Process {
    stage: Stage,
    seen: u8,
    renewed: u8,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    time: u8,
    version: u8,
    written: u8,
    is_claimed: bool,
    has_intent: bool,
    processes: [Process; 2],
    /// The ends of the requests that are under way.
    in_flight: Vec<u8>,
    created: u8,
}

impl World {
    fn start() -> Self {
        let process = Process { stage: Stage::Waiting, seen: 0, renewed: 0 };
        let processes = [process; 2];
        Self {
            time: 0,
            version: 0,
            written: 0,
            is_claimed: false,
            has_intent: false,
            processes,
            in_flight: vec![],
            created: 0,
        }
    }

    /// Writes a version, where that is possible.
    fn push(mut self, who: usize, rules: Rules, stage: Stage, has_intent: bool) -> Self {
        if rules.seals && self.processes[who].seen != self.version {
            self.processes[who].stage = Stage::Ended;
            return self;
        }
        self.version += 1;
        (self.written, self.has_intent) = (self.time, has_intent);
        self.processes[who] = Process { stage, seen: self.version, renewed: self.time };
        self
    }

    fn step(&self, who: usize, rules: Rules) -> Option<Self> {
        let (mut next, Process { stage, renewed, .. }) = (self.clone(), self.processes[who]);
        Some(match stage {
            Stage::Waiting if !self.is_claimed || self.time - self.written > SILENCE => {
                next.is_claimed = true;
                next.processes[who].seen = self.version;
                let stage = if self.has_intent { Stage::Looking } else { Stage::Claimed };
                next.push(who, rules, stage, self.has_intent)
            }
            // CAKE may still be working on what was sent before the takeover.
            Stage::Looking if self.time >= renewed + REQUEST => {
                let stage = if self.created > 0 { Stage::Ended } else { Stage::Claimed };
                next.push(who, rules, stage, false)
            }
            Stage::Claimed => next.push(who, rules, Stage::Intended, true),
            Stage::Intended => {
                next.processes[who].stage = Stage::Ended;
                if !rules.checks_age || self.time - renewed <= LIMIT {
                    next.in_flight.push(self.time + REQUEST);
                }
                next
            }
            Stage::Waiting | Stage::Looking | Stage::Ended => return None,
        })
    }

    fn next(&self, rules: Rules) -> Vec<Self> {
        let mut worlds: Vec<Self> = (0..2).filter_map(|who| self.step(who, rules)).collect();
        for landed in 0..self.in_flight.len() {
            let mut next = self.clone();
            next.in_flight.remove(landed);
            next.created += 1;
            worlds.push(next);
        }
        if self.time < END && self.in_flight.iter().all(|end| *end > self.time) {
            worlds.push(Self { time: self.time + 1, ..self.clone() });
        }
        worlds
    }
}

/// The number of worlds that can be reached, or none where one of them has the offer twice.
fn search(rules: Rules) -> Option<usize> {
    let (mut seen, mut open) = (HashSet::new(), vec![World::start()]);
    while let Some(world) = open.pop() {
        if world.created > 1 {
            return None;
        }
        if seen.insert(world.clone()) {
            open.extend(world.next(rules));
        }
    }
    Some(seen.len())
}

#[test]
fn no_order_of_steps_creates_an_offer_twice_and_each_rule_is_needed_for_that() {
    let worlds = search(Rules { seals: true, checks_age: true });
    assert!(worlds.is_some_and(|worlds| worlds > 100), "{worlds:?}");
    assert_eq!(search(Rules { seals: false, checks_age: true }), None);
    assert_eq!(search(Rules { seals: true, checks_age: false }), None);
}
