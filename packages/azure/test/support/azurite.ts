import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const SERVICES = ['blob', 'queue', 'table'] as const;
export type Service = (typeof SERVICES)[number];
export type Ports = Readonly<Record<Service, number>>;

/** The account and key that every Azurite has: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite#http-connection-strings */
export const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const PROGRAM = fileURLToPath(new URL('azurite-process.ts', import.meta.url));
const LISTENING = /Azurite (Blob|Queue|Table) service is successfully listening at http:\/\/127\.0\.0\.1:(\d+)/;

export function connectionStringOf(ports: Ports): string {
  const at = (service: Service): string => `http://127.0.0.1:${ports[service]}/${ACCOUNT}`;
  return (
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};` +
    `BlobEndpoint=${at('blob')};QueueEndpoint=${at('queue')};TableEndpoint=${at('table')};`
  );
}

/** A running Azurite: on free ports, in memory unless it is given a folder, and gone with the process that started it. */
export class Azurite implements AsyncDisposable {
  readonly ports: Ports;
  readonly #folder: string | undefined;
  #process: ChildProcess;

  private constructor(process: ChildProcess, ports: Ports, folder: string | undefined) {
    this.#process = process;
    this.ports = ports;
    this.#folder = folder;
  }

  /** `folder` is where it keeps what has to survive {@link kill}. */
  static async start(folder?: string): Promise<Azurite> {
    const { process, ports } = await launch({ blob: 0, queue: 0, table: 0 }, folder);
    return new Azurite(process, ports, folder);
  }

  get connectionString(): string {
    return connectionStringOf(this.ports);
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill(signal);
    await exited;
  }

  /** Starts it again on the same ports, with what its folder holds. */
  async restart(): Promise<void> {
    await this.kill();
    this.#process = (await launch(this.ports, this.#folder)).process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

async function launch(asked: Ports, folder?: string): Promise<{ process: ChildProcess; ports: Ports }> {
  const where = folder === undefined ? ['--inMemoryPersistence'] : ['--location', folder];
  const ports = SERVICES.flatMap((service) => [`--${service}Port`, String(asked[service])]);
  const options = ['--silent', '--skipApiVersionCheck', '--disableTelemetry', ...where, ...ports];
  const child = spawn(process.execPath, [PROGRAM, ...options], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
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
  // What it says later must not fill the pipe.
  child.stdout.resume();
  return { process: child, ports: { blob, queue, table } };
}
