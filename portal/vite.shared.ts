// One source tree, two programs that never share a page. File names are fixed and carry no hash, because
// the C++ build embeds them.
import react from "@vitejs/plugin-react";
import { resolve } from "node:path";
import { defineConfig } from "vite";

export function entry(name: "center" | "site") {
  return defineConfig({
    root: resolve(__dirname, "entries", name),
    base: "/",
    publicDir: resolve(__dirname, "public"),
    plugins: [react()],
    build: {
      outDir: resolve(__dirname, "dist", name),
      emptyOutDir: true,
      target: "es2022",
      modulePreload: false,
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      rollupOptions: {
        output: {
          entryFileNames: "app.js",
          assetFileNames: "app[extname]",
          inlineDynamicImports: true,
        },
      },
    },
  });
}
