/** The first schema: requests, their texts, and the sums of each hour. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `CREATE TABLE requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    request_id TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    first_token_ms INTEGER,
    worker TEXT NOT NULL,
    client TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    requested_model TEXT NOT NULL,
    upstream_model TEXT NOT NULL,
    provider TEXT NOT NULL,
    is_stream BOOLEAN NOT NULL,
    message_count INTEGER NOT NULL,
    tool_count INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    error_kind TEXT,
    error_code TEXT,
    error_message TEXT,
    finish_reason TEXT,
    generation_id TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    cached_tokens INTEGER,
    reasoning_tokens INTEGER,
    cost REAL,
    usage_source TEXT
  )`,
  'CREATE INDEX requests_started_at ON requests (started_at)',
  'CREATE INDEX requests_request_id ON requests (request_id)',
  'CREATE INDEX requests_generation_id ON requests (generation_id) WHERE generation_id IS NOT NULL',
  // Few, and looked for often.
  "CREATE INDEX requests_not_ok ON requests (outcome, started_at) WHERE outcome <> 'ok'",
  `CREATE TABLE request_texts (
    request_row INTEGER PRIMARY KEY NOT NULL,
    messages TEXT NOT NULL,
    parameters TEXT NOT NULL,
    answer TEXT NOT NULL
  )`,
  `CREATE TABLE request_hours (
    hour INTEGER NOT NULL,
    model TEXT NOT NULL,
    client TEXT NOT NULL,
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost REAL NOT NULL,
    durations TEXT NOT NULL,
    first_tokens TEXT NOT NULL,
    PRIMARY KEY (hour, model, client)
  ) WITHOUT ROWID`,
];

export class CreateAudit1795651200000 implements MigrationInterface {
  readonly name = 'CreateAudit1795651200000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['request_hours', 'request_texts', 'requests'])
      await runner.query(`DROP TABLE ${table}`);
  }
}
