//! A plain client: it sends a request under a key, and sends it again under the same key until it knows the outcome.

use std::time::Duration;

use crate::told::Claim;
use crate::world::World;

/// How a plain client behaves.
#[derive(Debug, Clone)]
pub(crate) struct Plain {
    pub(crate) seed: u64,
    pub(crate) begins: Duration,
    /// How long it waits for each answer.
    pub(crate) timeout: Duration,
    pub(crate) tries: u32,
    /// The longest pause between two tries, in milliseconds.
    pub(crate) pause: u64,
    /// Whether the first try is sent twice at once.
    pub(crate) is_twin: bool,
    /// Whether it also withdraws the key at some time.
    pub(crate) withdraws: bool,
    /// Whether it uses a new key after the relay has said that nothing will be recorded under the first.
    pub(crate) begins_anew: bool,
    /// Another wish that it sends under the same key, by mistake.
    pub(crate) misuse: Option<usize>,
}

impl Plain {
    /// Plays the client.
    pub(crate) async fn play(self, world: World, wish: usize, key: String) {
        let mut random = fastrand::Rng::with_seed(self.seed);
        tokio::time::sleep(self.begins).await;
        let withdrawal = async {
            if self.withdraws {
                let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(1));
                tokio::time::sleep(Duration::from_millis(random.u64(0..1200))).await;
                let relay = world.addresses.pick(random.usize(..));
                world.withdraw(relay, wish, &key, self.timeout).await;
            }
        };
        let misuse = async {
            if let Some(other) = self.misuse {
                let mut random = fastrand::Rng::with_seed(self.seed.wrapping_add(2));
                tokio::time::sleep(Duration::from_millis(random.u64(0..600))).await;
                let Some(request) = world.wishes.get(other).map(|wish| wish.request.clone()) else { return };
                let relay = world.addresses.pick(random.usize(..));
                world.send(relay, other, &key, &request, self.timeout).await;
            }
        };
        let (claim, (), ()) = tokio::join!(self.insist(&world, wish, &key, &mut random), withdrawal, misuse);
        if !self.begins_anew || !matches!(claim, None | Some(Claim::Not(_))) {
            return;
        }
        // Only a withdrawn key is certainly never used again.
        let relay = world.addresses.running();
        if let Some(Claim::Not(_)) = world.withdraw(relay, wish, &key, Duration::from_secs(2)).await {
            self.insist(&world, wish, &format!("{key}-anew"), &mut random).await;
        }
    }

    /// Sends the request until its outcome is known, or the tries are used up. Returns the last claim.
    async fn insist(
        &self,
        world: &World,
        wish: usize,
        key: &str,
        random: &mut fastrand::Rng,
    ) -> Option<Claim> {
        let mut request = world.wishes.get(wish)?.request.clone();
        let mut last = None;
        for attempt in 0..self.tries {
            let relay = world.addresses.pick(random.usize(..));
            let answer = if self.is_twin && attempt == 0 {
                let other = world.addresses.pick(random.usize(..));
                let (one, two) = tokio::join!(
                    world.send(relay, wish, key, &request, self.timeout),
                    world.send(other, wish, key, &request, self.timeout),
                );
                let is_recorded = |answer: &Option<crate::world::Answer>| {
                    answer.as_ref().is_some_and(|answer| matches!(answer.claim, Claim::Recorded(_)))
                };
                if is_recorded(&one) { one } else { two }
            } else {
                world.send(relay, wish, key, &request, self.timeout).await
            };
            if let Some(answer) = answer {
                let is_final = match &answer.claim {
                    Claim::Recorded(_) => true,
                    // Refused by the provider, or withdrawn or looked for and absent.
                    Claim::Not(_) => matches!(answer.status, 400 | 404 | 409 | 422),
                    Claim::Unknown(_) => false,
                };
                last = Some(answer.claim);
                if is_final && self.misuse.is_none() {
                    break;
                }
            }
            // The same request, written differently.
            if request.body.starts_with('{') && random.bool() {
                request.body.insert(1, ' ');
            }
            tokio::time::sleep(Duration::from_millis(random.u64(0..=self.pause))).await;
        }
        last
    }
}
