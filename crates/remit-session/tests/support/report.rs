//! What a sequence did: its counts, and a line for each event and effect.

use remit_session::{Announcement, Effect, Event};

/// What the sequences contained, to see that they are not idle.
#[derive(Default, Debug)]
pub(crate) struct Counts {
    pub(crate) events: u64,
    pub(crate) creates: u64,
    pub(crate) recorded: u64,
    pub(crate) unknown: u64,
    pub(crate) restored: u64,
    pub(crate) settled_by_looking: u64,
    pub(crate) handed_over: u64,
    pub(crate) refused_elsewhere: u64,
    pub(crate) keyed: u64,
    pub(crate) retried: u64,
    pub(crate) asked: u64,
    pub(crate) told: u64,
    pub(crate) replayed: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, theirs) in [
            (&mut self.events, other.events),
            (&mut self.creates, other.creates),
            (&mut self.recorded, other.recorded),
            (&mut self.unknown, other.unknown),
            (&mut self.restored, other.restored),
            (&mut self.settled_by_looking, other.settled_by_looking),
            (&mut self.handed_over, other.handed_over),
            (&mut self.refused_elsewhere, other.refused_elsewhere),
            (&mut self.keyed, other.keyed),
            (&mut self.retried, other.retried),
            (&mut self.asked, other.asked),
            (&mut self.told, other.told),
            (&mut self.replayed, other.replayed),
        ] {
            *mine += theirs;
        }
    }
}

/// An event in a few words.
pub(crate) fn name_of(event: &Event) -> String {
    match event {
        Event::Entered { field, text, .. } => format!("{} = {text:?}", field.name),
        Event::Configured(options) => format!("Configured({:?})", options.preset.get("invoiceId")),
        Event::Answered { call, response } => {
            format!("Answered({call}, {:?})", response.as_ref().map(|response| response.status))
        }
        Event::Stored { stored, .. } => format!("Stored({})", stored.len()),
        Event::Claimed { granted, .. } => format!("Claimed({granted})"),
        event => format!("{event:?}").chars().take(60).collect(),
    }
}

/// An effect in a few words.
pub(crate) fn name_of_effect(effect: &Effect) -> String {
    match effect {
        Effect::Call(call) => {
            format!("Call({}, {} {})", call.id, call.request.method.name(), call.request.path)
        }
        Effect::Store(stored) => format!("Store({}, {:?})", stored.id, stored.state),
        Effect::Announce(Announcement::Outcome(intent, outcome)) => {
            format!("Outcome({}, {})", intent.id, format!("{outcome:?}").chars().take(40).collect::<String>())
        }
        effect => format!("{effect:?}").chars().take(80).collect(),
    }
}
