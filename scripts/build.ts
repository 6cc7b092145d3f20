/** Bundles the product into dist/: one entry, the rest in chunks that load when they are needed. */
import { copyFile, readFile, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import packageJson from "../package.json" with { type: "json" };

/** Messages are English: the other fifty languages of zod were a third of the bundle. */
const onlyEnglish: Plugin = {
  name: "only-english",
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Only texts beyond ASCII need a segmenter, and making one is 15 ms of each start. */
const lazySegmenter: Plugin = {
  name: "lazy-segmenter",
  setup({ onLoad }) {
    const eager = "const segmenter = new Intl.Segmenter();";
    const lazy =
      "let made; const segmenter = {segment: (text) => (made ??= new Intl.Segmenter()).segment(text)};";
    onLoad({ filter: /\/string-width\/index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes(eager)) throw new Error(`${path} makes its segmenter another way`);
      return { contents: source.replace(eager, lazy) };
    });
  },
};

/**
 * A static import reads every export of a built-in module, and among those of node:http is
 * WebSocket, whose reading loads all of undici: 15 ms of each start. `require` reads none.
 */
const lazyHttp: Plugin = {
  name: "lazy-http",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:https?$/ }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "required" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const root = fileURLToPath(new URL("..", import.meta.url));

/** Built aside and put in place at the end: what runs meanwhile keeps a whole program. */
const aside = `${root}/dist.${process.pid}`;
await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outdir: aside,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  keepNames: true,
  sourcemap: "linked",
  legalComments: "linked",
  plugins: [onlyEnglish, lazySegmenter, lazyHttp],
  define: { __STACKHOLD_VERSION__: JSON.stringify(packageJson.version) },
  banner: {
    js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);',
  },
  logLevel: "warning",
});
for (const asset of ["sh-guard/guard.sh", "script-files/functions.sh"]) {
  await copyFile(`${root}/src/adapters/${asset}`, `${aside}/${basename(asset)}`);
}
await rm(`${root}/dist`, { recursive: true, force: true });
await rename(aside, `${root}/dist`);
