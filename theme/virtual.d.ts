// Modules that internal/bundle makes.

declare module "plumbline:components" {}
