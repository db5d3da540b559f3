import { messageOf, type DeadLetter, type DeadLetterReason } from '@ndomain/core';
import { receivedMessage } from './message-text.ts';

/** A dead letter: number, queue, ordering key, kind and reason, each in a line, and the body behind. */
const LETTER = /^(\d+)\n([^\n]*)\n[^\n]*\n([^\n]*)\n([^\n]*)\n([^]*)$/;

/** The dead letter that a text is. Never throws: what somebody else put there is listed with what it is. */
export function deadLetterOf(endpoint: string, text: string): DeadLetter {
  const [, id, queue = '', kind, reasonText = '', body = ''] = LETTER.exec(text) ?? [];
  if (id === undefined) return { id: '0', endpoint, reason: unreadable('it is no dead letter'), raw: text };
  const letter = { id, endpoint, reason: reasonOf(reasonText) };
  if (kind !== 'message') return { ...letter, raw: body };
  const { message, broken } = receivedMessage(body, endpoint, queue === '' ? undefined : Number(queue));
  return message === undefined ? { ...letter, raw: broken.raw } : { ...letter, message };
}

function reasonOf(text: string): DeadLetterReason {
  try {
    return JSON.parse(text) as DeadLetterReason;
  } catch (error) {
    return unreadable(messageOf(error));
  }
}

function unreadable(problem: string): DeadLetterReason {
  return { code: 'ND_BROKEN_MESSAGE', message: problem, attempts: 0, failedAt: 0 };
}
