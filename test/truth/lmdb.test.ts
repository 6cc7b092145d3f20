import { comesBack } from "./comes-back.ts";

comesBack("lmdb", ["stop"]);
