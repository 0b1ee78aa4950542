/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.smtp;

import io.podtap.sensor.parse.Payload;

/** What lines of SMTP begin with. */
final class SmtpLines {

  private SmtpLines() {}

  /** Returns whether a command is one of SMTP that shows what is spoken. */
  static boolean isOfMail(String verb) {
    return switch (verb) {
      case "HELO", "EHLO", "LHLO", "MAIL", "RCPT", "DATA", "BDAT", "STARTTLS", "AUTH", "QUIT" ->
          true;
      default -> false;
    };
  }

  /** Returns whether a command is one that makes a mail. */
  static boolean isOfTransaction(String verb) {
    return verb.equals("MAIL") || verb.equals("RCPT") || verb.equals("DATA") || verb.equals("BDAT");
  }

  /** Returns the code of a reply, or -1. */
  static int code(Payload line) {
    int code = 0;
    for (int i = 0; i < 3; i++) {
      int digit = line.u8(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      code = 10 * code + digit;
    }
    int next = line.u8(3);
    return next == -1 || next == ' ' || next == '-' ? code : -1;
  }
}
