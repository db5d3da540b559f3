export function byNumber(a: number, b: number): number {
  return a - b;
}
