import { comesBack } from "./comes-back.ts";

comesBack("postgres", ["stop", "down", "pause"]);
