//! The store of intents: what must survive a crash of the relay.
//!
//! The rules are written once, as SQL that SQLite and PostgreSQL both understand; a [`Database`] only runs it. Every rule
//! that protects money is a constraint of the schema or a condition of a single statement, so several relays can share one
//! database without locks of their own.

mod database;
mod error;
mod postgres;
mod row;
mod sqlite;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use uuid::Uuid;

use crate::intent::{Claim, Claimed, Ending, Finding, Intent, KeyOf, State, Ticket};

use database::Database;
pub use error::StoreError;
pub(crate) use postgres::Postgres;
pub(crate) use row::Value;
use row::{COLUMNS, Row};
pub(crate) use sqlite::Sqlite;

/// How often one key may be used for attempts that sent nothing.
const ATTEMPTS: i64 = 3;

/// The store of intents.
pub(crate) struct Store {
    database: Box<dyn Database>,
}

impl Store {
    /// Opens or creates a file.
    pub(crate) fn file(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::over(Sqlite::open(Some(path))?))
    }

    /// Makes a store that is lost when the relay ends.
    pub(crate) fn memory() -> Result<Self, StoreError> {
        Ok(Self::over(Sqlite::open(None)?))
    }

    /// Makes a store in a database.
    pub(crate) fn over(database: impl Database + 'static) -> Self {
        Self { database: Box::new(database) }
    }

    async fn run(
        &self,
        lock: Option<&str>,
        sql: &str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.database.run(lock, &self.complete(sql), parameters.into_iter().collect()).await
    }

    /// Runs a statement that reads, or that writes only buckets.
    async fn read(
        &self,
        sql: &str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, StoreError> {
        self.database.read(&self.complete(sql), parameters.into_iter().collect()).await
    }

    fn complete(&self, sql: &str) -> String {
        sql.replace("{columns}", COLUMNS).replace("{now}", self.database.now())
    }

    async fn intents(
        &self,
        sql: &str,
        parameters: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Intent>, StoreError> {
        self.run(None, sql, parameters).await?.iter().map(Row::intent).collect()
    }

    /// The intent of a key.
    pub(crate) async fn find(&self, key: &KeyOf) -> Result<Option<Intent>, StoreError> {
        let sql = "SELECT {columns} FROM intents WHERE tenant = ?1 AND connection = ?2 AND key = ?3";
        self.read(sql, of_key(key)).await?.first().map(Row::intent).transpose()
    }

    /// Takes a key for a change. `prepares` is how long the caller may take until [`Store::send`].
    pub(crate) async fn claim(&self, claim: &Claim, prepares: Duration) -> Result<Claimed, StoreError> {
        // A second round is needed if another caller takes the key between two statements, and it finds the taken key.
        for _ in 0..2 {
            let known = self.find(&claim.key).await?;
            let again = match known {
                Some(known) if known.state == State::Expired => return Ok(Claimed::Known(Box::new(known))),
                Some(known) if known.fingerprint != claim.fingerprint => return Ok(Claimed::Mismatch),
                Some(known) if known.state == State::NotSent && known.ticket.attempt < ATTEMPTS => {
                    Some(known.ticket)
                }
                Some(known) => return Ok(Claimed::Known(Box::new(known))),
                None => None,
            };
            let is_new = again.is_none();
            match self.begin(claim, again, prepares).await {
                Ok(Some(ticket)) => return Ok(Claimed::Granted(ticket)),
                Err(StoreError::Taken) => {
                    if let Some(state) = self.open_on(claim).await? {
                        return Ok(Claimed::Busy(state));
                    }
                }
                Ok(None) if is_new && self.find(&claim.key).await?.is_none() => {
                    return Ok(Claimed::OverLimit);
                }
                Ok(None) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Claimed::Busy(State::Prepared))
    }

    /// Inserts the intent, or begins another attempt of one. `None` if the key is taken or the limit exceeded.
    async fn begin(
        &self,
        claim: &Claim,
        again: Option<Ticket>,
        prepares: Duration,
    ) -> Result<Option<Ticket>, StoreError> {
        // What was not recorded does not count. What is unknown does.
        const WITHIN_LIMIT: &str = "(CAST(?4 AS BIGINT) IS NULL OR CAST(?3 AS BIGINT) IS NULL OR ?3 <= ?4 - coalesce(
            (SELECT sum(amount) FROM intents WHERE session = ?5 AND state NOT IN ('refused', 'not_sent', 'absent')), 0))";
        let session = claim.session.as_ref();
        let limit = session.and_then(|budget| budget.limit);
        let session = session.map(|budget| budget.session.as_str());
        // The sum must not miss an intent that is being inserted.
        let lock = session.filter(|_| limit.is_some());
        let start = [
            Value::from(
                again.as_ref().map_or_else(|| Uuid::new_v4().to_string(), |ticket| ticket.id.clone()),
            ),
            millis(prepares).into(),
            claim.amount.into(),
            limit.into(),
            session.into(),
        ];
        let rows = if let Some(ticket) = again {
            let sql = format!(
                "UPDATE intents SET state = 'prepared', attempt = attempt + 1, response = NULL, \
                 deadline = {{now}} + ?2, updated = {{now}} \
                 WHERE id = ?1 AND state = 'not_sent' AND attempt = ?6 AND {WITHIN_LIMIT} RETURNING {{columns}}"
            );
            self.run(lock, &sql, start.into_iter().chain([ticket.attempt.into()])).await?
        } else {
            let sql = format!(
                "INSERT INTO intents (id, deadline, amount, session, tenant, connection, key, fingerprint, \
                 operation, invoice, request, made_by, state, attempt, created, updated) \
                 SELECT ?1, {{now}} + ?2, CAST(?3 AS BIGINT), CAST(?5 AS TEXT), CAST(?6 AS TEXT), CAST(?7 AS TEXT), \
                 CAST(?8 AS TEXT), CAST(?9 AS TEXT), CAST(?10 AS TEXT), CAST(?11 AS TEXT), CAST(?12 AS TEXT), \
                 CAST(?13 AS TEXT), 'prepared', 1, {{now}}, {{now}} WHERE {WITHIN_LIMIT} \
                 ON CONFLICT (tenant, connection, key) DO NOTHING RETURNING {{columns}}"
            );
            let rest = [
                claim.fingerprint.as_str().into(),
                claim.operation.into(),
                claim.invoice.as_deref().into(),
                claim.request.as_str().into(),
                claim.by.as_deref().into(),
            ];
            self.run(lock, &sql, start.into_iter().chain(of_key(&claim.key)).chain(rest)).await?
        };
        Ok(rows.first().map(Row::intent).transpose()?.map(|intent| intent.ticket))
    }

    /// The state of the unfinished change of the claim's invoice.
    async fn open_on(&self, claim: &Claim) -> Result<Option<State>, StoreError> {
        let sql = "SELECT {columns} FROM intents WHERE connection = ?1 AND invoice = ?2 \
                   AND state IN ('prepared', 'sending', 'unknown')";
        let parameters = [claim.key.connection.as_str().into(), claim.invoice.as_deref().into()];
        let open = self.read(sql, parameters).await?;
        Ok(open.first().map(Row::intent).transpose()?.map(|intent| intent.state))
    }

    /// Marks the intent as being sent, for at most `lasts`. Only after `true` may the first byte be sent.
    pub(crate) async fn send(
        &self,
        ticket: &Ticket,
        before: Option<&[String]>,
        lasts: Duration,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE intents SET state = 'sending', before_ids = ?3, deadline = {now} + ?4, updated = {now} \
                   WHERE id = ?1 AND attempt = ?2 AND state = 'prepared' RETURNING {columns}";
        let before = before.map(row::print_ids);
        let parameters = [before.into(), millis(lasts).into()];
        Ok(!self.run(None, sql, of_ticket(ticket).into_iter().chain(parameters)).await?.is_empty())
    }

    /// Ends an attempt. `false` if it had been ended by another relay.
    pub(crate) async fn finish(&self, ticket: &Ticket, ending: &Ending) -> Result<bool, StoreError> {
        let sql = "UPDATE intents SET state = ?3, response = ?4, payment = ?5, updated = {now}, check_at = {now} \
                   WHERE id = ?1 AND attempt = ?2 AND state IN ('prepared', 'sending', 'unknown') RETURNING {columns}";
        let with = |payment: Option<&str>| {
            let response = row::print_response(&ending.response);
            let parameters = [ending.state.as_str().into(), response.into(), payment.into()];
            of_ticket(ticket).into_iter().chain(parameters)
        };
        let rows = match self.run(None, sql, with(ending.payment.as_deref())).await {
            // The provider has returned the identifier of an earlier payment. The confirmation still stands.
            Err(StoreError::Taken) => self.run(None, sql, with(None)).await?,
            rows => rows?,
        };
        Ok(!rows.is_empty())
    }

    /// The intent of a key. From now on nothing is sent under this key: if it was never seen, or nothing has been sent yet, it
    /// ends as absent.
    pub(crate) async fn withdraw(&self, key: &KeyOf) -> Result<Intent, StoreError> {
        // One statement, which also returns an intent that it does not change: between two, another attempt could begin.
        let sql = "INSERT INTO intents (tenant, connection, key, id, fingerprint, operation, request, state, attempt, \
                   deadline, created, updated) VALUES (?1, ?2, ?3, ?4, '', '', '', 'absent', 1, {now}, {now}, {now}) \
                   ON CONFLICT (tenant, connection, key) DO UPDATE SET \
                   state = CASE WHEN {unsent} THEN 'absent' ELSE intents.state END, \
                   attempt = CASE WHEN {unsent} THEN intents.attempt + 1 ELSE intents.attempt END, \
                   response = CASE WHEN {unsent} THEN NULL ELSE intents.response END, \
                   updated = CASE WHEN {unsent} THEN {now} ELSE intents.updated END RETURNING {columns}";
        let sql = sql.replace("{unsent}", "intents.state IN ('prepared', 'not_sent')");
        let id = Uuid::new_v4().to_string();
        let written = self.intents(&sql, of_key(key).into_iter().chain([id.into()])).await?.pop();
        written.ok_or(StoreError::Corrupt("key"))
    }

    /// Ends the attempts whose relay has not ended them in time: a crash. What may have been sent becomes unknown.
    pub(crate) async fn sweep(&self) -> Result<(), StoreError> {
        let sql = "UPDATE intents SET state = CASE state WHEN 'sending' THEN 'unknown' ELSE 'not_sent' END, \
                   check_at = {now}, updated = {now} \
                   WHERE state IN ('prepared', 'sending') AND deadline < {now} RETURNING {columns}";
        for intent in self.intents(sql, []).await? {
            tracing::warn!(
                connection = intent.key.connection,
                operation = intent.operation,
                state = intent.state.as_str(),
                "ended an attempt that a relay left behind"
            );
        }
        Ok(())
    }

    /// The unknown intents that are to be looked for now, at most a few. No relay gets them again before `pause` is over.
    pub(crate) async fn due(&self, pause: Duration) -> Result<Vec<Intent>, StoreError> {
        // The time between two looks grows with the age, so that a provider that is down for hours is not overrun.
        let sql = "UPDATE intents SET check_at = {now} + ?1 + ({now} - created) / 10 WHERE id IN (\
                   SELECT id FROM intents WHERE state = 'unknown' AND check_at <= {now} ORDER BY check_at LIMIT 8) \
                   AND state = 'unknown' AND check_at <= {now} RETURNING {columns}";
        self.intents(sql, [millis(pause).into()]).await
    }

    /// Writes down what looking for an unknown change has shown. `false` if the payment belongs to another intent.
    pub(crate) async fn settle(&self, ticket: &Ticket, finding: &Finding) -> Result<bool, StoreError> {
        let (state, payment) = match finding {
            Finding::Settled(payment) => (State::Settled, payment.as_deref()),
            Finding::Absent => (State::Absent, None),
            Finding::Person => (State::Person, None),
            Finding::Missing | Finding::Unclear | Finding::Unreadable => (State::Unknown, None),
        };
        let sql = "UPDATE intents SET state = ?3, payment = ?4, updated = {now}, \
                   missing_since = CASE WHEN CAST(?5 AS BIGINT) = 1 THEN coalesce(missing_since, {now}) ELSE missing_since END \
                   WHERE id = ?1 AND attempt = ?2 AND state = 'unknown' RETURNING {columns}";
        let missing = i64::from(matches!(finding, Finding::Missing | Finding::Unclear | Finding::Absent));
        let parameters = [state.as_str().into(), payment.into(), missing.into()];
        match self.run(None, sql, of_ticket(ticket).into_iter().chain(parameters)).await {
            Err(StoreError::Taken) => Ok(false),
            rows => rows.map(|_| true),
        }
    }

    /// The identifiers of the payments of the invoice, or of the invoices with the number, that belong to other intents.
    pub(crate) async fn claimed(&self, intent: &Intent) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT {columns} FROM intents WHERE connection = ?1 AND operation = ?2 AND id <> ?3 \
                   AND invoice = ?4 AND payment IS NOT NULL";
        let parameters = [
            intent.key.connection.as_str().into(),
            intent.operation.as_str().into(),
            intent.ticket.id.as_str().into(),
            intent.invoice.as_deref().into(),
        ];
        let intents = self.read(sql, parameters).await?;
        let payments = intents.iter().map(|row| Ok(row.intent()?.payment));
        payments.filter_map(Result::transpose).collect()
    }

    /// Deletes everything but the key of the intents that are older than `retention`, and the buckets that are full. The key
    /// stays, so that it is never taken for a new one. Returns the number of intents.
    pub(crate) async fn prune(&self, retention: Duration) -> Result<usize, StoreError> {
        let sql = "UPDATE intents SET state = 'expired', fingerprint = '', request = '', before_ids = NULL, \
                   response = NULL, made_by = NULL, session = NULL, amount = NULL, updated = {now} \
                   WHERE created < {now} - ?1 AND state NOT IN ('expired', 'prepared', 'sending', 'unknown') \
                   RETURNING {columns}";
        let expired = self.run(None, sql, [millis(retention).into()]).await?.len();
        self.read("DELETE FROM buckets WHERE full_at < {now} RETURNING name", []).await?;
        Ok(expired)
    }

    /// Takes one of `burst` places of a bucket, which regains one every `interval`. Otherwise returns how long to wait.
    pub(crate) async fn take(
        &self,
        bucket: &str,
        burst: u32,
        interval: Duration,
    ) -> Result<Result<(), Duration>, StoreError> {
        // The generic cell rate algorithm: `full_at` is when the bucket will be full again.
        let interval = millis(interval);
        let parameters =
            || [bucket.into(), interval.into(), interval.saturating_mul(i64::from(burst)).into()];
        let sql = "INSERT INTO buckets (name, full_at) VALUES (?1, {now} + ?2) ON CONFLICT (name) DO UPDATE \
                   SET full_at = CASE WHEN buckets.full_at > {now} THEN buckets.full_at ELSE {now} END + ?2 \
                   WHERE CASE WHEN buckets.full_at > {now} THEN buckets.full_at ELSE {now} END + ?2 <= {now} + ?3 \
                   RETURNING full_at";
        if !self.read(sql, parameters()).await?.is_empty() {
            return Ok(Ok(()));
        }
        let sql = "SELECT full_at + ?2 - ?3 - {now} FROM buckets WHERE name = ?1";
        let rows = self.read(sql, parameters()).await?;
        let wait =
            rows.first().map(|row| row.integer(0, "full_at")).transpose()?.flatten().unwrap_or(interval);
        Ok(Err(Duration::from_millis(u64::try_from(wait.max(1)).unwrap_or(1))))
    }
}

fn of_key(key: &KeyOf) -> [Value; 3] {
    [key.tenant.as_str().into(), key.connection.as_str().into(), key.key.as_str().into()]
}

fn of_ticket(ticket: &Ticket) -> [Value; 2] {
    [ticket.id.as_str().into(), ticket.attempt.into()]
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
