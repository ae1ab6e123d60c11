//! The endpoint at which the hosts' servers ask for sessions.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use remit_core::wire::{self, json::Json};

use crate::answer::{Refusal, relay_response};
use crate::clock::now;
use crate::relay::Relay;
use crate::session::{Asked, Sessions, bearer, find_server};

impl Relay {
    /// Responds to a host's server that asks for a session.
    pub(crate) fn respond_session(
        &self,
        sessions: &Sessions,
        method: &Method,
        headers: &HeaderMap,
        body: Result<Bytes, BytesRejection>,
    ) -> Result<Response, Refusal> {
        if method != Method::POST {
            return Err(Refusal::new(405, "POST asks for a session.").allowing(Method::POST.to_string()));
        }
        let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let server = authorization.and_then(bearer).and_then(|key| find_server(&sessions.servers, key));
        let server = server.ok_or_else(|| {
            Refusal::new(
                401,
                "Send the server's key, as in Authorization: Bearer KEY. [servers.NAME] configures it.",
            )
        })?;
        let body = body.ok().and_then(|body| String::from_utf8(body.into()).ok());
        let asked = Asked::read(&body.ok_or_else(|| Refusal::new(400, "The body must be UTF-8."))?)?;
        let mut connections = Vec::new();
        for name in asked.connections()? {
            let connection = self.shared.connections.get(name).filter(|_| server.may_use(name));
            connections.push(connection.map(AsRef::as_ref).ok_or_else(|| {
                let words = "connections: the relay has no connection of this name for this server.";
                Refusal::new(422, words)
            })?);
        }
        let now = now().ok_or_else(|| Refusal::new(500, "The clock of the relay's machine is wrong."))?;
        let origins: Vec<_> =
            self.shared.origins.iter().filter_map(|origin| origin.to_str().ok().map(str::to_owned)).collect();
        let session = asked.session(&server.name, &connections, &origins, now)?;
        let token = sessions.keys.seal(&session);
        let token = token.ok_or_else(|| Refusal::new(500, "The relay cannot make a token."))?;
        tracing::info!(server = server.name, session = session.id, "gave out a session");
        let members = [("session", Json::text(token)), ("expires", Json::text(session.expires.rfc3339()))];
        let headers = [("Content-Type", "application/json")].into_iter().collect();
        Ok(relay_response(wire::Response::new(201, headers, members.into_iter().collect::<Json>().print())))
    }
}
