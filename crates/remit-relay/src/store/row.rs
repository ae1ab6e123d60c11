//! Rows of the store, and their values as text.

use remit_core::wire::json::Json;
use remit_core::wire::{Headers, Response};

use super::error::StoreError;
use crate::intent::{Intent, KeyOf, State, Ticket};

/// A parameter or a column: text or a whole number, or neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

/// The columns of an intent, in the order in which [`Row::intent`] reads them.
pub(super) const COLUMNS: &str = "id, attempt, tenant, connection, key, fingerprint, operation, invoice, request, \
     state, before_ids, response, payment, {now} - missing_since, {now} - created";

/// A row that a statement returned.
#[derive(Debug)]
pub(crate) struct Row(pub(super) Vec<Value>);

impl Row {
    pub(super) fn integer(&self, at: usize, column: &'static str) -> Result<Option<i64>, StoreError> {
        match self.0.get(at) {
            Some(Value::Integer(number)) => Ok(*number),
            // SQLite gives NULL no type.
            Some(Value::Text(None)) => Ok(None),
            _ => Err(StoreError::Corrupt(column)),
        }
    }

    fn text(&self, at: usize, column: &'static str) -> Result<Option<String>, StoreError> {
        match self.0.get(at) {
            Some(Value::Text(text)) => Ok(text.clone()),
            _ => Err(StoreError::Corrupt(column)),
        }
    }

    /// The intent in a row of [`COLUMNS`].
    pub(super) fn intent(&self) -> Result<Intent, StoreError> {
        let required = |at, column| self.text(at, column)?.ok_or(StoreError::Corrupt(column));
        let number = |at, column| self.integer(at, column)?.ok_or(StoreError::Corrupt(column));
        let before = self.text(10, "before_ids")?;
        let response = self.text(11, "response")?;
        Ok(Intent {
            ticket: Ticket { id: required(0, "id")?, attempt: number(1, "attempt")? },
            key: KeyOf {
                tenant: required(2, "tenant")?,
                connection: required(3, "connection")?,
                key: required(4, "key")?,
            },
            fingerprint: required(5, "fingerprint")?,
            operation: required(6, "operation")?,
            invoice: self.text(7, "invoice")?,
            request: required(8, "request")?,
            state: State::find(&required(9, "state")?).ok_or(StoreError::Corrupt("state"))?,
            before: before
                .map(|json| read_ids(&json).ok_or(StoreError::Corrupt("before_ids")))
                .transpose()?,
            response: response
                .map(|json| read_response(&json).ok_or(StoreError::Corrupt("response")))
                .transpose()?,
            payment: self.text(12, "payment")?,
            missing: self.integer(13, "missing_since")?,
            age: number(14, "created")?,
        })
    }
}

/// Identifiers as a JSON array.
pub(super) fn print_ids(ids: &[String]) -> String {
    Json::Array(ids.iter().map(Json::text).collect()).print()
}

fn read_ids(json: &str) -> Option<Vec<String>> {
    let json = Json::parse(json).ok()?;
    json.as_array()?.iter().map(|id| id.as_text().map(str::to_owned)).collect()
}

/// A response as a JSON object.
pub(super) fn print_response(response: &Response) -> String {
    let headers: Json = response.headers.iter().map(|(name, value)| (name, Json::text(value))).collect();
    let members = [
        ("status", Json::integer(response.status.into())),
        ("headers", headers),
        ("body", Json::text(&response.body)),
    ];
    members.into_iter().collect::<Json>().print()
}

fn read_response(json: &str) -> Option<Response> {
    let json = Json::parse(json).ok()?;
    let Some(Json::Object(headers)) = json.get("headers") else { return None };
    let headers: Option<Headers> =
        headers.iter().map(|(name, value)| Some((name.clone(), value.as_text()?.to_owned()))).collect();
    let status = u16::try_from(json.get("status")?.as_integer()?).ok()?;
    Some(Response::new(status, headers?, json.get("body")?.as_text()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_response_is_read_back_as_it_was_written(
            status in 100_u16..600, name in "[a-z]{1,8}", value in "[ -~]{0,20}", body in any::<String>(),
        ) {
            let response = Response::new(status, [(name, value)].into_iter().collect(), body);
            prop_assert_eq!(read_response(&print_response(&response)), Some(response));
        }

        #[test]
        fn identifiers_are_read_back_as_they_were_written(ids in proptest::collection::vec(any::<String>(), 0..5)) {
            prop_assert_eq!(read_ids(&print_ids(&ids)), Some(ids));
        }
    }
}
