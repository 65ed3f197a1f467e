/** Characters from which on a text is shown in part and cannot be edited: a text field with more of them answers too slowly. */
export const LARGE = 1_000_000;
