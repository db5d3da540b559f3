import { newId } from '@ndomain/core';
import { codeOf } from '../../connection/azure-errors.ts';
import type { AzureContainer } from '../../connection/azure-connection.ts';

/**
 * Messages that are too large for a queue or a row, each in a blob of its own. Every sending makes a new blob, also that of a message that
 * was sent before, so whoever acknowledges a message deletes nobody else's. A process that dies between two steps leaves at most
 * a blob that nothing points to; it is never one that is needed.
 */
export class ClaimChecks {
  readonly #container: AzureContainer;

  constructor(container: AzureContainer) {
    this.#container = container;
  }

  /** Returns the blob's name. */
  async put(endpoint: string, text: string): Promise<string> {
    const name = `${endpoint}/${newId()}`;
    const body = Buffer.from(text);
    await this.#container.run('write the body of a message', (container, options) =>
      container.getBlockBlobClient(name).upload(body, body.length, options),
    );
    return name;
  }

  /** Undefined when there is no such blob. */
  async get(name: string): Promise<string | undefined> {
    try {
      return await this.#container.run('read the body of a message', async (container, options) => {
        const { readableStreamBody } = await container.getBlobClient(name).download(0, undefined, options);
        const chunks: Buffer[] = [];
        for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
        return Buffer.concat(chunks).toString();
      });
    } catch (error) {
      if (codeOf(error) === 'BlobNotFound') return undefined;
      throw error;
    }
  }

  /** Never fails: a blob that stays costs its room, and a message that is done must not seem undone for it. */
  async discard(name: string | undefined): Promise<void> {
    if (name === undefined) return;
    try {
      await this.#container.run('delete the body of a message', (container, options) =>
        container.getBlobClient(name).deleteIfExists(options),
      );
    } catch {
      // It stays as an orphan, which the guide tells how to find.
    }
  }
}
