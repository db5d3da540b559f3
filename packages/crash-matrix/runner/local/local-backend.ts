import type { BackendEntry } from '../backend-entry.ts';

/** The stores of core itself. They live in the parent, so the children can be killed; the children reach them over their channel. */
export const localBackend: BackendEntry = {
  name: 'local',
  provides: ['eventStore', 'transport'],
  async prepare() {
    return { where: '', cleanUp: async () => undefined };
  },
  open(_, { eventStore, transport }) {
    return { name: 'local', eventStore, transport };
  },
};
