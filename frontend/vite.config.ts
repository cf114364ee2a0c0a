import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { compileTexts } from "./compile-texts.ts";
import { iconSprite } from "./pages/icon-sprite.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("."),
  // Relative, so that the built files work under whatever address the server gives its static files.
  base: "./",
  plugins: [compileTexts(), iconSprite(), vue()],
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_DROP_MESSAGE_COMPILER__: "true",
  },
  resolve: {
    alias: { "vue-i18n": "vue-i18n/dist/vue-i18n.runtime.esm-bundler.js" },
  },
  build: {
    outDir: here("../wuyicun/static/built"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2020",
    // No data: addresses, the content security policy allows none.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        pages: here("pages/main.ts"),
        field: here("field/main.ts"),
      },
    },
  },
  test: {
    include: ["field/**/*.test.ts"],
    environment: "node",
  },
});
