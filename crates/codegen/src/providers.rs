//! Generates the tables of docs/providers.md from the providers' declarations.

use anyhow::Result;
use remit_core::operation::auth::Scheme;
use remit_core::schema::choice::AcceptedCurrencies;
use remit_core::schema::field::{Encoding, Field, Kind, Location, When};
use remit_core::{
    Body, Code, Context, Currency, Draft, Invoice, Money, NoticeCode, Operation, Provider, Purpose, name,
};

use crate::project::between;

const BEGIN: &str = "<!-- providers:";
const END: &str = "<!-- /providers -->";

/// Renders docs/providers.md with new tables.
pub(super) fn render(readme: &str) -> Result<String> {
    between(readme, BEGIN, END, tables(Provider::ALL).trim_end())
}

fn tables(providers: &[&Provider]) -> String {
    [requests(providers), values(providers), fields(providers), operations(providers)].join("\n")
}

fn requests(providers: &[&Provider]) -> String {
    let mut text = row(["", "`record_payment`", "authenticates with", "secrets"]) + &rule(4);
    for provider in providers {
        let Operation { method, route, body, .. } = provider.payment;
        let body = match body {
            Body::Empty | Body::EmptyXml => "no body".to_owned(),
            Body::Json => "JSON".to_owned(),
            Body::JsonWith(fixed) => {
                let fixed = fixed.iter().map(|(name, flag)| code(&format!("{name}: {flag}")));
                format!("JSON, always with {}", list(fixed))
            }
            Body::Xml(root) => format!("XML, {}", code(&format!("<{root}>"))),
        };
        let request = format!("{}, {body}", code(&format!("{} {route}", method.name())));
        let (schemes, secrets) =
            provider.auth.iter().map(|scheme| authentication(*scheme)).unzip::<_, _, Vec<_>, Vec<_>>();
        let who = format!("{} ({})", provider.name, code(provider.id));
        text += &row([&who, &request, &schemes.join(" or "), &secrets.join(" or ")]);
    }
    text
}

/// The operations of each provider.
fn operations(providers: &[&Provider]) -> String {
    let mut text = "## Operations\n\nA relay's connection allows the operations marked *default* unless its \
                    configuration lists others.\n\n"
        .to_owned();
    let names: Vec<_> = providers.iter().map(|provider| provider.name).collect();
    text += &(row([&["operation", "", "relay"], &names[..]].concat()) + &rule(providers.len() + 3));
    for purpose in Purpose::ALL {
        let has = |provider: &&Provider| provider.operation(purpose).map_or("", |_| "●").to_owned();
        let default = if purpose.is_relayed_by_default() { "default" } else { "" };
        let named = [code(purpose.as_str()), effect(purpose).to_owned(), default.to_owned()];
        text += &row(named.into_iter().chain(providers.iter().map(has)));
    }
    text
}

/// What an operation does, in a few words.
fn effect(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::RecordPayment => "records a payment for an invoice",
        Purpose::ListPayments => "lists an invoice's payments",
        Purpose::ShowPayment => "shows one payment",
        Purpose::DeletePayment => "removes a payment",
        Purpose::AddInvoice => "adds an invoice",
        Purpose::ListInvoices => "lists invoices",
        Purpose::GetInvoice => "shows one invoice",
        Purpose::ListTransactions => "lists bank transactions",
        Purpose::Allocations => "shows how much of a bank transaction is allocated to invoices",
        Purpose::Options => "lists the account's custom payment methods",
        Purpose::Ping => "checks that the provider is reachable and accepts the credentials",
        // The enum is open to other crates; a test refuses an empty description.
        _ => "",
    }
}

/// The authentication of requests, and the names of the secrets that the relay needs for it.
fn authentication(scheme: Scheme) -> (String, String) {
    let mut secrets = scheme.secrets();
    let shown = match scheme {
        Scheme::Header { header, .. } => code(header),
        Scheme::Bearer { with, .. } => {
            secrets.extend(with.iter().map(|(_, name)| name));
            let headers = with.iter().map(|(header, _)| code(header));
            list(std::iter::once(code("Authorization: Bearer")).chain(headers))
        }
        Scheme::Basic { .. } => code("Authorization: Basic"),
        Scheme::Signed { .. } => "a signature of the request".to_owned(),
    };
    let limit = if scheme.in_browser() { "" } else { " (added by a relay only)" };
    (format!("{shown}{limit}"), list(secrets.into_iter().map(code)))
}

fn values(providers: &[&Provider]) -> String {
    let mut text = "A notice is a remark about a payment that passed the check.\n\n".to_owned();
    text += &(row([
        "",
        "1250.50 is sent as",
        "a time is sent as",
        "accepted currencies",
        "an amount above the balance is",
    ]) + &rule(5));
    for provider in providers {
        let fields = provider.payment.fields;
        text += &row([
            provider.name,
            &written(fields, |kind| matches!(kind, Kind::Amount { .. })),
            &written(fields, |kind| matches!(kind, Kind::Instant)),
            &currencies(fields),
            overpayment(provider).unwrap_or_default(),
        ]);
    }
    text
}

/// The wire formats of the fields of a kind.
fn written(fields: &[Field], of: fn(Kind) -> bool) -> String {
    let mut ways = Vec::new();
    for field in fields.iter().filter(|field| of(field.kind)) {
        let Location::Body(_, encoding) = field.location else { continue };
        let way = match encoding {
            Encoding::Minor => "`125050`, minor units",
            Encoding::Decimal => "`1250.5`",
            Encoding::Rfc3339 => "`2026-11-19T10:00:00Z`",
            Encoding::UtcDateTime => "`2026-11-19 10:00:00`, UTC",
            Encoding::Text | Encoding::Integer | Encoding::Integers | Encoding::Code => continue,
        };
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways.join(" or ")
}

fn currencies(fields: &[Field]) -> String {
    match fields.iter().find_map(takes) {
        Some(AcceptedCurrencies::All) => "all".to_owned(),
        Some(AcceptedCurrencies::TwoDecimals) => "those with two decimals".to_owned(),
        Some(AcceptedCurrencies::Only(codes)) => codes.join(", "),
        None => String::new(),
    }
}

fn takes(field: &Field) -> Option<AcceptedCurrencies> {
    if let Kind::Currency(takes) = field.kind { Some(takes) } else { None }
}

/// The provider's treatment of a payment above the balance, according to its rules; `None` without a rule.
fn overpayment(provider: &Provider) -> Option<&'static str> {
    let fields = provider.payment.fields;
    let takes = fields.iter().find_map(takes)?;
    let currency = Currency::all().find(|currency| takes.includes(*currency))?;
    let balance = Some(Money::from_minor(1, currency));
    let invoice = Invoice { balance, ..Invoice::new("", currency) };
    let draft = Draft::new().with(name::CURRENCY, currency.code()).with(name::AMOUNT, "1000");
    let known = Context { invoice: Some(invoice), ..Context::default() };
    // Missing fields of this draft have their own issues, which do not matter here.
    let rejection = provider.payment.parse(&draft, &known).err()?;
    if rejection.issues().any(|issue| issue.code == Code::OverOutstanding) {
        Some("refused")
    } else if rejection.notices().iter().any(|notice| notice.code == NoticeCode::OverBalance) {
        Some("sent, with a notice")
    } else {
        None
    }
}

fn fields(providers: &[&Provider]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for field in providers.iter().flat_map(|provider| provider.payment.fields) {
        if !names.contains(&field.name) {
            names.push(field.name);
        }
    }
    let mut text = String::from(
        "## Fields\n\nThe fields of a draft, that is, of a payment as you pass it to Remit: ● required, ○ optional.\n\
         The invoice or the [validator's options](../www/npm/docs/validator.md#options) can supply `currency`.\n\n",
    );
    text += &row(std::iter::once("field").chain(providers.iter().map(|provider| provider.name)));
    text += &rule(providers.len() + 1);
    for name in names {
        let cells = providers.iter().map(|provider| {
            let field = provider.payment.fields.iter().find(|field| field.name == name);
            field.map(need).unwrap_or_default()
        });
        text += &row(std::iter::once(code(name)).chain(cells));
    }
    text
}

fn need(field: &Field) -> String {
    let sign = if field.required { "●" } else { "○" };
    match field.when {
        When::Always => sign.to_owned(),
        When::Equals(other, value) => format!("{sign} if {} is {}", code(other), code(value)),
        When::Absent(other) => format!("{sign} not with {}", code(other)),
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn list(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" and ")
}

fn row(cells: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let cells = cells.into_iter().map(|cell| match cell.as_ref() {
        "" => " |".to_owned(),
        // A bar would end the cell, even in code.
        text => format!(" {} |", text.replace('|', "\\|")),
    });
    format!("|{}\n", cells.collect::<String>())
}

fn rule(columns: usize) -> String {
    format!("|{}\n", "---|".repeat(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_only_the_text_between_the_markers() {
        let old = "# A\n\n<!-- providers: by hand -->\nold\n<!-- /providers -->\n\nZ\n";
        let new = between(old, BEGIN, END, "| new |").unwrap();
        assert_eq!(new, "# A\n\n<!-- providers: by hand -->\n\n| new |\n\n<!-- /providers -->\n\nZ\n");
        assert_eq!(between(&new, BEGIN, END, "| new |").unwrap(), new);
        for without in ["", "<!-- providers: -->\n", "<!-- /providers -->\n<!-- providers: -->\n"] {
            assert!(between(without, BEGIN, END, "new").is_err(), "{without}");
        }
    }

    #[test]
    fn describes_every_operation_that_a_provider_has() {
        for operation in Provider::ALL.iter().flat_map(|provider| provider.all_operations()) {
            assert_ne!(effect(operation.purpose), "", "{}", operation.purpose.as_str());
        }
    }

    #[test]
    fn lists_every_provider_field_and_secret() {
        let tables = tables(Provider::ALL);
        for provider in Provider::ALL {
            let request = format!("{} {}", provider.payment.method.name(), provider.payment.route);
            assert!(tables.contains(&format!("| {} (`{}`) | `{request}`, ", provider.name, provider.id)));
            for field in provider.payment.fields {
                assert!(tables.contains(&format!("\n| `{}` |", field.name)), "{}", field.name);
            }
            for secret in provider.auth.iter().flat_map(|scheme| scheme.secrets()) {
                assert!(tables.contains(&format!("`{secret}`")), "{secret}");
            }
        }
        let columns = |line: &str| line.matches('|').count();
        for table in tables.split("\n\n").filter(|part| part.starts_with('|')) {
            let expected = table.lines().next().map(columns);
            assert!(table.lines().all(|line| Some(columns(line)) == expected), "{table}");
        }
    }

    #[test]
    fn shows_which_fields_are_required_and_when() {
        let field = Field {
            name: "chequeNumber",
            kind: Kind::Integers,
            required: true,
            when: When::Always,
            location: Location::Unsent,
            about: "",
        };
        assert_eq!(need(&field), "●");
        let when = When::Equals("method", "cheque");
        assert_eq!(need(&Field { when, ..field }), "● if `method` is `cheque`");
        let when = When::Absent("fee");
        assert_eq!(need(&Field { when, required: false, ..field }), "○ not with `fee`");
    }

    #[test]
    fn takes_overpayment_from_the_rules_of_the_provider() {
        let answers: Vec<_> = Provider::ALL.iter().map(|provider| overpayment(provider)).collect();
        assert!(answers.contains(&Some("refused")) && answers.contains(&Some("sent, with a notice")));
    }

    #[test]
    fn escapes_a_bar_in_a_cell() {
        assert_eq!(row(["a|b", "", "c"]), "| a\\|b | | c |\n");
    }
}
