/** All migrations, oldest first. A change of the schema is a file here and a line in this table; old ones never change. */
import type { MigrationInterface } from 'typeorm';
import { CreateAudit1795651200000 } from './create-audit';

/** TypeORM orders them by the number at the end of the class's name: milliseconds since the epoch. */
export type Migration = new () => MigrationInterface;

export const migrations: readonly Migration[] = [CreateAudit1795651200000];
