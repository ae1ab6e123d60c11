//! An operation's request: written from checked values, and read back.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::check::context::Context;
use crate::check::draft::Draft;
use crate::check::interpreter::check;
use crate::money::Money;
use crate::money::currency::Currency;
use crate::operation::Operation;
use crate::operation::body::Body;
use crate::operation::codec::{Given, encode, to_json, to_xml};
use crate::report::codes::Code;
use crate::report::finding::{Notice, Param};
use crate::report::rejection::{Findings, Rejection};
use crate::schema::field::{Encoding, Field, Kind, Location};
use crate::schema::value::Value;
use crate::schema::values::Values;
use crate::text::template;
use crate::wire::json::Json;
use crate::wire::xml::Element;
use crate::wire::{Headers, Request};

impl Operation {
    /// The request that sends checked values.
    #[must_use]
    pub fn request(&self, values: &Values) -> Request {
        let mut headers: Headers = [("Accept", self.body.media_type())].into_iter().collect();
        if self.body != Body::Empty {
            headers.set("Content-Type", self.body.media_type());
        }
        for (field, value) in values.iter() {
            if let (Location::Header(name), Some(value)) = (field.location, value) {
                headers.set(name, value.text());
            }
        }
        // What is filled in has been checked to hold nothing that changes a path.
        let mut path = template::fill(self.route, |name, out| {
            if let Some(value) = values.get(name) {
                value.print(out);
            }
        });
        for (field, value) in values.iter() {
            if let (Location::Query(name, encoding), Some(value)) = (field.location, value) {
                path.push(if path.contains('?') { '&' } else { '?' });
                let mut pair = form_urlencoded::Serializer::new(String::new());
                path.push_str(&pair.append_pair(name, &encode(value, encoding)).finish());
            }
        }
        let members = values.iter().filter_map(|(field, value)| match (field.location, value) {
            (Location::Body(name, encoding), Some(value)) => Some((name, encoding, value)),
            _ => None,
        });
        let body = match self.body {
            Body::Empty | Body::EmptyXml => String::new(),
            Body::Json | Body::JsonWith(_) => members
                .map(|(name, encoding, value)| (name, to_json(value, encoding)))
                .chain(self.body.fixed().iter().map(|(name, flag)| (*name, Json::Bool(*flag))))
                .collect::<Json>()
                .print(),
            Body::Xml(root) => Element::with(
                root,
                members.map(|(name, encoding, value)| to_xml(name, value, encoding)).collect(),
            )
            .print(),
        };
        Request { method: self.method, path, headers, body }
    }

    /// Whether a method and a path are this operation's; the texts of the route's fields if so.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        if method != self.method.name() {
            return None;
        }
        self.query(path)?;
        let (path, _) = split_query(path);
        let (route, _) = split_query(self.route);
        let mut captured = Vec::new();
        let mut given = path.split('/');
        for wanted in route.split('/') {
            let segment = given.next()?;
            match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => captured.push((name, segment.to_owned())),
                None if wanted == segment => {}
                _ => return None,
            }
        }
        given.next().is_none().then_some(captured)
    }

    /// The fields in a path's query with their texts; `None` when the query is not one of this operation's.
    fn query(&self, path: &str) -> Option<Vec<(&'static Field, String)>> {
        let pairs = |query| form_urlencoded::parse(str::as_bytes(query)).into_owned();
        let mut given: Vec<_> = pairs(split_query(path).1).collect();
        for (name, value) in pairs(split_query(self.route).1) {
            // A provider's action has been spelled in more than one case. [ivvycode/apidocs, 2025-09-16]
            let same =
                |(n, v): &(String, String)| n.eq_ignore_ascii_case(&name) && v.eq_ignore_ascii_case(&value);
            let at = given.iter().position(same)?;
            given.remove(at);
        }
        let mut fields: Vec<(&'static Field, String)> = Vec::new();
        for (name, text) in given {
            let is_it = |field: &&Field| matches!(field.location, Location::Query(known, _) if known == name);
            let field = self.fields.iter().find(is_it)?;
            if fields.iter().any(|(known, _)| known.name == field.name) {
                return None;
            }
            fields.push((field, text));
        }
        Some(fields)
    }

    /// Reads a request back: the inverse of [`Operation::request`]. Credentials and other headers are passed over.
    ///
    /// Where neither the currency nor the invoice is known, amounts are read as [`Currency::UNSTATED`], the values
    /// name no currency, and a rejection names amounts as they stand on the wire.
    ///
    /// # Errors
    /// [`Rejection`] names each field that is missing or wrong, and each member that the operation does not have, in
    /// the order of the form; or it has one issue, when the path or the body as a whole is not the operation's.
    pub fn read(
        &self,
        request: &Request,
        context: &Context,
    ) -> Result<(Values<'static>, Vec<Notice>), Rejection> {
        let Some(route) = self.matches(request.method.name(), &request.path) else {
            return Err(malformed("path"));
        };
        let mut draft: Draft = route.into_iter().collect();
        let currency = context
            .currency
            .or_else(|| context.invoice.as_ref().map(|i| i.currency))
            .unwrap_or(Currency::UNSTATED);
        let mut found = Findings::default();
        for field in self.fields {
            if let Location::Header(name) = field.location
                && let Some(value) = request.headers.get(name)
            {
                draft.set(field.name, value);
            }
        }
        let mut seen = Vec::new();
        let mut untyped = Vec::new();
        for (field, text) in self.query(&request.path).unwrap_or_default() {
            let name = field.wire_name().unwrap_or(field.name);
            match encoding_of(field).and_then(|encoding| Given::Query(text).read(field, encoding, currency)) {
                Some(text) => draft.set(field.name, text),
                None => {
                    untyped.push(field.name);
                    found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name.to_owned()))]);
                }
            }
        }
        for (name, given) in self.members(&request.body)? {
            // As every request has it, or left out, which comes to the same: what is sent on has it.
            let is_fixed = |(known, flag): &(_, bool)| *known == name && given.is(*flag);
            if self.body.fixed().iter().any(is_fixed) {
                continue;
            }
            let field =
                self.fields.iter().find(|f| matches!(f.location, Location::Body(known, _) if known == name));
            let (Some(field), Some(encoding)) = (field, field.and_then(encoding_of)) else {
                found.issue("", Code::MemberUnknown, vec![("value", Param::Text(name))]);
                continue;
            };
            // A reader that takes the first of two would disagree with one that takes the last.
            if seen.contains(&field.name) {
                return Err(malformed("body"));
            }
            seen.push(field.name);
            match given.read(field, encoding, currency) {
                Some(text) => draft.set(field.name, text),
                None => {
                    untyped.push(field.name);
                    found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name))]);
                }
            }
        }
        // What a request has to name is not taken from what the reader happens to know.
        for field in self.fields {
            let is_named = matches!((field.kind, field.location), (Kind::Currency(_), Location::Body(..)));
            let is_there = draft.get(field.name).is_some_and(|text| !text.trim().is_empty());
            if is_named && field.required && !is_there && !untyped.contains(&field.name) {
                found.issue(field.name, Code::Required, Vec::new());
            }
        }
        let context = Context { currency: Some(currency), ..context.clone() };
        let (values, mut checked) = check(self.fields, self.rules, &draft, &context);
        // A member of the wrong type is there: it is not missing as well.
        checked.forget(&untyped);
        found.append(checked);
        if currency == Currency::UNSTATED {
            found.reword(|field, money| self.on_wire(field, money));
        }
        found.sort(|field| self.fields.iter().position(|known| known.name == field));
        Ok((values.into_owned(), found.settle()?))
    }

    /// An amount as a field has it on the wire.
    fn on_wire(&self, field: &str, money: Money) -> String {
        let encoding = self.fields.iter().find(|known| known.name == field).and_then(encoding_of);
        encode(&Value::Money(money), encoding.unwrap_or(Encoding::Decimal))
    }

    fn members(&self, body: &str) -> Result<Vec<(String, Given)>, Rejection> {
        match self.body {
            Body::Empty | Body::EmptyXml if body.is_empty() => Ok(Vec::new()),
            Body::Empty | Body::EmptyXml => Err(malformed("body")),
            // An action that takes no parameters may be sent with none. [IV-DOC, signing: the MD5 of no body]
            Body::Json if self.fields.is_empty() && body.trim().is_empty() => Ok(Vec::new()),
            Body::Json | Body::JsonWith(_) => match Json::parse(body) {
                Ok(Json::Object(members)) => {
                    Ok(members.into_iter().map(|(name, value)| (name, Given::Json(value))).collect())
                }
                _ => Err(malformed("body")),
            },
            Body::Xml(root) => match Element::parse(body) {
                Ok(element) if element.name == root && element.text.trim().is_empty() => {
                    Ok(element.children.into_iter().map(|c| (c.name.clone(), Given::Xml(c))).collect())
                }
                _ => Err(malformed("body")),
            },
        }
    }
}

/// Says that a request as a whole, in this part of it, is not the operation's.
fn malformed(part: &str) -> Rejection {
    Rejection::of("", Code::MemberType, vec![("value", Param::Text(part.to_owned()))])
}

fn encoding_of(field: &Field) -> Option<Encoding> {
    match field.location {
        Location::Body(_, encoding) | Location::Query(_, encoding) => Some(encoding),
        _ => None,
    }
}

/// A path and its query.
fn split_query(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::outcome::Outcome;
    use crate::operation::purpose::Purpose;
    use crate::provider::declaration::Provider;
    use crate::wire::{Method, Response};

    #[cfg(feature = "form")]
    #[test]
    fn an_added_invoice_would_be_thought_lost_or_a_look_taken_for_a_change() {
        let clockify = Provider::find("clockify").unwrap();
        let add = clockify.operation(Purpose::AddInvoice).unwrap();
        let body = r#"{"id":"i-1","currency":"EUR","number":"7"}"#;
        let reply = |status| Response::new(status, Headers::default(), body);
        let Outcome::Recorded(receipt) = add.outcome(&reply(201), Currency::UNSTATED) else {
            panic!("{body}")
        };
        assert_eq!((receipt.payment_id.as_deref(), receipt.raw.as_str()), (Some("i-1"), body));
        let get = clockify.operation(Purpose::GetInvoice).unwrap();
        assert!(matches!(get.outcome(&reply(200), Currency::UNSTATED), Outcome::Unknown(_)));
        assert!(matches!(add.outcome(&reply(502), Currency::UNSTATED), Outcome::Unknown(_)));
    }

    #[cfg(feature = "complete")]
    #[test]
    fn a_body_where_none_belongs_would_be_passed_over_and_a_call_that_needs_none_refused() {
        let read = |provider: &str, purpose, path: &str, body: &str| {
            let operation = Provider::find(provider).and_then(|page| page.operation(purpose)).unwrap();
            let (method, headers) = (operation.method, Headers::default());
            let request = Request { method, path: path.to_owned(), headers, body: body.to_owned() };
            operation.read(&request, &Context::default()).map(|_| ())
        };
        let remove = |body| read("harvest-v2", Purpose::DeletePayment, "/v2/invoices/1/payments/2", body);
        assert_eq!([remove(""), remove("{}")], [Ok(()), Err(malformed("body"))]);
        let ping = |body| read("ivvy", Purpose::Ping, "/api/1.0/test?action=ping", body);
        assert_eq!([ping(""), ping(" "), ping("{}")], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(ping("[]"), Err(malformed("body")));
    }

    #[test]
    fn a_relay_that_names_no_operations_would_let_a_page_do_more_than_record_payments() {
        let usual: Vec<_> =
            Purpose::ALL.into_iter().filter(|purpose| purpose.is_relayed_by_default()).collect();
        let recording =
            [Purpose::RecordPayment, Purpose::ListPayments, Purpose::ShowPayment, Purpose::GetInvoice];
        assert_eq!(usual, [&recording[..], &[Purpose::Options, Purpose::Ping]].concat());
    }

    #[test]
    fn a_request_without_a_body_would_say_that_it_has_one() {
        for operation in Provider::ALL.iter().flat_map(|provider| provider.all_operations()) {
            let has_one = matches!(operation.body, Body::Json | Body::JsonWith(_) | Body::Xml(_));
            assert_eq!(operation.body.is_empty(), !has_one);
            assert_eq!(operation.method == Method::Post, has_one);
        }
    }
}
