/** What every side carries: 118 bytes as JSON. */
export const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01T08:26:00Z',
} as const;

export type Payload = { accountId: string; amount: number; note: string; at: string };
