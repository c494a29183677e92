import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noBusybox } from './busybox.js';
import { Container, until } from './container.js';
import { delivery, env } from './encoding.js';

const moments = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(noBusybox)('a latch in mode exec', () => {
  it('waits, and becomes the program when the container is delivered', async () => {
    const container = new Container();
    const run = container.exec(container.shell('echo "$$ $GREETING"; exec sleep 600'));
    await moments(300);
    expect(run.output.toString()).toBe('');
    container.deliver(delivery('uid/1', env('GREETING', 'hello')));
    await until('the program to speak', () => run.output.length > 0);
    expect(run.output.toString()).toBe(`${run.pid} hello\n`);
  });

  it('opens at once what was delivered before it looked', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    expect(await container.exec(container.shell('exit 7')).ended()).toBe(7);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)('ends on %s while it waits', async (signal) => {
    const container = new Container();
    const run = container.exec(container.shell('exit 7'));
    await until('it to wait', () => existsSync(container.path('state/armed')));
    await moments(200);
    run.signal(signal);
    expect(await run.ended()).toBe({ SIGTERM: 143, SIGINT: 130, SIGQUIT: 131, SIGHUP: 129 }[signal]);
  });

  it('leaves the program what a container without it has: signals, open files, folder, umask', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const own = container.shell('grep ^Sig[BIC] /proc/$$/status; ls /proc/$$/fd; pwd; umask');
    const latched = container.exec(own);
    expect(await latched.ended()).toBe(0);
    const bare = execFileSync(own[0] ?? '', own.slice(1), {
      env: {},
      cwd: container.base,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(latched.output.toString()).toBe(bare.toString());
  });

  it('says that a command is not there, with the code of a shell', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const named = container.exec(['nothing-of-this-name']);
    expect(await named.ended()).toBe(127);
    expect(named.errors).toContain('nothing-of-this-name: not found in PATH');
    const placed = container.exec(['/nothing/here']);
    expect(await placed.ended()).toBe(127);
    expect(placed.errors).toContain('/nothing/here');
  });

  it('finds the command by the PATH that the program gets, not among applets', async () => {
    const container = new Container();
    mkdirSync(container.path('own'));
    writeFileSync(container.path('own/ls'), '#!/bin/sh\necho my own ls\n', { mode: 0o755 });
    container.deliver(delivery('uid/1', env('PATH', `/nowhere:${container.path('own')}:/bin`)));
    const run = container.exec(['ls'], { PATH: '/usr/bin:/bin' });
    expect(await run.ended()).toBe(0);
    expect(run.output.toString()).toBe('my own ls\n');
  });

  it('refuses a command that env would take for a variable', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const run = container.exec(['/bin/a=b', 'c']);
    expect(await run.ended()).toBe(78);
    expect(run.errors).toContain('/bin/a=b must not have an equals sign');
  });

  it('writes files with their modes whatever the umask', async () => {
    const container = new Container();
    container.deliver(
      delivery(
        'uid/1',
        'file 0644 a.conf one\\ntwo \\\\n\\n',
        'file 0600 key \\0000\\0377 x',
        'file 755 run',
        'file 0666 .all x  ',
      ),
    );
    expect(await container.exec(container.shell('umask 0')).ended()).toBe(0);
    const mode = (name: string) => (statSync(container.path('files', name)).mode & 0o7777).toString(8);
    expect(readdirSync(container.files).map((name) => [name, mode(name), container.read('files', name)])).toEqual([
      ['.all', '666', 'x  '],
      ['a.conf', '644', 'one\ntwo \\n\n'],
      ['key', '600', '\0\ufffd x'],
      ['run', '755', ''],
    ]);
  });

  it('forgets what an earlier run of the container opened', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    await container.exec(container.shell('exit')).ended();
    expect(existsSync(container.path('state/open'))).toBe(true);
    container.deliver('');
    container.exec(container.shell('exit'));
    await until('the mark to be gone', () => !existsSync(container.path('state/open')));
  });
});

describe.skipIf(noBusybox)('a latch does not open', () => {
  const whole = delivery('uid/1', env('A', 'b'), 'file 0644 name content');

  it('what is cut off anywhere', async () => {
    const container = new Container();
    const run = container.exec(container.shell('echo opened'));
    for (let length = 1; length < whole.length; length += 7) {
      container.deliver(whole.slice(0, length));
      await moments(30);
    }
    expect(run.running).toBe(true);
    expect(run.output.toString()).toBe('');
    container.deliver(`${whole}\n`);
    expect(await run.ended()).toBe(0);
    expect(run.output.toString()).toBe('opened\n');
  });

  it.each([
    ['penstock 2\ndelivery a\nend', "its format is not 'penstock 1'"],
    [delivery('a', 'lend me=your ear'), "cannot read the line 'lend ...'"],
    [delivery('a', 'env nothing'), "cannot read the line 'env ...'"],
    [delivery('a', 'env 1A=x'), "'1A' cannot be the name of a variable"],
    [delivery('a', 'env A B=x'), "'A B' cannot be the name of a variable"],
    [delivery('a', 'env =x'), "'' cannot be the name of a variable"],
    [delivery('a', 'cpu much'), 'cpu much is not a whole number'],
    [delivery('a', 'file 0644 ../passwd x'), "'../passwd' is not a plain file name"],
    [delivery('a', 'file 0644 .. x'), "'..' is not a plain file name"],
    [delivery('a', 'file rw name x'), "cannot read the line 'file ...'"],
    ['penstock 1\nenv A=b\nend', 'it has no line delivery TOKEN'],
  ])('%j, and says why', async (text, why) => {
    const container = new Container();
    container.deliver(text);
    const run = container.exec(container.shell('echo opened'));
    expect(await run.ended()).toBe(78);
    expect(run.errors).toContain(why);
    expect(run.output.toString()).toBe('');
  });

  it('before its Secret is there', async () => {
    const container = new Container();
    container.secret('uid/0');
    container.deliver(delivery('uid/1', `secret ${container.path('secret')}`));
    const run = container.exec(container.shell('echo opened'));
    await moments(300);
    expect(run.running).toBe(true);
    container.secret('uid/1');
    expect(await run.ended()).toBe(0);
  });
});
