import { InvalidOptionError } from '@ndomain/core';

/** How a file is opened. */
export interface SqliteOptions {
  /** The file. It is made when it does not exist; its folder is not. On a disk of this machine: see the guide on network file systems. */
  readonly path: string;

  /**
   * What a resolved promise promises. `full`: it survives a loss of power. `normal`: it survives the end of the process at any
   * moment, but a loss of power may undo the last moments, in order, without damage to the file; many times faster on slow disks.
   * @default 'full'
   */
  readonly durability?: 'full' | 'normal' | undefined;

  /**
   * How long a write waits, in milliseconds, while other processes are writing, before it fails with `ND_BACKEND_UNREACHABLE`. At
   * least 0.
   * @default 30_000
   */
  readonly busyTimeoutMs?: number | undefined;

  /**
   * Memory for pages of the file, in MiB. At least 1.
   * @default 32
   */
  readonly cacheMiB?: number | undefined;

  /**
   * The largest size of the file, in MiB; beyond it a write fails with `ND_STORAGE_FULL`. At least 1.
   * @default Infinity
   */
  readonly maxFileMiB?: number | undefined;
}

/** Options with nothing left open. */
export interface CheckedOptions {
  readonly path: string;
  readonly durability: 'full' | 'normal';
  readonly busyTimeoutMs: number;
  readonly cacheMiB: number;
  readonly maxFileMiB: number;
}

export const SQLITE_DEFAULTS = {
  durability: 'full',
  busyTimeoutMs: 30_000,
  cacheMiB: 32,
  maxFileMiB: Infinity,
} as const;

/** Throws `ND_INVALID_OPTION`. */
export function checkedOptions(given: string | SqliteOptions): CheckedOptions {
  const options = typeof given === 'string' ? { path: given } : given;
  const { path } = options;
  const durability = options.durability ?? SQLITE_DEFAULTS.durability;
  if (typeof path !== 'string' || path === '') throw new InvalidOptionError('path', "a path such as 'shop.db'", path);
  if (path === ':memory:' || path.startsWith('file:')) {
    throw new InvalidOptionError('path', "the path of a file, such as 'shop.db' (in memory is core's default)", path);
  }
  if (durability !== 'full' && durability !== 'normal') {
    throw new InvalidOptionError('durability', "'full' or 'normal'", durability);
  }
  return {
    path,
    durability,
    busyTimeoutMs: atLeast('busyTimeoutMs', options.busyTimeoutMs ?? SQLITE_DEFAULTS.busyTimeoutMs, 0),
    cacheMiB: atLeast('cacheMiB', options.cacheMiB ?? SQLITE_DEFAULTS.cacheMiB, 1),
    maxFileMiB: atLeast('maxFileMiB', options.maxFileMiB ?? SQLITE_DEFAULTS.maxFileMiB, 1),
  };
}

function atLeast(option: string, value: unknown, min: number): number {
  if (typeof value === 'number' && value >= min) return value;
  throw new InvalidOptionError(option, `a number of at least ${min}`, value);
}
