/** In the name of each file that a test plants in a room for the linter; other tests run beside it. */
export const plantedName = "planted-violation";
