//! Intents in the store, which survive a reload and a crash, and which every tab of the origin reads.
//!
//! An intent is stored before its request is sent and forgotten once its outcome is known. Credentials and free texts, such
//! as the note, are never stored.

use std::sync::Arc;

use remit_core::schema::field::{Field, Kind};
use remit_core::wire::json::Json;
use remit_core::{Context, Draft, Provider, Purpose, RecordedPayment, name, to_json};

use crate::intent::{Intent, Passed};

/// The version of the format. Entries of another version are left alone.
const VERSION: i64 = 1;

/// How far a stored intent had got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its request was sent, or was about to be.
    Sending,
    /// The page was sending its request.
    HandedOver,
    /// Its outcome was unknown.
    Unknown,
    /// The provider had confirmed it, and the page had not been told.
    Recorded,
}

impl State {
    const ALL: [Self; 4] = [Self::Sending, Self::HandedOver, Self::Unknown, Self::Recorded];

    fn as_str(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::HandedOver => "handed-over",
            Self::Unknown => "unknown",
            Self::Recorded => "recorded",
        }
    }
}

/// An intent as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredIntent {
    /// [`Intent::id`].
    pub id: String,
    /// How far it had got.
    pub state: State,
    /// [`Intent::scope`].
    pub scope: String,
    /// The identifier of the recorded payment, if the provider had returned it.
    pub payment_id: Option<String>,
    /// The identifiers of the invoice's payments before the request, if they could be listed.
    pub before: Option<Vec<String>>,
    /// Whether the request carried the identifier as its key to a relay.
    pub keyed: bool,
    purpose: Purpose,
    provider: String,
    base_url: String,
    invoice: String,
    fields: Draft,
}

impl StoredIntent {
    /// What to store of an intent.
    pub(crate) fn of(intent: &Intent, state: State, before: Option<&[RecordedPayment]>) -> Self {
        let stays = |field: &Field| {
            let is_free_text = matches!(field.kind, Kind::Text { .. }) && !field.required;
            !is_free_text || field.name == name::RECEIPT
        };
        let values = intent.passed.values.iter().filter(|(field, _)| stays(field));
        Self {
            id: intent.id.clone(),
            state,
            scope: intent.scope(),
            payment_id: None,
            keyed: false,
            before: before.map(|all| all.iter().map(|payment| payment.id.clone()).collect()),
            purpose: intent.operation.purpose,
            provider: intent.provider.id.to_owned(),
            base_url: intent.base_url.clone(),
            invoice: intent.invoice.clone(),
            fields: values.filter_map(|(field, value)| Some((field.name, value?.text()))).collect(),
        }
    }

    /// The intent; `None` if this build does not know its provider or refuses its values.
    pub(crate) fn intent(&self) -> Option<Intent> {
        let provider = Provider::find(&self.provider)?;
        let operation = provider.operation(self.purpose)?;
        let (values, _) = operation.parse(&self.fields, &Context::default()).ok()?;
        let passed = Passed::new(operation, values.into_owned(), Vec::new());
        Some(Intent {
            id: self.id.clone(),
            provider,
            operation,
            passed: Arc::new(passed),
            invoice: self.invoice.clone(),
            base_url: self.base_url.clone(),
            restored: true,
        })
    }

    /// The payments before the request, as far as they are known: their identifiers.
    pub(crate) fn payments_before(&self) -> Option<Vec<RecordedPayment>> {
        self.before.as_ref().map(|ids| ids.iter().map(|id| RecordedPayment::new(id.clone(), None)).collect())
    }

    /// The entry as JSON.
    #[must_use]
    pub fn print(&self) -> String {
        let ids = |ids: &Vec<String>| Json::Array(ids.iter().map(Json::text).collect());
        let members = [
            ("v", Json::integer(VERSION)),
            ("id", Json::text(&self.id)),
            ("state", Json::text(self.state.as_str())),
            ("scope", Json::text(&self.scope)),
            ("paymentId", self.payment_id.as_ref().map_or(Json::Null, Json::text)),
            ("before", self.before.as_ref().map_or(Json::Null, ids)),
            ("keyed", Json::Bool(self.keyed)),
            ("purpose", Json::text(self.purpose.as_str())),
            ("provider", Json::text(&self.provider)),
            ("baseUrl", Json::text(&self.base_url)),
            ("invoice", Json::text(&self.invoice)),
            ("fields", to_json::draft(&self.fields)),
        ];
        members.into_iter().collect::<Json>().print()
    }

    /// Reads an entry; `None` if it is not one, or has another version.
    #[must_use]
    pub fn read(json: &str) -> Option<Self> {
        let json = Json::parse(json).ok()?;
        let text = |member| json.get(member).and_then(Json::as_text).map(str::to_owned);
        if json.get("v").and_then(Json::as_integer) != Some(VERSION) {
            return None;
        }
        let (state, purpose) = (text("state")?, text("purpose")?);
        let Some(Json::Object(fields)) = json.get("fields") else { return None };
        let fields = fields.iter().filter_map(|(name, text)| Some((name.as_str(), text.as_text()?)));
        let before = json.get("before").and_then(Json::as_array);
        let before = before.map(|ids| ids.iter().filter_map(Json::as_text).map(str::to_owned).collect());
        Some(Self {
            id: text("id")?,
            state: State::ALL.into_iter().find(|known| known.as_str() == state)?,
            scope: text("scope")?,
            payment_id: text("paymentId"),
            before,
            keyed: json.get("keyed") == Some(&Json::Bool(true)),
            purpose: Purpose::ALL.into_iter().find(|known| known.as_str() == purpose)?,
            provider: text("provider")?,
            base_url: text("baseUrl")?,
            invoice: text("invoice")?,
            fields: fields.collect(),
        })
    }
}
