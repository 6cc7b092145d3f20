/** Whether a version of numbers and dots is not below another; what follows the numbers does not count. */
export function isAtLeast(version: string, oldest: string): boolean {
  const numbers = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const have = numbers(version);
  for (const [index, wanted] of numbers(oldest).entries()) {
    const difference = (have[index] ?? 0) - wanted;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
