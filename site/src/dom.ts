/** Elements made by hand. Text only ever becomes a text node, so nothing in the data can act as markup. */

export type Child = Node | string | number | null | undefined | false;
type Value = string | number | boolean | null | undefined | ((event: Event) => void);
type Attributes = Record<string, Value>;

const SVG = "http://www.w3.org/2000/svg";

/** Make an HTML element; an attribute that is a function listens to the event of its name. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag) as SVGElementTagNameMap[K], attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  }
  put(element, children);
  return element;
}

function put(element: Element, children: Child[]): void {
  for (const child of children)
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
}

/** Put new children in place of the old ones. */
export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  put(element, children);
}

/** Return an element of the page that the template promises. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found as E;
}

/** Make a link that leaves the page; an address that is no web address stays text. */
export function outward(url: string | undefined, ...children: Child[]): HTMLElement {
  if (!url || !/^https?:\/\//i.test(url)) return el("span", {}, ...children);
  return el("a", { href: url, rel: "noopener noreferrer external", target: "_blank" }, ...children);
}

/** Make a table from words, its first row being the head; a cell may be an element. */
export function table(caption: string, head: string[], rows: Child[][], numbers = false): HTMLTableElement {
  const cell = (child: Child, column: number) =>
    column ? el("td", { class: numbers ? "number" : null }, child) : el("th", { scope: "row" }, child);
  return el(
    "table",
    {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, ...head.map((word) => el("th", { scope: "col" }, word)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell)))),
  );
}
