import { baseCompile } from "@intlify/message-compiler";
import type { Plugin } from "vite";

interface Texts {
  [key: string]: string | Texts;
}

function compile(texts: Texts): object {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === "string" ? baseCompile(text, { jit: true, minify: true, location: false, onError: fail(key) }).ast : compile(text),
    ]),
  );
}

function fail(key: string): (error: Error) => never {
  return (error) => {
    throw new Error(`text ${key}: ${error.message}`);
  };
}

/**
 * Turns `locales/*.json` into compiled vue-i18n messages at build time, so that the compiler need not be shipped
 * and nothing is compiled in the browser. (The usual plugin brings a whole linter with it.)
 */
export function compileTexts(): Plugin {
  return {
    name: "compile-texts",
    enforce: "pre",
    transform: {
      filter: { id: /\/locales\/[\w-]+\.json$/ },
      handler: (code) => ({ code: `export default ${JSON.stringify(compile(JSON.parse(code) as Texts))}`, moduleType: "js", map: null }),
    },
  };
}
