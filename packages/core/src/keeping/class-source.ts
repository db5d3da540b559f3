/*
 * What the text of a class tells. JavaScript shows nobody the private fields of an instance, but it shows the source of its class.
 */

/** The source of a class or function. */
export function sourceOf(aClass: object): string {
  return typeof aClass === 'function' ? Function.prototype.toString.call(aClass) : '';
}

/** Built-in classes have no source to look at. */
export function isNative(aClass: object): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(sourceOf(aClass));
}

/** A class and those that it extends. */
export function* levelsOf(aClass: object): Generator<object> {
  for (let level: unknown = aClass; typeof level === 'function' && level !== Function.prototype;) {
    yield level;
    level = Object.getPrototypeOf(level);
  }
}

const PRIVATE_NAME = /#(?:[\p{ID_Start}$_]|\\u)/u;
const ASSIGNED_NAME = /#[\p{ID_Continue}$\\{}]+\s*(?:=(?!=)|;|\n|\})/u;
/** How compilers write private fields for engines that have none: they are kept beside the instance, out of reach. */
const COMPILED_FIELD =
  /\b(?:__classPrivateField(?:Get|Set)|__privateAdd|_class_private_field_(?:get|set|init)|_classPrivateField(?:Get|Set|InitSpec)\d?)\b/;

/** Whether the source has anything in it that looks like a private name: a class that has none has no private members. */
export function mayHavePrivates(aClass: object): boolean {
  const source = sourceOf(aClass);
  return PRIVATE_NAME.test(source) || COMPILED_FIELD.test(source);
}

/** Whether the source has anything in it that looks like a private field, and not only private methods. */
export function mayHavePrivateFields(aClass: object): boolean {
  return ASSIGNED_NAME.test(sourceOf(aClass));
}

/** Whether the source has private fields that a compiler has turned into something else, and its helpers keep their names. */
export function hasCompiledPrivates(aClass: object): boolean {
  return COMPILED_FIELD.test(sourceOf(aClass));
}
