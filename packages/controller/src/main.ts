/** The controller as a process. */
import { runService } from '@orcestator/service-kit';
import { controllerDefinition } from './definition';

void runService(controllerDefinition);
