// What generated rules import as "plumbline:runtime".

export {
  add, at, contains, divide, endsWith, equal, inList, is, isNil, known, less, lessEq, link, mapOf, matches, modulo, more, moreEq,
  multiply, negate, object, power, range, readable, slice, startsWith, subtract, there, truth,
} from "./ops";
export * from "./builtins";
export * from "./pure";
export { automaton } from "./automaton";
export { compiled } from "./compiled";
export { chain, coalesce, declared, field, get, open, plain, reach, same, within } from "./evaluate";
export { shaped } from "./model";

// What the tests of the two engines build worlds from.
export { evaluate } from "./evaluate";
export { RuntimeError } from "./tree";
export { Obj, Partial, Unknown } from "./value";
export { show } from "./show";
