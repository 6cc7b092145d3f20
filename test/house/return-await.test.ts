import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Expression,
  isAwaitExpression,
  isBlock,
  isFunctionLikeDeclaration,
  isReturnStatement,
  isTryStatement,
  isVariableStatement,
  type Node,
  NodeFlags,
  type SourceFile,
} from "typescript/unstable/ast";
import { API, type Checker, type Type } from "typescript/unstable/sync";
import { expect, it } from "vitest";
import { plantedName } from "./planted.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const foreign = new RegExp(`/node_modules/|/${plantedName}-`);
const relevant = /\busing [a-z_]|\btry \{/;

/**
 * What a promise stands for is not done yet when it is returned: locks would be let go and files removed before, and
 * a `catch` would hear of nothing.
 */
it("awaits what is returned wherever something ends with the function", () => {
  using compiler = openCompiler();
  const { program, checker } = compiler.project;
  const found: string[] = [];
  for (const name of program.getSourceFileNames()) {
    if (!name.startsWith(root) || foreign.test(name)) continue;
    const text = readFileSync(name, "utf8");
    const file = relevant.test(text) ? program.getSourceFile(name) : undefined;
    if (file !== undefined) found.push(...promisesIn(file, checker).map(at(file)));
  }
  expect(found).toEqual([]);
});

function openCompiler() {
  const api = new API({ cwd: root });
  const [project] = api.updateSnapshot({ openProject: join(root, "tsconfig.json") }).getProjects();
  if (project === undefined) throw new Error("tsconfig.json has no project");
  return { project, [Symbol.dispose]: () => api.close() };
}

function at({ fileName, text }: SourceFile) {
  return (expression: Expression): string => {
    const line = text.slice(0, expression.getStart()).split("\n").length;
    return `${fileName.slice(root.length)}:${line} ${expression.getText()}`;
  };
}

/** Returned where a resource is in scope, or inside of `try`. */
function promisesIn(file: SourceFile, checker: Checker): Expression[] {
  const found: Expression[] = [];
  const visit = (node: Node, isWithin: boolean): void => {
    if (isReturnStatement(node) && isWithin && node.expression !== undefined) {
      const { expression } = node;
      if (!isAwaitExpression(expression) && isPromise(checker, expression)) found.push(expression);
    }
    if (isFunctionLikeDeclaration(node)) {
      node.forEachChild((child) => visit(child, false));
    } else if (isTryStatement(node)) {
      node.forEachChild((child) => visit(child, isWithin || child === node.tryBlock));
    } else if (isBlock(node)) {
      let isHeld = isWithin;
      for (const statement of node.statements) {
        visit(statement, isHeld);
        isHeld ||= holdsResource(statement);
      }
    } else node.forEachChild((child) => visit(child, isWithin));
  };
  visit(file, false);
  return found;
}

/** `using` is a flag of its own, `await using` both that and the one of `const`. */
function holdsResource(statement: Node): boolean {
  return (
    isVariableStatement(statement) && (statement.declarationList.flags & NodeFlags.Using) !== 0
  );
}

function isPromise(checker: Checker, expression: Expression): boolean {
  const type = checker.getTypeAtLocation(expression);
  return type !== undefined && hasThen(checker, type);
}

function hasThen(checker: Checker, type: Type): boolean {
  const parts = type.isUnionType() ? type.getTypes() : [type];
  return parts.some((part) => checker.getPropertyOfType(part, "then") !== undefined);
}
