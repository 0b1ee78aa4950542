/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static io.podtap.sensor.notice.catalog.Variant.client;
import static io.podtap.sensor.notice.catalog.Variant.harmless;
import static io.podtap.sensor.notice.catalog.Variant.server;

import java.util.ArrayList;
import java.util.List;

/** What shells say over a connection, by the program that connects them, at ports of all kinds. */
final class ShellVariants {

  private static final String REVERSE = "Cluster::Reverse_Shell";
  private static final String BIND = "Cluster::Bind_Shell";

  private ShellVariants() {}

  static List<Variant> all() {
    List<Variant> all = new ArrayList<>();
    String bash =
        "bash: cannot set terminal process group (17): Inappropriate ioctl for device\n"
            + "bash: no job control in this shell\nroot@web-1:/# ";
    for (int port : new int[] {22, 53, 80, 443, 1_337, 4_444, 6_379, 8_080, 9_001, 31_337}) {
      all.add(Variant.of(REVERSE, "bash -i at port " + port, client(port, bash, "id\n")));
    }
    String busyBox = "/bin/sh: can't access tty; job control turned off\n/ # ";
    all.add(
        Variant.of(
            REVERSE,
            "sh -i, dash",
            client(4_444, "sh: 0: can't access tty; job control" + " turned off\n$ ", "id\n")));
    all.add(Variant.of(REVERSE, "sh -i, BusyBox", client(4_444, busyBox, "id\n")));
    all.add(Variant.of(REVERSE, "python with a terminal, sh", client(4_444, "# ", "id\n")));
    all.add(
        Variant.of(
            REVERSE,
            "python with a terminal, bash that marks pastes",
            client(4_444, "\u001b[?2004hroot@web-1:/app# ", "id\n")));
    all.add(
        Variant.of(
            REVERSE,
            "python with a terminal, user's prompt",
            client(4_444, "www-data@web-1:/var/www$ ", "id\n")));
    all.add(
        Variant.of(
            REVERSE,
            "socat with a terminal, coloured",
            client(
                4_444, "\u001b]0;root@web: /\u0007\u001b[01;31mroot@web\u001b[00m:/# ", "id\n")));
    all.add(Variant.of(REVERSE, "perl", client(4_444, "$ ", "uname -a\n")));
    all.add(
        Variant.of(
            REVERSE,
            "php of a kit, which says who it is first",
            client(
                4_444,
                """
                Linux web-1 6.1.0 #1 SMP Debian 6.1.99-1 x86_64 GNU/Linux
                 10:00:00 up 1 day,  0 users,  load average: 0.00, 0.00, 0.00
                uid=33(www-data) gid=33(www-data) groups=33(www-data)
                /bin/sh: 0: can't access tty; job control turned off
                """
                    + "$ ",
                "ls\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ruby and lua, command by command",
            server(4_444, "id\n", "uid=0(root) gid=0(root) groups=0(root)\n")));
    all.add(
        Variant.of(
            REVERSE,
            "PowerShell line, which prompts behind an answer",
            server(4_444, "dir\n", "\r\n    Directory: C:\\inetpub\r\n\r\nPS C:\\inetpub> ")));
    all.add(
        Variant.of(
            REVERSE,
            "PowerShell at once",
            client(
                443,
                "Windows PowerShell running as user SYSTEM on WEB\r\nCopyright (C) Microsoft"
                    + " Corporation. All rights reserved.\r\n\r\nPS C:\\>",
                "dir\n")));
    all.add(
        Variant.of(
            REVERSE,
            "cmd.exe",
            client(
                443,
                "Microsoft Windows [Version 10.0.20348.587]\r\n(c) Microsoft Corporation. All"
                    + " rights reserved.\r\n\r\nC:\\inetpub>",
                "dir\r\n")));
    all.add(
        Variant.of(
            REVERSE,
            "cmd.exe by ncat, prompt alone",
            client(443, "C:\\Windows\\system32>", "whoami\r\n")));
    all.add(Variant.of(REVERSE, "ncat -e sh: whoami", server(4_444, "whoami\n", "root\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: uname",
            server(4_444, "uname -a\n", "Linux web 6.1.0 #1 SMP x86_64 GNU/Linux\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: ls -la",
            server(4_444, "ls -la\n", "total 8\ndrwxr-xr-x 1 root root 4096 Jan 1 00:00 .\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: users",
            server(4_444, "cat /etc/passwd\n", "root:x:0:0:root:/root:/bin/bash\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: shadow",
            server(4_444, "cat /etc/shadow\n", "root:*:19000:0:99999:7:::\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: variables of a pod",
            server(
                4_444, "env\n", "HOSTNAME=web-1\nKUBERNETES_SERVICE_HOST=10.96.0.1\nPATH=/bin\n")));
    all.add(Variant.of(REVERSE, "ncat -e sh: folder first", server(4_444, "pwd\n", "/app\n")));
    all.add(
        Variant.of(
            REVERSE,
            "ncat -e sh: a better terminal",
            server(
                4_444,
                "python3 -c 'import pty; pty.spawn(\"/bin/bash\")'\n",
                "root@web-1:/app# ")));
    all.add(
        Variant.of(
            REVERSE,
            "two commands in a line",
            server(4_444, "id; uname -a; hostname\n", "uid=0(root) gid=0(root)\nLinux\nweb\n")));
    all.add(
        Variant.of(
            REVERSE,
            "netcat with a named pipe, sh -i",
            client(9_001, "sh: can't access tty; job control turned off\n~ $ ", "id\n")));
    all.add(Variant.of(BIND, "ncat -l -e sh", client(4_444, "id\n", "uid=0(root) gid=0(root)\n")));
    all.add(Variant.of(BIND, "ncat -l -e sh: whoami", client(4_444, "whoami\n", "www-data\n")));
    all.add(Variant.of(BIND, "bash -i behind socat", server(4_444, "bash-5.2$ ", "id\n")));
    all.add(Variant.of(BIND, "BusyBox's telnetd at another port", server(2_323, "/ # ", "id\r\n")));
    all.add(
        Variant.of(
            BIND,
            "cmd.exe",
            server(4_444, "Microsoft Windows [Version 6.1.7601]\r\n\r\nC:\\>", "whoami\r\n")));

    all.add(harmless("a protocol of four letters", client(2_181, "ruok\n", "imok\n")));
    all.add(harmless("statistics", client(11_211, "stats\r\n", "STAT pid 1\r\nEND\r\n")));
    all.add(harmless("a line of a time series", client(2_003, "app.ls 1 1700000000\n")));
    all.add(
        harmless(
            "a log line about a shell",
            client(5_170, "{\"log\":\"ran id: uid is 5, gid is 6\"}\n")));
    all.add(harmless("a prompt of another program", server(5_000, "psql> ", "help\n", "ok\n> ")));
    all.add(harmless("a word for an answer", client(5_000, "who are you\n", "root\n")));
    all.add(harmless("list of a mail-like protocol", server(5_000, "hello\n", "list\n", "1 2\n")));
    all.add(harmless("binary", client(5_000, "\0\1\2id\n\3", "\0\1\2\3")));
    return all;
  }
}
