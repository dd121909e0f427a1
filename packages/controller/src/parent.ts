/** This controller as a worker of another one: registers its models there, and again when they change. */
import { Registration, type RegistrationOptions } from '@orcestator/service-kit';
import type { Controller } from './controller';

export interface ParentOptions extends Omit<RegistrationOptions, 'status' | 'isAsked' | 'onState'> {
  readonly controller: Controller;
}

/** Not started yet. The parent asks `/worker_get_status`: what this controller tells depends on who asks. */
export function createParentRegistration({ controller, ...options }: ParentOptions): Registration {
  const registration = new Registration({
    ...options,
    status: () => ({ model_names: controller.listModels(), speed: 1, queue_length: controller.queueLength }),
    isAsked: true,
    onState: () => undefined,
  });
  controller.events.on('changed', () => registration.changed());
  return registration;
}
