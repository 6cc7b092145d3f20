export { bytes, duration } from "../../events/amounts.ts";
