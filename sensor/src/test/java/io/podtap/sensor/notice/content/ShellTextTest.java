/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What shells of all kinds say first, and what only looks like it. */
class ShellTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$ ",
        "# ",
        "/ # ",
        "~ $ ",
        "/app # ",
        "/var/lib/my-app $ ",
        "sh-5.2# ",
        "bash-5.1$ ",
        "root@web-5d8f7c9b6d-x2x8p:/# ",
        "www-data@web-1:~/html$ ",
        "\u001b]0;root@web: /\u0007root@web:/# ",
        "\u001b[01;32mroot@web\u001b[00m:\u001b[01;34m/srv\u001b[00m# ",
        "(venv) app@web:/srv$ ",
        "[root@web app]# ",
        "[app@web ~]$ ",
        "app@web /srv/app> ",
        "root@web ~# ",
        "PS C:\\inetpub> ",
        "PS /app> ",
        "/bin/sh: 0: can't access tty; job control turned off\n$ ",
        "bash: cannot set terminal process group (1): Inappropriate ioctl for device\n",
        "bash: no job control in this shell\n",
        "zsh: no job control in this shell\n",
        "Microsoft Windows [Version 10.0.20348.2227]\r\n(c) Microsoft Corporation.",
        "Windows PowerShell\r\nCopyright (C) Microsoft Corporation.",
        "uid=0(root) gid=0(root) groups=0(root)\n",
        "uid=1000 gid=1000\n",
        "root\nuid=33(www-data) gid=33(www-data) groups=33(www-data)\n",
        "Linux web-1 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64 GNU/Linux\n",
        "root\nLinux web-1 6.8.0 #1 SMP aarch64 Linux\n",
        "total 76\ndrwxr-xr-x   1 root root 4096 Nov 30 20:10 .\n",
        "total 0\n-rw-r--r-- 1 root root 0 Nov 30 20:10 a\n",
        "USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n",
        "PID   USER     TIME  COMMAND\n    1 root      0:00 nginx\n",
        "root:x:0:0:root:/root:/bin/sh\n",
      })
  void aShellIsRecognized(String text) {
    assertThat(ShellText.find(text)).isNotNull().isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "$",
        "+OK ready",
        "220 mail.example.com ESMTP ",
        "Price: 5 $ ",
        "user@example.com ",
        "From: a@b.example: hello # ",
        "<a@b.example> ",
        "/metrics?uid=5&gid=6",
        "GET /a # ",
        "total 12 items\n",
        "total \ndone",
        "Linux is fine\n",
        "x Linux web 6.1 x86_64\n",
        "uid=abc gid=def",
        "the uid=5",
        "{\"a\": \"PS C:\"}",
      })
  void whatOnlyLooksLikeOneIsNot(String text) {
    assertThat(ShellText.find(text)).isNull();
  }
}
