import type { TableEntityResult } from '@azure/data-tables';
import { orderingKeyOf, type DeadLetter, type DeadLetterReason, type TransportMessage } from '@ndomain/core';
import { receivedMessage } from './message-text.ts';

/** Kept of an error's texts, in UTF-16 units: what a property holds (64 KiB), with room for all others in the row. */
const LONGEST_TEXT = 16_000;

/** The properties of a dead letter's row. */
export interface DeadLetterRow {
  /** The error: its code, its text and its stack. */
  readonly Code: string;
  readonly Error: string;
  readonly Stack?: string;
  readonly Attempts: number;
  /** Milliseconds since the epoch, as text: a number of 32 bits does not hold it. */
  readonly FailedAt: string;
  /** What the message is ordered by, and the partition that it came from, where there are such. */
  readonly OrderingKey?: string;
  readonly Lane?: number;
  /** True for what could not be read: the body is then what stood in the queue. */
  readonly IsBroken: boolean;
  /** The message as text (message-text.ts), here or in a blob of the dead letter's own. */
  readonly Body?: Uint8Array;
  readonly Blob?: string;
  /** Until then somebody is retrying it, by the service's time, in milliseconds since the epoch, as text. */
  readonly RetriedUntil?: string;
  /** Id of that retry. */
  readonly RetriedBy?: string;
}

export type StoredDeadLetter = TableEntityResult<Partial<DeadLetterRow>>;

/** What is to be given up. */
export interface BuriedMessage {
  /** Absent when it could not be read. */
  readonly message: TransportMessage | undefined;
  /** The message's text, or what stood in the queue. */
  readonly text: string;
  readonly reason: DeadLetterReason;
}

/** All of a row but its body. */
export function deadLetterRow({ message, reason }: BuriedMessage): DeadLetterRow {
  const key = message === undefined ? undefined : orderingKeyOf(message);
  return {
    Code: cut(reason.code),
    Error: cut(reason.message),
    Attempts: Math.round(reason.attempts),
    FailedAt: String(Math.round(reason.failedAt)),
    IsBroken: message === undefined,
    ...(reason.stack === undefined ? {} : { Stack: cut(reason.stack) }),
    ...(key === undefined ? {} : { OrderingKey: cut(key) }),
    ...(message?.partition === undefined ? {} : { Lane: message.partition }),
  };
}

/** `text` is the body, wherever it was; undefined when its blob is gone. */
export function deadLetterOf(endpoint: string, row: StoredDeadLetter, text: string | undefined): DeadLetter {
  const { rowKey: id = '', Code: code = '', Error: error = '', Stack: stack, Attempts, FailedAt, Lane } = row;
  const reason: DeadLetterReason = {
    code,
    message: error,
    stack,
    attempts: Attempts ?? 0,
    failedAt: Number(FailedAt ?? 0),
  };
  const letter = { id, endpoint, reason };
  if (text === undefined) return { ...letter, raw: `the blob "${row.Blob ?? ''}", which is not in the container` };
  if (row.IsBroken === true) return { ...letter, raw: text };
  const { message, broken } = receivedMessage(text, endpoint, Lane);
  return message === undefined ? { ...letter, raw: broken.raw } : { ...letter, message };
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
