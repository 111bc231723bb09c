//! Whether a store keeps conditions. Without them, two processes could write at the same time and neither would know.
//!
//! Owns what is tried, on an object of its own: to create it where it is absent (done), where it is present (refused); to replace it as it
//! is (done), as it was before (refused), and where it is absent (refused).

use object_store::UpdateVersion;

use crate::store::home::{HomeError, Kind};

use super::client::{Client, Condition};

/// How often it is tried where an answer says nothing.
const ATTEMPTS: usize = 4;

/// What a store should have refused.
struct Broken(&'static str);

/// Fails where the store does not keep conditions, or does not say.
pub(super) fn probe(client: &Client) -> Result<(), HomeError> {
    let mut unclear = HomeError::new(Kind::Unclear, "");
    for _ in 0..ATTEMPTS {
        // A new name each time: what an earlier attempt has left there is not known.
        let name = format!("probe/{}", uuid::Uuid::now_v7().simple());
        let tried = try_all(client, &name);
        client.remove_objects(vec![name]);
        match tried {
            Ok(None) => return Ok(()),
            Ok(Some(Broken(what))) => {
                let reason = format!(
                    "it does not keep conditions, so that two applies could write at the same time: it was asked {what}, and did it"
                );
                return Err(HomeError::new(Kind::Unfit, reason));
            }
            Err(error) if matches!(error.kind, Kind::Refused | Kind::Unfit) => return Err(error),
            Err(error) => unclear = error,
        }
    }
    Err(unclear)
}

/// Tries each condition; an error is an answer that says nothing about it.
fn try_all(client: &Client, name: &str) -> Result<Option<Broken>, HomeError> {
    let put = |text: &str, condition| client.put(name, text.as_bytes().to_vec(), condition);
    let nowhere = format!("{name}-absent");
    let first = put("1", Condition::Absent)?;
    if is_done(put("2", Condition::Absent))? {
        return Ok(Some(Broken("to create an object only if there is none, where there was one")));
    }
    put("3", Condition::As(first.clone()))?;
    if is_done(put("4", Condition::As(first.clone())))? {
        return Ok(Some(Broken("to replace an object only if it is as it was seen, where it had changed")));
    }
    if is_done(replace(client, &nowhere, first))? {
        client.remove_objects(vec![nowhere]);
        return Ok(Some(Broken("to replace an object only if it is as it was seen, where there was none")));
    }
    Ok(None)
}

fn replace(client: &Client, name: &str, mark: UpdateVersion) -> Result<UpdateVersion, HomeError> {
    client.put(name, b"5".to_vec(), Condition::As(mark))
}

/// Whether it was done, in place of refused.
fn is_done(answer: Result<UpdateVersion, HomeError>) -> Result<bool, HomeError> {
    match answer {
        Ok(_) => Ok(true),
        Err(error) if error.kind == Kind::Conflict => Ok(false),
        Err(error) => Err(error),
    }
}
