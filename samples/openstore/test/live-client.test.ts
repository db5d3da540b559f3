import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { LiveClient } from '../src/web/live-client.ts';

/** The response to a browser that takes nothing: what is written to it stays in its buffer. */
function stuckResponse(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

describe('a browser that listens', () => {
  it('costs a bounded amount of memory when it takes nothing', () => {
    const response = stuckResponse();
    const client = new LiveClient(response);
    const json = JSON.stringify({ text: 'x'.repeat(500) });
    for (let i = 0; i < 50_000; i++) client.send(`sale/${i}`, 'sale', json);
    for (let i = 0; i < 1_000; i++) client.beat();
    expect(response.writableLength).toBeLessThan(200_000);
  });
});
