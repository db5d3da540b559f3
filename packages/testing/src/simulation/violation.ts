/** A guarantee that did not hold. */
export interface Violation {
  /** Such as `G1 no lost event`, or what the scenario says. */
  readonly guarantee: string;
  /** The step in which it showed, from 1; 0 when it showed in the end. */
  readonly step: number;
  readonly what: string;
}

/** The names of the guarantees that a simulation checks by itself. */
export const GUARANTEES = {
  noLostEvent: 'G1 no lost event',
  noPhantom: 'G2 no phantom',
  onceInEffect: 'G3 once in effect',
  oneWinner: 'G4 one winner',
  order: 'G5 order',
  eachSubscription: 'G6 each subscription by itself',
  noLostMessage: 'G7 no lost message',
  giveUpVisibly: 'G8 give up visibly',
  stopMeansStop: 'G9 stop means stop',
} as const;

/** Says that a guarantee did not hold. */
export type Report = (guarantee: string, what: string) => void;
