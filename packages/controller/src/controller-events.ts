/** What happens in the registry: for metrics, for those who hold connections of workers, and for those who ask them. */

export const registrationOutcomes = ['new', 'again', 'failed'] as const;
export const dispatchOutcomes = ['found', 'none'] as const;
export const probeOutcomes = ['ok', 'failed'] as const;
export const removalReasons = ['expired', 'deregistered', 'lost', 'refresh'] as const;
export type RemovalReason = (typeof removalReasons)[number];

export interface ControllerEvents {
  registered: [outcome: (typeof registrationOutcomes)[number], workerName: string];
  /** A worker without heart beats was asked whether it still answers. */
  probed: [outcome: (typeof probeOutcomes)[number]];
  /** The models that are served may be others now. */
  changed: [];
  dispatched: [outcome: (typeof dispatchOutcomes)[number]];
  removed: [workerName: string, reason: RemovalReason];
}
