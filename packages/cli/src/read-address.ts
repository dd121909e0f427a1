/** The address of a worker as a user types it. */
import { parsers } from '@orcestator/service-kit';
import { CommandError } from './controller-calls';

/** `localhost:11434` means `http://localhost:11434`. Throws {@link CommandError}. */
export function readAddress(text: string): string {
  if (text.trim() === '')
    throw new CommandError('Не назван адрес, например http://localhost:11434. Справка: --help');
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  try {
    return parsers.httpUrl(url);
  } catch {
    throw new CommandError(`«${text}» — не адрес вида http://localhost:11434.`);
  }
}
