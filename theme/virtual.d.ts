// Modules that internal/bundle makes.

declare module "plumbline:components" {}

declare module "plumbline:rules" {
  const program: import("./runtime/program").Program;
  export default program;
}
