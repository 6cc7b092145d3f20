import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../run.ts";

export interface Certificate {
  /** Of the authority that signed it. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** For these names, by an authority that nobody else trusts. */
export async function makeCertificate(
  directory: string,
  names: readonly string[],
): Promise<Certificate> {
  const at = (name: string) => join(directory, name);
  const [caKey, caFile, keyFile, request, certFile] = [
    "ca.key",
    "ca.pem",
    "key.pem",
    "csr",
    "cert.pem",
  ].map(at) as [string, string, string, string, string];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await run([
    "openssl",
    "req",
    "-x509",
    ...key,
    "-keyout",
    caKey,
    "-out",
    caFile,
    "-subj",
    "/CN=test",
    "-days",
    "2",
  ]);
  await run(["openssl", "req", ...key, "-keyout", keyFile, "-out", request, "-subj", "/CN=server"]);
  const alternatives = names.map((name) => `${/^[\d.]+$/.test(name) ? "IP" : "DNS"}:${name}`);
  await writeFile(at("extensions"), `subjectAltName=${alternatives.join(",")}\n`);
  const signing = ["-CA", caFile, "-CAkey", caKey, "-CAcreateserial", "-days", "2"];
  await run([
    "openssl",
    "x509",
    "-req",
    "-in",
    request,
    ...signing,
    "-extfile",
    at("extensions"),
    "-out",
    certFile,
  ]);
  return { caFile, certFile, keyFile };
}
