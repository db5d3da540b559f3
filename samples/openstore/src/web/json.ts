/** JSON for browsers: a Map as an object, a Set as an array. Dates are ISO texts. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member instanceof Map) return Object.fromEntries(member as Map<string, unknown>);
    return member instanceof Set ? [...(member as Set<unknown>)] : member;
  });
}
