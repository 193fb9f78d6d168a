/** Reads the data of the page. Each part is a script that leaves it in `packageData`. */

import type { Details, Figures, Index } from "./types";

interface Parts {
  index: Index;
  details: Details;
  figures: Figures;
  search: { title: string; kind: string; url: string; text: string }[];
  [table: `table-${string}`]: string;
}

declare global {
  var packageData: Partial<Parts> | undefined;
}

const waiting = new Map<string, Promise<unknown>>();

/** Return a part of the data, fetched by a script element: a page on disk may not fetch files in any other way. */
export function part<K extends keyof Parts>(name: K): Promise<Parts[K]> {
  const there = () => globalThis.packageData?.[name] as Parts[K] | undefined;
  const ready = there();
  if (ready !== undefined) return Promise.resolve(ready);
  const known = waiting.get(name) as Promise<Parts[K]> | undefined;
  if (known) return known;
  const coming = new Promise<Parts[K]>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `data/${name}.js`;
    script.onload = () => {
      const found = there();
      if (found === undefined) reject(new Error(`data/${name}.js holds no ${name}`));
      else resolve(found);
    };
    script.onerror = () => {
      waiting.delete(name); // so that the next call tries again
      reject(new Error(`data/${name}.js cannot be read`));
    };
    document.head.append(script);
  });
  waiting.set(name, coming);
  return coming;
}
