/** Something the user can put right: shown as one line, without a stack trace. */
export class UserError extends Error {
  name = 'UserError';
}

/** Whether what npm or pnpm printed says that they did not get through to the registry. */
export function saysNoNetwork(output) {
  return /ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|error sending request/.test(output);
}
