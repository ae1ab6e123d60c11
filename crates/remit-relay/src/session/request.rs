//! The host's server asks for a session.

use remit_core::wire::json::Json;
use remit_core::{Currency, Instant, Money, Purpose};
use uuid::Uuid;

use super::rights::Session;
use crate::answer::Refusal;
use crate::connection::Connection;

/// How long a session lasts unless the host says otherwise, and the longest, in seconds.
const LASTS: i64 = 15 * 60;
const LONGEST: i64 = 24 * 60 * 60;

const MEMBERS: [&str; 8] =
    ["connections", "invoice", "operations", "limit", "currency", "origin", "by", "seconds"];

/// The request of a host, as JSON.
pub(crate) struct Asked(Json);

impl Asked {
    /// Reads the body.
    pub(crate) fn read(body: &str) -> Result<Self, Refusal> {
        let json = Json::parse(body).ok().filter(|json| matches!(json, Json::Object(_)));
        let json = json.ok_or_else(|| Refusal::new(400, "The body must be a JSON object."))?;
        if let Json::Object(members) = &json
            && let Some((name, _)) = members.iter().find(|(name, _)| !MEMBERS.contains(&name.as_str()))
        {
            let known = MEMBERS.join(", ");
            return Err(Refusal::new(422, format!("{name}: there is no such member; use {known}.")));
        }
        Ok(Self(json))
    }

    /// The names of the connections.
    pub(crate) fn connections(&self) -> Result<Vec<&str>, Refusal> {
        let names = self.0.get("connections").and_then(Json::as_array);
        let names: Option<Vec<_>> = names.and_then(|names| names.iter().map(Json::as_text).collect());
        names.filter(|names| !names.is_empty()).ok_or_else(|| {
            Refusal::new(422, "connections: write a list of one or more names of the relay's connections.")
        })
    }

    /// The session that was asked for. `origins` are those that the relay accepts.
    pub(crate) fn session(
        &self,
        host: &str,
        connections: &[&Connection],
        origins: &[String],
        now: Instant,
    ) -> Result<Session, Refusal> {
        let seconds = match self.0.get("seconds") {
            None | Some(Json::Null) => LASTS,
            Some(seconds) => {
                seconds.as_integer().filter(|seconds| (1..=LONGEST).contains(seconds)).ok_or_else(|| {
                    Refusal::new(422, format!("seconds: write a whole number from 1 to {LONGEST}."))
                })?
            }
        };
        let origin = self.text("origin")?.map(str::to_owned);
        if let Some(origin) = &origin
            && !origins.contains(origin)
        {
            return Err(Refusal::new(422, "origin: the relay's allow_origins does not list it."));
        }
        let expires = now.unix().checked_add(seconds).and_then(Instant::from_unix);
        Ok(Session {
            id: Uuid::new_v4().to_string(),
            host: host.to_owned(),
            connections: connections.iter().map(|connection| connection.name.clone()).collect(),
            invoice: self.text("invoice")?.map(str::to_owned),
            operations: self.operations(connections)?,
            limit: self.limit(connections)?,
            origin,
            by: self.text("by")?.map(str::to_owned),
            expires: expires
                .ok_or_else(|| Refusal::new(500, "The clock of the relay's machine is wrong."))?,
        })
    }

    fn text(&self, member: &str) -> Result<Option<&str>, Refusal> {
        match self.0.get(member) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => match value.as_text().filter(|text| !text.is_empty() && text.len() <= 300) {
                Some(text) => Ok(Some(text)),
                None => Err(Refusal::new(
                    422,
                    format!("{member}: write a text of 1 to 300 bytes, or leave it out."),
                )),
            },
        }
    }

    /// The operations: those that recording a payment needs, unless the host names others.
    fn operations(&self, connections: &[&Connection]) -> Result<Vec<Purpose>, Refusal> {
        let relayed = || {
            let relays = |purpose: &Purpose| connections.iter().any(|connection| connection.relays(*purpose));
            Purpose::ALL.into_iter().filter(relays)
        };
        let Some(asked) = self.0.get("operations").filter(|asked| **asked != Json::Null) else {
            return Ok(relayed().filter(|purpose| purpose.is_relayed_by_default()).collect());
        };
        let find = |name: &Json| {
            let name = name.as_text()?;
            relayed().find(|purpose| purpose.as_str() == name)
        };
        let found: Option<Vec<_>> = asked.as_array().and_then(|names| names.iter().map(find).collect());
        found.filter(|found| !found.is_empty()).ok_or_else(|| {
            let known: Vec<_> = relayed().map(Purpose::as_str).collect();
            Refusal::new(422, format!("operations: write a list of one or more of {}.", known.join(", ")))
        })
    }

    /// The limit, in the currency that the host names, or else that of the connections.
    fn limit(&self, connections: &[&Connection]) -> Result<Option<(i64, Currency)>, Refusal> {
        let code = self.text("currency")?;
        let Some(limit) = self.text("limit")? else {
            return match code {
                Some(_) => Err(Refusal::new(422, "currency: it belongs to limit, which is missing.")),
                None => Ok(None),
            };
        };
        let mut currency = code.map(Currency::parse).transpose();
        for known in connections.iter().filter_map(|connection| connection.currency) {
            match currency {
                Ok(Some(other)) if other != known => {
                    let words = format!("currency: the invoices of a connection are in {}.", known.code());
                    return Err(Refusal::new(422, words));
                }
                Ok(_) => currency = Ok(Some(known)),
                Err(_) => {}
            }
        }
        let currency =
            currency.map_err(|_| Refusal::new(422, "currency: write an ISO 4217 code, as in EUR."))?;
        let missing = || Refusal::new(422, "currency: write the currency of limit, as in EUR.");
        let currency = currency.ok_or_else(missing)?;
        match Money::parse(limit, currency) {
            Ok(money) if money.minor() > 0 => Ok(Some((money.minor(), currency))),
            _ => {
                let words =
                    format!("limit: write a positive amount in {}, as in \"1250.00\".", currency.code());
                Err(Refusal::new(422, words))
            }
        }
    }
}
