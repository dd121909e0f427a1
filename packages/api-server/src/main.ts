/** The API server's process. */
import { runService } from '@orcestator/service-kit';
import { apiServerDefinition } from './definition';

void runService(apiServerDefinition);
