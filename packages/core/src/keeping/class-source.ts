/*
 * What the text of a class tells: JavaScript shows nobody the private fields of an instance, but it shows the source of its class.
 */

/** Built-in classes have no source to look at. */
export function isNative(aClass: object): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(sourceOf(aClass));
}

/** The source of a class or function. */
export function sourceOf(aClass: object): string {
  return typeof aClass === 'function' ? Function.prototype.toString.call(aClass) : '';
}

/** A class and those that it extends. */
export function* levelsOf(aClass: object): Generator<object> {
  for (let level: unknown = aClass; typeof level === 'function' && level !== Function.prototype;) {
    yield level;
    level = Object.getPrototypeOf(level);
  }
}

/** How compilers write private fields for engines that have none: they are kept beside the instance, out of reach. */
const COMPILED_FIELD =
  /\b(?:__classPrivateField(?:Get|Set)|__privateAdd|_class_private_field_(?:get|set|init)|_classPrivateField(?:Get|Set|InitSpec)\d?)\b/;

/**
 * A private field (`#used`) that a class declares for its instances, if it does. Private methods and static fields are none: they come with
 * the class. Fields that a compiler has turned into something else are found where it is one of those in use and its helpers keep their names.
 */
export function privateFieldOf(aClass: object): string | undefined {
  const code = withoutTexts(sourceOf(aClass));
  for (const match of code.matchAll(
    /(\bstatic\s+)?(?<![\w$.])#([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*(\(|in\b)?/gu,
  )) {
    const [, isStatic, name, follows] = match;
    if (isStatic === undefined && follows === undefined) return `#${name}`;
  }
  return COMPILED_FIELD.test(code) ? 'compiled #private fields' : undefined;
}

/** The code without its comments, strings and regular expressions, in which a `#` means nothing. What stands in `${…}` of a template stays. */
function withoutTexts(source: string): string {
  let code = '';
  /** For each template that is open: how many braces are open within its `${…}`. */
  const templates: number[] = [];
  for (let at = 0; at < source.length;) {
    const end = endOfText(source, at, code);
    if (end > at) {
      at = end;
      code += ' ';
      continue;
    }
    const char = source.charAt(at++);
    const braces = templates.at(-1);
    if (char === '`') {
      at = endOfTemplatePart(source, at, templates);
    } else if (char === '}' && braces === 0) {
      templates.pop();
      at = endOfTemplatePart(source, at, templates);
    } else {
      if (braces !== undefined && char === '{') templates[templates.length - 1] = braces + 1;
      if (braces !== undefined && char === '}') templates[templates.length - 1] = braces - 1;
      code += char;
    }
  }
  return code;
}

/** Where a comment, string or regular expression that begins at `at` ends; `at` itself when none does. */
function endOfText(source: string, at: number, before: string): number {
  const char = source.charAt(at);
  const next = source.charAt(at + 1);
  if (char === '/' && next === '/') return endBehind(source, '\n', at);
  if (char === '/' && next === '*') return endBehind(source, '*/', at + 2);
  if (char === '"' || char === "'") return endOfQuoted(source, at + 1, char);
  if (
    char === '/' &&
    /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|delete|throw|new|do|else))\s*$/.test(before)
  ) {
    return endOfPattern(source, at + 1);
  }
  return at;
}

function endBehind(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at < 0 ? source.length : at + mark.length;
}

function endOfQuoted(source: string, from: number, quote: string): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === quote) return at + 1;
  }
  return source.length;
}

/** Within `[…]` a slash does not end a regular expression. */
function endOfPattern(source: string, from: number): number {
  let isInClass = false;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') isInClass = true;
    else if (source[at] === ']') isInClass = false;
    else if (source[at] === '/' && !isInClass) return at + 1;
  }
  return source.length;
}

/** Skips the text of a template up to its end, or to the next `${`, which is noted. */
function endOfTemplatePart(source: string, from: number, templates: number[]): number {
  for (let at = from; at < source.length; at++) {
    if (source[at] === '\\') {
      at++;
    } else if (source[at] === '`') {
      return at + 1;
    } else if (source[at] === '$' && source[at + 1] === '{') {
      templates.push(0);
      return at + 2;
    }
  }
  return source.length;
}
