import { captured } from './child.mjs';
import { saysNoNetwork, UserError } from './user-error.mjs';
import { root } from './workspace.mjs';

/**
 * Installs the packages of the workspace, or of the one in another folder, if they are not installed already. pnpm keeps
 * the stamp: a file in node_modules with the hashes of the lockfile and of every manifest, by which a repeated install ends in milliseconds,
 * and without the network. It says nothing then; an install that takes a while says so, one that fails shows why.
 */
export async function install({ env }, folder = root, options = []) {
  const notice = setTimeout(() => console.error('Installing packages …'), 500);
  const shell = process.platform === 'win32';
  const { code, output } = await captured('pnpm', ['install', ...options], { cwd: folder, env, shell }).finally(() =>
    clearTimeout(notice),
  );
  if (code === 0) return;
  if (saysNoNetwork(output)) {
    throw new UserError('pnpm install failed: the package registry cannot be reached. Is there a network?');
  }
  throw new UserError(`${output.trim()}\n\npnpm install failed; the reason stands above.`);
}
