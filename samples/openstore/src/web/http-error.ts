import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';

/** An answer other than success; its code is for programs, its message for people. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function notFound(what: string, id: string): HttpError {
  return new HttpError(404, `${what.toUpperCase()}_NOT_FOUND`, `There is no ${what} "${id}".`);
}

/** How the domain's refusals read in HTTP. The domain does not know; what is not listed conflicts with how things stand: 409. */
const STATUS_OF: Readonly<Record<string, number>> = {
  INVALID_AMOUNT: 422,
  INVALID_AUCTION_WINDOW: 422,
  INVALID_MEMBER_NAME: 422,
  SALE_NOT_OPEN: 404,
};

/** A rule of the shop said no. */
export function refused(code: string, message: string): HttpError {
  return new HttpError(STATUS_OF[code] ?? 409, code, message);
}

/** Turns whatever a route threw into `{ error: { code, message, field? } }`. */
export function sendError(error: FastifyError | HttpError | Error, request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof HttpError) {
    void reply.status(error.status).send({ error: { code: error.code, message: error.message } });
    return;
  }
  const { validation, validationContext, statusCode } = error as FastifyError;
  const [problem] = validation ?? [];
  if (problem !== undefined) {
    const { missingProperty, additionalProperty } = problem.params;
    const named = missingProperty ?? additionalProperty;
    const path = problem.instancePath.split('/').slice(1);
    const field = [...path, ...(typeof named === 'string' ? [named] : [])].join('.');
    const what =
      problem.keyword === 'pattern' ? 'must be a whole number, such as 50' : (problem.message ?? 'is not valid');
    const message = `${field === '' ? (validationContext ?? 'The request') : field}: ${what}`;
    void reply.status(400).send({ error: { code: 'INVALID_INPUT', message, field } });
    return;
  }
  if (statusCode !== undefined && statusCode < 500) {
    void reply.status(statusCode).send({ error: { code: 'BAD_REQUEST', message: error.message } });
    return;
  }
  console.error(`${request.method} ${request.url} failed:`, error);
  void reply.status(500).send({ error: { code: 'INTERNAL', message: 'Something went wrong in the shop.' } });
}
