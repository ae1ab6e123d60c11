//! Effects: the work that a session requests from its caller.

use crate::announcement::Announcement;
use crate::call::Call;
use crate::stored::StoredIntent;

/// Something to do, in the order of the list.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Send a request, and report the result as [`Event::Answered`](crate::Event::Answered).
    Call(Call),
    /// Keep other tabs from sending a payment of this scope until [`Effect::Release`], and report
    /// [`Event::Claimed`](crate::Event::Claimed).
    Claim(String),
    /// End a claim.
    Release(String),
    /// Write an intent to the store, before the effects that follow.
    Store(StoredIntent),
    /// Remove the intent with this identifier from the store.
    Forget(String),
    /// Tell the page. [`Announcement::Submit`] needs a reply.
    Announce(Announcement),
    /// Report [`Event::Woke`](crate::Event::Woke) after this many milliseconds.
    Wake(u64),
}
