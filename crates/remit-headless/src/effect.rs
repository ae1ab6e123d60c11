//! Writes effects: `{type, …}`.

use remit_core::to_json;
use remit_core::wire::json::Json;
use remit_session::{Announcement, Effect, Mode};

/// Writes an effect.
pub(crate) fn write(effect: &Effect) -> Json {
    let (kind, mut members) = match effect {
        Effect::Call(call) => (
            "call",
            vec![
                ("call", Json::integer(call.id.into())),
                ("url", Json::text(&call.url)),
                ("request", to_json::request(&call.request)),
                ("timeout", Json::integer(call.timeout.into())),
                ("reach", Json::Bool(call.mode == Mode::Reach)),
            ],
        ),
        Effect::Claim(scope) => ("claim", vec![("scope", Json::text(scope))]),
        Effect::Release(scope) => ("release", vec![("scope", Json::text(scope))]),
        Effect::Store(intent) => {
            ("store", vec![("id", Json::text(&intent.id)), ("json", Json::text(intent.print()))])
        }
        Effect::Forget(id) => ("forget", vec![("id", Json::text(id))]),
        Effect::Announce(announcement) => ("announce", announced(announcement)),
        Effect::Wake(after) => ("wake", vec![("after", Json::Number(after.to_string()))]),
    };
    members.push(("type", Json::text(kind)));
    members.into_iter().collect()
}

/// The name of the element's event without its prefix, and its detail.
fn announced(announcement: &Announcement) -> Vec<(&'static str, Json)> {
    let name = announcement.name();
    vec![("name", Json::text(name.strip_prefix("remit-").unwrap_or(name))), ("detail", announcement.detail())]
}
