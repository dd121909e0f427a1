/** Requests nested so deep that whoever copies or writes them runs out of stack. */
import { isNestedDeeper, MAX_NESTING, type OrcestatorError } from '@orcestator/protocol';
import type { Job } from './job';
import { invalid } from './request-fields';

export function nestingError({ body }: Pick<Job, 'body'>): OrcestatorError | undefined {
  const field = Object.keys(body).find((key) => isNestedDeeper(body[key], MAX_NESTING));
  if (field === undefined) return undefined;
  const name = field.slice(0, 100);
  return invalid(name, `"${name}" is nested too deeply: more than ${MAX_NESTING} levels.`);
}
