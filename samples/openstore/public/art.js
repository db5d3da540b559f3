/** A picture for everything: drawn from its id, always the same for the same thing. */

const SVG = 'http://www.w3.org/2000/svg';

/** @type {readonly (readonly [ground: string, shape: string, accent: string])[]} */
const PALETTES = [
  ['#e9dcc9', '#b4532a', '#2f3e46'],
  ['#d5dfd3', '#4a6b57', '#d9a441'],
  ['#e6d3ce', '#8a3b4b', '#f0b67f'],
  ['#d3dde6', '#33527a', '#e2725b'],
  ['#ebe3c3', '#7a6a2a', '#3d5a5c'],
  ['#ddd4e4', '#5b4a7a', '#e0a96d'],
];

/**
 * @param {string} id
 * @returns {SVGSVGElement}
 */
export function art(id) {
  const random = randomFrom(id);
  const [ground, shape, accent] = PALETTES[Math.floor(random() * PALETTES.length)] ?? ['#ddd', '#555', '#999'];
  const svg = element('svg', { viewBox: '0 0 120 90', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true' });
  svg.append(element('rect', { width: 120, height: 90, fill: ground }));
  const draw = [arches, rings, tiles, hills][Math.floor(random() * 4)] ?? rings;
  svg.append(...draw(random, shape, accent));
  return /** @type {SVGSVGElement} */ (svg);
}

/** @typedef {(random: () => number, shape: string, accent: string) => Element[]} Drawing */

/** @type {Drawing} */
function arches(random, shape, accent) {
  const x = 44 + random() * 32;
  return [34, 25, 16, 7].map((radius, i) =>
    element('path', {
      d: `M${x - radius} 90V52a${radius} ${radius} 0 0 1 ${radius * 2} 0V90z`,
      fill: i % 2 === 0 ? shape : accent,
      opacity: 0.95 - i * 0.1,
    }),
  );
}

/** @type {Drawing} */
function rings(random, shape, accent) {
  const [x, y] = [30 + random() * 60, 25 + random() * 40];
  const circles = [44, 34, 24, 14].map((r, i) =>
    element('circle', { cx: x, cy: y, r, fill: 'none', stroke: shape, 'stroke-width': 4, opacity: 0.9 - i * 0.12 }),
  );
  return [...circles, element('circle', { cx: x, cy: y, r: 6, fill: accent })];
}

/** @type {Drawing} */
function tiles(random, shape, accent) {
  const cells = Array.from({ length: 12 }, (_, i) => [(i % 4) * 30, Math.floor(i / 4) * 30]);
  return cells.map(([x = 0, y = 0]) => {
    const fill = random() < 0.3 ? accent : shape;
    const turned = Math.floor(random() * 4);
    return element('path', {
      d: 'M0 0h30a30 30 0 0 1-30 30z',
      fill,
      opacity: 0.55 + random() * 0.4,
      transform: `translate(${x} ${y}) rotate(${turned * 90} 15 15)`,
    });
  });
}

/** @type {Drawing} */
function hills(random, shape, accent) {
  const sun = element('circle', { cx: 25 + random() * 70, cy: 26, r: 12, fill: accent });
  const ridges = [50, 62, 74].map((y, i) => {
    const lift = 8 + random() * 14;
    return element('path', {
      d: `M0 ${y}Q30 ${y - lift} 60 ${y}T120 ${y}V90H0z`,
      fill: shape,
      opacity: 0.45 + i * 0.25,
    });
  });
  return [sun, ...ridges];
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/**
 * Numbers from 0 to 1 that follow from a text (xorshift over an FNV-1a hash).
 * @param {string} text
 */
function randomFrom(text) {
  let seed = 2166136261;
  for (const character of text) seed = Math.imul(seed ^ (character.codePointAt(0) ?? 0), 16777619);
  // The first numbers of similar seeds are similar: they are mixed before they are used.
  seed = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b);
  seed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) || 1;
  return () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 2 ** 32;
  };
}
