/** Names, ports and times that all services and their FastChat peers agree on. */

/** The one model name the gateway shows to clients (design of the product; never an OpenRouter id). */
export const ORCESTATOR_MODEL = 'orcestator';

/** Ports when nothing is configured. The controller's is FastChat's (`controller.py --port`). */
export const DEFAULT_PORTS = { controller: 21001, worker: 8002, apiServer: 8000, simulator: 8010 } as const;

/** Seconds after which a worker without heart beats is dropped (FastChat `constants.py`). */
export const CONTROLLER_HEART_BEAT_EXPIRATION = 90;

/** Seconds between two heart beats of a worker (FastChat `constants.py`). */
export const WORKER_HEART_BEAT_INTERVAL = 45;

/** Seconds the API server waits for the first byte of a worker's answer (FastChat `constants.py`). */
export const WORKER_API_TIMEOUT = 100;
