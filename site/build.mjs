/**
 * Builds the site: `node build.mjs`. The environment may name other places than those of the repository:
 * SITE_PACKAGE (the folder of the package), SITE_DATA (what `sumy2022 export site` wrote) and SITE_OUT.
 */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { pages } from "./pages/pages.mjs";

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const place = (name, otherwise) => resolve(process.env[name] ?? join(root, otherwise));
const [source, data, out] = [
  place("SITE_PACKAGE", "."),
  place("SITE_DATA", "dist/site-data"),
  place("SITE_OUT", "dist/site"),
];

/** Bundle an entry as one classic script and one style sheet: a browser refuses modules to a page that is on disk. */
async function bundle(name) {
  await build({
    root: site,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    build: {
      outDir: join(out, "assets"),
      emptyOutDir: false,
      target: "es2022",
      cssTarget: "es2022",
      lib: {
        entry: join(site, "src", `${name}.ts`),
        formats: ["iife"],
        name: "explorer",
        fileName: () => `${name}.js`,
        cssFileName: name,
      },
    },
  });
}

/** Write a part of the data as a script, the only form in which a page on disk can read it. */
async function script(name, value) {
  const text = JSON.stringify(JSON.stringify(value));
  await writeFile(
    join(out, "data", `${name}.js`),
    `(globalThis.packageData ??= {})[${JSON.stringify(name)}] = JSON.parse(${text});\n`,
  );
}

/** Take over what the package consists of: tables as files and as scripts, schemas, descriptor. */
async function copyPackage(descriptor) {
  for (const { name, path, schema } of descriptor.resources) {
    for (const file of [path, schema].filter(Boolean)) {
      await mkdir(join(out, dirname(file)), { recursive: true });
      await copyFile(join(source, file), join(out, file));
    }
    if (schema) await script(`table-${name}`, await readFile(join(source, path), "utf8"));
  }
  await copyFile(join(source, "datapackage.json"), join(out, "datapackage.json"));
}

async function exported() {
  const names = await readdir(data).catch(() => []);
  for (const part of ["index", "details", "figures"]) {
    const found = names.filter((name) => name.endsWith(`-site-${part}.json`));
    if (found.length !== 1)
      throw new Error(
        `${data} should hold one *-site-${part}.json but holds ${found.length}: empty it and run \`sumy2022 export site\``,
      );
    await script(part, JSON.parse(await readFile(join(data, found[0]), "utf8")));
  }
}

await rm(out, { recursive: true, force: true });
await mkdir(join(out, "data"), { recursive: true });
const descriptor = JSON.parse(await readFile(join(source, "datapackage.json"), "utf8"));
await exported();
await copyPackage(descriptor);
for (const name of ["explorer", "figures", "page"]) await bundle(name);
const { files, sections } = await pages({ root, source, descriptor });
for (const [name, text] of Object.entries(files)) await writeFile(join(out, name), text);
await script("search", sections);
await mkdir(join(out, "overview"), { recursive: true });
for (const name of await readdir(join(root, "docs/overview")))
  await copyFile(join(root, "docs/overview", name), join(out, "overview", name));
