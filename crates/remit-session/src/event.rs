//! What can happen to a form.

use remit_core::schema::field::Field;
use remit_core::wire::Response;
use remit_core::{Draft, RecordedPayment};

use crate::options::Options;
use crate::stored::StoredIntent;

/// What happened. Events that do not apply to the current phase change nothing.
#[derive(Debug, Clone)]
pub enum Event {
    // The person.
    /// The text of a control changed. `unfinished` means that the control holds an incomplete value, such as half a date.
    Entered {
        /// The control's field.
        field: &'static Field,
        /// The text, in the locale's notation.
        text: String,
        /// Whether the value is incomplete.
        unfinished: bool,
    },
    /// A control lost the focus: from now on its issues are shown.
    Left(&'static str),
    /// The person chose the suggested value of a field: today, or the balance.
    Suggested(&'static Field),
    /// The person chose a provider.
    Chosen(String),
    /// The person asked for the review.
    Submit,
    /// The person confirmed the review: the payment is sent.
    Confirm,
    /// The person went back to the form.
    Edit,
    /// After a payment that was not sent: back to its review.
    Retry,
    /// After a recorded payment, or an unknown outcome that the person has looked into: a new payment.
    StartOver,
    /// Look for the payment of an unknown outcome.
    CheckAgain,
    /// The person says that the similar payment that was found is the one that was sent.
    Mine,
    /// Shows or hides the list of payments.
    ListToggled,
    /// Asks whether to remove a payment.
    RemovalAsked(RecordedPayment),
    /// The person decided not to remove it.
    RemovalCancelled,
    /// The person confirmed the removal.
    RemovalConfirmed,

    // The page.
    /// Changed options.
    Configured(Box<Options>),
    /// The page's options are invalid, for this reason. An empty text ends the block.
    Blocked(String),
    /// The page replaced all entered values.
    Replaced(Draft),
    /// The person's own entries come back, for example after a reload. Unlike those of the page, they count as entered.
    Returned(Draft),
    /// The page, or the form around the element, resets.
    Reset,
    /// Shows every issue, without opening a review.
    Validate,
    /// The page sends the payment itself: the reply to [`Announcement::Submit`](crate::Announcement::Submit).
    TakenOver,
    /// The page leaves the payment to the form: the reply to the same announcement.
    NotTaken,
    /// The response to a payment that the page sent itself, or `None` if no response arrived.
    Settled(Option<Response>),

    // The network, the store and the clock.
    /// The result of a [`Call`](crate::Call): a response, or the error's text.
    Answered {
        /// [`Call::id`](crate::Call::id).
        call: u32,
        /// The response, or why none arrived.
        response: Result<Response, String>,
    },
    /// The reply to [`Effect::Claim`](crate::Effect::Claim).
    Claimed {
        /// Whether no other tab is sending a payment of the invoice.
        granted: bool,
        /// Every stored intent.
        stored: Vec<StoredIntent>,
    },
    /// What the store holds: at the beginning, and whenever another tab changes it.
    Stored {
        /// Every stored intent.
        stored: Vec<StoredIntent>,
        /// The scopes that other tabs have claimed.
        claimed: Vec<String>,
    },
    /// Whether the device has a network connection.
    Online(bool),
    /// The time of an [`Effect::Wake`](crate::Effect::Wake) has come.
    Woke,
}
