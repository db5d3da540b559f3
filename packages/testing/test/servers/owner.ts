// A process that starts a Redis server, says its port and its folder, and stays until it is killed.
import { RedisServer } from '@ndomain/testing/servers';

const server = await RedisServer.start();
process.stdout.write(`${JSON.stringify([server.port, server.folder])}\n`);
setInterval(() => undefined, 60_000);
