/** The worker's process. */
import { runService } from '@orcestator/service-kit';
import { workerDefinition } from './definition';

void runService(workerDefinition);
