/** Everything a check may look at: settings, network, files, time. Tests give another world. */
import type { JsonAnswer } from '../ask-json';
import type { UserFolder } from '../copilot/user-folders';
import type { DoctorConfig } from './config';

/** `refused`: the system does not let this user have it. */
export type PortState = 'free' | 'taken' | 'refused' | 'no_such_host';

export interface DoctorWorld {
  readonly config: Readonly<DoctorConfig>;
  /** What the services would refuse to start with. */
  readonly settingsProblems: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The project's root: `.env` and relative paths belong there. */
  readonly folder: string;
  /** The bytes of `.env`; `undefined` where there is none. */
  readonly dotEnv: Buffer | undefined;
  /** `process.version` without the `v`. */
  readonly nodeVersion: string;
  /** `process.arch`. */
  readonly arch: string;
  readonly platform: string;
  readonly now: () => Date;
  /** `GET {OR_BASE_URL}{path}`; asked once, however many checks want it. Throws the network's error. */
  readonly askUpstream: (path: '/models' | '/key') => Promise<JsonAnswer>;
  /** A question to one of our own services; `undefined` when nobody answers. */
  readonly askService: (url: string) => Promise<JsonAnswer | undefined>;
  readonly probePort: (host: string, port: number) => Promise<PortState>;
  /** `node (pid 123)`; `undefined` where it is not known. */
  readonly ownerOfPort: (port: number) => Promise<string | undefined>;
  readonly files: FileProbe;
  /** Loads a native module as the service that needs it does; throws when it cannot. */
  readonly loadSqlite: () => unknown;
  /** Where VS Code keeps its settings: what was found, or the one that the user named. */
  readonly userFolders: readonly UserFolder[];
}

export interface FileProbe {
  readonly exists: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  readonly isWritable: (path: string) => boolean;
  /** Bytes that this user may still write; `undefined` where the system does not say. */
  readonly freeBytes: (path: string) => Promise<number | undefined>;
}
