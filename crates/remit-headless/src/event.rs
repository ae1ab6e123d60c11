//! Reads events: `{type, …}`. A message for the page's developer says why one cannot be read.

use remit_core::schema::field::Field;
use remit_core::wire::Response;
use remit_core::wire::json::Json;
use remit_core::{Draft, Instant, Offset, RecordedPayment};
use remit_session::{Event, Now, Session, StoredIntent};

use crate::options;

/// The time of an event. A part that is missing or out of range is unknown.
pub(crate) fn now(json: &Json) -> Now {
    let integer = |member| json.get(member).and_then(Json::as_integer);
    Now {
        elapsed: integer("elapsed").and_then(|milliseconds| milliseconds.try_into().ok()).unwrap_or_default(),
        wall: integer("wall").and_then(Instant::from_unix),
        offset: integer("offset").and_then(|minutes| Offset::from_minutes(minutes.try_into().ok()?)),
    }
}

/// Reads an event.
pub(crate) fn read(session: &Session, json: &Json) -> Result<Event, String> {
    let event = match text(json, "type") {
        "entered" => Event::Entered {
            field: field(session, json)?,
            text: text(json, "text").to_owned(),
            unfinished: json.get("unfinished") == Some(&Json::Bool(true)),
        },
        "left" => Event::Left(field(session, json)?.name),
        "suggested" => Event::Suggested(field(session, json)?),
        "chosen" => Event::Chosen(provider(session, json)?),
        "submit" => Event::Submit,
        "confirm" => Event::Confirm,
        "edit" => Event::Edit,
        "retry" => Event::Retry,
        "startOver" => Event::StartOver,
        "checkAgain" => Event::CheckAgain,
        "mine" => Event::Mine,
        "listToggled" => Event::ListToggled,
        "removalAsked" => Event::RemovalAsked(payment(session, json)?),
        "removalConfirmed" => Event::RemovalConfirmed,
        "configured" => Event::Configured(Box::new(options::read(text(json, "options"))?)),
        "replaced" => Event::Replaced(draft(json)),
        "reset" => Event::Reset,
        "takenOver" => Event::TakenOver,
        "notTaken" => Event::NotTaken,
        "settled" => Event::Settled(response(json)),
        "answered" => Event::Answered {
            call: json
                .get("call")
                .and_then(Json::as_integer)
                .and_then(|call| call.try_into().ok())
                .ok_or("The response belongs to no call.")?,
            response: response(json).ok_or_else(|| text(json, "error").to_owned()),
        },
        "claimed" => {
            Event::Claimed { granted: json.get("granted") == Some(&Json::Bool(true)), stored: stored(json) }
        }
        "stored" => Event::Stored {
            stored: stored(json),
            claimed: texts(json, "claimed").map(str::to_owned).collect(),
        },
        "online" => Event::Online(json.get("online") == Some(&Json::Bool(true))),
        "woke" => Event::Woke,
        other => return Err(format!("There is no event \"{other}\".")),
    };
    Ok(event)
}

fn text<'a>(json: &'a Json, member: &str) -> &'a str {
    json.get(member).and_then(Json::as_text).unwrap_or_default()
}

fn texts<'a>(json: &'a Json, member: &str) -> impl Iterator<Item = &'a str> {
    json.get(member).and_then(Json::as_array).unwrap_or_default().iter().filter_map(Json::as_text)
}

fn field(session: &Session, json: &Json) -> Result<&'static Field, String> {
    let name = text(json, "field");
    session.field(name).ok_or_else(|| {
        let names: Vec<_> = session.operation().fields.iter().map(|field| field.name).collect();
        format!("There is no field \"{name}\". The fields are: {}.", names.join(", "))
    })
}

fn provider(session: &Session, json: &Json) -> Result<String, String> {
    let id = text(json, "provider");
    let mut offered = session.options().providers.iter().map(|provider| provider.id);
    if offered.any(|known| known == id) {
        return Ok(id.to_owned());
    }
    let offered: Vec<_> = session.options().providers.iter().map(|provider| provider.id).collect();
    Err(format!("The session does not offer the provider \"{id}\". It offers: {}.", offered.join(", ")))
}

/// A payment of the list.
fn payment(session: &Session, json: &Json) -> Result<RecordedPayment, String> {
    let id = text(json, "payment");
    let listed = session.listing().payments.as_ref().and_then(|listed| listed.as_ref().ok());
    let payment = listed.into_iter().flatten().find(|payment| payment.id == id);
    payment.cloned().ok_or_else(|| format!("The list has no payment \"{id}\". Load the list first."))
}

fn draft(json: &Json) -> Draft {
    let Some(Json::Object(members)) = json.get("value") else { return Draft::new() };
    members.iter().filter_map(|(name, value)| Some((name.as_str(), value.scalar()?))).collect()
}

fn stored(json: &Json) -> Vec<StoredIntent> {
    texts(json, "stored").filter_map(StoredIntent::read).collect()
}

/// `{status, headers, body}`
fn response(json: &Json) -> Option<Response> {
    let json = json.get("response")?;
    let status = json.get("status")?.as_integer()?.try_into().ok()?;
    let Json::Object(headers) = json.get("headers")? else { return None };
    let headers = headers.iter().filter_map(|(name, value)| Some((name.clone(), value.scalar()?.to_owned())));
    Some(Response::new(status, headers.collect(), json.get("body")?.as_text()?))
}
