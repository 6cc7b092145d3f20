import { contractOn } from "./contract-on.ts";

contractOn("WebDAV");
