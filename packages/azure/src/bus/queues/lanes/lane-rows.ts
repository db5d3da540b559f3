import type { TableEntityResult } from '@azure/data-tables';
import { paddedPartition } from '../queue-names.ts';

/** The place of the first message of a lane: in the middle, because what is retried goes before all others. */
export const FIRST_PLACE = 5_000_000_000_000_000;
const PLACE_DIGITS = 16;
const MOMENT_DIGITS = 16;

/** Where a lane begins and ends. Whoever sends to it changes this row in the same transaction, so places are never given twice. */
export interface HeadRow {
  /** The place of the next message, and of the first one: both as text. */
  readonly Next: string;
  readonly First: string;
  /** Id of the last sending: tells whoever repeats one that its own first try was done. */
  readonly Sent: string;
}

/** A message of a lane. */
export interface LaneRow {
  /** The message as text (message-text.ts), here or in a blob. */
  readonly Body?: Uint8Array;
  readonly Blob?: string;
  /** How often it was received, less the deliveries that do not count. */
  readonly Deliveries: number;
  /** From when on it can be received, by the service's clock, in milliseconds since the epoch: as text of one length, which sorts. */
  readonly VisibleAt: string;
  /** Since when it waits, or is to: like VisibleAt. */
  readonly ReadyAt: string;
  /** True while somebody has it leased. */
  readonly IsLeased: boolean;
  /** Id of the last change: tells whoever repeats one that its own first try was done. */
  readonly Change: string;
}

export type StoredHead = TableEntityResult<Partial<HeadRow>>;
export type StoredLaneRow = TableEntityResult<Partial<LaneRow>>;

/** Begins the keys of all heads, and those of all messages. */
export const HEADS = 'head-';
export const MESSAGES = 'msg-';

export function headKey(lane: number): string {
  return `${HEADS}${paddedPartition(lane)}`;
}

export function laneOfHead(rowKey: string): number {
  return Number(rowKey.slice(HEADS.length));
}

/** Begins the keys of a lane's messages. */
export function laneStart(lane: number): string {
  return `${MESSAGES}${paddedPartition(lane)}-`;
}

export function messageKey(lane: number, place: number): string {
  return laneStart(lane) + String(place).padStart(PLACE_DIGITS, '0');
}

/** What comes after all keys that begin so: `.` is the sign after `-`. */
export function endOf(start: string): string {
  return `${start.slice(0, -1)}.`;
}

export function momentText(at: number): string {
  return String(Math.max(0, Math.ceil(at))).padStart(MOMENT_DIGITS, '0');
}
