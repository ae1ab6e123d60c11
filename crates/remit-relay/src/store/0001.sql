-- The intents of the relay, for SQLite and PostgreSQL. Times are milliseconds since 1970; amounts are whole minor units.

CREATE TABLE intents (
    id TEXT NOT NULL PRIMARY KEY,
    tenant TEXT NOT NULL,
    connection TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    operation TEXT NOT NULL,
    invoice TEXT,
    session TEXT,
    amount BIGINT,
    made_by TEXT,
    request TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'prepared', 'sending', 'recorded', 'refused', 'not_sent', 'unknown', 'settled', 'absent', 'person', 'expired'
    )),
    attempt BIGINT NOT NULL,
    before_ids TEXT,
    response TEXT,
    payment TEXT,
    -- When an attempt that has not ended counts as left behind by its relay.
    deadline BIGINT NOT NULL,
    -- When an unknown change is looked for next.
    check_at BIGINT,
    missing_since BIGINT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    UNIQUE (tenant, connection, key)
) {strict};

-- Changes of one invoice are made one at a time.
CREATE UNIQUE INDEX one_at_a_time ON intents (connection, invoice)
WHERE state IN ('prepared', 'sending', 'unknown');

-- A payment in the provider's records was recorded by at most one intent, and an invoice added by at most one.
CREATE UNIQUE INDEX one_intent_a_record ON intents (connection, operation, payment) WHERE operation <> 'delete_payment';

CREATE INDEX by_state ON intents (state, check_at);
CREATE INDEX by_session ON intents (session);
