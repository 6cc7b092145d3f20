import { comesBack } from "./comes-back.ts";

comesBack("redis", ["stop"]);
