-- The state of one installation. Times are milliseconds since 1970 UTC. `document` columns hold JSON.

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE access_keys (
    id            TEXT PRIMARY KEY,
    sealed_secret BYTEA   NOT NULL,
    policy        TEXT   NOT NULL,
    description   TEXT   NOT NULL,
    -- made, preset (by the settings)
    origin        TEXT   NOT NULL,
    created_at    BIGINT NOT NULL,
    revoked_at    BIGINT
);

CREATE TABLE indices (
    id                   TEXT PRIMARY KEY,
    name                 TEXT   NOT NULL,
    status               TEXT   NOT NULL,
    document             TEXT   NOT NULL,
    created_at           BIGINT NOT NULL,
    updated_at           BIGINT NOT NULL,
    -- Ordinals below this one were handed out; it moves before an engine sees a number, so that none is used twice.
    next_ordinal         BIGINT NOT NULL DEFAULT 1,
    -- The last engine batch whose rows are committed here; the engine may be ahead, never behind.
    engine_batch         BIGINT NOT NULL DEFAULT 0,
    next_layer           BIGINT NOT NULL DEFAULT 1,
    next_access          BIGINT NOT NULL DEFAULT 2,
    access_generation    BIGINT NOT NULL DEFAULT 1,
    catalogue_generation BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE client_tokens (
    operation      TEXT   NOT NULL,
    scope          TEXT   NOT NULL,
    token          TEXT   NOT NULL,
    request_digest TEXT   NOT NULL,
    resource_id    TEXT   NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (operation, scope, token)
);

-- `resource` is the resource path of an ARN, e.g. `index/<id>/data-source/<id>`.
CREATE TABLE tags (
    resource TEXT NOT NULL,
    name     TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (resource, name)
);

CREATE TABLE data_sources (
    id         TEXT PRIMARY KEY,
    index_id   TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    name       TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    document   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX data_sources_by_index ON data_sources (index_id, created_at, id);

CREATE TABLE sync_jobs (
    id                     TEXT PRIMARY KEY,
    index_id               TEXT    NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    data_source_id         TEXT    NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    -- sync, access (a refresh between syncs), preview (a dry run)
    kind                   TEXT    NOT NULL DEFAULT 'sync',
    -- How much it fetches, JSON; a digest of the configuration that it began with.
    mode                   TEXT,
    setup                  TEXT,
    status                 TEXT    NOT NULL,
    started_at             BIGINT  NOT NULL,
    ended_at               BIGINT,
    error_code             TEXT,
    error_message          TEXT,
    data_source_error_code TEXT,
    -- The checkpoint of the last stored batch, JSON; NULL before the first.
    checkpoint             TEXT,
    -- What the job is doing or waiting for, for people.
    note                   TEXT,
    -- Documents that the source expects to list, and calls made to it.
    expected               BIGINT,
    calls                  BIGINT  NOT NULL DEFAULT 0,
    -- When the source will be welcome again, if it sent the job away.
    retry_at               BIGINT,
    -- What a dry run found, JSON.
    result                 TEXT,
    warnings               TEXT    NOT NULL DEFAULT '[]',
    added                  BIGINT  NOT NULL DEFAULT 0,
    modified               BIGINT  NOT NULL DEFAULT 0,
    deleted                BIGINT  NOT NULL DEFAULT 0,
    failed                 BIGINT  NOT NULL DEFAULT 0,
    scanned                BIGINT  NOT NULL DEFAULT 0,
    access_changed         BIGINT  NOT NULL DEFAULT 0,
    -- Removals that the deletion guard held back.
    protected              BIGINT  NOT NULL DEFAULT 0
);
CREATE INDEX sync_jobs_by_data_source ON sync_jobs (data_source_id, kind, started_at);
CREATE INDEX sync_jobs_by_status ON sync_jobs (status);

-- One row for every document that a job saw: the report, and the proof of what the listing held.
CREATE TABLE job_documents (
    job_id      TEXT NOT NULL REFERENCES sync_jobs (id) ON DELETE CASCADE,
    document_id TEXT NOT NULL,
    -- ADD, MODIFY, DELETE, UNMODIFIED
    action      TEXT NOT NULL,
    -- NULL unless the document failed
    message     TEXT,
    -- Where it failed: CRAWL, SUBMIT, EXTRACT, INDEX; NULL unless it did
    stage       TEXT,
    PRIMARY KEY (job_id, document_id)
);

-- The catalogue: every document, and which revision of it is current.
CREATE TABLE documents (
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    id             TEXT   NOT NULL,
    data_source_id TEXT,
    -- The node whose access it has; NULL for documents put through the API.
    anchor         TEXT,
    version        TEXT   NOT NULL DEFAULT '',
    content_hash   BYTEA,
    access_id      BIGINT NOT NULL DEFAULT 0,
    -- The current revision in the engine; NULL until the first is indexed.
    ordinal        BIGINT,
    -- PROCESSING, INDEXED, FAILED, UPDATED, UPDATE_FAILED
    status         TEXT   NOT NULL,
    failure        TEXT,
    text_bytes     BIGINT NOT NULL DEFAULT 0,
    -- The job whose clean listing lacked it: hidden from everybody while set.
    missing_since  TEXT,
    -- Since when its place in the tree does not reach the root, so that nobody may read it.
    lost_at        BIGINT,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (index_id, id)
);
CREATE UNIQUE INDEX documents_by_ordinal ON documents (index_id, ordinal) WHERE ordinal IS NOT NULL;
CREATE INDEX documents_by_data_source ON documents (index_id, data_source_id, anchor);

-- Accepted, durable, not yet indexed.
CREATE TABLE inbox (
    seq            BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    document_id    TEXT   NOT NULL,
    -- put, delete
    action         TEXT   NOT NULL,
    document       TEXT   NOT NULL,
    content        BYTEA,
    access_id      BIGINT NOT NULL DEFAULT 0,
    data_source_id TEXT,
    job_id         TEXT,
    received_at    BIGINT NOT NULL
);
CREATE INDEX inbox_by_index ON inbox (index_id, seq);
CREATE INDEX inbox_by_document ON inbox (index_id, document_id);

-- Current revisions whose passages have no vectors yet.
CREATE TABLE vector_queue (
    index_id TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    ordinal  BIGINT NOT NULL,
    -- The revision that it replaced: an unchanged passage keeps that one's vector.
    previous BIGINT,
    PRIMARY KEY (index_id, ordinal)
);

-- Ordinals that no document holds any more and the engine still has to forget.
CREATE TABLE retired (
    index_id TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    ordinal  BIGINT NOT NULL,
    PRIMARY KEY (index_id, ordinal)
);

CREATE TABLE layers (
    index_id TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    id       BIGINT NOT NULL,
    -- Stable name: what the layer is of, or a digest for access control lists.
    name     TEXT   NOT NULL,
    document TEXT   NOT NULL,
    PRIMARY KEY (index_id, id),
    UNIQUE (index_id, name)
);

CREATE TABLE accesses (
    index_id TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    id       BIGINT NOT NULL,
    -- Layer ids in order, separated by spaces.
    layers   TEXT   NOT NULL,
    PRIMARY KEY (index_id, id),
    UNIQUE (index_id, layers)
);

-- The tree of a data source that carries access.
CREATE TABLE nodes (
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    id             TEXT   NOT NULL,
    parent         TEXT,
    -- The node at which the listing that found it began.
    root           TEXT   NOT NULL,
    -- NULL if the node adds no layer.
    layer_id       BIGINT,
    PRIMARY KEY (data_source_id, id)
);
CREATE INDEX nodes_by_root ON nodes (data_source_id, root);
CREATE INDEX nodes_by_parent ON nodes (data_source_id, parent);

-- The people and groups of a data source, as one document.
CREATE TABLE directories (
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    document       TEXT   NOT NULL,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (data_source_id)
);

-- What is known of a data source's sight: whether its crawler still sees what it saw.
CREATE TABLE source_sight (
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    -- When access was last read to its end, and when all listings were.
    access_at      BIGINT,
    reconciled_at  BIGINT,
    -- Since when credentials are refused or nothing is visible, and in which words.
    lost_at        BIGINT,
    reason         TEXT,
    -- Since when everything of it is hidden.
    hidden_at      BIGINT,
    PRIMARY KEY (data_source_id)
);

-- What the connector of a data source wants to be reminded of, such as answers that hold for a day.
CREATE TABLE source_memories (
    index_id       TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    data_source_id TEXT   NOT NULL REFERENCES data_sources (id) ON DELETE CASCADE,
    name           TEXT   NOT NULL,
    value          TEXT   NOT NULL,
    stored_at      BIGINT NOT NULL,
    PRIMARY KEY (data_source_id, name)
);

-- PutPrincipalMapping and DeletePrincipalMapping, by ordering id. `scope` is a data source id or ''.
CREATE TABLE principal_mappings (
    index_id    TEXT   NOT NULL REFERENCES indices (id) ON DELETE CASCADE,
    scope       TEXT   NOT NULL,
    group_id    TEXT   NOT NULL,
    ordering_id BIGINT NOT NULL,
    -- put, delete
    action      TEXT   NOT NULL,
    -- PROCESSING, SUCCEEDED, DELETING, DELETED, FAILED
    status      TEXT   NOT NULL,
    failure     TEXT,
    -- JSON list of members
    members     TEXT   NOT NULL,
    received_at BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (index_id, scope, group_id, ordering_id)
);

CREATE TABLE secrets (
    name        TEXT PRIMARY KEY,
    -- The last part of the ARN: the name, a dash and six random characters.
    arn_suffix  TEXT   NOT NULL UNIQUE,
    description TEXT,
    kms_key_id  TEXT,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    accessed_at BIGINT,
    -- When the scheduled deletion was asked for and when it is due.
    deleted_at  BIGINT,
    purge_at    BIGINT
);

CREATE TABLE secret_versions (
    secret      TEXT   NOT NULL REFERENCES secrets (name) ON DELETE CASCADE,
    id          TEXT   NOT NULL,
    -- Counts up within a secret: the order of versions that one millisecond made.
    seq         BIGINT NOT NULL,
    -- string, binary
    kind        TEXT   NOT NULL,
    sealed      BYTEA   NOT NULL,
    created_at  BIGINT NOT NULL,
    accessed_at BIGINT,
    PRIMARY KEY (secret, id)
);

CREATE TABLE secret_stages (
    secret     TEXT NOT NULL REFERENCES secrets (name) ON DELETE CASCADE,
    stage      TEXT NOT NULL,
    version_id TEXT NOT NULL,
    PRIMARY KEY (secret, stage)
);

-- Who may replace a secret's value at present. A holder that dies loses the row by its time.
CREATE TABLE secret_locks (
    name       TEXT PRIMARY KEY,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

-- People who sign in with a password that is kept here, as argon2's own line. `name` is in lower case.
CREATE TABLE accounts (
    name        TEXT PRIMARY KEY,
    verifier    TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    -- As whom the account searches; NULL: it finds what is public.
    user_id     TEXT,
    -- Moves with every change that ends the account's sessions.
    revision    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

-- Who is signed in. The token is the browser's alone; here is its SHA-256.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,
    token_hash BYTEA   NOT NULL UNIQUE,
    subject    TEXT   NOT NULL,
    -- JSON: name, role and user context
    document   TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    agent      TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    -- However much it is used.
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_subject ON sessions (subject, created_at);

-- Links that sign in once.
CREATE TABLE sign_in_links (
    token_hash BYTEA PRIMARY KEY,
    role       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Failed sign-ins by what they are counted for: the digest of a name or of an address.
CREATE TABLE sign_in_attempts (
    counted_for TEXT PRIMARY KEY,
    n_failed    BIGINT NOT NULL,
    -- When the first of them was.
    since       BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (since);

-- Sign-ins that a browser began at the OpenID provider and has not come back from. What it needs then is derived from its cookie.
CREATE TABLE pending_sign_ins (
    state_hash   BYTEA PRIMARY KEY,
    browser_hash BYTEA   NOT NULL,
    return_to    TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX pending_sign_ins_by_time ON pending_sign_ins (created_at);

-- Who did what. Rows are added and, by number and age, forgotten; none is changed.
CREATE TABLE audit (
    seq     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    name    TEXT   NOT NULL,
    action  TEXT   NOT NULL,
    subject TEXT,
    address TEXT,
    outcome TEXT   NOT NULL,
    detail  TEXT
);
CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_actor ON audit (actor, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
