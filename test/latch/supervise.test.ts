import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasInotifyd, noBusybox } from './busybox.js';
import { Container, type Run, until } from './container.js';
import { delivery, env } from './encoding.js';

const moments = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const says = (run: Run, text: string) => until(`"${text}" from the program`, () => run.output.includes(text));
/** Says whose it is, its process, and waits to be ended. */
const guest = 'echo "for $WHO"; exec sleep 600';

describe.skipIf(noBusybox)('a latch that supervises', () => {
  it('serves one delivery after the other, each with its own environment and files', async () => {
    const container = new Container();
    const run = container.supervise(container.shell('echo "for $WHO, first: $FIRST"; exec sleep 600'));
    container.deliver(delivery('uid/1', env('WHO', 'ann'), env('FIRST', 'yes'), 'file 0644 first x'));
    await says(run, 'for ann, first: yes');
    expect(readdirSync(container.files)).toEqual(['first']);
    container.deliver('');
    await until('the files to be gone', () => readdirSync(container.files).length === 0);
    await moments(100);
    expect(run.output.toString()).not.toContain('bob');
    container.deliver(delivery('uid/2', env('WHO', 'bob'), 'file 0644 second x'));
    await says(run, 'for bob, first: \n');
    expect(readdirSync(container.files)).toEqual(['second']);
    expect(run.running).toBe(true);
  });

  it('takes back and cleans first where it sees the next delivery only', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann')));
    const run = container.supervise(
      container.shell(`ls ${container.path('work')}; touch ${container.path('work/left')}; ${guest}`),
    );
    await says(run, 'for ann');
    container.deliver(delivery('uid/2', env('WHO', 'bob')));
    await says(run, 'for bob');
    expect(run.output.toString()).toBe('for ann\nfor bob\n');
  });

  it('lets the program go on while an incomplete delivery is shown, and while the same one is shown again', async () => {
    const container = new Container();
    const whole = delivery('uid/1', env('WHO', 'ann'));
    container.deliver(whole);
    const run = container.supervise(container.shell(guest));
    await says(run, 'for ann');
    for (const text of ['penstock 1\ndelivery uid/2\n', 'penstock 1\nde', whole, `${whole}\n`]) {
      container.deliver(text);
      await moments(700);
    }
    expect(run.output.toString()).toBe('for ann\n');
    expect(existsSync(container.path('state/open'))).toBe(true);
  });

  it('opens for another image in the container that has it alone, also after it was scrubbed', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann')));
    const before = container.supervise(container.shell(guest));
    await says(before, 'for ann');
    container.deliver('');
    await until('it to be clean', () => !existsSync(container.path('state/dirty')));
    container.deliver(delivery('uid/2', env('WHO', 'bob'), 'starts 2'));
    await moments(700);
    expect(before.output.toString()).toBe('for ann\n');
    before.signal('SIGTERM');
    expect(await before.ended()).toBe(143);
    const after = container.supervise(container.shell(guest));
    await says(after, 'for bob');
  });

  it('lets the program go on while the kubelet is replacing the folder of the delivery', async () => {
    const container = new Container();
    const whole = delivery('uid/1', env('WHO', 'ann'));
    container.deliver(whole);
    const run = container.supervise(container.shell(guest));
    await says(run, 'for ann');
    container.betweenDeliveries();
    await moments(700);
    container.deliver(whole);
    await moments(700);
    expect(run.output.toString()).toBe('for ann\n');
    expect(run.errors).toBe('');
    expect(existsSync(container.path('state/open'))).toBe(true);
    container.deliver('');
    await until('it to be clean', () => !existsSync(container.path('state/dirty')));
  });

  it('asks the program to end, and gives it its grace', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const farewell = 'trap "sleep 0.5; echo done; exit" TERM; echo up; while :; do sleep 0.05; done';
    const run = container.supervise(container.shell(farewell));
    await says(run, 'up');
    container.deliver('');
    await says(run, 'done');
    await until('it to be clean', () => !existsSync(container.path('state/dirty')));
    expect(run.running).toBe(true);
  });

  it('kills a program that does not end within its grace, and what the program has left running', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const stubborn = 'sleep 1000 & trap "echo no" TERM; echo up; while :; do sleep 0.05; done';
    const run = container.supervise(container.shell(stubborn), { grace: 1 });
    await says(run, 'up');
    container.deliver('');
    await says(run, 'no');
    await until('it to be clean', () => !existsSync(container.path('state/dirty')));
    await until('the processes to be gone', () => container.processes().length === (hasInotifyd ? 2 : 1));
    expect(run.running).toBe(true);
  });

  it('takes the mark for probes away before it ends the program', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const mark = container.path('state/open');
    const run = container.supervise(
      container.shell(`trap "ls ${mark}; echo end; exit" TERM; echo up; while :; do sleep 0.05; done`),
    );
    await says(run, 'up');
    container.deliver('');
    await says(run, 'end');
    expect(run.output.toString()).toBe('up\nend\n');
  });

  it('ends the program when its time is over, and does not open the same delivery again', async () => {
    const container = new Container();
    const expires = Math.floor(Date.now() / 1000) + 2;
    container.deliver(delivery('uid/1', env('WHO', 'ann'), `expires ${expires}`));
    const run = container.supervise(container.shell(`touch ${container.path('work/left')}; ${guest}`));
    await says(run, 'for ann');
    await until('it to be clean', () => existsSync(container.path('work/left')) === false);
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(expires);
    await moments(1200);
    expect(run.output.toString()).toBe('for ann\n');
    container.deliver(delivery('uid/2', env('WHO', 'bob'), `expires ${expires + 600}`));
    await says(run, 'for bob');
  });

  it('does not open a delivery whose time is over', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann'), 'expires 1000'));
    const run = container.supervise(container.shell(guest));
    await moments(1200);
    expect(run.output.toString()).toBe('');
    expect(run.running).toBe(true);
  });

  it.each([
    ['exit 7', 7],
    ['exit 0', 0],
    ['kill -KILL $$', 137],
    ['kill -TERM $$', 143],
  ])('exits as its program does: %s', async (end, code) => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    expect(await container.supervise(container.shell(`echo up; ${end}`)).ended()).toBe(code);
  });

  it('says that a command is not there, with the code of a shell', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const run = container.supervise(['nothing-of-this-name']);
    expect(await run.ended()).toBe(127);
    expect(run.errors).toContain('nothing-of-this-name: not found in PATH');
  });

  it.each(['TERM', 'INT', 'HUP', 'QUIT', 'USR1', 'USR2', 'WINCH'] as const)('forwards %s', async (name) => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const run = container.supervise(
      container.shell(`trap "echo got; exit 5" ${name}; echo up; while :; do sleep 0.05; done`),
    );
    await says(run, 'up');
    run.signal(`SIG${name}`);
    expect(await run.ended()).toBe(5);
    expect(run.output.toString()).toBe('up\ngot\n');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'] as const)('ends on %s while it waits', async (signal) => {
    const container = new Container();
    const run = container.supervise(container.shell(guest));
    await until('it to wait', () => existsSync(container.path('state/armed')));
    await moments(200);
    run.signal(signal);
    expect(await run.ended()).toBe({ SIGTERM: 143, SIGINT: 130, SIGQUIT: 131, SIGHUP: 129 }[signal]);
  });

  it('leaves the program what a container without it has: signals, open files, folder, umask', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1'));
    const own = container.shell('grep ^Sig[BIC] /proc/$$/status; ls /proc/$$/fd; pwd; umask');
    const run = container.supervise(own);
    expect(await run.ended()).toBe(0);
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const bare = execFileSync(own[0] ?? '', own.slice(1), { env: {}, cwd: container.base, stdio: [...stdio] });
    expect(run.output.toString()).toBe(bare.toString());
  });
});

describe.skipIf(noBusybox)('a latch that cleans', () => {
  const odd = ['plain', '.hidden', '..two', '-rf', 'a b', 'new\nline', '*'];
  const fill = (folder: string) => {
    for (const name of odd) {
      writeFileSync(`${folder}/${name}`, 'x');
      mkdirSync(`${folder}/d${name}/deeper`, { recursive: true });
      writeFileSync(`${folder}/d${name}/deeper/${name}`, 'x');
    }
    mkdirSync(`${folder}/closed/deeper`, { recursive: true });
    chmodSync(`${folder}/closed`, 0);
  };

  it('empties every folder and file that a claim could write, whatever the names, and follows no link', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', 'file 0400 secret x'));
    const run = container.supervise(container.shell('echo up; exec sleep 600'));
    await says(run, 'up');
    const folders = ['files', 'work', 'shm', 'state'].map((name) => container.path(name));
    for (const folder of folders) {
      fill(folder);
      symlinkSync(container.path('secret'), `${folder}/link`);
    }
    writeFileSync(container.path('log'), 'why it ended');
    container.deliver('');
    await until('it to be clean', () => !existsSync(container.path('state/dirty')));
    await until('it to wait', () => existsSync(container.path('state/armed')));
    expect(folders.map((folder) => readdirSync(folder))).toEqual([[], [], [], ['armed', 'starts']]);
    expect(container.read('log')).toBe('');
    expect(existsSync(container.path('secret'))).toBe(true);
    expect(run.running).toBe(true);
  });

  it('does so before it opens, where it was restarted before it could', async () => {
    const container = new Container();
    writeFileSync(container.path('state/dirty'), 'uid/1\n');
    writeFileSync(container.path('work/left'), 'x');
    container.deliver(delivery('uid/2'));
    const run = container.supervise(container.shell(`ls ${container.path('work')}; echo up; exec sleep 600`));
    await says(run, 'up');
    expect(run.output.toString()).toBe('up\n');
  });

  it.each([
    ['whose user has no time left', 'uid/1\n', delivery('uid/1', 'expires 1000')],
    ['whose user is not known any more', '', ''],
  ])('does so while it waits, where it was restarted with a delivery %s', async (_, dirty, text) => {
    const container = new Container();
    writeFileSync(container.path('state/dirty'), dirty);
    writeFileSync(container.path('work/left'), 'x');
    container.deliver(text);
    const run = container.supervise(container.shell(`ls ${container.path('work')}; ${guest}`));
    await until('it to be clean', () => !existsSync(container.path('work/left')));
    container.deliver('');
    container.deliver(delivery('uid/2', env('WHO', 'bob')));
    await says(run, 'for bob');
    expect(run.output.toString()).toBe('for bob\n');
  });

  it('does so where it is released after it was restarted, and before its delivery could be opened again', async () => {
    const container = new Container();
    writeFileSync(container.path('state/dirty'), 'uid/1\n');
    writeFileSync(container.path('work/left'), 'x');
    const unshown = `secret ${container.path('secret')}`;
    container.deliver(delivery('uid/1', unshown));
    const run = container.supervise(container.shell(`ls ${container.path('work')}; ${guest}`));
    await until('it to wait', () => existsSync(container.path('state/armed')));
    await moments(300);
    expect(existsSync(container.path('work/left'))).toBe(true);
    container.deliver('');
    await until('it to be clean', () => !existsSync(container.path('work/left')));
    container.deliver(delivery('uid/2', env('WHO', 'bob')));
    await says(run, 'for bob');
    expect(run.output.toString()).toBe('for bob\n');
  });

  it('lets its user go on where it was restarted in the middle of a delivery', async () => {
    const container = new Container();
    writeFileSync(container.path('state/dirty'), 'uid/1\n');
    writeFileSync(container.path('work/left'), 'x');
    container.deliver(delivery('uid/1'));
    const run = container.supervise(container.shell(`ls ${container.path('work')}; echo up; exec sleep 600`));
    await says(run, 'up');
    expect(run.output.toString()).toBe('left\nup\n');
  });

  it('fails when it cannot in its time', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann')));
    const run = container.supervise(container.shell(guest), { deadline: 0 });
    await says(run, 'for ann');
    container.deliver('');
    expect(await run.ended()).toBe(78);
    expect(run.errors).toContain('cannot scrub within 0 s');
  });

  it('fails when something cannot be removed, and says what', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann')));
    // nothing can be removed from a folder of /proc, as from a mount that is read-only
    const run = container.run([
      'supervise',
      container.files,
      '5',
      '20',
      '/proc/self/net',
      '--',
      ...container.shell(guest),
    ]);
    await says(run, 'for ann');
    container.deliver('');
    expect(await run.ended()).toBe(78);
    expect(run.errors).toMatch(/cannot scrub: \/proc\/self\/net\/.* cannot be removed/);
  });

  it('refuses a delivery that it cannot read, after it has cleaned up', async () => {
    const container = new Container();
    container.deliver(delivery('uid/1', env('WHO', 'ann')));
    const run = container.supervise(container.shell(`touch ${container.path('work/left')}; ${guest}`));
    await says(run, 'for ann');
    container.deliver('penstock 2\ndelivery uid/2\nend');
    expect(await run.ended()).toBe(78);
    expect(run.errors).toContain("its format is not 'penstock 1'");
    expect(readdirSync(container.path('work'))).toEqual([]);
  });
});
