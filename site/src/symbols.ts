/** Symbols and colours, the same in the map, the list and the figures. */

import { svg } from "./dom";

/** Okabe and Ito's colours, which people who confuse red and green can tell apart. */
export const CONTROL: Record<string, string> = {
  ukraine: "#0072b2",
  contested: "#e69f00",
  russia: "#d55e00",
  unknown: "#c4c4c4",
};
export const CORROBORATION: Record<string, string> = {
  corroborated: "#009e73",
  "single-source": "#999999",
  contested: "#e69f00",
};

/** One shape a group of types, in the order of the groups in the data; each is a path in a square from -1 to 1. */
const SHAPES: { path: string; colour: string }[] = [
  { path: star(), colour: "#a3201d" },
  { path: "M-1,.85 L0,-.95 L1,.85 Z", colour: "#4b3b8f" },
  { path: "M0,-1 L1,0 L0,1 L-1,0 Z", colour: "#1a1a1a" },
  { path: "M-.8,-.8 H.8 V.8 H-.8 Z", colour: "#7a5200" },
  { path: "M-.35,-.95 H.35 V-.35 H.95 V.35 H.35 V.95 H-.35 V.35 H-.95 V-.35 H-.35 Z", colour: "#00694d" },
  { path: "M.85,0 A.85,.85 0 1,1 -.85,0 A.85,.85 0 1,1 .85,0 Z", colour: "#5f6770" },
];

function star(): string {
  const points = Array.from({ length: 16 }, (_, number) => {
    const radius = number % 2 ? 0.5 : 1;
    const angle = (number * Math.PI) / 8 - Math.PI / 2;
    return `${(radius * Math.cos(angle)).toFixed(2)},${(radius * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join(" L")} Z`;
}

export interface Look {
  hollow?: boolean;
  faded?: boolean;
}

/** Draw the shape of a group as part of a picture, with its centre at a point. */
export function shape(group: number, x: number, y: number, radius: number, look: Look = {}): SVGPathElement {
  const { path, colour } = SHAPES[group % SHAPES.length] ?? { path: "", colour: "" };
  return svg("path", {
    d: path,
    transform: `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${radius})`,
    fill: look.hollow ? "#ffffff" : colour,
    stroke: look.hollow ? colour : "#ffffff",
    "stroke-width": look.hollow ? 1.6 / radius : 0.7 / radius,
    "paint-order": "stroke",
    opacity: look.faded ? 0.55 : null,
  });
}

/** Draw the shape of a group as a small picture for use in text. */
export function symbol(group: number, look: Look = {}): SVGSVGElement {
  return svg("svg", { class: "symbol", viewBox: "-8 -8 16 16", "aria-hidden": "true" }, shape(group, 0, 0, 6.5, look));
}

/** Return the colour of a group. */
export function groupColour(group: number): string {
  return SHAPES[group % SHAPES.length]?.colour ?? "#333333";
}
