// The public surface: what is not listed here cannot be reached.

export type { RedisGiven } from './connection/clients.ts';
export { RedisConnection } from './connection/redis-connection.ts';
export { REDIS_DEFAULTS, type RedisSettings } from './redis-settings.ts';
export { Script, type ScriptArgument, type ScriptCall } from './connection/script.ts';
