// Modules that internal/bundle makes.

/** Imports every component. */
declare module "plumbline:components" {}

/** What internal/rulejs made of the site's rules. */
declare module "plumbline:rules" {
  const program: import("./runtime/program").Program;
  export default program;
  export const lib: typeof program.lib;
  export const model: typeof program.model;
  export const rules: typeof program.rules;
  export const texts: import("./runtime/program").Texts;
  /** Null where the site says nothing about figures. */
  export const figure: import("./runtime/figure/figure").Figure | null;
}
