/** Whether what a key of this name holds is taken for a secret. */
export function isSecretName(name: string): boolean {
  return /PASS|SECRET|KEY|TOKEN|API|AUTH|CREDENTIAL/i.test(name);
}
