/** Many rows in one statement. TypeORM's own `insert()` takes twice the CPU time for it, most of it in building parameters. */
import type { EntityManager, EntitySchema } from 'typeorm';

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly properties: readonly string[];
}

/** A table's columns in the order of its entity, without the number that SQLite gives. */
export function tableOf<T>({ options }: EntitySchema<T>): Table {
  const given = Object.entries<{ name?: string; generated?: unknown } | undefined>(options.columns).filter(
    ([, column]) => column?.generated === undefined,
  );
  return {
    name: options.tableName ?? options.name,
    columns: given.map(([property, column]) => column?.name ?? property),
    properties: given.map(([property]) => property),
  };
}

/** The number of the last row. */
export async function insertRows(
  manager: EntityManager,
  table: Table,
  rows: readonly object[],
): Promise<number> {
  const values = `(${table.columns.map(() => '?').join(',')})`;
  const sql = `INSERT INTO ${table.name} (${table.columns.join(',')}) VALUES ${rows.map(() => values).join(',')}`;
  const parameters = rows.flatMap((row) =>
    table.properties.map((property) => (row as Record<string, unknown>)[property]),
  );
  return Number(await manager.query(sql, parameters));
}
