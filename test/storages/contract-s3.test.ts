import { contractOn } from "./contract-on.ts";

contractOn("S3");
