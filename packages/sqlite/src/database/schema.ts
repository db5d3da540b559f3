/*
 * Everything that is in the file. It can be read with the `sqlite3` shell: payloads are JSON, ids and names are text, times are
 * milliseconds since the epoch. Dates are of the time of day: date, deliver_at, failed_at. All other moments are of the file's own time, which
 * nobody can set: see the table file_time. Tables outlive the process: a change is a new migration, never an edit of an old one.
 */

/** The version that this code reads and writes; the file says its own in `PRAGMA user_version`. */
export const SCHEMA_VERSION = 3;

/** `PRAGMA application_id` of our files: "NDom" in ASCII. */
export const APPLICATION_ID = 0x4e_44_6f_6d;

const VERSION_1 = `
  -- One row for each stream, so that events and their indices hold a small number instead of its id.
  CREATE TABLE stream (
    stream INTEGER PRIMARY KEY,
    stream_id TEXT NOT NULL UNIQUE              -- <aggregate name>/<aggregate id>
  ) STRICT;

  -- Events, in the order in which they were committed: there is one writer at a time, so no place is ever filled later.
  CREATE TABLE event (
    position INTEGER PRIMARY KEY,               -- the order across streams
    stream INTEGER NOT NULL,
    sequence_id INTEGER NOT NULL,               -- 1, 2, … within the stream
    date INTEGER NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    payload TEXT NOT NULL,
    transaction_id TEXT NOT NULL,               -- the append that stored it
    metadata TEXT NOT NULL,
    uncommitted_since INTEGER                   -- on the first event of an append that is not known to be published
  ) STRICT;
  CREATE UNIQUE INDEX event_by_sequence_id ON event (stream, sequence_id);
  CREATE INDEX event_by_transaction ON event (transaction_id, stream);
  CREATE INDEX event_uncommitted ON event (uncommitted_since) WHERE uncommitted_since IS NOT NULL;

  -- The newest snapshot of each stream that has one.
  CREATE TABLE snapshot (
    stream_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row for each queue: an endpoint, or one partition of an ordered endpoint.
  CREATE TABLE queue (
    queue INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    partition INTEGER NOT NULL,                 -- -1: of no partition
    UNIQUE (endpoint, partition)
  ) STRICT;

  -- Messages that are not done. Ready: visible_at is null. Delayed: visible_at without a lease. In flight: both.
  CREATE TABLE message (
    place INTEGER PRIMARY KEY,                  -- messages are received in order of their places
    queue INTEGER NOT NULL,
    lease INTEGER,                              -- which receive has it
    visible_at INTEGER,                         -- not to be received before
    delivery_count INTEGER NOT NULL,
    ready_since INTEGER NOT NULL,
    deliver_at INTEGER,                         -- as the sender asked
    message_id TEXT NOT NULL,
    component TEXT NOT NULL,
    name TEXT NOT NULL,
    headers TEXT NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
  CREATE INDEX message_ready ON message (queue) WHERE visible_at IS NULL;
  CREATE INDEX message_hidden ON message (queue, visible_at) WHERE visible_at IS NOT NULL;

  -- Messages that were given up on, oldest first.
  CREATE TABLE dead_letter (
    dead_letter INTEGER PRIMARY KEY AUTOINCREMENT,
    queue INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    ordering_key TEXT,                          -- what it parks on an ordered endpoint
    is_broken INTEGER NOT NULL,                 -- 1: could never be read, so payload is whatever stood in the queue
    code TEXT NOT NULL,
    error TEXT NOT NULL,
    stack TEXT,
    attempts INTEGER NOT NULL,
    failed_at INTEGER NOT NULL,
    deliver_at INTEGER,
    message_id TEXT NOT NULL,
    component TEXT NOT NULL,
    name TEXT NOT NULL,
    headers TEXT NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
  CREATE INDEX dead_letter_by_key ON dead_letter (endpoint, ordering_key);

  CREATE TABLE subscription (
    subscription_id TEXT PRIMARY KEY,           -- topic/endpoint/component
    topic TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    component TEXT NOT NULL,
    partitions INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What processes tell each other about subscriptions; kept for an hour.
  CREATE TABLE subscription_change (
    subscription_change INTEGER PRIMARY KEY AUTOINCREMENT,
    change TEXT NOT NULL,                       -- added, removed
    noted_at INTEGER NOT NULL,
    subscription_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    component TEXT NOT NULL,
    partitions INTEGER NOT NULL
  ) STRICT;

  -- Read models. The id is as it was given, except that UTF-16 units from U+D800 on stand as code points from U+10000 on: so the
  -- order of the table is the order of JavaScript.
  CREATE TABLE query (
    query_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Which messages a component has handled.
  CREATE TABLE inbox (
    component TEXT NOT NULL,
    message_id TEXT NOT NULL,
    kept_until INTEGER NOT NULL,
    PRIMARY KEY (component, message_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX inbox_kept_until ON inbox (kept_until);

  -- Exclusive rights. A row stays when its lease is given up, because the fence of a name rises for ever.
  CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    leased_until INTEGER NOT NULL               -- 0: given up
  ) STRICT, WITHOUT ROWID;
`;

// What changes with each delivery is little: apart from the texts it takes few pages, and few pages are written for it.
const VERSION_2 = `
  -- Where each message stands that is not done.
  -- Ready: visible_at is 0. Delayed: visible_at without a lease. In flight: both.
  CREATE TABLE delivery (
    queue INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,                -- not to be received before; 0: at once
    place INTEGER NOT NULL,                     -- of its row in message
    lease INTEGER,                              -- which receive has it
    delivery_count INTEGER NOT NULL,
    ready_since INTEGER NOT NULL,
    PRIMARY KEY (queue, visible_at, place)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO delivery (queue, visible_at, place, lease, delivery_count, ready_since)
    SELECT queue, coalesce(visible_at, 0), place, lease, delivery_count, ready_since FROM message;

  -- Messages that are done and whose rows in message are still to be deleted, many at once.
  CREATE TABLE done (
    place INTEGER PRIMARY KEY
  ) STRICT;

  -- Each append asks what is uncommitted before it in its stream.
  CREATE INDEX event_uncommitted_by_stream ON event (stream, sequence_id) WHERE uncommitted_since IS NOT NULL;

  -- From here on a row of message is what was sent, and never changes but for its place.
  DROP INDEX message_ready;
  DROP INDEX message_hidden;
  ALTER TABLE message DROP COLUMN queue;
  ALTER TABLE message DROP COLUMN lease;
  ALTER TABLE message DROP COLUMN visible_at;
  ALTER TABLE message DROP COLUMN delivery_count;
  ALTER TABLE message DROP COLUMN ready_since;
`;

const VERSION_3 = `
  -- Snapshots are a cache: those of before are made again.
  DROP TABLE snapshot;
  CREATE TABLE snapshot (
    stream_id TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    made_by TEXT NOT NULL,                      -- marks the code that made it; that of other code is not used
    data TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The time of the file: one row, once something was written. The time of day was the file's time + ahead when that was last looked at.
  CREATE TABLE file_time (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    counter TEXT NOT NULL,                      -- which clock counts: a boot of the machine, or what stands for it
    base INTEGER NOT NULL,                      -- the file's time is what that clock has counted + base
    ahead INTEGER NOT NULL                      -- changes when the time of day is set
  ) STRICT;

  -- No place across streams is given twice, also when the last events were deleted by hand: an event of no stream keeps the last place.
  CREATE TRIGGER event_erased AFTER DELETE ON event
    WHEN OLD.position > (SELECT coalesce(max(position), 0) FROM event)
  BEGIN
    INSERT INTO event (position, stream, sequence_id, date, name, revision, payload, transaction_id, metadata)
      VALUES (OLD.position, 0, OLD.position, 0, 'erased', 0, 'null', '', '{}');
  END;
`;

/** What brings a file from each version to the next: the first makes version 1 of an empty file. */
export const MIGRATIONS: readonly string[] = [VERSION_1, VERSION_2, VERSION_3];
