/** The simulator's process. */
import { runService } from '@orcestator/service-kit';
import { simulatorDefinition } from './definition';

void runService(simulatorDefinition);
