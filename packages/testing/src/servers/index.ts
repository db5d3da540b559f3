// Real servers for tests: `@ndomain/testing/servers`.

export { Azurite, azuriteConnectionString, type AzuriteOptions, type AzuritePorts } from './azurite.ts';
export { findRedisServer } from './find-redis.ts';
export { freePorts } from './free-port.ts';
export { GuardedProcess } from './guarded-process.ts';
export { RedisCluster } from './redis-cluster.ts';
export { RedisServer, type RedisConfig } from './redis-server.ts';
