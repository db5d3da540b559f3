/** An event that reached a component. */
export interface Sighting {
  readonly component: string;
  readonly account: string;
  readonly sequenceId: number;
  readonly name: string;
  readonly payload: unknown;
}

/** Where handlers write down what reached them: it outlives them. */
export interface Witness {
  saw(sighting: Sighting): Promise<void>;
  heardRumour(transfer: string): Promise<void>;
}

/** A witness in memory. */
export class WitnessBook implements Witness {
  readonly sightings: Sighting[] = [];
  readonly rumours: string[] = [];

  async saw(sighting: Sighting): Promise<void> {
    this.sightings.push(sighting);
  }

  async heardRumour(transfer: string): Promise<void> {
    this.rumours.push(transfer);
  }
}
