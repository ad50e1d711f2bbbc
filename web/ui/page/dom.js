// Builds the page from nodes; text only ever becomes text.

/** Makes an element with properties and children; strings become text nodes. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Returns the index in UTF-16 units of a position in characters. */
export function unitsBefore(text, characters) {
  let units = 0;
  for (let n = 0; n < characters && units < text.length; n += 1) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

/** Returns the part of a text between two positions in characters. */
export function slice(text, { start, end }) {
  return text.slice(unitsBefore(text, start), unitsBefore(text, end));
}
