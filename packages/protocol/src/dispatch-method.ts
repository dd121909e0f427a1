/** FastChat's two ways to choose among workers that serve the same model (`controller.py`, `DispatchMethod`). */
export const dispatchMethods = ['lottery', 'shortest_queue'] as const;

/** `lottery` draws by speed; `shortest_queue` takes the least queue per speed. */
export type DispatchMethod = (typeof dispatchMethods)[number];
