/** All checks of `orcestator doctor`, in the order in which they are shown. A new one is a file here and a line below. */
import type { DoctorCheck } from '../check';
import { clockCheck } from './clock';
import { copilotCheck } from './copilot';
import { envFileCheck } from './env-file';
import { exposureCheck } from './exposure';
import { keyCheck } from './key';
import { modelCheck } from './model';
import { nodeCheck } from './node';
import { servicesCheck } from './services';
import { settingsCheck } from './settings';
import { sqliteCheck } from './sqlite';
import { storageCheck } from './storage';
import { upstreamCheck } from './upstream';
import { windowsCheck } from './windows';

export const checks: readonly DoctorCheck[] = [
  nodeCheck,
  clockCheck,
  windowsCheck,
  envFileCheck,
  settingsCheck,
  exposureCheck,
  upstreamCheck,
  keyCheck,
  modelCheck,
  servicesCheck,
  storageCheck,
  sqliteCheck,
  copilotCheck,
];
