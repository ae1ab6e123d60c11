-- Money is whole minor units of its currency. STRICT has SQLite refuse anything else in an INTEGER column.

CREATE TABLE invoices (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    -- The sum of the invoice's payments: written with each of them, in the same transaction.
    paid_minor INTEGER NOT NULL CHECK (paid_minor >= 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'partial', 'paid', 'void')),
    -- The state while nothing is paid.
    unpaid TEXT NOT NULL CHECK (unpaid IN ('draft', 'open', 'void')),
    issued TEXT NOT NULL,
    due TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT;

-- Of a bank account: below zero is money that went out.
CREATE TABLE transactions (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    at TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Allocated to what the sandbox has no books of, such as bills.
    elsewhere_minor INTEGER NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT;

CREATE TABLE payments (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    transaction_id TEXT,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    paid_at TEXT NOT NULL,
    note TEXT,
    -- Every field by its name in a draft, as JSON.
    fields TEXT NOT NULL,
    -- The request's body, as it came.
    body TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (provider, id),
    FOREIGN KEY (provider, invoice_id) REFERENCES invoices (provider, id),
    FOREIGN KEY (provider, transaction_id) REFERENCES transactions (provider, id)
) STRICT;

CREATE INDEX payments_by_transaction ON payments (provider, transaction_id);
CREATE INDEX payments_by_invoice ON payments (provider, invoice_id);

-- The next identifier to give out. It only grows, so that none is given out twice.
CREATE TABLE identifiers (
    provider TEXT NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT;

CREATE VIEW allocations AS
SELECT
    t.provider,
    t.id,
    t.currency,
    t.amount_minor,
    t.amount_minor - t.elsewhere_minor - coalesce((
        SELECT sum(p.amount_minor) FROM payments AS p
        WHERE p.provider = t.provider AND p.transaction_id = t.id
    ), 0) AS unallocated_minor,
    t.at,
    t.description
FROM transactions AS t;
