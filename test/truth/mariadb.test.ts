import { comesBack } from "./comes-back.ts";

comesBack("mariadb", ["stop"]);
