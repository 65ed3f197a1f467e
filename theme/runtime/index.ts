// What generated rules import as "plumbline:runtime".

export { add, at, contains, divide, endsWith, equal, inList, isNil, less, lessEq, matches, modulo, more, moreEq, multiply, negate, not, power, range, slice, startsWith, subtract, truth } from "./ops";
export { builtins, loops, reduce } from "./builtins";
export { pure } from "./pure";
export { call, chain, coalesce, collection, declared, get, known, open, reach, same, within } from "./evaluate";
export { mapOf } from "./tree";

// What the tests of the two engines build worlds from.
export { evaluate } from "./evaluate";
export { RuntimeError } from "./tree";
export { Obj, Partial, Unknown } from "./value";
export { show } from "./show";
