import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVICES = ['blob', 'queue', 'table'] as const;

/** Where the services of an Azurite listen, on 127.0.0.1. */
export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

export interface AzuriteOptions {
  /** The file that asks, `import.meta.url`: the package `azurite` is looked for from there. */
  readonly from: string;
  /** The folder for what has to survive {@link Azurite.kill}. @default none: everything is in memory */
  readonly folder?: string | undefined;
}

/** The account and key that every Azurite has: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite#http-connection-strings */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

// As this file is: a source in this repository, JavaScript in the package.
const PROGRAM = fileURLToPath(new URL(`azurite-program${path.extname(import.meta.url)}`, import.meta.url));
const LISTENING = /Azurite (Blob|Queue|Table) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/;

/** The connection string of an Azurite, or of a proxy before one. */
export function azuriteConnectionString(ports: AzuritePorts): string {
  const [blob, queue, table] = SERVICES.map((service) => `http://127.0.0.1:${ports[service]}/${ACCOUNT}`);
  return (
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};` +
    `BlobEndpoint=${blob};QueueEndpoint=${queue};TableEndpoint=${table};`
  );
}

/** A real Azurite, the emulator of Azure Storage, on free ports. It ends with this process at the latest, also when that is ended by SIGKILL. */
export class Azurite implements AsyncDisposable {
  readonly ports: AzuritePorts;
  readonly #options: AzuriteOptions;
  #process: ChildProcess;

  private constructor(process: ChildProcess, ports: AzuritePorts, options: AzuriteOptions) {
    this.#process = process;
    this.ports = ports;
    this.#options = options;
  }

  /** Resolves when it answers. Throws when the package `azurite` is not installed where `from` is, or does not start. */
  static async start(options: AzuriteOptions): Promise<Azurite> {
    const { process, ports } = await launch({ blob: 0, queue: 0, table: 0 }, options);
    return new Azurite(process, ports, options);
  }

  get connectionString(): string {
    return azuriteConnectionString(this.ports);
  }

  /** Ends it; what is in its folder stays. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  /** Starts it again, on the same ports and with what its folder holds. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = (await launch(this.ports, this.#options)).process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function launch(
  asked: AzuritePorts,
  { from, folder }: AzuriteOptions,
): Promise<{ process: ChildProcess; ports: AzuritePorts }> {
  const azurite = path.dirname(createRequire(from).resolve('azurite/package.json'));
  const where = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder];
  const ports = SERVICES.flatMap((service) => [`--${service}Port`, String(asked[service])]);
  const options = ['--silent', '--skipApiVersionCheck', '--disableTelemetry', ...where, ...ports];
  // In a group of its own: Ctrl-C is for the program that needs it while it stops.
  const child = spawn(process.execPath, [PROGRAM, azurite, ...options], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const said: string[] = [];
  child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
  const found = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const [, service, port] = LISTENING.exec(line) ?? [];
    if (service !== undefined) found.set(service.toLowerCase(), Number(port));
    if (found.size === SERVICES.length) break;
  }
  const [blob, queue, table] = SERVICES.map((service) => found.get(service));
  if (blob === undefined || queue === undefined || table === undefined) {
    child.kill('SIGKILL');
    throw new Error(`Azurite did not start: ${said.join('\n')}`);
  }
  // What it says later must not fill the pipe. It ends with this process, and does not keep it from ending.
  child.stdout.resume();
  return { process: child, ports: { blob, queue, table } };
}
