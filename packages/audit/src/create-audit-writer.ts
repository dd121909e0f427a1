/** The writer with its file: what a service needs to say is where the file is. */
import { openAuditStore } from './audit-store';
import { AuditWriter, type AuditWriterOptions } from './audit-writer';
import { identityOf, moveAside, moveOrphanAside } from './move-aside';

export type FileWriterOptions = Omit<AuditWriterOptions, 'open' | 'moveAside'>;

export function createAuditWriter(options: FileWriterOptions): AuditWriter {
  const { path, clock } = options;
  let opened = '';
  return new AuditWriter({
    ...options,
    open: async () => {
      moveOrphanAside(path, clock.now());
      opened = identityOf(path);
      const store = await openAuditStore({ path });
      opened = identityOf(path);
      return store;
    },
    // Another worker may have done it meanwhile: its new file must stay.
    moveAside: () => moveAside(path, 'corrupt', clock.now(), () => identityOf(path) === opened),
  });
}
