-- Amounts are whole minor units of their currency. In a STRICT table SQLite rejects other values in an INTEGER column.

CREATE TABLE invoices (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    -- The sum of the invoice's payments, updated in the same transaction as each payment.
    paid_minor INTEGER NOT NULL CHECK (paid_minor >= 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'partial', 'paid', 'void')),
    -- The state of the invoice without payments.
    unpaid TEXT NOT NULL CHECK (unpaid IN ('draft', 'open', 'void')),
    issued TEXT NOT NULL,
    due TEXT NOT NULL,
    client TEXT NOT NULL,
    PRIMARY KEY (provider, id)
) STRICT;

-- Bank transactions. A negative amount is an outgoing payment.
CREATE TABLE transactions (
    provider TEXT NOT NULL,
    id TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    at TEXT NOT NULL,
    description TEXT NOT NULL,
    -- The part that is allocated to records outside the sandbox's books, such as bills.
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
    -- The draft as JSON: the text of each field by its name.
    fields TEXT NOT NULL,
    -- The request's body, unchanged.
    body TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (provider, id),
    FOREIGN KEY (provider, invoice_id) REFERENCES invoices (provider, id),
    FOREIGN KEY (provider, transaction_id) REFERENCES transactions (provider, id)
) STRICT;

CREATE INDEX payments_by_transaction ON payments (provider, transaction_id);
CREATE INDEX payments_by_invoice ON payments (provider, invoice_id);

-- The next unused identifier. It only grows, so that no identifier is reused.
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
