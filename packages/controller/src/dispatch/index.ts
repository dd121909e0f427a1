/** All dispatch methods. A new one is a name in `protocol` and a row here. */
import type { DispatchMethod } from '@orcestator/protocol';
import type { Dispatch } from './dispatch';
import { lottery } from './lottery';
import { shortestQueue } from './shortest-queue';

export type { Dispatch };

export const dispatchTable: Readonly<Record<DispatchMethod, Dispatch>> = {
  lottery,
  shortest_queue: shortestQueue,
};
