//! Whether the words of a reply say that CAKE took a request on, or that it refused it.
//!
//! Knows no reply and no member. Words are looked at clause by clause, because `created, but the e-mail failed` is no refusal and `could
//! not be created` is one. Invariant: words of waiting or of an approval are never overruled by a refusal beside them.

/// What a text says of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// It was done, or a person or a queue will do it.
    TakenOn,
    /// Nothing was done.
    Refused,
    /// Neither.
    Unclear,
}

/// Beginnings of words that say that the request waits.
const WAITING: [&str; 14] = [
    "approval",
    "approve",
    "approving",
    "pending",
    "queue",
    "await",
    "wait",
    "review",
    "moderat",
    "held",
    "until",
    "yet",
    "submitted",
    "progress",
];

/// Beginnings of words that say that something was done, if no refusal or negation is before them.
const DONE: [&str; 20] = [
    "created",
    "saved",
    "added",
    "inserted",
    "stored",
    "updated",
    "changed",
    "approved",
    "accepted",
    "received",
    "success",
    "completed",
    "processed",
    "processing",
    "scheduled",
    "finished",
    "partial",
    "posted",
    "taken",
    "registered",
];

/// Whole words of the same kind: others begin like them.
const DONE_WORDS: [&str; 5] = ["ok", "okay", "complete", "done", "thanks"];

/// Beginnings of words of a refusal.
const REFUSING: [&str; 51] = [
    "error",
    "fail",
    "invalid",
    "cannot",
    "unable",
    "unsuccess",
    "must",
    "should",
    "requir",
    "reject",
    "denied",
    "deny",
    "refus",
    "forbid",
    "restrict",
    "unauthor",
    "missing",
    "bad",
    "wrong",
    "unknown",
    "duplicate",
    "exist",
    "exceed",
    "malformed",
    "conflict",
    "disabled",
    "disallow",
    "illegal",
    "unsupported",
    "need",
    "exception",
    "abort",
    "declin",
    "block",
    "suspend",
    "prohibit",
    "incorrect",
    "mismatch",
    "throttl",
    "unexpected",
    "problem",
    "violat",
    "incomplete",
    "too",
    "limit",
    "only",
    "empty",
    "unreadable",
    "expired",
    "undefined",
    "locked",
];

/// Words that turn what follows around.
const NEGATIONS: [&str; 7] = ["not", "no", "never", "without", "none", "nothing", "neither"];

/// Beginnings of words that say that something is still to be done.
const TAKEN: [&str; 6] = ["accepted", "received", "scheduled", "process", "registered", "taken"];

/// Words of what is still to come.
const FUTURE: [&str; 5] = ["will", "shortly", "soon", "later", "within"];

/// Beginnings of words for something that a person or a queue has to go through.
const REQUESTS: [&str; 2] = ["request", "ticket"];

/// Beginnings of words that say that nothing is still to be done, if nothing else does.
const FINISHED: [&str; 7] = ["success", "saved", "complete", "finished", "updated", "changed", "processed"];

/// Whether the text says that the request was taken on, and not that it was done.
pub(super) fn waits(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let has = |stems: &[&str]| words.iter().any(|word| stems.iter().any(|stem| word.starts_with(stem)));
    let is_to_come = words.iter().any(|word| FUTURE.contains(word));
    match tone(text) {
        Tone::TakenOn => has(&WAITING) || is_to_come || ((has(&TAKEN) || has(&REQUESTS)) && !has(&FINISHED)),
        Tone::Unclear => is_to_come,
        Tone::Refused => false,
    }
}

/// Whether any clause of the text says that something was not done, whatever the others say. That there are no errors is none.
pub(super) fn has_refusal(text: &str) -> bool {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let is_praise = |clause: &str| {
        let (mut no, mut trouble) = (false, false);
        for word in clause.split(|c: char| !c.is_alphanumeric()) {
            no |= word == "no" || word == "without" || word == "0";
            trouble |= ["error", "warning", "problem", "issue"].iter().any(|stem| word.starts_with(stem));
        }
        no && trouble
    };
    clauses(&lower).any(|clause| of_clause(clause) == Tone::Refused && !is_praise(clause))
}

fn clauses(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', ',', ';', ':', '!', '(', ')', '\u{2014}']).flat_map(|part| part.split(" but "))
}

/// What the text says.
pub(super) fn tone(text: &str) -> Tone {
    // An address is content of an offer, and a dot in it ends no clause.
    let words = text.split_whitespace().filter(|word| !word.contains("://"));
    let text = words.collect::<Vec<_>>().join(" ").to_lowercase().replace('\u{2019}', "'");
    let mut is_refused = false;
    for clause in clauses(&text) {
        match of_clause(clause) {
            Tone::TakenOn => return Tone::TakenOn,
            Tone::Refused => is_refused = true,
            Tone::Unclear => {}
        }
    }
    if is_refused { Tone::Refused } else { Tone::Unclear }
}

fn of_clause(clause: &str) -> Tone {
    let words: Vec<&str> =
        clause.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|w| !w.is_empty()).collect();
    let begins = |word: &str, stems: &[&str]| stems.iter().any(|stem| word.starts_with(stem));
    let is_refusal = |word: &&str| begins(word, &REFUSING) || NEGATIONS.contains(word) || word.ends_with("n't");
    let refused_at = words.iter().position(is_refusal);
    let otherwise = if refused_at.is_some() { Tone::Refused } else { Tone::Unclear };
    // `Invalid offer_status pending` quotes what was sent; `please wait and try again` asks for something.
    let says = |wanted: &str| words.iter().any(|word| word.starts_with(wanted));
    if says("invalid") || says("please") || clause.contains("not valid") || clause.contains("try again") {
        return otherwise;
    }
    let is_done = |word: &&str| begins(word, &DONE) || DONE_WORDS.contains(word);
    let not_refused = &words[..refused_at.unwrap_or(words.len())];
    if not_refused.iter().any(is_done)
        || words.iter().any(|word| begins(word, &WAITING) && !word.starts_with("approved"))
    {
        return Tone::TakenOn;
    }
    otherwise
}
