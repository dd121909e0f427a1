/** One row of a configuration table, and the table. Adding a setting is one field in an interface and one row. */

/** Where the value of a setting comes from and how it is read. */
export interface ConfigOption<T> {
  /** Command-line flag without dashes; further spellings (FastChat's, say) follow. None: not settable by flag. */
  readonly flags?: readonly [string, ...string[]];
  /** Environment variable; further names follow. */
  readonly env?: readonly [string, ...string[]];
  /** Help text (Russian, as all help texts). */
  readonly help: string;
  /** Reads the text; throws an `Error` that says what would be right. */
  readonly parse: (text: string) => T;
  /** Value when nothing is given. */
  readonly default: T;
  /** How the default is shown in help and documents, where `default` itself says too little. */
  readonly defaultText?: string;
  /** A flag without a value, such as `--ssl`. */
  readonly isSwitch?: boolean;
  /** Never shown: neither the value nor its length. */
  readonly isSecret?: boolean;
}

/** All settings of a process. */
export type ConfigTable<C> = { readonly [K in keyof C]-?: ConfigOption<C[K]> };

/** Types a table without repeating the interface at each row. */
export function defineConfig<C>(table: ConfigTable<C>): ConfigTable<C> {
  return table;
}

/** How a user finds the setting: `--port / OR_PORT`. */
export function optionLabel(option: ConfigOption<unknown>): string {
  return [option.flags && `--${option.flags[0]}`, option.env?.[0]].filter(Boolean).join(' / ');
}
