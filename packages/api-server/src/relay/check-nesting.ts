/** Requests that are read and written anew here: one nested too deep would cost the stack. Others go on as bytes. */
import { isNestedDeeper, MAX_NESTING, OrcestatorError, type JsonRecord } from '@orcestator/protocol';

/** The fields themselves; throws `invalid_request` where they are nested too deep. */
export function notTooDeep(fields: JsonRecord): JsonRecord {
  if (!isNestedDeeper(fields, MAX_NESTING)) return fields;
  throw new OrcestatorError(
    'invalid_request',
    `The body is nested too deeply: more than ${MAX_NESTING} levels.`,
  );
}
