// What several clients are expected to show, and what every test shares.
import { randomUUID } from 'node:crypto';

/** The simulator's text of `sim/err-402`. */
export const CREDITS = /Insufficient credits\. Add more using https:\/\/openrouter\.ai\/settings\/credits/;
/** The simulator's text of `sim/mid-m1`. */
export const DISCONNECTED = /Provider disconnected unexpectedly/;
/** For tests that finish in a second when all is well. */
export const TIMEOUT = { timeout: 20_000 };

/** A word by which the simulator's bookkeeping finds the request it was in. */
export const makeMark = () => `mark-${randomUUID().slice(0, 8)}`;
