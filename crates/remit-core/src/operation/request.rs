//! Writing an operation's request from checked values, and reading it back.

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
use crate::operation::codec::{RawValue, encode, to_xml, write_json};
use crate::report::codes::Code;
use crate::report::finding::{Notice, Param};
use crate::report::rejection::{Findings, Rejection};
use crate::schema::field::{Encoding, Field, Kind, Location};
use crate::schema::value::Value;
use crate::schema::values::Values;
use crate::text::template;
use crate::wire::json::{self, Json};
use crate::wire::xml::Element;
use crate::wire::{Headers, Request};

impl Operation {
    /// The request that sends checked values.
    #[must_use]
    pub fn request(&self, values: &Values) -> Request {
        let (mut path, mut body) = (String::new(), String::new());
        self.write_path(values, &mut path);
        self.write_body(values, &mut body);
        Request { method: self.method, path, headers: self.headers(values), body }
    }

    /// The headers of the [request](Self::request).
    #[must_use]
    pub fn headers(&self, values: &Values) -> Headers {
        let mut headers: Headers = [("Accept", self.body.media_type())].into_iter().collect();
        if self.body != Body::Empty {
            headers.set("Content-Type", self.body.media_type());
        }
        for (field, value) in values.iter() {
            if let (Location::Header(name), Some(value)) = (field.location, value) {
                headers.set(name, value.text());
            }
        }
        headers
    }

    /// Whether the headers are the same for all values.
    #[must_use]
    pub fn has_constant_headers(&self) -> bool {
        !self.fields.iter().any(|field| matches!(field.location, Location::Header(_)))
    }

    /// Appends the path of the [request](Self::request), with its query.
    pub fn write_path(&self, values: &Values, out: &mut String) {
        let start = out.len();
        // The values in the route are checked: none contains a character that changes a path.
        template::fill_into(out, self.route, &mut |name, out| {
            if let Some(value) = values.get(name) {
                value.print(out);
            }
        });
        for (field, value) in values.iter() {
            if let (Location::Query(name, encoding), Some(value)) = (field.location, value) {
                let has_query = out.get(start..).is_some_and(|path| path.contains('?'));
                out.push(if has_query { '&' } else { '?' });
                let mut pair = form_urlencoded::Serializer::new(String::new());
                out.push_str(&pair.append_pair(name, &encode(value, encoding)).finish());
            }
        }
    }

    /// Appends the body of the [request](Self::request).
    pub fn write_body(&self, values: &Values, out: &mut String) {
        let members = values.iter().filter_map(|(field, value)| match (field.location, value) {
            (Location::Body(name, encoding), Some(value)) => Some((name, encoding, value)),
            _ => None,
        });
        match self.body {
            Body::Empty | Body::EmptyXml => {}
            Body::Json | Body::JsonWith(_) => {
                let mut before = '{';
                let mut begin = |name: &str, out: &mut String| {
                    out.push(core::mem::replace(&mut before, ','));
                    json::write_text(name, out);
                    out.push(':');
                };
                for (name, encoding, value) in members {
                    begin(name, out);
                    write_json(value, encoding, out);
                }
                for (name, flag) in self.body.fixed() {
                    begin(name, out);
                    out.push_str(if *flag { "true" } else { "false" });
                }
                if before == '{' {
                    out.push('{');
                }
                out.push('}');
            }
            Body::Xml(root) => {
                let children = members.map(|(name, encoding, value)| to_xml(name, value, encoding));
                out.push_str(&Element::with(root, children.collect()).print());
            }
        }
    }

    /// The texts of the route's fields if the method and the path are this operation's, else `None`.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        if method != self.method.name() {
            return None;
        }
        self.query(path)?;
        let (path, _) = split_query(path);
        let (route, _) = split_query(self.route);
        let mut captured = Vec::new();
        let mut segments = path.split('/');
        for expected in route.split('/') {
            let segment = segments.next()?;
            match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !segment.is_empty() => captured.push((name, segment.to_owned())),
                None if expected == segment => {}
                _ => return None,
            }
        }
        segments.next().is_none().then_some(captured)
    }

    /// The fields in a path's query with their texts; `None` if the query is not this operation's.
    fn query(&self, path: &str) -> Option<Vec<(&'static Field, String)>> {
        let pairs = |query| form_urlencoded::parse(str::as_bytes(query)).into_owned();
        let mut unread: Vec<_> = pairs(split_query(path).1).collect();
        for (name, value) in pairs(split_query(self.route).1) {
            // A provider's documentation spells an action in more than one case. [ivvycode/apidocs, 2025-09-16]
            let same =
                |(n, v): &(String, String)| n.eq_ignore_ascii_case(&name) && v.eq_ignore_ascii_case(&value);
            let at = unread.iter().position(same)?;
            unread.remove(at);
        }
        let mut fields: Vec<(&'static Field, String)> = Vec::new();
        for (name, text) in unread {
            let is_named =
                |field: &&Field| matches!(field.location, Location::Query(known, _) if known == name);
            let field = self.fields.iter().find(is_named)?;
            if fields.iter().any(|(known, _)| known.name == field.name) {
                return None;
            }
            fields.push((field, text));
        }
        Some(fields)
    }

    /// Reads a request: the inverse of [`Operation::request`]. Credentials and other headers are ignored.
    ///
    /// If neither the currency nor the invoice is known, amounts are read in [`Currency::UNSTATED`], the values have no
    /// currency, and a rejection shows amounts as encoded on the wire.
    ///
    /// # Errors
    /// [`Rejection`] with an issue for each missing or invalid field and each unknown member, in the order of the form;
    /// or with one issue if the path or the entire body is not the operation's.
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
            match encoding_of(field)
                .and_then(|encoding| RawValue::Query(text).read(field, encoding, currency))
            {
                Some(text) => draft.set(field.name, text),
                None => {
                    untyped.push(field.name);
                    found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name.to_owned()))]);
                }
            }
        }
        for (name, raw) in self.members(&request.body)? {
            // A fixed member may have its fixed value or be omitted. The request that is sent on always has it.
            let is_fixed = |(known, flag): &(_, bool)| *known == name && raw.is(*flag);
            if self.body.fixed().iter().any(is_fixed) {
                continue;
            }
            let field =
                self.fields.iter().find(|f| matches!(f.location, Location::Body(known, _) if known == name));
            let (Some(field), Some(encoding)) = (field, field.and_then(encoding_of)) else {
                found.issue("", Code::MemberUnknown, vec![("value", Param::Text(name))]);
                continue;
            };
            // A duplicate member is refused: readers disagree on whether the first or the last one counts.
            if seen.contains(&field.name) {
                return Err(malformed("body"));
            }
            seen.push(field.name);
            match raw.read(field, encoding, currency) {
                Some(text) => draft.set(field.name, text),
                None => {
                    untyped.push(field.name);
                    found.issue(field.name, Code::MemberType, vec![("value", Param::Text(name))]);
                }
            }
        }
        // A currency that the request must contain is not taken from the context.
        for field in self.fields {
            let is_named = matches!((field.kind, field.location), (Kind::Currency(_), Location::Body(..)));
            let is_present = draft.get(field.name).is_some();
            if is_named && field.required && !is_present && !untyped.contains(&field.name) {
                found.issue(field.name, Code::Required, Vec::new());
            }
        }
        let context = Context { currency: Some(currency), ..context.clone() };
        let (values, mut checked) = check(self.fields, self.rules, &draft, &context);
        // A member of the wrong type is not reported as missing, too.
        checked.forget(&untyped);
        found.append(checked);
        if currency == Currency::UNSTATED {
            found.reword(|field, money| self.on_wire(field, money));
        }
        found.sort(|field| self.fields.iter().position(|known| known.name == field));
        Ok((values.into_owned(), found.settle()?))
    }

    /// An amount in a field's encoding.
    fn on_wire(&self, field: &str, money: Money) -> String {
        let encoding = self.fields.iter().find(|known| known.name == field).and_then(encoding_of);
        encode(&Value::Money(money), encoding.unwrap_or(Encoding::Decimal))
    }

    fn members(&self, body: &str) -> Result<Vec<(String, RawValue)>, Rejection> {
        match self.body {
            Body::Empty | Body::EmptyXml if body.is_empty() => Ok(Vec::new()),
            Body::Empty | Body::EmptyXml => Err(malformed("body")),
            // An operation without parameters may have an empty body. [IV-DOC, signing: the MD5 of no body]
            Body::Json if self.fields.is_empty() && body.trim().is_empty() => Ok(Vec::new()),
            Body::Json | Body::JsonWith(_) => match Json::parse(body) {
                Ok(Json::Object(members)) => {
                    Ok(members.into_iter().map(|(name, value)| (name, RawValue::Json(value))).collect())
                }
                _ => Err(malformed("body")),
            },
            Body::Xml(root) => match Element::parse(body) {
                Ok(element) if element.name == root && element.text.trim().is_empty() => {
                    Ok(element.children.into_iter().map(|c| (c.name.clone(), RawValue::Xml(c))).collect())
                }
                _ => Err(malformed("body")),
            },
        }
    }
}

/// The rejection of a request whose path or body is not the operation's.
fn malformed(part: &str) -> Rejection {
    Rejection::of("", Code::MemberType, vec![("value", Param::Text(part.to_owned()))])
}

fn encoding_of(field: &Field) -> Option<Encoding> {
    match field.location {
        Location::Body(_, encoding) | Location::Query(_, encoding) => Some(encoding),
        _ => None,
    }
}

/// Splits a path from its query.
fn split_query(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "form")]
    use crate::operation::outcome::Outcome;
    use crate::operation::purpose::Purpose;
    use crate::provider::declaration::Provider;
    use crate::wire::Method;
    #[cfg(feature = "form")]
    use crate::wire::Response;

    #[cfg(feature = "form")]
    #[test]
    fn an_added_invoice_is_recorded_and_a_shown_invoice_is_not() {
        let clockify = Provider::find("clockify").unwrap();
        let add = clockify.operation(Purpose::AddInvoice).unwrap();
        let body = r#"{"id":"i-1","currency":"EUR","number":"7"}"#;
        let response = |status| Response::new(status, Headers::default(), body);
        let Outcome::Recorded(receipt) = add.outcome(&response(201), Currency::UNSTATED) else {
            panic!("{body}")
        };
        assert_eq!((receipt.payment_id.as_deref(), receipt.raw.as_str()), (Some("i-1"), body));
        let get = clockify.operation(Purpose::GetInvoice).unwrap();
        assert!(matches!(get.outcome(&response(200), Currency::UNSTATED), Outcome::Unknown(_)));
        assert!(matches!(add.outcome(&response(502), Currency::UNSTATED), Outcome::Unknown(_)));
    }

    #[cfg(feature = "complete")]
    #[test]
    fn rejects_a_body_where_none_belongs_and_accepts_a_missing_body_without_parameters() {
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
    fn a_relay_allows_only_the_operations_that_recording_a_payment_needs_by_default() {
        let allowed: Vec<_> =
            Purpose::ALL.into_iter().filter(|purpose| purpose.is_relayed_by_default()).collect();
        let recording =
            [Purpose::RecordPayment, Purpose::ListPayments, Purpose::ShowPayment, Purpose::GetInvoice];
        assert_eq!(allowed, [&recording[..], &[Purpose::Options, Purpose::Ping]].concat());
    }

    #[test]
    fn exactly_the_post_requests_have_a_body() {
        for operation in Provider::ALL.iter().flat_map(|provider| provider.all_operations()) {
            let has_body = matches!(operation.body, Body::Json | Body::JsonWith(_) | Body::Xml(_));
            assert_eq!(operation.body.is_empty(), !has_body);
            assert_eq!(operation.method == Method::Post, has_body);
        }
    }
}
