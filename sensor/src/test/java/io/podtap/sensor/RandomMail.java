/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

/** Random conversations of protocols of lines: SMTP, FTP and IRC. */
final class RandomMail {

  private static final int LINE_MAX = 120;

  private RandomMail() {}

  /** Messages with one or several recipients, refused ones, and messages that are given up. */
  static void smtp(RandomTalk talk) {
    talk.exchange();
    talk.server("220 mail.example ESMTP\r\n");
    talk.client("EHLO client.example\r\n");
    talk.server("250-mail.example\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n");
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      talk.client("MAIL FROM:<%s@a.example>\r\n".formatted(talk.word() + i));
      talk.server("250 2.1.0 Ok\r\n");
      for (int left = 1 + talk.below(3); left > 0; left--) {
        talk.client("RCPT TO:<%s@b.example>\r\n".formatted(talk.word()));
        talk.server("250 2.1.5 Ok\r\n");
      }
      if (talk.oneIn(6)) {
        talk.client("RSET\r\n").server("250 2.0.0 Ok\r\n");
        continue;
      }
      talk.client("DATA\r\n").server("354 End data with <CR><LF>.<CR><LF>\r\n");
      String head =
          "Message-ID: <%s@a.example>\r\nDate: Tue, 01 Dec 2026 10:0%d:00 +0000\r\n"
              .formatted(talk.word() + i, i % 10);
      String subject =
          "From: %s@a.example\r\nSubject: %s\r\n\r\n".formatted(talk.word(), talk.word());
      talk.client(head + subject + lines(talk) + ".\r\n");
      talk.server("250 2.0.0 Ok: queued as %s%d\r\n".formatted(talk.word(), i));
    }
    talk.exchange();
    talk.client("QUIT\r\n").server("221 2.0.0 Bye\r\n");
  }

  private static String lines(RandomTalk talk) {
    String content = talk.line().replace('.', ',');
    StringBuilder all = new StringBuilder();
    for (int at = 0; at < content.length(); at += LINE_MAX) {
      all.append(content, at, Math.min(content.length(), at + LINE_MAX)).append("\r\n");
    }
    return all.toString();
  }

  /** Transfers in passive mode, and commands that are not written. */
  static void ftp(RandomTalk talk) {
    talk.exchange();
    talk.server("220-Welcome\r\n220 ftp.example ready\r\n");
    talk.client("USER ann\r\n").server("331 Password required\r\n");
    talk.client("PASS secret%d\r\n".formatted(talk.below(100))).server("230 Logged in\r\n");
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String name = "/pub/" + talk.word() + i;
      switch (talk.below(5)) {
        case 0, 1 -> {
          talk.client("PASV\r\n");
          talk.server("227 Entering Passive Mode (192,0,2,1,200,%d)\r\n".formatted(10 + i));
          talk.client("RETR %s\r\n".formatted(name));
          int size = talk.below(100_000);
          talk.server("150 Opening BINARY connection for %s (%d bytes).\r\n".formatted(name, size));
          talk.server("226 Transfer complete.\r\n");
        }
        case 2 -> talk.client("DELE %s\r\n".formatted(name)).server("250 Deleted\r\n");
        case 3 -> talk.client("RETR %s\r\n".formatted(name)).server("550 No such file\r\n");
        default -> talk.client("CWD %s\r\n".formatted(name)).server("250 Changed\r\n");
      }
    }
    talk.exchange();
    talk.client("QUIT\r\n").server("221 Goodbye\r\n");
  }

  /** A login, channels, talk and pings. */
  static void irc(RandomTalk talk) {
    talk.exchange();
    talk.client("NICK ann\r\nUSER ann 0 * :Ann\r\n");
    talk.server(":irc.example 001 ann :Welcome\r\n:irc.example 376 ann :End of /MOTD command.\r\n");
    for (int i = 0; i < RandomTalk.EXCHANGES; i++) {
      talk.exchange();
      String channel = "#" + talk.word() + i;
      switch (talk.below(4)) {
        case 0, 1 -> {
          talk.client("JOIN %s\r\n".formatted(channel));
          String names = ":irc.example 353 ann = %s :ann bob\r\n".formatted(channel);
          talk.server(":ann!ann@host JOIN %s\r\n".formatted(channel) + names);
        }
        case 2 -> talk.client("PING %d\r\n".formatted(i)).server("PONG %d\r\n".formatted(i));
        default -> {
          String line = talk.content(talk.below(300)).replaceAll("[^ -~]", "x");
          talk.client("PRIVMSG %s :%s\r\n".formatted(channel, line));
          talk.server(":bob!bob@host PRIVMSG ann :%s\r\n".formatted(line));
        }
      }
    }
    talk.exchange();
    talk.client("QUIT :bye\r\n").server("ERROR :Closing Link\r\n");
  }
}
